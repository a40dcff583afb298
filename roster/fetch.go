package roster

import (
	"context"
	"fmt"
	"hash/maphash"

	"github.com/alohub/agentconsole/apiclient"
)

// crawlSize is the page size asked for by everything but the list on the screen.
// It is always the same, for an upstream that caps it numbers its pages by the
// cap: page 1 is the second page of what it really gives.
const crawlSize = 100

// flight is one upstream read that several requests may wait for.
type flight struct {
	at   stamp
	done chan struct{}
	page *page
	err  error
}

// fetch makes a live call for somebody who waits, shared with an identical one
// under way unless that began before floor. The call outlives a caller who leaves.
func (t *Tenant) fetch(ctx context.Context, src Source, q apiclient.AgentQuery, floor stamp) (*page, error) {
	t.flights.Lock()
	f := t.flights.byQuery[q]
	if f == nil || f.at < floor {
		f = &flight{at: t.stamp(), done: make(chan struct{})}
		t.flights.byQuery[q] = f
		if !t.owner.spawn(func(base context.Context) { t.fly(base, f, src, q) }) {
			// The snapshot was dropped under somebody who still uses it.
			delete(t.flights.byQuery, q)
			t.flights.Unlock()
			return t.call(ctx, src, q, f.at)
		}
	}
	t.flights.Unlock()
	select {
	case <-f.done:
		return f.page, f.err
	case <-ctx.Done():
		return nil, fmt.Errorf("list agents: %w", ctx.Err())
	}
}

func (t *Tenant) fly(base context.Context, f *flight, src Source, q apiclient.AgentQuery) {
	ctx, cancel := context.WithTimeout(base, t.cfg.CallTimeout)
	defer cancel()
	f.page, f.err = t.call(ctx, src, q, f.at)
	t.flights.Lock()
	if t.flights.byQuery[q] == f {
		delete(t.flights.byQuery, q)
	}
	t.flights.Unlock()
	close(f.done)
}

// call reads one page and takes it into the book.
func (t *Tenant) call(ctx context.Context, src Source, q apiclient.AgentQuery, at stamp) (*page, error) {
	answer, err := src.ListAgents(ctx, q)
	if err != nil {
		return nil, err
	}
	p := t.pageOf(q, answer, at)
	if t.own(q) {
		t.take(p)
	}
	return p, nil
}

func (t *Tenant) pageOf(q apiclient.AgentQuery, answer *apiclient.AgentPage, at stamp) *page {
	p := &page{query: q, at: at, agents: mergeRows(answer.Rows), rows: len(answer.Rows), total: answer.TotalRecord}
	var h maphash.Hash
	h.SetSeed(t.seed)
	for i := range answer.Rows {
		row := &answer.Rows[i]
		for _, s := range [...]string{row.AgentID, text(row.QueueCallinID), text(row.QueueCallin), text(row.QueueCallout)} {
			_, _ = h.WriteString(s)
			_ = h.WriteByte(0)
		}
	}
	p.sig = h.Sum64()
	p.apart = apart(answer.Rows)
	for _, s := range p.agents {
		p.many = p.many || len(s.callin) > 1
		p.calloutMany = p.calloutMany || len(s.callout) > 1
	}
	if n := len(answer.Rows); n > 0 {
		if q.Page > 0 {
			p.edge[0] = answer.Rows[0].AgentID
		}
		if !(q.Page == 0 && p.total == n && t.short(q, n)) {
			p.edge[1] = answer.Rows[n-1].AgentID
		}
	}
	return p
}

// apart reports whether rows of one agent have another's between them. Then neither
// a page nor its edges tell where an agent's rows end: only the whole list does.
func apart(rows []apiclient.AgentRow) bool {
	begun := make(map[string]bool, len(rows))
	for i := range rows {
		id := rows[i].AgentID
		if i > 0 && rows[i-1].AgentID == id {
			continue
		}
		if begun[id] && id != "" {
			return true
		}
		begun[id] = true
	}
	return false
}

// short reports whether an answer of n rows is shorter than one is known to get.
func (t *Tenant) short(q apiclient.AgentQuery, n int) bool {
	if q.Size != crawlSize {
		return n < min(q.Size, 20)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return n < t.book.capacity
}

// ending is how a listing came to its end.
type ending struct {
	pages, rows, agents int
	total               int // the last claim
	// whole: all of the listing was read, and its claimed total stood still
	// meanwhile. False where the pages ended in a repeat or a bound that the
	// claimed total does not bear out.
	whole bool
	// ended: there were no more pages, whatever the claims.
	ended bool
	// agrees: rows or agents received are as many as claimed.
	agrees  bool
	stopped bool // by the caller
}

// maxPages bounds a listing that never ends.
const maxPages = 10_000

// rereads bounds how often one page is asked for again because its claimed total
// is not that of the pages before it, restarts how often a walk gives in and
// begins anew with the new total.
const (
	rereads  = 3
	restarts = 2
)

// walk reads a listing page by page, as get gives them, until each says stop or
// the listing ends: with an empty page, with a page read before, or with a page
// shorter than a full one while the claim agrees with what was received. A claim
// alone never ends it.
//
// Pages join only where they claim the same total: another one means that rows
// were added or removed, or that the upstream now counts rows differently (a row
// per queue pages differently from a row per agent), and that rows may be skipped
// at the joint. Such a page is read again, then the listing is; each must bear
// being given an agent twice.
func (t *Tenant) walk(get func(page int) (*page, error), each func(*page) (stop bool)) (ending, error) {
	w := walker{t: t, get: get, each: each}
	for range restarts {
		if end, moved, err := w.pass(true); err != nil || !moved {
			return end, err
		}
	}
	end, _, err := w.pass(false)
	return end, err
}

type walker struct {
	t    *Tenant
	get  func(int) (*page, error)
	each func(*page) (stop bool)
}

// pass walks once. Where strict, it ends with moved set as soon as a page stays
// one of another total.
func (w *walker) pass(strict bool) (end ending, moved bool, err error) {
	seen := make(map[uint64]bool)
	ids := make(map[string]bool)
	end.total = -1
	for n := 0; ; n++ {
		p, err := w.get(n)
		for try := 0; err == nil && strict && n > 0 && p.total != end.total && try < rereads; try++ {
			p, err = w.get(n)
		}
		if err != nil {
			return end, false, err
		}
		end.pages++
		differs := n > 0 && p.total != end.total
		moved = moved || differs
		end.total = p.total
		repeated := p.rows > 0 && seen[p.sig]
		seen[p.sig] = true
		if !repeated {
			end.rows += p.rows
			for _, s := range p.agents {
				ids[s.row.AgentID] = true
			}
			end.agents = len(ids)
			end.agrees = end.total == end.rows || end.total == end.agents
			if w.each(p) {
				end.stopped = true
				return end, false, nil
			}
		}
		if strict && differs {
			return end, true, nil
		}
		switch {
		case p.rows == 0, end.agrees && w.t.short(p.query, p.rows):
			end.ended, end.whole = true, !moved
			return end, moved, nil
		case repeated, n+1 >= maxPages:
			end.ended, end.whole = end.agrees, !moved && end.agrees
			return end, moved, nil
		}
	}
}

// live gives a walk its pages through shared calls that began after floor.
func (t *Tenant) live(ctx context.Context, src Source, queue int64, floor stamp) func(int) (*page, error) {
	return func(n int) (*page, error) {
		return t.fetch(ctx, src, apiclient.AgentQuery{QueueID: queue, Page: n, Size: crawlSize}, floor)
	}
}

// List makes the documented live call and returns its agents, each with every
// queue known of it. Identical calls at the same moment share one upstream call.
// What was received feeds the snapshot, unless q.TeamID names another tenant.
func (t *Tenant) List(ctx context.Context, src Source, q apiclient.AgentQuery) (Listing, error) {
	t.touch()
	p, err := t.fetch(ctx, src, q, 0)
	if err != nil {
		return Listing{Total: -1}, err
	}
	out := Listing{Total: p.total, Rows: p.rows, At: p.at.time(), HasMore: t.hasMore(p)}
	out.Agents = make([]Agent, 0, len(p.agents))
	for _, s := range p.agents {
		if a, ok := t.Known(s.row.AgentID); ok && t.own(q) {
			out.Agents = append(out.Agents, a)
			continue
		}
		out.Agents = append(out.Agents, t.stranger(s, p.at))
	}
	return out, nil
}

// hasMore reports whether another page is worth asking for. The rows decide: a
// claim of less than was received is not believed, nor is one of just what this page
// has, where a crawl has met more.
func (t *Tenant) hasMore(p *page) bool {
	if p.rows == 0 {
		return false
	}
	per, known := t.perPage(p.query.Size), 0
	if p.query.QueueID == 0 && p.query.Status == "" && t.own(p.query) {
		known = t.agentCount()
	}
	full := p.rows >= max(per, 1)
	switch received := p.query.Page*per + p.rows; {
	case full && (p.total < received || received < known):
		return true
	case p.total < 0:
		return full
	}
	return t.claimsMore(p, full)
}

// Count is how many agents of a status ("" for any), in a callin queue (0 for any),
// the snapshot has; -1 where no crawl has come to its end.
func (t *Tenant) Count(status string, queue int64) int {
	v := t.view()
	if !v.facts.crawled {
		return -1
	}
	return len(v.search(SearchQuery{Status: status, Queue: queue}))
}

func (t *Tenant) agentCount() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.book.cells)
}

// claimsMore is hasMore for a claim that may be believed.
func (t *Tenant) claimsMore(p *page, full bool) bool {
	// A page before the last one is as long as the upstream makes them.
	per := p.rows
	if p.query.Page > 0 && !full {
		per = max(per, t.perPage(p.query.Size))
	}
	end := p.query.Page*per + p.rows
	return end < p.total || end > p.total && full
}

// perPage is how many rows an answer to size is known to get.
func (t *Tenant) perPage(size int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.book.capacity > 0 {
		return min(size, t.book.capacity)
	}
	return size
}

// stranger is an agent of another tenant, or of a snapshot that is full: it is
// shown, and forgotten.
func (t *Tenant) stranger(s *shown, at stamp) Agent {
	t.mu.Lock()
	r := record{id: s.row.AgentID, status: -1, followMe: -1, record: -1, seen: at}
	t.describe(&r, s)
	t.mu.Unlock()
	r.callin, r.callout = show(nil, s.callin, at), show(nil, s.callout, at)
	a := r.agent(func(typ apiclient.QueueType, id int64) string {
		if typ == apiclient.Callout {
			return s.calloutNames[id]
		}
		return s.callinNames[id]
	})
	a.Editable, a.WhyNot = false, NotOtherTenant
	a.CallinUnsure = []Unsure{RowOld}
	return a
}
