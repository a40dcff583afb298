package live_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// losing is a journal whose lock is lost in the moment before anything is sent.
type losing struct {
	*memory
	lose context.CancelCauseFunc
}

func (l *losing) Lock(ctx context.Context, _ journal.Scope, _ string, _ journal.Holder, _ func(journal.Holder)) (context.Context, func(), error) {
	held, lose := context.WithCancelCause(ctx)
	l.lose = lose
	return held, func() { lose(nil) }, nil
}

func (l *losing) Intend(ctx context.Context, e journal.Entry) (string, error) {
	defer l.lose(journal.ErrLockLost)
	return l.memory.Intend(ctx, e)
}

// TestNothingIsSentWithoutTheLock: whoever lost it may be beside somebody who has it.
func TestNothingIsSentWithoutTheLock(t *testing.T) {
	t.Parallel()
	store := &memory{}
	u, tenant, _ := bench(t, func(cfg *live.Config) { cfg.Journal = &losing{memory: store} })
	_, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
	if !errors.Is(err, journal.ErrLockLost) || u.writes != 0 {
		t.Errorf("%d writes, %v", u.writes, err)
	}
	if e := store.last(); e.Result != journal.Refused || e.Code != roster.CodeNotSent {
		t.Errorf("journalled %v %q", e.Result, e.Code)
	}
}

// losesWhileReading is a journal whose lock is lost while the agent is read.
type losesWhileReading struct {
	*memory
	held chan context.CancelCauseFunc
}

func (l *losesWhileReading) Lock(ctx context.Context, _ journal.Scope, _ string, _ journal.Holder, _ func(journal.Holder)) (context.Context, func(), error) {
	held, lose := context.WithCancelCause(ctx)
	l.held <- lose
	return held, func() { lose(nil) }, nil
}

// TestALostLockIsNotCalledCancelled: nobody cancelled it, and another may be changing the
// agent.
func TestALostLockIsNotCalledCancelled(t *testing.T) {
	t.Parallel()
	store := &losesWhileReading{memory: &memory{}, held: make(chan context.CancelCauseFunc, 1)}
	u, tenant, _ := bench(t, func(cfg *live.Config) { cfg.Journal = store })
	u.before = func(int, bool) {
		select {
		case lose := <-store.held:
			lose(journal.ErrLockLost)
		default:
		}
	}
	s := tenant.Save(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
	if _, err := s.Result(); !errors.Is(err, journal.ErrLockLost) || errors.Is(err, context.Canceled) || u.writes != 0 {
		t.Errorf("%d writes, %v", u.writes, err)
	}
}

// breaksOff is a journal that names an entry and cannot say whether it was kept.
type breaksOff struct{ *memory }

func (b breaksOff) Intend(context.Context, journal.Entry) (string, error) {
	return "named", journal.ErrUnavailable
}

// TestAnIntentThatBrokeOffIsNone: nothing was sent, so there is no change to show.
func TestAnIntentThatBrokeOffIsNone(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t, func(cfg *live.Config) { cfg.Journal = breaksOff{&memory{}} })
	out, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
	if !errors.Is(err, roster.ErrNotWritten) || out.EntryID != "" || u.writes != 0 {
		t.Errorf("entry %q, %d writes, %v", out.EntryID, u.writes, err)
	}
}

// TestWhoeverWaitsIsToldForWhom: a saving shows it; a change that nobody sees waiting
// gives up, and says with whom.
func TestWhoeverWaitsIsToldForWhom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := bench(t)
		going := make(chan struct{})
		u.before = func(_ int, write bool) {
			if write {
				<-going
			}
		}
		first := tenant.Save(t.Context(), u, add("081", 9), roster.Author{Operator: "Lan"}, roster.Consent{})
		synctest.Wait()
		s := tenant.Save(t.Context(), u, add("081", 8), roster.Author{Operator: "Minh"}, roster.Consent{})
		synctest.Wait()
		if behind := s.Progress().Behind; behind.Operator != "Lan" || behind.Since.IsZero() {
			t.Errorf("waits for %+v", behind)
		}
		began := time.Now()
		_, err := tenant.Change(t.Context(), u, roster.RecordingIntent("081", true), roster.Author{}, roster.Consent{})
		var locked *journal.LockedError
		if took := time.Since(began); !errors.As(err, &locked) || locked.Holder.Operator != "Lan" || took > 10*time.Second {
			t.Errorf("after %s: %v", took, err)
		}
		close(going)
		<-first.Done()
		<-s.Done()
		if _, err := s.Result(); err != nil || !s.Progress().Behind.Since.IsZero() || u.writes != 2 {
			t.Errorf("after it was let go: %v, %d writes", err, u.writes)
		}
	})
}
