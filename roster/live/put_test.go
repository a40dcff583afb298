package live_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// TestASaveThatGoesOnWaitsOutOneRefusal: whoever was told that a save goes on by itself is not
// there to press again. Whoever is, is told how long to wait.
func TestASaveThatGoesOnWaitsOutOneRefusal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		held     bool // by a limit that the reading meets
		refusals int
		sent     int
		want     journal.Result
	}{
		"at once":        {refusals: 1, sent: 1, want: journal.Refused},
		"held":           {held: true, refusals: 1, sent: 2, want: journal.Verified},
		"refused, twice": {held: true, refusals: 2, sent: 2, want: journal.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u, tenant, _ := bench(t)
				defer synctest.Wait()
				reads, writes := 0, 0
				u.answer = func(_ int, write bool) error {
					limited := &apiclient.RateLimitError{RetryAfter: 4 * time.Second}
					switch {
					case write:
						if writes++; writes <= c.refusals {
							return limited
						}
					case c.held:
						if reads++; reads == 1 {
							return limited
						}
					}
					return nil
				}
				out, err := tenant.Save(t.Context(), u, add("081", 9), roster.Author{}, roster.ConsentToAll()).Result()
				limited := (*apiclient.RateLimitError)(nil)
				if writes != c.sent || out.Result != c.want || errors.As(err, &limited) != (c.want == journal.Refused) {
					t.Errorf("%d writes, %v, %v", writes, out.Result, err)
				}
			})
		})
	}
}
