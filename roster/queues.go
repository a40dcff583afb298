package roster

import (
	"cmp"
	"maps"
	"slices"

	"github.com/alohub/agentconsole/apiclient"
)

// tally counts the members of one queue.
type tally struct {
	members           []*record // by extension
	active, available int
	oldest            stamp // of the members' rows
	least             Certainty
}

// tallies counts all queues of a type, once per view.
func (v *view) tallies(typ apiclient.QueueType) map[int64]*tally {
	v.counts.once.Do(func() {
		for i, typ := range [...]apiclient.QueueType{apiclient.Callin, apiclient.Callout} {
			by := make(map[int64]*tally)
			for _, r := range v.agents {
				for _, m := range r.members(typ) {
					n := by[m.queue]
					if n == nil {
						n = &tally{least: Confirmed, oldest: r.seen}
						by[m.queue] = n
					}
					n.add(r, m)
				}
			}
			v.counts.by[i] = by
		}
	})
	return v.counts.by[slot(typ)]
}

func (n *tally) add(r *record, m member) {
	n.members = append(n.members, r)
	n.least = min(n.least, m.certainty())
	n.oldest = min(n.oldest, r.seen)
	if r.status == 1 {
		n.active++
	}
	if r.available() {
		n.available++
	}
}

func (v *view) known(typ apiclient.QueueType) []int64 {
	ids := v.callout
	if typ == apiclient.Callin {
		ids = slices.Collect(maps.Keys(v.facts.listed))
	}
	for id := range v.tallies(typ) {
		ids = appendNew(ids[:len(ids):len(ids)], id)
	}
	return slices.SortedFunc(slices.Values(ids), cmp.Compare)
}

func (v *view) queue(typ apiclient.QueueType, id int64) Queue {
	q := Queue{ID: id, Type: typ, Name: v.name(typ, id)}
	if typ == apiclient.Callin {
		q.ListedAt = v.facts.listed[id].time()
	}
	if n := v.tallies(typ)[id]; n != nil {
		q.Members, q.Active, q.Available, q.Certainty = len(n.members), n.active, n.available, n.least
	}
	return q
}

// Queues returns all known queues of a type, by id.
func (t *Tenant) Queues(typ apiclient.QueueType) []Queue {
	t.touch()
	v := t.view()
	ids := v.known(typ)
	out := make([]Queue, 0, len(ids))
	for _, id := range ids {
		out = append(out, v.queue(typ, id))
	}
	return out
}

// Queue returns one known queue with its members.
func (t *Tenant) Queue(typ apiclient.QueueType, id int64) (QueueDetail, bool) {
	t.touch()
	v := t.view()
	if !slices.Contains(v.known(typ), id) {
		return QueueDetail{}, false
	}
	out := QueueDetail{Queue: v.queue(typ, id)}
	if n := v.tallies(typ)[id]; n != nil {
		out.Agents = make([]QueueMember, 0, len(n.members))
		for _, r := range n.members {
			m := r.members(typ)[find(r.members(typ), id)]
			out.Agents = append(out.Agents, QueueMember{Agent: v.agent(r), Certainty: m.certainty(), At: m.newest().time()})
		}
	}
	return out, true
}

// others returns how many agents other than one can take calls of a queue, and
// when the oldest of what that is based on was read.
func (v *view) others(queue int64, except string) (n int, oldest stamp) {
	tally := v.tallies(apiclient.Callin)[queue]
	if tally == nil {
		return 0, 0
	}
	n = tally.available
	for _, r := range tally.members {
		if r.id == except && r.available() {
			n--
		}
	}
	return n, tally.oldest
}
