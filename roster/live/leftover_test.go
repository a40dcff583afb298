package live_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// TestOldReadsSettleNothing: an unknown outcome is settled by what is read a minute later,
// not a minute later by what had been read at once.
func TestOldReadsSettleNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, store := bench(t)
		defer synctest.Wait()
		before := []*person{agentOf("081", 1, 2, 3), agentOf("082", 1, 2), agentOf("083", 3)}
		u.seen = func() []*person { return before }
		u.answer = func(_ int, write bool) error {
			if write {
				return applied{&apiclient.UnknownOutcomeError{Cause: context.DeadlineExceeded}}
			}
			return nil
		}
		_, _ = tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
		time.Sleep(2 * time.Minute)
		if _, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, time.Hour); err != nil {
			t.Fatal(err)
		}
		if e := store.last(); e.Result != journal.Unknown {
			t.Errorf("settled as %v %s", e.Result, e.Code)
		}
		u.edit(func() { u.seen = nil })
		if _, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, 0); err != nil {
			t.Fatal(err)
		}
		if e := store.last(); e.Result != journal.Verified {
			t.Errorf("then settled as %v %s", e.Result, e.Code)
		}
	})
}

// TestWhatAReadSettlesIsWaitedForNoLonger: we took 081 out of 3; the answer to the undo
// was lost, and a read some minutes later shows that it was carried out.
func TestWhatAReadSettlesIsWaitedForNoLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, store := bench(t)
		defer synctest.Wait()
		before := []*person{agentOf("081", 1, 2, 3), agentOf("082", 1, 2), agentOf("083", 3)}
		u.seen = func() []*person { return before }
		if _, err := tenant.Change(t.Context(), u, roster.RemoveIntent("081", apiclient.Callin, []int64{3}), roster.Author{}, roster.ConsentToAll()); err != nil {
			t.Fatal(err)
		}
		u.answer = func(_ int, write bool) error {
			if write {
				return applied{&apiclient.UnknownOutcomeError{Cause: context.DeadlineExceeded}}
			}
			return nil
		}
		_, _ = tenant.Change(t.Context(), u, add("081", 3), roster.Author{}, roster.ConsentToAll())
		u.edit(func() { u.seen = nil })
		time.Sleep(2 * time.Minute)
		a, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, 0)
		if err != nil || store.last().Result != journal.Verified {
			t.Fatalf("%v, %v", store.last().Result, err)
		}
		if a, _ = tenant.Known("081"); len(a.CallinDoubts) > 0 {
			t.Errorf("doubts %v", a.CallinDoubts)
		}
	})
}
