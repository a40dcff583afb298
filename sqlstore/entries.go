package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// Intend implements journal.Store.
func (s *Store) Intend(ctx context.Context, e journal.Entry) (string, error) {
	const op = "write an intent"
	e.Result, e.Code, e.Message, e.Seen, e.SettledAt = journal.Intent, "", "", nil, time.Time{}
	scope, err := s.makeScope(ctx, e.Scope)
	if err != nil {
		return "", wrap(op, err)
	}
	r, err := newRow(0, scope, e)
	if err != nil {
		return "", wrap(op, err)
	}
	if e.UndoOf != "" {
		undone, ok := parseID(e.UndoOf)
		if !ok {
			return "", wrap(op, journal.ErrNotFound)
		}
		r.undoOf = sql.NullInt64{Int64: undone, Valid: true}
	}
	err = s.change(ctx, op, func(tx *sql.Tx) error {
		for inserted := int64(0); inserted == 0; {
			r.id = s.stamps.next(e.At)
			if inserted, err = insertRows(ctx, tx, []row{r}); err != nil {
				return err
			}
			if !e.At.IsZero() {
				// Should the number be taken: a backdated microsecond may be full.
				e.At = e.At.Add(time.Microsecond)
			}
		}
		if !r.undoOf.Valid {
			return nil
		}
		return takeBack(ctx, tx, scope, r.undoOf.Int64, r.id)
	})
	if err != nil {
		return "", err
	}
	return formatID(r.id), nil
}

// Settle implements journal.Store.
func (s *Store) Settle(ctx context.Context, id string, out journal.Settlement) error {
	const op = "settle an entry"
	n, ok := parseID(id)
	if !ok {
		return wrap(op, journal.ErrNotFound)
	}
	switch out.Result {
	case journal.Verified, journal.Accepted, journal.Differs, journal.Refused, journal.Unknown:
	default:
		return wrap(op, invalid(fmt.Sprintf("%q is not an outcome", cut(string(out.Result), 40))))
	}
	if out.At.IsZero() {
		out.At = s.now()
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		var undoOf sql.NullInt64
		err := tx.QueryRowContext(ctx, `UPDATE entries SET result = $2, code = $3, message = $4, queues_seen = $5, settled_at = $6
			WHERE id = $1 RETURNING undo_of`,
			n, string(out.Result), cut(out.Code, maxText), cut(out.Message, maxMessage), list(out.Seen), out.At.UnixMicro()).
			Scan(&undoOf)
		if errors.Is(err, sql.ErrNoRows) {
			return journal.ErrNotFound
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE entry_queues SET result = $2 WHERE entry = $1`, n, string(out.Result)); err != nil {
			return err
		}
		if !undoOf.Valid {
			return nil
		}
		return settleUndo(ctx, tx, undoOf.Int64, n, out.Result, out.Code)
	})
}

// Find implements journal.Store.
func (s *Store) Find(ctx context.Context, scope journal.Scope, id string) (journal.Entry, error) {
	const op = "find an entry"
	n, ok := parseID(id)
	if !ok {
		return journal.Entry{}, wrap(op, journal.ErrNotFound)
	}
	number, ok, err := s.scope(ctx, scope)
	if err != nil {
		return journal.Entry{}, wrap(op, err)
	}
	if !ok {
		return journal.Entry{}, wrap(op, journal.ErrNotFound)
	}
	entries, err := queryEntries(ctx, s.read, scope, `SELECT `+entryColumns+` FROM entries e WHERE e.id = $1 AND e.scope = $2`, n, number)
	if err == nil && len(entries) == 0 {
		err = journal.ErrNotFound
	}
	if err != nil {
		return journal.Entry{}, wrap(op, err)
	}
	return entries[0], nil
}

// Unsettled implements journal.Store.
func (s *Store) Unsettled(ctx context.Context, scope journal.Scope, agent string) ([]journal.Entry, error) {
	const op = "list unsettled entries"
	number, ok, err := s.scope(ctx, scope)
	if err != nil || !ok {
		return nil, wrap(op, err)
	}
	entries, err := queryEntries(ctx, s.read, scope, `SELECT `+entryColumns+` FROM entries e`+s.dialect.index("entries_unsettled")+`
		WHERE e.scope = $1 AND e.agent = $2 AND e.result IN ('intent', 'unknown') ORDER BY e.id DESC LIMIT 50`, number, clean(agent))
	return entries, wrap(op, err)
}

// Orphans implements journal.Store.
func (s *Store) Orphans(ctx context.Context, before time.Time) (int, error) {
	const op = "settle orphans"
	turned := 0
	// In parts, so that what is written meanwhile does not wait for all of them.
	for {
		part := 0
		err := s.change(ctx, op, func(tx *sql.Tx) error {
			ids, err := collect(ctx, tx, scanNumber, `UPDATE entries SET result = 'unknown', settled_at = $2
				WHERE result = 'intent' AND id IN (SELECT e.id FROM entries e`+s.dialect.index("entries_intents")+`
					WHERE e.result = 'intent' AND e.id < $1 ORDER BY e.id LIMIT 500) RETURNING id`,
				ceil(before), s.now().UnixMicro())
			if err != nil || len(ids) == 0 {
				return err
			}
			part = len(ids)
			_, err = tx.ExecContext(ctx, `UPDATE entry_queues SET result = 'unknown' WHERE entry IN `+tuples(1, part), anys(ids)...)
			return err
		})
		if err != nil || part == 0 {
			return turned, err
		}
		turned += part
	}
}

// anys are numbers as arguments.
func anys(ids []int64) []any {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return args
}
