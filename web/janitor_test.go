package web

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// errands is a journal that notes what a janitor asks of it.
type errands struct {
	journal.Store
	single          bool
	orphans, pruned []time.Duration // the limits asked for, as ages
}

func (e *errands) SingleProcess() bool { return e.single }

func (e *errands) Orphans(_ context.Context, before time.Time) (int, error) {
	e.orphans = append(e.orphans, time.Since(before))
	return 0, nil
}

func (e *errands) Prune(_ context.Context, before time.Time) (int, error) {
	e.pruned = append(e.pruned, time.Since(before))
	return 0, nil
}

// TestJanitor: at a start everything open in a database of our own is a dead
// process's; where replicas share it, only what is older than any write.
func TestJanitor(t *testing.T) {
	t.Parallel()
	for name, single := range map[string]bool{"of one process": true, "shared": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := &errands{single: single}
				j := &janitor{store: store, retention: 48 * time.Hour, now: time.Now, log: slog.New(slog.DiscardHandler)}
				ctx, stop := context.WithTimeout(t.Context(), pruneEvery+time.Second)
				defer stop()
				j.run(ctx)
				first := orphanAge
				if single {
					first = 0
				}
				if n := len(store.orphans); n != int(pruneEvery/sweepEvery)+1 {
					t.Errorf("looked %d times in an hour", n)
				}
				if store.orphans[0] != first {
					t.Errorf("at the start it took what is older than %s, want %s", store.orphans[0], first)
				}
				if slices.ContainsFunc(store.orphans[1:], func(age time.Duration) bool { return age != orphanAge }) {
					t.Errorf("later it took what is older than %s", store.orphans[1:3])
				}
				if want := []time.Duration{48 * time.Hour, 48 * time.Hour}; !slices.Equal(store.pruned, want) {
					t.Errorf("pruned %s, want %s", store.pruned, want)
				}
			})
		})
	}
}

// TestJanitorKeepsAll: without a retention nothing is ever deleted.
func TestJanitorKeepsAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &errands{}
		ctx, stop := context.WithTimeout(t.Context(), 3*pruneEvery)
		defer stop()
		(&janitor{store: store, now: time.Now, log: slog.New(slog.DiscardHandler)}).run(ctx)
		if len(store.pruned) > 0 {
			t.Error("pruned without a retention")
		}
	})
}
