package handlers

import (
	"testing"
	"unsafe"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/web/session"
)

func acting(t *testing.T) (*actors, Environment) {
	t.Helper()
	client, err := apiclient.New(apiclient.Config{Name: "Sandbox", BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	tenants := live.New(live.Config{})
	t.Cleanup(tenants.Close)
	return &actors{tenants: tenants, salt: []byte("salt")}, Environment{Name: "Sandbox", Slug: "sandbox", Client: client}
}

// TestActorOutlivesItsRequest: the server writes the next request into the buffer that
// the strings of this one point to.
func TestActorOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	actors, env := acting(t)
	var buffers [][]byte
	reused := func(s string) string {
		b := []byte(s)
		buffers = append(buffers, b)
		return unsafe.String(&b[0], len(b))
	}
	key := reused("sk_of_somebody_else")
	who := actors.of(&session.Session{
		ID: reused("session"), Key: apiclient.NewSecret(key), TenantID: reused("42"), Tenant: reused("20260310"),
	}, env, reused("Lê Thị Thử"))
	by := who.author(reused("request"))
	for _, b := range buffers {
		for i := range b {
			b[i] = '!'
		}
	}
	a := who.access
	if a.Session != "session" || a.Key.TenantHeader != "42" || a.Scope.Tenant != "20260310" || a.Scope.Environment != "sandbox" ||
		who.operator != "Lê Thị Thử" || by.Operator != "Lê Thị Thử" || by.RequestID != "request" {
		t.Errorf("%+v by %+v", a, by)
	}
	if want := apiclient.NewSecret("sk_of_somebody_else").Fingerprint([]byte("salt")); by.KeyFingerprint != want || a.Key.KeyFingerprint != want {
		t.Errorf("signed by the key %s, not %s", by.KeyFingerprint, want)
	}
}

// TestScopeOfNoTenant: what a key did before any row named a tenant is its own.
func TestScopeOfNoTenant(t *testing.T) {
	t.Parallel()
	actors, env := acting(t)
	one := actors.of(&session.Session{ID: "a", Key: apiclient.NewSecret("sk_1")}, env, "")
	two := actors.of(&session.Session{ID: "b", Key: apiclient.NewSecret("sk_2")}, env, "")
	if one.scope() == two.scope() || one.scope().Tenant == "" {
		t.Errorf("%+v and %+v", one.scope(), two.scope())
	}
	again := actors.of(&session.Session{ID: "c", Key: apiclient.NewSecret("sk_1")}, env, "")
	if one.tenant != again.tenant || one.tenant == two.tenant {
		t.Error("snapshots do not follow the key")
	}
}
