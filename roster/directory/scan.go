package directory

import (
	"slices"
	"strings"
)

// column is a text of each agent, all in one, so that a search goes over them at the speed
// of memory and not from one to the next.
type column struct {
	all   string
	start []int32 // where each begins; each ends in a stop
}

// stop is in no text and no word.
const stop = "\x00"

func newColumn(texts []*searchText, of func(*searchText) string) column {
	size := 0
	for _, t := range texts {
		size += len(of(t)) + len(stop)
	}
	var all strings.Builder
	all.Grow(size)
	c := column{start: make([]int32, len(texts))}
	for i, t := range texts {
		c.start[i] = int32(all.Len())
		all.WriteString(of(t))
		all.WriteString(stop)
	}
	c.all = all.String()
	return c
}

// find calls hit once for each text that holds the word, with where it first stands in it.
func (c column) find(word string, hit func(i, at int)) {
	for from, i := 0, 0; ; {
		at := strings.Index(c.all[from:], word)
		if at < 0 {
			return
		}
		at += from
		// The next text that begins behind the hit.
		behind, _ := slices.BinarySearch(c.start[i:], int32(at)+1)
		i += behind
		hit(i-1, at-int(c.start[i-1]))
		if i == len(c.start) {
			return
		}
		from = int(c.start[i])
	}
}

// scan is what a search goes over, and whose it is.
type scan struct {
	texts    []*searchText
	fold     column
	spelling column // the name as everybody would write it
}

// scanned is what a search of the snapshot goes over, made anew only where a name has
// changed or somebody has come or gone.
func (s *Snapshot) scanned() *scan {
	s.scan.once.Do(func() {
		texts := make([]*searchText, len(s.agents))
		for i, e := range s.agents {
			texts[i] = e.text
		}
		s.shared.mu.Lock()
		kept := s.shared.scan
		s.shared.mu.Unlock()
		if kept == nil || !slices.Equal(kept.texts, texts) {
			kept = &scan{
				texts: texts,
				fold:  newColumn(texts, func(t *searchText) string { return t.fold }),
				spelling: newColumn(texts, func(t *searchText) string {
					if t.spelling != "" {
						return t.spelling
					}
					_, name, _ := strings.Cut(t.fold, separator)
					return name
				}),
			}
			s.shared.mu.Lock()
			s.shared.scan = kept
			s.shared.mu.Unlock()
		}
		s.scan.scan = kept
	})
	return s.scan.scan
}
