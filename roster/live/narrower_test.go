package live_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// TestANarrowerReadAsksNothing: where rows show every queue, a change rests on a page on which
// somebody has two. Another tab looks at one on which nobody has, while the journal is asked
// far away: nobody is asked about queues that were read, and none is read for it.
func TestANarrowerReadAsksNothing(t *testing.T) {
	t.Parallel()
	for _, style := range []sandbox.Style{sandbox.RowPerQueue, sandbox.Joined} {
		synctest.Test(t, func(t *testing.T) {
			r, tenant, a, store := crawledRig(t, func(c *sandbox.Config) { c.Style = style })
			id, look := alone(t, r, tenant, a)
			store.mu.Lock()
			store.meanwhile = func() {
				if _, err := tenant.List(t.Context(), a.Person, look); err != nil {
					t.Error(err)
				}
			}
			store.mu.Unlock()
			r.api.ResetCalls()
			out, err := tenant.Change(t.Context(), a.Person, roster.AddIntent(id, apiclient.Callin, []int64{1000888}, nil), roster.Author{}, roster.Consent{})
			if err != nil || out.Result != journal.Verified {
				t.Errorf("%v: %s: %v", style, out.Result, err)
			}
			if n := len(r.api.CallsOf(sandbox.OpList)); n > 8 {
				t.Errorf("%v: %d reads", style, n)
			}
		})
	}
}

// alone is an agent of one queue, and a page on which it stands between others of one.
func alone(t *testing.T, r *rig, tenant *live.Tenant, a live.Access) (string, apiclient.AgentQuery) {
	t.Helper()
	for page := range 20 {
		q := apiclient.AgentQuery{Page: page, Size: 3}
		got, err := tenant.List(t.Context(), a.Person, q)
		if err != nil {
			t.Fatal(err)
		}
		single := len(got.Agents) == 3
		for _, shown := range got.Agents {
			truth, _ := r.api.Agent(r.demo.Tenant, shown.ID)
			single = single && len(truth.Callin) == 1 && len(truth.Callout) < 2 && truth.Callin[0] != 1000888
		}
		if single && got.Agents[1].WhyNot == "" {
			return got.Agents[1].ID, q
		}
	}
	t.Fatal("nobody is in one queue")
	return "", apiclient.AgentQuery{}
}

// TestANewerRowSpeaksForAnOlder: a change that rests on what was read lately, as a run's does,
// goes by the newest row. What an older one showed beside it was taken away since.
func TestANewerRowSpeaksForAnOlder(t *testing.T) {
	t.Parallel()
	for _, s := range []style{joined, rowPerQueue, firstOnly} {
		u := newUpstream(agentOf("081", 1, 2, 3), agentOf("082", 2, 3), agentOf("083", 3))
		u.style = always(s)
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		look := func() {
			if _, err := tenant.List(t.Context(), u, apiclient.AgentQuery{Size: 100}); err != nil {
				t.Fatal(err)
			}
		}
		begun := time.Now()
		look()
		u.edit(func() { u.find("081").callin = []int64{2, 3} })
		look()
		in := add("081", 9)
		in.MaxAge, in.ReadSince = time.Minute, begun
		if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll()); err != nil || !same(u.find("081").callin, []int64{2, 3, 9}) {
			t.Errorf("style %d: left in %v, %v", s, u.find("081").callin, err)
		}
	}
}
