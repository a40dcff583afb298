package journaltest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alohub/agentconsole/journal"
)

// undoing is the change as one that takes back entry id.
func undoing(e journal.Entry, id string) journal.Entry {
	e.UndoOf = id
	return e
}

func undo(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	by := intend(t, s, undoing(change(), id))
	linked(t, s, id, by)
	for _, none := range []string{"0000000000000", "zzzzzzzzzzzzz", "nonsense", id + "0"} {
		_, err := s.Intend(t.Context(), undoing(change(), none))
		if !errors.Is(err, journal.ErrNotFound) || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("an undo of %q: %v, want ErrNotFound alone", none, err)
		}
	}
	// An undo can be undone.
	again := intend(t, s, undoing(change(), by))
	linked(t, s, by, again)
	linked(t, s, id, by)
	ids, _ := listed(t, s, journal.Filter{Scope: scope()})
	same(t, "entries after undos of nothing", ids, []string{again, by, id})
}

func linked(t *testing.T, s journal.Store, id, by string) {
	t.Helper()
	same(t, "UndoneBy", find(t, s, id).UndoneBy, by)
	same(t, "UndoOf", find(t, s, by).UndoOf, id)
}

func undoTwice(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	by := settled(t, s, undoing(change(), id), journal.Unknown)
	_, err := s.Intend(t.Context(), undoing(change(), id))
	if !errors.Is(err, journal.ErrAlreadyUndone) || errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("%v, want ErrAlreadyUndone alone", err)
	}
	linked(t, s, id, by)
	ids, _ := listed(t, s, journal.Filter{Scope: scope()})
	same(t, "entries after the second undo", ids, []string{by, id})
}

func undoRefused(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	by := settled(t, s, undoing(change(), id), journal.Refused)
	same(t, "UndoneBy after a refusal", find(t, s, id).UndoneBy, "")
	same(t, "UndoOf after a refusal", find(t, s, by).UndoOf, id)

	second, err := s.Intend(t.Context(), undoing(change(), id))
	if err != nil {
		t.Fatalf("another try after a refusal: %v", err)
	}
	linked(t, s, id, second)
	// The first turns out not to have been refused: the second stays the one.
	settleAs(t, s, by, journal.Verified)
	linked(t, s, id, second)

	// Nor did one that was never applied take anything back.
	never := settled(t, s, change(), journal.Verified)
	lost := settled(t, s, undoing(change(), never), journal.Unknown)
	linked(t, s, never, lost)
	if err := s.Settle(t.Context(), lost, journal.Settlement{Result: journal.Differs, Code: journal.CodeNotApplied}); err != nil {
		t.Fatal(err)
	}
	same(t, "UndoneBy after an undo that was not applied", find(t, s, never).UndoneBy, "")
	same(t, "UndoOf after an undo that was not applied", find(t, s, lost).UndoOf, never)
	linked(t, s, never, intend(t, s, undoing(change(), never)))

	// A refusal that turns out to be none counts again.
	other := settled(t, s, change(), journal.Verified)
	refused := settled(t, s, undoing(change(), other), journal.Refused)
	same(t, "UndoneBy", find(t, s, other).UndoneBy, "")
	settleAs(t, s, refused, journal.Verified)
	linked(t, s, other, refused)
}

// concurrentUndo lets ten people undo the same entry: one of them does.
func concurrentUndo(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	var done atomic.Int32
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			switch _, err := s.Intend(t.Context(), undoing(change(), id)); {
			case err == nil:
				done.Add(1)
			case !errors.Is(err, journal.ErrAlreadyUndone):
				t.Errorf("Intend: %v", err)
			}
		})
	}
	all.Wait()
	if done.Load() != 1 {
		t.Errorf("undone %d times", done.Load())
	}
}
