package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// mostShifts is how many shifts are listed.
const mostShifts = 200

// LearnTrait implements journal.Traits.
func (s *Store) LearnTrait(ctx context.Context, scope journal.Scope, f journal.Trait) error {
	const op = "learn a trait"
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return wrap(op, err)
	}
	code, value := cut(f.Code, maxName), cut(f.Value, maxText)
	return s.change(ctx, op, func(tx *sql.Tx) error {
		// Whoever learns the same at the same moment waits here, and finds it learned.
		if _, err := tx.ExecContext(ctx, `INSERT INTO traits (scope, code, value, sure, learned_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)
			ON CONFLICT (scope, code) DO UPDATE SET code = excluded.code`,
			number, code, value, whether(f.Sure), moment(f.SeenAt)); err != nil {
			return err
		}
		var was string
		var seen time.Time
		if err := tx.QueryRowContext(ctx, `SELECT value, seen_at FROM traits WHERE scope = $1 AND code = $2`, number, code).
			Scan(&was, (*moment)(&seen)); err != nil {
			return err
		}
		if f.SeenAt.Before(seen) {
			return nil
		}
		if was == value {
			_, err := tx.ExecContext(ctx, `UPDATE traits SET sure = $1, seen_at = $2 WHERE scope = $3 AND code = $4`,
				whether(f.Sure), moment(f.SeenAt), number, code)
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE traits SET value = $1, sure = $2, learned_at = $3, seen_at = $3 WHERE scope = $4 AND code = $5`,
			value, whether(f.Sure), moment(f.SeenAt), number, code); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO trait_shifts (scope, code, was, now, at) SELECT $1, $2, $3, $4, $5
			WHERE NOT EXISTS (SELECT 1 FROM trait_shifts WHERE scope = $1 AND code = $2 AND now = $4 AND at > $6)`,
			number, code, was, value, moment(f.SeenAt), moment(f.SeenAt.Add(-journal.ShiftQuiet)))
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

// Traits implements journal.Traits.
func (s *Store) Traits(ctx context.Context, scope journal.Scope) (map[string]journal.Trait, error) {
	const op = "read traits"
	traits := map[string]journal.Trait{}
	number, ok, err := s.scope(ctx, scope)
	if err != nil || !ok {
		return traits, wrap(op, err)
	}
	_, err = collect(ctx, s.read, func(rows *sql.Rows) (f journal.Trait, err error) {
		var sure int64
		err = rows.Scan(&f.Code, &f.Value, &sure, (*moment)(&f.LearnedAt), (*moment)(&f.SeenAt))
		f.Sure = sure != 0
		traits[f.Code] = f
		return f, err
	}, `SELECT code, value, sure, learned_at, seen_at FROM traits WHERE scope = $1`, number)
	return traits, wrap(op, err)
}

// Shifts implements journal.Traits.
func (s *Store) Shifts(ctx context.Context, environment string, from, until time.Time) ([]journal.Shift, error) {
	if from.IsZero() {
		from = time.UnixMicro(0) // a moment that is zero is none
	}
	if until.IsZero() {
		until = time.UnixMicro(math.MaxInt64)
	}
	shifts, err := collect(ctx, s.read, func(rows *sql.Rows) (t journal.Shift, err error) {
		err = rows.Scan(&t.Scope.Environment, &t.Scope.Tenant, &t.Code, &t.Was, &t.Now, (*moment)(&t.At))
		return t, err
	}, `SELECT s.environment, s.tenant, t.code, t.was, t.now, t.at FROM trait_shifts t JOIN scopes s ON s.id = t.scope
		WHERE s.environment = $1 AND t.at >= $2 AND t.at < $3 ORDER BY t.at DESC, t.id DESC LIMIT $4`, clean(environment), moment(from), moment(until), mostShifts)
	return shifts, wrap("read shifted traits", err)
}

// KeepTenantProbe implements journal.Traits.
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

// TenantProbe implements journal.Traits.
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

func copyTraits(ctx context.Context, from querier, to *sql.Tx, scopes map[int64]int64) error {
	traits, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var scope, sure, learned, seen int64
		var code, value string
		err := rows.Scan(&scope, &code, &value, &sure, &learned, &seen)
		return []any{scopes[scope], code, value, sure, learned, seen}, err
	}, `SELECT scope, code, value, sure, learned_at, seen_at FROM traits`)
	if err != nil {
		return err
	}
	shifts, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var scope, at int64
		var code, was, now string
		err := rows.Scan(&scope, &code, &was, &now, &at)
		return []any{scopes[scope], code, was, now, at}, err
	}, `SELECT scope, code, was, now, at FROM trait_shifts ORDER BY id`)
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
		`INSERT INTO traits (scope, code, value, sure, learned_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6)`: traits,
		`INSERT INTO trait_shifts (scope, code, was, now, at) VALUES ($1, $2, $3, $4, $5)`:                   shifts,
		`INSERT INTO tenant_probes (scope, report, made_at) VALUES ($1, $2, $3)`:                             probes,
	} {
		for _, one := range all {
			if _, err := to.ExecContext(ctx, insert, one...); err != nil {
				return err
			}
		}
	}
	return nil
}
