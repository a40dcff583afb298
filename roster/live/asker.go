package live

import (
	"context"
	"errors"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster/belief"
)

// asker makes the calls of one piece of work.
type asker struct {
	t   *Tenant
	src Source
	// patient: a limit is waited out, as long as the context lasts; else meeting it is
	// an error.
	patient bool
	// alone: calls are not shared with others, who may be in another lane.
	alone bool
	// kept are pages that were read for the same work already. May be nil.
	kept *keptPages
	// waits is told until when a limit is waited out, and by the zero time that it is
	// over. May be nil.
	waits func(until time.Time)
}

// ask makes one call that began since then.
func (a asker) ask(ctx context.Context, q apiclient.AgentQuery, since belief.Stamp) (*belief.Page, error) {
	for {
		p, err := a.once(ctx, q, since)
		limited := (*apiclient.RateLimitError)(nil)
		if !a.patient || !errors.As(err, &limited) {
			return p, err
		}
		if !a.wait(ctx, limited) {
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, ctx.Err() // somebody ended the work; the limit did not
			}
			return nil, err
		}
	}
}

func (a asker) once(ctx context.Context, q apiclient.AgentQuery, since belief.Stamp) (*belief.Page, error) {
	if p := a.kept.take(q, since); p != nil {
		return p, nil
	}
	if a.alone {
		return a.t.call(ctx, a.src, q, a.t.stamp())
	}
	return a.t.fetch(ctx, a.src, q, since)
}

// wait waits until a limit lets go on. It reports false, at once where that can be
// told, if the context ends before.
func (a asker) wait(ctx context.Context, limited *apiclient.RateLimitError) bool {
	wait := max(limited.RetryAfter, time.Second)
	if ends, ok := ctx.Deadline(); ok && time.Until(ends) < wait {
		return false
	}
	if a.waits != nil {
		a.waits(a.t.cfg.Now().UTC().Add(wait))
		defer a.waits(time.Time{})
	}
	return sleep(ctx, wait)
}

// pages gives a walk the pages of a queue's listing, 0 for all agents, in calls that
// began since then.
func (a asker) pages(ctx context.Context, queue int64, since belief.Stamp) func(int) (*belief.Page, error) {
	return func(n int) (*belief.Page, error) {
		return a.ask(ctx, apiclient.AgentQuery{QueueID: queue, Page: n, Size: belief.FullSize}, since)
	}
}
