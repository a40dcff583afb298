package e2e

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/apiclient/sandbox/stage"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

// rig is a sandbox API and a console before it, both listening, and the browser
// context to open pages in.
type rig struct {
	t        *testing.T
	browser  context.Context
	demo     sandbox.DemoFixture
	api      *sandbox.Server
	upstream *httptest.Server
	url      string // of the console, without a slash at its end
	logs     *logs
}

// options are what a test changes of a rig before it starts.
type options struct {
	demo    sandbox.DemoOptions
	sandbox func(*sandbox.Config)
	console func(*web.Options)
	browser *browser // chrome where nil
}

// setup starts a rig of 45 agents whose statuses stand still and whose limits are
// named but never met.
func setup(t *testing.T, change ...func(*options)) *rig {
	t.Helper()
	o := options{
		demo:    sandbox.DemoOptions{Agents: 45, Quiet: true},
		sandbox: func(*sandbox.Config) {},
		console: func(*web.Options) {},
	}
	for _, f := range change {
		f(&o)
	}
	r := &rig{t: t, browser: cmp.Or(o.browser, chrome).require(t), demo: sandbox.Demo(o.demo), logs: &logs{}}
	r.demo.Config.Limits = sandbox.Limits{Tenant: 5000, Route: 3000}
	o.sandbox(&r.demo.Config)
	r.api = sandbox.New(r.demo.Config)
	// Of so few agents none shows this queue first, and a queue that nobody shows
	// cannot be seen by anybody.
	r.api.SetQueues(r.demo.Tenant, "001007", sandbox.Callin, []int64{1001002, 1001004}, nil)
	r.upstream = httptest.NewServer(r.api)
	t.Cleanup(r.upstream.Close)
	r.serve(o.console)
	return r
}

// serve starts the console as cmd/console does, on a port of its own.
func (r *rig) serve(change func(*web.Options)) {
	t := r.t
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: ":memory:"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	o := web.Options{
		// A base URL with a path: the vendor's may have one.
		Upstreams: []web.Upstream{{Name: "Sandbox", Slug: "sandbox", BaseURL: r.upstream.URL + "/api"}},
		Secrets:   []string{"e2e only, never a secret of a running console"},
		Store:     store,
		Demo:      stage.Of(r.api),
		Logger:    slog.New(slog.NewTextHandler(r.logs, nil)),

		ShutdownTimeout: 5 * time.Second, ReadBackPause: 10 * time.Millisecond,
		Rand: func() float64 { return 0 }, // repeats come at once
	}
	change(&o)
	console, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(console.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.url = "http://" + listener.Addr().String()
	served := make(chan error, 1)
	ctx, stop := context.WithCancel(context.Background())
	go func() { served <- console.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("shut the console down: %v", err)
		}
		r.logs.check(t, r.demo)
	})
}

// writes are the PUTs that reached the API, in order, as "agent type body".
func (r *rig) writes() []string {
	var out []string
	for _, c := range r.api.Calls() {
		if c.Method == http.MethodPut {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Path, c.Query.Get("type"), c.Body)))
		}
	}
	return out
}

// asked reports whether a list call with exactly these parameters arrived; size
// tells a person's calls from the crawl's.
func (r *rig) asked(query string) bool {
	return slices.ContainsFunc(r.api.CallsOf(sandbox.OpList), func(c sandbox.Call) bool {
		return c.Query.Encode() == query
	})
}

// agent is the true state of one agent of the demo tenant.
func (r *rig) agent(id string) sandbox.Agent {
	r.t.Helper()
	a, ok := r.api.Agent(r.demo.Tenant, id)
	if !ok {
		r.t.Fatalf("the sandbox has no agent %s", id)
	}
	return a
}

// logs keeps what the console logged, to prove that no key is in it.
type logs struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) check(t *testing.T, demo sandbox.DemoFixture) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if containsKey(demo, l.text.String()) {
		t.Error("a key is in the log")
	}
	if t.Failed() {
		t.Logf("the console's log:\n%s", tail(l.text.String(), 3000))
	}
}

// containsKey reports whether a whole key of the demo stands in a text.
func containsKey(demo sandbox.DemoFixture, text string) bool {
	return slices.ContainsFunc([]string{demo.Key, demo.KeyNoScope, demo.KeyAnother, demo.KeyVendor}, func(key string) bool {
		return strings.Contains(text, key)
	})
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}
