package apiclient_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// accepted is a rig whose key has been accepted, with the calls up to then forgotten.
func accepted(t *testing.T) *rig {
	t.Helper()
	r := setup(t)
	if _, err := r.person().ListAgents(t.Context(), apiclient.AgentQuery{}); err != nil {
		t.Fatal(err)
	}
	r.api.ResetCalls()
	return r
}

// TestOne401AmongSuccesses: a key that answers have accepted is asked about once more
// before it counts as refused.
func TestOne401AmongSuccesses(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"documented": sandbox.Unauthorized(), "gateway": sandbox.GatewayUnauthorized(""),
		"in a 200": sandbox.Documented(http.StatusOK, "UNAUTHORIZED", "Invalid API key"),
	} {
		for _, m := range methods() {
			r := accepted(t)
			r.api.Fail(fault.On(m.op))
			err := m.call(t.Context(), r.person())
			writes, reads := 0, 2
			if m.write {
				writes, reads = 1, 1
			}
			if got := describe(err); !m.write && got != "ok" || m.write && got != "refused unconfirmed" {
				t.Errorf("%s, %s: %s (%v)", name, m.name, got, err)
			}
			if errors.Is(err, apiclient.ErrUnauthorized) {
				t.Errorf("%s, %s: still a 401: %v", name, m.name, err)
			}
			lists := r.api.CallsOf(sandbox.OpList)
			if n := len(r.api.Calls()) - len(lists); n != writes || len(lists) != reads {
				t.Errorf("%s, %s: %d writes, %d reads", name, m.name, n, len(lists))
			}
			if m.write && lists[0].Query.Get("size") != "1" {
				t.Errorf("%s, %s: confirmed by %v", name, m.name, lists[0].Query)
			}
			noKey(t, r.demo.Key, err)
		}
	}
}

// TestA401ThatLasts is a 401 at once, and from then on it is not asked about again.
func TestA401ThatLasts(t *testing.T) {
	t.Parallel()
	for _, m := range methods() {
		r := accepted(t)
		r.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
		for _, want := range []int{2, 1, 1} {
			r.api.ResetCalls()
			if got := describe(m.call(t.Context(), r.person())); got != "refused unauthorized" {
				t.Errorf("%s: %s", m.name, got)
			}
			if n := len(r.api.Calls()); n != want {
				t.Errorf("%s: %d calls, want %d", m.name, n, want)
			}
		}
		r.api.ClearFaults()
		if err := m.call(t.Context(), r.person()); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
}

// TestA401ThatCannotBeConfirmed ends nothing: the next call will tell.
func TestA401ThatCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	for _, m := range methods() {
		r := accepted(t)
		r.api.Fail(sandbox.Unauthorized().On(m.op), sandbox.RateLimited("3").On(sandbox.OpList))
		got := describe(m.call(t.Context(), r.person()))
		if m.write && got != "refused unconfirmed" || !m.write && got != "limited 3s" {
			t.Errorf("%s: %s", m.name, got)
		}
	}
}
