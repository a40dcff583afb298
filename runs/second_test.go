package runs_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// TestSecondAdministrator: while a run goes on somebody else adds and removes queues of the
// same agents. Each list that is sent is what the run wishes of the list as it was when the
// oldest was read of what the write rests on: nothing that was added by then is dropped,
// and nothing that was removed by then comes back, unless the run asks for it. What is
// edited between that and the write may be seen or not.
func TestSecondAdministrator(t *testing.T) {
	t.Parallel()
	for style, s := range styles {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s/%d", style, seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { beside(t, s, seed) })
			})
		}
	}
}

func beside(t *testing.T, style sandbox.Style, seed uint64) {
	t.Helper()
	w := watched(func(wrap func(http.Handler) http.Handler) *rig {
		return newRig(t, rigOptions{agents: 150, style: style, limits: sandbox.Limits{Tenant: 30, Route: 60, Kind: sandbox.SlidingExact}, age: time.Minute, wrap: wrap})
	})
	r := w.rig
	defer r.close()
	r.crawl()
	time.Sleep(time.Minute)
	dice := rand.New(rand.NewPCG(seed, 7))
	ids := r.tenant.Matching(roster.Query{})
	intents := mixed(r, dice.IntN)
	stop := make(chan struct{})
	go w.meddle(ids, busy, dice.IntN, 400*time.Millisecond, stop)
	time.Sleep(5 * time.Second)
	id := r.plan(runs.File, intents)
	first := len(r.api.Calls())
	r.start(id)
	run := r.over(id)
	close(stop)
	synctest.Wait()
	if run.State != runs.Finished || run.Counts.Open() > 0 {
		t.Errorf("%s %s: %v", run.State, run.Reason, run.Counts)
	}
	w.expect(t, id, intents, first)
	if writes(r) == 0 {
		t.Error("nothing was sent")
	}
}

// busy are queues that many agents of the demo are in.
var busy = []int64{1000886, 1001001, 1001002, 1001226, 1000888}

// mixed are wishes of all kinds, each about what the agent is in, as far as the console has
// seen such a queue: others are on no page to be chosen from.
func mixed(r *rig, draw func(n int) int) (intents []roster.Intent) {
	known := r.tenant.KnownQueueIDs()
	for _, a := range r.api.Agents(r.demo.Tenant) {
		to, from := busy[draw(len(busy)):][:1], roster.Both(a.Callin, known)
		if len(from) > 0 {
			from = from[draw(len(from)):][:1]
		}
		switch verb := draw(4); {
		case verb == 0 || len(from) == 0:
			intents = append(intents, roster.AddIntent(a.ID, apiclient.Callin, to, nil))
		case verb == 1:
			intents = append(intents, roster.RemoveIntent(a.ID, apiclient.Callin, from))
		case from[0] != to[0]:
			intents = append(intents, roster.MoveIntent(a.ID, apiclient.Callin, slices.Clone(from), to, nil))
		}
	}
	return intents
}

// expect is account where nothing may be wrong.
func (w *witness) expect(t *testing.T, id string, wishes []roster.Intent, first int) {
	t.Helper()
	wrong, err := w.account(id, wishes, first)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range wrong {
		t.Error(err)
	}
}
