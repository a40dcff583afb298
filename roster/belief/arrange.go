package belief

import (
	"slices"

	"github.com/alohub/agentconsole/roster"
)

// those returns the cells that which reports true for, in place.
func those(cells []*cell, which func(*cell) bool) []*cell {
	return slices.DeleteFunc(cells, func(c *cell) bool { return !which(c) })
}

// merged merges two lists that are sorted by extension.
func merged(a, b []*cell) []*cell {
	out := make([]*cell, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if roster.CompareExtensions(a[0].rec.ID, b[0].rec.ID) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}
