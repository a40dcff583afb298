package sqlstore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/alohub/agentconsole/runs"
)

// runColumns are the columns of runs.
const runColumns = `id, scope, revision, state, reason, detail, operation, name, of_run, operator, key_fingerprint, planned_at,
	started_at, ended_at, oldest_at, owner, lease_until, want, rest, effects, same_changes`

// copyRuns copies runs as they are, with their leases: one that a process carried out is
// interrupted before long.
func copyRuns(ctx context.Context, from querier, to *sql.Tx, scopes map[int64]int64) error {
	const columns = 21
	for last := int64(-1); ; {
		rows, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
			values, places := make([]any, columns), make([]any, columns)
			for i := range values {
				places[i] = &values[i]
			}
			err := rows.Scan(places...)
			return values, err
		}, `SELECT `+runColumns+` FROM runs WHERE id > $1 ORDER BY id LIMIT $2`, last, copyWrite)
		if err != nil || len(rows) == 0 {
			return err
		}
		last = rows[len(rows)-1][0].(int64)
		for _, row := range rows {
			row[1] = scopes[row[1].(int64)]
		}
		if _, err := to.ExecContext(ctx, `INSERT INTO runs (`+runColumns+`) VALUES `+tuples(len(rows), columns), slices.Concat(rows...)...); err != nil {
			return err
		}
	}
}

// copyItems copies the items of all runs.
func (s *Store) copyItems(ctx context.Context, from querier, to *sql.Tx) error {
	type item struct {
		runs.Item
		run int64
	}
	for run, seq := int64(-1), int64(0); ; {
		rows, err := collect(ctx, from, func(rows *sql.Rows) (one item, err error) {
			one.Item, err = scanItem(rows, &one.run)
			return one, err
		}, `SELECT run, `+itemReading+` FROM run_items WHERE (run, seq) > ($1, $2) ORDER BY run, seq LIMIT $3`, run, seq, copyRead)
		if err != nil || len(rows) == 0 {
			return err
		}
		run, seq = rows[len(rows)-1].run, int64(rows[len(rows)-1].Seq)
		for len(rows) > 0 {
			of := rows[0].run
			var some []runs.Item
			for len(rows) > 0 && rows[0].run == of {
				some, rows = append(some, rows[0].Item), rows[1:]
			}
			if err := s.insertItems(ctx, to, of, some); err != nil {
				return err
			}
		}
	}
}
