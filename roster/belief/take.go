package belief

import (
	"maps"
	"slices"

	"github.com/alohub/agentconsole/apiclient"
)

// Take enters an answer of the key's own tenant into the book, and sets the page's
// edges.
func (b *Book) Take(p *Page) {
	if p.Rows > 0 {
		if p.Query.Page > 0 {
			p.Edge[0] = p.first
		}
		if !(p.Query.Page == 0 && p.Total == p.Rows && b.Short(p.Query, p.Rows)) {
			p.Edge[1] = p.last
		}
	}
	if p.Query.Size == FullSize {
		b.capacity = max(b.capacity, p.Rows)
	}
	b.Style.sawPage(p)
	b.conduct.sawPage(p)
	if p.Many && p.At >= b.crawl.since {
		b.crawl.several = true
	}
	for _, s := range p.agents {
		id := s.row.AgentID
		if b.cells[id] == nil && len(b.cells) >= b.limits.MaxAgents {
			continue
		}
		c := b.cell(id)
		b.change(id, func(r *Record) { b.takeAgent(r, p, s) })
		if p.Query.QueueID == 0 && p.Query.Status == "" && p.Query.Size == FullSize {
			c.page = int32(p.Query.Page)
		}
		if size := min(p.Query.Size, b.capacity); p.Query.QueueID == 0 && p.Query.Status == "" && p.Rows <= size {
			c.stands(int32(p.Query.Page*size+s.first), int32(s.rows), p.Edge[0] == id || p.Edge[1] == id)
		}
	}
	b.Version++
}

// stands notes where rows of the agent stand. At the edge of a page they may be a part of
// those that were seen before.
func (c *cell) stands(at, rows int32, edge bool) {
	end := at + rows
	if was := c.row + c.rows; edge && c.rows > 0 && at <= was && end >= c.row {
		at, end = min(at, c.row), max(end, was)
	}
	c.row, c.rows = at, end-at
}

// takeAgent enters what a page shows of one agent. An agent at the edge of a page
// may have further rows on the next one.
func (b *Book) takeAgent(r *Record, p *Page, s *sighting) {
	edge := p.Edge[0] == s.row.AgentID || p.Edge[1] == s.row.AgentID
	queue, whole := p.Query.QueueID, p.Query.QueueID == 0 && !edge && b.Style.Rows == Together
	if p.At >= r.Seen {
		if r.tenantID != 0 && s.row.TenantID != nil && *s.row.TenantID != r.tenantID && r.Seen >= b.crawl.since {
			s.tenantsDiffer = true
		}
		r.describe(s, b.shared.intern)
		r.Seen = p.At
		r.wrote[0] = r.wrote[0].showing(text(r.Priority), p.At)
		b.RecordingShown = b.RecordingShown || r.Recording >= 0
	}
	b.takeNames(s)
	if r.believes(apiclient.Callin, p.At) {
		if queue != 0 {
			b.weighFilter(p, s, r)
			if r.unlike(s.callin, queue, p.At) {
				r.unlikeAt = max(r.unlikeAt, p.At)
			}
		}
		stands := p.Many || r.stands && shownSince(r.Callin, max(r.rowAt, 1), s.callin)
		r.Callin = shows(r.Callin, s.callin, p.At)
		if queue != 0 {
			page := 0
			if p.Query.Size == FullSize {
				page = p.Query.Page
			}
			r.Callin = lists(r.Callin, queue, p.At, page)
		}
		for _, m := range r.Callin {
			b.Know(apiclient.Callin, m.Queue)
		}
		if whole && p.At > r.rowAt {
			r.rowAt, r.stands = p.At, stands
			if p.Many {
				r.manyAt = p.At
			}
			b.concludeRow(r)
		}
	} else if queue != 0 && b.isNews(r, queue, p.At) {
		r.Callin = lists(r.Callin, queue, p.At, 0)
		b.Know(apiclient.Callin, queue)
	}
	if r.believes(apiclient.Callout, p.At) {
		if whole && b.replacesCallout(p, s) {
			r.Callout = dropUnshown(r.Callout, s.callout, p.At, b.vouches(r.LastWrite(apiclient.Callout), apiclient.Callout, s.callout))
		}
		r.Callout = shows(r.Callout, s.callout, p.At)
		for _, id := range s.callout {
			b.Know(apiclient.Callout, id)
			b.Probe(id)
		}
		if whole {
			// A row is all that can be read of callout.
			since := SinceAll(p.At)
			b.conclude(r, apiclient.Callout, conclusion{since: &since})
		}
	}
}

// unlike reports whether the row that a queue's listing, begun at that time, shows lacks a
// queue that the agent's row had when it was last read. One that shows that queue alone may
// be one of several.
func (r *Record) unlike(shown []int64, queue int64, at Stamp) bool {
	if len(shown) == 1 && shown[0] == queue {
		return false
	}
	return slices.ContainsFunc(r.Callin, func(m Member) bool {
		return m.Row != 0 && m.Row >= r.rowAt && m.Row < at && !slices.Contains(shown, m.Queue)
	})
}

// concludeRow makes the truth of a row that says it all: what it no longer shows is
// gone at once, on every screen.
func (b *Book) concludeRow(r *Record) {
	since := SinceAll(r.rowAt)
	if w := r.LastWrite(apiclient.Callin); w.Pending() && w.At >= r.rowAt {
		return
	}
	if b.rowsSuffice(r, r.rowAt) && len(b.Missing(r, since)) == 0 {
		b.conclude(r, apiclient.Callin, conclusion{since: &since})
	}
}

// believes reports whether an answer begun at that time says anything of a list:
// not if the list was written, or wholly read, since.
func (r *Record) believes(typ apiclient.QueueType, at Stamp) bool {
	if w := r.LastWrite(typ); w != nil && at <= w.At {
		return false
	}
	return typ == apiclient.Callout || at >= r.callinAt
}

// isNews reports whether a listing begun at that time, which comes home after a complete
// reading that began later, says more of its queue than that reading had: it may rest on older
// listings, and knows nothing of a queue that was never read to its end.
func (b *Book) isNews(r *Record, queue int64, at Stamp) bool {
	if w := r.LastWrite(apiclient.Callin); w != nil && at <= w.At {
		return false
	}
	read := b.listed[queue].at
	return (at >= r.othersAt || read == 0) && at > read && !b.rowsSuffice(r, r.callinAt)
}

// replacesCallout reports whether a row's callout queues are all there are: the
// documented single number is taken at its word until the tenant has once shown
// two; from then on one number may hide others, unless the answer itself shows
// two of somebody.
func (b *Book) replacesCallout(p *Page, s *sighting) bool {
	return len(s.callout) == 0 || p.CalloutMany || b.Style.Callout == OneSeen
}

// dropUnshown forgets queues that an answer begun at that time no longer shows, unless a
// listing does; what we sent ourselves goes on as merely sent while the write waits to be seen.
func dropUnshown(ms []Member, ids []int64, at Stamp, waits bool) []Member {
	out := slices.Clone(ms)
	for i := range out {
		if out[i].Row < at && !slices.Contains(ids, out[i].Queue) {
			out[i].Row = 0
		}
	}
	return keep(out, func(m Member) bool { return m.read() || m.Sent != 0 && waits })
}

// weighFilter learns from a queue_id listing how rows and filter relate.
func (b *Book) weighFilter(p *Page, s *sighting, r *Record) {
	shown := slices.Contains(s.callin, p.Query.QueueID)
	i := Find(r.Callin, p.Query.QueueID)
	shownSince := i >= 0 && r.Callin[i].Row >= b.crawl.since && r.Callin[i].Row != 0
	borneOut := shown && !(r.rowAt >= b.crawl.since && r.rowAt != 0 && !shownSince && !p.Many)
	b.crawl.denied = b.crawl.denied || !borneOut
	b.Style.sawListed(shown, borneOut)
	b.conduct.sawListed(shown, p.At)
}

// ListedWhole notes that a queue's listing, begun at that time, was read to its
// end: whoever was listed before and is not now has left it, unless a row shows
// otherwise. A filter never takes away what a row shows. Of an id that is not asked
// about, or no longer, nothing is noted.
func (b *Book) ListedWhole(queue int64, at Stamp) {
	l, asked := b.listed[queue]
	if !asked || l.at >= at {
		return
	}
	l.at = at
	b.listed[queue] = l
	for id, c := range b.cells {
		i := Find(c.rec.Callin, queue)
		if i < 0 || c.rec.Callin[i].Filter == 0 || c.rec.Callin[i].Filter >= at {
			continue
		}
		b.change(id, func(r *Record) {
			r.Callin = slices.Clone(r.Callin)
			r.Callin[i].Filter = 0
			if m := r.Callin[i]; m.Row == 0 && m.Sent == 0 {
				r.Callin = slices.Delete(r.Callin, i, i+1)
			}
		})
	}
	b.Version++
}

// OnlyRowed are the agents who are believed to be in a queue by a row older than its
// listing, read whole since then, which does not have them: by extension.
func (b *Book) OnlyRowed(queue int64, since Stamp) []string {
	var ids []string
	if b.listed[queue].at < since {
		return nil
	}
	for id, c := range b.cells {
		i := Find(c.rec.Callin, queue)
		if i < 0 {
			continue
		}
		if m := c.rec.Callin[i]; m.Row != 0 && m.Row < since && m.Filter < since && m.Sent < since {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Adjoin reports whether the rows of each agent are side by side on pages that adjoin and
// are of one moment, and notes where they are not. The pages may be in any order.
func (b *Book) Adjoin(pages []*Page) bool {
	var rows Scatter
	apart := false
	for _, p := range slices.SortedFunc(slices.Values(pages), func(x, y *Page) int { return x.Query.Page - y.Query.Page }) {
		apart = rows.Add(p) || apart
	}
	if apart {
		b.Style.Rows = Apart
	}
	return !apart
}

// RowWhole notes that an agent's rows, over all the pages they are on, were read in
// calls of which the first began at that time. many and outs: in an answer that showed
// two callin or two callout queues of somebody, on pages that certainly join.
func (b *Book) RowWhole(id string, first Stamp, many, outs bool) {
	b.change(id, func(r *Record) {
		if r.believes(apiclient.Callout, first) {
			b.concludeCallout(r, first, outs)
		}
		if !r.believes(apiclient.Callin, first) {
			return
		}
		// What pages showed that were read before, and did not join, says nothing beside these.
		r.Callin = dropUnshown(r.Callin, nil, first, true)
		if first > r.rowAt {
			r.rowAt, r.stands = first, false
		}
		if many {
			r.manyAt = max(r.manyAt, first)
			r.stands = r.stands || r.manyAt == r.rowAt
		}
		b.concludeRow(r)
	})
}

// concludeCallout makes the truth of the callout queues that rows on several pages
// show, of which the first was read then: see replacesCallout.
func (b *Book) concludeCallout(r *Record, first Stamp, wholly bool) {
	shown := evidence(keep(r.Callout, func(m Member) bool { return m.Row >= first }))
	if len(shown) == 0 || wholly || b.Style.Callout == OneSeen {
		r.Callout = dropUnshown(r.Callout, nil, first, b.vouches(r.LastWrite(apiclient.Callout), apiclient.Callout, shown))
	}
	since := SinceAll(first)
	b.conclude(r, apiclient.Callout, conclusion{since: &since})
}

// BeginCrawl notes that a crawl begins now.
func (b *Book) BeginCrawl(at Stamp) {
	b.crawl.since, b.crawl.several, b.crawl.denied = at, false, false
	b.conduct.begin()
}

// List is how the reading of the list of all agents went.
type List struct {
	Ended  bool // there were no more pages, whatever the claims
	Whole  bool // all of it was read, and its claimed total stood still meanwhile
	Agrees bool // as much was received as was claimed
	Apart  bool // rows of one agent lie apart
}

// AgentsWhole draws what the list of all agents, begun at that time, teaches.
// Agents no longer in it are forgotten if it was read whole.
func (b *Book) AgentsWhole(since Stamp, l List) {
	b.Crawled = b.Crawled || l.Ended
	b.Style.sawList(l.Apart, l.Whole)
	if l.Ended {
		b.conduct.sawList(len(b.cells), since)
	}
	for id, c := range maps.Clone(b.cells) {
		switch {
		case c.rec.Seen < since && l.Whole && l.Agrees:
			b.Forget(id)
		case c.rec.Seen >= since && c.rec.rowAt < since && l.Ended:
			// At the edge of a page; both pages were read.
			b.change(id, func(r *Record) {
				r.rowAt = since
				if r.believes(apiclient.Callout, since) {
					b.concludeCallout(r, since, false)
				}
			})
		}
	}
	b.Version++
}

// EvidenceWhole draws what a crawl teaches of the tenant once every queue's listing
// was read too, and returns the agents whose lists are to be concluded.
func (b *Book) EvidenceWhole() []string {
	b.Style.sawCrawl(b.Crawled && b.crawl.several && !b.crawl.denied)
	b.conduct.sawCrawl(b.crawl.several, b.Crawled && b.crawl.several && !b.crawl.denied, b.last)
	return slices.Collect(maps.Keys(b.cells))
}
