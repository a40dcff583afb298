package live

import (
	"context"
	"fmt"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// findRow reads the unfiltered page that shows an agent, and the pages beside it
// where the agent's rows may go on there, with calls that began since then.
func (a asker) findRow(ctx context.Context, id string, since belief.Stamp) error {
	if a.t.style().Rows != belief.Apart {
		if err := a.findTogether(ctx, id, since); err != nil || a.t.style().Rows != belief.Apart {
			return err
		}
		// What was read has shown that rows lie apart, and so was not all.
	}
	return a.findScattered(ctx, id, since)
}

// findTogether is findRow where an agent's rows are side by side.
func (a asker) findTogether(ctx context.Context, id string, since belief.Stamp) error {
	t, get := a.t, a.pages(ctx, 0, since)
	if n := t.pageOf(id); n >= 0 {
		p, err := get(n)
		if err != nil {
			return err
		}
		if p.Holds(id) {
			return a.resolveEdges(ctx, get, p, id)
		}
	}
	known := t.record(id) != nil
	for range listingTries {
		var at *belief.Page
		var pages []*belief.Page
		holds := func(p *belief.Page) bool {
			if p.Holds(id) {
				at = p
			}
			return at != nil
		}
		end, err := t.walk(get, func(p *belief.Page) bool {
			if p.Query.Page == 0 {
				pages = nil // the walk began anew
			}
			pages = append(pages, p)
			return holds(p)
		})
		joined := !known
		if err == nil && at == nil && known && end.whole {
			// Somebody known is not gone because they were on no page when it was read: they
			// may have changed places with another meanwhile.
			joined, _, err = a.join(ctx, toProve(pages, end), sameAgents, holds)
		}
		switch {
		case err != nil:
			return err
		case at != nil:
			return a.resolveEdges(ctx, get, at, id)
		case joined:
			return t.noSuchAgent(id, end.whole)
		}
		get = a.pages(ctx, 0, t.stamp())
	}
	return t.noSuchAgent(id, false)
}

// noSuchAgent says that the list does not show an agent, who is forgotten where all of it was
// read.
func (t *Tenant) noSuchAgent(id string, whole bool) error {
	if whole {
		t.mu.Lock()
		t.book.Forget(id)
		t.mu.Unlock()
	}
	return fmt.Errorf("find agent %s: %w", id, roster.ErrNoSuchAgent)
}

// findScattered reads the whole list, as any page of it may have a row of the agent. It
// counts where its pages were proven to be of one moment.
func (a asker) findScattered(ctx context.Context, id string, since belief.Stamp) error {
	t := a.t
	for range listingTries {
		l := scattered{id: id}
		end, err := t.walk(a.pages(ctx, 0, since), l.add)
		if err != nil {
			return err
		}
		if !l.held || t.record(id) == nil {
			return t.noSuchAgent(id, end.whole && !l.held)
		}
		if !end.ended {
			return nil
		}
		joined, _, err := a.join(ctx, toProve(l.pages, end), sameRows, nothing)
		if err != nil {
			return err
		}
		if joined {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.book.RowWhole(id, l.first, l.many && end.whole, l.outs && end.whole)
			return nil
		}
		since = t.stamp()
	}
	return nil
}

// scattered is what a list shows of an agent, any page of which may have rows of theirs.
type scattered struct {
	id         string
	pages      []*belief.Page
	first      belief.Stamp
	held       bool
	many, outs bool
}

func (s *scattered) add(p *belief.Page) (stop bool) {
	if p.Query.Page == 0 {
		// Or the walk began anew: what hides no queue was then, and may have turned since.
		*s = scattered{id: s.id, first: p.At, outs: true}
	}
	s.pages = append(s.pages, p)
	s.first = min(s.first, p.At)
	s.held, s.many = s.held || p.Holds(s.id), s.many || p.Many
	s.outs = s.outs && (p.CalloutMany || !p.Holds(s.id))
	return false
}

// resolveEdges notes an agent's rows as read where its page shows both their ends;
// else it looks at the page's edge through a page of another size, that has the edge
// in its middle, so that all the agent's rows are in one answer. Only where the API
// has no such page are the pages beside it read.
func (a asker) resolveEdges(ctx context.Context, get func(int) (*belief.Page, error), p *belief.Page, id string) error {
	if p.Edge[0] != id && p.Edge[1] != id {
		return nil // noted when the page was taken
	}
	// At the end of the list there is only to see that it ends.
	last := p.Edge[0] != id && a.t.isLast(p)
	if q, ok := a.t.window(p, id); ok && !last {
		w, err := a.ask(ctx, q, p.At)
		if err != nil {
			return err
		}
		if w.Rows <= q.Size && w.Holds(id) && w.Edge[0] != id && w.Edge[1] != id {
			return nil // noted when the page was taken
		}
	}
	return a.readBeside(ctx, get, p, id)
}

// window is the query of a smaller page that has the edge an agent stands at in its
// middle, if the API gives pages of any size below its largest.
func (t *Tenant) window(p *belief.Page, id string) (q apiclient.AgentQuery, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	capacity := t.book.Capacity()
	if p.Query.Size != belief.FullSize || p.Edge[0] == id && p.Edge[1] == id {
		return q, false
	}
	edge := p.Query.Page * capacity
	if p.Edge[1] == id {
		edge += p.Rows
	}
	for size := capacity - 1; size >= capacity/3 && size > 2; size-- {
		if beside := min(edge%size, size-edge%size); beside > max(1, size/4) {
			return apiclient.AgentQuery{Page: edge / size, Size: size}, true
		}
	}
	return q, false
}

// readBeside reads on while the agent's rows may be continued on the next page or
// continue from the one before, and then notes its rows as read, if the pages were proven
// to be of one moment. They do not count as wholly shown: should the style change between
// two calls, the pages do not join where they seem to, unless each of them shows two
// queues of somebody, and so hides none. Nor do they say anything where another agent's
// rows stand on both sides: then rows lie apart.
func (a asker) readBeside(ctx context.Context, get func(int) (*belief.Page, error), p *belief.Page, id string) error {
	for range listingTries {
		b, err := a.beside(get, p, id)
		if err != nil || b.stuck {
			return err
		}
		joined, _, err := a.join(ctx, b.pages[:len(b.pages)-1], sameAgents, nothing)
		if err != nil {
			return err
		}
		if joined {
			a.t.mu.Lock()
			defer a.t.mu.Unlock()
			if a.t.book.Adjoin(b.pages) {
				a.t.book.RowWhole(id, b.first, b.many, b.outs)
			}
			return nil
		}
		since := a.t.stamp()
		get = a.pages(ctx, 0, since)
		if p, err = get(p.Query.Page); err != nil {
			return err
		}
		if !p.Holds(id) {
			return nil // it has moved away; the row counts as old
		}
	}
	return nil
}

// beside is what pages that adjoin show of one agent.
type beside struct {
	pages      []*belief.Page // that have to join, as they were read
	first      belief.Stamp
	many, outs bool
	stuck      bool // what is beyond cannot be read
}

func (a asker) beside(get func(int) (*belief.Page, error), p *belief.Page, id string) (beside, error) {
	b := beside{pages: []*belief.Page{p}, first: p.At, many: p.Many, outs: p.CalloutMany}
	seen := map[uint64]bool{p.Sig: true}
	for _, step := range [...]int{1, -1} {
		edge := (1 + step) / 2
		for at, n := p, p.Query.Page; at.Edge[edge] == id && n+step >= 0 && n < maxPages; {
			n += step
			next, err := get(n)
			for try := 0; err == nil && next.Total != at.Total && try < rereads; try++ {
				next, err = get(n) // the two do not join: see walk
			}
			if err != nil {
				return b, err
			}
			b.first = min(b.first, next.At)
			// An empty page hides nobody where the one before is the end by its own claim.
			end := next.Rows == 0 && a.t.isLast(at)
			b.many, b.outs = b.many && (next.Many || end), b.outs && (next.CalloutMany || end)
			if !end {
				b.pages = append(b.pages, next)
			}
			if (seen[next.Sig] || next.Repeats(p)) && at.Total != at.Rows {
				b.stuck = true // the same page again
				return b, nil
			}
			if seen[next.Sig] || !next.Holds(id) {
				break
			}
			seen[next.Sig] = true
			at = next
		}
	}
	return b, nil
}

// isLast reports whether a page is the last of the list by its own claim.
func (t *Tenant) isLast(p *belief.Page) bool {
	return p.Query.Page*t.perPage(p.Query.Size)+p.Rows == p.Total
}

func (t *Tenant) pageOf(id string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.PageOf(id)
}
