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
