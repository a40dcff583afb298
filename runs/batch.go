package runs

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// pending is a change that was sent and is still to be looked at.
type pending struct {
	seq  int
	out  *roster.Outcome
	at   time.Time // when it had been sent
	seen int       // how often it was looked at
	// before this process, or this turn of it: what it rested on is stored already.
	before bool
}

// batches carries the items out. Between two batches a sweep says what came of the one
// before, and is what the next one rests on.
func (w *work) batches(ctx context.Context) error {
	if err := w.crawled(ctx); err != nil {
		return err
	}
	sent, err := w.unseen(ctx)
	if err != nil {
		return err
	}
	tried := make(map[int]int)
	for {
		batch, begun, err := w.prepare(ctx, sent)
		if err != nil || len(batch) == 0 && len(sent) == 0 {
			return w.lookOnce(ctx, sent, err)
		}
		if sent, err = w.settleSeen(ctx, sent, begun); err != nil {
			return err
		}
		if len(batch) == 0 {
			if len(sent) > 0 && !w.waitToLook(ctx, sent) {
				return w.lookOnce(ctx, sent, ctx.Err())
			}
			continue
		}
		more, err := w.carry(ctx, batch, begun, tried)
		sent = append(sent, more...)
		if err != nil {
			return w.lookOnce(ctx, sent, err)
		}
	}
}

// unseen are the changes that left before the run was stopped, and that nobody has seen
// yet.
func (w *work) unseen(ctx context.Context) (sent []*pending, err error) {
	items, err := w.r.cfg.Store.Items(ctx, w.run.ID, ItemFilter{States: []ItemState{ItemAccepted, ItemUnknown}})
	for _, it := range items {
		if it.Kind() == journal.Recording || it.Entry == "" {
			continue
		}
		before := make([]roster.Membership, len(it.Before))
		for i, q := range it.Before {
			before[i].QueueID = q
		}
		result := journal.Accepted
		if it.State == ItemUnknown {
			result = journal.Unknown
		}
		p := roster.Plan{Intent: it.Intent, Agent: roster.Agent{ID: it.Agent}, Before: before, After: it.After, Priority: it.Intent.Priority}
		sent = append(sent, &pending{seq: it.Seq, at: it.SettledAt, before: true, out: &roster.Outcome{
			Plan: p, EntryID: it.Entry, Result: result, Code: it.Why, Message: it.Message,
		}})
	}
	return sent, err
}

// crawled waits until the tenant was read once to its end: before that there may be queues
// that nobody here knows of, as after a restart. What stopped an earlier reading may be
// mended by now: who resumes a run asks for another.
func (w *work) crawled(ctx context.Context) error {
	for begun := w.r.cfg.Now(); ; {
		p := w.tenant.Progress()
		switch {
		case !p.CompletedAt.IsZero():
			return nil
		case p.State == live.CrawlFailed && stops(p.Err) != "" && p.FinishedAt.After(begun):
			return p.Err
		}
		w.tenant.StartCrawl(w.access.Access)
		if !pause(ctx, crawlLook) {
			return ctx.Err()
		}
	}
}

// crawlLook is how often it is looked whether the tenant was read.
const crawlLook = 100 * time.Millisecond

// prepare is the next batch, with what it rests on read, and what was sent looked at.
func (w *work) prepare(ctx context.Context, sent []*pending) (batch []Item, begun time.Time, err error) {
	open := ItemFilter{States: OpenStates()}
	n, err := w.r.cfg.Store.Count(ctx, w.run.ID, open)
	if err != nil {
		return nil, begun, err
	}
	w.mu.Lock()
	w.left = n
	w.mu.Unlock()
	e := Estimated(n, w.tenant.SweepCalls(n), w.access.Pace(), w.r.EvidenceAge())
	if open.Limit = max(e.Batch, 1); n > 0 {
		if batch, err = w.r.cfg.Store.Items(ctx, w.run.ID, open); err != nil {
			return nil, begun, err
		}
	}
	if w.ended() {
		return nil, begun, context.Canceled
	}
	intents := make([]roster.Intent, 0, len(batch))
	for i := range batch {
		if e.Age > 0 {
			batch[i].Intent.MaxAge, batch[i].Intent.NoReadBack = e.Age, true
		}
		if batch[i].Kind() != journal.Recording {
			intents = append(intents, batch[i].Intent)
		}
	}
	if e.Age <= 0 {
		intents = nil // each reads for itself
	}
	if len(intents) > 0 || len(sent) > 0 {
		begun, err = w.sweep(ctx, intents, sent)
	}
	for i := range batch {
		batch[i].Intent.ReadSince = begun
	}
	return batch, begun, err
}

// sweep reads what the intents rest on and what came of what was sent. begun is when it
// began that was read whole: what an attempt that failed has read is as old as that.
func (w *work) sweep(ctx context.Context, intents []roster.Intent, sent []*pending) (begun time.Time, err error) {
	w.mu.Lock()
	w.reading = true
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.reading = false
	}()
	outs := make([]*roster.Outcome, len(sent))
	for i, p := range sent {
		outs[i] = p.out
	}
	for try := 1; ; try++ {
		begun = w.r.cfg.Now()
		err := w.tenant.Sweep(ctx, w.access.Run, intents, outs)
		if err == nil || !w.passes(ctx, err) || try == failuresInARow {
			return begun, err
		}
	}
}

// passes reports whether a failure of reads may be over soon, and waits a moment then.
func (w *work) passes(ctx context.Context, err error) bool {
	if stops(err) != "" || ctx.Err() != nil {
		return false
	}
	return pause(ctx, time.Second)
}

// waitToLook waits before changes are looked at again. Those that lists do not show though
// they could are looked at a last time when no read lags any more.
func (w *work) waitToLook(ctx context.Context, sent []*pending) bool {
	soon := slices.ContainsFunc(sent, func(p *pending) bool { return p.seen < looks })
	wait := w.r.cfg.LookPause
	if !soon {
		for _, p := range sent {
			wait = max(wait, p.at.Add(live.SureAfter).Sub(w.r.cfg.Now()))
		}
		w.look(len(sent))
		defer w.look(0)
	}
	return pause(ctx, wait)
}

// look notes how many changes are waited for to be looked at.
func (w *work) look(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looking = n
}

// settleSeen notes what a sweep that began then said of changes, and returns those to be
// looked at again: not after the last. What a list does not show that could is noted as
// accepted, and looked at until that is sure.
func (w *work) settleSeen(ctx context.Context, sent []*pending, begun time.Time) (again []*pending, err error) {
	var results []Result
	for _, p := range sent {
		p.seen++
		recording := p.out.Plan.Intent.Verb == roster.Record
		if (p.out.Result == journal.Accepted || p.out.Result == journal.Unknown) && !recording && p.seen < looks {
			again = append(again, p)
			continue
		}
		res := w.resultOf(p.seq, p.out)
		if p.before {
			res.Before, res.After, res.Certainty, res.ReadAt = nil, nil, "", time.Time{}
		}
		if p.out.Still && begun.Before(p.at.Add(live.SureAfter)) && p.seen < lastLook {
			if again = append(again, p); p.seen > looks {
				continue // as it was noted
			}
			res.SettledAt = p.at
		}
		results = append(results, res)
	}
	return again, w.settle(ctx, results...)
}

// lookOnce looks at what was sent a last time where a run ends early, and returns why it
// does.
func (w *work) lookOnce(ctx context.Context, sent []*pending, why error) error {
	// What a person asked for breaks off whatever goes on, with an error that says nothing.
	if len(sent) == 0 || errors.Is(why, ErrLost) || w.isStopped() || (stops(why) != "" || isOutage(why)) && !w.wasAsked() {
		return why
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	begun, err := w.sweep(ctx, nil, sent)
	if err != nil {
		return why
	}
	for _, p := range sent {
		p.seen = lastLook
	}
	_, err = w.settleSeen(ctx, sent, begun)
	return errors.Join(why, err)
}

// carry makes the changes of a batch, as long as what they rest on is young enough. What
// is left is the next batch's.
func (w *work) carry(ctx context.Context, batch []Item, begun time.Time, tried map[int]int) (sent []*pending, err error) {
	var mu sync.Mutex
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for _, it := range batch {
		if w.ended() || gctx.Err() != nil || !w.inTime(it, begun) {
			break
		}
		group.Go(func() error {
			if w.ended() {
				return nil
			}
			mu.Lock()
			n := tried[it.Seq]
			mu.Unlock()
			out, res, again, err := w.change(gctx, it, n >= tries)
			mu.Lock()
			defer mu.Unlock()
			if again {
				tried[it.Seq]++
			}
			if out != nil {
				sent = append(sent, &pending{seq: it.Seq, at: w.r.cfg.Now().UTC(), out: out})
			}
			if err == nil && res.State != "" {
				err = w.settle(ctx, res)
			}
			return err
		})
	}
	err = group.Wait()
	w.mu.Lock()
	w.left = max(w.left-len(sent), 0)
	w.mu.Unlock()
	return sent, err
}

// inTime reports whether a change that begins now will have left before what it rests on
// is too old.
func (w *work) inTime(it Item, begun time.Time) bool {
	if it.Intent.MaxAge <= 0 || it.Intent.Verb == roster.Record {
		return true
	}
	wait := 500 * time.Millisecond
	if w.access.Wait != nil {
		wait += w.access.Wait()
	}
	return w.r.cfg.Now().Add(wait).Before(begun.Add(it.Intent.MaxAge))
}

// settle notes results, even where the run is to end.
func (w *work) settle(ctx context.Context, results ...Result) error {
	if len(results) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	return w.r.cfg.Store.Settle(ctx, w.run.ID, w.owner, results)
}
