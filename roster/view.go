package roster

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/alohub/agentconsole/apiclient"
)

// view is the snapshot as readers have it: it never changes. It is made when
// somebody asks and the book has changed since, which copies pointers only.
type view struct {
	version uint64
	agents  []*record // by extension
	oldest  stamp     // of the rows
	facts   facts
	names   [2]map[int64]string
	callout []int64 // known queues

	ages   ages
	shared *orders
	orders sync.Map // Sort → []*record, made when first asked for
	counts struct {
		once sync.Once
		by   [2]map[int64]*tally
	}
}

// view returns the snapshot as it is now.
func (t *Tenant) view() *view {
	if v := t.current.Load(); v != nil && v.version == t.version.Load() {
		return v
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	version := t.version.Load()
	if v := t.current.Load(); v != nil && v.version == version {
		return v
	}
	b := &t.book
	b.arrange()
	v := &view{
		version: version, ages: b.ages, shared: &t.orders, facts: b.facts, agents: make([]*record, len(b.sorted)),
		names:   [2]map[int64]string{maps.Clone(b.names[0]), maps.Clone(b.names[1])},
		callout: slices.Sorted(maps.Keys(b.callout)),
	}
	v.facts.listed = maps.Clone(b.listed)
	for i, c := range b.sorted {
		v.agents[i] = c.rec
		if v.oldest == 0 || c.rec.seen < v.oldest {
			v.oldest = c.rec.seen
		}
	}
	t.current.Store(v)
	return v
}

// arrange brings sorted up to date with cells.
func (b *book) arrange() {
	if b.gone {
		b.gone = false
		left := func(c *cell) bool { return b.cells[c.rec.id] != c }
		b.sorted = slices.DeleteFunc(b.sorted, left)
		b.added = slices.DeleteFunc(b.added, left)
	}
	if len(b.added) == 0 {
		return
	}
	byID := func(x, y *cell) int { return compareIDs(x.rec.id, y.rec.id) }
	slices.SortFunc(b.added, byID)
	merged := make([]*cell, 0, len(b.sorted)+len(b.added))
	old, fresh := b.sorted, b.added
	for len(old) > 0 && len(fresh) > 0 {
		if byID(old[0], fresh[0]) <= 0 {
			merged, old = append(merged, old[0]), old[1:]
		} else {
			merged, fresh = append(merged, fresh[0]), fresh[1:]
		}
	}
	b.sorted = append(append(merged, old...), fresh...)
	b.added = nil
}

func (v *view) name(typ apiclient.QueueType, id int64) string { return v.names[slot(typ)][id] }

func (v *view) agent(r *record) Agent { return agentOf(r, &v.facts, v.name) }

// compareIDs orders extensions as people count: runs of digits by their value, and
// the one with more leading zeros after the other, so that no two are equal.
func compareIDs(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		if digit(x[0]) && digit(y[0]) {
			var m, n string
			m, x = digits(x)
			n, y = digits(y)
			if len(m) != len(n) {
				return len(m) - len(n)
			}
			if c := strings.Compare(m, n); c != 0 {
				return c
			}
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// digits cuts the run of digits s begins with, without its leading zeros.
func digits(s string) (run, rest string) {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return strings.TrimLeft(s[:n], "0"), s[n:]
}
