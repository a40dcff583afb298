package live

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/alohub/agentconsole/roster/belief"
)

// gatherers bounds the listings read at once for one agent.
const gatherers = 4

// listingTries bounds how often a listing is read again whose pages did not join.
const listingTries = 3

// readListings reads queues' listings, a few at a time, each until the agent is
// found or it ends.
func (a asker) readListings(ctx context.Context, id string, queues []int64, since func(queue int64) belief.Stamp, done func()) error {
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(gatherers)
	for _, queue := range queues {
		group.Go(func() error {
			if err := a.readListing(gctx, id, queue, since(queue)); err != nil {
				return err
			}
			if done != nil {
				done()
			}
			return nil
		})
	}
	return group.Wait()
}

// readListing reads a queue's listing in calls that began since then, until the
// agent is found or it ends. It begins where the agent was last seen.
func (a asker) readListing(ctx context.Context, id string, queue int64, since belief.Stamp) error {
	a.t.mu.Lock()
	last := a.t.book.ListedOn(id, queue)
	a.t.mu.Unlock()
	if last > 0 {
		if p, err := a.pages(ctx, queue, since)(last); err != nil || p.Holds(id) {
			return err
		}
	}
	return a.readWhole(ctx, queue, since, func(p *belief.Page) bool { return p.Holds(id) })
}

// readWhole reads a queue's listing until a page is found or it ends. That it ended
// is noted only where its pages were proven to join: rows that shift between two
// calls can carry an agent past the reader, whatever the totals say.
func (a asker) readWhole(ctx context.Context, queue int64, since belief.Stamp, found func(*belief.Page) bool) error {
	for range listingTries {
		var pages []*belief.Page
		end, err := a.t.walk(a.pages(ctx, queue, since), func(p *belief.Page) bool {
			if p.Query.Page == 0 {
				pages = pages[:0] // the walk began anew
			}
			pages = append(pages, p)
			return found(p)
		})
		if err != nil || end.stopped || !end.whole {
			return err
		}
		joined, hit, err := a.join(ctx, toProve(pages, end), sameAgents, found)
		if err != nil || hit {
			return err
		}
		if joined {
			a.t.mu.Lock()
			defer a.t.mu.Unlock()
			a.t.book.ListedWhole(queue, pages[0].At)
			return nil
		}
		since = a.t.stamp()
	}
	return nil
}

// toProve are the pages of a listing that have to be read again to know that they are of
// one moment: all but the last, and the last too where it gives less than it claims and so
// may have been cut.
func toProve(pages []*belief.Page, end ending) []*belief.Page {
	if end.total > end.rows && !end.agrees {
		return pages
	}
	return pages[:len(pages)-1]
}

// join reports whether the pages of a listing are those of one moment: each, read
// again after all were, is as it was. (The last needs that only where more is
// claimed than came.) hit: what was looked for is on one of them now.
func (a asker) join(ctx context.Context, pages []*belief.Page, same func(a, b *belief.Page) bool, found func(*belief.Page) bool) (joined, hit bool, err error) {
	since := a.t.stamp()
	for _, was := range slices.Backward(pages) {
		again, err := a.ask(ctx, was.Query, since)
		if err != nil {
			return false, false, err
		}
		if found(again) {
			return false, true, nil
		}
		if !same(again, was) || again.Total != was.Total {
			return false, false, nil
		}
	}
	return true, false, nil
}

// sameAgents reports whether pages are of the same agents, whatever they show of them.
func sameAgents(a, b *belief.Page) bool { return a.Who == b.Who }

// sameRows reports whether pages are of the same rows.
func sameRows(a, b *belief.Page) bool { return a.Sig == b.Sig }
