package runstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

func createAndFind(t *testing.T, d Database) {
	s := d.Open()
	want := full()
	want.ID = create(t, s, want, items())
	want.State, want.Revision = runs.Planned, 1
	want.Counts = runs.Counts{runs.ItemPlanned: 2, runs.ItemUnchanged: 1, runs.ItemImpossible: 1}
	same(t, "run", find(t, d.Open(), want.ID), want)
	same(t, "items", itemsOf(t, s, want.ID, runs.ItemFilter{}), items())

	// Nothing is nothing, and a list without anything in it is one.
	bare := runs.Run{Scope: scope(), PlannedAt: noon(), QueueIDs: []int64{}, Effects: []runs.Effect{}}
	bare.ID = create(t, s, bare, nil)
	bare.State, bare.Revision, bare.Counts = runs.Planned, 1, runs.Counts{}
	same(t, "a bare run", find(t, s, bare.ID), bare)
	if bare.ID <= want.ID {
		t.Errorf("%s was made after %s", bare.ID, want.ID)
	}
	// A time in another zone, with more digits than are kept, is the same moment.
	exact := runs.Run{Scope: scope(), PlannedAt: noon().Add(999).In(time.FixedZone("", 7*3600))}
	same(t, "planned at", find(t, s, create(t, s, exact, nil)).PlannedAt, noon())
}

func createMakesPlans(t *testing.T, d Database) {
	s := d.Open()
	r := full()
	r.ID, r.Revision, r.State, r.Reason, r.Detail, r.Owner = "x", 7, runs.Finished, runs.Outage, "y", "z"
	r.StartedAt, r.EndedAt, r.PlannedAt = noon(), noon(), time.Time{}
	r.Counts = runs.Counts{runs.ItemVerified: 7}
	id := create(t, s, r, items())
	got := find(t, s, id)
	if at := got.PlannedAt; at.IsZero() || at.Location() != time.UTC || at.Nanosecond()%1000 != 0 {
		t.Errorf("planned at %s, want now", at)
	}
	got.PlannedAt = noon()
	want := full()
	want.ID, want.Revision, want.State = id, 1, runs.Planned
	want.Counts = runs.Counts{runs.ItemPlanned: 2, runs.ItemUnchanged: 1, runs.ItemImpossible: 1}
	same(t, "what was made of nonsense", got, want)

	for what, item := range map[string]runs.Item{
		"a state that is none":  {Agent: "1", State: "perhaps"},
		"an agent without end":  {Agent: strings.Repeat("1", 5000)},
		"a place before others": {Seq: -1},
	} {
		_, err := s.Create(t.Context(), full(), []runs.Item{{Seq: 1}, item})
		if err == nil || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("%s: %v, want an error that does not blame the database", what, err)
		}
	}
	if list, _, err := s.List(t.Context(), scope(), "", 0); err != nil || len(list) != 1 {
		t.Errorf("%d runs, %v: what was refused is there", len(list), err)
	}
}

func seqs(t *testing.T, d Database) {
	s := d.Open()
	id := create(t, s, full(), plain(2500))
	for i, it := range itemsOf(t, s, id, runs.ItemFilter{}) {
		if it.Seq != i+1 || it.Agent != agent(i) {
			t.Fatalf("item %d is %d, of %s", i+1, it.Seq, it.Agent)
		}
	}
	same(t, "counts", find(t, s, id).Counts, runs.Counts{runs.ItemPlanned: 2500})
}

func foreignText(t *testing.T, d Database) {
	s := d.Open()
	const odd, kept = "a\x00b\xff", "a\uFFFDb\uFFFD"
	long := strings.Repeat("ệ", 5000)
	r := full()
	r.Operator, r.Choice.File, r.Name, r.Effects[0].Name, r.Choice.Query = odd, odd, odd, odd, odd
	list := []runs.Item{{Agent: odd, AgentName: odd, Message: odd, Asks: []string{odd}, Intent: roster.Intent{Agent: odd, PriorityBase: new(odd)}}}
	id := create(t, s, r, list)
	got := find(t, s, id)
	it := itemsOf(t, s, id, runs.ItemFilter{Agents: []string{odd}})
	if len(it) != 1 {
		t.Fatalf("asked for in the same words: %d items", len(it))
	}
	for what, text := range map[string]string{
		"operator": got.Operator, "file": got.Choice.File, "query": got.Choice.Query, "name": got.Name, "effect": got.Effects[0].Name,
		"agent": it[0].Agent, "agent's name": it[0].AgentName, "message": it[0].Message, "code": it[0].Asks[0],
		"intent": it[0].Intent.Agent, "priority": *it[0].Intent.PriorityBase,
	} {
		same(t, what, text, kept)
	}
	same(t, "the caller's", r.Effects[0].Name, odd)

	r.Operator, r.Choice.File, r.Effects[0].Name, r.KeyFingerprint, r.Name, r.Choice.Query = long, long, long, long, long, long
	id = create(t, s, r, []runs.Item{{Agent: "1", AgentName: long, Message: long, Why: long, Certainty: long, Entry: long, Asks: []string{long}}})
	got, it = find(t, s, id), itemsOf(t, s, id, runs.ItemFilter{})
	for what, text := range map[string]string{
		"operator": got.Operator, "file": got.Choice.File, "effect": got.Effects[0].Name, "key": got.KeyFingerprint, "name": got.Name,
		"query": got.Choice.Query, "agent's name": it[0].AgentName, "message": it[0].Message, "why": it[0].Why,
		"certainty": it[0].Certainty, "entry": it[0].Entry, "code": it[0].Asks[0],
	} {
		if len(text) < 400 || len(text) > 2000 || !utf8.ValidString(text) || !strings.HasPrefix(long, text) {
			t.Errorf("%s has %d bytes: %.20q", what, len(text), text)
		}
	}
	quoted := runs.Run{Scope: scope(), Operator: `Robert'); DROP TABLE runs;-- $1 ? "x"`}
	same(t, "quoted", find(t, s, create(t, s, quoted, nil)).Operator, quoted.Operator)
}

// noSuchRun asks for runs that are not there, and by ids that are none.
func noSuchRun(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	planned(t, s)
	for _, id := range []string{"", "nonsense", strings.Repeat("0", 13), strings.Repeat("z", 13), "0000000000000V"} {
		number := id == strings.Repeat("0", 13)
		r := full()
		r.ID = id
		errs := map[string]error{
			"Replan": s.Replan(ctx, r, nil),
			"Keep":   s.Keep(ctx, scope(), id, "x"),
			"Begin":  s.Begin(ctx, scope(), id, []runs.State{runs.Planned}, 0, "one"),
			"Ask":    s.Ask(ctx, scope(), id, runs.WantCancel),
			"Tick":   s.Tick(ctx, id, []int{1}, false),
		}
		_, errs["Find"] = s.Find(ctx, scope(), id)
		for method, err := range errs {
			if !errors.Is(err, runs.ErrNotFound) || errors.Is(err, journal.ErrUnavailable) {
				t.Errorf("%s %q: %v, want ErrNotFound alone", method, id, err)
			}
		}
		// Of these nothing is asked but whether the run is the owner's, or what is in it.
		want := runs.ErrNotFound
		if number {
			want = runs.ErrLost
		}
		_, err := s.Renew(ctx, id, "one")
		for method, err := range map[string]error{
			"Renew": err, "Settle": s.Settle(ctx, id, "one", nil), "End": s.End(ctx, id, "one", runs.Paused, "", ""),
		} {
			if !errors.Is(err, want) || errors.Is(err, journal.ErrUnavailable) {
				t.Errorf("%s %q: %v, want %v", method, id, err, want)
			}
		}
		list, itemsErr := s.Items(ctx, id, runs.ItemFilter{})
		n, countErr := s.Count(ctx, id, runs.ItemFilter{})
		for method, err := range map[string]error{"Items": itemsErr, "Count": countErr} {
			if number && err != nil || !number && !errors.Is(err, runs.ErrNotFound) || n != 0 || len(list) != 0 {
				t.Errorf("%s %q: %v", method, id, err)
			}
		}
		if _, _, err := s.List(ctx, scope(), id, 0); id != "" && !number && !errors.Is(err, runs.ErrNotFound) {
			t.Errorf("List before %q: %v", id, err)
		}
	}
}

func scopesAreApart(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	ours := planned(t, s)
	must(t, s.Keep(ctx, scope(), ours, "ours"))
	for _, other := range []journal.Scope{{Environment: "production", Tenant: "43"}, {Environment: "staging", Tenant: "42"}, {}} {
		for range 2 { // the scope is not known at first, then it is
			r := full()
			r.Scope, r.ID, r.Revision = other, ours, 1
			errs := map[string]error{
				"Replan": s.Replan(ctx, r, nil),
				"Keep":   s.Keep(ctx, other, ours, "theirs"),
				"Begin":  s.Begin(ctx, other, ours, []runs.State{runs.Planned}, 0, "one"),
				"Ask":    s.Ask(ctx, other, ours, runs.WantCancel),
			}
			_, errs["Find"] = s.Find(ctx, other, ours)
			for method, err := range errs {
				if !errors.Is(err, runs.ErrNotFound) {
					t.Errorf("%s from %v: %v, want ErrNotFound", method, other, err)
				}
			}
			list, more, err := s.List(ctx, other, "", 0)
			named, keptErr := s.Kept(ctx, other)
			busy, activeErr := s.Active(ctx, other)
			must(t, errors.Join(err, keptErr, activeErr))
			if more || len(busy) != 0 || slices.ContainsFunc(append(list, named...), func(r runs.Run) bool { return r.ID == ours }) {
				t.Errorf("%v sees %d, %d and %d runs", other, len(list), len(named), len(busy))
			}
			create(t, s, runs.Run{Scope: other}, nil)
		}
	}
	got := find(t, s, ours)
	if got.State != runs.Planned || got.Name != "ours" || got.Revision != 1 || got.Counts.Total() != 3 {
		t.Errorf("ours became %+v", got)
	}
}

func replan(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	id := planned(t, s)
	must(t, s.Keep(ctx, scope(), id, "mine"))
	want := full()
	want.ID, want.Revision = id, 1
	must(t, s.Replan(ctx, want, items()))
	want.State, want.Revision, want.Name = runs.Planned, 2, "mine"
	want.Counts = runs.Counts{runs.ItemPlanned: 2, runs.ItemUnchanged: 1, runs.ItemImpossible: 1}
	same(t, "run", find(t, s, id), want)
	same(t, "items", itemsOf(t, s, id, runs.ItemFilter{}), items())
	for _, revision := range []int{0, 1, 3} {
		other := want
		other.Revision = revision
		if err := s.Replan(ctx, other, nil); !errors.Is(err, runs.ErrMoved) {
			t.Errorf("of revision %d: %v, want ErrMoved", revision, err)
		}
	}
	// What cannot be kept changes nothing.
	if err := s.Replan(ctx, want, []runs.Item{{Agent: "1", State: "perhaps"}}); err == nil {
		t.Error("nonsense was planned")
	}
	same(t, "items", itemsOf(t, s, id, runs.ItemFilter{}), items())
	must(t, s.Begin(ctx, scope(), id, []runs.State{runs.Planned}, 2, "one"))
	if err := s.Replan(ctx, want, nil); !errors.Is(err, runs.ErrMoved) {
		t.Errorf("of one that runs: %v, want ErrMoved", err)
	}
}

func listPages(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	if list, more, err := s.List(ctx, scope(), "", 3); err != nil || len(list) != 0 || more {
		t.Errorf("of none: %v, %t, %v", list, more, err)
	}
	var all []string
	for range 7 {
		r := full()
		all = append(all, create(t, s, r, items()))
	}
	if !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != 7 {
		t.Errorf("IDs are not in order of time: %q", all)
	}
	slices.Reverse(all)
	var got []string
	for before, more := "", true; more; before = got[len(got)-1] {
		var list []runs.Run
		var err error
		list, more, err = s.List(ctx, scope(), before, 3)
		must(t, err)
		for _, r := range list {
			got = append(got, r.ID)
			if r.Effects != nil || r.Groups != nil || r.Counts.Total() != 4 || !cmp.Equal(r.Choice, full().Choice) || *r.Priority != 0 {
				t.Errorf("listed: %+v", r)
			}
		}
		if want := min(3, 7-len(got)+len(list)); len(list) != want || more != (len(got) < 7) {
			t.Errorf("a page of %d, more: %t", len(list), more)
		}
	}
	same(t, "newest first", got, all)
	if list, more, err := s.List(ctx, scope(), all[0], 6); err != nil || len(list) != 6 || more {
		t.Errorf("exactly the rest: %d, %t, %v", len(list), more, err)
	}
}

func kept(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	var ids []string
	for _, name := range []string{"b", "", "c", "a"} {
		r := full()
		r.Name = name
		ids = append(ids, create(t, s, r, items()))
	}
	names := func(want ...string) {
		t.Helper()
		list, err := s.Kept(ctx, scope())
		must(t, err)
		var got []string
		for _, r := range list {
			got = append(got, r.Name)
			if r.Effects != nil || r.Groups != nil || r.Counts != nil || !slices.Equal(r.QueueIDs, full().QueueIDs) {
				t.Errorf("kept: %+v", r)
			}
		}
		same(t, "names", got, want)
	}
	names("a", "b", "c")
	must(t, s.Keep(ctx, scope(), ids[1], "0 đầu"))
	must(t, s.Keep(ctx, scope(), ids[2], ""))
	must(t, s.Keep(ctx, scope(), ids[3], "z"))
	names("0 đầu", "b", "z")
}

func itemFilters(t *testing.T, d Database) {
	s := d.Open()
	var list []runs.Item
	all := runs.ItemStates()
	for i := range 44 { // four of each state, four of each agent
		list = append(list, runs.Item{Agent: fmt.Sprint(i / 4), State: all[i%11], Intent: roster.Intent{Agent: fmt.Sprint(i / 4)}})
	}
	id := create(t, s, full(), list)
	create(t, s, full(), list)
	for what, f := range map[string]runs.ItemFilter{
		"all":              {},
		"a state":          {States: all[3:4]},
		"states":           {States: []runs.ItemState{all[9], all[2], all[4], all[2]}},
		"an agent":         {Agents: []string{"3"}},
		"agents":           {Agents: []string{"10", "2", "2", "nobody"}},
		"agents in states": {Agents: []string{"10", "2"}, States: all[5:]},
		"nobody":           {Agents: []string{"nobody"}},
	} {
		matching := slices.Clone(list)
		for i := range matching {
			matching[i].Seq = i + 1
		}
		matching = slices.DeleteFunc(matching, func(it runs.Item) bool {
			return len(f.States) > 0 && !slices.Contains(f.States, it.State) || len(f.Agents) > 0 && !slices.Contains(f.Agents, it.Agent)
		})
		for _, page := range []runs.ItemFilter{{}, {Limit: 2}, {Skip: 1}, {Skip: 2, Limit: 3}, {After: 7}, {After: 12, Skip: 1, Limit: 2}, {Skip: 100}} {
			f.After, f.Skip, f.Limit = page.After, page.Skip, page.Limit
			want := slices.DeleteFunc(slices.Clone(matching), func(it runs.Item) bool { return it.Seq <= f.After })
			want = want[min(f.Skip, len(want)):]
			if f.Limit > 0 {
				want = want[:min(f.Limit, len(want))]
			}
			got := itemsOf(t, s, id, f)
			if len(got)+len(want) > 0 {
				same(t, fmt.Sprint(what, " ", page), got, want)
			}
			if n, err := s.Count(t.Context(), id, f); err != nil || n != len(matching) {
				t.Errorf("%s: count %d, %v; want %d", what, n, err, len(matching))
			}
		}
	}
}

func tick(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	list := append(plain(3), runs.Item{Agent: "x", State: runs.ItemUnchanged}, runs.Item{Agent: "y", State: runs.ItemImpossible})
	id := create(t, s, full(), list)
	every := []int{1, 3, 4, 5, 99}
	must(t, s.Tick(ctx, id, every, false))
	same(t, "out", states(t, s, id), []runs.ItemState{runs.ItemNotAttempted, runs.ItemPlanned, runs.ItemNotAttempted, runs.ItemUnchanged, runs.ItemImpossible})
	same(t, "counts", find(t, s, id).Counts, runs.Counts{runs.ItemNotAttempted: 2, runs.ItemPlanned: 1, runs.ItemUnchanged: 1, runs.ItemImpossible: 1})
	must(t, s.Tick(ctx, id, every[1:], true))
	same(t, "in", states(t, s, id), []runs.ItemState{runs.ItemNotAttempted, runs.ItemPlanned, runs.ItemPlanned, runs.ItemUnchanged, runs.ItemImpossible})
	must(t, s.Tick(ctx, id, nil, true))
	same(t, "revision", find(t, s, id).Revision, 1)
	must(t, s.Begin(ctx, scope(), id, []runs.State{runs.Planned}, 0, "one"))
	if err := s.Tick(ctx, id, []int{1}, true); !errors.Is(err, runs.ErrMoved) {
		t.Errorf("of one that runs: %v, want ErrMoved", err)
	}
}

func prune(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	over := func(to runs.State) string {
		id := planned(t, s)
		must(t, s.Begin(ctx, scope(), id, []runs.State{runs.Planned}, 0, "one"))
		must(t, s.End(ctx, id, "one", to, "", ""))
		return id
	}
	old := runs.Run{Scope: scope(), PlannedAt: noon()}
	stale, namedPlan := create(t, s, old, plain(3)), create(t, s, old, plain(3))
	fresh := planned(t, s)
	finished, cancelled, paused, named := over(runs.Finished), over(runs.Cancelled), over(runs.Paused), over(runs.Finished)
	running := planned(t, s)
	must(t, s.Begin(ctx, scope(), running, []runs.State{runs.Planned}, 0, "one"))
	must(t, errors.Join(s.Keep(ctx, scope(), named, "x"), s.Keep(ctx, scope(), namedPlan, "y")))
	left := func(deletedWant int, overBefore, plannedBefore time.Time, want ...string) {
		t.Helper()
		n, err := s.PruneRuns(ctx, overBefore, plannedBefore)
		if err != nil || n != deletedWant {
			t.Errorf("pruned %d, %v; want %d", n, err, deletedWant)
		}
		list, _, err := s.List(ctx, scope(), "", 100)
		must(t, err)
		var got []string
		for _, r := range list {
			got = append(got, r.ID)
		}
		slices.Sort(want)
		slices.Reverse(want)
		same(t, "left", got, want)
	}
	everything := []string{stale, namedPlan, fresh, finished, cancelled, paused, named, running}
	left(0, time.Time{}, time.Time{}, everything...)
	left(0, noon().Add(time.Hour), noon(), everything...)
	left(1, noon(), noon().Add(time.Microsecond), namedPlan, fresh, finished, cancelled, paused, named, running)
	late := find(t, s, cancelled).EndedAt.Add(time.Hour)
	left(2, late, time.Time{}, namedPlan, fresh, paused, named, running)
	left(1, late, late, namedPlan, paused, named, running)
	must(t, s.Keep(ctx, scope(), named, ""))
	left(1, late, late, namedPlan, paused, running)
	for _, id := range []string{stale, finished, named} {
		if n, err := s.Count(ctx, id, runs.ItemFilter{}); err != nil || n != 0 {
			t.Errorf("%d items of one that is gone, %v", n, err)
		}
	}
	for _, id := range []string{namedPlan, paused, running} {
		same(t, "items", len(itemsOf(t, s, id, runs.ItemFilter{})), 3)
	}
}

func contextEnded(t *testing.T, d Database) {
	s := d.Open()
	id := planned(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, findErr := s.Find(ctx, scope(), id)
	_, createErr := s.Create(ctx, full(), items())
	_, itemsErr := s.Items(ctx, id, runs.ItemFilter{})
	_, renewErr := s.Renew(ctx, id, "one")
	for _, err := range []error{
		findErr, createErr, itemsErr, renewErr,
		s.Begin(ctx, scope(), id, []runs.State{runs.Planned}, 0, "one"), s.Ask(ctx, scope(), id, runs.WantCancel),
		s.Settle(ctx, id, "one", nil), s.PauseAll(ctx), s.Tick(ctx, id, []int{1}, false),
	} {
		if !errors.Is(err, journal.ErrUnavailable) || !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want ErrUnavailable of context.Canceled", err)
		}
	}
	same(t, "state", find(t, s, id).State, runs.Planned)
}
