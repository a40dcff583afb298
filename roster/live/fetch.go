package live

import (
	"context"
	"fmt"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster/belief"
)

// flight is one upstream read that several requests may wait for.
type flight struct {
	at   belief.Stamp
	done chan struct{}
	page *belief.Page
	err  error
}

// fetch makes a live call for somebody who waits, shared with an identical one
// under way unless that began before since. The call outlives a caller who leaves.
func (t *Tenant) fetch(ctx context.Context, src Source, q apiclient.AgentQuery, since belief.Stamp) (*belief.Page, error) {
	t.flights.Lock()
	f := t.flights.byQuery[q]
	if f == nil || f.at < since {
		f = &flight{at: t.stamp(), done: make(chan struct{})}
		t.flights.byQuery[q] = f
		if !t.owner.spawn(func(base context.Context) { t.fly(t.cfg.Trace.follow(base, ctx), f, src, q) }) {
			// The snapshot was dropped under somebody who still uses it.
			delete(t.flights.byQuery, q)
			t.flights.Unlock()
			return t.call(ctx, src, q, f.at)
		}
	}
	t.flights.Unlock()
	select {
	case <-f.done:
		return f.page, f.err
	case <-ctx.Done():
		return nil, fmt.Errorf("list agents: %w", ctx.Err())
	}
}

func (t *Tenant) fly(base context.Context, f *flight, src Source, q apiclient.AgentQuery) {
	ctx, cancel := context.WithTimeout(base, t.cfg.CallTimeout)
	defer cancel()
	f.page, f.err = t.call(ctx, src, q, f.at)
	t.flights.Lock()
	if t.flights.byQuery[q] == f {
		delete(t.flights.byQuery, q)
	}
	t.flights.Unlock()
	close(f.done)
}

// call reads one page and takes it into the book.
func (t *Tenant) call(ctx context.Context, src Source, q apiclient.AgentQuery, at belief.Stamp) (*belief.Page, error) {
	answer, err := src.ListAgents(ctx, q)
	if err != nil {
		return nil, err
	}
	p := belief.NewPage(t.seed, q, answer, at)
	if t.own(q) {
		t.mu.Lock()
		t.book.Take(p)
		t.mu.Unlock()
	}
	return p, nil
}
