package sqlstore

import (
	"errors"
	"testing"

	"github.com/alohub/agentconsole/journal"
)

// TestUndoOfItself: an entry that names the number it is about to get as what it
// takes back is not written.
func TestUndoOfItself(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, ":memory:")
	intendOne(t, s)
	// The last number is ahead of the clock, so that the next is known.
	last := int64(1) << 62
	if _, err := s.write.ExecContext(t.Context(), "UPDATE entries SET id = $1", last); err != nil {
		t.Fatal(err)
	}
	e := anIntent()
	e.UndoOf = formatID(last + 1)
	if _, err := s.Intend(t.Context(), e); err == nil || errors.Is(err, journal.ErrUnavailable) || errors.Is(err, journal.ErrNotFound) {
		t.Errorf("%v, want an error that says so and does not blame the database", err)
	}
	id := formatID(last)
	entries, _, err := s.List(t.Context(), journal.Filter{Scope: millionScope("1")})
	if err != nil || len(entries) != 1 || entries[0].ID != id || entries[0].UndoneBy != "" {
		t.Errorf("%v, %v; want the first alone", entries, err)
	}
}
