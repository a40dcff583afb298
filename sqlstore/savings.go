package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/alohub/agentconsole/journal"
)

// NoteSaving implements journal.Savings.
func (s *Store) NoteSaving(ctx context.Context, scope journal.Scope, saving journal.Saving) (wish journal.SavingWish, err error) {
	const op = "note a saving"
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return "", wrap(op, err)
	}
	var args arguments
	query := `INSERT INTO savings (id, scope, state, over, wish, noted_at) VALUES (` +
		args.add(clean(saving.ID)) + `, ` + args.add(number) + `, ` + args.add(clean(string(saving.State))) + `, ` +
		args.add(whether(saving.Over)) + `, '', ` + s.clock(&args) + `)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, over = excluded.over, noted_at = excluded.noted_at
		RETURNING wish`
	err = s.single(ctx, op, func(db execer) error {
		return db.QueryRowContext(ctx, query, args...).Scan(&wish)
	})
	if err != nil || !saving.Over {
		return wish, err
	}
	var old arguments
	forget := `DELETE FROM savings WHERE noted_at < ` + s.clock(&old) + ` - ` + old.add(journal.SavingsKept.Microseconds())
	_, err = s.write.ExecContext(ctx, forget, old...)
	return wish, wrap(op, err)
}

// FindSaving implements journal.Savings.
func (s *Store) FindSaving(ctx context.Context, scope journal.Scope, id string) (journal.Saving, error) {
	const op = "find a saving"
	number, ok, err := s.scope(ctx, scope)
	if err == nil && !ok {
		err = journal.ErrNotFound
	}
	if err != nil {
		return journal.Saving{}, wrap(op, err)
	}
	var args arguments
	query := `SELECT state, over, wish, noted_at >= ` + s.clock(&args) + ` - ` + args.add(journal.SavingLease.Microseconds()) +
		` FROM savings WHERE id = ` + args.add(clean(id)) + ` AND scope = ` + args.add(number)
	found := journal.Saving{ID: id}
	var state string
	var over int64
	err = s.read.QueryRowContext(ctx, query, args...).Scan(&state, &over, &found.Wish, &found.Alive)
	if errors.Is(err, sql.ErrNoRows) {
		err = journal.ErrNotFound
	}
	found.State, found.Over = []byte(state), over != 0
	found.Alive = found.Alive || found.Over
	return found, wrap(op, err)
}

// WishSaving implements journal.Savings.
func (s *Store) WishSaving(ctx context.Context, scope journal.Scope, id string, wish journal.SavingWish) error {
	const op = "wish something of a saving"
	number, ok, err := s.scope(ctx, scope)
	if err == nil && !ok {
		err = journal.ErrNotFound
	}
	if err != nil {
		return wrap(op, err)
	}
	return s.single(ctx, op, func(db execer) error {
		n, err := affected(ctx, db, `UPDATE savings SET wish = CASE wish WHEN 'cancel' THEN wish ELSE $1 END
			WHERE id = $2 AND scope = $3 AND over = 0`, string(wish), clean(id), number)
		if err == nil && n == 0 {
			err = journal.ErrNotFound
		}
		return err
	})
}
