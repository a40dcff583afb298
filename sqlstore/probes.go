package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// KeepProbe keeps what was found out about an environment's API, in place of what was
// found out before. The report is JSON, and nobody's business here.
func (s *Store) KeepProbe(ctx context.Context, environment string, report []byte, at time.Time) error {
	const op = "keep a probe"
	if environment == "" || len(environment) > maxName {
		return wrap(op, invalid(fmt.Sprintf("an environment is named by 1 to %d bytes", maxName)))
	}
	_, err := s.write.ExecContext(ctx, `INSERT INTO probes (environment, report, made_at) VALUES ($1, $2, $3)
		ON CONFLICT (environment) DO UPDATE SET report = excluded.report, made_at = excluded.made_at`,
		clean(environment), clean(string(report)), moment(at))
	return wrap(op, err)
}

// Probe is what was kept for an environment; nil where nothing was.
func (s *Store) Probe(ctx context.Context, environment string) (report []byte, at time.Time, err error) {
	var text string
	err = s.read.QueryRowContext(ctx, `SELECT report, made_at FROM probes WHERE environment = $1`, clean(environment)).
		Scan(&text, (*moment)(&at))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, time.Time{}, nil
	case err != nil:
		return nil, time.Time{}, wrap("read a probe", err)
	}
	return []byte(text), at, nil
}

func copyProbes(ctx context.Context, from querier, to *sql.Tx) error {
	all, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var environment, report string
		var at int64
		err := rows.Scan(&environment, &report, &at)
		return []any{environment, report, at}, err
	}, `SELECT environment, report, made_at FROM probes`)
	for _, one := range all {
		if err == nil {
			_, err = to.ExecContext(ctx, `INSERT INTO probes (environment, report, made_at) VALUES ($1, $2, $3)`, one...)
		}
	}
	return err
}
