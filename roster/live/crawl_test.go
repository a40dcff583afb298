package live_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

func crowd(n int) []*person {
	people := make([]*person, 0, n)
	for i := range n {
		people = append(people, agentOf(fmt.Sprintf("08%04d", i), int64(1+i%7)))
	}
	return people
}

func TestCrawlGoesByWhatComesBack(t *testing.T) {
	t.Parallel()
	truth := func(rows int) int { return rows }
	for name, c := range map[string]struct {
		cap        int
		total      func(int) int
		stuck      bool
		agents     int
		incomplete bool
	}{
		"full pages":         {100, truth, false, 130, false},
		"capped":             {20, truth, false, 130, false},
		"one row a page":     {1, truth, false, 130, false},
		"total too small":    {20, func(int) int { return 3 }, false, 130, true},
		"total too large":    {20, func(n int) int { return n + 500 }, false, 130, true},
		"total negative":     {20, func(int) int { return -7 }, false, 130, false},
		"no total":           {20, func(int) int { return -1 }, false, 130, false},
		"same page for ever": {20, truth, true, 20, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(crowd(130)...)
			u.cap, u.total, u.stuck = c.cap, c.total, c.stuck
			tenant, _ := setup(t, u)
			p := tenant.CrawlNow(t.Context(), u)
			if p.Err != nil || p.State != live.CrawlDone || p.Agents != c.agents || p.Incomplete != c.incomplete {
				t.Errorf("%+v", p)
			}
			if found := tenant.Search(roster.Query{}); found.Total < c.agents || found.Complete == c.stuck {
				t.Errorf("found %d, complete %v", found.Total, found.Complete)
			}
		})
	}
}

func TestCrawlOfAChangingTotalEnds(t *testing.T) {
	t.Parallel()
	u := newUpstream(crowd(130)...)
	var n atomic.Int64
	u.cap, u.total = 20, func(int) int { return int(n.Add(1)) + 1000 }
	tenant, _ := setup(t, u)
	if p := tenant.CrawlNow(t.Context(), u); p.Err != nil || p.Agents != 130 || !p.Incomplete {
		t.Errorf("%+v", p)
	}
}

func TestCrawlForgetsWhoLeft(t *testing.T) {
	t.Parallel()
	u := newUpstream(crowd(130)...)
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	u.edit(func() { u.people = u.people[1:] })
	tenant.CrawlNow(t.Context(), u)
	if _, ok := tenant.Known("080000"); ok || tenant.Search(roster.Query{}).Total != 129 {
		t.Error("still known")
	}
}

func TestCrawlIsBounded(t *testing.T) {
	t.Parallel()
	u := newUpstream(crowd(130)...)
	u.cap = 20
	tenant, _ := setup(t, u, func(c *live.Config) { c.MaxAgents = 50 })
	if p := tenant.CrawlNow(t.Context(), u); !p.Incomplete || tenant.Search(roster.Query{}).Total != 50 {
		t.Errorf("%+v", p)
	}
	if l, err := tenant.List(t.Context(), u, apiclient.AgentQuery{Page: 6, Size: 20}); err != nil || len(l.Agents) != 10 || l.Agents[0].WhyNot == "" {
		t.Errorf("beyond the bound: %v, %v", l.Agents, err)
	}
}

func TestCrawlWaitsOutTheLimitAndStopsAtARefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(crowd(130)...)
		u.answer = func(call int, _ bool) error {
			if call == 1 {
				return &apiclient.RateLimitError{RetryAfter: 7 * time.Second}
			}
			return nil
		}
		tenant, _ := setup(t, u)
		a := access("a", u)
		began := time.Now()
		tenant.StartCrawl(a)
		synctest.Wait()
		if p := tenant.Progress(); !p.Running() || !p.WaitingUntil.Equal(began.Add(7*time.Second)) {
			t.Errorf("not waiting: %+v", p)
		}
		time.Sleep(8 * time.Second)
		synctest.Wait()
		if p := tenant.Progress(); p.State != live.CrawlDone || p.Agents != 130 {
			t.Errorf("%+v", p)
		}
		if tenant.StartCrawl(a) || !tenant.Refresh(a) {
			t.Error("a fresh snapshot is read again only on somebody's word")
		}
		synctest.Wait()
		time.Sleep(11 * time.Minute)
		refusal := &apiclient.RefusedError{Kind: apiclient.ErrUnauthorized, Status: 401}
		u.answer = func(int, bool) error { return refusal }
		if !tenant.StartCrawl(a) {
			t.Error("an old snapshot is not read again")
		}
		synctest.Wait()
		if p := tenant.Progress(); p.State != live.CrawlFailed || !errors.Is(p.Err, apiclient.ErrUnauthorized) || p.CompletedAt.IsZero() {
			t.Errorf("%+v", p)
		}
		if tenant.StartCrawl(a) {
			t.Error("failed a moment ago, and begun again")
		}
		if tenant.Search(roster.Query{}).Total != 130 {
			t.Error("what was known is gone")
		}
	})
}

func TestQueuesOnTheScreenComeFirst(t *testing.T) {
	t.Parallel()
	u := newUpstream(crowd(30)...)
	tenant, _ := setup(t, u)
	tenant.Prioritise([]int64{5, 3})
	src := noting{upstream: u}
	tenant.CrawlNow(t.Context(), &src)
	if got := fmt.Sprint(src.queues); got != "[5 3 1 2 4 6 7]" {
		t.Errorf("order %s", got)
	}
}

type noting struct {
	*upstream
	queues []int64
}

func (n *noting) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	if q.QueueID != 0 && q.Page == 0 {
		n.queues = append(n.queues, q.QueueID)
	}
	return n.upstream.ListAgents(ctx, q)
}

func TestIdenticalReadsShareOneCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(crowd(30)...)
		release := make(chan struct{})
		u.before = func(int, bool) { <-release }
		tenant, _ := setup(t, u)
		errs := make(chan error, 10)
		left, leave := context.WithCancel(t.Context())
		for i := range 10 {
			ctx := t.Context()
			if i == 0 {
				ctx = left
			}
			go func() {
				l, err := tenant.List(ctx, u, apiclient.AgentQuery{Size: 20})
				if err == nil && len(l.Agents) != 20 {
					err = fmt.Errorf("%d agents", len(l.Agents))
				}
				errs <- err
			}()
			synctest.Wait()
		}
		leave() // who asked first leaves; the others' call goes on
		synctest.Wait()
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close(release)
		for range 9 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if u.lists != 1 {
			t.Errorf("%d calls", u.lists)
		}
	})
}

// TestGlancesGiveWay: pages that refresh by themselves share a call, or take somebody's who
// waits; who waits never takes theirs, which lets everybody else go first.
func TestGlancesGiveWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(crowd(30)...)
		release := make(chan struct{})
		var made atomic.Int64
		u.before = func(int, bool) {
			made.Add(1)
			<-release
		}
		tenant, _ := setup(t, u)
		q := apiclient.AgentQuery{Size: 20}
		errs := make(chan error, 10)
		starts := func(read func(context.Context, live.Source, apiclient.AgentQuery) (live.Listing, error), calls int64) {
			t.Helper()
			go func() {
				_, err := read(t.Context(), u, q)
				errs <- err
			}()
			synctest.Wait()
			if n := made.Load(); n != calls {
				t.Errorf("%d calls were made, want %d", n, calls)
			}
		}
		starts(tenant.Glance, 1)
		starts(tenant.Glance, 1)
		starts(tenant.List, 2)
		starts(tenant.List, 2)
		close(release)
		for range 4 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		release = make(chan struct{})
		starts(tenant.List, 3)
		starts(tenant.Glance, 3)
		close(release)
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestSnapshotsEndWithTheirSessions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(crowd(30)...)
		block := make(chan struct{})
		var blocked atomic.Bool
		u.before = func(int, bool) {
			if blocked.Load() {
				<-block
			}
		}
		r := live.New(live.Config{Journal: &memory{}, Logger: quiet(), MaxTenants: 2})
		defer r.Close()
		first := r.Tenant(access("one", u))
		first.CrawlNow(t.Context(), u)
		if r.Tenant(access("two", u)) != first {
			t.Error("two sessions of a key have two snapshots")
		}
		r.EndSession("one")
		if r.Tenant(access("two", u)) != first {
			t.Error("dropped under a session that may see it")
		}
		r.EndSession("two")
		second := r.Tenant(access("three", u))
		if second == first || second.Search(roster.Query{}).Total != 0 {
			t.Error("kept after its last session ended")
		}
		blocked.Store(true)
		second.Refresh(access("three", u))
		synctest.Wait()
		r.EndSession("three") // stops the crawl
		blocked.Store(false)
		close(block)
		synctest.Wait()
		if second.Progress().Running() {
			t.Error("its crawl goes on")
		}

		idle := r.Tenant(access("four", u))
		time.Sleep(20 * time.Minute)
		if r.Tenant(access("four", u)) != idle {
			t.Error("dropped while in use")
		}
		time.Sleep(45 * time.Minute)
		if r.Tenant(access("four", u)) == idle {
			t.Error("kept though nobody used it")
		}

		for i := range 3 {
			a := access("five", u)
			a.Key.KeyFingerprint = fmt.Sprint("k", 10+i)
			r.Tenant(a)
			time.Sleep(time.Second)
		}
		if r.Len() != 2 {
			t.Errorf("%d snapshots", r.Len())
		}
	})
}

func TestAnotherTeamIsShownAndForgotten(t *testing.T) {
	t.Parallel()
	u := newUpstream(crowd(30)...)
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	foreign := newUpstream(agentOf("080000", 99))
	l, err := tenant.List(t.Context(), foreign, apiclient.AgentQuery{TeamID: "20260415", Size: 20})
	if err != nil || len(l.Agents) != 1 || l.Agents[0].WhyNot == "" || l.Agents[0].Callin[0].QueueID != 99 {
		t.Errorf("%+v, %v", l, err)
	}
	if a, _ := tenant.Known("080000"); len(a.Callin) != 1 || a.Callin[0].QueueID != 1 {
		t.Errorf("the other team's agent got into the snapshot: %+v", a)
	}
}

func TestMorePages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		people, cap, page, size int
		total                   func(int) int
		want                    bool
	}{
		"first of two":    {30, 100, 0, 20, nil, true},
		"last":            {30, 100, 1, 20, nil, false},
		"last and full":   {40, 100, 1, 20, nil, false},
		"capped":          {30, 10, 1, 20, nil, true},
		"capped, last":    {25, 10, 2, 20, nil, false},
		"no total, full":  {40, 100, 1, 20, func(int) int { return -1 }, true},
		"no total, short": {30, 100, 1, 20, func(int) int { return -1 }, false},
		"total too small": {40, 100, 0, 20, func(int) int { return 5 }, true},
		"beyond the end":  {30, 100, 9, 20, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUpstream(crowd(c.people)...)
			u.cap, u.total = c.cap, c.total
			tenant, _ := setup(t, u)
			tenant.CrawlNow(t.Context(), u)
			l, err := tenant.List(t.Context(), u, apiclient.AgentQuery{Page: c.page, Size: c.size})
			if err != nil || l.HasMore != c.want {
				t.Errorf("has more: %v, %v", l.HasMore, err)
			}
		})
	}
}
