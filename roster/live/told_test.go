package live_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// notes keep the last note of one saving, where broken lets them.
type notes struct {
	broken func(ctx context.Context, over bool) error

	mu   sync.Mutex
	last journal.Saving
	kept int
}

func (n *notes) NoteSaving(ctx context.Context, _ journal.Scope, s journal.Saving) (journal.SavingWish, error) {
	if err := n.broken(ctx, s.Over); err != nil {
		return journal.WishNone, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last, n.kept = s, n.kept+1
	return journal.WishNone, nil
}

func (n *notes) FindSaving(_ context.Context, _ journal.Scope, id string) (journal.Saving, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.last.ID != id {
		return journal.Saving{}, journal.ErrNotFound
	}
	return n.last, nil
}

func (n *notes) WishSaving(context.Context, journal.Scope, string, journal.SavingWish) error {
	return journal.ErrNotFound
}

// slow is a tenant of an API that takes its time for a write, and tells n of its savings.
func slow(t *testing.T, n *notes, write time.Duration) (*live.Tenant, live.Source) {
	t.Helper()
	u, tenant, _ := bench(t, func(cfg *live.Config) { cfg.Savings = n })
	u.before = func(_ int, writes bool) {
		if writes {
			time.Sleep(write)
		}
	}
	return tenant, u
}

// TestTheEndOfASavingIsToldOnceTheDatabaseIsBack: who asks another console sees it go on
// until then, and not for ever.
func TestTheEndOfASavingIsToldOnceTheDatabaseIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var down time.Time
		n := &notes{broken: func(_ context.Context, over bool) error {
			if over && down.IsZero() {
				down = time.Now()
			}
			if over && time.Since(down) < 30*time.Second {
				return journal.ErrUnavailable
			}
			return nil
		}}
		tenant, u := slow(t, n, 4*time.Second)
		s := tenant.Save(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
		<-s.Done()
		if told, err := tenant.Told(t.Context(), s.ID); err != nil || told.Over {
			t.Errorf("when it had ended: %+v, %v", told, err)
		}
		time.Sleep(32 * time.Second)
		if told, err := tenant.Told(t.Context(), s.ID); err != nil || !told.Over || len(told.Entries) != 1 {
			t.Errorf("when the database was back: %+v, %v", told, err)
		}
	})
}

// TestADatabaseThatHangsHoldsUpNoSaving, nor whoever waits to be shown how far it is; the
// next note is made in time.
func TestADatabaseThatHangsHoldsUpNoSaving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hangs := true
		n := &notes{broken: func(ctx context.Context, _ bool) error {
			if !hangs {
				return nil
			}
			hangs = false
			<-ctx.Done()
			return journal.ErrUnavailable
		}}
		tenant, u := slow(t, n, 7*time.Second)
		began := time.Now()
		s := tenant.Save(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
		<-s.Told()
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("whoever waits was held up for %s", took)
		}
		time.Sleep(1500 * time.Millisecond)
		if told, err := tenant.Told(t.Context(), s.ID); err != nil || told.Over {
			t.Errorf("when the database answers again: %+v, %v", told, err)
		}
		<-s.Done()
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("the save took %s", took)
		}
		time.Sleep(time.Second)
	})
}
