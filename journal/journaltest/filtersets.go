package journaltest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

func keepFilterSet(t *testing.T, s Database, in journal.Scope, f journal.FilterSet) string {
	t.Helper()
	id, err := s.KeepFilterSet(t.Context(), in, f)
	if err != nil {
		t.Fatalf("KeepFilterSet %q: %v", f.Name, err)
	}
	return id
}

// filterSetsOf are a person's and everybody's, by their IDs.
func filterSetsOf(t *testing.T, s Database, in journal.Scope, owner string) map[string]journal.FilterSet {
	t.Helper()
	sets, err := s.FilterSets(t.Context(), in, owner)
	if err != nil {
		t.Fatalf("FilterSets: %v", err)
	}
	all := map[string]journal.FilterSet{}
	for _, f := range sets {
		all[f.ID] = f
	}
	return all
}

func is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// filterSets are kept, renamed, replaced and deleted; a name is taken once for each owner.
func filterSets(t *testing.T, s Database) {
	if all := filterSetsOf(t, s, scope(), "Nga"); len(all) != 0 {
		t.Errorf("before any: %v", all)
	}
	mine := journal.FilterSet{Owner: "Nguyễn Thị Nga", Name: "Ca tối", Query: "q=x&status=1", MadeBy: "Nguyễn Thị Nga", MadeAt: noon()}
	ours := journal.FilterSet{Name: "Đội A", Query: "health=no-callin", MadeBy: "Trần", MadeAt: noon().Add(time.Minute)}
	mine.ID, ours.ID = keepFilterSet(t, s, scope(), mine), keepFilterSet(t, s, scope(), ours)
	same(t, "hers and everybody's", filterSetsOf(t, s, scope(), "NGUYỄN thị  nga"), map[string]journal.FilterSet{mine.ID: mine, ours.ID: ours})
	same(t, "everybody's", filterSetsOf(t, s, scope(), ""), map[string]journal.FilterSet{ours.ID: ours})
	same(t, "of one with other accents", filterSetsOf(t, s, scope(), "Nguyen Thi Nga"), map[string]journal.FilterSet{ours.ID: ours})

	second, tenth := journal.FilterSet{Name: "Nhóm 2", Query: "q=2", MadeBy: "Trần", MadeAt: noon()}, journal.FilterSet{Name: "Nhóm 10", Query: "q=10", MadeBy: "Trần", MadeAt: noon()}
	elsewhere := scope()
	elsewhere.Tenant = "7"
	keepFilterSet(t, s, elsewhere, tenth)
	keepFilterSet(t, s, elsewhere, second)
	if sets, err := s.FilterSets(t.Context(), elsewhere, ""); err != nil || len(sets) != 2 || sets[0].Name != second.Name {
		t.Errorf("in the order of their numbers: %v, %v", sets, err)
	}

	again := mine
	again.Name = " ca TỐI "
	_, err := s.KeepFilterSet(t.Context(), scope(), again)
	is(t, "the same name", err, journal.ErrNameTaken)
	again.Name, again.Owner = "Ca tối", ""
	shared := keepFilterSet(t, s, scope(), again) // is everybody's, and hers is another one
	again.Owner, again.Name = "Nguyễn Thị Nga", "Ca toi"
	keepFilterSet(t, s, scope(), again)

	sorted, err := s.FilterSets(t.Context(), scope(), mine.Owner)
	if err != nil || len(sorted) != 4 || sorted[3].ID != ours.ID {
		t.Errorf("%+v, %v: not by name", sorted, err)
	}

	change := journal.FilterSet{ID: ours.ID, Name: "Đội B", ChangedBy: "Nga", ChangedAt: noon().Add(time.Hour)}
	if err := s.ChangeFilterSet(t.Context(), scope(), "Nga", change); err != nil {
		t.Fatal(err)
	}
	ours.Name, ours.ChangedBy, ours.ChangedAt = change.Name, change.ChangedBy, change.ChangedAt
	same(t, "renamed", filterSetsOf(t, s, scope(), "")[ours.ID], ours)
	change = journal.FilterSet{ID: ours.ID, Query: "status=0", ChangedBy: "Hà", ChangedAt: noon().Add(2 * time.Hour)}
	if err := s.ChangeFilterSet(t.Context(), scope(), "", change); err != nil {
		t.Fatal(err)
	}
	ours.Query, ours.ChangedBy, ours.ChangedAt = change.Query, change.ChangedBy, change.ChangedAt
	same(t, "replaced", filterSetsOf(t, s, scope(), "")[ours.ID], ours)
	is(t, "a name that is taken", s.ChangeFilterSet(t.Context(), scope(), "", journal.FilterSet{ID: ours.ID, Name: "CA TỐI"}), journal.ErrNameTaken)
	if err := s.ChangeFilterSet(t.Context(), scope(), "", journal.FilterSet{ID: ours.ID, Name: "đội b"}); err != nil {
		t.Errorf("its own name in other letters: %v", err)
	}
	if err := s.ChangeFilterSet(t.Context(), scope(), "", journal.FilterSet{ID: shared, Name: "Ca đêm"}); err != nil {
		t.Fatal(err)
	}
	if err := s.ChangeFilterSet(t.Context(), scope(), "", journal.FilterSet{ID: ours.ID, Name: "Ca tối"}); err != nil {
		t.Errorf("a name that was given up: %v", err)
	}

	if err := s.DropFilterSet(t.Context(), scope(), "Nga", ours.ID); err != nil {
		t.Fatal(err)
	}
	is(t, "deleted twice", s.DropFilterSet(t.Context(), scope(), "Nga", ours.ID), journal.ErrNotFound)
	if _, there := filterSetsOf(t, s, scope(), "")[ours.ID]; there {
		t.Error("it is still there")
	}
}

// filterSetsAreBounded: so many for everybody, and so many for each person, with names and
// queries that fit.
func filterSetsAreBounded(t *testing.T, s Database) {
	for _, owner := range []string{"", "Nga"} {
		var last string
		for i := range journal.MostFilterSets {
			last = keepFilterSet(t, s, scope(), journal.FilterSet{Owner: owner, Name: fmt.Sprint("n", i), Query: "q=x"})
		}
		one := journal.FilterSet{Owner: owner, Name: "one more", Query: "q=x"}
		_, err := s.KeepFilterSet(t.Context(), scope(), one)
		is(t, "one more", err, journal.ErrTooMany)
		if err := s.DropFilterSet(t.Context(), scope(), owner, last); err != nil {
			t.Fatal(err)
		}
		keepFilterSet(t, s, scope(), one)
	}
	if n := len(filterSetsOf(t, s, scope(), "Nga")); n != 2*journal.MostFilterSets {
		t.Errorf("%d are hers and everybody's", n)
	}
	long := journal.FilterSet{Owner: "Hà", Name: strings.Repeat("ệ", 60), Query: "q=" + strings.Repeat("9", journal.MaxFilterSetQuery-2)}
	id := keepFilterSet(t, s, scope(), long)
	if f := filterSetsOf(t, s, scope(), "Hà")[id]; f.Name != long.Name || f.Query != long.Query || f.MadeAt.IsZero() || !f.ChangedAt.IsZero() {
		t.Errorf("came back as %+v", f)
	}
}

// filterSetsAreApart: neither another tenant or environment, nor anybody else, sees,
// changes or deletes one.
func filterSetsAreApart(t *testing.T, s Database) {
	mine := journal.FilterSet{Owner: "Nga", Name: "Ca tối", Query: "status=1", MadeBy: "Nga", MadeAt: noon()}
	ours := journal.FilterSet{Name: "Ca tối", Query: "status=1", MadeBy: "Nga", MadeAt: noon()}
	mine.ID, ours.ID = keepFilterSet(t, s, scope(), mine), keepFilterSet(t, s, scope(), ours)
	want := map[string]journal.FilterSet{mine.ID: mine, ours.ID: ours}
	for _, other := range []journal.Scope{{Environment: "production", Tenant: "43"}, {Environment: "development", Tenant: "42"}} {
		for range 2 { // as nobody ever wrote in it, and as somebody did
			if all := filterSetsOf(t, s, other, "Nga"); len(all) != 0 {
				t.Errorf("%v has %v", other, all)
			}
			for id := range want {
				is(t, "changed from elsewhere", s.ChangeFilterSet(t.Context(), other, "Nga", journal.FilterSet{ID: id, Name: "x"}), journal.ErrNotFound)
				is(t, "deleted from elsewhere", s.DropFilterSet(t.Context(), other, "Nga", id), journal.ErrNotFound)
			}
			if err := s.KeepKnownQueues(t.Context(), other, journal.KnownQueues{IDs: []int64{1}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, somebody := range []string{"", "Hà"} {
		is(t, "changed by another", s.ChangeFilterSet(t.Context(), scope(), somebody, journal.FilterSet{ID: mine.ID, Name: "x"}), journal.ErrNotFound)
		is(t, "deleted by another", s.DropFilterSet(t.Context(), scope(), somebody, mine.ID), journal.ErrNotFound)
	}
	for _, id := range []string{"", "x", "999999", "-1", "1 OR 1=1"} {
		is(t, "no ID", s.DropFilterSet(t.Context(), scope(), "Nga", id), journal.ErrNotFound)
	}
	same(t, "all of it", filterSetsOf(t, s, scope(), "Nga"), want)
}

// replicasKeepAtOnce: of many that keep at once, no more than there is room for do, and of
// one name one.
func replicasKeepAtOnce(t *testing.T, one, two Database) {
	var all sync.WaitGroup
	var kept, named atomic.Int64
	for i, s := range []Database{one, two} {
		for worker := range 4 {
			all.Go(func() {
				for round := range 8 {
					for _, f := range []journal.FilterSet{
						{Name: fmt.Sprint(i, worker, round), Query: "q=x"}, {Owner: "Nga", Name: fmt.Sprint(round), Query: "q=x"},
					} {
						_, err := s.KeepFilterSet(t.Context(), scope(), f)
						switch {
						case err == nil && f.Owner == "":
							kept.Add(1)
						case err == nil:
							named.Add(1)
						case !errors.Is(err, journal.ErrTooMany) && !errors.Is(err, journal.ErrNameTaken):
							t.Error(err)
						}
					}
				}
			})
		}
	}
	all.Wait()
	if kept.Load() != journal.MostFilterSets || named.Load() != 8 || len(filterSetsOf(t, two, scope(), "Nga")) != journal.MostFilterSets+8 {
		t.Errorf("%d and %d were kept", kept.Load(), named.Load())
	}
}
