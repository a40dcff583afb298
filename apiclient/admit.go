package apiclient

import (
	"context"
	"net/http"
)

// Admit waits until the budget lets the caller's lane make one more call to list agents,
// for who speaks HTTP by itself and yet is to go by it: package probe. told has to be
// called once, with the answer, or nil where none came. An error is that of any call that
// was not made.
func (a *Caller) Admit(ctx context.Context) (told func(*http.Response), err error) {
	if err := a.pass(ctx, OpListAgents); err != nil {
		return nil, err
	}
	waiting, cancel := untilLeft(ctx)
	slot, err := a.client.budgets.acquire(waiting, a.purse, a.account, OpListAgents, routeList, a.lane)
	cancel()
	if err != nil {
		return nil, err
	}
	return func(resp *http.Response) {
		if resp == nil {
			slot.finish(reading{})
			return
		}
		r := readLimits(resp.Header)
		if r.answered = true; resp.StatusCode == http.StatusTooManyRequests {
			r.retryAfter = retryAfter(resp.Header, a.client.now().UTC(), a.client.rand)
		}
		slot.finish(r)
	}, nil
}
