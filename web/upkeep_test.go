package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/sqlstore"
)

// errands is a journal that notes what upkeep asks of it.
type errands struct {
	single          bool
	orphans, pruned []time.Duration // the limits asked for, as ages
	// runs are the limits asked for of runs: over, planned. Of no limit: 0.
	runs [][2]time.Duration
	err  error
}

func (e *errands) PruneRuns(_ context.Context, over, planned time.Time) (int, error) {
	ages := [2]time.Duration{}
	for i, before := range []time.Time{over, planned} {
		if !before.IsZero() {
			ages[i] = time.Since(before)
		}
	}
	e.runs = append(e.runs, ages)
	return 0, e.err
}

func (e *errands) SingleProcess() bool { return e.single }

func (e *errands) Orphans(_ context.Context, before time.Time) (int, error) {
	e.orphans = append(e.orphans, time.Since(before))
	return 0, e.err
}

func (e *errands) Prune(_ context.Context, before time.Time) (int, error) {
	e.pruned = append(e.pruned, time.Since(before))
	return 0, e.err
}

// TestUpkeepOfTheJournal: at a start everything open in a database of our own is a
// dead process's; where replicas share it, only what is older than any write.
func TestUpkeepOfTheJournal(t *testing.T) {
	t.Parallel()
	for name, single := range map[string]bool{"of one process": true, "shared": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := &errands{single: single}
				ctx, stop := context.WithTimeout(t.Context(), pruneEvery+time.Second)
				defer stop()
				newUpkeep(store, store, 48*time.Hour, time.Now, slog.New(slog.DiscardHandler)).run(ctx)
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
				once := [2]time.Duration{48 * time.Hour, 7 * 24 * time.Hour}
				if want := [][2]time.Duration{once, once}; !slices.Equal(store.runs, want) {
					t.Errorf("pruned runs %s, want %s", store.runs, want)
				}
			})
		})
	}
}

// TestUpkeepKeepsAll: without a retention nothing that was done is ever deleted.
func TestUpkeepKeepsAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &errands{}
		ctx, stop := context.WithTimeout(t.Context(), 3*pruneEvery)
		defer stop()
		newUpkeep(store, store, 0, time.Now, slog.New(slog.DiscardHandler)).run(ctx)
		if len(store.pruned) > 0 {
			t.Error("pruned without a retention")
		}
		if len(store.runs) == 0 || slices.ContainsFunc(store.runs, func(ages [2]time.Duration) bool { return ages != [2]time.Duration{0, planAge} }) {
			t.Errorf("pruned runs %s, want plans alone", store.runs)
		}
	})
}

// TestUpkeepSaysWhatFails: a task that fails is tried again when it is due, and the
// others have their turn.
func TestUpkeepSaysWhatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		store := &errands{err: errors.New("disk full")}
		ctx, stop := context.WithTimeout(t.Context(), 2*sweepEvery-time.Second)
		defer stop()
		newUpkeep(store, store, time.Hour, time.Now, slog.New(slog.NewTextHandler(&log, nil))).run(ctx)
		if len(store.orphans) != 2 || len(store.pruned) != 1 {
			t.Errorf("looked %d times and pruned %d times, want 2 and 1", len(store.orphans), len(store.pruned))
		}
		for line, want := range map[string]int{
			`level=ERROR msg="upkeep failed" task="mark intents left behind" error="disk full"`: 2,
			`level=ERROR msg="upkeep failed" task="prune the journal" error="disk full"`:        1,
			`level=ERROR msg="upkeep failed" task="prune runs" error="disk full"`:               1,
		} {
			if n := strings.Count(log.String(), line); n != want {
				t.Errorf("%d times %s, want %d, in:\n%s", n, line, want, log.String())
			}
		}
	})
}

// TestUpkeepTurns: the tasks run one at a time, in their order where several are
// due, and what one missed while another took long is not made up for.
func TestUpkeepTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var turns []string
		note := func(name string) { turns = append(turns, name+" "+time.Since(begun).String()) }
		u := &upkeep{log: slog.New(slog.DiscardHandler), tasks: []task{
			{name: "slow", every: time.Minute, do: func(context.Context) error {
				note("slow")
				time.Sleep(25 * time.Second)
				return nil
			}},
			{name: "quick", every: 10 * time.Second, do: func(context.Context) error {
				note("quick")
				return nil
			}},
		}}
		ctx, stop := context.WithTimeout(t.Context(), 99*time.Second)
		defer stop()
		u.run(ctx)
		want := []string{
			"slow 0s", "quick 25s", "quick 35s", "quick 45s", "quick 55s",
			"slow 1m0s", "quick 1m25s", "quick 1m35s",
		}
		if !slices.Equal(turns, want) {
			t.Errorf("turns %q, want %q", turns, want)
		}
	})
}

// TestUpkeepStops: the end of the console cuts a task off, gives no other a turn,
// and is no failure.
func TestUpkeepStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		u := &upkeep{log: slog.New(slog.NewTextHandler(&log, nil)), tasks: []task{
			{name: "stuck", every: time.Minute, do: func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			}},
			{name: "next", every: time.Minute, do: func(context.Context) error {
				t.Error("a turn after the end")
				return nil
			}},
		}}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			u.run(ctx)
		}()
		synctest.Wait()
		stop()
		synctest.Wait()
		select {
		case <-ended:
		default:
			t.Fatal("it goes on")
		}
		if log.Len() > 0 {
			t.Errorf("logged %s", log.String())
		}
	})
}

// wrapped is a store around another, as an embedder may hand in.
type wrapped struct {
	Store
	orphans chan time.Time
}

func (w *wrapped) Orphans(ctx context.Context, before time.Time) (int, error) {
	select {
	case w.orphans <- before:
	default: // only the first is asked for
	}
	return w.Store.Orphans(ctx, before)
}

// TestWrappedStoreIsOneProcess: a store around one of a single process still says so,
// and the console takes all that is open at its start for a dead process's.
func TestWrappedStoreIsOneProcess(t *testing.T) {
	t.Parallel()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: ":memory:"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	begun := time.Now()
	around := &wrapped{Store: store, orphans: make(chan time.Time, 1)}
	console, err := New(Options{
		Upstreams: []Upstream{{Name: "Spare", Slug: "spare", BaseURL: "http://127.0.0.1:1"}},
		Secrets:   []string{"0123456789abcdef0123456789abcdefQWERTYzz"}, Store: around,
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return begun },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(console.Close)
	if before := <-around.orphans; !before.Equal(begun) {
		t.Errorf("it took what is older than %s, want 0s", begun.Sub(before))
	}
}
