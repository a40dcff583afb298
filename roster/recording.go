package roster

import (
	"context"
	"errors"
	"fmt"

	"github.com/alohub/agentconsole/journal"
)

// SetRecording sends recording on or off. The result is Accepted, for the API
// does not show recording, or Verified where rows carry isRecord. Errors are as
// for Change; an *apiclient.UnknownOutcomeError comes with the Outcome.
func (t *Tenant) SetRecording(ctx context.Context, src Source, id string, enabled bool, by Author) (Outcome, error) {
	t.touch()
	release, err := t.locks.acquire(ctx, t.scopeNow(), id)
	if err != nil {
		return Outcome{}, err
	}
	defer release()

	a, ok := t.Known(id)
	if !ok {
		// Whether the id may be written to shows in its row alone.
		if err := t.findRow(ctx, src, id, t.stamp()); err != nil {
			return Outcome{}, err
		}
		a, _ = t.Known(id)
	}
	out := Outcome{Agent: a, Applied: AppliedUnknown}
	if a.WhyNot == NotIDIsNumber || a.WhyNot == NotOtherTenant {
		return out, &NotEditableError{Agent: id, Why: a.WhyNot}
	}
	out.EntryID, err = t.cfg.Journal.Intend(ctx, journal.Entry{
		Scope: t.scopeNow(), At: t.cfg.Now().UTC(), Agent: id, Kind: journal.Recording, Enabled: enabled,
		Operator: by.Operator, KeyFingerprint: by.KeyFingerprint, RequestID: by.RequestID, RunID: by.RunID,
	})
	if err != nil {
		return out, fmt.Errorf("set recording of agent %s: %w: %w", id, ErrNotWritten, err)
	}

	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.WriteTimeout)
	defer cancel()
	receipt, err := src.SetRecording(detached, id, enabled)
	s := journal.Settlement{Result: journal.Accepted}
	if err == nil {
		s.Message = receipt.Message
	} else {
		s = settlementOf(err)
		out.Cause = err
	}
	t.note(ctx, out.EntryID, s)
	if s.Result == journal.Refused {
		out.Result, out.Code, out.Message, out.Applied = s.Result, s.Code, s.Message, AppliedNo
		return out, err
	}
	if t.ShowsRecording() {
		t.lookAtRecording(ctx, src, id, enabled, &out, &s)
	}
	out.Result, out.Code, out.Message = s.Result, s.Code, s.Message
	if s.Result == journal.Unknown {
		return out, err
	}
	return out, nil
}

// ShowsRecording reports whether any row has carried isRecord.
func (t *Tenant) ShowsRecording() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.recordShown
}

// lookAtRecording reads isRecord back.
func (t *Tenant) lookAtRecording(ctx context.Context, src Source, id string, enabled bool, out *Outcome, s *journal.Settlement) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.WriteTimeout)
	defer cancel()
	if err := t.findRow(ctx, src, id, t.stamp()); err != nil {
		if !errors.Is(err, ErrNoSuchAgent) {
			t.cfg.Logger.Info("roster: recording not read back", "agent", id, "error", err)
		}
		return
	}
	a, _ := t.Known(id)
	out.Agent = a
	switch {
	case a.Record == nil:
		return
	case *a.Record == enabled:
		s.Result, out.Applied = journal.Verified, AppliedYes
	case s.Result == journal.Unknown:
		out.Applied = AppliedNo
	}
	t.note(ctx, out.EntryID, *s)
}
