package journaltest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/alohub/agentconsole/journal"
)

func ledger(t *testing.T, s journal.Store, agents ...string) map[string]journal.RecordingState {
	t.Helper()
	states, err := s.Recordings(t.Context(), scope(), agents...)
	if err != nil {
		t.Fatalf("Recordings: %v", err)
	}
	if states == nil {
		t.Error("Recordings returned a nil map")
	}
	return states
}

func recordings(t *testing.T, s Database) {
	same(t, "of nothing", ledger(t, s), map[string]journal.RecordingState{})
	e := record("1", true)
	e.At = noon()
	settled(t, s, e, journal.Accepted)
	e = record("1", false)
	e.At, e.Operator = noon().Add(1_000_000), "Minh"
	last := intend(t, s, e)
	other := settled(t, s, record("2", true), journal.Unknown)
	settled(t, s, record("3", true), journal.Refused)
	intend(t, s, change()) // agent 1001, not a recording

	want := map[string]journal.RecordingState{
		"1": {Agent: "1", Enabled: false, At: e.At, Operator: "Minh", Result: journal.Intent, EntryID: last},
		"2": {Agent: "2", Enabled: true, At: find(t, s, other).At, Operator: "Nga", Result: journal.Unknown, EntryID: other},
	}
	same(t, "of all", ledger(t, s), want)
	same(t, "of those named", ledger(t, s, "2", "1", "3", "4", "1"), want)
	delete(want, "2")
	same(t, "of one", ledger(t, s, "1"), want)

	settleAs(t, s, last, journal.Verified)
	if got := ledger(t, s, "1")["1"].Result; got != journal.Verified {
		t.Errorf("result = %s", got)
	}
	var many []string
	for i := range 1500 {
		many = append(many, fmt.Sprint(i))
	}
	if got := len(ledger(t, s, many...)); got != 2 {
		t.Errorf("%d of 1,500 named", got)
	}
}

func recordingsFallBack(t *testing.T, s Database) {
	first := settled(t, s, record("1", true), journal.Accepted)
	second := intend(t, s, record("1", false))
	third := intend(t, s, record("1", true))
	at := func(want string) {
		t.Helper()
		if got := ledger(t, s, "1")["1"].EntryID; got != want {
			t.Errorf("the last is %q, want %q", got, want)
		}
	}
	at(third)
	settleAs(t, s, second, journal.Refused)
	at(third)
	settleAs(t, s, third, journal.Refused)
	at(first)
	settleAs(t, s, first, journal.Refused)
	at("")
	settleAs(t, s, second, journal.Verified) // it was not refused after all
	at(second)
}

// concurrentRecordings settles an agent's changes while others are written.
func concurrentRecordings(t *testing.T, s Database) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 5 {
				id, err := s.Intend(t.Context(), record("1", i%2 == 0))
				if err == nil {
					err = s.Settle(t.Context(), id, journal.Settlement{Result: []journal.Result{journal.Refused, journal.Accepted}[i%2]})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	entries, _, err := s.List(t.Context(), journal.Filter{Scope: scope(), Result: journal.Accepted})
	if err != nil || len(entries) != 16 {
		t.Fatalf("%d accepted, %v", len(entries), err)
	}
	same(t, "the last", ledger(t, s, "1")["1"].EntryID, entries[0].ID)
}
