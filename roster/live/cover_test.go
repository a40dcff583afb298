package live_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// thirds is so many agents in queue 1, of whom every third is in 2 as well.
func thirds(n int) *upstream {
	var people []*person
	for i := range n {
		queues := []int64{1}
		if i%3 == 0 {
			queues = []int64{2, 1}
		}
		people = append(people, agentOf(fmt.Sprintf("08%03d", i), queues...))
	}
	u := newUpstream(people...)
	u.cap = 20
	return u
}

func sweepOf(verb func(id string) roster.Intent, ids ...string) (intents []roster.Intent) {
	for _, id := range ids {
		in := verb(id)
		in.MaxAge, in.NoReadBack = time.Minute, true
		intents = append(intents, in)
	}
	return intents
}

// TestASweepOverlapsItsPages: the rows of any agents are read in pages that show what is
// beside each of them, so that no page is read for who stands at an edge; where the list has
// moved, whoever is not where they were is found all the same.
func TestASweepOverlapsItsPages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		style     style
		who       []int // extensions
		change    func(u *upstream)
		most, min int
	}{
		"a stretch over an edge":  {joined, []int{17, 18, 19, 20, 21}, nil, 2, 1},
		"all":                     {joined, nil, nil, 9, 6},
		"all, a row for each":     {rowPerQueue, nil, nil, 12, 8},
		"a row more before":       {joined, []int{17, 18, 19, 20, 21}, func(u *upstream) { u.people = slices.Insert(u.people, 3, agentOf("09000", 1)) }, 2, 1},
		"turned round":            {joined, []int{0, 1}, func(u *upstream) { slices.Reverse(u.people) }, 7, 2},
		"fewer than was believed": {joined, []int{98, 99}, func(u *upstream) { u.people = slices.Delete(u.people, 0, 30) }, 8, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := thirds(100)
				u.style = always(c.style)
				tenant, _ := setup(t, u)
				tenant.CrawlNow(t.Context(), u)
				time.Sleep(5 * time.Minute)
				if c.change != nil {
					u.edit(func() { c.change(u) })
				}
				ids := make([]string, 0, 100)
				for i := range 100 {
					if c.who == nil || slices.Contains(c.who, i) {
						ids = append(ids, fmt.Sprintf("08%03d", i))
					}
				}
				rows := 0
				u.takes = func(q apiclient.AgentQuery) time.Duration {
					if q.QueueID == 0 {
						rows++
					}
					return 0
				}
				begun := time.Now()
				intents := sweepOf(func(id string) roster.Intent { return add(id, 9) }, ids...)
				if err := tenant.Sweep(t.Context(), u, intents, nil); err != nil {
					t.Fatal(err)
				}
				if rows > c.most || rows < c.min {
					t.Errorf("%d pages for %d agents", rows, len(ids))
				}
				for _, id := range ids {
					if a, _ := tenant.Known(id); a.SeenAt.Before(begun) || a.CallinAt.Before(begun) && !a.CallinSure() {
						t.Errorf("%s was not read", id)
					}
				}
				u.takes = nil
				for _, in := range intents {
					in.ReadSince = begun
					reads := u.lists
					if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{}); err != nil || u.lists > reads {
						t.Errorf("%s: %d more reads, %v", in.Agent, u.lists-reads, err)
					}
				}
			})
		})
	}
}

// TestPagesThatOverlapAreNoProofWhereSomebodyMoved: the API said yes and did nothing, and
// while the listing is read in two pages, who was to leave changes places with somebody on
// the first. That is not called done.
func TestPagesThatOverlapAreNoProofWhereSomebodyMoved(t *testing.T) {
	t.Parallel()
	for _, moves := range []bool{false, true} {
		t.Run(fmt.Sprint(moves), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := thirds(30)
				u.style = always(firstOnly)
				store := &memory{}
				r := live.New(live.Config{Journal: store, ReadBackPause: -1, Logger: quiet()})
				defer r.Close()
				tenant := r.Tenant(access("a", u))
				tenant.CrawlNow(t.Context(), u)
				in := sweepOf(func(id string) roster.Intent { return roster.RemoveIntent(id, apiclient.Callin, []int64{1}) }, "08027")
				if err := tenant.Sweep(t.Context(), u, in, nil); err != nil {
					t.Fatal(err)
				}
				u.ignores = func() bool { return moves }
				out, err := tenant.Change(t.Context(), u, in[0], roster.Author{}, roster.ConsentOf(true, "removal:1", true))
				if err != nil {
					t.Fatal(err)
				}
				pages := 0
				u.takes = func(q apiclient.AgentQuery) time.Duration {
					if q.QueueID != 1 {
						return 0
					}
					if pages++; pages == 2 && moves {
						u.edit(func() { u.people[3], u.people[27] = u.people[27], u.people[3] })
					}
					return 0
				}
				if err := tenant.Sweep(t.Context(), u, nil, []*roster.Outcome{&out}); err != nil {
					t.Fatal(err)
				}
				if verified := out.Result == journal.Verified; verified == moves || !moves && pages > 2 {
					t.Errorf("%s after %d pages", out.Result, pages)
				}
			})
		})
	}
}
