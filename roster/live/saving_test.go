package live_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// limiter refuses calls beyond a number in each ten seconds, as our own budget does.
type limiter struct {
	mu           sync.Mutex
	limit, spent int
	refused      int
	opened       time.Time
}

func (l *limiter) answer(int, bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.opened) >= 10*time.Second {
		l.opened, l.spent = time.Now(), 0
	}
	if l.spent++; l.spent > l.limit {
		l.refused++
		return &apiclient.RateLimitError{Local: true, RetryAfter: time.Until(l.opened.Add(10 * time.Second))}
	}
	return nil
}

func (l *limiter) left() (int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.opened) >= 10*time.Second {
		return l.limit, true
	}
	return max(l.limit-l.spent, 0), true
}

// wideTenant is one of as many queues as agents, each agent in its own and the next,
// whose rows show the first alone. What a crawl read is too old by now.
func wideTenant(tb testing.TB, queues, limit int, change ...func(*live.Config)) (*upstream, *live.Tenant, *memory) {
	tb.Helper()
	var people []*person
	for q := range int64(queues) {
		people = append(people, agentOf(fmt.Sprintf("08%03d", q), q+1, (q+1)%int64(queues)+1))
	}
	u := newUpstream(people...)
	u.style = always(firstOnly)
	tenant, store := setup(tb, u, change...)
	tenant.CrawlNow(tb.Context(), u)
	l := &limiter{limit: limit}
	u.answer, u.left = l.answer, l.left
	time.Sleep(5 * time.Minute)
	return u, tenant, store
}

func TestSavingGoesOnByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, store := wideTenant(t, 30, 10)
		defer synctest.Wait()
		s := tenant.Save(t.Context(), u, add("08000", 9), roster.Author{Operator: "An"}, roster.ConsentOf(true, "unsure:one-shown", true))
		if tenant.Saving(s.ID) != s || tenant.Saving("nobody") != nil {
			t.Error("not found by its id")
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		p := s.Progress()
		if p.Total < 29 || p.Read == 0 || p.Read >= p.Total || p.WaitingUntil.IsZero() || p.OldestAt.IsZero() || p.Sending || u.sent() > 0 {
			t.Errorf("after a window: %+v", p)
		}
		<-s.Done()
		out, err := s.Result()
		if err != nil || out.Result != journal.Verified || !slices.Equal(u.puts[0].ids, []int64{1, 2, 9}) {
			t.Fatalf("%+v, %v", out, err)
		}
		if age := store.last().At.Sub(out.Plan.EvidenceAt); out.Plan.EvidenceAt.IsZero() || age > time.Minute || age < 0 {
			t.Errorf("rests on what is %v old", age)
		}
		if last := store.last(); last.EvidenceAt.IsZero() || last.EvidenceAt.After(out.Plan.EvidenceAt) {
			t.Errorf("the journal has %v, the plan %v", last.EvidenceAt, out.Plan.EvidenceAt)
		}
		// It needs 29 listings, the row, the write and six reads after it.
		if took := time.Since(s.BegunAt); took > 60*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestSaveNow rests on what is known of the queues that the change is not about.
func TestSaveNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := wideTenant(t, 60, 10)
		defer synctest.Wait()
		s := tenant.Save(t.Context(), u, add("08000", 9), roster.Author{}, roster.ConsentOf(true, "unsure:one-shown", true))
		time.Sleep(time.Second)
		synctest.Wait()
		if old := time.Since(s.Progress().OldestAt); old < 4*time.Minute {
			t.Errorf("rests on %v", old)
		}
		if s.Progress().Now {
			t.Error("said to go on before anybody asked for it")
		}
		s.Now()
		s.Now()
		if !s.Progress().Now {
			t.Error("not said to go on")
		}
		<-s.Done()
		out, err := s.Result()
		if err != nil || !slices.Equal(u.puts[0].ids, []int64{1, 2, 9}) || len(out.Plan.Unread) == 0 {
			t.Errorf("%v unread, %v", out.Plan.Unread, err)
		}
		if took := time.Since(s.BegunAt); took > 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestSavingIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, store := wideTenant(t, 60, 10)
		defer synctest.Wait()
		s := tenant.Save(t.Context(), u, add("08000", 9), roster.Author{}, roster.ConsentToAll())
		time.Sleep(time.Second)
		s.Cancel()
		<-s.Done()
		if _, err := s.Result(); err == nil || len(u.puts) > 0 || store.last().ID != "" {
			t.Errorf("sent %v, journalled %v, %v", u.puts, store.last(), err)
		}
		// One that does not ask for the person's answer ends with the question.
		s = tenant.Save(t.Context(), u, add("08000", 9), roster.Author{}, roster.Consent{})
		<-s.Done()
		if _, err := s.Result(); !errors.As(err, new(*roster.ConfirmError)) {
			t.Errorf("ended with %v", err)
		}
	})
}

// TestAnsweredOnce: a question that nothing new has come up for is not repeated for the
// same agent to the same person within the session.
func TestAnsweredOnce(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2), agentOf("082", 2, 1))
	u.style = always(firstOnly)
	tenant, _ := setup(t, u, func(cfg *live.Config) { cfg.AskOneShown = true })
	tenant.CrawlNow(t.Context(), u)
	an := roster.Author{Operator: "An", Session: "s1"}
	change := func(queue int64, by roster.Author, consent roster.Consent) string {
		t.Helper()
		_, err := tenant.Change(t.Context(), u, add("081", queue), by, consent)
		confirm := (*roster.ConfirmError)(nil)
		if errors.As(err, &confirm) {
			return roster.ShownBy(confirm.Plan)
		} else if err != nil {
			t.Fatal(err)
		}
		return ""
	}
	for _, c := range []struct {
		name    string
		by      roster.Author
		consent roster.Consent
		want    string
		before  func()
	}{
		{name: "first", by: an, want: "unsure:one-shown"},
		{name: "answered", by: an, consent: roster.ConsentOf(true, "unsure:one-shown", true)},
		{name: "again", by: an},
		{name: "another person", by: roster.Author{Operator: "Bình", Session: "s1"}, want: "unsure:one-shown"},
		{name: "another session", by: roster.Author{Operator: "An", Session: "s2"}, want: "unsure:one-shown"},
		{name: "and again", by: an},
		{name: "after somebody else changed it", by: an, want: "unsure:one-shown", before: func() {
			u.edit(func() { u.find("081").callin = []int64{1, 2} })
		}},
	} {
		if c.before != nil {
			c.before()
		}
		if got := change(100+int64(len(u.puts)), c.by, c.consent); got != c.want {
			t.Errorf("%s: asked %q, want %q", c.name, got, c.want)
		}
	}
}

// TestWarmTenantSavesCheaply: 100 queues under 60 calls in ten seconds, 25 seconds after
// the first edit, at most six reads and one write.
func TestWarmTenantSavesCheaply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rig := newRig(t, 413, func(c *sandbox.Config) {
			c.Style = sandbox.FirstOnly
			c.Limits = sandbox.Limits{Tenant: 60, Route: 60}
		})
		several := 0
		for _, agent := range rig.api.Agents(rig.demo.Tenant) {
			if len(agent.Callin) == 0 || several == 85 { // with 15 of the demo's own, 100
				continue
			}
			queues := []int64{2_000_000 + int64(several), agent.Callin[0]}
			several++
			rig.api.EditAgent(rig.demo.Tenant, agent.ID, func(a *sandbox.Agent) { a.Callin = queues })
		}
		ros := live.New(live.Config{Journal: &memory{}, Logger: quiet()})
		defer ros.Close()
		a := rig.access(rig.demo.Key, "s")
		tenant := ros.Tenant(a)
		tenant.CrawlNow(t.Context(), a.Background)
		time.Sleep(10 * time.Minute) // it is all too old now
		tenant.Warm(a)
		tenant.Warm(a) // every further edit does
		time.Sleep(25 * time.Second)
		rig.api.ResetCalls()
		in := add(sandbox.DemoExample, 2_000_050) // of two queues, of which the row shows one
		s := tenant.Save(t.Context(), a.Person, in, roster.Author{}, roster.ConsentOf(true, "unsure:one-shown", true))
		<-s.Done()
		out, err := s.Result()
		if err != nil || out.Result != journal.Verified {
			t.Fatalf("%v, %v", out.Result, err)
		}
		if reads, writes := len(rig.api.CallsOf(sandbox.OpList)), len(rig.api.CallsOf(sandbox.OpQueues)); reads > 6 || writes != 1 {
			t.Errorf("%d reads, %d writes", reads, writes)
		}
	})
}

// TestWhatChangesWhileASaveWaits is seen: the row and the listings that a change is about
// are read again once the limit has let the rest be read. Before, a queue that somebody
// took away meanwhile was written back, and one that they gave was lost.
func TestWhatChangesWhileASaveWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, _ := wideTenant(t, 30, 10)
		defer synctest.Wait()
		s := tenant.Save(t.Context(), u, add("08000", 9), roster.Author{}, roster.ConsentOf(true, "unsure:one-shown", true))
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if s.Progress().WaitingUntil.IsZero() {
			t.Fatal("the limit does not hold it up")
		}
		u.edit(func() { u.find("08000").callin = []int64{1} }) // 2 is taken away
		<-s.Done()
		out, err := s.Result()
		if err != nil || out.Result != journal.Verified || !slices.Equal(u.puts[0].ids, []int64{1, 9}) {
			t.Errorf("sent %v, %v %v", u.puts, out.Result, err)
		}
		if took := time.Since(s.BegunAt); took > 70*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestAFormThatIsSentTwiceIsOneChange while it is under way, and a moment after it was
// verified; but not once something else was asked for, nor for somebody else.
func TestAFormThatIsSentTwiceIsOneChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(agentOf("081", 1, 2), agentOf("082", 2))
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		me, you := roster.Author{Operator: "An", Session: "s"}, roster.Author{Operator: "Ba", Session: "t"}
		yes := roster.ConsentToAll()
		edit := func() roster.Intent {
			return roster.EditIntent("081", apiclient.Callin, []int64{1, 2}, []int64{1, 2, 3}, nil)
		}
		first := tenant.Save(t.Context(), u, edit(), me, yes)
		if tenant.Save(t.Context(), u, edit(), me, yes) != first {
			t.Error("sent twice at once, it is two")
		}
		out, err := first.Result()
		if err != nil || out.Result != journal.Verified {
			t.Errorf("%v, %v", out.Result, err)
		}
		if other := tenant.Save(t.Context(), u, edit(), you, yes); other == first {
			t.Error("somebody else's is taken for it")
		}
		synctest.Wait()
		again := tenant.Save(t.Context(), u, add("081", 4), me, yes)
		_, _ = again.Result()
		if tenant.Save(t.Context(), u, add("081", 4), me, yes) != again {
			t.Error("sent again a moment later, it is two")
		}
		if tenant.Save(t.Context(), u, add("081", 4), me, roster.Consent{}) == again {
			t.Error("another answer is taken for it")
		}
		synctest.Wait()
		if u.sent() != 2 {
			t.Errorf("%d writes", u.sent())
		}
		time.Sleep(6 * time.Second)
		if tenant.Save(t.Context(), u, add("081", 4), me, yes) == again {
			t.Error("what was asked for long ago is not asked for again")
		}
	})
}

// TestWhatSomebodyTookAwayIsAskedForAgain at once, where that was read since.
func TestWhatSomebodyTookAwayIsAskedForAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(agentOf("081", 1, 2), agentOf("082", 2))
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		me := roster.Author{Session: "s"}
		first := tenant.Save(t.Context(), u, add("081", 4), me, roster.ConsentToAll())
		_, _ = first.Result()
		u.edit(func() { u.find("081").callin = []int64{1, 2} })
		if _, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, 0); err != nil {
			t.Fatal(err)
		}
		again := tenant.Save(t.Context(), u, add("081", 4), me, roster.ConsentToAll())
		if out, err := again.Result(); again == first || err != nil || !same(u.find("081").callin, []int64{1, 2, 4}) {
			t.Errorf("taken for the first %t, %v, left in %v, %v", again == first, out.Result, u.find("081").callin, err)
		}
	})
}

// TestWhatWasNotVerifiedIsAskedForAgain at once: the API may have said yes and done nothing.
func TestWhatWasNotVerifiedIsAskedForAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(agentOf("081", 1, 2), agentOf("082", 2))
		tenant, _ := setup(t, u, func(c *live.Config) { c.ReadBackPause = -1 })
		tenant.CrawlNow(t.Context(), u)
		u.answer = func(_ int, write bool) error {
			if write {
				return &apiclient.RefusedError{Op: "replace queues", Status: 500, Kind: apiclient.ErrFailed}
			}
			return nil
		}
		me := roster.Author{Session: "s"}
		first := tenant.Save(t.Context(), u, add("081", 4), me, roster.ConsentToAll())
		_, _ = first.Result()
		if tenant.Save(t.Context(), u, add("081", 4), me, roster.ConsentToAll()) == first {
			t.Error("a failure is shown again instead of another try")
		}
		synctest.Wait()
	})
}
