package roster

import (
	"context"
	"fmt"
	"slices"

	"github.com/alohub/agentconsole/apiclient"
)

// findRow reads the unfiltered page that shows an agent, and the pages beside it
// where the agent's rows may go on there, with calls that began after floor.
func (t *Tenant) findRow(ctx context.Context, src Source, id string, floor stamp) error {
	get := t.live(ctx, src, 0, floor)
	if t.rowsApart() {
		return t.findScattered(get, id)
	}
	if n := t.hint(id); n >= 0 {
		p, err := get(n)
		if err != nil {
			return err
		}
		if holds(p, id) {
			return t.resolveEdges(get, p, id)
		}
	}
	var at *page
	end, err := t.walk(get, func(p *page) bool {
		if holds(p, id) {
			at = p
		}
		return at != nil
	})
	if err != nil {
		return err
	}
	if at != nil {
		return t.resolveEdges(get, at, id)
	}
	if end.whole {
		t.mu.Lock()
		t.forget(id)
		t.mu.Unlock()
	}
	return fmt.Errorf("find agent %s: %w", id, ErrNoSuchAgent)
}

func (t *Tenant) rowsApart() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.apart
}

// findScattered reads the whole list, as any page of it may have a row of the agent.
func (t *Tenant) findScattered(get func(int) (*page, error), id string) error {
	var first stamp
	held, many := false, false
	end, err := t.walk(get, func(p *page) bool {
		if first == 0 || p.query.Page == 0 {
			first, held = p.at, false // the walk began anew
		}
		first = min(first, p.at)
		held, many = held || holds(p, id), many || p.many
		return false
	})
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if !held || c == nil {
		if end.whole && !held {
			t.forget(id)
		}
		return fmt.Errorf("find agent %s: %w", id, ErrNoSuchAgent)
	}
	r := *c.rec
	if end.ended && t.believes(&r, apiclient.Callin, first) {
		r.rowAt = max(r.rowAt, first)
		if many && end.whole {
			r.manyAt = max(r.manyAt, first)
		}
	}
	t.replace(c, &r)
	return nil
}

// resolveEdges reads on while the agent's rows may be continued on the next page
// or continue from the one before, and then notes its rows as read. They do not
// count as wholly shown: should the style change between two calls, the pages do
// not join where they seem to.
func (t *Tenant) resolveEdges(get func(int) (*page, error), p *page, id string) error {
	if p.edge[0] != id && p.edge[1] != id {
		return nil // noted when the page was taken
	}
	first := p.at
	for _, step := range [...]int{1, -1} {
		edge := (1 + step) / 2
		for at, n := p, p.query.Page; at.edge[edge] == id && n+step >= 0 && n < maxPages; {
			n += step
			next, err := get(n)
			for try := 0; err == nil && next.total != at.total && try < rereads; try++ {
				next, err = get(n) // the two do not join: see walk
			}
			if err != nil {
				return err
			}
			first = min(first, next.at)
			if next.sig == at.sig && at.total != at.rows {
				return nil // the same page again: what is beyond it cannot be read
			}
			if next.sig == at.sig || !holds(next, id) {
				break
			}
			at = next
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return nil // the snapshot is full
	}
	r := *c.rec
	if t.believes(&r, apiclient.Callin, first) {
		r.rowAt = max(r.rowAt, first)
	}
	t.replace(c, &r)
	return nil
}

func (t *Tenant) hint(id string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.book.cells[id]; c != nil {
		return int(c.hint)
	}
	return -1
}

func holds(p *page, id string) bool {
	return slices.ContainsFunc(p.agents, func(s *shown) bool { return s.row.AgentID == id })
}
