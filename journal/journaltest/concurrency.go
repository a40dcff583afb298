package journaltest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// busy does what consoles do, from several goroutines at once on each store, and
// returns how many entries were settled.
func busy(t *testing.T, stores ...Database) int {
	const workers, rounds = 4, 5
	var all sync.WaitGroup
	for i, s := range stores {
		for worker := range workers {
			all.Go(func() {
				for round := range rounds {
					e := change()
					e.Agent = fmt.Sprint(worker)
					id, err := s.Intend(t.Context(), e)
					if err == nil {
						err = s.Settle(t.Context(), id, journal.Settlement{Result: journal.Verified})
					}
					_, _, listErr := s.List(t.Context(), journal.Filter{Scope: scope(), Queue: 7})
					names := map[int64]string{1: fmt.Sprint("one ", i, worker, round), 2: fmt.Sprint("two ", i, worker, round), 3: "three"}
					if err := errors.Join(err, listErr,
						s.RememberQueues(t.Context(), scope(), journal.Callin, names),
						s.KeepKnownQueues(t.Context(), scope(), journal.KnownQueues{IDs: []int64{int64(i), int64(worker)}}),
						s.End(t.Context(), fmt.Sprint(i, worker, round), time.Now().Add(time.Hour))); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	return len(stores) * workers * rounds
}

func allOnce(t *testing.T, s Database, want int) {
	t.Helper()
	ids, more := listed(t, s, journal.Filter{Scope: scope(), Result: journal.Verified, Limit: 1000})
	if len(ids) != want || more || len(slices.Compact(slices.Clone(ids))) != want {
		t.Errorf("%d entries, want %d, each once", len(ids), want)
	}
}

func concurrency(t *testing.T, s Database) { allOnce(t, s, busy(t, s)) }

func replicasWriteAtOnce(t *testing.T, one, two Database) {
	want := busy(t, one, two)
	allOnce(t, one, want)
	allOnce(t, two, want)
}

func replicas(t *testing.T, one, two Database) {
	id := intend(t, one, change())
	settleAs(t, two, id, journal.Verified)
	same(t, "result", find(t, one, id).Result, journal.Verified)
	by := intend(t, one, undoing(change(), id))
	linked(t, two, id, by)
	if _, err := two.Intend(t.Context(), undoing(change(), id)); !errors.Is(err, journal.ErrAlreadyUndone) {
		t.Errorf("an undo at the other replica: %v, want ErrAlreadyUndone", err)
	}
	if err := one.RememberQueues(t.Context(), scope(), journal.Callin, map[int64]string{1: "one"}); err != nil {
		t.Fatal(err)
	}
	names, err := two.QueueNames(t.Context(), scope(), journal.Callin)
	if err != nil || names[1] != "one" {
		t.Errorf("%v, %v", names, err)
	}
	for _, ids := range [][]int64{{1, 2}, {2}} {
		if err := one.KeepKnownQueues(t.Context(), scope(), journal.KnownQueues{IDs: ids}); err != nil {
			t.Fatal(err)
		}
		if known, err := two.KnownQueues(t.Context(), scope()); err != nil || !slices.Equal(known.IDs, ids) {
			t.Errorf("%v, %v", known, err)
		}
	}
}

func contextEnded(t *testing.T, s Database) {
	intend(t, s, change())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Intend(ctx, change())
	_, _, listErr := s.List(ctx, journal.Filter{Scope: scope()})
	for _, err := range []error{err, listErr, s.Ready(ctx), s.EndAll(ctx)} {
		if !errors.Is(err, journal.ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want ErrUnavailable of context.Canceled", err)
		}
	}
	if ids, _ := listed(t, s, journal.Filter{Scope: scope()}); len(ids) != 1 {
		t.Errorf("%d entries, want the one that was acknowledged", len(ids))
	}
}

// closed asks every method of a store that is closed, as one whose database went
// away for good.
func closed(t *testing.T, s Database) {
	id := intend(t, s, change())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	errs := map[string]error{
		"Ready":           s.Ready(ctx),
		"Settle":          s.Settle(ctx, id, journal.Settlement{Result: journal.Verified}),
		"RememberQueues":  s.RememberQueues(ctx, scope(), journal.Callin, map[int64]string{1: "x"}),
		"KeepKnownQueues": s.KeepKnownQueues(ctx, scope(), journal.KnownQueues{IDs: []int64{1}}),
		"LearnTrait":      s.LearnTrait(ctx, scope(), journal.Trait{Code: "page", Value: "100", SeenAt: noon()}),
		"KeepTenantProbe": s.KeepTenantProbe(ctx, scope(), []byte("{}"), noon()),
		"ChangeFilterSet": s.ChangeFilterSet(ctx, scope(), "", journal.FilterSet{ID: "1", Name: "x"}),
		"DropFilterSet":   s.DropFilterSet(ctx, scope(), "", "1"),
		"End":             s.End(ctx, "a", noon()),
		"EndAll":          s.EndAll(ctx),
	}
	_, errs["Intend"] = s.Intend(ctx, change())
	_, errs["Intend of an undo"] = s.Intend(ctx, undoing(change(), id))
	_, errs["Find"] = s.Find(ctx, scope(), id)
	_, _, errs["List"] = s.List(ctx, journal.Filter{Scope: scope()})
	_, errs["Recordings"] = s.Recordings(ctx, scope())
	_, errs["Unsettled"] = s.Unsettled(ctx, scope(), "1001")
	_, errs["Orphans"] = s.Orphans(ctx, noon())
	_, errs["Prune"] = s.Prune(ctx, noon())
	_, errs["QueueNames"] = s.QueueNames(ctx, scope(), journal.Callin)
	_, errs["KnownQueues"] = s.KnownQueues(ctx, scope())
	_, errs["Traits"] = s.Traits(ctx, scope())
	_, errs["Shifts"] = s.Shifts(ctx, "production", noon(), time.Time{})
	_, _, errs["TenantProbe"] = s.TenantProbe(ctx, scope())
	_, _, errs["Probe"] = s.Probe(ctx, "production")
	_, errs["NoteSaving"] = s.NoteSaving(ctx, scope(), journal.Saving{ID: "one", State: []byte("{}")})
	_, errs["FindSaving"] = s.FindSaving(ctx, scope(), "one")
	errs["WishSaving"] = s.WishSaving(ctx, scope(), "one", journal.WishNow)
	_, errs["KeepFilterSet"] = s.KeepFilterSet(ctx, scope(), journal.FilterSet{Name: "x", Query: "q=x"})
	_, errs["FilterSets"] = s.FilterSets(ctx, scope(), "")
	_, errs["Ended"] = s.Ended(ctx, "a", 0)
	for method, err := range errs {
		if !errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", method, err)
		}
	}
}
