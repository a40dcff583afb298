// Package journaltest is what every journal.Store and journal.Sessions has to
// pass, whatever database is behind it. What only one database can do wrong is
// tested beside it.
package journaltest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/journal"
)

// Database is what is exercised.
type Database interface {
	journal.Store
	journal.Sessions
	journal.Traits
	journal.Savings
	journal.FilterSets
	Close() error
}

// Exercise runs the suite. fresh makes an empty database and returns what opens
// it: each call is another replica. A database that only its opener can see is
// private, and the tests of replicas are left out.
func Exercise(t *testing.T, private bool, fresh func(t *testing.T) (open func() Database)) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, s Database){
		"Ping":                    ping,
		"IntendAndFind":           intendAndFind,
		"IntendRefusesNonsense":   intendRefusesNonsense,
		"IDsSortByTime":           idsSortByTime,
		"Lists":                   lists,
		"ForeignText":             foreignText,
		"Settle":                  settle,
		"SettleUnknownEntry":      settleUnknownEntry,
		"ListFilters":             listFilters,
		"ListSpellings":           listSpellings,
		"ListPages":               listPages,
		"ListDates":               listDates,
		"ScopesAreApart":          scopesAreApart,
		"Unsettled":               unsettled,
		"Undo":                    undo,
		"UndoTwice":               undoTwice,
		"UndoRefusedMayBeRetried": undoRefused,
		"Recordings":              recordings,
		"RecordingsFallBack":      recordingsFallBack,
		"Orphans":                 orphans,
		"Prune":                   prune,
		"PruneKeepsRecordings":    pruneKeepsRecordings,
		"PruneKeepsUndoLinks":     pruneKeepsUndoLinks,
		"QueueNames":              queueNames,
		"KnownQueues":             knownQueues,
		"Traits":                  traits,
		"TraitsOfOldAnswers":      traitsOfOldAnswers,
		"ShiftsAreSaidOnce":       shiftsAreSaidOnce,
		"TenantProbes":            tenantProbes,
		"Savings":                 savings,
		"FilterSets":              filterSets,
		"FilterSetsAreBounded":    filterSetsAreBounded,
		"FilterSetsAreApart":      filterSetsAreApart,
		"Sessions":                sessions,
		"SessionsEndAll":          sessionsEndAll,
		"ContextEnded":            contextEnded,
		"Concurrency":             concurrency,
		"ConcurrentRecordings":    concurrentRecordings,
		"ConcurrentUndo":          concurrentUndo,
		"Closed":                  closed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t)())
		})
	}
	if private {
		return
	}
	for name, test := range map[string]func(t *testing.T, one, two Database){
		"Replicas":             replicas,
		"ReplicasWriteAtOnce":  replicasWriteAtOnce,
		"ReplicasKeepAtOnce":   replicasKeepAtOnce,
		"SessionsAtTheReplica": sessionsAtTheReplica,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			open := fresh(t)
			test(t, open(), open())
		})
	}
}

// scope is where tests write.
func scope() journal.Scope { return journal.Scope{Environment: "production", Tenant: "42"} }

// noon is a time that is exact in microseconds.
func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 123_456_000, time.UTC) }

// change is an entry to begin with.
func change() journal.Entry {
	return journal.Entry{
		Scope: scope(), Agent: "1001", Kind: journal.Callin,
		Before: []int64{3, 1}, BeforeKnown: true, After: []int64{1, 7}, PriorityBefore: "2", PriorityAfter: "5",
		Certainty: "confirmed", EvidenceAt: noon().Add(-38 * time.Second), Operator: "Nguyễn Thị Nga", KeyFingerprint: "ab12", RequestID: "r-1",
	}
}

// record is a recording change to begin with.
func record(agent string, enabled bool) journal.Entry {
	return journal.Entry{Scope: scope(), Agent: agent, Kind: journal.Recording, Enabled: enabled, Operator: "Nga"}
}

func intend(t *testing.T, s journal.Store, e journal.Entry) string {
	t.Helper()
	id, err := s.Intend(t.Context(), e)
	if err != nil {
		t.Fatalf("Intend: %v", err)
	}
	return id
}

func settleAs(t *testing.T, s journal.Store, id string, result journal.Result) {
	t.Helper()
	if err := s.Settle(t.Context(), id, journal.Settlement{Result: result, At: noon()}); err != nil {
		t.Fatalf("Settle as %s: %v", result, err)
	}
}

// settled writes an entry and settles it.
func settled(t *testing.T, s journal.Store, e journal.Entry, result journal.Result) string {
	t.Helper()
	id := intend(t, s, e)
	settleAs(t, s, id, result)
	return id
}

func find(t *testing.T, s journal.Store, id string) journal.Entry {
	t.Helper()
	e, err := s.Find(t.Context(), scope(), id)
	if err != nil {
		t.Fatalf("Find %s: %v", id, err)
	}
	return e
}

// listed returns the IDs of a list.
func listed(t *testing.T, s journal.Store, f journal.Filter) (ids []string, more bool) {
	t.Helper()
	entries, more, err := s.List(t.Context(), f)
	if err != nil {
		t.Fatalf("List %+v: %v", f, err)
	}
	return idsOf(entries), more
}

func idsOf(entries []journal.Entry) []string {
	ids := []string{}
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	return ids
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
