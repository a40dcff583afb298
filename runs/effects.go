package runs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// maxGroups bounds the groups that a plan is shown by; the smallest are left out.
const maxGroups = 50

// staff counts who is in the queues that items touch.
type staff struct {
	known   Known
	byQueue map[effectKey]*Effect
	types   []apiclient.QueueType
}

type effectKey struct {
	typ   apiclient.QueueType
	queue int64
}

func newStaff(known Known) *staff { return &staff{known: known, byQueue: make(map[effectKey]*Effect)} }

func (s *staff) effect(typ apiclient.QueueType, queue int64) *Effect {
	if !slices.Contains(s.types, typ) {
		s.types = append(s.types, typ)
		for _, q := range s.known.Queues(typ) {
			n := Staff{Members: q.Members, Active: q.Active, Available: q.Available}
			s.byQueue[effectKey{typ, q.ID}] = &Effect{Queue: q.ID, Type: typ, Name: q.Name, Before: n, After: n}
		}
	}
	key := effectKey{typ, queue}
	if s.byQueue[key] == nil {
		s.byQueue[key] = &Effect{Queue: queue, Type: typ}
	}
	return s.byQueue[key]
}

func (s *staff) note(it Item, a roster.Agent) {
	if it.Intent.Verb == roster.Record {
		return
	}
	count := func(queue int64, by int) *Effect {
		e := s.effect(it.Intent.Type, queue)
		e.After.Members += by
		if a.Active() {
			e.After.Active += by
		}
		if a.Available() {
			e.After.Available += by
		}
		return e
	}
	for _, q := range it.Removed() {
		count(q, -1).Leaves++
	}
	for _, q := range it.Added() {
		count(q, 1).Joins++
	}
}

// effects are those of the queues that somebody leaves or joins: first those left without
// anybody available, then those that lose the most.
func (s *staff) effects() []Effect {
	var out []Effect
	for _, e := range s.byQueue {
		if e.Joins+e.Leaves > 0 {
			out = append(out, *e)
		}
	}
	slices.SortFunc(out, func(a, b Effect) int {
		first := func(e Effect) int {
			if e.Deserted() {
				return 0
			}
			return 1
		}
		return cmp.Or(first(a)-first(b), (a.After.Available-a.Before.Available)-(b.After.Available-b.Before.Available),
			cmp.Compare(a.Type, b.Type), cmp.Compare(a.Queue, b.Queue))
	})
	return out
}

// groups are the changes that items have in common, the commonest first.
func groups(items []Item) []Group {
	var out []Group
	index := make(map[string]int)
	for _, it := range items {
		if it.State != ItemPlanned {
			continue
		}
		g := Group{Kind: it.Kind(), Removed: it.Removed(), Added: it.Added(), Enabled: it.Enabled}
		key := groupKey(g)
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key], out = i, append(out, g)
		}
		out[i].Agents++
	}
	slices.SortStableFunc(out, func(a, b Group) int { return b.Agents - a.Agents })
	return out[:min(len(out), maxGroups)]
}

func groupKey(g Group) string {
	removed, added := slices.Clone(g.Removed), slices.Clone(g.Added)
	slices.Sort(removed)
	slices.Sort(added)
	var b strings.Builder
	b.WriteString(string(g.Kind))
	if g.Enabled {
		b.WriteByte('!')
	}
	for _, q := range removed {
		b.WriteByte('-')
		b.WriteString(strconv.FormatInt(q, 10))
	}
	for _, q := range added {
		b.WriteByte('+')
		b.WriteString(strconv.FormatInt(q, 10))
	}
	return b.String()
}
