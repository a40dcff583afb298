package live

import "context"

// CrawlNow runs a crawl on the caller's goroutine.
func (t *Tenant) CrawlNow(ctx context.Context, src Source) Progress {
	t.report(func(p *Progress) { *p = Progress{State: CrawlAgents, Total: -1, CompletedAt: p.CompletedAt} })
	t.runCrawl(ctx, src)
	return t.Progress()
}

// MakeSnapshot makes the snapshot and everything in it that is made when first asked for.
func (t *Tenant) MakeSnapshot() { t.now() }

// Len is how many snapshots are kept.
func (r *Roster) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.tenants)
}
