package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// owns refuses an owner that no row could be told to be of.
func owns(owner string) error {
	if owner == "" || len(owner) > maxName || clean(owner) != owner {
		return invalid("not the name of an owner")
	}
	return nil
}

// Begin implements runs.Store. It is one statement: of two the second finds the first's.
func (r *Runs) Begin(ctx context.Context, scope journal.Scope, id string, from []runs.State, revision int, owner string) error {
	const op = "begin a run"
	s := r.store
	number, scopeNumber, err := r.locate(ctx, scope, id)
	if err == nil {
		err = owns(owner)
	}
	if err != nil {
		return wrap(op, err)
	}
	var args arguments
	var ways []string
	for _, state := range from {
		switch state {
		case runs.Planned, runs.Paused:
			ways = append(ways, `r.state = `+args.add(string(state)))
		case runs.Interrupted:
			ways = append(ways, s.gone(&args))
		}
	}
	if len(ways) == 0 {
		ways = []string{"FALSE"}
	}
	query := `UPDATE runs AS r SET state = 'running', reason = '', detail = '', want = '', owner = ` + args.add(owner) +
		`, lease_until = ` + s.clock(&args) + ` + ` + args.add(runs.LeaseFor.Microseconds()) +
		`, started_at = COALESCE(started_at, ` + s.clock(&args) + `)
		WHERE r.id = ` + args.add(number) + ` AND r.scope = ` + args.add(scopeNumber) + ` AND (` + strings.Join(ways, " OR ") + `)`
	if revision != 0 {
		query += ` AND r.revision = ` + args.add(revision)
	}
	return s.single(ctx, op, func(db execer) error {
		n, err := affected(ctx, db, query, args...)
		if err == nil && n == 0 {
			err = whyNone(ctx, db, number, scopeNumber)
		}
		return err
	})
}

// Renew implements runs.Store.
func (r *Runs) Renew(ctx context.Context, id, owner string) (want runs.Want, err error) {
	const op = "renew the lease of a run"
	number, ok := parseID(id)
	if !ok {
		return "", wrap(op, runs.ErrNotFound)
	}
	s := r.store
	var args arguments
	query := `UPDATE runs SET lease_until = ` + s.clock(&args) + ` + ` + args.add(runs.LeaseFor.Microseconds()) +
		` WHERE id = ` + args.add(number) + ` AND owner = ` + args.add(clean(owner)) + ` AND state = 'running' RETURNING want`
	err = s.single(ctx, op, func(db execer) error {
		return lost(db.QueryRowContext(ctx, query, args...).Scan(&want))
	})
	return want, err
}

// Ask implements runs.Store.
func (r *Runs) Ask(ctx context.Context, scope journal.Scope, id string, w runs.Want) error {
	const op = "ask for something of a run"
	s := r.store
	number, scopeNumber, err := r.locate(ctx, scope, id)
	if err == nil && w != runs.WantPause && w != runs.WantCancel {
		err = invalid(fmt.Sprintf("%q is nothing to ask of a run", cut(string(w), 40)))
	}
	if err != nil {
		return wrap(op, err)
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		var args arguments
		var state runs.State
		err := tx.QueryRowContext(ctx, `SELECT CASE WHEN `+s.gone(&args)+` THEN 'interrupted' ELSE r.state END FROM runs r
			WHERE r.id = `+args.add(number)+` AND r.scope = `+args.add(scopeNumber)+s.dialect.forUpdate, args...).Scan(&state)
		if err = noRun(err); err != nil {
			return err
		}
		switch {
		case state == runs.Running:
			_, err = tx.ExecContext(ctx, `UPDATE runs SET want = $2 WHERE id = $1 AND want <> 'cancel'`, number, string(w))
		case state.Over() || w == runs.WantPause:
			err = runs.ErrMoved
		default:
			args = nil
			if _, err = tx.ExecContext(ctx, `UPDATE runs SET state = 'cancelled', reason = 'asked', detail = '', owner = '', want = '',
				ended_at = `+s.clock(&args)+` WHERE id = `+args.add(number), args...); err == nil {
				err = leaveOpen(ctx, tx, number)
			}
		}
		return err
	})
}

// leaveOpen notes of the items of a run that are open that they are not attempted.
func leaveOpen(ctx context.Context, db execer, run int64) error {
	_, err := db.ExecContext(ctx, `UPDATE run_items SET state = 'not-attempted' WHERE run = $1 AND state IN ('planned', 'running')`, run)
	return err
}

// resultTypes are PostgreSQL's types of the values of a result.
const resultTypes = `bigint text text text text text text bigint text bigint`

// Settle implements runs.Store.
func (r *Runs) Settle(ctx context.Context, id, owner string, results []runs.Result) error {
	const op = "note what came of items"
	s := r.store
	number, ok := parseID(id)
	if !ok {
		return wrap(op, runs.ErrNotFound)
	}
	rows, err := s.resultRows(results)
	if err != nil {
		return wrap(op, err)
	}
	if s.dialect.arrays && len(rows) <= itemBatch {
		return wrap(op, settleAtOnce(ctx, s.write, number, owner, rows))
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		if s.dialect.arrays {
			for some := range slices.Chunk(rows, itemBatch) {
				if err := settleAtOnce(ctx, tx, number, owner, some); err != nil {
					return err
				}
			}
			return nil
		}
		var mine int64
		if err := lost(tx.QueryRowContext(ctx, `SELECT id FROM runs WHERE id = $1 AND owner = $2 AND state = 'running'`,
			number, clean(owner)).Scan(&mine)); err != nil || len(rows) == 0 {
			return err
		}
		stmt, err := tx.PrepareContext(ctx, `UPDATE run_items SET state = $3, why = $4, message = $5,
			queues_before = COALESCE($6, queues_before), queues_after = COALESCE($7, queues_after),
			certainty = CASE WHEN $8 = '' THEN certainty ELSE $8 END, read_at = COALESCE($9, read_at), entry = $10, settled_at = $11
			WHERE run = $1 AND seq = $2`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for _, row := range rows {
			if err := each(ctx, stmt, append([]any{number}, row...)); err != nil {
				return err
			}
		}
		return nil
	})
}

// resultRows are results as arguments, one of an item: the last.
func (s *Store) resultRows(results []runs.Result) ([][]any, error) {
	now := s.now()
	place := make(map[int]int, len(results))
	var rows [][]any
	for _, res := range results {
		if err := knownState(res.State); err != nil {
			return nil, err
		}
		at := momentOr(res.SettledAt, now)
		if res.State.Open() {
			at = moment(res.SettledAt)
		}
		row := []any{
			int64(res.Seq), string(res.State), cut(res.Why, maxText), cut(res.Message, maxMessage), list(res.Before), list(res.After),
			cut(res.Certainty, maxText), moment(res.ReadAt), cut(res.Entry, maxText), at,
		}
		for i, v := range row {
			if v, ok := v.(driver.Valuer); ok {
				var err error
				if row[i], err = v.Value(); err != nil {
					return nil, err
				}
			}
		}
		if i, ok := place[res.Seq]; ok {
			rows[i] = row
			continue
		}
		place[res.Seq] = len(rows)
		rows = append(rows, row)
	}
	return rows, nil
}

// settleAtOnce is the transaction of Settle in one statement. The run's row is kept
// meanwhile, so that nobody takes it between the look and the notes.
func settleAtOnce(ctx context.Context, db execer, run int64, owner string, rows [][]any) error {
	var args arguments
	w := arrayRows{types: strings.Fields(resultTypes), rows: rows}
	query := `WITH mine AS (SELECT id FROM runs WHERE id = ` + args.add(run) + ` AND owner = ` + args.add(clean(owner)) + ` AND state = 'running' FOR UPDATE),
		noted AS (UPDATE run_items i SET state = v.state, why = v.why, message = v.message,
			queues_before = COALESCE(v.queues_before, i.queues_before), queues_after = COALESCE(v.queues_after, i.queues_after),
			certainty = COALESCE(NULLIF(v.certainty, ''), i.certainty), read_at = COALESCE(v.read_at, i.read_at),
			entry = v.entry, settled_at = v.settled_at
			FROM mine, ` + w.source(&args) + ` v (seq, state, why, message, queues_before, queues_after, certainty, read_at, entry, settled_at)
			WHERE i.run = mine.id AND i.seq = v.seq)
		SELECT id FROM mine`
	var mine int64
	return lost(db.QueryRowContext(ctx, query, args...).Scan(&mine))
}

// End implements runs.Store.
func (r *Runs) End(ctx context.Context, id, owner string, to runs.State, why runs.Reason, detail string) error {
	const op = "let go of a run"
	s := r.store
	number, ok := parseID(id)
	if !ok {
		return wrap(op, runs.ErrNotFound)
	}
	if to != runs.Paused && to != runs.Interrupted && !to.Over() {
		return wrap(op, invalid(fmt.Sprintf("%q is no state to let go of a run in", cut(string(to), 40))))
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		var want runs.Want
		err := lost(tx.QueryRowContext(ctx, `SELECT want FROM runs WHERE id = $1 AND owner = $2 AND state = 'running'`+s.dialect.forUpdate,
			number, clean(owner)).Scan(&want))
		if err != nil {
			return err
		}
		if !to.Over() && want == runs.WantCancel {
			to, why, detail = runs.Cancelled, runs.Asked, ""
		}
		var args arguments
		ended := "NULL"
		if to.Over() {
			ended = s.clock(&args)
		}
		kept, lease := to, ""
		if to == runs.Interrupted { // as one whose lease has ended
			kept, lease = runs.Running, ", lease_until = 0"
		}
		if _, err := tx.ExecContext(ctx, `UPDATE runs SET state = `+args.add(string(kept))+lease+`, reason = `+args.add(cut(string(why), maxText))+
			`, detail = `+args.add(cut(detail, maxMessage))+`, owner = '', want = '', ended_at = `+ended+
			` WHERE id = `+args.add(number), args...); err != nil || to != runs.Cancelled {
			return err
		}
		return leaveOpen(ctx, tx, number)
	})
}

// Forsake implements runs.Store.
func (r *Runs) Forsake(ctx context.Context) (int, error) {
	const op = "end the leases of a dead process"
	s := r.store
	if !s.SingleProcess() {
		return 0, nil
	}
	var n int64
	err := s.single(ctx, op, func(db execer) (err error) {
		n, err = affected(ctx, db, `UPDATE runs`+s.dialect.index("runs_running")+` SET lease_until = 0, owner = '' WHERE state = 'running' AND owner <> ''`)
		return err
	})
	return int(n), err
}

// PauseAll implements runs.Store.
func (r *Runs) PauseAll(ctx context.Context) error {
	const op = "ask all runs to pause"
	s := r.store
	return s.single(ctx, op, func(db execer) error {
		var args arguments
		_, err := db.ExecContext(ctx, `UPDATE runs`+s.dialect.index("runs_running")+` SET want = 'pause'
			WHERE state = 'running' AND want = '' AND lease_until >= `+s.clock(&args), args...)
		return err
	})
}
