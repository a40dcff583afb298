package live_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/alohub/agentconsole/roster"
)

// TestRowsThatShiftOverAnEdgeAreReadAgain: between the two pages that an agent's rows are
// on, somebody before them is deleted, and one of the rows is on neither.
func TestRowsThatShiftOverAnEdgeAreReadAgain(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 2), agentOf("082", 2, 3), agentOf("083", 3), agentOf("084", 3, 1, 2))
	u.style, u.cap = always(rowPerQueue), 4
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	u.edit(func() { u.find("083").callin = []int64{1, 2, 3} })
	second := u.lists + 1
	u.before = func(call int, _ bool) {
		if call == second {
			u.edit(func() { u.people = slices.DeleteFunc(u.people, func(p *person) bool { return p.id == "081" }) })
		}
	}
	out, err := tenant.Change(t.Context(), u, add("083", 9), roster.Author{}, roster.Consent{})
	if err != nil || !same(u.find("083").callin, []int64{1, 2, 3, 9}) {
		t.Errorf("left in %v, asked %s, %v", u.find("083").callin, roster.ShownBy(out.Plan), err)
	}
}

// TestRowsApartThatNoPageShows: rows came to lie on pages apart, one on each, since the
// tenant was crawled. What the filter knows beyond the row gives it away.
func TestRowsApartThatNoPageShows(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1), agentOf("082", 1, 2), agentOf("083", 2, 3), agentOf("084"))
	u.style, u.byQueue, u.cap = always(rowPerQueue), true, 3
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	u.edit(func() { u.find("084").callin = []int64{1, 3, 9} }) // 9 is new here
	out, err := tenant.Change(t.Context(), u, add("084", 7), roster.Author{}, roster.Consent{})
	if err != nil || !same(u.find("084").callin, []int64{1, 3, 7, 9}) {
		t.Errorf("left in %v, asked %s, %v", u.find("084").callin, roster.ShownBy(out.Plan), err)
	}
}

// TestAWalkThatDidNotJoinSaysNothing: somebody takes a queue away while a list is read whose
// rows lie apart. It is read again, and what only the first reading showed is not written back.
func TestAWalkThatDidNotJoinSaysNothing(t *testing.T) {
	t.Parallel()
	for moment := 2; moment <= 5; moment++ {
		u := newUpstream()
		for i := range 8 {
			u.people = append(u.people, agentOf(fmt.Sprintf("%03d", i), 1+int64(i%2), 5, 8+int64(i%2)))
		}
		u.style, u.byQueue, u.cap = always(rowPerQueue), true, 5
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		reads := 0
		u.before = func(_ int, write bool) {
			if reads++; reads == moment {
				u.edit(func() { u.find("000").callin = []int64{5, 8} })
			}
		}
		_, err := tenant.Change(t.Context(), u, add("000", 99), roster.Author{}, roster.ConsentToAll())
		if got := u.find("000").callin; err != nil || !same(got, []int64{5, 8, 99}) {
			t.Errorf("at read %d: left in %v, %v", moment, got, err)
		}
	}
}
