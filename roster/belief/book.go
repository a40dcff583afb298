package belief

import (
	"maps"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// Limits is what a book is bounded by.
type Limits struct {
	MaxAgents int           // agents beyond that are not kept
	SentFor   time.Duration // how long a write of ours that no read shows is counted in
	// AskOneShown makes a list unsure wherever a queue that nobody here knows of could
	// be hidden, and not only where the filter has never known more than rows.
	AskOneShown bool
}

// cell holds the newest record of one agent.
type cell struct {
	rec  *Record
	page int32 // of the list of all agents at FullSize it was last on, -1: none
	// row is where in the list of all agents its first row last stood, and rows how many it
	// had there, 0: none.
	row, rows int32
}

// Book is everything a tenant's reads have shown. It is not for concurrent use.
type Book struct {
	Facts
	// RecordingShown: a row has carried isRecord.
	RecordingShown bool
	// Version changes with every change of the book.
	Version uint64

	limits Limits
	cells  map[string]*cell
	sorted []*cell // by extension
	added  []*cell // not yet in sorted
	gone   bool    // sorted holds cells that are no longer in cells
	last   Stamp
	shared interner

	conduct conduct

	newNames bool // queues or names were learned that have not been handed out
	capacity int  // the most rows one answer to FullSize ever had

	crawl struct { // the one under way, or the last
		since   Stamp
		several bool // rows showed two queues of somebody
		denied  bool // the filter knew what rows did not show
	}
}

// NewBook returns an empty book.
func NewBook(l Limits) *Book {
	return &Book{Facts: newFacts(l.AskOneShown), limits: l, cells: make(map[string]*cell), shared: make(interner), conduct: newConduct()}
}

// Stamp returns the present moment, later than any it has returned before.
func (b *Book) Stamp(now time.Time) Stamp {
	b.last = max(b.last+1, Stamp(now.UnixNano()))
	return b.last
}

// Record returns what is believed of an agent, nil where nothing is.
func (b *Book) Record(id string) *Record {
	if c := b.cells[id]; c != nil {
		return c.rec
	}
	return nil
}

// Len is how many agents the book has.
func (b *Book) Len() int { return len(b.cells) }

// Capacity is the most rows one answer to FullSize ever had, 0 before the first.
func (b *Book) Capacity() int { return b.capacity }

// Short reports whether an answer of n rows is shorter than one is known to get.
func (b *Book) Short(q apiclient.AgentQuery, n int) bool {
	if q.Size != FullSize {
		return n < min(q.Size, 20)
	}
	return n < b.capacity
}

// PageOf is the page of the list of all agents an agent was last on, -1 where that
// is not known.
func (b *Book) PageOf(id string) int {
	if c := b.cells[id]; c != nil {
		return int(c.page)
	}
	return -1
}

// RowsOf are where in the list of all agents an agent's rows were last seen, from the first
// up to where the next agent's begin; none where that is not known.
func (b *Book) RowsOf(id string) (from, to int) {
	if c := b.cells[id]; c != nil {
		return int(c.row), int(c.row + c.rows)
	}
	return 0, 0
}

// ListedOn is the page of a queue's listing that an agent was last on, -1 where the
// filter is not known to list it there.
func (b *Book) ListedOn(id string, queue int64) int {
	if r := b.Record(id); r != nil {
		if i := Find(r.Callin, queue); i >= 0 && r.Callin[i].Filter != 0 {
			return int(r.Callin[i].page)
		}
	}
	return -1
}

// Snapshot is a copy of the facts, and all records by extension, that do not change
// with the book.
func (b *Book) Snapshot() (Facts, []*Record) {
	b.arrange()
	records := make([]*Record, len(b.sorted))
	for i, c := range b.sorted {
		records[i] = c.rec
	}
	return b.clone(), records
}

// arrange brings sorted up to date with cells.
func (b *Book) arrange() {
	if b.gone {
		b.gone = false
		there := func(c *cell) bool { return b.cells[c.rec.ID] == c }
		b.sorted, b.added = those(b.sorted, there), those(b.added, there)
	}
	if len(b.added) == 0 {
		return
	}
	sortedByExtension(b.added)
	b.sorted, b.added = merged(b.sorted, b.added), nil
}

// change replaces an agent's record by one that differs as f does, and does nothing
// where the book does not have the agent. It is the only way to change one.
func (b *Book) change(id string, f func(*Record)) {
	c := b.cells[id]
	if c == nil {
		return
	}
	r := *c.rec
	f(&r)
	c.rec = &r
	b.Version++
}

// cell returns an agent's, making it if there is none.
func (b *Book) cell(id string) *cell {
	if c := b.cells[id]; c != nil {
		return c
	}
	c := &cell{rec: newRecord(id), page: -1}
	b.cells[c.rec.ID] = c
	b.added = append(b.added, c)
	return c
}

// Forget takes an agent out of the book, and with it what the listings said of it:
// those that named it count as unread. An agent that comes back, because the 404 or
// the page without it was a mistake, would else be known by its row alone.
func (b *Book) Forget(id string) {
	if r := b.Record(id); r != nil {
		for _, m := range r.Callin {
			if l, ok := b.listed[m.Queue]; ok && m.Filter != 0 {
				l.at = 0
				b.listed[m.Queue] = l
			}
		}
	}
	delete(b.cells, id)
	b.gone = true
	b.Version++
}

// Know notes that a queue of a type exists.
func (b *Book) Know(typ apiclient.QueueType, queue int64) {
	if typ == apiclient.Callout {
		b.callout[queue] = struct{}{}
		return
	}
	if l := b.listed[queue]; !l.queue {
		l.queue = true
		b.listed[queue] = l
		b.newNames = true
	}
}

// Probe notes ids to ask the filter about, that may be callin queues'.
func (b *Book) Probe(ids ...int64) {
	for _, id := range ids {
		l := b.listed[id]
		l.asked = true
		b.listed[id] = l
	}
}

// Keep notes the callin queue ids that an administrator keeps for the tenant, nil
// where none are kept: the filter is asked about them, and with them every queue that
// it can find counts as known. An id that is no longer kept is no longer asked about,
// unless something else makes it known: nothing that was read is forgotten.
func (b *Book) Keep(ids []int64) {
	b.kept = len(ids) > 0
	for id, l := range b.listed {
		l.kept = false
		if b.listed[id] = l; !l.queue && !l.asked {
			delete(b.listed, id)
		}
	}
	for _, id := range ids {
		l := b.listed[id]
		l.kept = true
		b.listed[id] = l
	}
	b.Version++
}

// Recall enters queues remembered from before. It takes no newer name away.
func (b *Book) Recall(typ apiclient.QueueType, names map[int64]string) {
	for id, name := range names {
		b.Know(typ, id)
		if b.names[slot(typ)][id] == "" {
			b.names[slot(typ)][id] = name
		}
		if typ == apiclient.Callout {
			b.Probe(id)
		}
	}
	b.Version++
}

func (b *Book) takeNames(s *sighting) {
	for i, names := range [...]map[int64]string{s.callinNames, s.calloutNames} {
		for id, name := range names {
			if b.names[i][id] != name {
				b.names[i][id] = strings.Clone(name)
				b.newNames = true
			}
		}
	}
}

// NewNames returns all known queues with their names, "" for those that never
// showed one, if something was learned since they were last handed out.
func (b *Book) NewNames() (callin, callout map[int64]string, some bool) {
	if !b.newNames {
		return nil, nil, false
	}
	b.newNames = false
	callin, callout = maps.Clone(b.names[0]), maps.Clone(b.names[1])
	for _, id := range b.Known(apiclient.Callin) {
		callin[id] += ""
	}
	for id := range b.callout {
		callout[id] += ""
	}
	return callin, callout, true
}

// NamesNotKept has NewNames hand the names out again.
func (b *Book) NamesNotKept() { b.newNames = true }
