package belief

import (
	"hash/maphash"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
)

// TestOrderByQueueIsSeenOverPages: a list is ordered by queue where all of it is, also where
// no page shows it; by agent where any of it is.
func TestOrderByQueueIsSeenOverPages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pages [][]string // agent, queue
		want  bool
	}{
		"by queue":     {[][]string{{"2", "10", "2", "12"}, {"1", "13"}}, true},
		"falling":      {[][]string{{"1", "13"}, {"2", "12", "2", "10"}}, true},
		"over an edge": {[][]string{{"1", "9", "2", "10"}, {"2", "12", "1", "13"}}, true},
		"by agent":     {[][]string{{"1", "10", "1", "12"}, {"2", "11"}}, false},
		"a queue each": {[][]string{{"1", "10", "2", "12"}, {"3", "13"}}, false},
		"one agent":    {[][]string{{"1", "10", "1", "12"}, {"1", "13"}}, false},
	} {
		var rows Scatter
		for i, cells := range c.pages {
			answer := &apiclient.AgentPage{}
			for n := 0; n < len(cells); n += 2 {
				answer.Rows = append(answer.Rows, apiclient.AgentRow{AgentID: cells[n], QueueCallinID: &cells[n+1]})
			}
			rows.Add(NewPage(maphash.MakeSeed(), apiclient.AgentQuery{Page: i}, answer, 1))
		}
		if got := rows.ByQueue(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
