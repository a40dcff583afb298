package live_test

import (
	"testing"

	"github.com/alohub/agentconsole/roster"
)

// TestWhatNoReadHasShownIsSentAgain: the API said yes and did nothing, and shows one
// queue of each agent, so that nothing contradicts it. It is not called "so already".
func TestWhatNoReadHasShownIsSentAgain(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1), agentOf("082", 2))
	u.style, u.shown = always(firstOnly), true
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	u.ignores = func() bool { return true }
	for n := range 2 {
		out, err := tenant.Change(t.Context(), u, add("081", 2), roster.Author{}, roster.ConsentToAll())
		if err != nil || out.Nothing || len(u.puts) != n+1 {
			t.Errorf("time %d: nothing %t, sent %v, %v", n+1, out.Nothing, u.puts, err)
		}
	}
}
