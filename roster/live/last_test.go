package live_test

import (
	"testing"

	"github.com/alohub/agentconsole/roster"
)

// TestTheLastAgentIsAskedNothing: that nothing follows on the next page does not make
// the rows of the last agent any less whole.
func TestTheLastAgentIsAskedNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []style{joined, rowPerQueue} {
		u, tenant, _ := bench(t)
		u.edit(func() { u.style = always(s) })
		tenant.CrawlNow(t.Context(), u)
		if _, err := tenant.Change(t.Context(), u, add("083", 9), roster.Author{}, roster.Consent{}); err != nil {
			t.Errorf("style %d: %v", s, err)
		}
	}
}
