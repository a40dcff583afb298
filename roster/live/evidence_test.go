package live_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

func agentOf(id string, callin ...int64) *person {
	return &person{id: id, callin: callin, status: 1, priority: "1", system: "AVAILABLE", user: "AVAILABLE", name: "An " + id}
}

func always(s style) func(int) style { return func(int) style { return s } }

func certainties(ms []roster.Membership) map[int64]roster.Certainty {
	out := make(map[int64]roster.Certainty)
	for _, m := range ms {
		out[m.QueueID] = m.Certainty
	}
	return out
}

func TestCertaintyOfEachStyle(t *testing.T) {
	t.Parallel()
	for style, want := range map[style]roster.Certainty{firstOnly: roster.Listed, joined: roster.Confirmed, rowPerQueue: roster.Confirmed} {
		u := newUpstream(agentOf("081", 1), agentOf("082", 1, 2, 3), agentOf("083", 3), agentOf("084", 2))
		u.style = always(style)
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		a, ok := tenant.Known("082")
		if !ok || !a.CallinSure() {
			t.Fatalf("style %d: sure %v because %v", style, a.CallinSure(), a.CallinUnsure)
		}
		got := certainties(a.Callin)
		if len(got) != 3 || got[1] != roster.Confirmed || got[3] != want {
			t.Errorf("style %d: %v", style, a.Callin)
		}
	}
}

func TestFilterTakesNothingAway(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2), agentOf("082", 2))
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	// From here on the filter denies that 081 is in 2, while its row, which is read
	// again because of that, still shows it.
	u.style = always(joined)
	if _, err := tenant.List(t.Context(), reluctant{u}, apiclient.AgentQuery{QueueID: 2, Size: 100}); err != nil {
		t.Fatal(err)
	}
	if a, _ := tenant.Known("081"); !slices.Equal(roster.IDs(a.Callin), []int64{1, 2}) {
		t.Errorf("callin is %v", a.Callin)
	}
}

// reluctant denies what its rows show: queue_id answers nothing at all.
type reluctant struct{ *upstream }

func (r reluctant) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	p, err := r.upstream.ListAgents(ctx, q)
	if err == nil && q.QueueID != 0 {
		p.Rows, p.TotalRecord = nil, 0
	}
	return p, err
}

func TestRowOutweighsFilter(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2), agentOf("082", 2))
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	tenant.CrawlNow(t.Context(), reluctant{u})
	if a, _ := tenant.Known("081"); certainties(a.Callin)[2] != roster.Seen || len(a.Callin) != 2 {
		t.Errorf("after a crawl: callin is %v", a.Callin)
	}
	a, err := tenant.Gather(t.Context(), reluctant{u}, "081", apiclient.Callin, 0)
	if err != nil || certainties(a.Callin)[2] != roster.Seen || len(a.Callin) != 2 {
		t.Errorf("callin is %v, %v", a.Callin, err)
	}
}

// patchy shows one agent by its first queue and everybody else joined.
type patchy struct {
	*upstream
	agent string
}

func (p patchy) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	page, err := p.upstream.ListAgents(ctx, q)
	if err != nil {
		return nil, err
	}
	for i, row := range page.Rows {
		if row.AgentID == p.agent && row.QueueCallinID != nil {
			p.mu.Lock()
			page.Rows[i].QueueCallinID = new("1")
			page.Rows[i].QueueCallin = new("1-one")
			p.mu.Unlock()
		}
	}
	return page, nil
}

func TestRowsAreNotTrustedWhereTheFilterKnewMore(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2, 3), agentOf("082", 1, 2), agentOf("083", 3))
	src := patchy{u, "081"}
	tenant, _ := setup(t, src)
	tenant.CrawlNow(t.Context(), src)
	out, err := tenant.Change(t.Context(), src, roster.AddIntent("081", apiclient.Callin, []int64{9}, nil), roster.Author{}, roster.ConsentToAll())
	if err != nil || !slices.Equal(u.puts[0].ids, []int64{1, 2, 3, 9}) {
		t.Errorf("sent %v, %v %v", u.puts, out.Result, err)
	}
}

func TestUnfinishedListingProvesNothing(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2), agentOf("082", 2), agentOf("083", 2), agentOf("084", 3))
	u.style = always(firstOnly)
	u.cap = 2
	src := reversed{u}
	tenant, _ := setup(t, src)
	tenant.CrawlNow(t.Context(), src)
	u.stuck = true // 081 is now beyond what can be read of queue 2's listing
	a, err := tenant.Gather(t.Context(), src, "081", apiclient.Callin, 0)
	if err != nil || a.CallinSure() && len(a.Callin) != 2 || len(a.Callin) != 2 {
		t.Errorf("sure %v of %v, %v", a.CallinSure(), a.Callin, err)
	}
	_, err = tenant.Change(t.Context(), src, roster.AddIntent("081", apiclient.Callin, []int64{3}, nil), roster.Author{}, roster.Consent{})
	if confirm := (*roster.ConfirmError)(nil); !errors.As(err, &confirm) || !slices.Contains(confirm.Plan.Unsure, roster.EvidenceIncomplete) {
		t.Errorf("not asked: %v", err)
	}
}

// reversed lists a queue's members in the other order than all agents.
type reversed struct{ *upstream }

func (r reversed) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	if q.QueueID != 0 {
		r.edit(func() { slices.Reverse(r.people) })
		defer r.edit(func() { slices.Reverse(r.people) })
	}
	return r.upstream.ListAgents(ctx, q)
}

func TestQueueTakenAwayByOthersDoesNotComeBack(t *testing.T) {
	t.Parallel()
	for _, style := range []style{firstOnly, joined, rowPerQueue} {
		u := newUpstream(agentOf("081", 1, 2, 3), agentOf("082", 1, 2), agentOf("083", 3))
		u.style = always(style)
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		u.edit(func() { u.find("081").callin = []int64{1, 3} })
		consent := roster.ConsentOf(style == firstOnly, "unsure:one-shown", true)
		if _, err := tenant.Change(t.Context(), u, roster.AddIntent("081", apiclient.Callin, []int64{9}, nil), roster.Author{}, consent); err != nil {
			t.Fatal(err)
		}
		if got := u.puts[0].ids; !slices.Equal(got, []int64{1, 3, 9}) {
			t.Errorf("style %d: sent %v", style, got)
		}
	}
}

// lagging answers reads with the lists of a moment ago.
type lagging struct {
	*upstream
	stale map[string][]int64
}

func (l lagging) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	swap := func() {
		for id, list := range l.stale {
			p := l.find(id)
			p.callin, l.stale[id] = list, p.callin
		}
	}
	l.edit(swap)
	defer l.edit(swap)
	return l.upstream.ListAgents(ctx, q)
}

// TestOwnWriteNotYetVisibleIsInDoubt: it is neither kept nor dropped unasked, and can
// be asked for again at once.
func TestOwnWriteNotYetVisibleIsInDoubt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(agentOf("081", 1, 2), agentOf("082", 1, 2))
		src := lagging{u, map[string][]int64{"081": {1, 2}}}
		tenant, store := setup(t, src)
		defer synctest.Wait()
		tenant.CrawlNow(t.Context(), src)
		out, err := tenant.Change(t.Context(), src, roster.AddIntent("081", apiclient.Callin, []int64{3}, nil), roster.Author{}, roster.Consent{})
		if err != nil || out.Result != journal.Accepted || store.last().Result != journal.Accepted {
			t.Fatalf("%v, %v", out.Result, err)
		}
		a, err := tenant.Gather(t.Context(), src, "081", apiclient.Callin, 0)
		if err != nil || len(a.Callin) != 2 || a.CallinSure() || len(a.CallinDoubts) != 1 ||
			a.CallinDoubts[0].Queue != 3 || a.CallinDoubts[0].Kind != roster.DoubtSent || a.CallinDoubts[0].SentAt.IsZero() {
			t.Errorf("callin %v doubts %v, %v", a.Callin, a.CallinDoubts, err)
		}
		// Somebody adds another queue: what becomes of 3 is asked, by name.
		other := roster.AddIntent("081", apiclient.Callin, []int64{9}, nil)
		_, err = tenant.Change(t.Context(), src, other, roster.Author{}, roster.ConsentOf(true, "unsure:one-shown", true))
		confirm := (*roster.ConfirmError)(nil)
		if !errors.As(err, &confirm) || roster.ShownBy(confirm.Plan) != "doubtful:3" {
			t.Errorf("not asked: %v", err)
		}
		// Sent again at once: it is not "already so", and nothing is asked.
		again := roster.AddIntent("081", apiclient.Callin, []int64{3}, nil)
		if out, err := tenant.Change(t.Context(), src, again, roster.Author{}, roster.Consent{}); err != nil || out.Nothing || len(u.puts) != 2 {
			t.Errorf("not sent again: %+v, %v", out, err)
		}
		time.Sleep(6 * time.Minute)
		a, err = tenant.Gather(t.Context(), src, "081", apiclient.Callin, 0)
		if err != nil || len(a.Callin) != 2 || !a.CallinSure() {
			t.Errorf("after a while: callin %v sure %v %v, %v", a.Callin, a.CallinSure(), a.CallinUnsure, err)
		}
	})
}

func TestBlindTenantKeepsWhatWeWrote(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(agentOf("081", 1), agentOf("082", 2))
		u.style, u.shown = always(firstOnly), true
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		change := func(in roster.Intent) roster.Outcome {
			out, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll())
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if out := change(roster.AddIntent("081", apiclient.Callin, []int64{2}, nil)); out.Result != journal.Accepted {
			t.Errorf("result %v", out.Result)
		}
		time.Sleep(time.Hour)
		change(roster.AddIntent("081", apiclient.Callin, []int64{3}, nil))
		if got := u.puts[1].ids; !slices.Equal(got, []int64{1, 2, 3}) {
			t.Errorf("sent %v", got)
		}
		// The tenant has shown that it hides queues: nobody's list is sure.
		_, err := tenant.Change(t.Context(), u, roster.AddIntent("082", apiclient.Callin, []int64{1}, nil), roster.Author{}, roster.Consent{})
		if confirm := (*roster.ConfirmError)(nil); !errors.As(err, &confirm) || !slices.Contains(confirm.Plan.Unsure, roster.OneShown) {
			t.Errorf("not asked: %v", err)
		}
	})
}

func TestAChangeJoinsNoReadThatBeganBeforeIt(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2), agentOf("082", 1))
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	// A tab's read has its answer, but not brought it home, when the other
	// administrator adds queue 5.
	held, answered := make(chan struct{}), make(chan struct{})
	first := u.lists
	src := holding{u, first, answered, held}
	done := make(chan error)
	go func() {
		_, err := tenant.List(t.Context(), src, apiclient.AgentQuery{Size: 100})
		done <- err
	}()
	<-answered
	u.edit(func() { u.find("081").callin = []int64{1, 2, 5} })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // joining would wait for ever
	defer cancel()
	_, err := tenant.Change(ctx, src, roster.AddIntent("081", apiclient.Callin, []int64{7}, nil), roster.Author{}, roster.Consent{})
	close(held)
	if err != nil || !slices.Equal(u.puts[0].ids, []int64{1, 2, 5, 7}) {
		t.Errorf("sent %v, %v", u.puts, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if a, _ := tenant.Known("081"); !slices.Equal(roster.IDs(a.Callin), []int64{1, 2, 5, 7}) {
		t.Errorf("the late answer changed the list to %v", a.Callin)
	}
}

// holding keeps the answer of one call back.
type holding struct {
	*upstream
	call           int
	answered, held chan struct{}
}

func (h holding) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	h.mu.Lock()
	mine := h.lists == h.call
	h.mu.Unlock()
	p, err := h.upstream.ListAgents(ctx, q)
	if mine {
		close(h.answered)
		<-h.held
	}
	return p, err
}
