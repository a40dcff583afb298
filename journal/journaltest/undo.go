package journaltest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alohub/agentconsole/journal"
)

func undo(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	by := intend(t, s, change())
	for range 2 { // the second time it is no error
		if err := s.LinkUndo(t.Context(), scope(), id, by); err != nil {
			t.Fatal(err)
		}
	}
	linked(t, s, id, by)
	for _, pair := range [][2]string{{id, "0000000000000"}, {"0000000000000", by}, {"", by}, {id, ""}} {
		if err := s.LinkUndo(t.Context(), scope(), pair[0], pair[1]); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("LinkUndo %q: %v, want ErrNotFound", pair, err)
		}
	}
	if err := s.LinkUndo(t.Context(), scope(), by, by); err == nil {
		t.Error("an entry took itself back")
	}
	// An undo can be undone.
	again := intend(t, s, change())
	if err := s.LinkUndo(t.Context(), scope(), by, again); err != nil {
		t.Fatal(err)
	}
	linked(t, s, by, again)
}

func linked(t *testing.T, s journal.Store, id, by string) {
	t.Helper()
	same(t, "UndoneBy", find(t, s, id).UndoneBy, by)
	same(t, "UndoOf", find(t, s, by).UndoOf, id)
}

func undoTwice(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	by := settled(t, s, change(), journal.Unknown)
	if err := s.LinkUndo(t.Context(), scope(), id, by); err != nil {
		t.Fatal(err)
	}
	second := intend(t, s, change())
	err := s.LinkUndo(t.Context(), scope(), id, second)
	if !errors.Is(err, journal.ErrAlreadyUndone) || errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("%v, want ErrAlreadyUndone alone", err)
	}
	linked(t, s, id, by)
	same(t, "the second's UndoOf", find(t, s, second).UndoOf, "")
}

func undoRefused(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	by := intend(t, s, change())
	if err := s.LinkUndo(t.Context(), scope(), id, by); err != nil {
		t.Fatal(err)
	}
	settleAs(t, s, by, journal.Refused)
	same(t, "UndoneBy after a refusal", find(t, s, id).UndoneBy, "")
	same(t, "UndoOf after a refusal", find(t, s, by).UndoOf, id)

	second := intend(t, s, change())
	if err := s.LinkUndo(t.Context(), scope(), id, second); err != nil {
		t.Fatalf("another try after a refusal: %v", err)
	}
	linked(t, s, id, second)

	// Nor did one that was never applied take anything back.
	never := settled(t, s, change(), journal.Verified)
	lost := intend(t, s, change())
	if err := s.LinkUndo(t.Context(), scope(), never, lost); err != nil {
		t.Fatal(err)
	}
	settleAs(t, s, lost, journal.Unknown)
	linked(t, s, never, lost)
	if err := s.Settle(t.Context(), lost, journal.Settlement{Result: journal.Differs, Code: journal.CodeNotApplied}); err != nil {
		t.Fatal(err)
	}
	same(t, "UndoneBy after an undo that was not applied", find(t, s, never).UndoneBy, "")

	// Refused before it was linked: it took nothing back either.
	other := settled(t, s, change(), journal.Verified)
	refused := settled(t, s, change(), journal.Refused)
	if err := s.LinkUndo(t.Context(), scope(), other, refused); err != nil {
		t.Fatal(err)
	}
	same(t, "UndoneBy", find(t, s, other).UndoneBy, "")
	// A refusal that turns out to be none counts again.
	settleAs(t, s, refused, journal.Verified)
	linked(t, s, other, refused)
}

func undoWithIntent(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	e := change()
	e.UndoOf = id
	by := intend(t, s, e)
	linked(t, s, id, by)
	if err := s.LinkUndo(t.Context(), scope(), id, by); err != nil {
		t.Errorf("linked once more: %v", err)
	}
	before, _ := listed(t, s, journal.Filter{Scope: scope()})
	if _, err := s.Intend(t.Context(), e); !errors.Is(err, journal.ErrAlreadyUndone) {
		t.Errorf("a second undo: %v, want ErrAlreadyUndone", err)
	}
	e.UndoOf = "nonsense"
	if _, err := s.Intend(t.Context(), e); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("an undo of nothing: %v, want ErrNotFound", err)
	}
	after, _ := listed(t, s, journal.Filter{Scope: scope()})
	same(t, "entries after refused intents", after, before)
}

// concurrentUndo lets ten people undo the same entry: one of them does.
func concurrentUndo(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	var done atomic.Int32
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			e := change()
			e.UndoOf = id
			switch _, err := s.Intend(t.Context(), e); {
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
