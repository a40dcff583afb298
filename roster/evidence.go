package roster

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alohub/agentconsole/apiclient"
)

// What the truth about a callin list is taken to be:
//
// A complete reading of one agent since some moment is its unfiltered row, to
// both edges of its page, and the queue_id listing, to its end, of every known
// queue that the row does not show, all of them in calls that began after that
// moment. What it yields is the union: a queue the row shows is in, whether or not
// the filter lists the agent there; a queue the filter lists is in, whether or not
// the row shows it. (The listings are left out where rows make them pointless:
// see rowsSuffice.)
//
// A complete reading replaces what was known before. Older evidence it does not
// bear out is dropped, for a queue that somebody else took away must not come
// back through our memory and be written again. An incomplete reading only adds.
//
// One thing outlives a complete reading: our own last write, as long as no read
// has shown it. Its queues stay as Sent for Config.SentFor, and the list is unsure
// for that long (SentNotSeen). Once a read has shown the write, reads alone count.
// Where the API can never show a whole list (no row and no filter of the tenant
// ever showed a second queue; and callout, which has one number and no filter),
// our write stays for as long as what is shown is a part of it.
//
// Known queues are all callin queues any row or listing has shown, any name
// remembered from before, and any queue we have written.

// gatherers bounds the listings read at once for one agent.
const gatherers = 4

// Gather reads an agent's row and, for callin, the queue_id listings of every
// known queue its row does not show, reusing what is younger than maxAge (0:
// nothing). What was read stays known even where an error ends it, and the Agent
// then holds it, so a call repeated with a maxAge goes on where the first stopped.
func (t *Tenant) Gather(ctx context.Context, src Source, id string, typ apiclient.QueueType, maxAge time.Duration) (Agent, error) {
	t.touch()
	floor := t.stamp()
	if maxAge > 0 {
		floor -= stamp(maxAge)
	}
	_, err := t.gather(ctx, src, id, typ, floors{floor, floor})
	a, ok := t.Known(id)
	if err == nil && !ok {
		err = fmt.Errorf("gather agent %s: %w", id, ErrNoSuchAgent)
	}
	return a, err
}

// floors is since when a row and since when listings count.
type floors struct{ row, listings stamp }

func (f floors) both() stamp { return min(f.row, f.listings) }

// gather makes a complete reading of an agent: the row in a call that began after
// the one floor, the listings in calls that began after the other. It returns the
// floors it went by, which are later where a write of the list came in between:
// what was read before that tells nothing of it.
func (t *Tenant) gather(ctx context.Context, src Source, id string, typ apiclient.QueueType, f floors) (floors, error) {
	t.recallNames(ctx)
	last := t.lastWrite(ctx, id, typ)
	if last != nil && !t.knowsWrite(id, typ, last.entry) {
		last.at, last.adopted = t.stamp(), true
	} else {
		last = nil
	}
	if last != nil {
		f = floors{max(f.row, last.at+1), max(f.listings, last.at+1)}
	} else if at := t.overtaken(id, typ); at > 0 {
		f = floors{max(f.row, at+1), max(f.listings, at+1)}
	}
	if !t.rowRead(id, f.row) {
		if err := t.findRow(ctx, src, id, f.row); err != nil {
			return f, err
		}
	}
	t.adopt(id, typ, last)
	if typ == apiclient.Callin {
		if err := t.gatherListings(ctx, src, id, f); err != nil {
			return f, err
		}
	}
	t.settle(id, typ, f.both())
	t.settleLeftovers(ctx, id, typ, f.both())
	t.settleRecording(ctx, id)
	return f, nil
}

// overtaken returns when what had been read of a list was overtaken by a write: one
// of ours that no read has shown yet, or one that the journal alone told us of. 0
// where there was none. (One of ours that was read back is part of what is known.)
func (t *Tenant) overtaken(id string, typ apiclient.QueueType) stamp {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.book.cells[id]; c != nil {
		if w := c.rec.wrote[slot(typ)]; w != nil && (w.pending() || w.adopted) {
			return w.at
		}
	}
	return 0
}

// rowRead reports whether the agent's row was read since floor.
func (t *Tenant) rowRead(id string, floor stamp) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	return c != nil && c.rec.rowAt >= floor
}

// gatherListings reads listings until none is missing: one may reveal a queue
// that was not known before.
func (t *Tenant) gatherListings(ctx context.Context, src Source, id string, f floors) error {
	tried := make(map[int64]bool)
	for {
		missing := slices.DeleteFunc(t.missing(id, f), func(q int64) bool { return tried[q] })
		if len(missing) == 0 {
			return nil
		}
		group, gctx := errgroup.WithContext(ctx)
		group.SetLimit(gatherers)
		for _, queue := range missing {
			tried[queue] = true
			group.Go(func() error { return t.gatherListing(gctx, src, id, queue, f.listings) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
}

// missing returns the known queues of which nothing was read since floor that
// says whether the agent is in them.
func (t *Tenant) missing(id string, f floors) []int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return nil
	}
	return t.book.missing(c.rec, f)
}

// gatherListing reads a queue's listing until the agent is found or it ends.
func (t *Tenant) gatherListing(ctx context.Context, src Source, id string, queue int64, floor stamp) error {
	was := t.listedIn(id, queue)
	for try := 0; ; try++ {
		var begun stamp
		end, err := t.walk(t.live(ctx, src, queue, floor), func(p *page) bool {
			if begun == 0 || p.query.Page == 0 {
				begun = p.at
			}
			return holds(p, id)
		})
		if err != nil {
			return err
		}
		if end.stopped {
			return nil
		}
		// Rows that shift between the pages of a listing can carry an agent past
		// the reader. So a listing that denies what was known is read once more;
		// of one page, it cannot have shifted.
		if was && end.pages > 1 && try == 0 {
			floor = t.stamp()
			continue
		}
		if end.whole {
			t.listedWhole(queue, begun)
		}
		return nil
	}
}

func (t *Tenant) listedIn(id string, queue int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return false
	}
	i := find(c.rec.callin, queue)
	return i >= 0 && c.rec.callin[i].filter != 0
}

// settle makes what was read since floor the truth about a list, if it was a
// complete reading: what it does not bear out is dropped, our own write aside.
func (t *Tenant) settle(id string, typ apiclient.QueueType, floor stamp) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return
	}
	r := *c.rec
	if w := r.wrote[slot(typ)]; w.pending() && w.at >= floor {
		return // the reading began before our write, and tells nothing of it
	}
	if typ == apiclient.Callin {
		if r.rowAt < floor || len(t.book.missing(&r, floors{floor, floor})) > 0 {
			return
		}
		r.callin = slices.DeleteFunc(slices.Clone(r.callin), func(m member) bool {
			return max(m.row, m.filter) < floor && m.sent == 0
		})
		for i := range r.callin {
			if m := &r.callin[i]; m.sent != 0 && max(m.row, m.filter) < floor {
				m.row, m.filter = 0, 0
			}
		}
		r.callinAt = max(r.callinAt, floor)
	}
	t.settleWrite(&r, typ)
	t.replace(c, &r)
}

// settleWrite decides what becomes of our own last write once reads are in.
func (t *Tenant) settleWrite(r *record, typ apiclient.QueueType) {
	w := r.wrote[slot(typ)]
	ms := slices.Clone(r.members(typ))
	if w.pending() {
		read := evidence(ms)
		next := *w
		switch {
		case sameSet(read, w.after), t.bearsOut(w, read, typ):
			next.seen = true
		case t.stampLocked()-w.sentAt <= stamp(t.cfg.SentFor):
		case t.book.canHide(typ) && w.applied && len(read) > 0 && len(minus(read, w.after)) == 0:
		default:
			next.seen = true // too long ago: reads alone count from now on
		}
		w = &next
		r.wrote[slot(typ)] = w
	}
	if !w.pending() {
		ms = slices.DeleteFunc(ms, func(m member) bool { return m.row == 0 && m.filter == 0 })
	}
	r.setMembers(typ, ms)
}

// bearsOut reports whether a part of a write was read that cannot be explained
// without it. Where a list can hide, nothing but all of it will do.
func (t *Tenant) bearsOut(w *write, read []int64, typ apiclient.QueueType) bool {
	if t.book.canHide(typ) {
		return false
	}
	removed := minus(w.before, w.after)
	return len(both(minus(w.after, w.before), read)) > 0 || len(removed) > 0 && len(both(removed, read)) == 0
}
