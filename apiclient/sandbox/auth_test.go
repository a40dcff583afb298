package sandbox_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

func TestKeyHeaders(t *testing.T) {
	t.Parallel()
	const (
		key    = sandbox.DemoKey
		bearer = "Bearer " + key
	)
	for _, tc := range []struct {
		name           string
		accept         sandbox.AuthHeaders
		named, general string
		status         int
	}{
		{"X-Api-Key", sandbox.EitherHeader, key, "", 200},
		{"bare Authorization", sandbox.EitherHeader, "", key, 200},
		{"Bearer", sandbox.EitherHeader, "", bearer, 200},
		{"both the same", sandbox.EitherHeader, key, bearer, 200},
		{"both, different", sandbox.EitherHeader, key, sandbox.DemoKeyAnother, 401},
		{"none", sandbox.EitherHeader, "", "", 401},
		{"only the scheme", sandbox.EitherHeader, "", "Bearer ", 401},
		{"wrong", sandbox.EitherHeader, "sk_demo_wrong_000000", "", 401},
		{"no scope", sandbox.EitherHeader, sandbox.DemoKeyNoScope, "", 403},
		{"only X-Api-Key, given", sandbox.OnlyXAPIKey, key, "nonsense", 200},
		{"only X-Api-Key, missing", sandbox.OnlyXAPIKey, "", key, 401},
		{"only Authorization, given", sandbox.OnlyAuthorization, "nonsense", key, 200},
		{"only Authorization, missing", sandbox.OnlyAuthorization, key, "", 401},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := setup(t, func(c *sandbox.Config) { c.AuthHeaders = tc.accept })
			got := r.get("/v1/agents", "X-Api-Key", tc.named, "Authorization", tc.general)
			switch tc.status {
			case http.StatusUnauthorized:
				wantRefusal(t, got, 401, "UNAUTHORIZED", "API key")
			case http.StatusForbidden:
				wantRefusal(t, got, 403, "INSUFFICIENT_SCOPE", "agent")
			default:
				if got.status != tc.status {
					t.Errorf("%d %s, want %d", got.status, got.body, tc.status)
				}
			}
		})
	}
}

func TestTenants(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, tc := range []struct {
		name, key, header, query string
		total                    string // "" is a 403
	}{
		{"a key's own", sandbox.DemoKey, "", "", "413"},
		{"a key's own, named", sandbox.DemoKey, "20260310", "?team_id=20260310", "413"},
		{"another key's", sandbox.DemoKeyAnother, "", "", "57"},
		{"a stranger's by header", sandbox.DemoKey, "20260415", "", ""},
		{"a stranger's by team", sandbox.DemoKey, "", "?team_id=20260415", ""},
		{"no number", sandbox.DemoKey, "AloHub", "", ""},
		{"of several, the first", sandbox.DemoKeyVendor, "", "", "413"},
		{"of several, by header", sandbox.DemoKeyVendor, "20260415", "", "57"},
		{"of several, by team", sandbox.DemoKeyVendor, "20260310", "?team_id=20260415", "57"},
	} {
		if tc.total == "" {
			wantRefusal(t, r.get("/v1/agents"+tc.query, "X-Api-Key", tc.key, "X-Tenant-ID", tc.header), 403, "INSUFFICIENT_SCOPE", "not allowed tenant")
			continue
		}
		p := r.list("/v1/agents"+tc.query, "X-Api-Key", tc.key, "X-Tenant-ID", tc.header)
		if p.TotalRecord != json.Number(tc.total) {
			t.Errorf("%s: %v agents, want %s", tc.name, p.TotalRecord, tc.total)
		}
	}
}

// Both tenants have an agent 082018; a write must reach the key's own only.
func TestWritesStayInTheirTenant(t *testing.T) {
	t.Parallel()
	r := setup(t)
	before, _ := r.Agent(sandbox.Another, sandbox.DemoExample)
	got := r.put("/v1/agents/082018/queues", `{"queue_ids":[1000888]}`)
	if got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	after, ok := r.Agent(sandbox.Another, sandbox.DemoExample)
	if !ok || len(after.Callin) == 1 && after.Callin[0] == 1000888 || len(before.Callin) != len(after.Callin) {
		t.Errorf("the other tenant's agent is now in %v", after.Callin)
	}
	wantRefusal(t, r.put("/v1/agents/082018/queues", `{"queue_ids":[1]}`, "X-Tenant-ID", "20260415"), 403, "INSUFFICIENT_SCOPE", "20260415")
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, tc := range []struct {
		method, path string
		routed       bool
	}{
		{"GET", "/v1/agents", true},
		{"GET", "/api/v1/agents", true},
		{"PUT", "/api/v1/agents/082018/queues", true},
		{"PUT", "/v1/agents/082018/recording", true},
		{"GET", "/v1/agents/", false},
		{"GET", "/v2/agents", false},
		{"GET", "/other/v1/agents", false},
		{"GET", "/v1/agentsx", false},
		{"GET", "/v1/agents/082018", false},
		{"POST", "/v1/agents", false},
		{"GET", "/v1/agents/082018/queues", false},
		{"PUT", "/v1/agents//queues", false},
		{"PUT", "/v1/agents/082018/queues/1", false},
		{"DELETE", "/v1/agents/082018/queues", false},
	} {
		got := r.do(tc.method, tc.path, `{}`)
		unrouted := got.status == 404 && strings.Contains(got.body, `"no Route matched with those values"`) && strings.Contains(got.body, `"request_id":"`)
		if unrouted == tc.routed {
			t.Errorf("%s %s: %d %s", tc.method, tc.path, got.status, got.body)
		}
	}
	if got := r.get("/nowhere", "Accept", ""); !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
		t.Errorf("without Accept the gateway answers %s", got.header.Get("Content-Type"))
	}
	if got := r.get("/nowhere", "Accept", "text/html"); !strings.Contains(got.body, "<h1>") {
		t.Errorf("for Accept: text/html the gateway answers %s", got.body)
	}
	plain := setup(t, func(c *sandbox.Config) { c.PathPrefix = "" })
	if got := plain.get("/api/v1/agents"); got.status != 404 {
		t.Errorf("without a prefix /api is answered %d", got.status)
	}
}
