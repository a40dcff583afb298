package journaltest

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// at returns the entry as written so many hours from noon.
func at(e journal.Entry, hours int) journal.Entry {
	e.At = noon().Add(time.Duration(hours) * time.Hour)
	return e
}

func orphans(t *testing.T, s Database) {
	old := intend(t, s, at(change(), -1))
	oldRecord := intend(t, s, at(record("1", true), -1))
	done := settled(t, s, at(change(), -1), journal.Verified)
	edge := intend(t, s, at(change(), 0))
	n, err := s.Orphans(t.Context(), noon())
	if err != nil || n != 2 {
		t.Fatalf("%d orphans, %v; want 2", n, err)
	}
	for id, want := range map[string]journal.Result{
		old: journal.Unknown, oldRecord: journal.Unknown, done: journal.Verified, edge: journal.Intent,
	} {
		e := find(t, s, id)
		if e.Result != want || (want == journal.Intent) != e.SettledAt.IsZero() {
			t.Errorf("%s is %s, settled at %s; want %s", id, e.Result, e.SettledAt, want)
		}
	}
	ids, _ := listed(t, s, journal.Filter{Scope: scope(), Queue: 7, Result: journal.Unknown})
	same(t, "found by queue and result", ids, []string{old})
	same(t, "the ledger", ledger(t, s)["1"].Result, journal.Unknown)
	if n, err := s.Orphans(t.Context(), noon()); err != nil || n != 0 {
		t.Errorf("again: %d, %v", n, err)
	}
}

// pruned prunes what is before noon and says what of it is left.
func pruned(t *testing.T, s journal.Store, want int, ids ...string) (left []string) {
	t.Helper()
	n, err := s.Prune(t.Context(), noon())
	if err != nil || n != want {
		t.Errorf("pruned %d, %v; want %d", n, err, want)
	}
	left = []string{}
	for _, id := range ids {
		if _, err := s.Find(t.Context(), scope(), id); err == nil {
			left = append(left, id)
		}
	}
	return left
}

func prune(t *testing.T, s Database) {
	gone := []string{
		settled(t, s, at(change(), -3), journal.Verified),
		settled(t, s, at(change(), -2), journal.Refused),
		settled(t, s, at(change(), -1), journal.Differs),
	}
	kept := []string{
		intend(t, s, at(change(), -3)),
		settled(t, s, at(change(), -2), journal.Unknown),
		settled(t, s, at(change(), 0), journal.Verified),
	}
	same(t, "left", pruned(t, s, 3, append(gone, kept...)...), kept)
	ids, _ := listed(t, s, journal.Filter{Scope: scope(), Queue: 7})
	same(t, "left by queue", ids, []string{kept[2], kept[1], kept[0]})
	same(t, "left", pruned(t, s, 0, kept...), kept)
	settleAs(t, s, kept[0], journal.Verified)
	same(t, "left once settled", pruned(t, s, 1, kept...), kept[1:])
}

func pruneKeepsRecordings(t *testing.T, s Database) {
	older := settled(t, s, at(record("1", true), -9), journal.Accepted)
	last := settled(t, s, at(record("1", false), -8), journal.Accepted)
	refused := settled(t, s, at(record("1", true), -7), journal.Refused)
	// An open one may turn out refused: the settled one before it must be there.
	before := settled(t, s, at(record("2", true), -9), journal.Verified)
	open := intend(t, s, at(record("2", false), -8))
	renewed := settled(t, s, at(record("3", true), -8), journal.Accepted)
	settled(t, s, at(record("3", false), 1), journal.Accepted)

	left := pruned(t, s, 3, older, last, refused, before, open, renewed)
	same(t, "left", left, []string{last, before, open})
	same(t, "agent 1", ledger(t, s)["1"].EntryID, last)
	settleAs(t, s, open, journal.Refused)
	same(t, "agent 2", ledger(t, s)["2"].EntryID, before)
}

func pruneKeepsUndoLinks(t *testing.T, s Database) {
	// All three are old: they go together.
	a := settled(t, s, at(change(), -9), journal.Verified)
	b := settled(t, s, undoing(at(change(), -8), a), journal.Verified)
	c := settled(t, s, undoing(at(change(), -7), b), journal.Verified)
	// The undo is new: both stay.
	d := settled(t, s, at(change(), -9), journal.Verified)
	e := settled(t, s, undoing(at(change(), 1), d), journal.Verified)
	// A refused undo is new, the one that succeeded old: all stay.
	f := settled(t, s, at(change(), -9), journal.Verified)
	g := settled(t, s, undoing(at(change(), -8), f), journal.Refused)
	h := settled(t, s, undoing(at(change(), -7), f), journal.Verified)
	i := intend(t, s, undoing(at(change(), -6), h))

	left := pruned(t, s, 3, a, b, c, d, e, f, g, h, i)
	same(t, "left", left, []string{d, e, f, g, h, i})
	linked(t, s, d, e)
	linked(t, s, f, h)
	same(t, "the refused one's UndoOf", find(t, s, g).UndoOf, f)
	settleAs(t, s, i, journal.Verified)
	same(t, "left once settled", pruned(t, s, 4, d, e, f, g, h, i), []string{d, e})
}
