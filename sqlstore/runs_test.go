package sqlstore

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/runs/runstest"
)

// setClock is a clock that is put forward.
type setClock struct{ ahead atomic.Int64 }

func (c *setClock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *setClock) pass(time time.Duration) { c.ahead.Add(int64(time)) }

func openAt(t *testing.T, database string, now func() time.Time) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Database: database, MaxConns: 4, LockTimeout: time.Minute, Shared: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestRunsInSQLite(t *testing.T) {
	t.Parallel()
	runstest.Exercise(t, func(t *testing.T) runstest.Database {
		path, clock := filepath.Join(t.TempDir(), "console.db"), new(setClock)
		return runstest.Database{Open: func() runs.Store { return openAt(t, path, clock.now).Runs() }, Pass: clock.pass}
	})
}

func TestRunsInMemory(t *testing.T) {
	t.Parallel()
	runstest.Exercise(t, func(t *testing.T) runstest.Database {
		clock := new(setClock)
		s := openAt(t, ":memory:", clock.now)
		return runstest.Database{Open: s.Runs, Pass: clock.pass}
	})
}

func TestRunsInPostgres(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	runstest.Exercise(t, func(t *testing.T) runstest.Database { return runsAt(t, postgresSchema(t)) })
}

// runsAt is a PostgreSQL database whose own clock counts: there leases are put back.
func runsAt(t *testing.T, dsn string) runstest.Database {
	t.Helper()
	s := mustOpen(t, dsn)
	// A process whose clock is wrong is none the wiser, nor the others.
	wrong := func() time.Time { return time.Now().Add(-time.Hour) }
	return runstest.Database{
		Shared: true,
		Open:   func() runs.Store { return openAt(t, dsn, wrong).Runs() },
		Pass: func(time time.Duration) {
			if _, err := s.write.ExecContext(t.Context(), "UPDATE runs SET lease_until = lease_until - $1", time.Microseconds()); err != nil {
				t.Fatal(err)
			}
		},
	}
}
