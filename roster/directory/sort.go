package directory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/typed"
)

// The keys agents are sorted by, but for the extension, which is the order of a
// snapshot.
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

// sorted is how agents are ordered by a key, and the keys it was made from: sorting
// costs more than all of a search, and a refresh of statuses leaves the order by
// name as it was. Comparing the keys tells, so that nobody has to say what changed.
type sorted struct {
	keys []string // of a snapshot's agents, by extension
	perm []int32  // positions in them; known ones first
	tail int      // how many at the end of perm have no known key
}

// order is where all agents stand, in the order asked for. Callers share it. Agents of whom the key is not
// known come last in either direction; equals are ordered by extension, forward or
// backward as the rest.
func (s *Snapshot) order(sort string) []int32 {
	name, descending := strings.CutPrefix(sort, "-")
	key, ok := parseSort(name)
	if !ok && !(name == "extension" && descending) {
		sort, descending = "", false
	}
	if done, ok := s.orders.Load(sort); ok {
		return done.([]int32)
	}
	var out []int32
	tail := 0
	if ok {
		out, tail = s.perm(key)
	} else {
		out = make([]int32, len(s.agents))
		for i := range out {
			out[i] = int32(i)
		}
	}
	if descending {
		out = slices.Clone(out)
		slices.Reverse(out[:len(out)-tail])
	}
	s.orders.Store(sort, out)
	return out
}

// perm returns the order by a key, sorting only if a key has changed.
func (s *Snapshot) perm(key sortKey) (perm []int32, tail int) {
	keyOf := s.keyOf(key)
	keys := make([]string, len(s.agents))
	for i, r := range s.agents {
		keys[i] = keyOf(r)
	}
	s.shared.mu.Lock()
	kept := s.shared.sorted[key]
	s.shared.mu.Unlock()
	if kept.perm != nil && slices.Equal(kept.keys, keys) {
		return kept.perm, kept.tail
	}
	now := sorted{keys: keys, perm: make([]int32, 0, len(keys))}
	var unknown []int32
	for i, k := range keys {
		if k == "" {
			unknown = append(unknown, int32(i))
		} else {
			now.perm = append(now.perm, int32(i))
		}
	}
	slices.SortFunc(now.perm, func(a, b int32) int {
		if c := strings.Compare(keys[a], keys[b]); c != 0 {
			return c
		}
		return int(a - b)
	})
	now.perm, now.tail = append(now.perm, unknown...), len(unknown)
	s.shared.mu.Lock()
	s.shared.sorted[key] = now
	s.shared.mu.Unlock()
	return now.perm, now.tail
}

// keyOf returns a string of each agent that compares as the key does; "" where it
// is not known.
func (s *Snapshot) keyOf(key sortKey) func(entry) string {
	switch key {
	case byName:
		return func(r entry) string { return r.text.collat }
	case byQueue:
		return s.queueKey()
	case byStatus:
		return func(r entry) string {
			if r.Status < 0 {
				return ""
			}
			return string(rune(r.Status) + '0')
		}
	case bySystem:
		return func(r entry) string { return text(r.System) }
	case byUser:
		return func(r entry) string { return text(r.User) }
	}
	keys := make(map[string]string) // few priorities serve all agents
	return func(r entry) string {
		p := text(r.Priority)
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
func (s *Snapshot) queueKey() func(entry) string {
	keys := make(map[int64]string)
	return func(r entry) string {
		if len(r.Callin) == 0 {
			return ""
		}
		id := r.Callin[0].Queue
		key, ok := keys[id]
		if !ok {
			key = typed.Fold(s.name(apiclient.Callin, id)) + separator + strconv.FormatInt(id, 10)
			keys[id] = key
		}
		return key
	}
}
