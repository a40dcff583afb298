package roster

import (
	"fmt"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// Knowledge is what a plan is made from.
type Knowledge struct {
	Agent Agent // with the union as its Callin and Callout
	// Unsure says why the list in question is not surely whole; empty: it is.
	Unsure []Unsure
	// OneShown: a queue that no agent shows could be attached.
	OneShown bool
	// CalloutHides: callout queues may be attached that nothing shows.
	CalloutHides bool
	// PrioritiesDiffer: the agent's rows show more than one priority.
	PrioritiesDiffer bool
	// Others returns how many active, available agents other than this one are in
	// a callin queue, and when the oldest of that was read. nil: not known.
	Others func(queue int64) (n int, at time.Time)
}

// knowledge returns what is known of an agent whose list was to be read since.
func (t *Tenant) knowledge(id string, typ apiclient.QueueType, since floors) (Knowledge, error) {
	v := t.view()
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return Knowledge{}, fmt.Errorf("agent %s: %w", id, ErrNoSuchAgent)
	}
	k := Knowledge{
		Agent:            agentOf(c.rec, &t.book.facts, t.book.name),
		PrioritiesDiffer: c.rec.flags&prioritiesDiffer != 0,
	}
	k.Unsure, k.OneShown = t.book.unsure(c.rec, typ, since)
	k.CalloutHides = t.book.canHide(apiclient.Callout) && !wroteAll(c.rec.wrote[1], c.rec.callout)
	if t.book.crawled {
		k.Others = func(queue int64) (int, time.Time) {
			n, at := v.others(queue, id)
			return n, at.time()
		}
	}
	return k, nil
}

// wroteAll reports whether a list is the one that a write of ours made it, as far as
// that can be seen.
func wroteAll(w *write, ms []member) bool {
	if w == nil || !w.applied {
		return false
	}
	ids := make([]int64, 0, len(ms))
	for _, m := range ms {
		ids = append(ids, m.queue)
	}
	return len(minus(ids, w.after)) == 0
}

// Preview plans an intent from what is known now, without a call: what a page
// shows beside Save. ErrNoSuchAgent if the snapshot does not have the agent.
func (t *Tenant) Preview(in Intent) (Plan, error) {
	t.touch()
	t.mu.Lock()
	var floor stamp
	if c := t.book.cells[in.Agent]; c != nil {
		floor = max(c.rec.callinAt, 1)
		if in.Type == apiclient.Callout {
			floor = max(c.rec.rowAt, 1)
		}
	}
	t.mu.Unlock()
	k, err := t.knowledge(in.Agent, in.Type, floors{floor, floor})
	if err != nil {
		return Plan{}, err
	}
	return PlanChange(in, k), nil
}
