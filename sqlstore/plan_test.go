package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// TestPlans asks SQLite how it answers each statement the store sends: no table
// that grows is read from end to end, and no page is sorted.
func TestPlans(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "console.db")
	if err := mustOpen(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	connector, err := sqlite.NewConnector("file:" + path)
	if err != nil {
		t.Fatal(err)
	}
	heard := &listener{Connector: connector}
	db := sql.OpenDB(heard)
	db.SetMaxOpenConns(1)
	s := newStore(db, db, sqliteDialect(), time.Now)
	defer s.Close()
	everything(t, s)
	everyRun(t, s.Runs())

	// scopes and ended_before stay small, and a scope's queue names are read whole.
	scan := regexp.MustCompile(`^SCAN (entries|e|u|n|q|entry_queues|ended_sessions|queue_names|known_queues|filter_sets|runs|r|run_items|i)\b`)
	seen := map[string]bool{}
	for _, said := range heard.all() {
		if seen[said.query] || !regexp.MustCompile(`^\s*(SELECT|WITH|UPDATE|DELETE|INSERT)`).MatchString(said.query) {
			continue
		}
		seen[said.query] = true
		plan, err := collect(t.Context(), db, func(rows *sql.Rows) (string, error) {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+said.query, said.args...)
		if err != nil {
			t.Errorf("%s: %v", said.query, err)
		}
		for _, step := range plan {
			if scan.MatchString(step) || strings.Contains(step, "TEMP B-TREE FOR ORDER BY") {
				t.Errorf("%s\nin the plan of %s", step, said.query)
			}
		}
	}
	if len(seen) < 80 {
		t.Errorf("heard only %d statements", len(seen))
	}
}

// everything calls each method in each way that makes another statement.
func everything(t *testing.T, s *Store) {
	t.Helper()
	ctx, scope := t.Context(), millionScope("1")
	if err := fill(ctx, s, 100); err != nil {
		t.Fatal(err)
	}
	var id string
	for _, kind := range []journal.Kind{journal.Callin, journal.Recording} {
		e := journal.Entry{Scope: scope, Agent: "10042", Kind: kind, After: []int64{7}, UndoOf: id}
		var err error
		if id, err = s.Intend(ctx, e); err != nil {
			t.Fatal(err)
		}
		if err := s.Settle(ctx, id, journal.Settlement{Result: journal.Verified}); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range filters() {
		f.Scope = scope
		if _, _, err := s.List(ctx, f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for what, do := range map[string]func() error{
		"find":       func() error { _, err := s.Find(ctx, scope, id); return err },
		"unsettled":  func() error { _, err := s.Unsettled(ctx, scope, "10042"); return err },
		"recordings": func() error { _, err := s.Recordings(ctx, scope); return err },
		"of two":     func() error { _, err := s.Recordings(ctx, scope, "10042", "10043"); return err },
		"orphans":    func() error { _, err := s.Orphans(ctx, time.Now()); return err },
		"prune":      func() error { _, err := s.Prune(ctx, time.Now().Add(time.Hour)); return err },
		"remember":   func() error { return s.RememberQueues(ctx, scope, journal.Callin, map[int64]string{7: "seven"}) },
		"names":      func() error { _, err := s.QueueNames(ctx, scope, journal.Callin); return err },
		"keep": func() error {
			return s.KeepKnownQueues(ctx, scope, journal.KnownQueues{IDs: []int64{7}})
		},
		"kept": func() error { _, err := s.KnownQueues(ctx, scope); return err },
		"learn": func() error {
			return s.LearnTrait(ctx, scope, journal.Trait{Code: "page", Value: "100", SeenAt: time.Now()})
		},
		"facts":   func() error { _, err := s.Traits(ctx, scope); return err },
		"turns":   func() error { _, err := s.Shifts(ctx, scope.Environment, time.Now(), time.Time{}); return err },
		"own":     func() error { return s.KeepTenantProbe(ctx, scope, []byte("{}"), time.Now()) },
		"its own": func() error { _, _, err := s.TenantProbe(ctx, scope); return err },
		"keep filters": func() error {
			id, err := s.KeepFilterSet(ctx, scope, journal.FilterSet{Owner: "Nga", Name: "Ca tối", Query: "status=1"})
			return errors.Join(err, s.ChangeFilterSet(ctx, scope, "Nga", journal.FilterSet{ID: id, Name: "Ca đêm"}), s.DropFilterSet(ctx, scope, "Nga", id))
		},
		"filters": func() error { _, err := s.FilterSets(ctx, scope, "Nga"); return err },
		"end":     func() error { return s.End(ctx, "a", time.Now()) },
		"end all": func() error { return s.EndAll(ctx) },
		"ended":   func() error { _, err := s.Ended(ctx, "a", 0); return err },
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// everyRun calls each method of the runs in each way that makes another statement.
func everyRun(t *testing.T, s runs.Store) {
	t.Helper()
	ctx, scope := t.Context(), millionScope("1")
	run, items := largeRun()
	items = items[:60]
	from := []runs.State{runs.Planned, runs.Paused, runs.Interrupted}
	var ids []string
	for range 4 {
		id, err := s.Create(ctx, run, items)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	run.ID, run.Revision = ids[0], 1
	for _, f := range []runs.ItemFilter{
		{},
		{Limit: 3, Skip: 1, After: 7},
		{States: []runs.ItemState{runs.ItemPlanned}},
		{States: runs.ItemStates(), Limit: 3},
		{Agents: []string{"10042", "10043"}},
		{Agents: []string{items[3].Agent}, States: runs.ItemStates()},
	} {
		if _, err := s.Items(ctx, ids[0], f); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
		if _, err := s.Count(ctx, ids[0], f); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for _, do := range []func() error{
		func() error { return s.Replan(ctx, run, items) },
		func() error { _, err := s.Find(ctx, scope, ids[0]); return err },
		func() error { _, _, err := s.List(ctx, scope, "", 0); return err },
		func() error { _, err := s.Active(ctx, scope); return err },
		func() error { _, err := s.Kept(ctx, scope); return err },
		func() error { return s.Keep(ctx, scope, ids[0], "") },
		func() error { return s.Tick(ctx, ids[0], []int{1, 2}, false) },
		func() error { return s.Begin(ctx, scope, ids[0], from, 2, "one") },
		func() error { return s.Begin(ctx, scope, ids[1], from, 0, "one") },
		func() error { _, err := s.Renew(ctx, ids[0], "one"); return err },
		func() error { return s.Ask(ctx, scope, ids[0], runs.WantPause) },
		func() error { return s.Ask(ctx, scope, ids[2], runs.WantCancel) },
		func() error { return s.PauseAll(ctx) },
		func() error { return s.Settle(ctx, ids[0], "one", []runs.Result{{Seq: 1, State: runs.ItemVerified}}) },
		func() error { return s.End(ctx, ids[0], "one", runs.Cancelled, "", "") },
		func() error { _, err := s.Forsake(ctx); return err },
		func() error { _, err := s.PruneRuns(ctx, time.Now(), time.Now()); return err },
	} {
		if err := do(); err != nil {
			t.Error(err)
		}
	}
}

// statement is what a database was asked.
type statement struct {
	query string
	args  []any
}

// listener is a connector that notes what is asked over its connections.
type listener struct {
	driver.Connector
	mu   sync.Mutex
	said []statement
}

func (l *listener) all() []statement {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]statement(nil), l.said...)
}

func (l *listener) note(query string, named []driver.NamedValue) {
	args := make([]any, len(named))
	for i, arg := range named {
		args[i] = arg.Value
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, statement{query, args})
}

func (l *listener) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := l.Connector.Connect(ctx)
	return heardConn{conn, l}, err
}

type heardConn struct {
	driver.Conn
	listener *listener
}

func (c heardConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.listener.note(query, args)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c heardConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.listener.note(query, args)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// CheckNamedValue implements driver.NamedValueChecker where the connection does.
func (c heardConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// PrepareContext notes what is prepared, without what it is run with.
func (c heardConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	values := regexp.MustCompile(`\$\d+`).FindAllString(query, -1)
	slices.Sort(values)
	c.listener.note(query, make([]driver.NamedValue, len(slices.Compact(values))))
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
}

func (c heardConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, options)
}

// TestFewWrites: a page that shows the queues it showed before writes nothing.
func TestFewWrites(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "console.db"))
	names := map[int64]string{}
	for i := range int64(30) {
		names[i] = fmt.Sprint("queue ", i)
	}
	changes := func() (n int64) {
		if err := s.write.QueryRowContext(t.Context(), "SELECT total_changes()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	remember := func() int64 {
		before := changes()
		if err := s.RememberQueues(t.Context(), millionScope("1"), journal.Callin, names); err != nil {
			t.Fatal(err)
		}
		return changes() - before
	}
	remember()
	if n := remember(); n != 0 {
		t.Errorf("%d rows written where nothing changed", n)
	}
	names[3] = "another"
	if n := remember(); n != 1 {
		t.Errorf("%d rows written where one name changed", n)
	}
}
