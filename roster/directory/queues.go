package directory

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
	"github.com/alohub/agentconsole/typed"
)

// tally counts the members of one queue.
type tally struct {
	members           []int32 // where they stand, by extension
	active, available int
	oldest            belief.Stamp // of the members' rows
	least             roster.Certainty
}

// tallies counts all queues of a type.
func (s *Snapshot) tallies(typ apiclient.QueueType) map[int64]*tally {
	return s.counted().by[slot(typ)]
}

// counted counts all queues, once per snapshot.
func (s *Snapshot) counted() *counts {
	s.counts.once.Do(func() {
		for i, typ := range [...]apiclient.QueueType{apiclient.Callin, apiclient.Callout} {
			by := make(map[int64]*tally)
			for at, r := range s.agents {
				for _, m := range r.Members(typ) {
					n := by[m.Queue]
					if n == nil {
						n = &tally{least: roster.Confirmed, oldest: r.Seen}
						by[m.Queue] = n
					}
					n.add(int32(at), r.Record, m)
				}
			}
			s.counts.by[i] = by
			ids := s.facts.Known(typ)
			for id := range by {
				ids = append(ids, id)
			}
			slices.Sort(ids)
			s.counts.ids[i] = slices.Compact(ids)
			for _, id := range s.counts.ids[i] {
				name := typed.Fold(s.name(typ, id))
				s.counts.texts[i] = append(s.counts.texts[i], queueText{id, strconv.FormatInt(id, 10), name, typed.Spelling(name)})
			}
		}
	})
	return &s.counts
}

func (n *tally) add(at int32, r *belief.Record, m belief.Member) {
	n.members = append(n.members, at)
	n.least = min(n.least, m.Certainty())
	n.oldest = min(n.oldest, r.Seen)
	if r.Status == 1 {
		n.active++
	}
	if r.Available() {
		n.available++
	}
}

// known are the ids of the known queues of a type, in order. Readers share them.
func (s *Snapshot) known(typ apiclient.QueueType) []int64 { return s.counted().ids[slot(typ)] }

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

// FindQueues returns the known queues of a type that a query selects, and how many they
// are on all pages.
func (s *Snapshot) FindQueues(typ apiclient.QueueType, q roster.QueueQuery) (page []roster.Queue, total int) {
	found := s.known(typ)
	if words := strings.Fields(typed.Fold(typed.Clean(q.Q))); len(words) > 0 {
		found = nil
		for _, t := range s.counted().texts[slot(typ)] {
			if t.called(words) {
				found = append(found, t.id)
			}
		}
	}
	if order := s.queueOrder(typ, q.Sort); order != nil {
		found = slices.Clone(found)
		slices.SortStableFunc(found, order)
	}
	total = len(found)
	if q.Size > 0 {
		from := min(max(q.Page, 0)*q.Size, total)
		found = found[from:min(from+q.Size, total)]
	}
	page = make([]roster.Queue, 0, len(found))
	for _, id := range found {
		page = append(page, s.queue(typ, id))
	}
	return page, total
}

// holds reports whether a folded word, spelt so, begins the queue's id or stands in its name.
func (t queueText) holds(folded, spelling string) bool {
	return strings.HasPrefix(t.number, folded) || strings.Contains(t.name, folded) || strings.Contains(t.spelling, spelling)
}

// called reports whether it holds each of these words.
func (t queueText) called(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !t.holds(w, typed.Spelling(w)) })
}

// queueOrder compares queues as a query sorts them, nil where that is by id. A queue
// without a name stands behind those that have one, in either direction.
func (s *Snapshot) queueOrder(typ apiclient.QueueType, sort string) func(a, b int64) int {
	column, descending := strings.CutPrefix(sort, "-")
	way := 1
	if descending {
		way = -1
	}
	count := func(of func(*tally) int) func(a, b int64) int {
		by := s.tallies(typ)
		n := func(id int64) int {
			if t := by[id]; t != nil {
				return of(t)
			}
			return 0
		}
		return func(a, b int64) int { return way * cmp.Compare(n(a), n(b)) }
	}
	switch column {
	case "name":
		keys := s.queueNames(typ)
		return func(a, b int64) int {
			if keys[a] == "" || keys[b] == "" {
				return -cmp.Compare(keys[a], keys[b])
			}
			return way * cmp.Compare(keys[a], keys[b])
		}
	case "members":
		return count(func(t *tally) int { return len(t.members) })
	case "active":
		return count(func(t *tally) int { return t.active })
	case "available":
		return count(func(t *tally) int { return t.available })
	}
	return nil
}

// queueNames are what the queues of a type are sorted by, made when first asked for.
func (s *Snapshot) queueNames(typ apiclient.QueueType) map[int64]string {
	c := s.counted()
	c.namesOnce[slot(typ)].Do(func() {
		s.shared.mu.Lock()
		defer s.shared.mu.Unlock()
		keys := make(map[int64]string, len(s.known(typ)))
		for _, id := range s.known(typ) {
			if name := s.name(typ, id); name != "" {
				keys[id] = s.shared.collation.key(name)
			}
		}
		c.names[slot(typ)] = keys
	})
	return c.names[slot(typ)]
}

// Queue returns one known queue. Its members are found by a Query.
func (s *Snapshot) Queue(typ apiclient.QueueType, id int64) (roster.Queue, bool) {
	if _, ok := slices.BinarySearch(s.known(typ), id); !ok {
		return roster.Queue{}, false
	}
	return s.queue(typ, id), true
}

// Outside returns agents who may join a queue: the first that a text finds, who are not in
// it and whose list can be written.
func (s *Snapshot) Outside(typ apiclient.QueueType, id int64, text string, most int) (out []roster.Agent) {
	ranks := s.ranks(s.words(text, false))
	for i, e := range s.agents {
		if len(out) == most {
			break
		}
		if ranks != nil && ranks[i] == rankNone || belief.Find(e.Members(typ), id) >= 0 {
			continue
		}
		if a := s.facts.Agent(e.Record); a.WhyNotEdit(typ) == "" {
			out = append(out, a)
		}
	}
	return out
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
	for _, at := range tally.members {
		r := s.agents[at]
		i := belief.Find(r.Callin, queue)
		if r.ID != except && r.Available() && r.Callin[i].Newest() >= listed {
			n++
		}
	}
	return roster.Others{Available: n, At: tally.oldest.Time()}
}
