package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/alohub/agentconsole/journal"
)

// ErrNotEmpty says that what a journal is to be copied to holds something.
var ErrNotEmpty = errors.New("journal: the database is not empty")

const (
	copyRead  = 1000 // entries read at a time
	copyWrite = 20   // entries written in a statement: see maxArguments
)

// Copy copies a journal and runs into an empty database, also of the other kind: entries
// and runs keep their IDs, so links to them still lead there. All of it is copied, as it
// was at one moment, or nothing. A database that holds anything is refused with
// ErrNotEmpty. What is written to from meanwhile is not copied, so stop the
// console first.
func Copy(ctx context.Context, from, to *Store) error {
	const op = "copy the journal"
	conn, err := from.read.Conn(ctx)
	if err != nil {
		return wrap(op, err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, from.dialect.snapshot); err != nil {
		return wrap(op, err)
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()

	return to.change(ctx, op, func(tx *sql.Tx) error {
		var holds bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM scopes) OR EXISTS (SELECT 1 FROM ended_sessions)
			OR EXISTS (SELECT 1 FROM ended_before) OR EXISTS (SELECT 1 FROM probes)`).Scan(&holds); err != nil {
			return err
		}
		if holds {
			return ErrNotEmpty
		}
		scopes, err := copyScopes(ctx, conn, tx)
		if err != nil {
			return err
		}
		if err := copyEntries(ctx, conn, tx, scopes); err != nil {
			return err
		}
		if err := copyQueueNames(ctx, conn, tx, scopes); err != nil {
			return err
		}
		if err := copyKnownQueues(ctx, conn, tx, scopes); err != nil {
			return err
		}
		if err := copyRuns(ctx, conn, tx, scopes); err != nil {
			return err
		}
		if err := to.copyItems(ctx, conn, tx); err != nil {
			return err
		}
		if err := copyProbes(ctx, conn, tx); err != nil {
			return err
		}
		if err := copyTraits(ctx, conn, tx, scopes); err != nil {
			return err
		}
		if err := copyFilterSets(ctx, conn, tx, scopes); err != nil {
			return err
		}
		return copySessions(ctx, conn, tx)
	})
}

// copyScopes returns the new number of every old one.
func copyScopes(ctx context.Context, from querier, to *sql.Tx) (map[int64]int64, error) {
	type numbered struct {
		journal.Scope
		number int64
	}
	all, err := collect(ctx, from, func(rows *sql.Rows) (n numbered, err error) {
		err = rows.Scan(&n.number, &n.Environment, &n.Tenant)
		return n, err
	}, `SELECT id, environment, tenant FROM scopes ORDER BY id`)
	if err != nil {
		return nil, err
	}
	scopes := make(map[int64]int64, len(all))
	for _, one := range all {
		var number int64
		if err := to.QueryRowContext(ctx, `INSERT INTO scopes (environment, tenant) VALUES ($1, $2) RETURNING id`,
			one.Environment, one.Tenant).Scan(&number); err != nil {
			return nil, err
		}
		scopes[one.number] = number
	}
	return scopes, nil
}

func copyEntries(ctx context.Context, from querier, to *sql.Tx, scopes map[int64]int64) error {
	for last := int64(-1); ; {
		rows, err := queryRows(ctx, from, `SELECT `+entryColumns+` FROM entries e WHERE e.id > $1 ORDER BY e.id LIMIT $2`, last, copyRead)
		if err != nil || len(rows) == 0 {
			return err
		}
		last = rows[len(rows)-1].id
		for some := range slices.Chunk(rows, copyWrite) {
			for i := range some {
				some[i].scope = scopes[some[i].scope]
			}
			inserted, err := insertRows(ctx, to, some)
			if err != nil {
				return err
			}
			if inserted != int64(len(some)) {
				return ErrNotEmpty
			}
		}
	}
}

func copyQueueNames(ctx context.Context, from querier, to *sql.Tx, scopes map[int64]int64) error {
	all, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var scope, queue int64
		var kind, name string
		err := rows.Scan(&scope, &kind, &queue, &name)
		return []any{scopes[scope], kind, queue, name}, err
	}, `SELECT scope, kind, queue, name FROM queue_names`)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(all, maxArguments/4) {
		if _, err := to.ExecContext(ctx, `INSERT INTO queue_names (scope, kind, queue, name) VALUES `+tuples(len(some), 4),
			slices.Concat(some...)...); err != nil {
			return err
		}
	}
	return nil
}

func copyKnownQueues(ctx context.Context, from querier, to *sql.Tx, scopes map[int64]int64) error {
	all, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var scope, at int64
		var queues, operator string
		err := rows.Scan(&scope, &queues, &operator, &at)
		return []any{scopes[scope], queues, operator, at}, err
	}, `SELECT scope, queues, operator, kept_at FROM known_queues`)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(all, maxArguments/4) {
		if _, err := to.ExecContext(ctx, `INSERT INTO known_queues (scope, queues, operator, kept_at) VALUES `+tuples(len(some), 4),
			slices.Concat(some...)...); err != nil {
			return err
		}
	}
	return nil
}

func copySessions(ctx context.Context, from querier, to *sql.Tx) error {
	ended, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var id string
		var until int64
		err := rows.Scan(&id, &until)
		return []any{id, until}, err
	}, `SELECT id, until FROM ended_sessions`)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(ended, maxArguments/2) {
		if _, err := to.ExecContext(ctx, `INSERT INTO ended_sessions (id, until) VALUES `+tuples(len(some), 2),
			slices.Concat(some...)...); err != nil {
			return err
		}
	}
	before, err := collect(ctx, from, scanNumber, `SELECT generation FROM ended_before`)
	if err != nil || len(before) == 0 {
		return err
	}
	_, err = to.ExecContext(ctx, `INSERT INTO ended_before (one, created, generation) VALUES (1, 0, $1)`, before[0])
	return err
}
