package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
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
	if s.dialect.atOnce && e.At.IsZero() && !r.undoOf.Valid {
		n, err := s.intendAtOnce(ctx, r)
		return formatID(n), wrap(op, err)
	}
	err = s.change(ctx, op, func(tx *sql.Tx) error {
		for inserted := int64(0); inserted == 0; {
			if r.id, r.writtenAt, err = s.next(ctx, tx, "entries", e.At); err != nil {
				return err
			}
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

// next is the number of an entry (or run: table) that is written now, and when that is
// where the number says otherwise. It sorts after every entry there is: what is sent last
// decides, not whose clock is later. A time that is given is taken as it is.
func (s *Store) next(ctx context.Context, tx *sql.Tx, table string, given time.Time) (n int64, at moment, err error) {
	clock, args := s.dialect.clock, []any(nil)
	if clock == "" {
		clock, args = "CAST($1 AS INTEGER)", []any{s.now().UnixMicro()}
	}
	var micros, last int64
	if err := tx.QueryRowContext(ctx, `SELECT `+clock+`, COALESCE((SELECT max(id) FROM `+table+`), 0)`, args...).Scan(&micros, &last); err != nil {
		return 0, moment{}, err
	}
	if !given.IsZero() {
		return backdated(given, last), moment{}, nil
	}
	now := time.UnixMicro(micros).UTC()
	n, moved := number(now, last)
	if moved {
		at = moment(now)
	}
	return n, at, nil
}

// castTypes are the types of a row's values from the scope on, which a SELECT of
// arguments has to name.
const castTypes = `bigint text text text boolean text text text boolean text text text text text bigint bigint text text text text bigint bigint`

// intendAtOnce is the transaction of Intend in one statement, where each trip to the
// database may take long: the number is made there.
func (s *Store) intendAtOnce(ctx context.Context, r row) (int64, error) {
	var args []any
	arg := func(v any, typ string) string {
		args = append(args, v)
		return fmt.Sprintf("CAST($%d AS %s)", len(args), typ)
	}
	values := r.values()
	values = values[1 : len(values)-1] // all but the number and when it was written
	types := strings.Fields(castTypes)
	selected := make([]string, len(values))
	for i, v := range values {
		selected[i] = arg(v, types[i])
	}
	columns := strings.Split(strings.ReplaceAll(strings.Join(strings.Fields(entryColumns), ""), "e.", ""), ",")
	query := `WITH clock AS (SELECT ` + s.dialect.clock + ` AS micros, COALESCE((SELECT max(id) FROM entries), 0) AS last),
		n AS (SELECT GREATEST((micros << ` + strconv.Itoa(counterBits) + `) | ` + arg(rand.Int64N(spread), "bigint") + `, last + 1) AS id, micros FROM clock),
		e AS (INSERT INTO entries (id, written_at, ` + strings.Join(columns[1:len(columns)-1], ", ") + `)
			SELECT n.id, CASE WHEN n.id >> ` + strconv.Itoa(counterBits) + ` <> n.micros THEN n.micros END, ` + strings.Join(selected, ", ") + `
			FROM n ON CONFLICT (id) DO NOTHING RETURNING id)`
	if queues := r.queues(); len(queues) > 0 {
		each := make([]string, len(queues))
		for i, q := range queues {
			each[i] = "(" + arg(q, "bigint") + ")"
		}
		query += `, q AS (INSERT INTO entry_queues (entry, queue, scope, operator, result, kind)
			SELECT e.id, v.queue, ` + arg(r.scope, "bigint") + `, ` + arg(r.entry.Operator, "text") + `, ` +
			arg(string(r.entry.Result), "text") + `, ` + arg(string(r.entry.Kind), "text") +
			` FROM e, (VALUES ` + strings.Join(each, ", ") + `) v (queue))`
	}
	for {
		var id int64
		err := s.write.QueryRowContext(ctx, query+` SELECT id FROM e`, args...).Scan(&id)
		if !errors.Is(err, sql.ErrNoRows) { // another's entry took the number
			return id, err
		}
	}
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
	args := []any{n, string(out.Result), cut(out.Code, maxText), cut(out.Message, maxMessage), list(out.Seen), out.At.UnixMicro()}
	const update = `UPDATE entries SET result = $2, code = $3, message = $4, queues_seen = $5, settled_at = $6
		WHERE id = $1 RETURNING undo_of`
	if s.dialect.atOnce {
		// In one trip: see intendAtOnce.
		return wrap(op, found(s.write.QueryRowContext(ctx, `WITH e AS (`+update+`),
			q AS (UPDATE entry_queues SET result = $2 WHERE entry = $1),
			u AS (UPDATE entries SET `+undoLink(out.Result, out.Code, " FROM e", "e.undo_of")+`)
			SELECT undo_of FROM e`, args...).Scan(new(sql.NullInt64))))
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		var undoOf sql.NullInt64
		if err := found(tx.QueryRowContext(ctx, update, args...).Scan(&undoOf)); err != nil {
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

// found says journal.ErrNotFound of no rows.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return journal.ErrNotFound
	}
	return err
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
					WHERE e.result = 'intent' AND e.id < $1`+s.dialect.unlocked+` ORDER BY e.id LIMIT 500) RETURNING id`,
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
