package live_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// TestAListingThatShowsAnotherRowHasItReadAgain: somebody takes the agent out of a queue
// while another one's listing is read, which shows it. What the row had said is not written
// back.
func TestAListingThatShowsAnotherRowHasItReadAgain(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	reads := u.lists
	u.before = func(call int, write bool) {
		if call == reads+1 && !write {
			u.edit(func() { u.find("081").callin = []int64{1, 2} })
		}
	}
	in := roster.RemoveIntent("081", apiclient.Callin, []int64{2})
	if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentOf(true, "removal:2", true)); err != nil {
		t.Fatal(err)
	}
	if got := u.find("081").callin; !slices.Equal(got, []int64{1}) {
		t.Errorf("left in %v", got)
	}
}

// TestWhatAWriteWithoutEffectLeftOutIsReadAgain: reads lag, and do not show that we put the
// agent into 2. The next write leaves 2 out, is said yes to, and does nothing. When the first
// shows at last, 2 is not lost by what its listing had denied: neither here nor where the
// journal alone tells of both.
func TestWhatAWriteWithoutEffectLeftOutIsReadAgain(t *testing.T) {
	t.Parallel()
	for _, there := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			u := newUpstream(agentOf("081", 1), agentOf("082", 1, 2), agentOf("083", 3), agentOf("084", 2))
			u.style = always(firstOnly)
			u.left = func() (int, bool) { return 8, true } // others' listings may be young
			store := &memory{}
			var tenants []*live.Tenant
			for range 2 {
				r := live.New(live.Config{Journal: store, ReadBackPause: -1, EvidenceAge: time.Minute, Idle: 1000 * time.Hour, Logger: quiet()})
				defer r.Close()
				tenants = append(tenants, r.Tenant(access("a", u)))
			}
			tenants[0].CrawlNow(t.Context(), u)
			late := []*person{agentOf("081", 1), agentOf("082", 1, 2), agentOf("083", 3), agentOf("084", 2)}
			u.seen = func() []*person { return late }
			write := func(tenant *live.Tenant, consent string, queues ...int64) {
				t.Helper()
				time.Sleep(time.Second)
				if _, err := tenant.Change(t.Context(), u, add("081", queues...), roster.Author{}, roster.ConsentOf(true, consent, true)); err != nil {
					t.Error(err)
				}
			}
			write(tenants[0], "", 2)
			u.ignores = func() bool { return true }
			write(tenants[0], "doubtful:2", 3)
			last := tenants[0]
			if there {
				last = tenants[1]
				last.CrawlNow(t.Context(), u)
			}
			u.seen, u.ignores = nil, nil
			write(last, "doubtful:3,doubtful:2", 9)
			if got := u.find("081").callin; !slices.Equal(got, []int64{1, 2, 9}) {
				t.Errorf("by the other console %t: left in %v", there, got)
			}
		})
	}
}
