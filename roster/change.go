package roster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
)

// Consent says whether a person's answer covers what a plan asks them to confirm.
// The plan is the one made from the fresh read, which may ask for more than the
// page did that they answered. nil is the consent of nobody.
type Consent func(Plan) bool

// ConsentToAll is the consent to whatever the plan turns out to ask.
func ConsentToAll(Plan) bool { return true }

// Change makes a change safely: it reads the agent afresh, plans, writes the
// intent to the journal, sends one PUT, notes the answer, and reads back. Changes
// of one agent wait for each other.
//
// Nothing is sent where it returns *ConflictError, *ConfirmError (unless consent
// covers the plan), ErrEmptyList, ErrNoSuchAgent, *NotEditableError, an error that
// wraps journal.ErrUnavailable, or a failure of the reads before it. Where the
// PUT was refused the error is the Source's; where its outcome stayed unknown
// after reading again it is the *apiclient.UnknownOutcomeError, with the Outcome
// filled in. A rate limit met while reading keeps what was read: the same change
// asked again within a minute goes on from there.
func (t *Tenant) Change(ctx context.Context, src Source, in Intent, by Author, consent Consent) (Outcome, error) {
	t.touch()
	if in.idle() {
		known, _ := t.Known(in.Agent)
		return Outcome{Nothing: true, Agent: known, Plan: Plan{Intent: in, Agent: known, Type: in.Type, Nothing: true}}, nil
	}
	release, err := t.locks.acquire(ctx, t.scopeNow(), in.Agent)
	if err != nil {
		return Outcome{}, err
	}
	defer release()

	k, err := t.fresh(ctx, src, in)
	if err != nil {
		return Outcome{}, err
	}
	plan := PlanChange(in, k)
	out := Outcome{Plan: plan, Agent: k.Agent, Nothing: plan.Nothing}
	if err := plan.obstacle(consent); err != nil || plan.Nothing {
		return out, err
	}
	if err := ctx.Err(); err != nil {
		return out, fmt.Errorf("change agent %s: %w", in.Agent, err)
	}
	out.EntryID, err = t.cfg.Journal.Intend(ctx, t.entry(plan, by))
	if err != nil {
		return out, fmt.Errorf("change agent %s: %w: %w", in.Agent, ErrNotWritten, err)
	}
	return t.send(ctx, src, out)
}

// obstacle returns why a plan is not sent, nil where it may be.
func (p Plan) obstacle(consent Consent) error {
	switch why := p.Agent.WhyNotEdit(p.Type); {
	case why != "":
		return &NotEditableError{Agent: p.Agent.ID, Why: why}
	case p.Conflict != nil:
		return &ConflictError{Plan: p}
	case p.Nothing:
		return nil
	case len(p.After) == 0:
		return fmt.Errorf("change agent %s: %w", p.Agent.ID, ErrEmptyList)
	case p.NeedsConfirm() && (consent == nil || !consent(p)):
		return &ConfirmError{Plan: p}
	}
	return nil
}

// attempt is a change whose reads a rate limit cut short.
type attempt struct {
	floor stamp
	until time.Time
}

// attemptFor is how long listings read for a change that was cut short count for
// the next try of it. The row is read again in any case.
const attemptFor = time.Minute

// fresh reads what a change is planned from.
func (t *Tenant) fresh(ctx context.Context, src Source, in Intent) (Knowledge, error) {
	now := t.stamp()
	since := floors{now, now}
	key := attemptKey{in.Agent, in.Type}
	t.mu.Lock()
	if a, ok := t.attempts[key]; ok {
		if t.cfg.Now().Before(a.until) {
			since.listings = a.floor
		}
		delete(t.attempts, key)
	}
	t.mu.Unlock()
	if in.MaxAge > 0 {
		since.row -= stamp(in.MaxAge)
		since.listings = min(since.listings, since.row)
	}
	since, err := t.gather(ctx, src, in.Agent, in.Type, since)
	if limited := (*apiclient.RateLimitError)(nil); errors.As(err, &limited) {
		t.mu.Lock()
		if t.attempts == nil {
			t.attempts = make(map[attemptKey]attempt)
		}
		// Not everybody tries again.
		maps.DeleteFunc(t.attempts, func(_ attemptKey, a attempt) bool { return !t.cfg.Now().Before(a.until) })
		t.attempts[key] = attempt{floor: since.listings, until: t.cfg.Now().Add(attemptFor)}
		t.mu.Unlock()
	}
	if err != nil {
		return Knowledge{}, err
	}
	return t.knowledge(in.Agent, in.Type, since)
}

type attemptKey struct {
	agent string
	typ   apiclient.QueueType
}

// entry is what the journal is told before the write.
func (t *Tenant) entry(p Plan, by Author) journal.Entry {
	e := journal.Entry{
		Scope: t.scopeNow(), At: t.cfg.Now().UTC(), Agent: p.Agent.ID, Kind: journal.Kind(p.Type),
		Before: IDs(p.Before), BeforeKnown: p.undoable(), After: p.After,
		PriorityBefore: p.PriorityBefore, Certainty: p.certainty(),
		Operator: by.Operator, KeyFingerprint: by.KeyFingerprint, RequestID: by.RequestID, RunID: by.RunID,
		UndoOf: p.Intent.undo.ID,
	}
	if p.Priority != nil {
		e.PriorityAfter = strconv.Itoa(*p.Priority)
	}
	return e
}

// undoable reports whether what was read before is enough to take the change
// back: an undo adds and removes what this change did, so it is no worse for a
// queue that neither knew of.
func (p Plan) undoable() bool {
	return !slices.ContainsFunc(p.Unsure, func(u Unsure) bool {
		return u == RowOld || u == EvidenceIncomplete || u == SentNotSeen
	})
}

// certainty is one word for how surely Before was known: why it was not sure, or
// the certainty of its least sure queue.
func (p Plan) certainty() string {
	if !p.Sure {
		return string(p.Unsure[0])
	}
	least := Confirmed
	for _, m := range p.Before {
		least = min(least, m.Certainty)
	}
	return least.String()
}

// send carries out a plan whose intent is in the journal.
func (t *Tenant) send(ctx context.Context, src Source, out Outcome) (Outcome, error) {
	p := out.Plan
	put, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.WriteTimeout)
	receipt, err := src.ReplaceQueues(put, p.Agent.ID, p.Type, p.Assignment())
	cancel()

	s := journal.Settlement{Result: journal.Accepted}
	if err == nil {
		s.Message = receipt.Message
	} else {
		s = settlementOf(err)
		out.Cause = err
	}
	t.note(ctx, out.EntryID, s)
	out.Result, out.Code, out.Message, out.Applied = s.Result, s.Code, s.Message, AppliedUnknown
	if s.Result == journal.Refused {
		out.Applied = AppliedNo
		if errors.Is(err, apiclient.ErrNotFound) {
			t.mu.Lock()
			t.forget(p.Agent.ID)
			t.mu.Unlock()
		}
		return out, err
	}

	t.noteWrite(p, out.EntryID, err == nil)
	if !p.Intent.NoReadBack || err != nil {
		t.lookBack(ctx, src, &out)
	}
	if a, ok := t.Known(p.Agent.ID); ok {
		out.Agent = a
	}
	t.rememberNames(ctx)
	if out.Result == journal.Unknown {
		return out, err
	}
	return out, nil
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
	case errors.As(err, &limited):
		s := journal.Settlement{Result: journal.Refused, Code: CodeRateLimited}
		if !limited.Local {
			s.Message = limited.Message
		}
		return s
	case errors.As(err, &refused) && refused.Local:
		return journal.Settlement{Result: journal.Refused, Code: CodeNotSent}
	case errors.As(err, &refused) && !(errors.Is(err, apiclient.ErrFailed) && refused.Status >= 500):
		return journal.Settlement{Result: journal.Refused, Code: refused.Code, Message: refused.Message}
	case errors.As(err, &unreachable) && !unreachable.Sent:
		return journal.Settlement{Result: journal.Refused, Code: CodeNotSent}
	}
	return journal.Settlement{Result: journal.Unknown}
}

// noteWrite enters a write of ours into the book. An applied one is believed: what
// it removed is gone until a read shows it again.
func (t *Tenant) noteWrite(p Plan, entry string, applied bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[p.Agent.ID]
	if c == nil {
		return
	}
	at := t.stampLocked()
	r := *c.rec
	r.wrote[slot(p.Type)] = &write{
		entry: entry, before: IDs(p.Before), after: p.After, at: at, sentAt: at, applied: applied,
	}
	for _, queue := range p.After {
		t.knowOf(p.Type, queue)
		t.namesDirty = t.namesDirty || t.book.name(p.Type, queue) == ""
	}
	if applied {
		ms := sent(r.members(p.Type), p.After, at)
		ms = slices.DeleteFunc(ms, func(m member) bool { return !slices.Contains(p.After, m.queue) })
		order(ms, p.After)
		r.setMembers(p.Type, ms)
		if p.Priority != nil {
			r.priority = t.intern(new(strconv.Itoa(*p.Priority)))
		}
	}
	t.replace(c, &r)
}
