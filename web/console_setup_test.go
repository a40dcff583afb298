package web_test

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

// Keys that the stands' sandbox knows beside the demo's. The odd one has
// characters that HTML, URLs and JSON each write differently.
const (
	oddKey = `sk_odd/+=&"<k>'%41;~`
)

const secret = "0123456789abcdef0123456789abcdefQWERTYzz"

// aloHub is the scope of the journal that DemoKey works in.
func aloHub() journal.Scope { return journal.Scope{Environment: "sandbox", Tenant: "20260310"} }

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		child()
		return
	}
	// These tests wait for timeouts more than they compute.
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("16"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// setup is what a test may change of its stand.
type setup struct {
	demo    sandbox.DemoOptions
	sandbox func(*sandbox.Config)
	web     web.Options
	// front stands before the sandbox.
	front func(http.Handler) http.Handler
	// store replaces the stand's own, which is in memory. patient lets it take its time: see
	// gate.
	store   web.Store
	patient bool
	// name of the environment instead of "Sandbox".
	name string
	// base URL of the upstream instead of the stand's sandbox.
	upstream string
	api      *sandbox.Server
	// enter lets people in and says where, instead of Serve on a port.
	enter func(*web.Console) (origin string)
}

// stand is a console on a real listener, before a sandbox of its own.
type stand struct {
	t        testing.TB
	api      *sandbox.Server
	upstream string
	store    *gate
	log      *ledger
	origin   string // http://127.0.0.1:port
	base     string // base path
	keys     []string
}

func newStand(t testing.TB, changes ...func(*setup)) *stand {
	t.Helper()
	o := setup{demo: sandbox.DemoOptions{Agents: 120, Quiet: true}}
	o.web.Secrets = []string{secret}
	o.web.ReadBackPause, o.web.ShutdownTimeout = time.Millisecond, 10*time.Second
	for _, change := range changes {
		change(&o)
	}
	s := &stand{t: t, log: &ledger{}, base: o.web.BasePath, api: o.api, upstream: o.upstream}
	s.keys = []string{
		sandbox.DemoKey, sandbox.DemoKeyAnother, sandbox.DemoKeyNoScope, sandbox.DemoKeyVendor, oddKey,
		"sk_wrong_key_00000000",
	}
	if s.api == nil && s.upstream == "" {
		s.api = newSandbox(o)
	}
	if s.upstream == "" {
		handler := http.Handler(s.api)
		if o.front != nil {
			handler = o.front(handler)
		}
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		s.upstream = server.URL
	}
	s.store = &gate{Store: o.store, patient: o.patient}
	if o.store == nil {
		s.store.Store, s.store.patient = memoryStore(t), true
	}
	o.web.Store = s.store
	o.web.Upstreams = append([]web.Upstream{{Name: cmp.Or(o.name, "Sandbox"), Slug: "sandbox", BaseURL: s.upstream}}, o.web.Upstreams...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the console's own log said:\n%s", s.log.troubles())
		}
	})
	if o.web.Logger == nil {
		o.web.Logger = slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	console, err := web.New(o.web)
	if err != nil {
		t.Fatal(err)
	}
	if o.enter != nil {
		t.Cleanup(func() {
			console.Close()
			s.noKeyIn("the log", s.log.String())
		})
		s.origin = o.enter(console)
		return s
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(context.Background())
	go func() { done <- console.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		console.Close()
		s.noKeyIn("the log", s.log.String())
	})
	s.origin = "http://" + ln.Addr().String()
	return s
}

func memoryStore(t testing.TB) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(context.Background(), sqlstore.Config{Database: ":memory:"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// newSandbox has limits far beyond what a test does: without any limit headers the
// console would go by its slow default.
func newSandbox(o setup) *sandbox.Server {
	cfg := sandbox.Demo(o.demo).Config
	if o.demo.Quiet {
		cfg.Limits = sandbox.Limits{Tenant: 90_000, Route: 90_000}
	}
	cfg.Keys = append(
		cfg.Keys,
		sandbox.Key{Secret: oddKey, Tenants: []int64{sandbox.AloHub}, Scopes: []string{sandbox.ScopeAgent}},
	)
	if o.sandbox != nil {
		o.sandbox(&cfg)
	}
	return sandbox.New(cfg)
}

// noKeyIn fails the test where text holds one of the stand's keys in any form.
func (s *stand) noKeyIn(where, text string) {
	s.t.Helper()
	for _, key := range s.keys {
		for _, form := range keyForms(key) {
			if strings.Contains(text, form) {
				s.t.Errorf("%s holds the key as %q", where, form)
			}
		}
	}
}

// entries are the journal's, newest first.
func (s *stand) entries(f journal.Filter) []journal.Entry {
	s.t.Helper()
	if f.Scope == (journal.Scope{}) {
		f.Scope = aloHub()
	}
	f.Limit = 1000
	entries, _, err := s.store.List(context.Background(), f)
	if err != nil {
		s.t.Fatal(err)
	}
	return entries
}

// last is the newest entry of an agent.
func (s *stand) last(agent string) journal.Entry {
	s.t.Helper()
	entries := s.entries(journal.Filter{Agent: agent})
	if len(entries) == 0 {
		s.t.Fatalf("the journal has nothing of agent %s", agent)
	}
	return entries[0]
}

// puts are the writes that reached the sandbox.
func (s *stand) puts() []sandbox.Call {
	return slices.DeleteFunc(s.api.Calls(), func(c sandbox.Call) bool { return c.Method != http.MethodPut })
}

func (s *stand) callin(agent string) []int64 {
	s.t.Helper()
	a, ok := s.api.Agent(sandbox.AloHub, agent)
	if !ok {
		s.t.Fatalf("no agent %s", agent)
	}
	return a.Callin
}

// person is a browser of its own.
type person struct {
	s      *stand
	client *http.Client
}

func (s *stand) browser() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &person{s: s, client: &http.Client{
		Jar: jar, Transport: transport, Timeout: 2 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// english makes the browser read English, the language of these tests.
func (p *person) english() *person {
	at, err := url.Parse(p.s.origin)
	if err != nil {
		p.s.t.Fatal(err)
	}
	p.client.Jar.SetCookies(at, []*http.Cookie{{Name: "console_prefs", Value: "en.system", Path: "/"}})
	return p
}

// signIn signs in with a key and waits until the tenant is known.
func (s *stand) signIn(key string) *person {
	s.t.Helper()
	p := s.browser().english()
	p.enter(key)
	p.crawled()
	return p
}

func (p *person) enter(key string) {
	p.s.t.Helper()
	a := p.post("/sign-in", url.Values{"environment": {"sandbox"}, "api_key": {key}, "operator": {"Lê Thị Thử"}})
	a.is(http.StatusSeeOther)
}

// crawled waits for the end of the crawl, as the page does: by asking.
func (p *person) crawled() {
	p.s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); <-tick.C {
		a := p.get("/agents/progress", htmx("progress")...)
		if a.status == http.StatusOK && a.find("#progress[data-poll]").Length() == 0 {
			return
		}
	}
	p.s.t.Fatal("the crawl does not end")
}

// htmx are the headers of a request by htmx for the element of that id.
func htmx(id string) []string {
	return []string{"HX-Request", "true", "HX-Target", "div#" + id}
}

func (p *person) get(path string, header ...string) *answer {
	p.s.t.Helper()
	return p.do(http.MethodGet, path, nil, header...)
}

// post waits for what comes of a change, as a browser does: on a busy machine the console
// answers before it is over. A change that waits for the API is shown as it is.
func (p *person) post(path string, form url.Values, header ...string) *answer {
	p.s.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	a := p.do(http.MethodPost, path, form, header...)
	for range 30 { // each waits for 0.9 s at most
		at := a.location()
		if box := a.find("[data-saving]:not([data-saving-wait])"); box.Length() == 1 && len(header) > 0 {
			at = box.AttrOr("data-hx-get", "")
		}
		if !strings.HasPrefix(at, p.s.base+"/savings/") {
			break
		}
		next := p.get(at, header...)
		if next.find("[data-saving-wait]").Length() > 0 {
			break
		}
		if len(header) > 0 || next.find("[data-saving]").Length() == 0 {
			a = next
		}
	}
	return a
}

// do sends a request to a path below the base path, or to one that begins with it.
func (p *person) do(method, path string, form url.Values, header ...string) *answer {
	p.s.t.Helper()
	if !strings.HasPrefix(path, p.s.base+"/") {
		path = p.s.base + path
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(context.Background(), method, p.s.origin+path, body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := p.client.Do(r)
	if err != nil {
		p.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	a := &answer{t: p.s.t, what: method + " " + path, status: resp.StatusCode, header: resp.Header, body: string(text)}
	var dump bytes.Buffer
	_ = resp.Header.Write(&dump)
	p.s.noKeyIn(a.what, dump.String()+a.body)
	return a
}

// editor opens an agent's editor and returns its form as a browser would send it.
func (p *person) editor(agent, typ string) url.Values {
	p.s.t.Helper()
	return p.get("/agents/" + agent + "/queues?type=" + typ).is(http.StatusOK).form("#editor-form")
}

// save posts an editor's form.
func (p *person) save(agent, typ string, form url.Values, header ...string) *answer {
	p.s.t.Helper()
	return p.post("/agents/"+agent+"/queues?type="+typ, form, header...)
}

// answer is a response, read to its end.
type answer struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   string
	doc    *goquery.Document
}

// is fails the test where the status is another.
func (a *answer) is(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: %d, want %d; Location %q, failure %q: %s", a.what, a.status, status,
			a.header.Get("Location"), a.failure(), squeeze(a.find("main").Text()))
	}
	return a
}

func (a *answer) find(selector string) *goquery.Selection {
	a.t.Helper()
	if a.doc == nil {
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
		if err != nil {
			a.t.Fatal(err)
		}
		a.doc = doc
	}
	return a.doc.Find(selector)
}

func (a *answer) has(selector string) *answer {
	a.t.Helper()
	if a.find(selector).Length() == 0 {
		a.t.Errorf("%s: nothing is %s", a.what, selector)
	}
	return a
}

func (a *answer) lacks(selector string) *answer {
	a.t.Helper()
	if n := a.find(selector).Length(); n > 0 {
		a.t.Errorf("%s: %d times %s", a.what, n, selector)
	}
	return a
}

// said is what the English catalogue says under an id.
func said(id string) string {
	words, err := locale.Keys(locale.English)
	if err != nil || words[id] == "" {
		panic(fmt.Sprintf("no message %s: %v", id, err))
	}
	return words[id]
}

func (a *answer) says(text string) *answer {
	a.t.Helper()
	if !a.saysAny(text) {
		a.t.Errorf("%s does not say %q: %s", a.what, text, squeeze(a.find("main").Text()))
	}
	return a
}

// saysAny reports whether the text stands anywhere in the answer.
func (a *answer) saysAny(text string) bool {
	a.t.Helper()
	return strings.Contains(strings.Join(strings.Fields(a.find("*").First().Text()), " "), text)
}

// failure is the data-failure of the page, "" for none.
func (a *answer) failure() string {
	return a.find("[data-failure]").First().AttrOr("data-failure", "")
}

// fails checks status and data-failure together.
func (a *answer) fails(status int, failure string) *answer {
	a.t.Helper()
	a.is(status)
	if a.failure() != failure {
		a.t.Errorf("%s: data-failure %q, want %q", a.what, a.failure(), failure)
	}
	return a
}

func (a *answer) location() string { return a.header.Get("Location") }

// attrs are the values of an attribute of all elements that a selector finds.
func (a *answer) attrs(selector, name string) []string {
	a.t.Helper()
	var out []string
	a.find(selector).Each(func(_ int, s *goquery.Selection) {
		if v, ok := s.Attr(name); ok {
			out = append(out, v)
		}
	})
	return out
}

// form is what a browser sends of a form without pressing a named button.
func (a *answer) form(selector string) url.Values {
	a.t.Helper()
	form := a.find(selector).First()
	if form.Length() == 0 {
		a.t.Fatalf("%s: no form %s: %s", a.what, selector, squeeze(a.find("main").Text()))
	}
	values := url.Values{}
	form.Find("input").Each(func(_ int, in *goquery.Selection) {
		name, ok := in.Attr("name")
		if !ok || in.Closest("template").Length() > 0 {
			return
		}
		if kind := in.AttrOr("type", "text"); kind == "checkbox" || kind == "radio" {
			if _, checked := in.Attr("checked"); !checked {
				return
			}
		}
		values.Add(name, in.AttrOr("value", ""))
	})
	return values
}

func squeeze(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 600 {
		s = s[:600] + "…"
	}
	return s
}

// ledger is a log that several goroutines write.
type ledger struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *ledger) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *ledger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// troubles are the lines above INFO, the last twenty.
func (l *ledger) troubles() string {
	var lines []string
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, `"level":"WARN"`) || strings.Contains(line, `"level":"ERROR"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(len(lines)-20, 0):], "")
}

// impatience cuts short the upstream calls it is armed for: the timeouts of the
// client itself stay long enough for the busiest machine.
type impatience struct {
	next  http.RoundTripper
	armed atomic.Pointer[func(*http.Request) bool]
}

// wearies gives a stand a transport that a test can arm.
func (i *impatience) wearies(o *setup) {
	i.next = &http.Transport{}
	o.web.Transport = i
}

// arm gives up on the calls of an op after a moment, n times.
func (i *impatience) arm(op sandbox.Op, n int64) {
	var struck atomic.Int64
	match := func(r *http.Request) bool {
		return (op == sandbox.OpList) == (r.Method == http.MethodGet) && struck.Add(1) <= n
	}
	i.armed.Store(&match)
}

func (i *impatience) disarm() { i.armed.Store(nil) }

func (i *impatience) RoundTrip(r *http.Request) (*http.Response, error) {
	if match := i.armed.Load(); match != nil && (*match)(r) {
		ctx, cancel := context.WithTimeout(r.Context(), 300*time.Millisecond)
		context.AfterFunc(ctx, cancel) // the body is read under it too
		r = r.WithContext(ctx)
	}
	return i.next.RoundTrip(r)
}

func (i *impatience) CloseIdleConnections() { i.next.(*http.Transport).CloseIdleConnections() }
