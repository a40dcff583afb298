package live

import (
	"errors"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster/belief"
)

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
// the listing ends: with an empty page, with a page read before, also cut, or with a page
// shorter than a full one, or one that is refused as not there, while the claim agrees with
// what was received. A claim alone never ends it.
//
// Pages join only where they claim the same total: another one means that rows
// were added or removed, or that the upstream now counts rows differently (a row
// per queue pages differently from a row per agent), and that rows may be skipped
// at the joint. Such a page is read again, then the listing is; each must bear
// being given an agent twice.
func (t *Tenant) walk(get func(page int) (*belief.Page, error), each func(*belief.Page) (stop bool)) (ending, error) {
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
	get  func(int) (*belief.Page, error)
	each func(*belief.Page) (stop bool)
}

// pass walks once. Where strict, it ends with moved set as soon as a page stays
// one of another total.
func (w *walker) pass(strict bool) (end ending, moved bool, err error) {
	var first *belief.Page
	seen := make(map[uint64]bool)
	ids := make(map[string]bool)
	end.total = -1
	for n := 0; ; n++ {
		p, err := w.get(n)
		for try := 0; err == nil && strict && n > 0 && p.Total != end.total && try < rereads; try++ {
			p, err = w.get(n)
		}
		if end.agrees && IsBeyond(n, err) {
			end.ended, end.whole = true, !moved
			return end, moved, nil
		}
		if err != nil {
			return end, false, err
		}
		end.pages++
		differs := n > 0 && p.Total != end.total
		moved = moved || differs
		end.total = p.Total
		if n == 0 {
			first = p
		}
		repeated := p.Rows > 0 && (seen[p.Sig] || n > 0 && p.Repeats(first))
		seen[p.Sig] = true
		if !repeated {
			end.rows += p.Rows
			for id := range p.Agents() {
				ids[id] = true
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
		case p.Rows == 0, end.agrees && w.t.short(p.Query, p.Rows):
			end.ended, end.whole = true, !moved
			return end, moved, nil
		case repeated, n+1 >= maxPages:
			end.ended, end.whole = end.agrees, !moved && end.agrees
			return end, moved, nil
		}
	}
}

// IsBeyond reports whether an API refuses a page, which is not the first, as one that is
// not there: its page does not say whether that is an empty answer or an error.
func IsBeyond(page int, err error) bool {
	return page > 0 && (errors.Is(err, apiclient.ErrNotFound) || errors.Is(err, apiclient.ErrInvalidInput))
}

// short reports whether an answer of n rows is shorter than one is known to get.
func (t *Tenant) short(q apiclient.AgentQuery, n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Short(q, n)
}
