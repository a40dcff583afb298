package live

import (
	"context"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// Listing is the answer of a live call, with what else is known of its agents.
type Listing struct {
	Agents  []roster.Agent // one per agent, in the order of their first rows
	Total   int            // the upstream's claim, -1 where it made none
	Rows    int            // rows received, before merging
	HasMore bool           // another page is worth asking for
	At      time.Time
}

// List makes the documented live call and returns its agents, each with every
// queue known of it. Identical calls at the same moment share one upstream call.
// What was received feeds the snapshot, unless q.TeamID names another tenant.
func (t *Tenant) List(ctx context.Context, src Source, q apiclient.AgentQuery) (Listing, error) {
	return t.list(ctx, src, course{query: q})
}

// Glance is List for a page that refreshes by itself, of a Source that lets who waits go
// first: several of them share one call, and nobody who waits is given it.
func (t *Tenant) Glance(ctx context.Context, src Source, q apiclient.AgentQuery) (Listing, error) {
	return t.list(ctx, src, course{query: q, idle: true})
}

func (t *Tenant) list(ctx context.Context, src Source, c course) (Listing, error) {
	t.touch()
	q := c.query
	p, err := t.join(ctx, src, c, 0)
	if err != nil {
		return Listing{Total: -1}, err
	}
	if q.QueueID != 0 && t.own(q) && t.takeListing(p) {
		// Whoever left is no more shown anywhere. That rows cannot be read now is no
		// reason not to show what was.
		if err := (asker{t: t, src: src}).correct(ctx, q.QueueID, p.At); err != nil {
			t.cfg.Logger.DebugContext(ctx, "roster: rows not read again", "error", err)
		}
	}
	out := Listing{Total: p.Total, Rows: p.Rows, At: p.At.Time(), HasMore: t.hasMore(p)}
	out.Agents = t.shown(make([]roster.Agent, 0, p.Len()), p, nil)
	return out, nil
}

// takeListing notes a queue's listing where one answer is all of it, and reports
// whether it is.
func (t *Tenant) takeListing(p *belief.Page) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.Query.Status != "" || p.Query.Page != 0 || p.Total != p.Rows || !t.book.Short(p.Query, p.Rows) {
		return false
	}
	t.book.ListedWhole(p.Query.QueueID, p.At)
	return true
}

// hasMore reports whether another page is worth asking for. The rows decide: a
// claim of less than was received is not believed, nor is one of just what this page
// has, where a crawl has met more.
func (t *Tenant) hasMore(p *belief.Page) bool {
	if p.Rows == 0 {
		return false
	}
	per, known := t.perPage(p.Query.Size), 0
	if p.Query.QueueID == 0 && p.Query.Status == "" && t.own(p.Query) {
		known = t.agentCount()
	}
	full := p.Rows >= max(per, 1)
	switch received := p.Query.Page*per + p.Rows; {
	case full && (p.Total < received || received < known):
		return true
	case p.Total < 0:
		return full
	}
	return t.claimsMore(p, full)
}

func (t *Tenant) agentCount() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Len()
}

// claimsMore is hasMore for a claim that may be believed.
func (t *Tenant) claimsMore(p *belief.Page, full bool) bool {
	// A page before the last one is as long as the upstream makes them.
	per := p.Rows
	if p.Query.Page > 0 && !full {
		per = max(per, t.perPage(p.Query.Size))
	}
	end := p.Query.Page*per + p.Rows
	return end < p.Total || end > p.Total && full
}

// perPage is how many rows an answer to size is known to get.
func (t *Tenant) perPage(size int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := t.book.Capacity(); n > 0 {
		return min(size, n)
	}
	return size
}
