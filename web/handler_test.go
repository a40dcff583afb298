package web_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/web"
)

// sentry is a store that shows its context to a test at /readyz.
type sentry struct {
	web.Store
	ping func(context.Context) error
}

func (s sentry) Ready(ctx context.Context) error { return s.ping(ctx) }

// pinging gives a console a store that asks the test.
func pinging(ping func(context.Context) error) func(*web.Options) {
	return func(o *web.Options) { o.Store = sentry{Store: o.Store, ping: ping} }
}

// hosted is a net/http server with a handler in front of the console's.
func hosted(t *testing.T, console *web.Console, front func(http.Handler) http.Handler) *httptest.Server {
	t.Helper()
	h := console.Handler()
	if front != nil {
		h = front(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

func ask(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	transport := &http.Transport{DisableCompression: true} // to see what was sent
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func request(t *testing.T, method, target string, body io.Reader, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

type valueKey struct{}

// TestHandlerContext: what is done for a request has the request's values, its deadline
// and its end.
func TestHandlerContext(t *testing.T) {
	t.Parallel()
	seen := make(chan context.Context, 1)
	ended := make(chan error, 1)
	console := embedded(t, "", pinging(func(ctx context.Context) error {
		seen <- ctx
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}))
	limit := time.Now().Add(700 * time.Millisecond)
	server := hosted(t, console, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := context.WithValue(r.Context(), valueKey{}, "from outside")
			if r.URL.Query().Has("limited") {
				var cancel context.CancelFunc
				ctx, cancel = context.WithDeadline(ctx, limit)
				defer cancel()
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	})

	// The browser leaves.
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		resp, err := http.DefaultClient.Do(request(t, "GET", server.URL+"/readyz", nil).WithContext(ctx))
		if err == nil {
			resp.Body.Close()
		}
		gone <- err
	}()
	if v := (<-seen).Value(valueKey{}); v != "from outside" {
		t.Errorf("the request's value is %v", v)
	}
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("when the browser has left: %v", err)
	}
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}

	// The program has no more time.
	limit = time.Now().Add(200 * time.Millisecond)
	resp, _ := ask(t, request(t, "GET", server.URL+"/readyz?limited", nil))
	if at, ok := (<-seen).Deadline(); !ok || at.After(limit) {
		t.Errorf("deadline %v, want %v", at, limit)
	}
	if err := <-ended; !errors.Is(err, context.DeadlineExceeded) || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("at the deadline: %v, status %d", err, resp.StatusCode)
	}
}

// leaving is a store that ends a session when its browser has left.
type leaving struct {
	web.Store
	entered, left chan struct{}
	ended         chan error
}

func (l leaving) End(ctx context.Context, id string, until time.Time) error {
	close(l.entered)
	<-l.left
	err := l.Store.End(ctx, id, until)
	l.ended <- errors.Join(err, ctx.Err())
	return err
}

// TestSignOutAndLeave: whoever closes the tab while signing out is signed out.
func TestSignOutAndLeave(t *testing.T) {
	t.Parallel()
	store := leaving{Store: memoryStore(t), entered: make(chan struct{}), left: make(chan struct{}), ended: make(chan error, 1)}
	gone := make(chan struct{})
	s := newStand(t, func(o *setup) { o.store = store }, behindNetHTTP(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/sign-out" {
				context.AfterFunc(r.Context(), func() { close(gone) })
			}
			next.ServeHTTP(w, r)
		})
	}))
	p := s.browser().english()
	p.enter(sandbox.DemoKey)
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-store.entered
		leave()
		<-gone // the server knows
		close(store.left)
	}()
	if resp, err := p.client.Do(request(t, "POST", s.origin+"/sign-out", nil).WithContext(ctx)); err == nil {
		resp.Body.Close()
		t.Fatalf("answered with %d, though nobody waited", resp.StatusCode)
	}
	if err := <-store.ended; err != nil {
		t.Errorf("the session did not end: %v", err)
	}
	p.get("/agents").is(http.StatusSeeOther)
}

// TestClosedUnderWay: a request that is under way when the console closes ends.
func TestClosedUnderWay(t *testing.T) {
	t.Parallel()
	seen := make(chan struct{})
	ended := make(chan error, 1)
	console := embedded(t, "", pinging(func(ctx context.Context) error {
		close(seen)
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}))
	server := hosted(t, console, nil)
	answered := make(chan int, 1)
	go func() {
		resp, err := http.Get(server.URL + "/readyz")
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	<-seen
	console.Close()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the request's context ended with %v", err)
	}
	if code := <-answered; code != http.StatusServiceUnavailable {
		t.Errorf("status %d", code)
	}
}

// TestHandlerRefusals: a body that is too large gets a 413 as from Serve, with the
// security headers, whether its length was announced or not.
func TestHandlerRefusals(t *testing.T) {
	t.Parallel()
	server := hosted(t, embedded(t, ""), nil)
	const form = "application/x-www-form-urlencoded"
	for name, body := range map[string]func() io.Reader{
		"announced": func() io.Reader { return strings.NewReader(strings.Repeat("x", 3<<20)) },
		"in chunks": func() io.Reader { return io.MultiReader(strings.NewReader(strings.Repeat("x", 3<<20))) },
	} {
		resp, text := ask(t, request(t, "POST", server.URL+"/sign-in", body(), "Content-Type", form))
		if resp.StatusCode != http.StatusRequestEntityTooLarge || !resp.Close {
			t.Errorf("%s: %d, closes %t", name, resp.StatusCode, resp.Close)
		}
		for _, header := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Cache-Control", "X-Frame-Options"} {
			if resp.Header.Get(header) == "" {
				t.Errorf("%s: no %s: %q", name, header, text)
			}
		}
	}
	// What just fits is read whole.
	fits := "environment=spare&api_key=&operator=" + strings.Repeat("x", 2<<20-100)
	resp, _ := ask(t, request(t, "POST", server.URL+"/sign-in", io.MultiReader(strings.NewReader(fits)), "Content-Type", form))
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("2 MiB in chunks: %d", resp.StatusCode)
	}
	// A packed one would be unpacked without a limit.
	resp, _ = ask(t, request(t, "POST", server.URL+"/sign-in", strings.NewReader("x"), "Content-Type", form, "Content-Encoding", "gzip"))
	if resp.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a packed body: %d", resp.StatusCode)
	}
}

// TestHandlerAnswers: statuses, headers and bodies are those of Serve.
func TestHandlerAnswers(t *testing.T) {
	t.Parallel()
	server := hosted(t, embedded(t, ""), func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "outer=1")
			w.Header().Set("Vary", "X-Outer")
			w.Header().Set("Cache-Control", "public")
			next.ServeHTTP(w, r)
		})
	})
	page, text := ask(t, request(t, "GET", server.URL+"/sign-in", nil))
	if page.StatusCode != 200 || page.ContentLength != int64(len(text)) || !strings.Contains(text, "api_key") {
		t.Errorf("GET: %d, %d bytes announced, %d read", page.StatusCode, page.ContentLength, len(text))
	}
	if got := page.Header.Values("Cache-Control"); len(got) != 1 || got[0] != "no-store" {
		t.Errorf("Cache-Control %q: the console's own has to hold", got)
	}
	if got := page.Header.Values("Vary"); len(got) != 2 || got[0] != "X-Outer" {
		t.Errorf("Vary %q: the program's own is lost", got)
	}
	head, text := ask(t, request(t, "HEAD", server.URL+"/sign-in", nil))
	if head.StatusCode != 200 || head.ContentLength < 4000 || text != "" {
		t.Errorf("HEAD: %d, %d bytes announced, %d read", head.StatusCode, head.ContentLength, len(text))
	}
	packed, _ := ask(t, request(t, "GET", server.URL+"/sign-in", nil, "Accept-Encoding", "gzip"))
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.ContentLength >= page.ContentLength {
		t.Errorf("packed: %q, %d bytes", packed.Header.Get("Content-Encoding"), packed.ContentLength)
	}
	icon, _ := ask(t, request(t, "GET", server.URL+"/static/favicon.svg", nil))
	same, text := ask(t, request(t, "GET", server.URL+"/static/favicon.svg", nil, "If-None-Match", icon.Header.Get("ETag")))
	if icon.StatusCode != 200 || same.StatusCode != http.StatusNotModified || text != "" {
		t.Errorf("an asset: %d, then %d with %d bytes", icon.StatusCode, same.StatusCode, len(text))
	}
	posted, _ := ask(t, request(t, "POST", server.URL+"/preferences", strings.NewReader("theme=dark&next=/sign-in"),
		"Content-Type", "application/x-www-form-urlencoded"))
	if cookies := posted.Header.Values("Set-Cookie"); posted.StatusCode != http.StatusSeeOther || len(cookies) != 2 || cookies[0] != "outer=1" {
		t.Errorf("a POST: %d, cookies %q", posted.StatusCode, cookies)
	}
	for path, want := range map[string]int{"/nowhere": 404, "/agents/a%2Fb": 303, "/sign-in?x=%zz": 200, "/healthz": 200} {
		if resp, _ := ask(t, request(t, "GET", server.URL+path, nil)); resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	if resp, _ := ask(t, request(t, "DELETE", server.URL+"/sign-in", nil)); resp.StatusCode != 405 || resp.Header.Get("Allow") == "" {
		t.Errorf("DELETE: %d, Allow %q", resp.StatusCode, resp.Header.Get("Allow"))
	}
}

// TestHandlerHost: the Host that was asked for decides what another origin is.
func TestHandlerHost(t *testing.T) {
	t.Parallel()
	server := hosted(t, embedded(t, ""), nil)
	for origin, want := range map[string]int{"http://console.example": 303, "http://evil.example": 403} {
		r := request(t, "POST", server.URL+"/preferences", strings.NewReader("theme=dark"),
			"Content-Type", "application/x-www-form-urlencoded", "Origin", origin)
		r.Host = "console.example"
		if resp, _ := ask(t, r); resp.StatusCode != want {
			t.Errorf("from %s: %d, want %d", origin, resp.StatusCode, want)
		}
	}
}

// endless is a journal whose second page comes when the test lets it.
type endless struct {
	web.Store
	more chan struct{}
}

func (e endless) List(_ context.Context, f journal.Filter) ([]journal.Entry, bool, error) {
	if f.Before != "" {
		<-e.more
		return nil, false, nil
	}
	page := make([]journal.Entry, 500)
	for i := range page {
		page[i] = journal.Entry{ID: fmt.Sprintf("change-%04d", i), Agent: "082018", Kind: journal.Callin, Operator: "Lê Thị Thử"}
	}
	return page, true, nil
}

// behindNetHTTP lets people into a stand through Handler.
func behindNetHTTP(t *testing.T, front func(http.Handler) http.Handler) func(*setup) {
	return func(o *setup) {
		o.enter = func(c *web.Console) string { return hosted(t, c, front).URL }
	}
}

// TestHandlerStreams: a file comes while it is made, and HEAD does not wait for it.
func TestHandlerStreams(t *testing.T) {
	t.Parallel()
	store := endless{Store: memoryStore(t), more: make(chan struct{})}
	s := newStand(t, behindNetHTTP(t, nil), func(o *setup) { o.store = store })
	p := s.browser().english()
	p.enter(sandbox.DemoKey)
	resp, err := p.client.Do(request(t, "GET", s.origin+"/changes.csv", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body := bufio.NewReader(resp.Body)
	for range 20 { // more than a buffer, less than what is to come
		if line, err := body.ReadString('\n'); err != nil {
			t.Fatalf("%q, %v", line, err)
		}
	}
	close(store.more)
	rest, err := io.ReadAll(body)
	if n := strings.Count(string(rest), "\r\n"); err != nil || n != 481 {
		t.Errorf("%d lines more, %v", n, err)
	}
	if a := p.do("HEAD", "/changes.csv", nil); a.status != 200 || a.body != "" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		t.Errorf("HEAD: %d, %q, %d bytes", a.status, a.header.Get("Content-Type"), len(a.body))
	}
}

// TestHandlerIsTheConsole: people can work through it: sign in, edit, undo, read files.
func TestHandlerIsTheConsole(t *testing.T) {
	t.Parallel()
	s := newStand(t, behindNetHTTP(t, nil))
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	if last := s.last("082019"); last.Result != journal.Verified {
		t.Errorf("the journal has it as %s", last.Result)
	}
	if n := len(p.get("/agents.csv").is(http.StatusOK).rows()); n != 120 {
		t.Errorf("%d rows", n)
	}
	if n := len(p.get("/changes.csv").is(http.StatusOK).rows()); n != 1 {
		t.Errorf("%d changes", n)
	}
}

// overUnix is a client of what serves on a Unix socket of its own.
func overUnix(t *testing.T, serve func(net.Listener)) *http.Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	serve(l)
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// TestUnixSocket: over a Unix socket everything answers, through Handler and Serve, and
// the peer is a process of this machine: trusted where 127.0.0.1 is.
func TestUnixSocket(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*testing.T, *web.Console) func(net.Listener){
		"Handler": func(t *testing.T, c *web.Console) func(net.Listener) {
			return func(l net.Listener) {
				server := &http.Server{Handler: c.Handler(), ReadHeaderTimeout: time.Minute}
				go func() { _ = server.Serve(l) }()
				t.Cleanup(func() { _ = server.Close() })
			}
		},
		"Serve": func(t *testing.T, c *web.Console) func(net.Listener) {
			return func(l net.Listener) { served(t, c, l) }
		},
	}
	for way, serve := range ways {
		for trusted, want := range map[string]string{"127.0.0.1/32": "203.0.113.9", "10.0.0.0/8": "127.0.0.1"} {
			t.Run(way+" trusting "+trusted, func(t *testing.T) {
				t.Parallel()
				log := &ledger{}
				console := embedded(t, "", func(o *web.Options) {
					o.Logger = slog.New(slog.NewJSONHandler(log, nil))
					o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(trusted)}
				})
				client := overUnix(t, serve(t, console))
				resp, err := client.Do(request(t, "GET", "http://console/sign-in", nil, "X-Forwarded-For", "203.0.113.9"))
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					t.Errorf("status %d", resp.StatusCode)
				}
				if !strings.Contains(log.String(), `"client":"`+want+`"`) {
					t.Errorf("the client is not %s: %s", want, log)
				}
			})
		}
	}
}

// TestHandlerPeer: the limit of sign-ins counts by the real address, and nobody can
// claim another.
func TestHandlerPeer(t *testing.T) {
	t.Parallel()
	var api http.HandlerFunc = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"success":"0","error_code":"UNAUTHORIZED","error_message":"no"}`)
	}
	upstream := httptest.NewServer(api)
	t.Cleanup(upstream.Close)
	console := embedded(t, "", func(o *web.Options) { o.Upstreams[0].BaseURL = upstream.URL })
	h := console.Handler()
	try := func(peer, forwarded string) int {
		r := httptest.NewRequest("POST", "/sign-in", strings.NewReader("environment=spare&api_key=sk_wrong"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", forwarded)
		r.RemoteAddr = peer
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	for i := range 10 {
		if code := try("203.0.113.9:4711", fmt.Sprintf("198.51.100.%d", i)); code != http.StatusUnauthorized {
			t.Fatalf("try %d: %d", i, code)
		}
	}
	if code := try("203.0.113.9:4712", "198.51.100.99"); code != http.StatusTooManyRequests {
		t.Errorf("one more of the same address: %d", code)
	}
	if code := try("[2001:db8::7%eth0]:1", ""); code != http.StatusUnauthorized {
		t.Errorf("another address: %d", code)
	}
}

// TestHandlerLeavesNothing: when all is closed no goroutine is left, not of a browser
// that left in the middle of a file either. Not parallel: others' would be seen.
func TestHandlerLeavesNothing(t *testing.T) { //nolint:paralleltest // see above
	before := goleak.IgnoreCurrent()
	t.Run("work", func(t *testing.T) { //nolint:paralleltest // see above
		store := endless{Store: memoryStore(t), more: make(chan struct{})}
		s := newStand(t, behindNetHTTP(t, nil), func(o *setup) { o.store = store })
		p := s.browser().english()
		p.enter(sandbox.DemoKey)
		ctx, leave := context.WithCancel(t.Context())
		resp, err := p.client.Do(request(t, "GET", s.origin+"/changes.csv", nil).WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 100)); err != nil {
			t.Error(err)
		}
		leave()
		resp.Body.Close()
		close(store.more)
		p.get("/agents").is(http.StatusOK)
		p.do("HEAD", "/changes.csv", nil).is(http.StatusOK)
	})
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}

// TestHandlerPanics: the program's hook fails one request, with a page, and no other.
func TestHandlerPanics(t *testing.T) {
	t.Parallel()
	server := hosted(t, embedded(t, "", func(o *web.Options) {
		o.Operator = func(r *http.Request) string {
			if r.Header.Get("X-Break") != "" {
				panic("no such person")
			}
			return "Lan"
		}
	}), nil)
	resp, text := ask(t, request(t, "GET", server.URL+"/sign-in", nil, "X-Break", "1"))
	if resp.StatusCode != 500 || resp.Header.Get("Content-Security-Policy") == "" || strings.Contains(text, "no such person") {
		t.Errorf("%d, %v", resp.StatusCode, resp.Header)
	}
	if resp, _ := ask(t, request(t, "GET", server.URL+"/sign-in", nil)); resp.StatusCode != 200 {
		t.Errorf("the next request: %d", resp.StatusCode)
	}
}

// signInAs is the sign-in form of the stand, with a name that somebody typed.
func signInAs(name string) url.Values {
	return url.Values{"environment": {"sandbox"}, "api_key": {sandbox.DemoKey}, "operator": {name}}
}
