package web

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

const (
	// orphanAge is how old an intent without a result must be before it counts as
	// left behind by a process that died: longer than any write may take, so that
	// what another replica has under way is left alone.
	orphanAge = 30 * time.Second
	// sweepEvery is how often such intents are looked for.
	sweepEvery = 15 * time.Second
	// planAge is how long a run is kept that was planned and that nobody started.
	planAge = 7 * 24 * time.Hour
	// pruneEvery is how often entries older than the retention are deleted.
	pruneEvery = time.Hour
)

// task is work that the console does whether or not anybody asks for something.
type task struct {
	name  string                          // what was to be done, for the log
	every time.Duration                   // from the beginning of one turn to that of the next
	do    func(ctx context.Context) error // what fails is tried again at the next turn
}

// upkeep is the owner of the tasks. They run in its goroutine, so never two at once.
type upkeep struct {
	tasks []task
	log   *slog.Logger
}

// newUpkeep returns the console's tasks. With a retention of 0 nothing is deleted but
// plans that nobody started.
func newUpkeep(store journalKeeper, kept runsKeeper, retention time.Duration, now func() time.Time, log *slog.Logger) *upkeep {
	tasks := []task{orphanTask(store, now, log)}
	if retention > 0 {
		tasks = append(tasks, pruneTask(store, retention, now, log))
	}
	tasks = append(tasks, pruneRunsTask(kept, retention, now, log))
	return &upkeep{tasks: tasks, log: log}
}

// run gives each task a turn at once, in their order, and then whenever it is due,
// until ctx ends. A turn that is missed because another task took long is not
// made up for.
func (u *upkeep) run(ctx context.Context) {
	due := make([]time.Time, len(u.tasks)) // long ago
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		for i, t := range u.tasks {
			now := time.Now()
			if now.Before(due[i]) || ctx.Err() != nil {
				continue
			}
			due[i] = now.Add(t.every)
			// What is cut off by the console's end is no failure.
			if err := t.do(ctx); err != nil && ctx.Err() == nil {
				u.log.Error("upkeep failed", "task", t.name, "error", err)
			}
		}
		timer.Reset(time.Until(slices.MinFunc(due, time.Time.Compare)))
	}
}

// journalKeeper is what upkeep needs of the store.
type journalKeeper interface {
	Orphans(ctx context.Context, before time.Time) (int, error)
	Prune(ctx context.Context, before time.Time) (int, error)
	SingleProcess() bool
}

// runsKeeper is what upkeep needs of the runs.
type runsKeeper interface {
	PruneRuns(ctx context.Context, over, planned time.Time) (int, error)
}

// orphanTask marks what a killed process left open as of unknown outcome. Its first
// turn takes every open intent for a dead process's where the database is one
// process's alone. Should that be wrong for once, nothing is lost: whoever sent the
// change notes its result over it.
func orphanTask(store journalKeeper, now func() time.Time, log *slog.Logger) task {
	age := orphanAge
	if store.SingleProcess() {
		age = 0
	}
	return task{name: "mark intents left behind", every: sweepEvery, do: func(ctx context.Context) error {
		before := now().Add(-age)
		age = orphanAge
		left, err := store.Orphans(ctx, before)
		if left > 0 {
			log.Warn("changes of a process that died are now of unknown outcome", "count", left)
		}
		return err
	}}
}

// pruneTask deletes what is older than the retention.
func pruneTask(store journalKeeper, retention time.Duration, now func() time.Time, log *slog.Logger) task {
	return task{name: "prune the journal", every: pruneEvery, do: func(ctx context.Context) error {
		gone, err := store.Prune(ctx, now().Add(-retention))
		if gone > 0 {
			log.Info("journal pruned", "count", gone)
		}
		return err
	}}
}

// pruneRunsTask deletes runs that were over for longer than the retention, and plans that
// nobody started.
func pruneRunsTask(kept runsKeeper, retention time.Duration, now func() time.Time, log *slog.Logger) task {
	return task{name: "prune runs", every: pruneEvery, do: func(ctx context.Context) error {
		over, planned := time.Time{}, now().Add(-planAge)
		if retention > 0 {
			over = now().Add(-retention)
		}
		gone, err := kept.PruneRuns(ctx, over, planned)
		if gone > 0 {
			log.Info("runs pruned", "count", gone)
		}
		return err
	}}
}
