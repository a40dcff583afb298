package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// Change makes a change safely: it plans from a fresh reading and sends the plan.
// Changes of one agent wait for each other.
//
// Nothing is sent where it returns *roster.ConflictError, *roster.ConfirmError
// (unless consent covers the plan), roster.ErrEmptyList, ErrNoSuchAgent,
// *NotEditableError, an error that wraps journal.ErrUnavailable, or a failure of
// the reads before it. Where the PUT was refused the error is the Source's; where
// its outcome stayed unknown after reading again it is the
// *apiclient.UnknownOutcomeError, with the Outcome filled in.
//
// Recording is Accepted, for the API does not show it, or Verified where rows carry
// isRecord.
func (t *Tenant) Change(ctx context.Context, src Source, in roster.Intent, by roster.Author, consent roster.Consent) (roster.Outcome, error) {
	t.touch()
	r := t.reading(asker{t: t, src: src, patient: true}, in.Agent, in.Type)
	return t.change(ctx, r, in, by, func() roster.Consent { return consent })
}

// change is Change by a reading that may tell how far it is. consent is asked when the
// plan is there.
func (t *Tenant) change(ctx context.Context, r *reading, in roster.Intent, by roster.Author, consent func() roster.Consent) (roster.Outcome, error) {
	if in.Idle() {
		plan, err := t.plan(ctx, r, in) // without a call
		return roster.Outcome{Plan: plan, Agent: plan.Agent, Nothing: true}, err
	}
	// What is remembered of the queues is read on the way to the lock, for a trip to the
	// database may take long. Where the lock is long in coming, it is read again.
	var remembered sync.WaitGroup
	if in.Verb != roster.Record {
		remembered.Go(func() { t.recall(ctx) })
	}
	held, release, err := t.locked(ctx, r, in.Agent, by)
	remembered.Wait()
	if err != nil {
		return roster.Outcome{}, err
	}
	defer release()
	ctx = held
	plan, err := t.plan(ctx, r, in)
	if err != nil {
		return roster.Outcome{}, whyEnded(ctx, err)
	}
	return t.send(ctx, r, t.answered.plan(plan, by), by, consent())
}

// whyEnded is the error of a change whose lock was lost on the way: it was not cancelled by
// anybody, and another may be changing the agent.
func whyEnded(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, journal.ErrLockLost) {
		return cause
	}
	return err
}

// lockPatience is how long a change waits for another of its agent that nobody sees
// waiting: a saving, which shows whom it waits for, has all its time.
const lockPatience = 8 * time.Second

// locked takes the agent's lock for a change.
func (t *Tenant) locked(ctx context.Context, r *reading, agent string, by roster.Author) (held context.Context, release func(), err error) {
	who := journal.Holder{Operator: by.Operator, Since: t.cfg.Now().UTC()}
	wait, cancel := ctx, context.CancelFunc(func() {})
	if r.behind == nil {
		wait, cancel = context.WithCancel(ctx)
		timer := time.AfterFunc(lockPatience, cancel)
		defer timer.Stop()
	}
	held, free, err := t.locks.acquire(wait, t.scopeNow(), agent, who, r.behind)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	if r.behind != nil {
		r.behind(journal.Holder{})
	}
	return held, func() { free(); cancel() }, nil
}

// send carries out a plan that has just been made: it writes the intent to the
// journal, sends one PUT, notes the answer, and reads back. Between the plan and
// this nothing else must have changed the agent, which is what Change's lock is
// for. Errors are those of Change.
func (t *Tenant) send(ctx context.Context, r *reading, p roster.Plan, by roster.Author, consent roster.Consent) (out roster.Outcome, err error) {
	out = roster.Outcome{Plan: p, Agent: p.Agent, Nothing: p.Nothing}
	if err := p.Obstacle(consent); err != nil || p.Nothing {
		return out, err
	}
	if err := ctx.Err(); err != nil {
		return out, fmt.Errorf("change agent %s: %w", p.Agent.ID, whyEnded(ctx, err))
	}
	entry := p.Entry(by)
	entry.Scope = t.scopeNow() // when it is written is the journal's word: its order is what counts
	if out.EntryID, err = t.cfg.Journal.Intend(ctx, entry); err != nil {
		out.EntryID = "" // a database that broke off may have named it: nothing goes by it
		return out, fmt.Errorf("change agent %s: %w: %w", p.Agent.ID, roster.ErrNotWritten, err)
	}
	defer func() {
		if out.Unnoted {
			t.noteLater(ctx, entry.Scope, out)
		}
	}()
	if t.cfg.Changed != nil {
		defer func() { t.cfg.Changed(entry.Scope.Environment, entry.Kind, out.Result) }()
	}
	receipt, err := t.putInTime(ctx, r, p, out.EntryID, consent)
	denial := deniedInGeneral(err)
	if denial != nil && p.Intent.Verb != roster.Record {
		err = &apiclient.UnknownOutcomeError{Op: denial.Op, Cause: denial}
	}
	s := journal.Settlement{Result: journal.Accepted}
	if err == nil {
		s.Message = receipt.Message
	} else {
		s = settlementOf(err)
		out.Cause = err
	}
	out.Unnoted = !t.note(ctx, out.EntryID, s)
	out.Result, out.Code, out.Message, out.Applied = s.Result, s.Code, s.Message, roster.AppliedUnknown
	if s.Result == journal.Refused {
		out.Applied = roster.AppliedNo
		if errors.Is(err, apiclient.ErrNotFound) && p.Intent.Verb != roster.Record {
			t.mu.Lock()
			t.book.Forget(p.Agent.ID)
			t.mu.Unlock()
		}
		return out, err
	}
	t.answered.note(p, by)
	if err == nil && p.Intent.Verb != roster.Record {
		t.sawWrite(roster.TraitWrite, "taken", true)
	}
	t.lookAfter(ctx, r.src, &out)
	if denial != nil && out.Result == journal.Unknown && out.Applied == roster.AppliedNo {
		// It said no, and the list reads as before: so it was no.
		out.Result, out.Cause, err = journal.Refused, denial, denial
		out.Unnoted = !t.note(ctx, out.EntryID, settled(out))
		t.mu.Lock()
		t.book.GiveUp(p.Agent.ID, p.Type(), out.EntryID)
		t.mu.Unlock()
	}
	if a, ok := t.Known(p.Agent.ID); ok {
		out.Agent = a
	}
	t.rememberNames(ctx)
	if out.Result == journal.Unknown || out.Result == journal.Refused {
		return out, err
	}
	return out, nil
}

// deniedInGeneral returns the answer to a write that says no in a 200, and only that
// something failed; nil for any other. The code is a documented one, so it is believed
// where nothing can be read; but a list can, and an API that fails after it has done
// what it was told says the same.
func deniedInGeneral(err error) *apiclient.RefusedError {
	unknown, refused := (*apiclient.UnknownOutcomeError)(nil), (*apiclient.RefusedError)(nil)
	if errors.As(err, &unknown) || !errors.As(err, &refused) || refused.Local ||
		!errors.Is(err, apiclient.ErrFailed) || refused.Status >= 300 {
		return nil
	}
	return refused
}

// putInTime is put, but waits where our own budget will not let the call go yet: it has
// not left, so nothing is refused. What the plan rests on is read again; where that
// sends something else, or asks what nobody has answered, the refusal stands. Where the
// reading alone uses the limit up, the next try goes by what was just read: to read for
// ever would end nowhere. (Where the limit is so small that reading takes longer than
// EvidenceAge, it is then older than that by one more window.)
//
// One refusal by the API's own limit is waited out likewise, where the person was told that
// the change goes on by itself; else they are told how long to wait.
func (t *Tenant) putInTime(ctx context.Context, by *reading, p roster.Plan, entry string, consent roster.Consent) (*apiclient.Receipt, error) {
	refused := by.shown == nil
	for rereads := 0; ; {
		receipt, err := t.put(ctx, by.src, p)
		limited := (*apiclient.RateLimitError)(nil)
		if !errors.As(err, &limited) || p.Intent.Verb == roster.Record {
			return receipt, err
		}
		if !limited.Local {
			if refused || !by.shown() {
				return receipt, err
			}
			refused = true
		}
		if !(asker{t: t, src: by.src, waits: by.waits}).wait(ctx, limited) {
			return nil, err
		}
		if rereads > 1 || rereads == 1 && t.isYoung(p) {
			rereads = 0
			continue
		}
		r := t.reading(asker{t: t, src: by.src, patient: true}, p.Agent.ID, p.Intent.Type)
		r.entry = entry
		again, planErr := t.plan(ctx, r, p.Intent)
		again.Answered = p.Answered
		if planErr != nil || !again.Sends(p) || again.Obstacle(consent) != nil {
			return nil, err
		}
		p.EvidenceAt, p.Unsure, rereads = again.EvidenceAt, again.Unsure, rereads+1
	}
}

// isYoung reports whether what a plan rests on may still be sent: it is young enough,
// or a person was told that it is not.
func (t *Tenant) isYoung(p roster.Plan) bool {
	told := slices.Contains(p.Unsure, roster.RowOld) || slices.Contains(p.Unsure, roster.EvidenceIncomplete)
	return t.cfg.EvidenceAge < 0 || told || t.cfg.Now().Sub(p.EvidenceAt) <= t.cfg.EvidenceAge
}

// onTheWay is what a call may take to arrive that leaves just in time.
const onTheWay = 500 * time.Millisecond

// put is the one call that changes something. It goes on where the person's request
// is gone.
func (t *Tenant) put(ctx context.Context, src Source, p roster.Plan) (*apiclient.Receipt, error) {
	if cause := context.Cause(ctx); errors.Is(cause, journal.ErrLockLost) {
		return nil, fmt.Errorf("change agent %s: %w", p.Agent.ID, cause)
	}
	if age := p.Intent.MaxAge; age > 0 {
		// Others are waited for, too: not for so long that what was read is too old, and
		// not when the work that this is part of has been stopped.
		by := time.Time{}
		if !p.EvidenceAt.IsZero() && p.Intent.Verb != roster.Record {
			by = p.EvidenceAt.Add(age - onTheWay)
		}
		ctx = apiclient.LeaveBy(ctx, by, ctx)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.WriteTimeout)
	defer cancel()
	if p.Intent.Verb == roster.Record {
		return src.SetRecording(ctx, p.Agent.ID, p.Intent.Enabled)
	}
	return src.ReplaceQueues(ctx, p.Agent.ID, p.Type(), p.Assignment())
}

// lookAfter enters what was sent into the book, and reads back what can be.
func (t *Tenant) lookAfter(ctx context.Context, src Source, out *roster.Outcome) {
	p := out.Plan
	if p.Intent.Verb == roster.Record {
		if t.ShowsRecording() {
			t.lookAtRecording(ctx, src, out)
		}
		return
	}
	t.mu.Lock()
	now := t.book.Stamp(t.cfg.Now())
	w := belief.Write{Entry: out.EntryID, Before: roster.IDs(p.Before), After: p.After, At: now, SentAt: now}
	if p.Priority != nil {
		w.Priority, w.PriorityAt = strconv.Itoa(*p.Priority), now
		w.PriorityKept = w.Priority == p.PriorityBefore
	}
	if out.Cause == nil {
		w.State = belief.Answered
	}
	t.book.Wrote(p.Agent.ID, p.Type(), w, p.Priority)
	t.mu.Unlock()
	if !p.Intent.NoReadBack || out.Cause != nil {
		t.lookBack(ctx, src, out)
	}
}

// settlementOf says what a failed write came to. Only what certainly was not
// carried out counts as refused.
func settlementOf(err error) journal.Settlement {
	var (
		unknown     *apiclient.UnknownOutcomeError
		refused     *apiclient.RefusedError
		limited     *apiclient.RateLimitError
		unreachable *apiclient.UnreachableError
	)
	switch {
	case errors.As(err, &unknown):
		s := journal.Settlement{Result: journal.Unknown}
		if errors.As(err, &refused) {
			s.Code, s.Message = refused.Code, refused.Message
		}
		return s
	case errors.As(err, &limited) && !limited.Local:
		return journal.Settlement{Result: journal.Refused, Code: roster.CodeRateLimited, Message: limited.Message}
	case limited != nil, errors.Is(err, journal.ErrLockLost), errors.As(err, &refused) && refused.Local:
		return journal.Settlement{Result: journal.Refused, Code: roster.CodeNotSent}
	case errors.As(err, &refused) && !(errors.Is(err, apiclient.ErrFailed) && refused.Status >= 500):
		return journal.Settlement{Result: journal.Refused, Code: refused.Code, Message: refused.Message}
	case errors.As(err, &unreachable) && !unreachable.Sent:
		return journal.Settlement{Result: journal.Refused, Code: roster.CodeNotSent}
	}
	return journal.Settlement{Result: journal.Unknown}
}
