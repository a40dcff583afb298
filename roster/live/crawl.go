package live

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
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
	ctx, ended := t.cfg.Trace.crawl(ctx)
	t.recall(ctx)
	since := t.beginCrawl()
	err := t.crawlAgents(ctx, src, since)
	// Before the queues are gone through, which a short limit can make long.
	t.rememberNames(ctx)
	if err == nil {
		err = t.crawlEvidence(ctx, src, since)
	}
	t.rememberNames(ctx)
	t.learn(ctx)
	if err != nil && ctx.Err() == nil {
		t.cfg.Logger.WarnContext(ctx, "roster: crawl stopped", "error", err)
	}
	ended(err)
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

func (t *Tenant) beginCrawl() belief.Stamp {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.book.Stamp(t.cfg.Now())
	t.book.BeginCrawl(now)
	return now
}

// crawler makes a crawl's calls, one after the other, waiting out the limit. It does
// not share them with people, who would wait in the crawl's lane.
func (t *Tenant) crawler(src Source) asker {
	return asker{t: t, src: src, patient: true, alone: true, waits: func(until time.Time) {
		t.report(func(p *Progress) { p.WaitingUntil = until })
	}}
}

// crawlAgents reads the unfiltered list. Agents no longer in it are forgotten if
// it was read whole.
func (t *Tenant) crawlAgents(ctx context.Context, src Source, since belief.Stamp) error {
	a := t.crawler(src)
	for try := 1; ; try++ {
		ids := make(map[string]bool)
		var rows belief.Scatter
		apart, read := false, shorts(nil)
		end, err := t.walk(a.pages(ctx, 0, 0), func(p *belief.Page) bool {
			for id := range p.Agents() {
				ids[id] = true
			}
			apart = rows.Add(p) || p.Apart || apart
			read.add(p)
			t.report(func(progress *Progress) {
				progress.Rows += p.Rows
				progress.Agents = len(ids)
				progress.Total = p.Total
			})
			return len(ids) > t.cfg.MaxAgents
		})
		if err != nil {
			return err
		}
		// Less came than was claimed: an answer may have been cut.
		if end.ended && end.total > end.rows && !end.agrees && try < listingTries {
			joined, _, err := a.join(ctx, read.pages(), sameRows, nothing)
			if err != nil {
				return err
			}
			if !joined {
				continue
			}
		}
		t.report(func(p *Progress) {
			p.State = CrawlEvidence
			p.Incomplete = !end.ended || end.total >= 0 && !end.agrees
		})
		t.mu.Lock()
		defer t.mu.Unlock()
		t.book.AgentsWhole(since, belief.List{Ended: end.ended, Whole: end.whole, Agrees: end.agrees, Apart: apart || rows.ByQueue()})
		return nil
	}
}

// shorts are the pages of a list, without their rows, of which those are asked for that
// have fewer than its fullest: the last, which may have none, is one.
type shorts []*belief.Page

func (s *shorts) add(p *belief.Page) {
	if p.Query.Page == 0 {
		*s = nil // or the walk began anew
	}
	*s = append(*s, &belief.Page{Query: p.Query, Rows: p.Rows, Total: p.Total, Sig: p.Sig})
}

func (s shorts) pages() []*belief.Page {
	full := 0
	for _, p := range s {
		full = max(full, p.Rows)
	}
	return slices.DeleteFunc(slices.Clone(s), func(p *belief.Page) bool { return p.Rows == full && p != s[0] })
}

// crawlEvidence reads the listing of every known queue.
func (t *Tenant) crawlEvidence(ctx context.Context, src Source, since belief.Stamp) error {
	done := make(map[int64]bool)
	for {
		queue, left := t.nextQueue(done, since)
		t.report(func(p *Progress) { p.QueuesDone, p.QueuesTotal = len(done), len(done)+left })
		if left == 0 {
			break
		}
		if err := t.crawler(src).readWhole(ctx, queue, 0, nothing); err != nil {
			return err
		}
		done[queue] = true
	}
	t.concludeAll(since)
	return nil
}

// nextQueue picks the queue to read next, those on a screen first, and counts
// those left. Queues a person's request has read meanwhile are done.
func (t *Tenant) nextQueue(done map[int64]bool, since belief.Stamp) (next int64, left int) {
	t.mu.Lock()
	known := t.book.Asked()
	for _, queue := range known {
		if t.book.ListedAt(queue) >= since {
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
	if urgent := roster.Both(first, known); len(urgent) > 0 {
		return urgent[0], len(known)
	}
	return known[0], len(known)
}

// nothing is looked for: a listing is read to its end.
func nothing(*belief.Page) bool { return false }

// concludeAll makes what the crawl has read the truth about every agent. The lock is
// given up now and then, for readers.
func (t *Tenant) concludeAll(since belief.Stamp) {
	t.mu.Lock()
	ids := t.book.EvidenceWhole()
	t.mu.Unlock()
	for _, id := range ids {
		t.conclude(id, apiclient.Callin, belief.SinceAll(since))
	}
}

// conclude makes what was read since then the truth about a list, if it was a
// complete reading.
func (t *Tenant) conclude(id string, typ apiclient.QueueType, since belief.Since) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.book.Conclude(id, typ, since, t.book.Stamp(t.cfg.Now()))
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
