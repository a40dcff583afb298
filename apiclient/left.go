package apiclient

import "time"

// Left is how many calls to list agents the limit leaves at this moment, the smaller
// of tenant's and route's; known is false where no answer has named a limit yet.
func (a *Caller) Left() (calls int, known bool) {
	b := a.Budget()
	for _, g := range [...]Gauge{b.Tenant, b.List} {
		if g.Known && (!known || g.Remaining < calls) {
			calls, known = g.Remaining, true
		}
	}
	return max(calls, 0), known
}

// RunLimit is how many calls in ten seconds a run may make, by the smallest limit that an
// answer has named and what it leaves to others at this moment; 0: none was named.
func (a *Caller) RunLimit() int {
	b := a.client.budgets.peek(a.account)
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	limit := 0
	for _, m := range [...]*meter{&b.tenant, &b.routes[routeList], &b.routes[routeQueues]} {
		if m.known() {
			if left := m.limit - b.keep(b.lanes[Run], m, b.now()); limit == 0 || left < limit {
				limit = left
			}
		}
	}
	return limit
}

// Wait is how long a write of the caller's lane would wait if it were asked for now and
// nobody else asked for anything.
func (a *Caller) Wait() time.Duration {
	b := a.client.budgets.peek(a.account)
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	return max(b.readyAt(routeQueues, b.lanes[a.lane], false, now).Sub(now), 0)
}
