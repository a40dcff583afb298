package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web"
)

// ways are the two ways in whose server is another program's, a server with each.
func ways() map[string]func(*testing.T, *web.Console) string {
	return map[string]func(*testing.T, *web.Console) string{
		"Handler": func(t *testing.T, c *web.Console) string { return hosted(t, c, nil).URL },
		"Mount": func(t *testing.T, c *web.Console) string {
			app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadBufferSize: 64 << 10, BodyLimit: 10 << 20})
			if err := c.Mount(app); err != nil {
				t.Fatal(err)
			}
			return outer(t, app)
		},
	}
}

// TestOthersServers: what another program's server lets through is limited as in Serve.
func TestOthersServers(t *testing.T) {
	t.Parallel()
	for name, way := range ways() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			origin := way(t, embedded(t, ""))
			for what, tt := range map[string]struct {
				r    *http.Request
				want int
			}{
				"a header of 20 KiB": {request(t, "GET", origin+"/sign-in", nil, "X-Large", strings.Repeat("x", 20<<10)), 431},
				"a body of 3 MiB":    {request(t, "POST", origin+"/sign-in", strings.NewReader(strings.Repeat("x", 3<<20)), "Content-Type", "application/x-www-form-urlencoded"), 413},
				"a header of 10 KiB": {request(t, "GET", origin+"/sign-in", nil, "X-Large", strings.Repeat("x", 10<<10)), 200},
			} {
				resp, _ := ask(t, tt.r)
				if resp.StatusCode != tt.want || resp.Header.Get("Content-Security-Policy") == "" {
					t.Errorf("%s: %d, policy %q", what, resp.StatusCode, resp.Header.Get("Content-Security-Policy"))
				}
			}
		})
	}
}

// TestShutdown: who is inside may finish, nobody else comes in, and what takes too long
// is ended and said.
func TestShutdown(t *testing.T) {
	t.Parallel()
	for name, way := range ways() {
		for how, patient := range map[string]bool{" in peace": true, " out of time": false} {
			t.Run(name+how, func(t *testing.T) {
				t.Parallel()
				inside, free := make(chan struct{}, 2), make(chan struct{})
				ended := make(chan error, 1)
				console := embedded(t, "", pinging(func(ctx context.Context) error {
					inside <- struct{}{}
					select {
					case <-free:
					case <-ctx.Done():
					}
					ended <- ctx.Err()
					return ctx.Err()
				}), func(o *web.Options) { o.ShutdownTimeout = 20 * time.Second })
				origin := way(t, console)
				answered := make(chan int, 1)
				go func() {
					resp, err := http.Get(origin + "/readyz")
					if err != nil {
						answered <- 0
						return
					}
					resp.Body.Close()
					answered <- resp.StatusCode
				}()
				<-inside
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				stopped := make(chan error, 1)
				go func() { stopped <- console.Shutdown(ctx) }()
				// The door shuts at once; the test asks until it sees that.
				tick := time.NewTicker(time.Millisecond)
				defer tick.Stop()
				var resp *http.Response
				for resp == nil || resp.StatusCode != http.StatusServiceUnavailable {
					<-tick.C
					resp, _ = ask(t, request(t, "GET", origin+"/healthz", nil))
				}
				if resp.Header.Get("Retry-After") == "" || resp.Header.Get("Content-Security-Policy") == "" {
					t.Errorf("whoever comes then gets %v", resp.Header)
				}
				if patient {
					close(free)
					if err := <-stopped; err != nil {
						t.Error(err)
					}
					if code := <-answered; code != http.StatusOK {
						t.Errorf("what was under way is answered with %d", code)
					}
					return
				}
				cancel()
				if err := <-stopped; !errors.Is(err, context.Canceled) {
					t.Errorf("Shutdown: %v", err)
				}
				if err := <-ended; !errors.Is(err, context.Canceled) {
					t.Errorf("the request's context: %v", err)
				}
				<-answered
			})
		}
	}
}

// TestMountedEndsWithTheConsole: also what came by Mount ends when the console closes.
func TestMountedEndsWithTheConsole(t *testing.T) {
	t.Parallel()
	inside, ended := make(chan struct{}), make(chan error, 1)
	console := embedded(t, "", pinging(func(ctx context.Context) error {
		close(inside)
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}))
	origin := ways()["Mount"](t, console)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if resp, err := http.Get(origin + "/readyz"); err == nil {
			resp.Body.Close()
		}
	}()
	<-inside
	console.Close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v: of its own time, not the console's end", err)
	}
	<-done
}

// clocked is a writer that notes the deadlines it is given.
type clocked struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (c *clocked) SetReadDeadline(at time.Time) error  { c.read = append(c.read, at); return nil }
func (c *clocked) SetWriteDeadline(at time.Time) error { c.write = append(c.write, at); return nil }

// TestHandlerTimes: a server without limits of time gets those of Serve for what is the
// console's, and one that has its own keeps them.
func TestHandlerTimes(t *testing.T) {
	t.Parallel()
	console := embedded(t, "")
	serve := func(server *http.Server) *clocked {
		w := &clocked{ResponseRecorder: httptest.NewRecorder()}
		r := request(t, "POST", "http://console.example/sign-in", strings.NewReader("x=1"), "Content-Type", "application/x-www-form-urlencoded")
		r.RequestURI, r.RemoteAddr = "/sign-in", "127.0.0.1:1"
		console.Handler().ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, server)))
		return w
	}
	w := serve(&http.Server{})
	for what, set := range map[string][]time.Time{"reading": w.read, "writing": w.write} {
		if len(set) != 2 || set[0].Before(time.Now().Add(10*time.Second)) || set[0].After(time.Now().Add(2*time.Minute)) || !set[1].IsZero() {
			t.Errorf("%s is limited by %v", what, set)
		}
	}
	if w := serve(&http.Server{ReadTimeout: time.Minute, WriteTimeout: time.Minute}); len(w.read)+len(w.write) > 0 {
		t.Errorf("the server's own limits are replaced: %v, %v", w.read, w.write)
	}
}
