package live_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// TestTheLastAgentIsAskedNothing: that nothing follows on the next page does not make
// the rows of the last agent any less whole.
func TestTheLastAgentIsAskedNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []style{joined, rowPerQueue} {
		u, tenant, _ := bench(t)
		u.edit(func() { u.style = always(s) })
		tenant.CrawlNow(t.Context(), u)
		if _, err := tenant.Change(t.Context(), u, add("083", 9), roster.Author{}, roster.Consent{}); err != nil {
			t.Errorf("style %d: %v", s, err)
		}
	}
}

// TestRowsThatTurnOutApartAreReadOn: that they lie apart shows as the agent is read. The
// whole list is read then, instead of asking whether the row may be old.
func TestRowsThatTurnOutApartAreReadOn(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.style, u.byQueue = always(rowPerQueue), true })
	if _, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.ConsentOf(true, "unsure:one-shown", true)); err != nil {
		t.Error(err)
	}
}

// TestWhoIsListedNoMoreIsNobody: the only other agent of 2 is deleted. The listing that
// is read for the removal does not have them, and no older row makes them count.
func TestWhoIsListedNoMoreIsNobody(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.people = slices.DeleteFunc(u.people, func(p *person) bool { return p.id == "082" }) })
	_, err := tenant.Change(t.Context(), u, roster.RemoveIntent("081", apiclient.Callin, []int64{2}), roster.Author{}, roster.Consent{})
	var confirm *roster.ConfirmError
	if !errors.As(err, &confirm) || roster.ShownBy(confirm.Plan) != "removal:2,queue:2" {
		t.Errorf("left in %v, %v", u.find("081").callin, err)
	}
}
