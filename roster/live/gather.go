package live

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// gatherers bounds the listings read at once for one agent.
const gatherers = 4

// Gather reads an agent's row and, for callin, the queue_id listings of every
// known queue its row does not show, reusing what is younger than maxAge (0:
// nothing). What was read stays known even where an error ends it, and the Agent
// then holds it, so a call repeated with a maxAge goes on where the first stopped.
func (t *Tenant) Gather(ctx context.Context, src Source, id string, typ apiclient.QueueType, maxAge time.Duration) (roster.Agent, error) {
	t.touch()
	_, err := t.gather(ctx, src, id, typ, belief.SinceBoth(t.stamp()-belief.Stamp(max(maxAge, 0))))
	a, ok := t.Known(id)
	if err == nil && !ok {
		err = fmt.Errorf("gather agent %s: %w", id, roster.ErrNoSuchAgent)
	}
	return a, err
}

// gather makes a complete reading of an agent: the row and the listings in calls
// that began since then. It returns the moments it went by, which are later where a
// write of the list came in between: what was read before that tells nothing of it.
func (t *Tenant) gather(ctx context.Context, src Source, id string, typ apiclient.QueueType, since belief.Since) (belief.Since, error) {
	t.recallNames(ctx)
	told := t.toldOf(ctx, id, typ)
	if told != nil {
		since = since.NoSoonerThan(told.At + 1)
	} else if r := t.record(id); r != nil {
		if at := r.Overtaken(typ); at > 0 {
			since = since.NoSoonerThan(at + 1)
		}
	}
	if r := t.record(id); r == nil || r.RowAt() < since.Row {
		if err := t.findRow(ctx, src, id, since.Row); err != nil {
			return since, err
		}
	}
	if told != nil {
		t.mu.Lock()
		t.book.Told(id, typ, *told)
		t.mu.Unlock()
	}
	if typ == apiclient.Callin {
		if err := t.gatherListings(ctx, src, id, since); err != nil {
			return since, err
		}
	}
	t.conclude(id, typ, since.Earliest())
	t.settleLeftovers(ctx, id, typ, since.Earliest())
	t.settleRecording(ctx, id)
	return since, nil
}

// gatherListings reads listings until none is missing: one may reveal a queue
// that was not known before.
func (t *Tenant) gatherListings(ctx context.Context, src Source, id string, since belief.Since) error {
	tried := make(map[int64]bool)
	for {
		missing := slices.DeleteFunc(t.missing(id, since), func(q int64) bool { return tried[q] })
		if len(missing) == 0 {
			return nil
		}
		for _, queue := range missing {
			tried[queue] = true
		}
		if err := t.readListings(ctx, src, id, missing, since.Listings); err != nil {
			return err
		}
	}
}

// readListings reads queues' listings, a few at a time, each until the agent is
// found or it ends.
func (t *Tenant) readListings(ctx context.Context, src Source, id string, queues []int64, since belief.Stamp) error {
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(gatherers)
	for _, queue := range queues {
		group.Go(func() error { return t.readListing(gctx, src, id, queue, since) })
	}
	return group.Wait()
}

func (t *Tenant) readListing(ctx context.Context, src Source, id string, queue int64, since belief.Stamp) error {
	t.mu.Lock()
	was := t.book.ListedIn(id, queue)
	t.mu.Unlock()
	for try := 0; ; try++ {
		var begun belief.Stamp
		end, err := t.walk(t.live(ctx, src, queue, since), func(p *belief.Page) bool {
			if begun == 0 || p.Query.Page == 0 {
				begun = p.At
			}
			return p.Holds(id)
		})
		if err != nil {
			return err
		}
		if end.stopped {
			return nil
		}
		// Rows that shift between the pages of a listing can carry an agent past
		// the reader. So a listing that denies what was known is read once more;
		// of one page, it cannot have shifted.
		if was && end.pages > 1 && try == 0 {
			since = t.stamp()
			continue
		}
		if end.whole {
			t.listedWhole(queue, begun)
		}
		return nil
	}
}
