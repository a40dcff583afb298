package live_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/roster"
)

// TestReadingAgainForAWriteEnds: where reading uses up what the limit allows, the
// write is not put off for ever by reading again what it rests on.
func TestReadingAgainForAWriteEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := bench(t)
		defer synctest.Wait()
		l := &limiter{limit: 1}
		u.answer, u.left = l.answer, l.left
		begun := time.Now()
		in := add("081", 9)
		in.NoReadBack = true
		if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{}); err != nil || len(u.puts) != 1 {
			t.Errorf("sent %v, %v", u.puts, err)
		}
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("took %v", took)
		}
	})
}
