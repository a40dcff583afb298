package live

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// Gather reads an agent's row and, for callin, the queue_id listings of every
// known queue its row does not show, reusing what is younger than maxAge (0:
// nothing). What was read stays known even where an error ends it, and the Agent
// then holds it, so a call repeated with a maxAge goes on where the first stopped.
func (t *Tenant) Gather(ctx context.Context, src Source, id string, typ apiclient.QueueType, maxAge time.Duration) (roster.Agent, error) {
	t.touch()
	r := t.reading(asker{t: t, src: src}, id, typ)
	err := r.gather(ctx, belief.SinceAll(t.stamp()-belief.Stamp(max(maxAge, 0))))
	a, ok := t.Known(id)
	if err == nil && !ok {
		err = fmt.Errorf("gather agent %s: %w", id, roster.ErrNoSuchAgent)
	}
	return a, err
}

// reading is the complete reading of one list of an agent.
type reading struct {
	asker
	id  string
	typ apiclient.QueueType
	// entry is of the change that this is read for, where it is in the journal already.
	entry string
	// since is since when what it rests on counts; set by gather. begun is when the reading
	// for the change began; set by fresh.
	since belief.Since
	begun belief.Stamp
	// progress is told how many listings have been read, of how many, and when the
	// oldest of the rest was. May be nil.
	progress func(done, total int, oldest time.Time)
	// behind is told whom the change this is read for waits for, and by the zero Holder
	// that it no longer does. May be nil.
	behind func(journal.Holder)
	// shown reports whether the person it is read for has been shown, or is about to be, that
	// it goes on by itself. May be nil.
	shown func() bool
	// enough is closed when a person will not wait for the listings of queues that
	// the change is not about. May be nil.
	enough <-chan struct{}
}

func (t *Tenant) reading(a asker, id string, typ apiclient.QueueType) *reading {
	return &reading{asker: a, id: id, typ: typ}
}

// gather makes a complete reading of the list, of calls that began since then. Where
// a write of the list came in between, what is read of it counts from then on only.
func (r *reading) gather(ctx context.Context, since belief.Since) error {
	t := r.t
	t.recall(ctx)
	told := t.toldOf(ctx, r.id, r.typ, r.entry)
	if told != nil {
		since = since.After(told.At + 1).Naming(told.Changed()...)
	}
	if rec := t.record(r.id); rec != nil {
		if at := rec.Overtaken(r.typ); at > 0 {
			since = since.After(at + 1).Naming(rec.LastWrite(r.typ).Changed()...)
		}
	}
	r.since = since
	if rec := t.record(r.id); rec == nil || rec.RowAt() < since.Row {
		if err := r.findRow(ctx, r.id, since.Row); err != nil {
			return err
		}
	}
	r.newestRow()
	if told != nil {
		t.mu.Lock()
		t.book.Told(r.id, r.typ, *told)
		t.mu.Unlock()
	}
	if r.typ == apiclient.Callin {
		if err := r.gatherListings(ctx); err != nil {
			return err
		}
		if t.mayLieApart(r.id, r.since) {
			if err := r.findScattered(ctx, r.id, since.Row); err != nil {
				return err
			}
			r.newestRow()
			if err := r.gatherListings(ctx); err != nil {
				return err
			}
		}
		if err := r.rowAgain(ctx); err != nil {
			return err
		}
	}
	t.conclude(r.id, r.typ, r.since)
	t.settleLeftovers(ctx, r.id, r.typ, r.since.Fresh())
	t.settleRecording(ctx, r.id)
	return nil
}

// newestRow has what rows showed count from when the row was last read whole: it may have been
// read before that, on pages that did not join, or by an edge.
func (r *reading) newestRow() {
	if rec := r.t.record(r.id); rec != nil {
		r.since.Row = max(r.since.Row, rec.RowAt())
	}
}

// rowAgain reads the row once more where a listing has shown another since: the list was
// changed while it was read, or the row lagged. Once: where the style of rows changes from
// call to call, they never agree.
func (r *reading) rowAgain(ctx context.Context) error {
	if rec := r.t.record(r.id); rec == nil || !rec.RowMoved() {
		return nil
	}
	r.since.Row = r.t.stamp()
	if err := r.findRow(ctx, r.id, r.since.Row); err != nil {
		return err
	}
	return r.gatherListings(ctx)
}

// gatherListings reads listings until none is missing: one may reveal a queue
// that was not known before, and what the list has is what the change is about.
func (r *reading) gatherListings(ctx context.Context) error {
	tried, done, total := make(map[int64]belief.Stamp), 0, 0
	for {
		r.since = r.since.Naming(r.believed()...)
		missing := slices.DeleteFunc(r.t.missing(r.id, r.since), func(q int64) bool {
			at, ok := tried[q]
			return ok && at >= r.since.Of(q)
		})
		if len(missing) == 0 {
			r.tell(total, total, 0)
			return nil
		}
		r.oldestFirst(missing)
		total = max(total, done+len(missing))
		r.tell(done, total, missing[0])
		// What the change is about comes first, the rest a few at a time, so that a
		// person who will wait no longer need not.
		batch := missing[:min(len(missing), gatherers)]
		if named := roster.Both(missing, r.since.Named); len(named) > 0 {
			batch = named
		} else if r.isEnough() {
			return nil
		}
		for _, queue := range batch {
			tried[queue] = r.since.Of(queue)
		}
		if err := r.readListings(ctx, r.id, batch, r.since.Of, nil); err != nil {
			return err
		}
		done += len(batch)
	}
}

// mayLieApart reports whether the filter lists the agent in a queue that their row does
// not show, though rows of the tenant have shown several: then others of their rows may
// stand where nobody looked.
func (t *Tenant) mayLieApart(id string, since belief.Since) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.book.Record(id)
	return r != nil && t.book.Style.Rows == belief.Together && t.book.Style.Callin != belief.OneSeen && r.ListedBeyond(since)
}

func (r *reading) tell(done, total int, oldest int64) {
	if r.progress == nil {
		return
	}
	var at time.Time
	if oldest != 0 {
		r.t.mu.Lock()
		at = r.t.book.ListedAt(oldest).Time()
		r.t.mu.Unlock()
	}
	r.progress(done, total, at)
}

func (r *reading) isEnough() bool {
	select {
	case <-r.enough:
		return true
	default:
		return false
	}
}

// believed are the queues that the list has by now.
func (r *reading) believed() []int64 {
	rec := r.t.record(r.id)
	if rec == nil {
		return nil
	}
	var ids []int64
	for _, m := range rec.Members(r.typ) {
		ids = append(ids, m.Queue)
	}
	return ids
}

// oldestFirst orders queues by when their listing was last read.
func (r *reading) oldestFirst(queues []int64) {
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	slices.SortStableFunc(queues, func(a, b int64) int {
		return int(min(max(r.t.book.ListedAt(a)-r.t.book.ListedAt(b), -1), 1))
	})
}
