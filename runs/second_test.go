package runs_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// edit is one queue that the second administrator put an agent into, or took them out of.
type edit struct {
	at    time.Time
	queue int64
	in    bool
}

// second is a second administrator, who writes straight into the API.
type second struct {
	mu    sync.Mutex
	edits map[string][]edit
}

// work edits random agents until stop is closed.
func (s *second) work(r *rig, ids []string, queues []int64, dice *rand.Rand, pause time.Duration, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(dice.Int64N(int64(2 * pause)))):
		}
		id, queue := ids[dice.IntN(len(ids))], queues[dice.IntN(len(queues))]
		r.api.EditAgent(r.demo.Tenant, id, func(a *sandbox.Agent) {
			i := slices.Index(a.Callin, queue)
			if i >= 0 && len(a.Callin) == 1 {
				return
			}
			if i >= 0 {
				a.Callin = slices.Delete(slices.Clone(a.Callin), i, i+1)
			} else {
				a.Callin = append(slices.Clone(a.Callin), queue)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.edits[id] = append(s.edits[id], edit{at: time.Now(), queue: queue, in: i < 0})
		})
	}
}

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
	r := newRig(t, rigOptions{agents: 150, style: style, limits: sandbox.Limits{Tenant: 30, Route: 60, Kind: sandbox.SlidingExact}, age: time.Minute})
	defer r.close()
	r.crawl()
	time.Sleep(time.Minute)
	dice := rand.New(rand.NewPCG(seed, 7))
	ids := r.tenant.Matching(roster.Query{})
	queues := []int64{1000886, 1001001, 1001002, 1001226, 1000888}
	var intents []roster.Intent
	for _, id := range ids {
		switch dice.IntN(4) {
		case 0:
			intents = append(intents, roster.AddIntent(id, apiclient.Callin, queues[:1], nil))
		case 1:
			intents = append(intents, roster.RemoveIntent(id, apiclient.Callin, queues[1:2]))
		default:
			intents = append(intents, roster.MoveIntent(id, apiclient.Callin, queues[2:3], queues[3:4], nil))
		}
	}
	before := make(map[string][]int64)
	admin := &second{edits: make(map[string][]edit)}
	for _, a := range r.api.Agents(r.demo.Tenant) {
		before[a.ID] = slices.Clone(a.Callin)
	}
	stop := make(chan struct{})
	go admin.work(r, ids, queues, dice, 400*time.Millisecond, stop)
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
	entries, _, err := r.store.List(t.Context(), journal.Filter{Scope: r.access.Scope, RunID: id, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	wish := make(map[string]roster.Intent)
	for _, in := range intents {
		wish[in.Agent] = in
	}
	puts, known := 0, r.tenant.KnownQueueIDs()
	for _, c := range r.api.Calls()[first:] {
		if c.Method != http.MethodPut || c.Status != http.StatusOK {
			continue
		}
		puts++
		i := slices.IndexFunc(entries, func(e journal.Entry) bool { return e.Agent == c.Agent && !e.At.After(c.Time) })
		if i < 0 {
			t.Errorf("agent %s: a write without an intent", c.Agent)
			continue
		}
		var body struct {
			QueueIDs []int64 `json:"queue_ids"`
		}
		if err := json.Unmarshal([]byte(c.Body), &body); err != nil {
			t.Fatal(err)
		}
		admin.judge(t, wish[c.Agent], before[c.Agent], known, body.QueueIDs, entries[i].EvidenceAt, c.Time)
	}
	if puts == 0 {
		t.Error("nothing was sent")
	}
}

// judge holds a list that was sent against what the agent's was.
func (s *second) judge(t *testing.T, in roster.Intent, list, known, sent []int64, read, put time.Time) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	list = slices.Clone(list)
	either := make(map[int64]bool)
	for _, e := range s.edits[in.Agent] {
		switch {
		case e.at.After(put):
		case e.at.After(read):
			either[e.queue] = true
		case e.in:
			list = roster.AppendNew(list, e.queue)
		default:
			list = roster.Minus(list, []int64{e.queue})
		}
	}
	for _, from := range in.From { // whether they are moved may depend on what was edited meanwhile
		if in.Verb == roster.Move && either[from] {
			return
		}
	}
	want := in.Apply(list)
	for _, q := range roster.Minus(want, sent) {
		// Of a queue that is nobody's first nobody here knows, where rows show the first alone.
		if !either[q] && slices.Contains(known, q) {
			t.Errorf("%s of agent %s (%d): %d was dropped: sent %d, read at %s, sent at %s", in.Verb, in.Agent, list, q, sent, read.Format("04:05.000"), put.Format("04:05.000"))
		}
	}
	for _, q := range roster.Minus(sent, want) {
		if !either[q] {
			t.Errorf("%s of agent %s (%d): %d was brought back: sent %d, read at %s, sent at %s", in.Verb, in.Agent, list, q, sent, read.Format("04:05.000"), put.Format("04:05.000"))
		}
	}
}
