package probe_test

import (
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/probe"
)

// wire is a transport that calls a handler as a network and a TLS end would have it
// reached, so that a probe fits into a synctest bubble.
type wire struct {
	handler http.Handler
	dice    *rand.Rand
	tls     uint16 // 0: none
	http2   bool
	kept    bool
	calls   int
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.calls++
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Reused: w.kept && w.calls > 1})
	}
	time.Sleep(time.Duration(5+w.dice.ExpFloat64()*15) * time.Millisecond)
	in := r.Clone(r.Context())
	in.Body = http.NoBody
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, in)
	time.Sleep(time.Duration(5+w.dice.ExpFloat64()*15) * time.Millisecond)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := rec.Result()
	if w.tls != 0 {
		resp.TLS = &tls.ConnectionState{Version: w.tls}
	}
	if w.http2 {
		resp.ProtoMajor, resp.ProtoMinor = 2, 0
	}
	return resp, nil
}

// world is one API, and how a probe is to look at it.
type world struct {
	config    sandbox.Config
	base      string
	tenant    string
	scopeless bool
	skew      time.Duration
	single    bool // nobody is in two queues
	before    int  // calls of somebody else, just before
	wire      wire
}

func one[T any](dice *rand.Rand, of ...T) T { return of[dice.IntN(len(of))] }

// anyWorld is a random one.
func anyWorld(seed uint64) world {
	dice := rand.New(rand.NewPCG(seed, 13))
	yes := func(percent int) bool { return dice.IntN(100) < percent }
	demo := sandbox.Demo(sandbox.DemoOptions{Agents: one(dice, 60, 200, 413, 413, 1500), Seed: seed + 1, Quiet: true})
	w := world{config: demo.Config, base: "https://api.test"}
	c := &w.config
	c.PathPrefix = one(dice, "", "/api", "/api")
	c.PrefixOnly = c.PathPrefix != "" && yes(50)
	if c.PrefixOnly && yes(30) || c.PathPrefix != "" && yes(20) {
		w.base += "/api"
	}
	c.Front = sandbox.Front{
		Kind:       one(dice, sandbox.QuietKong, sandbox.OpenKong, sandbox.Nginx, sandbox.NoFront),
		RequestIDs: yes(50), Compress: yes(50),
	}
	c.Style = one(dice, sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue, sandbox.RowPerQueue, sandbox.Varying)
	c.QueueFilter = one(dice, sandbox.MatchMembership, sandbox.MatchMembership, sandbox.MatchShown)
	c.AuthHeaders = one(dice, sandbox.EitherHeader, sandbox.OnlyXAPIKey, sandbox.OnlyAuthorization, sandbox.OneHeader, sandbox.BothHeaders)
	c.Tenant = one(dice, sandbox.TenantChecked, sandbox.TenantIgnored, sandbox.TenantNeeded, sandbox.TenantRefused)
	if c.Tenant == sandbox.TenantNeeded || yes(30) {
		w.tenant = fmt.Sprint(sandbox.AloHub)
	}
	c.MaxSize = one(dice, 20, 50, 100, 150, 500, -1)
	c.IgnoreSize, c.IgnorePage = yes(10), yes(8)
	c.RefuseSize = c.MaxSize > 0 && yes(30)
	c.OffsetByAsked, c.BeyondFails, c.UnstableOrder = yes(30), yes(40), yes(15)
	c.CountAgents = yes(40)
	if yes(10) {
		c.TotalRecord = func(rows int) int { return rows + 100 }
	}
	c.ShowRecording, c.NumericAgentID, c.NumbersAsStrings, c.OmitNulls = yes(40), yes(15), yes(25), yes(40)
	if w.single = yes(20); w.single {
		for i := range c.Tenants[0].Agents {
			a := &c.Tenants[0].Agents[i]
			a.Callin = a.Callin[:min(1, len(a.Callin))]
		}
	}
	for i := range c.Tenants[0].Agents {
		if yes(5) {
			c.Tenants[0].Agents[i].Recording = new(yes(50))
		}
	}
	c.Limits = sandbox.Limits{
		Tenant: one(dice, 0, 12, 40, 100, 100, 300), Route: one(dice, 0, 20, 60, 60), Kind: one(dice, sandbox.WindowKinds()...),
		Names: one(dice, sandbox.PageNames, sandbox.PageNames, sandbox.KongNames, sandbox.DraftNames),
	}
	switch {
	case c.Limits.Names == sandbox.KongNames && yes(60):
		c.Limits.Window = time.Minute
	case yes(10):
		c.Limits.Window = 7 * time.Second // not what the page says
	}
	if c.Limits.NoHeaders = yes(10); c.Limits.NoHeaders {
		c.Limits.Tenant, c.Limits.Route = max(c.Limits.Tenant, 12), 0
		c.Limits.Window = 10 * time.Second
	}
	if yes(15) {
		w.before = 1 + dice.IntN(3)
	}
	w.scopeless = yes(50)
	w.skew = one(dice, 0, 0, 0, 3*time.Second, -42*time.Second, 700*time.Millisecond)
	w.wire = wire{
		dice: dice, tls: one[uint16](dice, tls.VersionTLS12, tls.VersionTLS13, tls.VersionTLS13), http2: yes(40), kept: yes(70),
	}
	if yes(20) {
		w.base, w.wire.tls = strings.Replace(w.base, "https:", "http:", 1), 0
	}
	// Where in the clock's window it begins.
	w.wire.calls = 0
	return w
}

// run probes a world; in a synctest bubble.
func (w *world) run(t *testing.T) (*sandbox.Server, *probe.Report) {
	t.Helper()
	time.Sleep(time.Duration(w.wire.dice.IntN(20_000)) * time.Millisecond)
	w.config.Clock = func() time.Time { return time.Now().Add(w.skew) }
	api := sandbox.New(w.config)
	w.wire.handler = api
	for range w.before {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/agents", nil)
		r.URL.Path = map[bool]string{true: "/api/v1/agents", false: "/v1/agents"}[w.config.PrefixOnly]
		r.Header.Set("X-Api-Key", sandbox.DemoKey)
		r.Header.Set("Authorization", sandbox.DemoKey)
		api.ServeHTTP(httptest.NewRecorder(), r)
	}
	others := len(api.Calls())
	cfg := probe.Config{BaseURL: w.base, Key: apiclient.NewSecret(sandbox.DemoKey), Tenant: w.tenant, Version: "test", Transport: &w.wire}
	if w.scopeless {
		cfg.Scopeless = apiclient.NewSecret(sandbox.DemoKeyNoScope)
	}
	report, err := probe.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if made := len(api.Calls()) - others; made != report.Calls || made > 40 {
		t.Errorf("%d calls were made and %d are reported", made, report.Calls)
	}
	if api.Count429() != 0 || report.Limited != 0 {
		t.Errorf("%d refusals for the limit", api.Count429())
	}
	for _, c := range api.Calls() {
		if c.Method != http.MethodGet {
			t.Errorf("a %s was sent", c.Method)
		}
	}
	w.mostHalf(t, api.Calls()[others:])
	return api, report
}

// mostHalf: in no window is more than half of a limit used.
func (w *world) mostHalf(t *testing.T, calls []sandbox.Call) {
	t.Helper()
	l := w.config.Limits
	limit := l.Tenant
	if l.Route > 0 && (limit == 0 || l.Route < limit) {
		limit = l.Route
	}
	if limit == 0 || l.NoHeaders {
		return
	}
	for i := range calls {
		n := 0
		for _, c := range calls[i:] {
			if c.Time.Sub(calls[i].Time) < l.WindowLength() && c.Tenant != 0 {
				n++
			}
		}
		if n > max(limit/2, 1) {
			t.Errorf("%d calls in a window, of a limit of %d", n, limit)
			return
		}
	}
}
