package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// planColumns are what a plan says, in the order of plan.values.
const planColumns = `operation, of_run, operator, key_fingerprint, planned_at, oldest_at, rest, effects, same_changes`

// plan is what a run says from when it was planned, cleaned.
type plan struct {
	run                        runs.Run
	rest, effects, sameChanges string // JSON
}

// planRest is what of a plan is not searched or sorted by.
type planRest struct {
	QueueIDs, FromIDs []int64
	Priority          *int
	Choice            runs.Choice
}

func (s *Store) newPlan(r runs.Run) (p plan, err error) {
	if r.PlannedAt.IsZero() {
		r.PlannedAt = s.now()
	}
	r.Operation = runs.Operation(cut(string(r.Operation), maxText))
	for _, text := range []*string{&r.Of, &r.Operator, &r.KeyFingerprint, &r.Choice.By, &r.Choice.File} {
		*text = cut(*text, maxText)
	}
	r.Choice.Query = cut(r.Choice.Query, maxMessage)
	r.Effects = slices.Clone(r.Effects)
	for i, e := range r.Effects {
		r.Effects[i].Name = cut(e.Name, maxText)
	}
	p.run = r
	for _, part := range []struct {
		to   *string
		from any
	}{
		{&p.rest, planRest{r.QueueIDs, r.FromIDs, r.Priority, r.Choice}},
		{&p.effects, r.Effects},
		{&p.sameChanges, r.Groups},
	} {
		text, err := json.Marshal(part.from)
		if err != nil {
			return plan{}, err
		}
		*part.to = clean(string(text))
	}
	return p, nil
}

// values are the planColumns as arguments.
func (p plan) values() []any {
	r := p.run
	return []any{
		string(r.Operation), r.Of, r.Operator, r.KeyFingerprint, moment(r.PlannedAt), moment(r.OldestAt),
		p.rest, p.effects, p.sameChanges,
	}
}

// assignments sets the planColumns to the arguments from the number on, after others.
func (p plan) assignments(from int) string {
	var b strings.Builder
	for i, column := range strings.Split(planColumns, ", ") {
		fmt.Fprintf(&b, ", %s = $%d", column, from+i)
	}
	return b.String()
}

// runParts are what is read of a run beside its columns, and by which index.
type runParts struct {
	effects, counts bool
	index           string
}

// gone is the condition that the process that carried a run r out is gone.
func (s *Store) gone(a *arguments) string {
	return `(r.state = 'running' AND r.lease_until < ` + s.clock(a) + `)`
}

// read returns the runs of a scope that where selects.
func (r *Runs) read(ctx context.Context, scope journal.Scope, parts runParts, where func(a *arguments) string) ([]runs.Run, error) {
	s := r.store
	var args arguments
	effects, counts, index := `'null', 'null'`, `'null'`, ""
	if parts.effects {
		effects = `r.effects, r.same_changes`
	}
	if parts.counts {
		// Of the same moment as the rest, and in one trip.
		counts = `(SELECT ` + s.dialect.object + ` FROM (SELECT state AS name, count(*) AS n FROM run_items i` +
			s.dialect.index("run_items_state") + ` WHERE i.run = r.id GROUP BY state) c)`
	}
	if parts.index != "" {
		index = s.dialect.index(parts.index)
	}
	query := `SELECT r.id, r.revision, CASE WHEN ` + s.gone(&args) + ` THEN 'interrupted' ELSE r.state END, r.reason, r.detail,
		r.operation, r.name, r.of_run, r.operator, r.key_fingerprint, r.planned_at, r.started_at, r.ended_at, r.oldest_at,
		r.owner, r.rest, ` + effects + `, ` + counts + ` FROM runs r` + index + where(&args)
	return collect(ctx, s.read, func(rows *sql.Rows) (runs.Run, error) { return scanRun(rows, scope) }, query, args...)
}

func scanRun(rows *sql.Rows, scope journal.Scope) (runs.Run, error) {
	r := runs.Run{Scope: scope}
	var id int64
	var rest, effects, groups, counts []byte
	if err := rows.Scan(&id, &r.Revision, &r.State, &r.Reason, &r.Detail,
		&r.Operation, &r.Name, &r.Of, &r.Operator, &r.KeyFingerprint, (*moment)(&r.PlannedAt), (*moment)(&r.StartedAt),
		(*moment)(&r.EndedAt), (*moment)(&r.OldestAt), &r.Owner, &rest, &effects, &groups, &counts); err != nil {
		return runs.Run{}, err
	}
	r.ID = formatID(id)
	if r.State == runs.Interrupted {
		r.Owner = ""
	}
	var p planRest
	for _, part := range []struct {
		from []byte
		to   any
	}{{rest, &p}, {effects, &r.Effects}, {groups, &r.Groups}, {counts, &r.Counts}} {
		if err := json.Unmarshal(part.from, part.to); err != nil {
			return runs.Run{}, fmt.Errorf("run %s: %w", r.ID, err)
		}
	}
	r.QueueIDs, r.FromIDs, r.Priority, r.Choice = p.QueueIDs, p.FromIDs, p.Priority, p.Choice
	return r, nil
}

// knownState refuses a state of an item that is none.
func knownState(state runs.ItemState) error {
	if !slices.Contains(runs.ItemStates(), state) {
		return invalid(fmt.Sprintf("%q is not the state of an item", cut(string(state), 40)))
	}
	return nil
}

// momentOr is a time, or where it is zero another.
func momentOr(at, otherwise time.Time) moment {
	if at.IsZero() {
		return moment(otherwise)
	}
	return moment(at)
}
