package runs_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// version is what an agent's callin list was from a time on.
type version struct {
	at   time.Time
	list []int64
	// queue is the one that the second administrator changed, 0 where the list is what a
	// write of ours made of it.
	queue int64
}

// witness sees everything that happens to the lists of a sandbox: it stands before its
// handler, and the second administrator writes through it.
type witness struct {
	rig     *rig
	handler http.Handler
	mu      sync.Mutex
	of      map[string][]version
	// known is since when the console knows of a queue.
	known map[int64]time.Time
}

// watched is a rig before whose sandbox a witness stands.
func watched(r func(wrap func(http.Handler) http.Handler) *rig) *witness {
	w := &witness{of: make(map[string][]version), known: make(map[int64]time.Time)}
	w.rig = r(func(h http.Handler) http.Handler {
		w.handler = h
		return w
	})
	for _, a := range w.rig.api.Agents(w.rig.demo.Tenant) {
		w.of[a.ID] = []version{{list: slices.Clone(a.Callin)}}
	}
	return w
}

func (w *witness) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	w.look()
	defer w.look()
	w.handler.ServeHTTP(rw, req)
}

// look notes what has changed since it was last looked: nobody but we writes past the
// witness.
func (w *witness) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.rig.api.Agents(w.rig.demo.Tenant) {
		w.note(a.ID, a.Callin, 0)
	}
	for _, q := range w.rig.tenant.KnownQueueIDs() {
		if w.known[q].IsZero() {
			w.known[q] = time.Now()
		}
	}
}

func (w *witness) note(id string, list []int64, queue int64) {
	was := w.of[id]
	if len(was) == 0 || !slices.Equal(was[len(was)-1].list, list) {
		w.of[id] = append(was, version{at: time.Now(), list: slices.Clone(list), queue: queue})
	}
}

// edit is the second administrator's: the agent joins a queue, or leaves it if they are in
// it and in another one.
func (w *witness) edit(id string, queue int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rig.api.EditAgent(w.rig.demo.Tenant, id, func(a *sandbox.Agent) {
		w.note(id, a.Callin, 0)
		switch i := slices.Index(a.Callin, queue); {
		case i < 0:
			a.Callin = append(slices.Clone(a.Callin), queue)
		case len(a.Callin) > 1:
			a.Callin = slices.Delete(slices.Clone(a.Callin), i, i+1)
		}
		w.note(id, a.Callin, queue)
	})
}

// meddle edits random agents until stop is closed.
func (w *witness) meddle(ids []string, queues []int64, draw func(n int) int, pause time.Duration, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(draw(int(2*pause/time.Millisecond))) * time.Millisecond):
			w.edit(ids[draw(len(ids))], queues[draw(len(queues))])
		}
	}
}

// assigned is a write that has reached the sandbox.
type assigned struct {
	sandbox.Call
	list []int64
}

// puts are the writes that reached the sandbox for each agent, since it had so many calls.
func (w *witness) puts(first int) (of map[string][]assigned, err error) {
	of = make(map[string][]assigned)
	for _, c := range w.rig.api.Calls()[first:] {
		if c.Method != http.MethodPut {
			continue
		}
		var body struct {
			QueueIDs []int64 `json:"queue_ids"`
		}
		if err := json.Unmarshal([]byte(c.Body), &body); err != nil {
			return nil, err
		}
		of[c.Agent] = append(of[c.Agent], assigned{c, body.QueueIDs})
	}
	return of, nil
}

// turnedAway reports whether the gateway did not even look at a write.
func turnedAway(p assigned) bool {
	switch p.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return true
	}
	return false
}

// account holds a run against what the witness saw since the sandbox had had so many calls.
// Each list that was sent is what the run wishes of the list as it was when the oldest was
// read of what the write rests on; what is edited between that and the write may be seen or
// not. No agent is written twice, none without an intent in the journal, and none that the
// run is not about. What is said of each item is so.
func (w *witness) account(id string, wishes []roster.Intent, first int) (wrong []error, err error) {
	r := w.rig
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	items, err := r.store.Runs().Items(r.tb.Context(), id, runs.ItemFilter{})
	if err != nil {
		return nil, err
	}
	entries, _, err := r.store.List(r.tb.Context(), journal.Filter{Scope: r.access.Scope, RunID: id, Limit: 1000})
	if err != nil {
		return nil, err
	}
	puts, err := w.puts(first)
	if err != nil {
		return nil, err
	}
	wish := make(map[string]roster.Intent)
	for _, in := range wishes {
		wish[in.Agent] = in
	}
	w.look()
	w.mu.Lock()
	defer w.mu.Unlock()
	for agent, sent := range puts {
		for _, p := range sent {
			in, ok := wish[agent]
			if !ok {
				fail("agent %s, whom the run is not about, was sent %d", agent, p.list)
				continue
			}
			i := slices.IndexFunc(entries, func(e journal.Entry) bool { return e.Agent == agent && !e.At.After(p.Time) })
			if i < 0 {
				fail("agent %s was sent %d without an intent", agent, p.list)
				continue
			}
			if !slices.Equal(entries[i].After, p.list) {
				fail("agent %s was sent %d, and the journal has %d", agent, p.list, entries[i].After)
			}
			wrong = append(wrong, w.judge(in, p, entries[i].EvidenceAt)...)
		}
		if puts[agent] = slices.DeleteFunc(sent, turnedAway); len(puts[agent]) > 1 {
			fail("agent %s got %d writes", agent, len(puts[agent]))
		}
	}
	run, err := r.store.Runs().Find(r.tb.Context(), r.access.Scope, id)
	if err != nil {
		return nil, err
	}
	counts := make(runs.Counts)
	for _, it := range items {
		counts[it.State]++
		if it.SettledAt.IsZero() { // as it was planned
			it.SettledAt = run.PlannedAt
		}
		if err := w.so(it, wish[it.Agent], puts[it.Agent]); err != nil {
			wrong = append(wrong, err)
		}
	}
	if fmt.Sprint(run.Counts) != fmt.Sprint(counts) {
		fail("counted %v, and the items are %v", run.Counts, counts)
	}
	return wrong, nil
}

// judge holds a list that was sent against what the agent's was.
func (w *witness) judge(in roster.Intent, p assigned, read time.Time) (wrong []error) {
	var list []int64
	either := make(map[int64]bool)
	for _, v := range w.of[in.Agent] {
		switch {
		case v.at.After(p.Time) || v.queue == 0 && v.at.Equal(p.Time):
		case v.queue != 0 && v.at.After(read):
			either[v.queue] = true
		default: // our own earlier write is known, whatever was read before it
			list = v.list
		}
	}
	for _, from := range in.From { // whether they are moved may depend on what was edited meanwhile
		if in.Verb == roster.Move && either[from] {
			return nil
		}
	}
	want := in.Apply(list)
	say := func(q int64, what string) {
		wrong = append(wrong, fmt.Errorf("%s %d %d of agent %s (%d): %d was %s: sent %d, read at %s, sent at %s", in.Verb, in.From, in.Want,
			in.Agent, list, q, what, p.list, read.Format("04:05.000"), p.Time.Format("04:05.000")))
	}
	for _, q := range roster.Minus(want, p.list) {
		// Of a queue that is nobody's first nobody here knows, where rows show the first alone.
		if since := w.known[q]; !either[q] && !since.IsZero() && !since.After(p.Time) {
			say(q, "dropped")
		}
	}
	for _, q := range roster.Minus(p.list, want) {
		if !either[q] {
			say(q, "brought back")
		}
	}
	return wrong
}

// so says what of an item's state is not so.
func (w *witness) so(it runs.Item, in roster.Intent, sent []assigned) error {
	var made []version // by the run
	was := false       // whether the list was as it had to be
	for i, v := range w.of[it.Agent] {
		if len(sent) == 0 { // it was so without a write: when it was looked at, or before
			was = was || roster.SameSet(v.list, in.Apply(v.list)) && !v.at.After(it.SettledAt)
		} else {
			last, later := sent[len(sent)-1], w.of[it.Agent][i+1:]
			was = was || roster.SameSet(v.list, last.list) && (len(later) == 0 || !later[0].at.Before(last.Time))
		}
		if v.queue == 0 && i > 0 && len(sent) > 0 && !v.at.Before(sent[0].Time) {
			made = append(made, v)
		}
	}
	bad := func(what string) error {
		return fmt.Errorf("agent %s is %s (%s %s): %s; sent %d times, lists %v", it.Agent, it.State, it.Why, it.Message, what, len(sent), w.of[it.Agent])
	}
	switch it.State {
	case runs.ItemVerified:
		if !was {
			return bad("the list was never so")
		}
	case runs.ItemUnchanged:
		if len(sent) > 0 || !was {
			return bad("it was not so already")
		}
	case runs.ItemAccepted, runs.ItemUnknown:
		if len(sent) == 0 {
			return bad("nothing was sent")
		}
	case runs.ItemDiffers:
		if len(sent) == 0 || len(w.of[it.Agent]) > 1 && len(made) > 0 && w.of[it.Agent][len(w.of[it.Agent])-1].queue == 0 {
			return bad("it is as it was sent")
		}
	default:
		if len(made) > 0 {
			return bad("it was changed")
		}
	}
	return nil
}
