package live_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// A 404 may be a mistake, as of a gateway's moment. The agent then comes back with
// all its queues, not only those its row shows.
func TestAgentThatComesBackKeepsItsQueues(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2, 3), agentOf("082", 2), agentOf("083", 3))
	u.style = always(firstOnly)
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	u.answer = func(_ int, write bool) error {
		if write {
			return &apiclient.RefusedError{Kind: apiclient.ErrNotFound, Status: 404, Code: "NOT_FOUND"}
		}
		return nil
	}
	intent := roster.AddIntent("081", apiclient.Callin, []int64{4}, nil)
	if _, err := tenant.Change(t.Context(), u, intent, roster.Author{}, roster.ConsentToAll()); !errors.Is(err, apiclient.ErrNotFound) {
		t.Fatal(err)
	}
	a, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	got := roster.IDs(a.Callin)
	slices.Sort(got)
	if !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("back with %v", got)
	}
}
