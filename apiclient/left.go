package apiclient

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
// answer has named and what is left to the tenant's other clients; 0: none was named.
func (a *Caller) RunLimit() int {
	b, limit := a.Budget(), 0
	for _, g := range [...]Gauge{b.Tenant, b.List, b.Queues} {
		if g.Known && (limit == 0 || g.Limit < limit) {
			limit = g.Limit
		}
	}
	m := meter{limit: limit}
	return limit - m.reserve(a.client.budgets.share)
}
