package sqlstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// TestCopy takes a journal from SQLite to PostgreSQL and back, and compares.
func TestCopy(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	from := mustOpen(t, filepath.Join(t.TempDir(), "console.db"))
	if err := fill(ctx, from, 200); err != nil {
		t.Fatal(err)
	}
	id := intendOne(t, from)
	undo := anIntent()
	undo.UndoOf = id
	if _, err := from.Intend(ctx, undo); err != nil {
		t.Fatal(err)
	}
	soon := time.Now().Add(time.Hour)
	if err := errors.Join(
		from.RememberQueues(ctx, millionScope("2"), journal.Callout, map[int64]string{1: "Gọi ra", 2: "b"}),
		from.KeepKnownQueues(ctx, millionScope("2"), journal.KnownQueues{IDs: []int64{9, 1}, Operator: "Nga", At: millionStart()}),
		from.KeepKnownQueues(ctx, millionScope("3"), journal.KnownQueues{At: millionStart()}),
		runSome(t, from),
		from.KeepProbe(ctx, "production", []byte(`{"calls":31}`), millionStart()),
		from.LearnTrait(ctx, millionScope("1"), journal.Trait{Code: "queues", Value: "joined", SeenAt: millionStart()}),
		from.LearnTrait(ctx, millionScope("1"), journal.Trait{Code: "queues", Value: "rows", Sure: true, SeenAt: millionStart().Add(time.Hour)}),
		from.KeepTenantProbe(ctx, millionScope("2"), []byte(`{"calls":29}`), millionStart()),
		filterSome(t, from),
		from.End(ctx, "a", soon),
		from.EndAll(ctx),
	); err != nil {
		t.Fatal(err)
	}

	stops := []string{":memory:", filepath.Join(t.TempDir(), "back.db")}
	t.Run("SQLite", func(t *testing.T) { copyAlong(t, from, stops...) })
	t.Run("Postgres", func(t *testing.T) { copyAlong(t, from, postgresSchema(t), stops[1]+"2") })
}

// filterSome leaves filter sets of somebody's, and everybody's.
func filterSome(t *testing.T, s *Store) error {
	t.Helper()
	var all []error
	for _, owner := range []string{"", "Nga"} {
		f := journal.FilterSet{Owner: owner, Name: "Ca tối", Query: "q=x&status=1", MadeBy: "Nga", MadeAt: millionStart()}
		id, err := s.KeepFilterSet(t.Context(), millionScope("2"), f)
		all = append(all, err)
		if owner == "" {
			f = journal.FilterSet{ID: id, Name: "Ca đêm", ChangedBy: "Trần", ChangedAt: millionStart().Add(time.Hour)}
			all = append(all, s.ChangeFilterSet(t.Context(), millionScope("2"), "", f))
		}
	}
	return errors.Join(all...)
}

// runSome leaves runs of each state.
func runSome(t *testing.T, s *Store) error {
	t.Helper()
	run, items := largeRun()
	run.Name, run.Effects = "Ca tối", nil
	var all []error
	for i, count := range []int{3, 1500, 0, 7} {
		run.Scope = millionScope(fmt.Sprint(1 + i%2))
		id, err := s.Runs().Create(t.Context(), run, items[:count])
		all = append(all, err)
		if i == 0 {
			continue
		}
		all = append(all, s.Runs().Begin(t.Context(), run.Scope, id, []runs.State{runs.Planned}, 0, "one"),
			s.Runs().Settle(t.Context(), id, "one", []runs.Result{{Seq: 1, State: runs.ItemDiffers, Before: []int64{}, Message: "sai"}}),
			s.Runs().End(t.Context(), id, "one", []runs.State{runs.Paused, runs.Cancelled, runs.Finished}[i-1], runs.Outage, "503"))
	}
	return errors.Join(all...)
}

func copyAlong(t *testing.T, from *Store, stops ...string) {
	ctx := t.Context()
	want := contents(t, from)
	for _, stop := range stops {
		to := mustOpen(t, stop)
		if err := Copy(ctx, from, to); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, contents(t, to)); diff != "" {
			t.Errorf("after the copy (-want +got):\n%s", diff)
		}
		if err := Copy(ctx, from, to); !errors.Is(err, ErrNotEmpty) || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("copied twice: %v, want ErrNotEmpty", err)
		}
		from = to
	}
	intendOne(t, from)
	e := anIntent()
	e.Scope.Tenant = "new"
	if _, err := from.Intend(ctx, e); err != nil {
		t.Errorf("a new tenant after the copy: %v", err)
	}
}

// contents is everything a store tells.
func contents(t *testing.T, s *Store) map[string]any {
	t.Helper()
	ctx, all := t.Context(), map[string]any{}
	for _, tenant := range []string{"1", "2", "3"} {
		scope := millionScope(tenant)
		for page, f := 0, (journal.Filter{Scope: scope, Limit: 80}); ; page++ {
			entries, more, err := s.List(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			all[fmt.Sprint("entries ", tenant, page)] = entries
			if !more {
				break
			}
			f.Before = entries[len(entries)-1].ID
		}
		states, err := s.Recordings(ctx, scope)
		if err != nil {
			t.Fatal(err)
		}
		names, err := s.QueueNames(ctx, scope, journal.Callout)
		if err != nil {
			t.Fatal(err)
		}
		known, err := s.KnownQueues(ctx, scope)
		if err != nil {
			t.Fatal(err)
		}
		all["known "+tenant] = known
		sets, err := s.FilterSets(ctx, scope, "Nga")
		if err != nil {
			t.Fatal(err)
		}
		all["filter sets "+tenant] = sets
		facts, err := s.Traits(ctx, scope)
		if err != nil {
			t.Fatal(err)
		}
		own, ownAt, err := s.TenantProbe(ctx, scope)
		if err != nil {
			t.Fatal(err)
		}
		all["facts "+tenant], all["own probe "+tenant], all["own probe at "+tenant] = facts, string(own), ownAt
		queue, _, err := s.List(ctx, journal.Filter{Scope: scope, Queue: 7})
		if err != nil {
			t.Fatal(err)
		}
		all["recordings "+tenant], all["names "+tenant], all["queue "+tenant] = states, names, queue
	}
	for _, tenant := range []string{"1", "2", "3"} {
		list, _, err := s.Runs().List(ctx, millionScope(tenant), "", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			run, err := s.Runs().Find(ctx, r.Scope, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			items, err := s.Runs().Items(ctx, r.ID, runs.ItemFilter{})
			if err != nil {
				t.Fatal(err)
			}
			all["run "+r.ID], all["items "+r.ID] = run, items
		}
	}
	report, at, err := s.Probe(ctx, "production")
	if err != nil {
		t.Fatal(err)
	}
	turns, err := s.Shifts(ctx, millionScope("1").Environment, time.Time{}, time.Time{})
	if err != nil || len(turns) != 1 {
		t.Fatal(turns, err)
	}
	all["turns"] = turns
	all["probe"], all["probe at"] = string(report), at
	for _, id := range []string{"a", "b"} {
		for generation := range int64(2) {
			ended, err := s.Ended(ctx, id, generation)
			if err != nil {
				t.Fatal(err)
			}
			all[fmt.Sprint("ended ", id, generation)] = ended
		}
	}
	return all
}
