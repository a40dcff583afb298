package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/typed"
)

// The limits of journal.Filter.
const (
	defaultLimit = 50
	maxLimit     = 1000
)

// maxSpellings bounds how many readings one person's names are spread over: with more
// names a reading is of several.
const maxSpellings = 20

// List implements journal.Store.
func (s *Store) List(ctx context.Context, f journal.Filter) ([]journal.Entry, bool, error) {
	const op = "list entries"
	if f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	f.Limit = min(f.Limit, maxLimit)
	scope, ok, err := s.scope(ctx, f.Scope)
	if err != nil || !ok {
		return nil, false, wrap(op, err)
	}
	moved := false
	if !f.From.IsZero() || !f.To.IsZero() {
		if moved, err = s.anyMoved(ctx); err != nil {
			return nil, false, wrap(op, err)
		}
	}
	var by []string
	if f.Operator != "" {
		if by, err = s.spellings(ctx, scope, f.Operator); err != nil || len(by) == 0 {
			return nil, false, wrap(op, err)
		}
	}
	query, args, err := s.listQuery(f, by, scope, moved)
	if err != nil || query == "" {
		return nil, false, wrap(op, err)
	}
	entries, err := queryEntries(ctx, s.read, f.Scope, query, args...)
	if err != nil {
		return nil, false, wrap(op, err)
	}
	// The page is the newest; only its order is nobody's promise after a join.
	slices.SortFunc(entries, func(a, b journal.Entry) int { return strings.Compare(b.ID, a.ID) })
	if len(entries) > f.Limit {
		return entries[:f.Limit], true, nil
	}
	return entries, false, nil
}

// spellings are the names of a scope that are a person's, however they were written:
// with capitals or without, with accents or without, composed or not. The names are read
// from an index one after the other, each by a jump: there are few, and many entries.
func (s *Store) spellings(ctx context.Context, scope int64, operator string) (names []string, err error) {
	rows, err := s.read.QueryContext(ctx, `WITH RECURSIVE names (name) AS (
			SELECT (SELECT MIN(operator) FROM entries`+s.dialect.index("entries_operator")+` WHERE scope = $1)
			UNION ALL
			SELECT (SELECT MIN(operator) FROM entries`+s.dialect.index("entries_operator")+` WHERE scope = $1 AND operator > names.name)
			FROM names WHERE names.name IS NOT NULL)
		SELECT name FROM names WHERE name IS NOT NULL`, scope)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	asked := folded(cut(operator, maxText))
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		if folded(name) == asked {
			names = append(names, name)
		}
	}
	return names, rows.Err()
}

func folded(name string) string { return typed.Spelling(typed.Fold(name)) }

// listQuery is the query for a page and one entry more, of changes by any of these names,
// nil for everybody's; "" where nothing can match.
//
// The page is a set of numbers, taken in order from an index that has everything
// filtered by in front of the number, so nothing is skipped and nothing sorted.
// Kind and result stand in front of the number too, and where they are not
// filtered by, the index is read once for each pair of them and the readings are
// merged: with 3 kinds and 6 results that is 18 places to look at, whatever the
// table's size, where separate indexes would be 4 for each thing filtered by. An
// agent's entries, or those of one RunID, are few (thousands): there the rest is
// tested entry by entry.
//
// Where a clock was once set back (moved), numbers say later times than it was, so that
// the end of a span is looked for entry by entry.
func (s *Store) listQuery(f journal.Filter, by []string, scope int64, moved bool) (query string, args []any, err error) {
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	from, until := int64(0), int64(math.MaxInt64)
	if !f.From.IsZero() {
		from = ceil(f.From)
	}
	span := ""
	if !f.To.IsZero() && !moved {
		until = ceil(f.To)
	}
	if f.Before != "" {
		before, ok := parseID(f.Before)
		if !ok {
			return "", nil, journal.ErrNotFound
		}
		until = min(until, before)
	}
	if f.Queue != 0 && f.Kind == journal.Recording {
		return "", nil, nil
	}

	var numbers string
	if f.Agent != "" || f.RunID != "" {
		numbers = s.few(f, by, scope, arg)
	} else {
		numbers = s.merged(f, by, scope, arg)
	}
	if moved {
		span = s.span(f, arg)
	}
	numbers = strings.NewReplacer("{span}", span, "{entry_span}", entrySpan(span), "{from}", arg(from), "{until}", arg(until), "{limit}", arg(f.Limit+1)).
		Replace(numbers + " ORDER BY id DESC LIMIT {limit}")
	return `WITH page (id) AS (` + numbers + `)
		SELECT ` + entryColumns + ` FROM page ` + s.dialect.inOrder + ` JOIN entries e ON e.id = page.id`, args, nil
}

// anyMoved reports whether any entry's number says another time than it was written.
func (s *Store) anyMoved(ctx context.Context) (moved bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM entries`+s.dialect.index("entries_moved")+` WHERE id >= 0 AND written_at IS NOT NULL)`).Scan(&moved)
	return moved, err
}

// span is the condition of a span of time on when entries were written.
func (s *Store) span(f journal.Filter, arg func(any) string) string {
	written := fmt.Sprintf(" AND COALESCE(written_at, id >> %d) ", counterBits)
	text := ""
	if !f.From.IsZero() {
		text += written + ">= " + arg(ceil(f.From)>>counterBits)
	}
	if !f.To.IsZero() {
		text += written + "< " + arg(ceil(f.To)>>counterBits)
	}
	return text
}

// entrySpan is that condition on the entry that a row of entry_queues is of.
func entrySpan(span string) string {
	if span == "" {
		return ""
	}
	return " AND EXISTS (SELECT 1 FROM entries WHERE id = entry" + span + ")"
}

// few selects numbers among the entries of an agent or a RunID.
func (s *Store) few(f journal.Filter, by []string, scope int64, arg func(any) string) string {
	index, where := "entries_run", []string{"scope = " + arg(scope)}
	if f.Agent != "" {
		index = "entries_agent"
		where = append(where, "agent = "+arg(clean(f.Agent)))
	}
	if f.RunID != "" {
		where = append(where, "run_id = "+arg(clean(f.RunID)), "run_id <> ''")
	}
	if by != nil {
		where = append(where, anyOf(by, arg))
	}
	if f.Kind != "" {
		where = append(where, "kind = "+arg(string(f.Kind)))
	}
	if f.Result != "" {
		where = append(where, "result = "+arg(string(f.Result)))
	}
	if f.Queue != 0 {
		where = append(where, "EXISTS (SELECT 1 FROM entry_queues q WHERE q.entry = entries.id AND q.queue = "+arg(f.Queue)+")")
	}
	where = append(where, "id >= {from}", "id < {until}{span}")
	return "SELECT id FROM entries" + s.dialect.index(index) + " WHERE " + strings.Join(where, " AND ")
}

// anyOf is the condition that a change was made under one of these names.
func anyOf(names []string, arg func(any) string) string {
	args := make([]string, len(names))
	for i, name := range names {
		args[i] = arg(name)
	}
	return "operator IN (" + strings.Join(args, ", ") + ")"
}

// merged selects numbers by queue and operator, once per kind, result and name.
func (s *Store) merged(f journal.Filter, by []string, scope int64, arg func(any) string) string {
	table, index, id := "entries", "entries_scope", "id"
	where := []string{"scope = " + arg(scope)}
	kinds := []journal.Kind{journal.Callin, journal.Callout, journal.Recording}
	if f.Queue != 0 {
		table, index, id = "entry_queues", "entry_queues_queue", "entry"
		where = append(where, "queue = "+arg(f.Queue))
		kinds = kinds[:2]
	}
	persons := []string{""}
	if by != nil {
		index, persons = table+"_operator", nil
		for names := range slices.Chunk(by, max(1, (len(by)+maxSpellings-1)/maxSpellings)) {
			persons = append(persons, " AND "+anyOf(names, arg))
		}
	}
	if f.Kind != "" {
		kinds = []journal.Kind{f.Kind}
	}
	results := []journal.Result{
		journal.Intent, journal.Verified, journal.Accepted, journal.Differs, journal.Refused, journal.Unknown,
	}
	if f.Result != "" {
		results = []journal.Result{f.Result}
	}
	inSpan := "{span}"
	if table != "entries" {
		inSpan = "{entry_span}"
	}
	selected := "SELECT " + id + " AS id FROM " + table + s.dialect.index(index) + " WHERE " + strings.Join(where, " AND ")
	var readings []string
	for _, result := range results {
		for _, kind := range kinds {
			for _, person := range persons {
				readings = append(readings, selected+person+" AND result = "+arg(string(result))+" AND kind = "+arg(string(kind))+
					" AND "+id+" >= {from} AND "+id+" < {until}"+inSpan)
			}
		}
	}
	if s.dialect.page != "" && len(readings) > 1 {
		for i, reading := range readings {
			readings[i] = "(" + reading + s.dialect.page + ")"
		}
	}
	return strings.Join(readings, "\nUNION ALL ")
}
