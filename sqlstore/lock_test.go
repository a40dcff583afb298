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
	one, two := mustOpen(t, dsn), mustOpen(t, dsn)
	scope := journal.Scope{Environment: "production", Tenant: "1"}
	waits := func(s *Store, agent string) error {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
		defer cancel()
		release, err := s.Lock(ctx, scope, agent)
		if err == nil {
			release()
		}
		return err
	}
	release, err := one.Lock(t.Context(), scope, "082018")
	if err != nil {
		t.Fatal(err)
	}
	if err := waits(two, "082018"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the other replica: %v", err)
	}
	if err := waits(two, "082019"); err != nil {
		t.Errorf("another agent: %v", err)
	}
	got := make(chan error, 1)
	go func() {
		release, err := two.Lock(t.Context(), scope, "082018")
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
	late, err := one.Lock(t.Context(), scope, "082018")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.write.ExecContext(t.Context(), "UPDATE agent_locks SET until = now() - interval '1 second'"); err != nil {
		t.Fatal(err)
	}
	now, err := two.Lock(t.Context(), scope, "082018")
	if err != nil {
		t.Fatal(err)
	}
	late()
	if err := waits(one, "082018"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a late release let a third in: %v", err)
	}
	now()
}

// TestLockOfOneProcess costs nothing where nobody else is there.
func TestLockOfOneProcess(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, ":memory:")
	for range 2 {
		if _, err := s.Lock(t.Context(), journal.Scope{Environment: "e", Tenant: "1"}, "082018"); err != nil {
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
