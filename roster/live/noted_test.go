package live_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// lockedOut is a journal that takes no results for some tries.
type lockedOut struct {
	*memory
	tries int
}

func (l *lockedOut) Settle(ctx context.Context, id string, s journal.Settlement) error {
	if l.tries--; l.tries >= 0 {
		return errors.New("database is locked")
	}
	return l.memory.Settle(ctx, id, s)
}

// TestAResultIsNotForgotten: what came of a switch that no read tells of is written down once
// the database is back. What a later read has settled meanwhile stays as that says.
func TestAResultIsNotForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, _, store := bench(t)
		l := &lockedOut{memory: store, tries: 4}
		tenant, _ := setup(t, u, func(cfg *live.Config) { cfg.Journal = l })
		out, err := tenant.Change(t.Context(), u, roster.RecordingIntent("081", true), roster.Author{}, roster.Consent{})
		if err != nil || !out.Unnoted || store.last().Result != journal.Intent {
			t.Fatalf("noted %t, %v, %v", !out.Unnoted, store.last().Result, err)
		}
		began := time.Now()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if e := store.last(); e.Result != journal.Accepted || e.SettledAt.After(began.Add(time.Second)) {
			t.Errorf("later it is %v, of %v", e.Result, e.SettledAt)
		}
		l.tries = 4
		if out, err = tenant.Change(t.Context(), u, roster.RecordingIntent("081", false), roster.Author{}, roster.Consent{}); err != nil || !out.Unnoted {
			t.Fatalf("%+v, %v", out, err)
		}
		if err := store.Settle(t.Context(), out.EntryID, journal.Settlement{Result: journal.Verified}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if e := store.last(); e.Result != journal.Verified {
			t.Errorf("what was read since became %v", e.Result)
		}
	})
}
