package live

import (
	"context"
	"errors"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// Refresh is StartCrawl on a person's word: the age of the last one is ignored.
func (t *Tenant) Refresh(a Access) bool { return t.startCrawl(a, 0) }

// ReadQueue reads a queue's members again. For callin it is the queue's listing, to its
// end, in calls that begin now; the answer's errors are the Source's. The API does not
// filter by callout queues, so there it begins a crawl, as Refresh does.
func (t *Tenant) ReadQueue(ctx context.Context, a Access, typ apiclient.QueueType, id int64) error {
	if typ == apiclient.Callout {
		t.Refresh(a)
		return nil
	}
	t.touch()
	since := t.stamp()
	t.mu.Lock()
	t.book.Probe(id) // an id that somebody looks at may be a queue that no row shows
	t.mu.Unlock()
	nobody := func(*belief.Page) bool { return false }
	ask := asker{t: t, src: a.Person}
	if err := ask.readWhole(ctx, id, since, nobody); err != nil {
		return err
	}
	return ask.correct(ctx, id, since)
}

// maxCorrected bounds the agents whose rows are read again because a listing lacks
// them: a call each at most, and one for all that stand on one page.
const maxCorrected = 5

// correct reads the rows again by which agents are believed to be in a queue whose
// listing, read whole since then, does not have them. Neither takes a queue away alone;
// together they do, on every screen.
func (a asker) correct(ctx context.Context, queue int64, since belief.Stamp) error {
	a.t.mu.Lock()
	ids := a.t.book.OnlyRowed(queue, since)
	a.t.mu.Unlock()
	for _, id := range ids[:min(len(ids), maxCorrected)] {
		if rec := a.t.record(id); rec == nil || rec.RowAt() < since {
			if err := a.findRow(ctx, id, since); err != nil && !errors.Is(err, roster.ErrNoSuchAgent) {
				return err
			}
		}
		a.t.conclude(id, apiclient.Callin, belief.SinceAll(since))
	}
	return nil
}
