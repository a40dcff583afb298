package live_test

import (
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// TestACutAnswerDeniesNothing: an answer that gives less than it claims is asked for
// again before it counts as a denial.
func TestACutAnswerDeniesNothing(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.style = always(firstOnly) })
	tenant.CrawlNow(t.Context(), u)
	u.trim = func(page *apiclient.AgentPage) {
		if len(page.Rows) == 2 { // the listings of 2 and of 3, once
			u.trim, page.Rows = nil, nil
		}
	}
	_, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.ConsentOf(true, "unsure:one-shown", true))
	if got := u.find("081").callin; err != nil || !same(got, []int64{1, 2, 3, 9}) {
		t.Errorf("left in %v, %v", got, err)
	}
}
