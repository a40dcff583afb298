package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// TestTripsAreTold, each with its first word and its error, and none of a start.
func TestTripsAreTold(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	var mu sync.Mutex
	var told []string
	note := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, text)
	}
	s, err := Open(t.Context(), Config{Database: postgresSchema(t), Trip: func(_ context.Context, system, verb string) func(error) {
		return func(err error) { note(fmt.Sprint(system, " ", verb, " ", err != nil)) }
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	told = nil // a ping
	if _, err := s.Environments(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.ExecContext(t.Context(), "\n\tDELETE FROM nothing"); err == nil {
		t.Fatal("there is a table called nothing")
	}
	want := []string{"postgresql SELECT false", "postgresql BEGIN false", "postgresql INSERT false", "postgresql COMMIT false", "postgresql DELETE true"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// TestOneTripEach: what a save asks of PostgreSQL is one statement each, without a
// transaction around it or a preparation before it, for a trip there may take long.
func TestOneTripEach(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	dsn := postgresSchema(t)
	opened := mustOpen(t, dsn) // migrates
	id := intendOne(t, opened)
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	heard := &listener{Connector: stdlib.GetConnector(*config)}
	db := sql.OpenDB(heard)
	db.SetMaxOpenConns(1)
	s := newStore(db, db, postgresDialect(), time.Now)
	defer s.Close()
	scope := millionScope("1")
	if _, err := s.Find(t.Context(), scope, id); err != nil { // the scope's number is known from here on
		t.Fatal(err)
	}
	trips := func(what string, want int, do func() error) {
		t.Helper()
		before := len(heard.all())
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if got := len(heard.all()) - before; got != want {
			t.Errorf("%s: %d statements, want %d", what, got, want)
		}
	}
	trips("ended", 1, func() error { _, err := s.Ended(t.Context(), "a", 0); return err })
	var release func()
	trips("lock", 1, func() (err error) {
		_, release, err = s.Lock(t.Context(), scope, "1", journal.Holder{}, nil)
		return err
	})
	trips("list", 1, func() error { _, _, err := s.List(t.Context(), journal.Filter{Scope: scope, Agent: "1"}); return err })
	trips("unsettled", 1, func() error { _, err := s.Unsettled(t.Context(), scope, "1"); return err })
	trips("intend", 1, func() (err error) { id, err = s.Intend(t.Context(), anIntent()); return err })
	trips("settle", 1, func() error { return s.Settle(t.Context(), id, journal.Settlement{Result: journal.Verified}) })
	kept := s.Runs()
	run, err := kept.Create(t.Context(), runs.Run{Scope: scope}, []runs.Item{{Agent: "1"}})
	if err != nil {
		t.Fatal(err)
	}
	trips("find a run", 1, func() error { _, err := kept.Find(t.Context(), scope, run); return err })
	trips("begin", 1, func() error { return kept.Begin(t.Context(), scope, run, []runs.State{runs.Planned}, 1, "one") })
	trips("renew", 1, func() error { _, err := kept.Renew(t.Context(), run, "one"); return err })
	trips("settle an item", 1, func() error {
		return kept.Settle(t.Context(), run, "one", []runs.Result{{Seq: 1, State: runs.ItemVerified}})
	})
	trips("pause all", 1, func() error { return kept.PauseAll(t.Context()) })
	trips("release", 1, func() error { release(); return nil })
}
