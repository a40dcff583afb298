package sqlstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/typed"
)

const filterSetColumns = `id, owner_name, name, query, made_by, made_at, changed_by, changed_at`

// called is a name as it is compared: as it was meant, in lower case.
func called(name string) string { return cut(strings.ToLower(typed.Clean(name)), maxText) }

// FilterSets implements journal.FilterSets.
func (s *Store) FilterSets(ctx context.Context, scope journal.Scope, owner string) ([]journal.FilterSet, error) {
	const op = "read filter sets"
	number, ok, err := s.scope(ctx, scope)
	if err != nil || !ok {
		return nil, wrap(op, err)
	}
	sets, err := collect(ctx, s.read, func(rows *sql.Rows) (f journal.FilterSet, err error) {
		err = rows.Scan(&f.ID, &f.Owner, &f.Name, &f.Query, &f.MadeBy, (*moment)(&f.MadeAt), &f.ChangedBy, (*moment)(&f.ChangedAt))
		return f, err
	}, `SELECT `+filterSetColumns+` FROM filter_sets WHERE scope = $1 AND owner IN ('', $2)`, number, called(owner))
	slices.SortFunc(sets, func(a, b journal.FilterSet) int {
		return cmp.Or(typed.Compare(a.Name, b.Name), strings.Compare(a.Owner, b.Owner))
	})
	return sets, wrap(op, err)
}

// KeepFilterSet implements journal.FilterSets.
func (s *Store) KeepFilterSet(ctx context.Context, scope journal.Scope, f journal.FilterSet) (id string, err error) {
	const op = "keep a filter set"
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return "", wrap(op, err)
	}
	if f.MadeAt.IsZero() {
		f.MadeAt = s.now()
	}
	// No number that another one had before: a page that still shows that would change this.
	id = rand.Text()
	return id, s.change(ctx, op, func(tx *sql.Tx) error {
		if err := s.alone(ctx, tx, number); err != nil {
			return err
		}
		if err := free(ctx, tx, number, called(f.Owner), f.Name, ""); err != nil {
			return err
		}
		var count int64
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM filter_sets WHERE scope = $1 AND owner = $2`, number, called(f.Owner)).Scan(&count); err != nil {
			return err
		}
		if count >= journal.MostFilterSets {
			return journal.ErrTooMany
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO filter_sets (id, scope, owner, called, owner_name, name, query, made_by, made_at, changed_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '')`,
			id, number, called(f.Owner), called(f.Name), cut(f.Owner, maxText), cut(f.Name, maxText), cut(f.Query, journal.MaxFilterSetQuery),
			cut(f.MadeBy, maxText), moment(f.MadeAt))
		return err
	})
}

// alone has the filter sets of a scope to the transaction, until its end.
func (s *Store) alone(ctx context.Context, tx *sql.Tx, scope int64) error {
	var number int64
	return tx.QueryRowContext(ctx, `SELECT id FROM scopes WHERE id = $1`+s.dialect.forUpdate, scope).Scan(&number)
}

// free returns journal.ErrNameTaken where an owner has another filter set of that name than
// the one with that ID.
func free(ctx context.Context, tx *sql.Tx, scope int64, owner, name, id string) error {
	var taken bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM filter_sets WHERE scope = $1 AND owner = $2 AND called = $3 AND id <> $4)`,
		scope, owner, called(name), id).Scan(&taken)
	if err == nil && taken {
		return journal.ErrNameTaken
	}
	return err
}

// ChangeFilterSet implements journal.FilterSets.
func (s *Store) ChangeFilterSet(ctx context.Context, scope journal.Scope, owner string, f journal.FilterSet) error {
	const op = "change a filter set"
	if f.ChangedAt.IsZero() {
		f.ChangedAt = s.now()
	}
	return s.ofFilterSet(ctx, op, scope, owner, f.ID, func(tx *sql.Tx, number int64, owner string) error {
		if f.Name != "" {
			if err := free(ctx, tx, number, owner, f.Name, f.ID); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE filter_sets SET name = CASE WHEN $1 = '' THEN name ELSE $1 END,
				called = CASE WHEN $2 = '' THEN called ELSE $2 END, query = CASE WHEN $3 = '' THEN query ELSE $3 END,
				changed_by = $4, changed_at = $5 WHERE id = $6`,
			cut(f.Name, maxText), called(f.Name), cut(f.Query, journal.MaxFilterSetQuery), cut(f.ChangedBy, maxText), moment(f.ChangedAt), f.ID)
		return err
	})
}

// DropFilterSet implements journal.FilterSets.
func (s *Store) DropFilterSet(ctx context.Context, scope journal.Scope, owner, id string) error {
	return s.ofFilterSet(ctx, "delete a filter set", scope, owner, id, func(tx *sql.Tx, _ int64, _ string) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM filter_sets WHERE id = $1`, id)
		return err
	})
}

// ofFilterSet runs do on the filter set of that ID where the owner may see it, or it is
// everybody's; of says which of the two.
func (s *Store) ofFilterSet(
	ctx context.Context, op string, scope journal.Scope, owner, id string, do func(tx *sql.Tx, number int64, of string) error,
) error {
	id = clean(id)
	number, ok, err := s.scope(ctx, scope)
	if err != nil {
		return wrap(op, err)
	}
	if !ok {
		return wrap(op, journal.ErrNotFound)
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		if err := s.alone(ctx, tx, number); err != nil {
			return err
		}
		var of string
		err := tx.QueryRowContext(ctx, `SELECT owner FROM filter_sets WHERE id = $1 AND scope = $2 AND owner IN ('', $3)`, id, number, called(owner)).Scan(&of)
		if errors.Is(err, sql.ErrNoRows) {
			return journal.ErrNotFound
		}
		if err != nil {
			return err
		}
		return do(tx, number, of)
	})
}

func copyFilterSets(ctx context.Context, from querier, to *sql.Tx, scopes map[int64]int64) error {
	all, err := collect(ctx, from, func(rows *sql.Rows) ([]any, error) {
		var scope, made int64
		var changed sql.NullInt64
		var id, owner, key, ownerName, name, query, madeBy, changedBy string
		err := rows.Scan(&id, &scope, &owner, &key, &ownerName, &name, &query, &madeBy, &made, &changedBy, &changed)
		return []any{id, scopes[scope], owner, key, ownerName, name, query, madeBy, made, changedBy, changed}, err
	}, `SELECT id, scope, owner, called, owner_name, name, query, made_by, made_at, changed_by, changed_at FROM filter_sets`)
	if err != nil {
		return err
	}
	for _, one := range all {
		if _, err := to.ExecContext(ctx, `INSERT INTO filter_sets (id, scope, owner, called, owner_name, name, query, made_by, made_at, changed_by, changed_at)
			VALUES `+tuples(1, 11), one...); err != nil {
			return err
		}
	}
	return nil
}
