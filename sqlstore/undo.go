package sqlstore

import (
	"context"
	"database/sql"

	"github.com/alohub/agentconsole/journal"
)

// takeBack notes on an entry of the scope that the one being written takes it
// back, unless another did already.
func takeBack(ctx context.Context, tx *sql.Tx, scope, undone, undoing int64) error {
	if undone == undoing {
		return invalid("an entry cannot take itself back")
	}
	// In one statement: of two that undo at once, the second waits for the first
	// and then finds the entry taken.
	res, err := tx.ExecContext(ctx, `UPDATE entries SET undone_by = $3 WHERE id = $1 AND scope = $2 AND undone_by IS NULL`,
		undone, scope, undoing)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	there := false
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM entries WHERE id = $1 AND scope = $2)`, undone, scope).
		Scan(&there); err != nil {
		return err
	}
	if there {
		return journal.ErrAlreadyUndone
	}
	return journal.ErrNotFound
}

// settleUndo keeps the link from an entry to what took it back: an undo that was
// refused or never applied took nothing back, so that somebody may try again; any
// other may have.
func settleUndo(ctx context.Context, tx *sql.Tx, undone, undoing int64, result journal.Result, code string) error {
	_, err := tx.ExecContext(ctx, `UPDATE entries SET `+undoLink(result, code, "", "$2"), undoing, undone)
	return err
}

// undoLink is what to set, and where, for an undo ($1) with that outcome of the entry
// with the number undone, which comes from the table from.
func undoLink(result journal.Result, code, from, undone string) string {
	if result == journal.Refused || result == journal.Differs && code == journal.CodeNotApplied {
		return `undone_by = NULL` + from + ` WHERE entries.id = ` + undone + ` AND undone_by = $1`
	}
	return `undone_by = $1` + from + ` WHERE entries.id = ` + undone + ` AND undone_by IS NULL`
}
