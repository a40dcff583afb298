package live_test

import (
	"errors"
	"testing"

	"github.com/alohub/agentconsole/roster"
)

// TestWhoMovesBetweenPagesIsNotGone: on no page when it was read, and there all the time.
func TestWhoMovesBetweenPagesIsNotGone(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.cap = 1
	tenant.CrawlNow(t.Context(), u)
	swap := func() { u.people[0], u.people[2] = u.people[2], u.people[0] }
	calls := 0
	u.before = func(_ int, write bool) {
		if write {
			return
		}
		switch calls++; calls {
		case 1, 3: // 081 stands last while the first page is read, and first while the last is
			u.edit(swap)
		}
	}
	out, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.ConsentToAll())
	if err != nil || u.writes != 1 || calls < 3 {
		t.Errorf("%d calls, %d writes, %+v, %v", calls, u.writes, out.Result, err)
	}
	// Who is gone is gone, whatever the pages' order.
	u.before = nil
	u.edit(func() { u.people = u.people[1:] })
	if _, err := tenant.Change(t.Context(), u, add("081", 8), roster.Author{}, roster.ConsentToAll()); !errors.Is(err, roster.ErrNoSuchAgent) {
		t.Errorf("who is gone: %v", err)
	}
	if _, known := tenant.Known("081"); known {
		t.Error("who is gone is still known")
	}
}
