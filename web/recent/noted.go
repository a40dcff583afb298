package recent

import (
	"context"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// noted is a store whose writes are told to those who answer from memory, failed ones
// too: a database that was lost may have taken them.
type noted struct {
	Store
	reads *Reads
}

func (n noted) entries() {
	n.reads.ledgers.wrote()
	n.reads.lists.wrote()
}

func (n noted) Intend(ctx context.Context, e journal.Entry) (string, error) {
	defer n.entries()
	return n.Store.Intend(ctx, e)
}

func (n noted) LearnTrait(ctx context.Context, scope journal.Scope, f journal.Trait) error {
	defer n.reads.shifts.wrote()
	return n.Store.LearnTrait(ctx, scope, f)
}

func (n noted) KeepFilterSet(ctx context.Context, scope journal.Scope, f journal.FilterSet) (string, error) {
	defer n.reads.filters.wrote()
	return n.Store.KeepFilterSet(ctx, scope, f)
}

func (n noted) ChangeFilterSet(ctx context.Context, scope journal.Scope, owner string, f journal.FilterSet) error {
	defer n.reads.filters.wrote()
	return n.Store.ChangeFilterSet(ctx, scope, owner, f)
}

func (n noted) DropFilterSet(ctx context.Context, scope journal.Scope, owner, id string) error {
	defer n.reads.filters.wrote()
	return n.Store.DropFilterSet(ctx, scope, owner, id)
}

func (n noted) Settle(ctx context.Context, id string, s journal.Settlement) error {
	defer n.entries()
	return n.Store.Settle(ctx, id, s)
}

func (n noted) Orphans(ctx context.Context, before time.Time) (int, error) {
	defer n.entries()
	return n.Store.Orphans(ctx, before)
}

func (n noted) Prune(ctx context.Context, before time.Time) (int, error) {
	defer n.entries()
	return n.Store.Prune(ctx, before)
}

func (n noted) Runs() runs.Store { return notedRuns{n.reads.runs, n.reads} }

// notedRuns tells of what changes which runs go on.
type notedRuns struct {
	runs.Store
	reads *Reads
}

func (n notedRuns) Begin(ctx context.Context, scope journal.Scope, id string, from []runs.State, revision int, owner string) error {
	defer n.reads.active.wrote()
	return n.Store.Begin(ctx, scope, id, from, revision, owner)
}

func (n notedRuns) Ask(ctx context.Context, scope journal.Scope, id string, w runs.Want) error {
	defer n.reads.active.wrote()
	return n.Store.Ask(ctx, scope, id, w)
}

func (n notedRuns) Settle(ctx context.Context, id, owner string, results []runs.Result) error {
	defer n.reads.active.wrote()
	return n.Store.Settle(ctx, id, owner, results)
}

func (n notedRuns) End(ctx context.Context, id, owner string, to runs.State, why runs.Reason, detail string) error {
	defer n.reads.active.wrote()
	return n.Store.End(ctx, id, owner, to, why, detail)
}

func (n notedRuns) Forsake(ctx context.Context) (int, error) {
	defer n.reads.active.wrote()
	return n.Store.Forsake(ctx)
}

func (n notedRuns) PauseAll(ctx context.Context) error {
	defer n.reads.active.wrote()
	return n.Store.PauseAll(ctx)
}
