package live_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// TestARefusedWriteIsNoWrite: what was never sent is not waited for, nor asked about,
// though the agent was read again while it stood in the journal.
func TestARefusedWriteIsNoWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := bench(t)
		defer synctest.Wait()
		u.answer = func(_ int, write bool) error {
			if write {
				return &apiclient.RateLimitError{RetryAfter: time.Second}
			}
			return nil
		}
		if _, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{}); err == nil {
			t.Fatal("not refused")
		}
		u.answer = nil
		a, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, 0)
		if err != nil || len(a.CallinDoubts) > 0 || len(a.Callin) != 3 {
			t.Errorf("callin %v, doubts %v, %v", roster.IDs(a.Callin), a.CallinDoubts, err)
		}
	})
}
