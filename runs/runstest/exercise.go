// Package runstest is what every runs.Store has to pass, whatever database is behind it.
package runstest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// Database is an empty database to exercise.
type Database struct {
	// Open opens it: each call is another process, unless the database is one process's.
	Open func() runs.Store
	// Pass lets that much time pass for all leases.
	Pass func(time.Duration)
	// Shared: several processes may use it, so that none can say that another is gone.
	Shared bool
}

// Exercise runs the suite, each part in a fresh database.
func Exercise(t *testing.T, fresh func(t *testing.T) Database) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, d Database){
		"CreateAndFind":    createAndFind,
		"CreateMakesPlans": createMakesPlans,
		"Seqs":             seqs,
		"ForeignText":      foreignText,
		"NoSuchRun":        noSuchRun,
		"ScopesAreApart":   scopesAreApart,
		"Replan":           replan,
		"ListPages":        listPages,
		"Kept":             kept,
		"ItemFilters":      itemFilters,
		"Tick":             tick,
		"Begin":            begin,
		"BeginAtOnce":      beginAtOnce,
		"Leases":           leases,
		"Renew":            renew,
		"AskWhoCarriesOut": askWhoCarriesOut,
		"AskNobody":        askNobody,
		"Settle":           settle,
		"SettleMany":       settleMany,
		"End":              end,
		"Lost":             lost,
		"Active":           active,
		"Forsake":          forsake,
		"PauseAll":         pauseAll,
		"Prune":            prune,
		"ContextEnded":     contextEnded,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

// scope is where tests write.
func scope() journal.Scope { return journal.Scope{Environment: "production", Tenant: "42"} }

// noon is a time that is exact in microseconds.
func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 123_456_000, time.UTC) }

// full is a run that says something of everything that a plan can say.
func full() runs.Run {
	return runs.Run{
		Scope: scope(), Operation: runs.Move, QueueIDs: []int64{9, 1}, FromIDs: []int64{4}, Priority: new(0),
		Choice: runs.Choice{By: "matching", Query: "/agents?q=a%20b&s=\"x\"", File: "đội 1.xlsx", Count: 3, Left: 2, Ignored: []string{"Ghi chú"}, Doubled: 1},
		Name:   "Ca tối", Of: "0000000000001", Operator: "Nguyễn Thị Nga", KeyFingerprint: "ab12",
		PlannedAt: noon(), OldestAt: noon().Add(-38 * time.Second),
		Effects: []runs.Effect{
			{Queue: 9, Type: apiclient.Callin, Name: "Bán hàng", Before: runs.Staff{Members: 3, Active: 2, Available: 1}, After: runs.Staff{Members: 5, Active: 4, Available: 3}, Joins: 2},
			{Queue: 4, Type: apiclient.Callout, Before: runs.Staff{Members: 1}, Leaves: 1},
		},
		Groups: []runs.Group{
			{Kind: journal.Callin, Removed: []int64{4}, Added: []int64{9, 1}, Agents: 2},
			{Kind: journal.Recording, Enabled: true, Agents: 1},
		},
	}
}

// items are some that say something of everything that an item can say.
func items() []runs.Item {
	return []runs.Item{
		{
			Seq: 1, Agent: "1001", AgentName: "Lê Văn Tám", State: runs.ItemPlanned, Why: "why", Message: "Cập nhật",
			Intent: roster.Intent{
				Verb: roster.Move, Agent: "1001", Type: apiclient.Callin, Base: []int64{4}, Want: []int64{9, 1}, From: []int64{4},
				Priority: new(5), PriorityBase: new("3"), Enabled: true,
				Undoes: roster.Undone{Entry: "0000000000002", Before: []int64{1}, After: []int64{}, PriorityBefore: "1", PriorityAfter: "2"},
				MaxAge: time.Minute, NoReadBack: true,
			},
			Before: []int64{4}, After: []int64{9, 1}, Enabled: true, Certainty: "confirmed", ReadAt: noon(),
			Asks: []string{"deserts", "unknown-queue"}, Entry: "0000000000003", SettledAt: noon().Add(time.Second),
		},
		{Seq: 2, Agent: "1002", State: runs.ItemPlanned, Intent: roster.Intent{Verb: roster.Record, Agent: "1002"}, Before: []int64{}, Asks: []string{}},
		{Seq: 5, Agent: "1003", State: runs.ItemUnchanged, Intent: roster.Intent{Verb: roster.Add, Agent: "1003", Type: apiclient.Callout, Base: []int64{}}},
		{Seq: 6, Agent: "1001", State: runs.ItemImpossible, Why: "gone", Intent: roster.Intent{Verb: roster.Add, Agent: "1001"}},
	}
}

// plain are so many items that are planned.
func plain(count int) []runs.Item {
	all := make([]runs.Item, count)
	for i := range all {
		all[i] = runs.Item{Agent: agent(i), State: runs.ItemPlanned, Intent: roster.Intent{Verb: roster.Add, Agent: agent(i), Want: []int64{7}}, After: []int64{7}}
	}
	return all
}

// agent is the agent of the item after so many.
func agent(i int) string { return string(rune('a'+i%26)) + string(rune('a'+i/26%26)) }

func create(t *testing.T, s runs.Store, r runs.Run, list []runs.Item) string {
	t.Helper()
	id, err := s.Create(t.Context(), r, list)
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	return id
}

// planned makes a run of three items.
func planned(t *testing.T, s runs.Store) string {
	t.Helper()
	return create(t, s, runs.Run{Scope: scope(), Operation: runs.Add}, plain(3))
}

func find(t *testing.T, s runs.Store, id string) runs.Run {
	t.Helper()
	r, err := s.Find(t.Context(), scope(), id)
	if err != nil {
		t.Fatalf("Find %s: %v", id, err)
	}
	return r
}

func itemsOf(t *testing.T, s runs.Store, id string, f runs.ItemFilter) []runs.Item {
	t.Helper()
	list, err := s.Items(t.Context(), id, f)
	if err != nil {
		t.Fatalf("Items of %s: %v", id, err)
	}
	return list
}

// states are those of all items of a run.
func states(t *testing.T, s runs.Store, id string) []runs.ItemState {
	t.Helper()
	var all []runs.ItemState
	for _, it := range itemsOf(t, s, id, runs.ItemFilter{}) {
		all = append(all, it.State)
	}
	return all
}

// must wants no error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
