package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestTwoKeyHeaders: what the gateway makes of a key in one header, the other, or both.
func TestTwoKeyHeaders(t *testing.T) {
	t.Parallel()
	for accept, want := range map[sandbox.AuthHeaders][3]int{
		sandbox.EitherHeader: {200, 200, 200},
		sandbox.OneHeader:    {200, 200, 401},
		sandbox.BothHeaders:  {401, 401, 200},
	} {
		r := setup(t, func(c *sandbox.Config) { c.AuthHeaders = accept })
		got := [3]int{
			r.get("/v1/agents").status,
			r.get("/v1/agents", "X-Api-Key", "", "Authorization", sandbox.DemoKey).status,
			r.get("/v1/agents", "Authorization", sandbox.DemoKey).status,
		}
		if got != want {
			t.Errorf("%d: %v, want %v", accept, got, want)
		}
	}
}

// TestTenantHeader: no header, the key's own tenant, and one it may not see.
func TestTenantHeader(t *testing.T) {
	t.Parallel()
	for handling, want := range map[sandbox.TenantHeader][3]int{
		sandbox.TenantChecked: {200, 200, 403},
		sandbox.TenantIgnored: {200, 200, 200},
		sandbox.TenantNeeded:  {400, 200, 403},
		sandbox.TenantRefused: {200, 403, 403},
	} {
		r := setup(t, func(c *sandbox.Config) { c.Tenant = handling })
		got := [3]int{
			r.get("/v1/agents").status,
			r.get("/v1/agents", "X-Tenant-ID", "20260310").status,
			r.get("/v1/agents", "X-Tenant-ID", "7").status,
		}
		if got != want {
			t.Errorf("%d: %v, want %v", handling, got, want)
		}
	}
}

// TestPages: what the page leaves open of sizes, pages and totals.
func TestPages(t *testing.T) {
	t.Parallel()
	with := func(change func(*sandbox.Config)) *rig { return setup(t, change) }
	first := func(r *rig, path string) string {
		_, rest, _ := strings.Cut(r.get(path).body, `"agentId":"`)
		id, _, _ := strings.Cut(rest, `"`)
		return id
	}
	total := func(r *rig) string {
		_, rest, _ := strings.Cut(r.get("/v1/agents").body, `"totalRecord":`)
		n, _, _ := strings.Cut(rest, ",")
		return n
	}
	if r := with(func(c *sandbox.Config) { c.RefuseSize = true }); r.get("/v1/agents?size=101").status != 400 || r.get("/v1/agents?size=100").status != 200 {
		t.Error("RefuseSize: not what it says")
	}
	if r := with(func(c *sandbox.Config) { c.OffsetByAsked, c.MaxSize = true, 50 }); first(r, "/v1/agents?page=1&size=100") != first(r, "/v1/agents?page=2&size=50") {
		t.Error("OffsetByAsked: page 1 does not begin after what was asked for")
	}
	if r := with(func(c *sandbox.Config) { c.BeyondFails = true }); r.get("/v1/agents?page=21").status != 404 || r.get("/v1/agents?page=20").status != 200 {
		t.Error("BeyondFails: not what it says")
	}
	if r := with(func(c *sandbox.Config) { c.UnstableOrder = true }); sameTwice(func() string { return first(r, "/v1/agents") }) || total(r) != "413" {
		t.Error("UnstableOrder: two answers begin alike, or lack agents")
	}
	rows := with(func(c *sandbox.Config) { c.Style = sandbox.RowPerQueue })
	agents := with(func(c *sandbox.Config) { c.Style, c.CountAgents = sandbox.RowPerQueue, true })
	if total(rows) == "413" || total(agents) != "413" {
		t.Errorf("totalRecord: %s of rows, %s of agents", total(rows), total(agents))
	}
	if r := with(func(c *sandbox.Config) { c.PathPrefix, c.PrefixOnly = "/api", true }); r.get("/v1/agents").status != 404 || r.get("/api/v1/agents").status != 200 {
		t.Error("PrefixOnly: not what it says")
	}
}

// TestFronts: who stands before the API shows in its errors, and in answers where it wants.
func TestFronts(t *testing.T) {
	t.Parallel()
	for kind, want := range map[sandbox.FrontKind][3]string{
		sandbox.QuietKong: {"", "kong/3.4.2", "no Route"},
		sandbox.OpenKong:  {"1.1 kong/3.4.2", "kong/3.4.2", "no Route"},
		sandbox.Nginx:     {"", "nginx/1.26.3", "<center>nginx"},
		sandbox.NoFront:   {"", "", "not found\n"},
	} {
		r := setup(t, func(c *sandbox.Config) { c.Front = sandbox.Front{Kind: kind, RequestIDs: true} })
		ok, lost := r.get("/v1/agents"), r.get("/v1/nothing")
		if via := ok.header.Get("Via"); via != want[0] || lost.header.Get("Server") != want[1] || !strings.Contains(lost.body, want[2]) {
			t.Errorf("%d: via %q, %q says %s", kind, via, lost.header.Get("Server"), lost.body)
		}
		if ok.header.Get("X-Request-Id") == "" {
			t.Errorf("%d: no request id", kind)
		}
	}
	r := setup(t, func(c *sandbox.Config) { c.Front.Compress = true })
	if got := r.get("/v1/agents", "Accept-Encoding", "gzip"); got.header.Get("Content-Encoding") != "gzip" {
		t.Error("not compressed")
	}
	if got := r.get("/v1/agents", "Accept-Encoding", "identity"); got.header.Get("Content-Encoding") != "" {
		t.Error("compressed for who does not take it")
	}
}

// TestKongNames: the headers are Kong's, of the tighter limit and with its window's word,
// and the end of the window is told by the server's clock, as its Date.
func TestKongNames(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Tenant: 50, Route: 9, Window: time.Minute, Names: sandbox.KongNames}))
	r.clock.Advance(13 * time.Second)
	got := r.get("/v1/agents").header
	for name, want := range map[string]string{
		"RateLimit-Limit": "9", "RateLimit-Remaining": "8", "RateLimit-Reset": "47",
		"X-RateLimit-Limit-Minute": "9", "X-RateLimit-Remaining-Minute": "8", "X-RateLimit-Limit-Tenant": "",
		"Date": "Tue, 02 Jun 2026 09:00:13 GMT",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name), want)
		}
	}
	r = setup(t, limited(sandbox.Limits{Route: 9, Names: sandbox.DraftNames}))
	if got := r.get("/v1/agents").header; got.Get("RateLimit-Reset") != "10" || len(got[http.CanonicalHeaderKey("X-RateLimit-Limit-10")]) > 0 {
		t.Errorf("%v", got)
	}
}

func sameTwice(ask func() string) bool {
	first := ask()
	return ask() == first
}
