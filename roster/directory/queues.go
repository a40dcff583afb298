package directory

import (
	"slices"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// tally counts the members of one queue.
type tally struct {
	members           []*belief.Record // by extension
	active, available int
	oldest            belief.Stamp // of the members' rows
	least             roster.Certainty
}

// tallies counts all queues of a type, once per view.
func (s *Snapshot) tallies(typ apiclient.QueueType) map[int64]*tally {
	s.counts.once.Do(func() {
		for i, typ := range [...]apiclient.QueueType{apiclient.Callin, apiclient.Callout} {
			by := make(map[int64]*tally)
			for _, r := range s.agents {
				for _, m := range r.Members(typ) {
					n := by[m.Queue]
					if n == nil {
						n = &tally{least: roster.Confirmed, oldest: r.Seen}
						by[m.Queue] = n
					}
					n.add(r.Record, m)
				}
			}
			s.counts.by[i] = by
		}
	})
	return s.counts.by[slot(typ)]
}

func (n *tally) add(r *belief.Record, m belief.Member) {
	n.members = append(n.members, r)
	n.least = min(n.least, m.Certainty())
	n.oldest = min(n.oldest, r.Seen)
	if r.Status == 1 {
		n.active++
	}
	if r.Available() {
		n.available++
	}
}

func (s *Snapshot) known(typ apiclient.QueueType) []int64 {
	ids := s.facts.Known(typ)
	for id := range s.tallies(typ) {
		ids = roster.AppendNew(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (s *Snapshot) queue(typ apiclient.QueueType, id int64) roster.Queue {
	q := roster.Queue{ID: id, Type: typ, Name: s.name(typ, id)}
	if typ == apiclient.Callin {
		q.ListedAt = s.facts.ListedAt(id).Time()
	}
	if n := s.tallies(typ)[id]; n != nil {
		q.RowsAt = n.oldest.Time()
		q.Members, q.Active, q.Available, q.Certainty = len(n.members), n.active, n.available, n.least
	}
	return q
}

// Queues returns all known queues of a type, by id.
func (s *Snapshot) Queues(typ apiclient.QueueType) []roster.Queue {
	ids := s.known(typ)
	out := make([]roster.Queue, 0, len(ids))
	for _, id := range ids {
		out = append(out, s.queue(typ, id))
	}
	return out
}

// Queue returns one known queue with its members.
func (s *Snapshot) Queue(typ apiclient.QueueType, id int64) (roster.QueueDetail, bool) {
	if !slices.Contains(s.known(typ), id) {
		return roster.QueueDetail{}, false
	}
	out := roster.QueueDetail{Queue: s.queue(typ, id)}
	if n := s.tallies(typ)[id]; n != nil {
		out.Agents = make([]roster.QueueMember, 0, len(n.members))
		for _, r := range n.members {
			m := r.Members(typ)[belief.Find(r.Members(typ), id)]
			out.Agents = append(out.Agents, roster.QueueMember{Agent: s.facts.Agent(r), Certainty: m.Certainty(), At: m.Newest().Time()})
		}
	}
	return out, true
}

// Others returns how many agents other than one can take calls of a callin queue,
// and when the oldest of what that is based on was read. Whoever the queue's listing,
// read to its end, does not have any more counts only if their row was read since.
func (s *Snapshot) Others(queue int64, except string) roster.Others {
	tally := s.tallies(apiclient.Callin)[queue]
	if tally == nil {
		return roster.Others{}
	}
	n, listed := 0, s.facts.ListedAt(queue)
	for _, r := range tally.members {
		i := belief.Find(r.Callin, queue)
		if r.ID != except && r.Available() && r.Callin[i].Newest() >= listed {
			n++
		}
	}
	return roster.Others{Available: n, At: tally.oldest.Time()}
}
