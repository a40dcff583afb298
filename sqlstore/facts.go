package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// mostTurns is how many turns are listed.
const mostTurns = 50

// LearnFact implements journal.Facts.
func (s *Store) LearnFact(ctx context.Context, scope journal.Scope, f journal.Fact) error {
	const op = "learn a fact"
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return wrap(op, err)
	}
	code, value := cut(f.Code, maxName), cut(f.Value, maxText)
	return s.change(ctx, op, func(tx *sql.Tx) error {
		// Whoever learns the same at the same moment waits here, and finds it learned.
		if _, err := tx.ExecContext(ctx, `INSERT INTO facts (scope, code, value, sure, learned_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)
			ON CONFLICT (scope, code) DO UPDATE SET code = excluded.code`,
			number, code, value, whether(f.Sure), moment(f.SeenAt)); err != nil {
			return err
		}
		var was string
		var seen time.Time
		if err := tx.QueryRowContext(ctx, `SELECT value, seen_at FROM facts WHERE scope = $1 AND code = $2`, number, code).
			Scan(&was, (*moment)(&seen)); err != nil {
			return err
		}
		if f.SeenAt.Before(seen) {
			return nil
		}
		if was == value {
			_, err := tx.ExecContext(ctx, `UPDATE facts SET sure = $1, seen_at = $2 WHERE scope = $3 AND code = $4`,
				whether(f.Sure), moment(f.SeenAt), number, code)
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE facts SET value = $1, sure = $2, learned_at = $3, seen_at = $3 WHERE scope = $4 AND code = $5`,
			value, whether(f.Sure), moment(f.SeenAt), number, code); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO fact_turns (scope, code, was, now, at) SELECT $1, $2, $3, $4, $5
			WHERE NOT EXISTS (SELECT 1 FROM fact_turns WHERE scope = $1 AND code = $2 AND now = $4 AND at > $6)`,
			number, code, was, value, moment(f.SeenAt), moment(f.SeenAt.Add(-journal.TurnQuiet)))
		return err
	})
}

// whether is a truth as a column has it.
func whether(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Facts implements journal.Facts.
func (s *Store) Facts(ctx context.Context, scope journal.Scope) (map[string]journal.Fact, error) {
	const op = "read facts"
	facts := map[string]journal.Fact{}
	number, ok, err := s.scope(ctx, scope)
	if err != nil || !ok {
		return facts, wrap(op, err)
	}
	_, err = collect(ctx, s.read, func(rows *sql.Rows) (f journal.Fact, err error) {
		var sure int64
		err = rows.Scan(&f.Code, &f.Value, &sure, (*moment)(&f.LearnedAt), (*moment)(&f.SeenAt))
		f.Sure = sure != 0
		facts[f.Code] = f
		return f, err
	}, `SELECT code, value, sure, learned_at, seen_at FROM facts WHERE scope = $1`, number)
	return facts, wrap(op, err)
}

// Turns implements journal.Facts.
func (s *Store) Turns(ctx context.Context, environment string, since time.Time) ([]journal.Turn, error) {
	if since.IsZero() {
		since = time.UnixMicro(0) // a moment that is zero is none
	}
	turns, err := collect(ctx, s.read, func(rows *sql.Rows) (t journal.Turn, err error) {
		err = rows.Scan(&t.Scope.Environment, &t.Scope.Tenant, &t.Code, &t.Was, &t.Now, (*moment)(&t.At))
		return t, err
	}, `SELECT s.environment, s.tenant, t.code, t.was, t.now, t.at FROM fact_turns t JOIN scopes s ON s.id = t.scope
		WHERE s.environment = $1 AND t.at >= $2 ORDER BY t.at DESC, t.id DESC LIMIT $3`, clean(environment), moment(since), mostTurns)
	return turns, wrap("read turned facts", err)
}

// KeepTenantProbe implements journal.Facts.
func (s *Store) KeepTenantProbe(ctx context.Context, scope journal.Scope, report []byte, at time.Time) error {
	const op = "keep a tenant's probe"
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return wrap(op, err)
	}
	_, err = s.write.ExecContext(ctx, `INSERT INTO tenant_probes (scope, report, made_at) VALUES ($1, $2, $3)
		ON CONFLICT (scope) DO UPDATE SET report = excluded.report, made_at = excluded.made_at`,
		number, clean(string(report)), moment(at))
	return wrap(op, err)
}

// TenantProbe implements journal.Facts.
func (s *Store) TenantProbe(ctx context.Context, scope journal.Scope) (report []byte, at time.Time, err error) {
	const op = "read a tenant's probe"
	number, ok, err := s.scope(ctx, scope)
	if err != nil || !ok {
		return nil, time.Time{}, wrap(op, err)
	}
	var text string
	err = s.read.QueryRowContext(ctx, `SELECT report, made_at FROM tenant_probes WHERE scope = $1`, number).Scan(&text, (*moment)(&at))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, time.Time{}, nil
	case err != nil:
		return nil, time.Time{}, wrap(op, err)
	}
	return []byte(text), at, nil
}

func copyFacts(ctx context.Context, from querier, to *sql.Tx, scopes map[int64]int64) error {
	facts, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var scope, sure, learned, seen int64
		var code, value string
		err := rows.Scan(&scope, &code, &value, &sure, &learned, &seen)
		return []any{scopes[scope], code, value, sure, learned, seen}, err
	}, `SELECT scope, code, value, sure, learned_at, seen_at FROM facts`)
	if err != nil {
		return err
	}
	turns, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var scope, at int64
		var code, was, now string
		err := rows.Scan(&scope, &code, &was, &now, &at)
		return []any{scopes[scope], code, was, now, at}, err
	}, `SELECT scope, code, was, now, at FROM fact_turns ORDER BY id`)
	if err != nil {
		return err
	}
	probes, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var scope, at int64
		var report string
		err := rows.Scan(&scope, &report, &at)
		return []any{scopes[scope], report, at}, err
	}, `SELECT scope, report, made_at FROM tenant_probes`)
	if err != nil {
		return err
	}
	for insert, all := range map[string][][]any{
		`INSERT INTO facts (scope, code, value, sure, learned_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6)`: facts,
		`INSERT INTO fact_turns (scope, code, was, now, at) VALUES ($1, $2, $3, $4, $5)`:                    turns,
		`INSERT INTO tenant_probes (scope, report, made_at) VALUES ($1, $2, $3)`:                            probes,
	} {
		for _, one := range all {
			if _, err := to.ExecContext(ctx, insert, one...); err != nil {
				return err
			}
		}
	}
	return nil
}
