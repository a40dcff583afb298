package runs

import (
	"context"
	"errors"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// change makes one change. out is what is still to be looked at, res what came of it; where
// both are empty it is still to be done, again: for a passing reason of its own. An error
// ends the run.
func (w *work) change(ctx context.Context, it Item, last bool) (out *roster.Outcome, res Result, again bool, err error) {
	w.under(it.Agent, 1)
	defer w.under(it.Agent, -1)
	got, err := w.tenant.Change(ctx, w.access.Run, it.Intent, w.access.By, it.Consent())
	if err != nil && got.EntryID == "" {
		return w.notSent(ctx, it, got, err, last)
	}
	if err != nil && ctx.Err() != nil && got.Result == journal.Refused && got.Code == roster.CodeNotSent {
		return nil, Result{}, false, nil // it did not leave, for the run was to end
	}
	limited := (*apiclient.RateLimitError)(nil)
	if errors.Is(err, apiclient.ErrUnconfirmed) {
		w.judge(got, err) // of the key, not of the agent
	}
	if errors.As(err, &limited) || errors.Is(err, apiclient.ErrUnconfirmed) || got.Result == journal.Refused && got.Code == roster.CodeNotSent {
		if last {
			return nil, w.resultOf(it.Seq, &got), false, nil
		}
		return nil, Result{}, true, nil
	}
	w.judge(got, err)
	switch {
	case got.Nothing:
		if notThere(got.Plan) {
			return nil, w.aside(it.Seq, got.Plan, WhyNotThere, ""), false, nil
		}
		return nil, w.already(ctx, it, got), false, nil
	case got.Result == journal.Accepted && (it.Intent.NoReadBack || got.Still), got.Result == journal.Unknown && it.Kind() != journal.Recording:
		// Of what is unknown the read beside it may have failed with the write.
		return &got, w.resultOf(it.Seq, &got), false, stopping(err)
	}
	return nil, w.resultOf(it.Seq, &got), false, stopping(err)
}

// notSent says what becomes of an item of which nothing was sent.
func (w *work) notSent(ctx context.Context, it Item, got roster.Outcome, err error, last bool) (*roster.Outcome, Result, bool, error) {
	var (
		conflict *roster.ConflictError
		confirm  *roster.ConfirmError
		closed   *roster.NotEditableError
		locked   *journal.LockedError
	)
	aside := func(why, message string) (*roster.Outcome, Result, bool, error) {
		w.judge(got, nil)
		return nil, w.aside(it.Seq, got.Plan, why, message), false, nil
	}
	switch {
	case errors.As(err, &conflict) && it.Intent.Verb == roster.Undo:
		return aside(WhyTouched, "")
	case errors.As(err, &conflict):
		return aside(WhyMoved, "")
	case errors.As(err, &confirm):
		if notThere(confirm.Plan) {
			return aside(WhyNotThere, "")
		}
		return aside(WhyQuestion, it.unanswered(confirm.Plan))
	case errors.Is(err, roster.ErrEmptyList):
		return aside(WhyEmpty, "")
	case errors.Is(err, roster.ErrNoSuchAgent):
		return aside(WhyGone, "")
	case errors.As(err, &closed):
		return aside(string(closed.Why), "")
	case errors.Is(err, journal.ErrAlreadyUndone), errors.Is(err, roster.ErrCannotUndo):
		return aside(WhyCannotUndo, "")
	case errors.As(err, &locked) && ctx.Err() == nil:
		if last {
			return aside(WhyBusy, locked.Holder.Operator)
		}
		return nil, Result{}, true, nil
	case ctx.Err() != nil:
		return nil, Result{}, false, nil //nolint:nilerr // the run ends, or its turn is lost
	case stopping(err) != nil:
		return nil, Result{}, false, err
	}
	// Reads failed: it may pass.
	w.judge(got, err)
	pause(ctx, time.Second)
	return nil, Result{}, false, nil
}

// judge counts failures in a row.
func (w *work) judge(out roster.Outcome, err error) {
	w.mu.Lock()
	failure := err != nil || out.Result == journal.Unknown
	if refused := (*apiclient.RefusedError)(nil); errors.As(err, &refused) && out.Result == journal.Refused {
		failure = errors.Is(err, apiclient.ErrUnconfirmed) // else an answer, and about this agent
	}
	if !failure {
		w.failed = 0
	} else {
		w.failed++
	}
	open := w.failed >= failuresInARow
	w.mu.Unlock()
	if open {
		detail := ""
		if err != nil {
			detail = foreign(err)
		}
		why := Outage
		if errors.Is(err, apiclient.ErrUnconfirmed) {
			why = Unauthorized // reads may be granted to a key that writes are not
		}
		w.end(WantPause, why, detail)
	}
}

func (w *work) under(agent string, by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.agents == nil {
		w.agents = make(map[string]int)
	}
	if w.agents[agent] += by; w.agents[agent] <= 0 {
		delete(w.agents, agent)
	}
}

// already is the result of an item that turned out to be so: by another, or by this run
// before it was interrupted, and then its entry is in the journal.
func (w *work) already(ctx context.Context, it Item, out roster.Outcome) Result {
	res := Result{
		Seq: it.Seq, State: ItemUnchanged, Before: roster.IDs(out.Plan.Before), After: out.Plan.After,
		Certainty: out.Plan.Certainty(), ReadAt: out.Plan.EvidenceAt, SettledAt: w.r.cfg.Now().UTC(),
	}
	entries, _, err := w.r.cfg.Journal.List(ctx, journal.Filter{Scope: w.run.Scope, Agent: it.Agent, Kind: it.Kind(), RunID: w.run.ID, Limit: 5})
	if err != nil {
		return res
	}
	for _, e := range entries {
		if e.Result != journal.Refused && e.Result != journal.Intent || e.Result == journal.Intent && roster.SameSet(e.After, res.After) {
			res.State, res.Entry = ItemVerified, e.ID
			res.Before, res.After = e.Before, e.After
			break
		}
	}
	return res
}

func (w *work) aside(seq int, p roster.Plan, why, message string) Result {
	res := Result{Seq: seq, State: ItemAside, Why: why, Message: message, SettledAt: w.r.cfg.Now().UTC()}
	if p.Agent.ID != "" && len(p.Before) > 0 {
		res.Before, res.After = roster.IDs(p.Before), p.After
		res.Certainty, res.ReadAt = p.Certainty(), p.EvidenceAt
	}
	return res
}

// resultOf is what came of a change, for the store.
func (w *work) resultOf(seq int, out *roster.Outcome) Result {
	res := Result{
		Seq: seq, State: stateOf(out.Result), Why: out.Code, Message: out.Message, Entry: out.EntryID, SettledAt: w.r.cfg.Now().UTC(),
	}
	if out.Plan.Intent.Verb != roster.Record {
		res.Before, res.After = roster.IDs(out.Plan.Before), out.Plan.After
		res.Certainty, res.ReadAt = out.Plan.Certainty(), out.Plan.EvidenceAt
	}
	return res
}

// foreign is what the API said with a failure, "" where it said nothing: our own words for
// it are the reason's.
func foreign(err error) string {
	if refused := (*apiclient.RefusedError)(nil); errors.As(err, &refused) {
		return refused.Message
	}
	return ""
}

func stateOf(r journal.Result) ItemState {
	switch r {
	case journal.Verified:
		return ItemVerified
	case journal.Accepted:
		return ItemAccepted
	case journal.Differs:
		return ItemDiffers
	case journal.Refused:
		return ItemRefused
	}
	return ItemUnknown
}

// stops says what a failure means for the whole run, "" where it is one agent's, or may
// pass.
func stops(err error) Reason {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, apiclient.ErrUnauthorized):
		return Unauthorized
	case errors.Is(err, apiclient.ErrInsufficientScope):
		return Forbidden
	case errors.Is(err, journal.ErrUnavailable), errors.Is(err, ErrLost):
		return Database
	}
	return ""
}

// isOutage reports that nothing answers. One failure is enough for that to be said, and the
// next call may find it over; so it ends a run only where it lasts.
func isOutage(err error) bool {
	outage := (*apiclient.OutageError)(nil)
	return errors.As(err, &outage)
}

// stopping is err where it ends the run, else nil.
func stopping(err error) error {
	if stops(err) == "" {
		return nil
	}
	return err
}
