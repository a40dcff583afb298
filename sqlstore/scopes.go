package sqlstore

import "context"

// Environments returns the environments that have a journal, in order of their names.
func (s *Store) Environments(ctx context.Context) ([]string, error) {
	names, err := environments(ctx, s.read)
	return names, wrap("list environments", err)
}

func environments(ctx context.Context, db querier) (names []string, err error) {
	rows, err := db.QueryContext(ctx, `SELECT DISTINCT environment FROM scopes s
		WHERE EXISTS (SELECT 1 FROM entries e WHERE e.scope = s.id) ORDER BY environment`)
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
