package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/runs"
)

// itemColumns are the columns of run_items, itemTypes PostgreSQL's types of them.
const (
	itemColumns = `run, seq, agent, agent_name, kind, state, why, message, intent, queues_before, queues_after, enabled, ` +
		`certainty, read_at, asks, entry, settled_at`
	itemTypes = `bigint bigint text text text text text text text text text boolean text bigint text text bigint`
)

// itemBatch is how many rows go to PostgreSQL in a statement, and how many numbers stand
// in one: what is read or written twice at a time is no more than that.
const itemBatch = 1000

// itemValues are an item's columns, cleaned, as a driver takes them.
func itemValues(run int64, it runs.Item) ([]any, error) {
	if it.Agent = clean(it.Agent); len(it.Agent) > maxName {
		return nil, invalid(fmt.Sprintf("an agent named by %d bytes; at most %d", len(it.Agent), maxName))
	}
	if it.State == "" {
		it.State = runs.ItemPlanned
	}
	if err := knownState(it.State); err != nil {
		return nil, err
	}
	in := it.Intent
	in.Agent = cut(in.Agent, maxName)
	for _, text := range []*string{&in.Undoes.Entry, &in.Undoes.PriorityBefore, &in.Undoes.PriorityAfter} {
		*text = cut(*text, maxText)
	}
	if in.PriorityBase != nil {
		base := cut(*in.PriorityBase, maxText)
		in.PriorityBase = &base
	}
	intent, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	asks, err := texts(it.Asks)
	if err != nil {
		return nil, err
	}
	values := []any{
		run, int64(it.Seq), it.Agent, cut(it.AgentName, maxText), string(it.Kind()), string(it.State), cut(it.Why, maxText),
		cut(it.Message, maxMessage), string(intent), list(it.Before), list(it.After), it.Enabled, cut(it.Certainty, maxText),
		moment(it.ReadAt), asks, cut(it.Entry, maxText), moment(it.SettledAt),
	}
	for i, v := range values {
		if v, ok := v.(driver.Valuer); ok {
			if values[i], err = v.Value(); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}

// texts are codes as JSON; nil is NULL.
func texts(codes []string) (any, error) {
	if codes == nil {
		return nil, nil
	}
	cleaned := make([]string, len(codes))
	for i, code := range codes {
		cleaned[i] = cut(code, maxText)
	}
	b, err := json.Marshal(cleaned)
	return string(b), err
}

// itemReading are the columns that scanItem reads: of which kind it is its intent says.
var itemReading = strings.NewReplacer("run, ", "", "kind, ", "").Replace(itemColumns)

func readItem(rows *sql.Rows) (runs.Item, error) { return scanItem(rows) }

// scanItem reads them, after others that go elsewhere.
func scanItem(rows *sql.Rows, first ...any) (it runs.Item, err error) {
	var intent, asks []byte
	if err := rows.Scan(append(first, &it.Seq, &it.Agent, &it.AgentName, &it.State, &it.Why, &it.Message, &intent,
		(*list)(&it.Before), (*list)(&it.After), &it.Enabled, &it.Certainty, (*moment)(&it.ReadAt), &asks, &it.Entry,
		(*moment)(&it.SettledAt))...); err != nil {
		return runs.Item{}, err
	}
	if err := json.Unmarshal(intent, &it.Intent); err != nil {
		return runs.Item{}, fmt.Errorf("item %d: %w", it.Seq, err)
	}
	if asks != nil {
		if err := json.Unmarshal(asks, &it.Asks); err != nil {
			return runs.Item{}, fmt.Errorf("item %d: %w", it.Seq, err)
		}
	}
	return it, nil
}

// insertItems adds the items of a run.
func (s *Store) insertItems(ctx context.Context, tx *sql.Tx, run int64, items []runs.Item) error {
	var add func(values []any) error
	flush := func() error { return nil }
	if s.dialect.arrays {
		w := arrayRows{into: `INSERT INTO run_items (` + itemColumns + `) SELECT ` + itemColumns + `
			FROM {rows} v (` + itemColumns + `)`, types: strings.Fields(itemTypes)}
		add = func(values []any) error { return w.add(ctx, tx, values) }
		flush = func() error { return w.flush(ctx, tx) }
	} else {
		stmt, err := tx.PrepareContext(ctx, `INSERT INTO run_items (`+itemColumns+`) VALUES `+tuples(1, len(strings.Fields(itemTypes))))
		if err != nil {
			return err
		}
		defer stmt.Close()
		add = func(values []any) error { return each(ctx, stmt, values) }
	}
	last := 0
	for i, it := range items {
		if it.Seq == 0 {
			it.Seq = i + 1
		}
		if it.Seq <= last {
			return invalid(fmt.Sprintf("item %d follows item %d", it.Seq, last))
		}
		last = it.Seq
		values, err := itemValues(run, it)
		if err != nil {
			return err
		}
		if err := add(values); err != nil {
			return err
		}
	}
	return flush()
}

// each runs a statement once more of many times. The driver has a goroutine watch each
// that may be broken off; here the context is looked at between them instead.
func each(ctx context.Context, stmt *sql.Stmt, values []any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := stmt.ExecContext(context.WithoutCancel(ctx), values...)
	return err
}

// arrayRows sends rows to PostgreSQL as arrays of their columns, itemBatch at a time.
type arrayRows struct {
	into  string // a statement in which {rows} stands for them
	types []string
	rows  [][]any
}

func (w *arrayRows) add(ctx context.Context, db execer, values []any) error {
	if w.rows = append(w.rows, values); len(w.rows) < itemBatch {
		return nil
	}
	return w.flush(ctx, db)
}

func (w *arrayRows) flush(ctx context.Context, db execer) error {
	if len(w.rows) == 0 {
		return nil
	}
	var args arguments
	source := w.source(&args)
	w.rows = w.rows[:0]
	_, err := db.ExecContext(ctx, strings.Replace(w.into, "{rows}", source, 1), args...)
	return err
}

// source is the table of the rows.
func (w *arrayRows) source(args *arguments) string {
	arrays := make([]string, len(w.types))
	for j, typ := range w.types {
		arrays[j] = "CAST(" + args.add(column(w.rows, j, typ)) + " AS " + typ + "[])"
	}
	return "unnest(" + strings.Join(arrays, ", ") + ")"
}

// column is one column of rows as an array that can hold NULL.
func column(rows [][]any, j int, typ string) any {
	switch typ {
	case "bigint":
		return columnOf[int64](rows, j)
	case "boolean":
		return columnOf[bool](rows, j)
	}
	return columnOf[string](rows, j)
}

func columnOf[T any](rows [][]any, j int) []*T {
	all := make([]*T, len(rows))
	for i, row := range rows {
		if v, ok := row[j].(T); ok {
			all[i] = &v
		}
	}
	return all
}

// Items implements runs.Store.
func (r *Runs) Items(ctx context.Context, id string, f runs.ItemFilter) ([]runs.Item, error) {
	const op = "read the items of a run"
	number, ok := parseID(id)
	if !ok {
		return nil, wrap(op, runs.ErrNotFound)
	}
	f.States = slices.Compact(slices.Sorted(slices.Values(f.States)))
	if len(f.Agents) > 0 {
		items, err := r.itemsOf(ctx, number, f)
		return items, wrap(op, err)
	}
	var args arguments
	run, after, limit := args.add(number), args.add(f.After), int64(f.Limit)
	if limit <= 0 {
		limit = math.MaxInt64
	}
	page := ` ORDER BY seq LIMIT ` + args.add(limit) + ` OFFSET ` + args.add(max(f.Skip, 0))
	where := ` WHERE run = ` + run + ` AND seq > ` + after
	query := `SELECT ` + itemReading + ` FROM run_items i`
	switch byState := r.store.dialect.index("run_items_state"); {
	case len(f.States) == 1:
		query += byState + where + ofStates(f.States, &args) + page
	case len(f.States) > 1 && r.store.dialect.merges:
		readings := make([]string, len(f.States))
		for i := range f.States {
			readings[i] = `SELECT seq FROM run_items` + byState + where + ofStates(f.States[i:i+1], &args)
		}
		query = `WITH page (at) AS (` + strings.Join(readings, " UNION ALL ") + page + `) SELECT ` + itemReading +
			` FROM page CROSS JOIN run_items ON run = ` + run + ` AND seq = page.at`
	default:
		query += where + ofStates(f.States, &args) + page
	}
	items, err := collect(ctx, r.store.read, readItem, query, args...)
	// The page is the first; only its order is nobody's promise after a join.
	slices.SortFunc(items, func(a, b runs.Item) int { return cmp.Compare(a.Seq, b.Seq) })
	return items, wrap(op, err)
}

// ofStates is the condition that an item is in one of the states.
func ofStates(states []runs.ItemState, args *arguments) string {
	switch len(states) {
	case 0:
		return ""
	case 1:
		return ` AND state = ` + args.add(string(states[0]))
	}
	each := make([]string, len(states))
	for i, state := range states {
		each[i] = args.add(string(state))
	}
	return ` AND state IN (` + strings.Join(each, ", ") + `)`
}

// itemsOf returns items of agents: their places first, of which a page is cut.
func (r *Runs) itemsOf(ctx context.Context, run int64, f runs.ItemFilter) ([]runs.Item, error) {
	seqs, err := r.seqsOf(ctx, run, f)
	if err != nil {
		return nil, err
	}
	seqs = slices.DeleteFunc(seqs, func(seq int64) bool { return seq <= int64(f.After) })
	slices.Sort(seqs)
	seqs = seqs[min(max(f.Skip, 0), len(seqs)):]
	if f.Limit > 0 {
		seqs = seqs[:min(f.Limit, len(seqs))]
	}
	var items []runs.Item
	for some := range slices.Chunk(seqs, itemBatch) {
		part, err := collect(ctx, r.store.read, readItem, `SELECT `+itemReading+` FROM run_items
			WHERE run = $1 AND seq IN (`+numbers(some)+`) ORDER BY seq`, run)
		if err != nil {
			return nil, err
		}
		items = append(items, part...)
	}
	return items, nil
}

// seqsOf returns the places of the items of agents, in no order.
func (r *Runs) seqsOf(ctx context.Context, run int64, f runs.ItemFilter) ([]int64, error) {
	agents := make([]string, len(f.Agents))
	for i, agent := range f.Agents {
		agents[i] = clean(agent)
	}
	slices.Sort(agents)
	var seqs []int64
	for some := range slices.Chunk(slices.Compact(agents), maxArguments) {
		var args arguments
		query := `SELECT seq FROM run_items i` + r.store.dialect.index("run_items_agent") + ` WHERE run = ` + args.add(run) + ` AND agent IN (`
		places := make([]string, len(some))
		for i, agent := range some {
			places[i] = args.add(agent)
		}
		part, err := collect(ctx, r.store.read, scanNumber, query+strings.Join(places, ", ")+`)`+ofStates(f.States, &args), args...)
		if err != nil {
			return nil, err
		}
		seqs = append(seqs, part...)
	}
	return seqs, nil
}

// numbers are numbers as they stand in a statement.
func numbers[T int | int64](all []T) string {
	var b []byte
	for i, n := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(b)
}

// Count implements runs.Store.
func (r *Runs) Count(ctx context.Context, id string, f runs.ItemFilter) (n int, err error) {
	const op = "count the items of a run"
	number, ok := parseID(id)
	if !ok {
		return 0, wrap(op, runs.ErrNotFound)
	}
	if len(f.Agents) > 0 {
		seqs, err := r.seqsOf(ctx, number, f)
		return len(seqs), wrap(op, err)
	}
	var args arguments
	err = r.store.read.QueryRowContext(ctx, `SELECT count(*) FROM run_items i`+r.store.dialect.index("run_items_state")+
		` WHERE run = `+args.add(number)+ofStates(f.States, &args), args...).Scan(&n)
	return n, wrap(op, err)
}

// Tick implements runs.Store.
func (r *Runs) Tick(ctx context.Context, id string, seqs []int, in bool) error {
	const op = "tick items of a run"
	number, ok := parseID(id)
	if !ok {
		return wrap(op, runs.ErrNotFound)
	}
	from, to := runs.ItemPlanned, runs.ItemNotAttempted
	if in {
		from, to = to, from
	}
	s := r.store
	return s.change(ctx, op, func(tx *sql.Tx) error {
		// The row is kept, so that nobody starts it meanwhile.
		var state runs.State
		err := tx.QueryRowContext(ctx, `SELECT state FROM runs WHERE id = $1`+s.dialect.forUpdate, number).Scan(&state)
		if err = noRun(err); err != nil {
			return err
		}
		if state != runs.Planned {
			return runs.ErrMoved
		}
		for some := range slices.Chunk(seqs, itemBatch) {
			if _, err := tx.ExecContext(ctx, `UPDATE run_items SET state = $3 WHERE run = $1 AND seq IN (`+numbers(some)+`) AND state = $2`,
				number, string(from), string(to)); err != nil {
				return err
			}
		}
		return nil
	})
}

// noRun says runs.ErrNotFound of no rows.
func noRun(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return runs.ErrNotFound
	}
	return err
}
