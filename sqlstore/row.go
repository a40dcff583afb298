package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// entryColumns are the columns of entries in the order of row.scan and
// row.values. "e." is the table's name in every query that reads rows.
const entryColumns = `e.id, e.scope, e.agent, e.kind, e.queues_before, e.before_known, e.queues_after,
	e.priority_before, e.priority_after, e.enabled, e.certainty, e.operator, e.key_fingerprint,
	e.request_id, e.run_id, e.undo_of, e.undone_by, e.result, e.code, e.message, e.queues_seen, e.settled_at, e.evidence_at, e.written_at`

// row is an entry as a table keeps it. The scope's name is not part of it.
type row struct {
	id, scope        int64
	undoOf, undoneBy sql.NullInt64
	// writtenAt is when it was, where the number says another time.
	writtenAt moment
	entry     journal.Entry
}

// newRow cleans an entry. Its links and outcome are left to the caller.
func newRow(id, scope int64, e journal.Entry) (row, error) {
	switch e.Kind {
	case journal.Callin, journal.Callout, journal.Recording:
	default:
		return row{}, invalid(fmt.Sprintf("%q is not a kind of change", cut(string(e.Kind), 40)))
	}
	for _, s := range []*string{&e.Agent, &e.RunID} {
		if *s = clean(*s); len(*s) > maxName {
			return row{}, invalid(fmt.Sprintf("an agent or run named by %d bytes; at most %d", len(*s), maxName))
		}
	}
	for _, s := range []*string{
		&e.PriorityBefore, &e.PriorityAfter, &e.Certainty, &e.Operator,
		&e.KeyFingerprint, &e.RequestID, &e.Code,
	} {
		*s = cut(*s, maxText)
	}
	e.Message = cut(e.Message, maxMessage)
	return row{id: id, scope: scope, entry: e}, nil
}

// queues are the queues the change touches, each once.
func (r row) queues() []int64 {
	if r.entry.Kind == journal.Recording {
		return nil
	}
	all := slices.Concat(r.entry.Before, r.entry.After)
	slices.Sort(all)
	return slices.Compact(all)
}

// values are the row's columns as arguments.
func (r row) values() []any {
	e := r.entry
	return []any{
		r.id, r.scope, e.Agent, string(e.Kind), list(e.Before), e.BeforeKnown, list(e.After),
		e.PriorityBefore, e.PriorityAfter, e.Enabled, e.Certainty, e.Operator, e.KeyFingerprint,
		e.RequestID, e.RunID, r.undoOf, r.undoneBy, string(e.Result), e.Code, e.Message, list(e.Seen), moment(e.SettledAt),
		moment(e.EvidenceAt), r.writtenAt,
	}
}

// scan reads the entryColumns of one row.
func (r *row) scan(rows *sql.Rows) error {
	e := &r.entry
	err := rows.Scan(&r.id, &r.scope, &e.Agent, &e.Kind, (*list)(&e.Before), &e.BeforeKnown, (*list)(&e.After),
		&e.PriorityBefore, &e.PriorityAfter, &e.Enabled, &e.Certainty, &e.Operator, &e.KeyFingerprint,
		&e.RequestID, &e.RunID, &r.undoOf, &r.undoneBy, &e.Result, &e.Code, &e.Message, (*list)(&e.Seen), (*moment)(&e.SettledAt),
		(*moment)(&e.EvidenceAt), &r.writtenAt)
	if err != nil {
		return err
	}
	e.ID, e.At = formatID(r.id), stampTime(r.id)
	if at := time.Time(r.writtenAt); !at.IsZero() {
		e.At = at
	}
	if r.undoOf.Valid {
		e.UndoOf = formatID(r.undoOf.Int64)
	}
	if r.undoneBy.Valid {
		e.UndoneBy = formatID(r.undoneBy.Int64)
	}
	return nil
}

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// queryRows reads all rows of a query for entryColumns, so that no connection is
// held while a caller works on them.
func queryRows(ctx context.Context, db querier, query string, args ...any) ([]row, error) {
	return collect(ctx, db, func(rows *sql.Rows) (r row, err error) {
		err = r.scan(rows)
		return r, err
	}, query, args...)
}

// queryEntries is queryRows for entries that are all of one scope.
func queryEntries(ctx context.Context, db querier, scope journal.Scope, query string, args ...any) ([]journal.Entry, error) {
	return collect(ctx, db, func(rows *sql.Rows) (journal.Entry, error) {
		var r row
		err := r.scan(rows)
		r.entry.Scope = scope
		return r.entry, err
	}, query, args...)
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, db querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// scanNumber reads a row of one number.
func scanNumber(rows *sql.Rows) (n int64, err error) {
	err = rows.Scan(&n)
	return n, err
}

// insertRows adds rows and what finds them by queue. Where it says that fewer were
// inserted, their numbers are taken and the queues are not written: then the
// caller rolls back, or tries its one row with another number.
func insertRows(ctx context.Context, tx *sql.Tx, rows []row) (inserted int64, err error) {
	var values []any
	for _, r := range rows {
		values = append(values, r.values()...)
	}
	columns := strings.ReplaceAll(entryColumns, "e.", "")
	res, err := tx.ExecContext(ctx, `INSERT INTO entries (`+columns+`) VALUES `+
		tuples(len(rows), len(values)/max(1, len(rows)))+` ON CONFLICT (id) DO NOTHING`, values...)
	if err != nil {
		return 0, err
	}
	if inserted, err = res.RowsAffected(); err != nil || inserted < int64(len(rows)) {
		return inserted, err
	}
	var queues [][]any
	for _, r := range rows {
		for _, queue := range r.queues() {
			queues = append(queues, []any{r.id, queue, r.scope, r.entry.Operator, string(r.entry.Result), string(r.entry.Kind)})
		}
	}
	for some := range slices.Chunk(queues, maxArguments/6) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO entry_queues (entry, queue, scope, operator, result, kind) VALUES `+
			tuples(len(some), 6), slices.Concat(some...)...); err != nil {
			return inserted, err
		}
	}
	return inserted, nil
}

// maxArguments is far below what either database takes in a statement, as the time
// SQLite's driver takes grows with the square of it.
const maxArguments = 600

// tuples is "($1,$2),($3,$4)" for rows of columns each.
func tuples(rows, columns int) string {
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j := range columns {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "$%d", i*columns+j+1)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// list is a list of queues as JSON; nil is NULL and an empty list is "[]".
type list []int64

// Value implements driver.Valuer.
func (l list) Value() (driver.Value, error) {
	if l == nil {
		return nil, nil
	}
	b, err := json.Marshal([]int64(l))
	return string(b), err
}

// Scan implements sql.Scanner.
func (l *list) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*l = nil
		return nil
	case string:
		return json.Unmarshal([]byte(src), l)
	case []byte:
		return json.Unmarshal(src, l)
	}
	return fmt.Errorf("a list of queues that is a %T", src)
}

// moment is a time as microseconds since 1970; the zero time is NULL.
type moment time.Time

// Value implements driver.Valuer.
func (m moment) Value() (driver.Value, error) {
	if time.Time(m).IsZero() {
		return nil, nil
	}
	return time.Time(m).UnixMicro(), nil
}

// Scan implements sql.Scanner.
func (m *moment) Scan(src any) error {
	var n sql.NullInt64
	if err := n.Scan(src); err != nil {
		return err
	}
	*m = moment{}
	if n.Valid {
		*m = moment(time.UnixMicro(n.Int64).UTC())
	}
	return nil
}
