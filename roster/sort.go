package roster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/alohub/agentconsole/apiclient"
)

// The keys agents are sorted by, but for the extension, which is the order of a
// view.
type sortKey uint8

const (
	byName sortKey = iota
	byQueue
	byStatus
	bySystem
	byUser
	byPriority
	sortKeys
)

func parseSort(s string) (key sortKey, ok bool) {
	i := slices.Index([]string{"name", "queue", "status", "system", "user", "priority"}, s)
	return sortKey(max(i, 0)), i >= 0
}

// ages counts, for each key, the changes that may have altered the order by it.
type ages [sortKeys]uint64

// note counts what differs between two records of an agent.
func (a *ages) note(old, now *record) {
	first := func(r *record) int64 {
		if len(r.callin) == 0 {
			return 0
		}
		return r.callin[0].queue
	}
	for key, differs := range [sortKeys]bool{
		byName: old.name != now.name, byQueue: first(old) != first(now), byStatus: old.status != now.status,
		bySystem: text(old.system) != text(now.system), byUser: text(old.user) != text(now.user),
		byPriority: text(old.priority) != text(now.priority),
	} {
		if differs {
			a[key]++
		}
	}
}

// all counts a change of who there is.
func (a *ages) all() {
	for key := range a {
		a[key]++
	}
}

// orders remembers, across views, how agents are ordered by a key: sorting costs
// more than all of a search, and a refresh of statuses leaves the order by name as
// it was.
type orders struct {
	mu sync.Mutex
	by [sortKeys]struct {
		age  uint64
		perm []int32 // positions in a view's agents; known ones first
		tail int     // how many at the end of perm have no known key
	}
}

// sorted returns all agents in the order asked for. Agents of whom the key is not
// known come last in either direction; equals are ordered by extension, forward or
// backward as the rest.
func (v *view) sorted(sort string) []*record {
	name, descending := strings.CutPrefix(sort, "-")
	key, ok := parseSort(name)
	if !ok && !(name == "extension" && descending) {
		return v.agents
	}
	if done, ok := v.orders.Load(sort); ok {
		return done.([]*record)
	}
	out := make([]*record, len(v.agents))
	if !ok {
		copy(out, v.agents)
		slices.Reverse(out)
	} else {
		perm, tail := v.perm(key)
		for i, at := range perm {
			out[i] = v.agents[at]
		}
		if descending {
			slices.Reverse(out[:len(out)-tail])
		}
	}
	v.orders.Store(sort, out)
	return out
}

// perm returns the order by a key, sorting only if it may have changed.
func (v *view) perm(key sortKey) (perm []int32, tail int) {
	s := v.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := &s.by[key]
	if kept.perm != nil && kept.age == v.ages[key] {
		return kept.perm, kept.tail
	}
	type pair struct {
		key string
		at  int32
	}
	keyOf := v.keyOf(key)
	known := make([]pair, 0, len(v.agents))
	var unknown []int32
	for i, r := range v.agents {
		if k := keyOf(r); k != "" {
			known = append(known, pair{k, int32(i)})
		} else {
			unknown = append(unknown, int32(i))
		}
	}
	slices.SortFunc(known, func(a, b pair) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return int(a.at - b.at)
	})
	perm = make([]int32, 0, len(v.agents))
	for _, p := range known {
		perm = append(perm, p.at)
	}
	perm = append(perm, unknown...)
	if kept.perm == nil || kept.age < v.ages[key] {
		kept.age, kept.perm, kept.tail = v.ages[key], perm, len(unknown)
	}
	return perm, len(unknown)
}

// keyOf returns a string of each agent that compares as the key does; "" where it
// is not known.
func (v *view) keyOf(key sortKey) func(*record) string {
	switch key {
	case byName:
		return func(r *record) string { return r.collat }
	case byQueue:
		return v.queueKey()
	case byStatus:
		return func(r *record) string {
			if r.status < 0 {
				return ""
			}
			return string(rune(r.status) + '0')
		}
	case bySystem:
		return func(r *record) string { return text(r.system) }
	case byUser:
		return func(r *record) string { return text(r.user) }
	}
	keys := make(map[string]string) // few priorities serve all agents
	return func(r *record) string {
		p := text(r.priority)
		k, ok := keys[p]
		if !ok {
			if n, err := strconv.ParseInt(strings.TrimSpace(p), 10, 32); err == nil {
				k = fmt.Sprintf("%011d", n+1<<32)
			}
			keys[p] = k
		}
		return k
	}
}

// queueKey sorts by queue: the name of the first callin queue as folded, then its
// id.
func (v *view) queueKey() func(*record) string {
	keys := make(map[int64]string, len(v.names[0]))
	return func(r *record) string {
		if len(r.callin) == 0 {
			return ""
		}
		id := r.callin[0].queue
		key, ok := keys[id]
		if !ok {
			key = fold(v.name(apiclient.Callin, id)) + separator + strconv.FormatInt(id, 10)
			keys[id] = key
		}
		return key
	}
}
