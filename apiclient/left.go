package apiclient

import (
	"slices"
	"time"
)

// Left is how many calls to list agents the limit leaves at this moment, the smallest
// of tenant's, route's and a gateway's own; known is false where no answer has named a limit yet.
func (a *Caller) Left() (calls int, known bool) {
	b := a.Budget()
	for _, g := range [...]Gauge{b.Tenant, b.List, b.Gateway} {
		if g.Known && (!known || g.Remaining < calls) {
			calls, known = g.Remaining, true
		}
	}
	return max(calls, 0), known
}

// RunLimit is how many calls in ten seconds a run may make, by the smallest limit that an
// answer has named and what it leaves to others at this moment; 0: none was named.
func (a *Caller) RunLimit() int {
	b := a.client.budgets.peek(a.purse)
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	limit := 0
	meters := []*meter{&b.tenant, &b.routes[routeList], &b.routes[routeQueues]}
	gateway := b.gatewayOf(a.account)
	for _, m := range append(meters, slices.Concat(gateway[routeList], gateway[routeQueues])...) {
		if m.known() {
			left := m.limit - b.keep(b.lanes[Run], m, b.now())
			if m.per() != window {
				left = max(int(float64(left)*window.Seconds()/m.per().Seconds()), 1)
			}
			if limit == 0 || left < limit {
				limit = left
			}
		}
	}
	return limit
}

// Wait is how long a write of the caller's lane would wait if it were asked for now and
// nobody else asked for anything.
func (a *Caller) Wait() time.Duration {
	b := a.client.budgets.peek(a.purse)
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	return max(b.readyAt(a.account, routeQueues, b.lanes[a.lane], false, now).Sub(now), 0)
}
