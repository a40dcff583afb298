package sqlstore

import "context"

// Environments returns the environments that have a journal, or runs, in order of their
// names.
func (s *Store) Environments(ctx context.Context) ([]string, error) {
	names, err := environments(ctx, s.read, runsSince)
	return names, wrap("list environments", err)
}

// runsSince is the version of the schema that brought runs.
const runsSince = 5

func environments(ctx context.Context, db querier, schema int64) (names []string, err error) {
	some := `EXISTS (SELECT 1 FROM entries e WHERE e.scope = s.id)`
	if schema >= runsSince {
		some += ` OR EXISTS (SELECT 1 FROM runs r WHERE r.scope = s.id)`
	}
	rows, err := db.QueryContext(ctx, `SELECT DISTINCT environment FROM scopes s WHERE `+some+` ORDER BY environment`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
