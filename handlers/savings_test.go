package handlers

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster/live"
)

// TestTheLastWishIsShown: whoever cancels a change that was told to go on is shown that it is
// being cancelled.
func TestTheLastWishIsShown(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	for _, c := range []struct {
		now  bool
		wish journal.SavingWish
		want string
	}{
		{false, journal.WishNone, ""},
		{true, journal.WishNone, "now"},
		{false, journal.WishNow, "now"},
		{true, journal.WishCancel, "cancel"},
	} {
		m := p.saving("s1", live.Told{Wish: c.wish, Progress: live.SavingProgress{Now: c.now}}, time.Now())
		if m.Wish != c.want {
			t.Errorf("now %t, wish %q: %q", c.now, c.wish, m.Wish)
		}
	}
}
