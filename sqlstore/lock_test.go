package sqlstore

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// TestLock: replicas change an agent one after the other, and a dead one's lock ends.
func TestLock(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	dsn := postgresSchema(t)
	takesTurns(t, mustOpen(t, dsn), mustOpen(t, dsn))
}

// takesTurns tries the locks of two replicas.
func takesTurns(t *testing.T, one, two *Store) {
	t.Helper()
	scope := journal.Scope{Environment: "production", Tenant: "1"}
	waits := func(s *Store, agent string) error {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
		defer cancel()
		_, release, err := s.Lock(ctx, scope, agent, journal.Holder{}, nil)
		if err == nil {
			release()
		}
		return err
	}
	_, release, err := one.Lock(t.Context(), scope, "082018", journal.Holder{Operator: "Lan"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var locked *journal.LockedError
	if err := waits(two, "082018"); !errors.As(err, &locked) || locked.Holder.Operator != "Lan" || time.Since(locked.Holder.Since) > time.Minute {
		t.Errorf("the other replica: %v", err)
	}
	if err := waits(two, "082019"); err != nil {
		t.Errorf("another agent: %v", err)
	}
	got := make(chan error, 1)
	go func() {
		_, release, err := two.Lock(t.Context(), scope, "082018", journal.Holder{}, nil)
		if err == nil {
			release()
		}
		got <- err
	}()
	release()
	if err := <-got; err != nil {
		t.Errorf("after it was let go: %v", err)
	}

	// What a dead process holds ends by itself, and letting go late takes nothing
	// from whoever has it since.
	held, late, err := one.Lock(t.Context(), scope, "082018", journal.Holder{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.write.ExecContext(t.Context(), "UPDATE agent_locks SET until = now() - interval '1 second'"); err != nil {
		t.Fatal(err)
	}
	_, now, err := two.Lock(t.Context(), scope, "082018", journal.Holder{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Whoever lost it is told, and sends nothing more.
	<-held.Done()
	if cause := context.Cause(held); !errors.Is(cause, journal.ErrLockLost) {
		t.Errorf("lost: %v", cause)
	}
	late()
	if err := waits(one, "082018"); !errors.As(err, &locked) {
		t.Errorf("a late release let a third in: %v", err)
	}
	now()
}

// TestLockOfOneProcess costs nothing where nobody else is there.
func TestLockOfOneProcess(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, ":memory:")
	for range 2 {
		if _, _, err := s.Lock(t.Context(), journal.Scope{Environment: "e", Tenant: "1"}, "082018", journal.Holder{}, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSingleProcess: PostgreSQL is shared, a file or memory is not.
func TestSingleProcess(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(t *testing.T) string{
		"Memory":   func(*testing.T) string { return ":memory:" },
		"SQLite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "console.db") },
		"Postgres": func(t *testing.T) string { return postgresSchema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, want := mustOpen(t, database(t)).SingleProcess(), name != "Postgres"; got != want {
				t.Errorf("SingleProcess = %t", got)
			}
		})
	}
}
