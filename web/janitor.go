package web

import (
	"context"
	"log/slog"
	"time"

	"github.com/alohub/agentconsole/journal"
)

const (
	// orphanAge is how old an intent without a result must be before it counts as
	// left behind by a process that died: longer than any write may take, so that
	// what another replica has under way is left alone.
	orphanAge = 30 * time.Second
	// sweepEvery is how often the janitor looks.
	sweepEvery = 15 * time.Second
	// pruneEvery is how often entries older than the retention are deleted.
	pruneEvery = time.Hour
)

// janitor keeps the journal in order: what a killed process left open becomes of
// unknown outcome, and what is older than the retention is deleted.
type janitor struct {
	store     journal.Store
	retention time.Duration // 0: for ever
	now       func() time.Time
	log       *slog.Logger
}

// run works until ctx ends. At the start it takes every open intent for a dead
// process's where the database is one process's alone. Should that be wrong for
// once, nothing is lost: whoever sent the change notes its result over it.
func (j *janitor) run(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	age := orphanAge
	if s, ok := j.store.(interface{ SingleProcess() bool }); ok && s.SingleProcess() {
		age = 0
	}
	var pruned time.Time
	for {
		j.adopt(ctx, age)
		age = orphanAge
		if now := j.now(); j.retention > 0 && now.Sub(pruned) >= pruneEvery {
			pruned = now
			j.prune(ctx, now.Add(-j.retention))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (j *janitor) adopt(ctx context.Context, age time.Duration) {
	switch left, err := j.store.Orphans(ctx, j.now().Add(-age)); {
	case ctx.Err() != nil:
	case err != nil:
		j.log.Error("intents left behind not marked", "error", err)
	case left > 0:
		j.log.Warn("changes of a process that died are now of unknown outcome", "count", left)
	}
}

func (j *janitor) prune(ctx context.Context, before time.Time) {
	switch gone, err := j.store.Prune(ctx, before); {
	case ctx.Err() != nil:
	case err != nil:
		j.log.Error("journal not pruned", "error", err)
	case gone > 0:
		j.log.Info("journal pruned", "count", gone)
	}
}
