package live

import (
	"cmp"
	"slices"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster/belief"
)

// stretch is rows of a list that follow each other, from one on up to another.
type stretch struct{ from, to int }

// cover is as few pages as show each of the stretches with some rows before and after, so
// that nobody has to be looked for beyond a page's edge, though the list has moved a little:
// pages may have any size up to capacity, and begin at a multiple of it. The list is said to
// have so many rows.
func cover(rows []stretch, capacity, total int) (pages []apiclient.AgentQuery) {
	margin := max(1, capacity/32)
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	covered := 0
	for _, s := range rows {
		if s.to+margin <= covered || total < covered && s.to < covered {
			continue
		}
		q, _, end := pageFrom(max(s.from-margin, 0), capacity)
		if covered = end; !slices.Contains(pages, q) {
			pages = append(pages, q)
		}
	}
	return pages
}

// pageFrom is the page that shows most of what comes from a row on, with that row.
func pageFrom(row, capacity int) (q apiclient.AgentQuery, from, to int) {
	size := capacity
	for other := capacity - 1; other > capacity/2; other-- {
		if row/other*other+other > row/size*size+size {
			size = other
		}
	}
	q = apiclient.AgentQuery{Page: row / size, Size: size}
	if from = q.Page * size; size == capacity {
		q.Size = belief.FullSize
	}
	return q, from, from + size
}
