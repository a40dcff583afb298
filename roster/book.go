package roster

import (
	"maps"
	"slices"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
)

// cell holds the newest record of one agent.
type cell struct {
	rec  *record
	hint int32 // page of the unfiltered listing at crawlSize it was last on, -1: none
}

// book is everything a tenant's reads have shown, guarded by Tenant.mu. No lock is
// held during a call.
type book struct {
	cells  map[string]*cell
	sorted []*cell // by extension
	added  []*cell // not yet in sorted
	ages   ages
	gone   bool // sorted holds cells that are no longer in cells

	callout map[int64]struct{} // known queues
	names   [2]map[int64]string

	last     stamp
	interned map[string]*string

	facts
	recordShown bool // a row has carried isRecord

	// capacity is the most rows one answer to crawlSize ever had.
	capacity int

	// Of the crawl under way or the last.
	floor       stamp
	crawlMany   bool // many, since floor
	contradicts int  // filter answers that rows since floor do not bear out
}

func newBook() book {
	return book{
		cells: make(map[string]*cell), callout: make(map[int64]struct{}),
		facts:    facts{listed: make(map[int64]stamp)},
		names:    [2]map[int64]string{make(map[int64]string), make(map[int64]string)},
		interned: make(map[string]*string),
	}
}

// stamp returns the present moment, later than any it has returned before.
func (t *Tenant) stamp() stamp {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stampLocked()
}

func (t *Tenant) stampLocked() stamp {
	t.book.last = max(t.book.last+1, stamp(t.cfg.Now().UnixNano()))
	return t.book.last
}

// page is one answer, taken into the book.
type page struct {
	query  apiclient.AgentQuery
	at     stamp
	agents []*shown
	rows   int
	total  int
	sig    uint64    // of the rows, to know a repeated page by
	edge   [2]string // the first row's agent and the last's, who may go on on the next page

	many        bool // some agent shows two callin queues
	calloutMany bool
	apart       bool // another agent's row stands between two of one agent's
}

// own reports whether the rows of q are of the key's own tenant, as far as can be
// told: a team_id names another one, whose extensions mean other agents.
func (t *Tenant) own(q apiclient.AgentQuery) bool {
	return q.TeamID == "" || q.TeamID == t.scopeNow().Tenant
}

// take enters a page into the book.
func (t *Tenant) take(p *page) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := &t.book
	if p.query.Size == crawlSize {
		b.capacity = max(b.capacity, p.rows)
	}
	b.many = b.many || p.many
	b.apart = b.apart || p.apart
	if p.many && p.at >= b.floor {
		b.crawlMany = true
	}
	for i, s := range p.agents {
		if b.cells[s.row.AgentID] == nil && len(b.cells) >= t.cfg.MaxAgents {
			continue
		}
		edge := p.edge[0] == s.row.AgentID || p.edge[1] == s.row.AgentID
		t.takeAgent(p, s, edge)
		if p.query.QueueID == 0 && p.query.Status == "" && p.query.Size == crawlSize {
			b.cells[p.agents[i].row.AgentID].hint = int32(p.query.Page)
		}
	}
	t.version.Add(1)
}

// takeAgent enters what a page shows of one agent. An agent at the edge of a page
// may have further rows on the next one.
func (t *Tenant) takeAgent(p *page, s *shown, edge bool) {
	c := t.cell(s.row.AgentID)
	r := *c.rec
	b := &t.book
	if p.at >= r.seen {
		if r.tenantID != 0 && s.row.TenantID != nil && *s.row.TenantID != r.tenantID && r.seen >= b.floor {
			s.tenantsDiffer = true
		}
		t.describe(&r, s)
		r.seen = p.at
		b.recordShown = b.recordShown || r.record >= 0
	}
	t.takeNames(s)

	if t.believes(&r, apiclient.Callin, p.at) {
		if p.query.QueueID != 0 {
			t.weighFilter(p, s, &r)
		}
		r.callin = show(r.callin, s.callin, p.at)
		if q := p.query.QueueID; q != 0 {
			r.callin = list(r.callin, q, p.at)
		}
		for _, m := range r.callin {
			t.know(m.queue)
		}
		if p.query.QueueID == 0 && !edge && !b.apart && p.at > r.rowAt {
			r.rowAt = p.at
			if p.many {
				r.manyAt = p.at
			}
		}
	}
	if t.believes(&r, apiclient.Callout, p.at) {
		if !edge && !b.apart && p.query.QueueID == 0 && t.replacesCallout(p, s) {
			r.callout = dropUnshown(r.callout, s.callout, p.at, r.wrote[1].pending())
		}
		r.callout = show(r.callout, s.callout, p.at)
		for _, id := range s.callout {
			b.callout[id] = struct{}{}
		}
		b.calloutMany = b.calloutMany || len(s.callout) > 1
	}
	t.replace(c, &r)
}

// believes reports whether an answer begun at that time says anything of a list:
// not if the list was written, or wholly read, since.
func (t *Tenant) believes(r *record, typ apiclient.QueueType, at stamp) bool {
	if w := r.wrote[slot(typ)]; w != nil && at <= w.at {
		return false
	}
	return typ == apiclient.Callout || at >= r.callinAt
}

// replacesCallout reports whether a row's callout queues are all there are: the
// documented single number is taken at its word until the tenant has once shown
// two; from then on one number may hide others, unless the answer itself shows
// two of somebody.
func (t *Tenant) replacesCallout(p *page, s *shown) bool {
	return len(s.callout) == 0 || p.calloutMany || !t.book.calloutMany
}

// dropUnshown forgets queues that an answer begun at that time no longer shows;
// what we sent ourselves goes on as merely sent while the write waits to be seen.
func dropUnshown(ms []member, ids []int64, at stamp, waits bool) []member {
	out := slices.Clone(ms)
	for i := range out {
		if out[i].row < at && !slices.Contains(ids, out[i].queue) {
			out[i].row = 0
		}
	}
	return slices.DeleteFunc(out, func(m member) bool { return m.row == 0 && (m.sent == 0 || !waits) })
}

// weighFilter learns from a queue_id listing how rows and filter relate.
func (t *Tenant) weighFilter(p *page, s *shown, r *record) {
	b := &t.book
	q := p.query.QueueID
	if !slices.Contains(s.callin, q) {
		b.wide = true
		b.contradicts++
		b.rowsWhole = false
		return
	}
	i := find(r.callin, q)
	shownSince := i >= 0 && r.callin[i].row >= b.floor && r.callin[i].row != 0
	if r.rowAt >= b.floor && r.rowAt != 0 && !shownSince && !p.many {
		b.contradicts++
		b.rowsWhole = false
	}
}

// show notes that a row shows ids. The order is the row's where it shows every
// queue known, else what was known first stays first.
func show(ms []member, ids []int64, at stamp) []member {
	out := slices.Clone(ms)
	for _, id := range ids {
		i := find(out, id)
		if i < 0 {
			out = append(out, member{queue: id})
			i = len(out) - 1
		}
		out[i].row = max(out[i].row, at)
	}
	if len(out) == len(ids) {
		order(out, ids)
	}
	return out
}

// order arranges members as ids are, others after them as they were.
func order(ms []member, ids []int64) {
	rank := func(m member) int {
		if i := slices.Index(ids, m.queue); i >= 0 {
			return i
		}
		return len(ids)
	}
	slices.SortStableFunc(ms, func(a, b member) int { return rank(a) - rank(b) })
}

// list notes that the filter lists the agent in a queue.
func list(ms []member, queue int64, at stamp) []member {
	out := slices.Clone(ms)
	i := find(out, queue)
	if i < 0 {
		out = append(out, member{queue: queue})
		i = len(out) - 1
	}
	out[i].filter = max(out[i].filter, at)
	return out
}

func (t *Tenant) cell(id string) *cell {
	b := &t.book
	if c := b.cells[id]; c != nil {
		return c
	}
	id = strings.Clone(id)
	c := &cell{rec: &record{id: id, status: -1, followMe: -1, record: -1}, hint: -1}
	b.cells[id] = c
	b.added = append(b.added, c)
	b.ages.all()
	return c
}

// replace makes r the agent's record.
func (t *Tenant) replace(c *cell, r *record) {
	t.book.ages.note(c.rec, r)
	c.rec = r
	t.version.Add(1)
}

// forget takes an agent out of the book, and with it what the listings said of it:
// those that named it count as unread. An agent that comes back, because the 404 or
// the page without it was a mistake, would else be known by its row alone.
func (t *Tenant) forget(id string) {
	if c := t.book.cells[id]; c != nil {
		for _, m := range c.rec.callin {
			if m.filter != 0 {
				t.book.listed[m.queue] = 0
			}
		}
	}
	delete(t.book.cells, id)
	t.book.gone = true
	t.book.ages.all()
	t.version.Add(1)
}

// know notes that a callin queue exists.
func (t *Tenant) know(queue int64) {
	if _, ok := t.book.listed[queue]; !ok {
		t.book.listed[queue] = 0
		t.namesDirty = true
	}
}

func (t *Tenant) takeNames(s *shown) {
	for i, names := range []map[int64]string{s.callinNames, s.calloutNames} {
		for id, name := range names {
			if t.book.names[i][id] != name {
				t.book.names[i][id] = strings.Clone(name)
				t.namesDirty = true
				t.book.ages[byQueue]++
			}
		}
	}
}

// knownQueues returns the callin queues to gather evidence of, by id.
func (t *Tenant) knownQueues() []int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(maps.Keys(t.book.listed))
}

// listedWhole notes that a queue's listing, begun at that time, was read to its
// end: whoever was listed before and is not now has left it, unless a row shows
// otherwise. A filter never takes away what a row shows.
func (t *Tenant) listedWhole(queue int64, at stamp) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.book.listed[queue] >= at {
		return
	}
	t.book.listed[queue] = at
	for _, c := range t.book.cells {
		i := find(c.rec.callin, queue)
		if i < 0 || c.rec.callin[i].filter == 0 || c.rec.callin[i].filter >= at {
			continue
		}
		r := *c.rec
		r.callin = slices.Clone(r.callin)
		r.callin[i].filter = 0
		if m := r.callin[i]; m.row == 0 && m.sent == 0 {
			r.callin = slices.Delete(r.callin, i, i+1)
		}
		t.replace(c, &r)
	}
	t.version.Add(1)
}
