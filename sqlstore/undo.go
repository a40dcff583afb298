package sqlstore

import (
	"context"
	"database/sql"

	"github.com/alohub/agentconsole/journal"
)

// LinkUndo implements journal.Store.
func (s *Store) LinkUndo(ctx context.Context, scope journal.Scope, id, undo string) error {
	const op = "link an undo"
	undone, ok := parseID(id)
	undoing, alsoOK := parseID(undo)
	if !ok || !alsoOK {
		return wrap(op, journal.ErrNotFound)
	}
	number, ok, err := s.scope(ctx, scope)
	if err != nil {
		return wrap(op, err)
	}
	if !ok {
		return wrap(op, journal.ErrNotFound)
	}
	return s.change(ctx, op, func(tx *sql.Tx) error { return s.link(ctx, tx, number, undone, undoing) })
}

// link makes the two links. An undo that was refused says what it was meant to
// take back, but took nothing back.
func (s *Store) link(ctx context.Context, tx *sql.Tx, scope, undone, undoing int64) error {
	if undone == undoing {
		return invalid("an entry cannot take itself back")
	}
	// Newest first, as Settle locks them: two locks in one order cannot deadlock.
	rows, err := queryRows(ctx, tx, `SELECT `+entryColumns+` FROM entries e WHERE e.id IN ($1, $2) AND e.scope = $3
		ORDER BY e.id DESC`+s.dialect.forUpdate, undone, undoing, scope)
	if err != nil {
		return err
	}
	if len(rows) != 2 {
		return journal.ErrNotFound
	}
	from, to := rows[0], rows[1]
	if from.id != undoing {
		from, to = to, from
	}
	switch {
	case from.undoOf.Valid && from.undoOf.Int64 != undone:
		return invalid("an entry takes back one other, and this one takes back another already")
	case to.undoneBy.Valid && to.undoneBy.Int64 != undoing:
		return journal.ErrAlreadyUndone
	}
	if _, err := tx.ExecContext(ctx, `UPDATE entries SET undo_of = $2 WHERE id = $1`, undoing, undone); err != nil {
		return err
	}
	return settleUndo(ctx, tx, undone, undoing, from.entry.Result, from.entry.Code)
}

// settleUndo keeps the link from an entry to what took it back: an undo that was
// refused or never applied took nothing back, so that somebody may try again; any
// other may have.
func settleUndo(ctx context.Context, tx *sql.Tx, undone, undoing int64, result journal.Result, code string) error {
	query := `UPDATE entries SET undone_by = $2 WHERE id = $1 AND undone_by IS NULL`
	if result == journal.Refused || result == journal.Differs && code == journal.CodeNotApplied {
		query = `UPDATE entries SET undone_by = NULL WHERE id = $1 AND undone_by = $2`
	}
	_, err := tx.ExecContext(ctx, query, undone, undoing)
	return err
}
