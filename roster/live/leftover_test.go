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
