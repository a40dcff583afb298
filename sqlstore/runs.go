package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// Runs is runs.Store in a Store's database: a type of its own, since both contracts have a
// Find, a List and a Settle.
type Runs struct{ store *Store }

var _ runs.Store = (*Runs)(nil)

// Runs is where runs are kept.
func (s *Store) Runs() runs.Store { return &Runs{store: s} }

// arguments are those of a statement that is put together in parts.
type arguments []any

// add returns what stands for the value in the statement.
func (a *arguments) add(v any) string {
	*a = append(*a, v)
	return "$" + strconv.Itoa(len(*a))
}

// clock is the moment, in microseconds since 1970, by which leases go.
func (s *Store) clock(a *arguments) string {
	if s.dialect.clock != "" {
		return s.dialect.clock
	}
	return "CAST(" + a.add(s.now().UnixMicro()) + " AS INTEGER)"
}

// single runs one statement that writes: by itself, where a trip may take long.
func (s *Store) single(ctx context.Context, op string, do func(db execer) error) error {
	if s.dialect.atOnce {
		return wrap(op, do(s.write))
	}
	return s.change(ctx, op, func(tx *sql.Tx) error { return do(tx) })
}

// execer is a pool or a transaction.
type execer interface {
	querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// affected runs a statement and says how many rows it changed.
func affected(ctx context.Context, db execer, query string, args ...any) (int64, error) {
	res, err := db.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Create implements runs.Store.
func (r *Runs) Create(ctx context.Context, run runs.Run, items []runs.Item) (string, error) {
	const op = "keep a plan"
	s := r.store
	scope, err := s.makeScope(ctx, run.Scope)
	if err != nil {
		return "", wrap(op, err)
	}
	plan, err := s.newPlan(run)
	if err != nil {
		return "", wrap(op, err)
	}
	var id int64
	err = s.change(ctx, op, func(tx *sql.Tx) error {
		for inserted := int64(0); inserted == 0; {
			if id, _, err = s.next(ctx, tx, "runs", time.Time{}); err != nil {
				return err
			}
			values := append([]any{id, scope, cut(run.Name, maxText)}, plan.values()...)
			if inserted, err = affected(ctx, tx, `INSERT INTO runs (id, scope, name, `+planColumns+`,
				revision, state, reason, detail, owner, lease_until, want) VALUES (`+
				placeholders(len(values))+`, 1, 'planned', '', '', '', 0, '') ON CONFLICT (id) DO NOTHING`, values...); err != nil {
				return err
			}
		}
		return s.insertItems(ctx, tx, id, items)
	})
	if err != nil {
		return "", err
	}
	s.learn(ctx, len(items))
	return formatID(id), nil
}

// learn has the database look at what was written, where that was much. What fails costs
// some milliseconds a page until it looks by itself.
func (s *Store) learn(ctx context.Context, written int) {
	if s.dialect.learn != "" && written >= itemBatch {
		_, _ = s.write.ExecContext(ctx, s.dialect.learn)
	}
}

// placeholders is "$1,$2" for so many values.
func placeholders(count int) string {
	text := tuples(1, count)
	return text[1 : len(text)-1]
}

// Replan implements runs.Store.
func (r *Runs) Replan(ctx context.Context, run runs.Run, items []runs.Item) error {
	const op = "replace a plan"
	s := r.store
	id, scope, err := r.locate(ctx, run.Scope, run.ID)
	if err != nil {
		return wrap(op, err)
	}
	plan, err := s.newPlan(run)
	if err != nil {
		return wrap(op, err)
	}
	err = s.change(ctx, op, func(tx *sql.Tx) error {
		values := append([]any{id, scope, run.Revision}, plan.values()...)
		n, err := affected(ctx, tx, `UPDATE runs SET revision = revision + 1`+plan.assignments(4)+`
			WHERE id = $1 AND scope = $2 AND state = 'planned' AND revision = $3`, values...)
		if err != nil {
			return err
		}
		if n == 0 {
			return whyNone(ctx, tx, id, scope)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM run_items WHERE run = $1`, id); err != nil {
			return err
		}
		return s.insertItems(ctx, tx, id, items)
	})
	if err == nil {
		s.learn(ctx, len(items))
	}
	return err
}

// locate returns the number of a run, and of its scope: runs.ErrNotFound where neither can
// be of one.
func (r *Runs) locate(ctx context.Context, scope journal.Scope, id string) (number, scopeNumber int64, err error) {
	number, ok := parseID(id)
	if !ok {
		return 0, 0, runs.ErrNotFound
	}
	scopeNumber, ok, err = r.store.scope(ctx, scope)
	if err == nil && !ok {
		err = runs.ErrNotFound
	}
	return number, scopeNumber, err
}

// whyNone says of a run that was not in the state to be changed whether it is there.
func whyNone(ctx context.Context, db execer, id, scope int64) error {
	there := false
	err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM runs WHERE id = $1 AND scope = $2)`, id, scope).Scan(&there)
	switch {
	case err != nil:
		return err
	case there:
		return runs.ErrMoved
	}
	return runs.ErrNotFound
}

// Find implements runs.Store.
func (r *Runs) Find(ctx context.Context, scope journal.Scope, id string) (runs.Run, error) {
	const op = "find a run"
	number, scopeNumber, err := r.locate(ctx, scope, id)
	if err != nil {
		return runs.Run{}, wrap(op, err)
	}
	list, err := r.read(ctx, scope, runParts{effects: true, counts: true}, func(a *arguments) string {
		return ` WHERE r.id = ` + a.add(number) + ` AND r.scope = ` + a.add(scopeNumber)
	})
	if err == nil && len(list) == 0 {
		err = runs.ErrNotFound
	}
	if err != nil {
		return runs.Run{}, wrap(op, err)
	}
	return list[0], nil
}

// List implements runs.Store.
func (r *Runs) List(ctx context.Context, scope journal.Scope, before string, limit int) ([]runs.Run, bool, error) {
	const op = "list runs"
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	until := int64(math.MaxInt64)
	if before != "" {
		number, ok := parseID(before)
		if !ok {
			return nil, false, wrap(op, runs.ErrNotFound)
		}
		until = number
	}
	number, ok, err := r.store.scope(ctx, scope)
	if err != nil || !ok {
		return nil, false, wrap(op, err)
	}
	list, err := r.read(ctx, scope, runParts{counts: true, index: "runs_scope"}, func(a *arguments) string {
		return ` WHERE r.scope = ` + a.add(number) + ` AND r.id < ` + a.add(until) + ` ORDER BY r.id DESC LIMIT ` + a.add(limit+1)
	})
	if err != nil {
		return nil, false, wrap(op, err)
	}
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}

// Active implements runs.Store.
func (r *Runs) Active(ctx context.Context, scope journal.Scope) ([]runs.Run, error) {
	const op = "list active runs"
	number, ok, err := r.store.scope(ctx, scope)
	if err != nil || !ok {
		return nil, wrap(op, err)
	}
	list, err := r.read(ctx, scope, runParts{counts: true, index: "runs_active"}, func(a *arguments) string {
		return ` WHERE r.scope = ` + a.add(number) + ` AND r.state IN ('running', 'paused') ORDER BY r.id DESC`
	})
	return list, wrap(op, err)
}

// Kept implements runs.Store.
func (r *Runs) Kept(ctx context.Context, scope journal.Scope) ([]runs.Run, error) {
	const op = "list kept runs"
	number, ok, err := r.store.scope(ctx, scope)
	if err != nil || !ok {
		return nil, wrap(op, err)
	}
	list, err := r.read(ctx, scope, runParts{index: "runs_name"}, func(a *arguments) string {
		return ` WHERE r.scope = ` + a.add(number) + ` AND r.name <> ''`
	})
	slices.SortFunc(list, func(a, b runs.Run) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(b.ID, a.ID))
	})
	return list, wrap(op, err)
}

// Keep implements runs.Store.
func (r *Runs) Keep(ctx context.Context, scope journal.Scope, id, name string) error {
	const op = "name a run"
	number, scopeNumber, err := r.locate(ctx, scope, id)
	if err != nil {
		return wrap(op, err)
	}
	return r.store.single(ctx, op, func(db execer) error {
		n, err := affected(ctx, db, `UPDATE runs SET name = $3 WHERE id = $1 AND scope = $2`, number, scopeNumber, cut(name, maxText))
		if err == nil && n == 0 {
			err = runs.ErrNotFound
		}
		return err
	})
}

// PruneRuns implements runs.Store. Each run goes by itself, so that others write between.
func (r *Runs) PruneRuns(ctx context.Context, over, planned time.Time) (int, error) {
	const op = "prune runs"
	s, deleted := r.store, 0
	for _, which := range []struct {
		before time.Time
		where  string
	}{
		{over, `ended_at IS NOT NULL AND ended_at < $1 AND name = ''`},
		{planned, `state = 'planned' AND planned_at < $1 AND name = ''`},
	} {
		if which.before.IsZero() {
			continue
		}
		end := which.before.UnixMicro()
		ids, err := collect(ctx, s.read, scanNumber, `SELECT id FROM runs WHERE `+which.where, end)
		if err != nil {
			return deleted, wrap(op, err)
		}
		for _, id := range ids {
			if err := s.change(ctx, op, func(tx *sql.Tx) error {
				// Asked again: it may have been started, or named.
				n, err := affected(ctx, tx, `DELETE FROM runs WHERE id = $2 AND `+which.where, end, id)
				if err != nil || n == 0 {
					return err
				}
				deleted++
				_, err = tx.ExecContext(ctx, `DELETE FROM run_items WHERE run = $1`, id)
				return err
			}); err != nil {
				return deleted, err
			}
		}
	}
	return deleted, nil
}

// lost says runs.ErrLost of no rows.
func lost(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return runs.ErrLost
	}
	return err
}
