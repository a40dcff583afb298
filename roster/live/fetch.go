package live

import (
	"context"
	"fmt"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster/belief"
)

// course is what a flight reads, and for whom: who waits for an answer does not take one
// that nobody waits for, since that lets everybody else go first.
type course struct {
	query apiclient.AgentQuery
	idle  bool
}

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
	return t.join(ctx, src, course{query: q}, since)
}

func (t *Tenant) join(ctx context.Context, src Source, c course, since belief.Stamp) (*belief.Page, error) {
	t.flights.Lock()
	f := t.flights.on[c]
	if f == nil && c.idle {
		f = t.flights.on[course{query: c.query}]
	}
	if f == nil || f.at < since {
		f = &flight{at: t.stamp(), done: make(chan struct{})}
		t.flights.on[c] = f
		if !t.owner.spawn(func(base context.Context) { t.fly(t.cfg.Trace.follow(base, ctx), f, src, c) }) {
			// The snapshot was dropped under somebody who still uses it.
			delete(t.flights.on, c)
			t.flights.Unlock()
			return t.call(ctx, src, c.query, f.at)
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

func (t *Tenant) fly(base context.Context, f *flight, src Source, c course) {
	ctx, cancel := context.WithTimeout(base, t.cfg.CallTimeout)
	defer cancel()
	f.page, f.err = t.call(ctx, src, c.query, f.at)
	t.flights.Lock()
	if t.flights.on[c] == f {
		delete(t.flights.on, c)
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
		w := src.WindowKind()
		t.mu.Lock()
		t.book.Take(p)
		if w.Kind != "" {
			t.book.SawWindow(w)
		}
		t.mu.Unlock()
		t.learnBeside(ctx)
	}
	return p, nil
}
