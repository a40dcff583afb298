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
	id := intendOne(t, s)
	next := int64(1) << 62
	s.stamps.last = next - 1 // ahead of the clock, so that the next number is known
	e := anIntent()
	e.UndoOf = formatID(next)
	if _, err := s.Intend(t.Context(), e); err == nil || errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("%v, want an error that does not blame the database", err)
	}
	if s.stamps.last != next {
		t.Errorf("it got the number %d, not %d", s.stamps.last, next)
	}
	entries, _, err := s.List(t.Context(), journal.Filter{Scope: millionScope("1")})
	if err != nil || len(entries) != 1 || entries[0].ID != id || entries[0].UndoneBy != "" {
		t.Errorf("%v, %v; want the first alone", entries, err)
	}
}
