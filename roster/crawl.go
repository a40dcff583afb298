package roster

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// failPause is how long a crawl that failed is not begun again: every page of the
// console asks for one.
const failPause = 15 * time.Second

// crawl is the one reading of a whole tenant at a time.
type crawl struct {
	mu       sync.Mutex
	progress Progress
	first    []int64 // queues on somebody's screen
}

// StartCrawl starts reading the whole tenant in the background, unless that is
// being done, was done less than SnapshotMaxAge ago, or failed a moment ago. It
// reports whether it started one.
func (t *Tenant) StartCrawl(a Access) bool { return t.startCrawl(a, t.cfg.SnapshotMaxAge) }

// Refresh is StartCrawl on a person's word: the age of the last one is ignored.
func (t *Tenant) Refresh(a Access) bool { return t.startCrawl(a, 0) }

func (t *Tenant) startCrawl(a Access, maxAge time.Duration) bool {
	t.touch()
	if a.Background == nil {
		return false
	}
	c := &t.crawl
	c.mu.Lock()
	defer c.mu.Unlock()
	now := t.cfg.Now().UTC()
	switch last := c.progress; {
	case last.Running(),
		last.State == CrawlDone && maxAge > 0 && now.Sub(last.FinishedAt) < maxAge,
		last.State == CrawlFailed && now.Sub(last.FinishedAt) < failPause:
		return false
	}
	was := c.progress
	c.progress = Progress{State: CrawlAgents, Total: -1, StartedAt: now, CompletedAt: was.CompletedAt}
	if !t.owner.spawn(func(ctx context.Context) { t.runCrawl(ctx, a.Background) }) {
		c.progress = was
		return false
	}
	return true
}

// Prioritise names the callin queues on somebody's screen: a crawl gathers their
// evidence first.
func (t *Tenant) Prioritise(queues []int64) {
	t.crawl.mu.Lock()
	defer t.crawl.mu.Unlock()
	t.crawl.first = slices.Clone(queues)
}

// Progress says how far the crawl is.
func (t *Tenant) Progress() Progress {
	t.crawl.mu.Lock()
	defer t.crawl.mu.Unlock()
	p := t.crawl.progress
	if p.State == "" {
		p.State, p.Total = CrawlNever, -1
	}
	return p
}

func (t *Tenant) report(change func(*Progress)) {
	t.crawl.mu.Lock()
	defer t.crawl.mu.Unlock()
	change(&t.crawl.progress)
}

func (t *Tenant) runCrawl(ctx context.Context, src Source) {
	t.recallNames(ctx)
	floor := t.beginCrawl()
	err := t.crawlAgents(ctx, src, floor)
	// Before the queues are gone through, which a short limit can make long.
	t.rememberNames(ctx)
	if err == nil {
		err = t.crawlEvidence(ctx, src, floor)
	}
	t.rememberNames(ctx)
	if err != nil && ctx.Err() == nil {
		t.cfg.Logger.Warn("roster: crawl stopped", "error", err)
	}
	t.report(func(p *Progress) {
		p.FinishedAt, p.WaitingUntil = t.cfg.Now().UTC(), time.Time{}
		p.State, p.Err = CrawlDone, err
		if err != nil {
			p.State = CrawlFailed
			return
		}
		p.CompletedAt = p.FinishedAt
	})
}

func (t *Tenant) beginCrawl() stamp {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := &t.book
	b.floor = t.stampLocked()
	b.crawlMany, b.contradicts = false, 0
	return b.floor
}

// patient gives a walk its pages, one call after the other, waiting out the limit.
// It does not share calls with people: they would wait in the crawl's lane.
func (t *Tenant) patient(ctx context.Context, src Source, queue int64) func(int) (*page, error) {
	return func(n int) (*page, error) {
		q := apiclient.AgentQuery{QueueID: queue, Page: n, Size: crawlSize}
		for {
			p, err := t.call(ctx, src, q, t.stamp())
			var limited *apiclient.RateLimitError
			if !errors.As(err, &limited) {
				return p, err
			}
			wait := max(limited.RetryAfter, time.Second)
			t.report(func(p *Progress) { p.WaitingUntil = t.cfg.Now().UTC().Add(wait) })
			if !sleep(ctx, wait) {
				return nil, ctx.Err()
			}
			t.report(func(p *Progress) { p.WaitingUntil = time.Time{} })
		}
	}
}

// crawlAgents reads the unfiltered list. Agents no longer in it are forgotten if
// it was read whole.
func (t *Tenant) crawlAgents(ctx context.Context, src Source, floor stamp) error {
	ids := make(map[string]bool)
	var rows scatter
	apart := false
	end, err := t.walk(t.patient(ctx, src, 0), func(p *page) bool {
		for _, s := range p.agents {
			ids[s.row.AgentID] = true
		}
		apart = rows.add(p) || p.apart || apart
		t.report(func(progress *Progress) {
			progress.Rows += p.rows
			progress.Agents = len(ids)
			progress.Total = p.total
		})
		return len(ids) > t.cfg.MaxAgents
	})
	if err != nil {
		return err
	}
	t.report(func(p *Progress) {
		p.State = CrawlEvidence
		p.Incomplete = !end.ended || end.total >= 0 && !end.agrees
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	b := &t.book
	b.crawled = b.crawled || end.ended
	// What was learned of it stays until a whole list says otherwise: changes are
	// made while a crawl runs, too.
	b.apart = apart || b.apart && !end.whole
	for id, c := range b.cells {
		switch {
		case c.rec.seen < floor && end.whole && end.agrees:
			t.forget(id)
		case c.rec.seen >= floor && c.rec.rowAt < floor && end.ended:
			// At the edge of a page; both pages were read.
			r := *c.rec
			r.rowAt = floor
			t.replace(c, &r)
		}
	}
	t.version.Add(1)
	return nil
}

// scatter finds out, page by page, whether an agent's rows are spread over pages
// that do not adjoin.
type scatter struct {
	last  string // the agent at the end of the page before
	lists map[string][]int64
}

// add reports whether a page shows a further queue of an agent whose rows seemed to
// have ended before. The same row again is none: rows shift between pages.
func (s *scatter) add(p *page) (found bool) {
	if s.lists == nil || p.query.Page == 0 {
		s.lists = make(map[string][]int64)
	}
	for i, a := range p.agents {
		id := a.row.AgentID
		queues := slices.Concat(a.callin, a.callout)
		before, seen := s.lists[id]
		if seen && !(i == 0 && id == s.last) && len(minus(queues, before)) > 0 {
			found = true
		}
		s.lists[id] = append(before[:len(before):len(before)], queues...)
	}
	s.last = ""
	if n := len(p.agents); n > 0 {
		s.last = p.edge[1]
	}
	return found
}

// crawlEvidence reads the listing of every known queue.
func (t *Tenant) crawlEvidence(ctx context.Context, src Source, floor stamp) error {
	done := make(map[int64]bool)
	for {
		queue, left := t.nextQueue(done, floor)
		t.report(func(p *Progress) { p.QueuesDone, p.QueuesTotal = len(done), len(done)+left })
		if left == 0 {
			break
		}
		if err := t.crawlQueue(ctx, src, queue); err != nil {
			return err
		}
		done[queue] = true
	}
	t.settleAll(floor)
	return nil
}

// nextQueue picks the queue to read next, those on a screen first, and counts
// those left. Queues a person's request has read meanwhile are done.
func (t *Tenant) nextQueue(done map[int64]bool, floor stamp) (next int64, left int) {
	known := t.knownQueues()
	t.mu.Lock()
	for queue, at := range t.book.listed {
		if at >= floor {
			done[queue] = true
		}
	}
	t.mu.Unlock()
	t.crawl.mu.Lock()
	first := t.crawl.first
	t.crawl.mu.Unlock()
	known = slices.DeleteFunc(known, func(q int64) bool { return done[q] })
	if len(known) == 0 {
		return 0, 0
	}
	if urgent := both(first, known); len(urgent) > 0 {
		return urgent[0], len(known)
	}
	return known[0], len(known)
}

func (t *Tenant) crawlQueue(ctx context.Context, src Source, queue int64) error {
	var begun stamp
	end, err := t.walk(t.patient(ctx, src, queue), func(p *page) bool {
		if begun == 0 || p.query.Page == 0 {
			begun = p.at
		}
		return false
	})
	if err == nil && end.whole {
		t.listedWhole(queue, begun)
	}
	return err
}

// settleAll is settle for every agent, and draws what the crawl teaches of the
// tenant. The lock is given up now and then, for readers.
func (t *Tenant) settleAll(floor stamp) {
	t.mu.Lock()
	b := &t.book
	b.rowsWhole = b.crawled && b.crawlMany && b.contradicts == 0
	ids := make([]string, 0, len(b.cells))
	for id := range b.cells {
		ids = append(ids, id)
	}
	t.mu.Unlock()
	for _, id := range ids {
		t.settle(id, apiclient.Callin, floor)
	}
}

// sleep reports whether d passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
