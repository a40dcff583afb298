package live

import (
	"context"
	"slices"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// leftoverAge is how old an entry without a result must be before a read settles
// it: a younger one may still be under way in another process.
const leftoverAge = time.Minute

// SureAfter is how long after a write that was answered a reading tells for sure what came
// of it, whatever lags.
const SureAfter = leftoverAge

// recent is how many entries are looked at to find the last that was not refused.
const recent = 5

// toldOf returns the last change of a list that the journal has, that was not
// refused and that the book does not know of, or waits for though another process has
// settled it, with those before it as long as none was
// answered, and what queues those before that had; nil where there is none or the journal cannot be read. Reads begun before
// now tell nothing of it. except is an entry that has not been sent yet, "" for none.
func (t *Tenant) toldOf(ctx context.Context, id string, typ apiclient.QueueType, except string) *belief.Write {
	ctx, cancel := context.WithTimeout(ctx, journalTimeout)
	defer cancel()
	entries, _, err := t.cfg.Journal.List(ctx, journal.Filter{
		Scope: t.scopeNow(), Agent: id, Kind: journal.Kind(typ), Limit: recent,
	})
	if err != nil {
		t.cfg.Logger.WarnContext(ctx, "roster: last change not recalled", "error", err)
		return nil
	}
	var known *belief.Write
	if r := t.record(id); r != nil {
		known = r.LastWrite(typ)
	}
	var told *belief.Write
	at, next := t.stamp(), &told
	var answered *belief.Write
	for _, e := range entries {
		if e.Result == journal.Refused || e.ID == except {
			continue
		}
		if known != nil && e.ID == known.Entry && !settledElsewhere(e, known) {
			break
		}
		w := writeOf(e, at)
		switch {
		case next == nil:
			if told.Priority == "" {
				told.Priority, told.PriorityAt, told.PriorityKept = w.Priority, w.PriorityAt, false
			}
			if w.Pending() {
				answered.Unseen = roster.AppendNew(answered.Unseen, w.Changed()...)
			}
		case w.State != belief.Unanswered && e.Code != journal.CodeNotApplied:
			*next, next, answered = w, nil, w
		default:
			*next, next = w, &w.Earlier
		}
		if e.Result == journal.Verified {
			told.Clear = true // nothing before it is still to be seen
			break
		}
	}
	return told
}

// settledElsewhere reports whether the journal tells what became of a write that is still
// waited for here.
func settledElsewhere(e journal.Entry, w *belief.Write) bool {
	if e.Code == journal.CodeNotApplied {
		return w.Pending()
	}
	return e.Result == journal.Verified && w.Waited()
}

// writeOf is the write that an entry tells of.
func writeOf(e journal.Entry, at belief.Stamp) *belief.Write {
	// It was sent before now, whatever the clock says by which it was written down.
	w := &belief.Write{
		Entry: e.ID, Before: e.Before, After: e.After, At: at, SentAt: min(belief.Stamp(e.At.UnixNano()), at),
	}
	if e.Result != journal.Verified && e.Code != journal.CodeNotApplied {
		w.Priority, w.PriorityAt, w.PriorityKept = e.PriorityAfter, w.SentAt, e.PriorityAfter == e.PriorityBefore
	}
	if len(e.Seen) == 1 && slices.Contains(e.After, e.Seen[0]) {
		w.Shown = e.Seen[0]
	}
	switch e.Result {
	case journal.Verified:
		w.State = belief.Held
	case journal.Accepted:
		w.State = belief.Answered
	case journal.Differs: // after a yes, unless it was settled as not applied
		w.State = belief.Answered
		if e.Code == journal.CodeNotApplied {
			w.State = belief.Passed
		}
	}
	return w
}

// settleLeftovers settles old entries of an agent without a result by a complete
// reading since then. Only the last change of a list can be told from what is
// there now; an older one stays unknown.
func (t *Tenant) settleLeftovers(ctx context.Context, id string, typ apiclient.QueueType, since belief.Stamp) {
	entries := t.unsettled(ctx, id, journal.Kind(typ), since.Time())
	r := t.record(id)
	if len(entries) == 0 || r == nil || typ == apiclient.Callin && r.LastReading(typ).Fresh() < since {
		return
	}
	for _, e := range entries {
		s := journal.Settlement{Result: journal.Unknown}
		if last := r.LastWrite(typ); last != nil && e.ID == last.Entry {
			s = settledBy(e, r.Read(typ), text(r.Priority), t.mayHide(typ, r.Read(typ), e.After))
		}
		if s.Result != e.Result {
			t.note(ctx, e.ID, s)
		}
		t.mu.Lock()
		switch {
		case s.Code == journal.CodeNotApplied:
			t.book.GiveUp(id, typ, e.ID)
		case s.Result == journal.Verified:
			t.book.LookedBack(id, typ, belief.AsSent)
		}
		t.mu.Unlock()
	}
}

// mayHide reports whether what was read may be all that the API can show of a list.
func (t *Tenant) mayHide(typ apiclient.QueueType, read, list []int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.CanHide(typ) && len(read) == 1 && len(roster.Minus(read, list)) == 0
}

// settledBy says what became of an entry by the list and the priority read since.
// part: the API may show no more of what was sent, so that a list which reads as
// before says nothing.
func settledBy(e journal.Entry, read []int64, priority string, part bool) journal.Settlement {
	s := journal.Settlement{Result: journal.Unknown, Seen: read}
	asBefore := roster.SameSet(read, e.Before) && (!part || roster.SameSet(e.Before, e.After))
	switch {
	case e.PriorityAfter != "" && e.PriorityAfter != priority:
		if e.PriorityBefore == priority && asBefore {
			s.Result, s.Code = journal.Differs, journal.CodeNotApplied
		}
	case part && len(roster.Minus(read, e.Before)) == 0 && len(roster.Minus(e.Before, e.After)) > 0:
		// What is shown was there before, and what was to go may be hidden.
	case roster.SameSet(read, e.After):
		s.Result = journal.Verified
	case e.BeforeKnown && asBefore:
		s.Result, s.Code = journal.Differs, journal.CodeNotApplied
	}
	return s
}

// settleRecording settles old recording entries of an agent whose row carries
// isRecord.
func (t *Tenant) settleRecording(ctx context.Context, id string) {
	a, ok := t.Known(id)
	if !ok || a.Record == nil {
		return
	}
	for i, e := range t.unsettled(ctx, id, journal.Recording, t.cfg.Now()) {
		s := journal.Settlement{Result: journal.Unknown}
		if i == 0 {
			s.Result = journal.Differs
			if e.Enabled == *a.Record {
				s.Result = journal.Verified
			}
		}
		if s.Result != e.Result {
			t.note(ctx, e.ID, s)
		}
	}
}

// unsettled returns entries without a result that are old enough to be settled by what
// was read at a time, newest first.
func (t *Tenant) unsettled(ctx context.Context, id string, kind journal.Kind, read time.Time) []journal.Entry {
	ctx, cancel := context.WithTimeout(ctx, journalTimeout)
	defer cancel()
	entries, err := t.cfg.Journal.Unsettled(ctx, t.scopeNow(), id)
	if err != nil {
		t.cfg.Logger.WarnContext(ctx, "roster: unsettled changes not read", "error", err)
		return nil
	}
	before := read.Add(-leftoverAge)
	return slices.DeleteFunc(entries, func(e journal.Entry) bool { return e.Kind != kind || e.At.After(before) })
}

// note writes what came of a change to the journal, even where the request that
// asked for it is gone. A failure leaves the entry to be settled by a later read; ok is
// false then.
func (t *Tenant) note(ctx context.Context, entry string, s journal.Settlement) (ok bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalTimeout)
	defer cancel()
	s.At = t.cfg.Now().UTC()
	if err := t.cfg.Journal.Settle(ctx, entry, s); err != nil {
		t.cfg.Logger.ErrorContext(ctx, "roster: result of a change not noted", "entry", entry, "result", s.Result, "error", err)
		return false
	}
	return true
}

// settled is an outcome as the journal has it.
func settled(out roster.Outcome) journal.Settlement {
	return journal.Settlement{Result: out.Result, Code: out.Code, Message: out.Message, Seen: out.Seen}
}

// noteLater tries again to write down what came of a change, until the journal has it or has
// been told otherwise by a later read: of recording no read tells.
func (t *Tenant) noteLater(ctx context.Context, scope journal.Scope, out roster.Outcome) {
	s := settled(out)
	s.At = t.cfg.Now().UTC()
	t.owner.spawn(func(base context.Context) {
		ctx := t.cfg.Trace.follow(base, ctx)
		for range lastTries {
			if !sleep(ctx, tellEvery) || t.noteAgain(ctx, scope, out.Plan.Agent.ID, out.EntryID, s) {
				return
			}
		}
		t.cfg.Logger.ErrorContext(ctx, "roster: result of a change given up", "entry", out.EntryID, "result", s.Result)
	})
}

// noteAgain reports whether nothing is left to be written down.
func (t *Tenant) noteAgain(ctx context.Context, scope journal.Scope, agent, entry string, s journal.Settlement) bool {
	ctx, cancel := context.WithTimeout(ctx, journalTimeout)
	defer cancel()
	open, err := t.cfg.Journal.Unsettled(ctx, scope, agent)
	if err != nil {
		return false
	}
	if !slices.ContainsFunc(open, func(e journal.Entry) bool { return e.ID == entry }) {
		return true
	}
	return t.cfg.Journal.Settle(ctx, entry, s) == nil
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
