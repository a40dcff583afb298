package live_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/roster/live"
)

// TestHoldKeepsASnapshot that sessions have left, nobody uses and others crowd.
func TestHoldKeepsASnapshot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(agentOf("081", 1))
		r := live.New(live.Config{Journal: &memory{}, Logger: quiet(), MaxTenants: 2, Idle: time.Minute})
		defer r.Close()
		mine := access("a", u)
		tenant := r.Tenant(mine)
		held, release := r.Hold(mine)
		if held != tenant {
			t.Fatal("holds another snapshot")
		}
		tenant.CrawlNow(t.Context(), u)
		r.EndSession("a")
		time.Sleep(10 * time.Minute)
		for _, key := range []string{"k2", "k3", "k4"} {
			other := access("b", u)
			other.Key.KeyFingerprint = key
			r.Tenant(other)
		}
		if r.Tenant(live.Access{Key: mine.Key, Scope: mine.Scope}) != tenant {
			t.Error("a held snapshot was dropped")
		}
		release()
		release() // once is enough, twice no harm
		if again := r.Tenant(live.Access{Key: mine.Key, Scope: mine.Scope}); again == tenant {
			t.Error("a snapshot that nobody holds or may see was kept")
		}
	})
}

// TestReleaseLeavesASnapshotToItsSessions.
func TestReleaseLeavesASnapshotToItsSessions(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1))
	r := live.New(live.Config{Journal: &memory{}, Logger: quiet()})
	t.Cleanup(r.Close)
	tenant := r.Tenant(access("a", u))
	_, release := r.Hold(access("a", u))
	release()
	if r.Tenant(access("a", u)) != tenant {
		t.Error("dropped under a session")
	}
}
