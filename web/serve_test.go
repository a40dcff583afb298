package web_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/web"
)

// listener is on a port of its own.
func listener(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// served serves until the test ends, which it must without an error.
func served(t *testing.T, c *web.Console, l net.Listener) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// status is the status of a GET, 0 where no answer came.
func status(target string) int {
	resp, err := http.Get(target)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestServeStops: Serve lets the requests under way finish, takes no more, and says
// nothing went wrong. Other listeners of the console go on.
func TestServeStops(t *testing.T) {
	t.Parallel()
	entered, release := make(chan context.Context, 1), make(chan struct{})
	console := embedded(t, "", pinging(func(ctx context.Context) error {
		entered <- ctx
		<-release
		return ctx.Err()
	}))
	other := listener(t)
	served(t, console, other)
	l := listener(t)
	ctx, stop := context.WithCancel(context.WithValue(t.Context(), valueKey{}, "of the server"))
	done := make(chan error, 1)
	go func() { done <- console.Serve(ctx, l) }()
	answered := make(chan int, 1)
	go func() { answered <- status("http://" + l.Addr().String() + "/readyz") }()
	under := <-entered
	if v := under.Value(valueKey{}); v != "of the server" {
		t.Errorf("a request has not the values of Serve's context: %v", v)
	}
	stop()
	for { // until the listener is closed
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		conn.Close()
	}
	select {
	case err := <-done:
		t.Fatalf("Serve returned while a request was under way: %v", err)
	default:
	}
	if under.Err() != nil {
		t.Error("the end of Serve's context ended a request that had time left")
	}
	close(release)
	if code := <-answered; code != http.StatusOK {
		t.Errorf("the request under way: %d", code)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if code := status("http://" + other.Addr().String() + "/healthz"); code != http.StatusOK {
		t.Errorf("the other listener: %d", code)
	}
}

// TestServeCutsOff: requests that do not end in time are ended, and it is said.
func TestServeCutsOff(t *testing.T) {
	t.Parallel()
	entered, ended := make(chan struct{}), make(chan error, 1)
	console := embedded(t, "", func(o *web.Options) { o.ShutdownTimeout = 50 * time.Millisecond }, pinging(func(ctx context.Context) error {
		close(entered)
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}))
	l := listener(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- console.Serve(ctx, l) }()
	answered := make(chan int, 1)
	go func() { answered <- status("http://" + l.Addr().String() + "/readyz") }()
	<-entered
	stop()
	if err := <-done; !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "50ms") {
		t.Errorf("Serve: %v", err)
	}
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the request's context ended with %v", err)
		}
	default:
		t.Error("Serve returned before the request that was cut off")
	}
	<-answered
}

// TestServeAtOnce: a context that has ended, and a listener that is closed.
func TestServeAtOnce(t *testing.T) {
	t.Parallel()
	console := embedded(t, "")
	ended, end := context.WithCancel(t.Context())
	end()
	l := listener(t)
	if err := console.Serve(ended, l); err != nil {
		t.Errorf("a context that has ended: %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener was left open: %v", err)
	}
	closed := listener(t)
	closed.Close()
	if err := console.Serve(t.Context(), closed); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed listener: %v", err)
	}
}

// TestOperatorHook: whichever way people come, the program names them, from what it
// knows, and nothing they say themselves counts.
func TestOperatorHook(t *testing.T) {
	t.Parallel()
	hook := func(o *setup) {
		o.web.Operator = func(r *http.Request) string {
			if r.URL.Path == "" || r.Host == "" || r.RemoteAddr == "" || r.Header.Get("Host") != "" {
				return "half a request"
			}
			return fmt.Sprintf("%v by %s %s", r.Context().Value(valueKey{}), r.Header.Get("X-Way"), r.Method)
		}
	}
	for way, enter := range map[string]func(*testing.T) func(*setup){
		"Serve": func(t *testing.T) func(*setup) {
			return func(o *setup) {
				o.enter = func(c *web.Console) string {
					l := listener(t)
					ctx, stop := context.WithCancel(context.WithValue(context.Background(), valueKey{}, "Lan"))
					done := make(chan error, 1)
					go func() { done <- c.Serve(ctx, l) }()
					t.Cleanup(func() { stop(); <-done })
					return "http://" + l.Addr().String()
				}
			}
		},
		"Handler": func(t *testing.T) func(*setup) {
			return behindNetHTTP(t, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), valueKey{}, "Lan")))
				})
			})
		},
		"Mount, Locals": func(t *testing.T) func(*setup) {
			return mounted(t, func(c *fiber.Ctx) error {
				c.Locals(valueKey{}, "Lan")
				return c.Next()
			})
		},
		"Mount, UserContext": func(t *testing.T) func(*setup) {
			return mounted(t, func(c *fiber.Ctx) error {
				c.SetUserContext(context.WithValue(c.UserContext(), valueKey{}, "Lan"))
				return c.Next()
			})
		},
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, enter(t), hook)
			p := s.browser().english()
			p.get("/sign-in", "X-Way", way).is(http.StatusOK).lacks("input[name=operator]")
			p.post("/sign-in", signInAs("somebody else"), "X-Way", way).is(http.StatusSeeOther)
			p.post("/agents/082019/recording", map[string][]string{"enabled": {"true"}}, "X-Way", way).is(http.StatusSeeOther)
			entries := s.entries(journal.Filter{Agent: "082019"})
			if want := "Lan by " + way + " POST"; len(entries) != 1 || entries[0].Operator != want {
				t.Errorf("the journal has %v, want %q", entries, want)
			}
		})
	}
}

// mounted lets people into a stand through an app of Fiber's with a middleware.
func mounted(t *testing.T, before fiber.Handler) func(*setup) {
	return func(o *setup) {
		o.enter = func(c *web.Console) string {
			app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadBufferSize: 16 << 10})
			app.Use(before)
			if err := c.Mount(app); err != nil {
				t.Fatal(err)
			}
			return outer(t, app)
		}
	}
}

// outer serves another app until the test ends.
func outer(t *testing.T, app *fiber.App) string {
	t.Helper()
	l := listener(t)
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		_ = app.ShutdownWithTimeout(5 * time.Second)
		<-done
	})
	return "http://" + l.Addr().String()
}
