package live_test

import (
	"errors"
	"testing"

	"github.com/alohub/agentconsole/roster"
)

// TestTwoOfThreeContradictAWrite: on pages of one row no answer ever shows two queues,
// but who was seen in two of the three we wrote is one of whom queues are not hidden.
func TestTwoOfThreeContradictAWrite(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1), agentOf("082", 2), agentOf("083", 3))
	u.style, u.cap = always(rowPerQueue), 1
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	in := add("081", 2, 3)
	in.NoReadBack = true
	if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll()); err != nil {
		t.Fatal(err)
	}
	u.edit(func() { u.find("081").callin = []int64{2, 3} })
	_, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.ConsentOf(true, "unsure:one-shown", true))
	var confirm *roster.ConfirmError
	if !errors.As(err, &confirm) || roster.ShownBy(confirm.Plan) != "unsure:one-shown,doubtful:1" {
		t.Errorf("not asked: left in %v, %v", u.find("081").callin, err)
	}
}
