package live_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// TestOwnPriorityNotYetShownIsAskedAbout: we set 5, and rows lag and show 1. Sending 1
// again would take it back; that the priority is 1 already is no "already so" either.
func TestOwnPriorityNotYetShownIsAskedAbout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := bench(t)
		defer synctest.Wait()
		lags := []*person{agentOf("081", 1, 2, 3, 9), agentOf("082", 1, 2), agentOf("083", 3)}
		u.carried = func() { u.seen = func() []*person { return lags } }
		in := roster.AddIntent("081", apiclient.Callin, []int64{9}, new(5))
		if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{}); err != nil {
			t.Fatal(err)
		}
		asks := func(in roster.Intent) string {
			out, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{})
			if confirm := (*roster.ConfirmError)(nil); errors.As(err, &confirm) {
				return roster.ShownBy(confirm.Plan)
			} else if err != nil {
				t.Fatal(err)
			}
			return map[bool]string{true: "nothing", false: "sent"}[out.Nothing]
		}
		if got := asks(add("081", 8)); got != "priority" {
			t.Errorf("another change: %s, priority now %q", got, u.find("081").priority)
		}
		u.edit(func() { u.carried = nil })
		if got := asks(roster.AddIntent("081", apiclient.Callin, []int64{9}, new(1))); got != "sent" {
			t.Errorf("set back: %s", got)
		}
		time.Sleep(6 * time.Minute) // whoever set it to 1 since is believed
		if got := asks(add("081", 7)); got != "sent" {
			t.Errorf("after a while: %s", got)
		}
	})
}

// TestAPriorityWhoseAnswerWasLostIsAskedAbout: the list is as it was sent, for it was so
// before. That says nothing of the priority.
func TestAPriorityWhoseAnswerWasLostIsAskedAbout(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	lags := []*person{agentOf("081", 1, 2, 3), agentOf("082", 1, 2), agentOf("083", 3)}
	u.seen = func() []*person { return lags }
	u.answer = func(_ int, write bool) error {
		if write {
			return applied{&apiclient.UnknownOutcomeError{Op: "replace queues"}}
		}
		return nil
	}
	in := roster.ReplaceIntent("081", apiclient.Callin, []int64{1, 2, 3}, new(5))
	_, _ = tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{})
	_, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
	var confirm *roster.ConfirmError
	if !errors.As(err, &confirm) || roster.ShownBy(confirm.Plan) != "priority" {
		t.Errorf("priority %q, %v", u.find("081").priority, err)
	}
}

// TestAPriorityOutlivesTheNextWrite: we set 5, then change the list by a row that shows
// none yet, and so send none. The 5 is still to be seen, by another console as well.
func TestAPriorityOutlivesTheNextWrite(t *testing.T) {
	t.Parallel()
	u, tenant, store := bench(t)
	bare := func(id string, callin ...int64) *person {
		p := agentOf(id, callin...)
		p.priority = ""
		return p
	}
	lags := []*person{bare("081", 1, 2, 3), agentOf("082", 1, 2), agentOf("083", 3)}
	u.edit(func() { u.seen = func() []*person { return lags } })
	change := func(tenant *live.Tenant, in roster.Intent, consent roster.Consent) string {
		_, err := tenant.Change(t.Context(), u, in, roster.Author{}, consent)
		var confirm *roster.ConfirmError
		if errors.As(err, &confirm) {
			return roster.ShownBy(confirm.Plan)
		}
		return ""
	}
	_ = change(tenant, roster.AddIntent("081", apiclient.Callin, []int64{9}, new(5)), roster.Consent{})
	_ = change(tenant, add("081", 9), roster.ConsentToAll())
	other := live.New(live.Config{Journal: store, ReadBackPause: -1, Logger: quiet()})
	defer other.Close()
	for i, tenant := range []*live.Tenant{tenant, other.Tenant(access("b", u))} {
		if got := change(tenant, add("081", 9), roster.Consent{}); !strings.Contains(got, "priority") {
			t.Errorf("console %d asks %q", i, got)
		}
	}
}

// TestAVerifiedWriteShowsThePriorityBeforeIt: we set 5 and looked at nothing; somebody
// else made it 1. A later write of ours is read back, and nothing lags any more.
func TestAVerifiedWriteShowsThePriorityBeforeIt(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	in := roster.AddIntent("081", apiclient.Callin, []int64{9}, new(5))
	in.NoReadBack = true
	for _, in := range []roster.Intent{in, add("081", 8)} {
		if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll()); err != nil {
			t.Fatal(err)
		}
		u.edit(func() { u.find("081").priority = "" })
	}
	if _, err := tenant.Change(t.Context(), u, add("081", 7), roster.Author{}, roster.Consent{}); err != nil {
		t.Error(err)
	}
}

// TestWhatAnotherConsoleSawIsNotWaitedFor: the answer to our write of priority 5 was lost.
// Another console on the same journal saw that it came through, and somebody sets 7 then:
// that is no reading that lags behind.
func TestWhatAnotherConsoleSawIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, store := bench(t)
		defer synctest.Wait()
		before := []*person{agentOf("081", 1, 2, 3), agentOf("082", 1, 2), agentOf("083", 3)}
		u.seen = func() []*person { return before }
		u.answer = func(_ int, write bool) error {
			if write {
				return applied{&apiclient.UnknownOutcomeError{Op: "replace queues"}}
			}
			return nil
		}
		in := roster.AddIntent("081", apiclient.Callin, []int64{9}, new(5))
		_, _ = tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{})
		u.edit(func() { u.seen, u.answer = nil, nil })
		time.Sleep(2 * time.Minute)
		beside := live.New(live.Config{Journal: store, Logger: quiet()})
		defer beside.Close()
		if _, err := beside.Tenant(access("a", u)).Gather(t.Context(), u, "081", apiclient.Callin, 0); err != nil || store.last().Result != journal.Verified {
			t.Fatalf("%v, %v", store.last().Result, err)
		}
		u.edit(func() { u.find("081").priority = "7" })
		if out, err := tenant.Change(t.Context(), u, add("081", 8), roster.Author{}, roster.Consent{}); err != nil {
			t.Errorf("%v: %s", err, roster.ShownBy(out.Plan))
		}
		if got := u.find("081").priority; got != "7" {
			t.Errorf("priority %q", got)
		}
	})
}
