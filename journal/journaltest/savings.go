package journaltest

import (
	"errors"
	"testing"

	"github.com/alohub/agentconsole/journal"
)

// savings: what one console tells of a saving the others are told, and what is wished of it
// there is told back, until it is over. Another tenant knows nothing of it.
func savings(t *testing.T, s Database) {
	ctx := t.Context()
	other := journal.Scope{Environment: "production", Tenant: "43"}
	note := func(state string, over bool) journal.SavingWish {
		t.Helper()
		wish, err := s.NoteSaving(ctx, scope(), journal.Saving{ID: "one", State: []byte(state), Over: over})
		if err != nil {
			t.Fatal(err)
		}
		return wish
	}
	wished := journal.WishNone
	find := func(in journal.Scope, id, state string, over bool) {
		t.Helper()
		found, err := s.FindSaving(ctx, in, id)
		if state == "" {
			if !errors.Is(err, journal.ErrNotFound) {
				t.Errorf("%s in %v: %+v, %v", id, in, found, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		same(t, "a saving", found, journal.Saving{ID: id, State: []byte(state), Over: over, Alive: true, Wish: wished})
	}
	find(scope(), "one", "", false)
	if err := s.WishSaving(ctx, scope(), "one", journal.WishNow); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("a wish of none: %v", err)
	}
	if wish := note(`{"read":1}`, false); wish != journal.WishNone {
		t.Errorf("nobody wished for %q", wish)
	}
	find(scope(), "one", `{"read":1}`, false)
	find(scope(), "two", "", false)
	find(other, "one", "", false)
	if err := s.WishSaving(ctx, other, "one", journal.WishCancel); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("another tenant's wish: %v", err)
	}
	for _, tt := range []struct{ wish, told journal.SavingWish }{
		{journal.WishNow, journal.WishNow},
		{journal.WishCancel, journal.WishCancel},
		{journal.WishNow, journal.WishCancel}, // nobody overrules a cancel
	} {
		if err := s.WishSaving(ctx, scope(), "one", tt.wish); err != nil {
			t.Fatal(err)
		}
		if got := note(`{"read":2}`, false); got != tt.told {
			t.Errorf("wished %q, told %q", tt.wish, got)
		}
	}
	wished = journal.WishCancel
	note(`{"over":true}`, true)
	find(scope(), "one", `{"over":true}`, true)
	if err := s.WishSaving(ctx, scope(), "one", journal.WishNow); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("a wish of one that is over: %v", err)
	}
}
