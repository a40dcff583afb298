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
