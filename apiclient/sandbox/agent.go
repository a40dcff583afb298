package sandbox

import (
	"cmp"
	"slices"
	"strings"
)

// Words of data[].systemStatus and data[].userStatus.
const (
	Available    = "AVAILABLE"
	NotAvailable = "NOT AVAILABLE"
	Logout       = "LOGOUT"
)

// Queue is a callin or callout queue of a tenant.
type Queue struct {
	ID   int64
	Name string // without the id: a row shows callin as "ID-NAME"
}

// Agent is the true state of one agent. What a row shows of it depends on the
// Style: a list of several queues may be seen in part only.
type Agent struct {
	ID           string  `json:"id"`            // extension, leading zeros kept
	UserName     string  `json:"user_name"`     // "" is null on the wire
	Active       bool    `json:"active"`        // status 1 or 0
	Callin       []int64 `json:"callin"`        // in the order they were assigned; empty: in none
	Callout      []int64 `json:"callout"`       // likewise
	Priority     *int    `json:"priority"`      // nil is null on the wire
	FollowMe     *bool   `json:"follow_me"`     // nil is null on the wire
	SystemStatus string  `json:"system_status"` // Available, NotAvailable; "" is null
	UserStatus   string  `json:"user_status"`   // Available, Logout; "" is null
	Recording    *bool   `json:"recording"`     // nil: never switched

	// Pinned keeps the two statuses from drifting (see Behaviour.Drift).
	Pinned bool `json:"pinned"`
}

func (a Agent) clone() Agent {
	a.Callin = slices.Clone(a.Callin)
	a.Callout = slices.Clone(a.Callout)
	a.Priority = clonePointer(a.Priority)
	a.FollowMe = clonePointer(a.FollowMe)
	a.Recording = clonePointer(a.Recording)
	return a
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

// Tenant is a customer of the vendor: its agents and the queues they may be in.
type Tenant struct {
	ID      int64
	Name    string
	Callin  []Queue
	Callout []Queue
	Agents  []Agent // any order; rows come ordered by extension
}

// Key is an API key. It sees the tenants listed and no other; the first is the
// one a request without X-Tenant-ID means.
type Key struct {
	Secret  string
	Tenants []int64
	Scopes  []string // ScopeAgent opens all three routes
}

// ScopeAgent is the scope the vendor's page demands of a key.
const ScopeAgent = "agent"

func (k Key) allows(tenant int64) bool { return slices.Contains(k.Tenants, tenant) }

// tenantState is a Tenant arranged for lookup; guarded by Server.mu.
type tenantState struct {
	id      int64
	name    string
	callin  map[int64]string
	callout map[int64]string
	agents  []*Agent // sorted by extension
}

func newTenantState(t Tenant) *tenantState {
	s := &tenantState{id: t.ID, name: t.Name, callin: queueNames(t.Callin), callout: queueNames(t.Callout)}
	for _, a := range t.Agents {
		s.put(a)
	}
	return s
}

func queueNames(queues []Queue) map[int64]string {
	names := make(map[int64]string, len(queues))
	for _, q := range queues {
		names[q.ID] = q.Name
	}
	return names
}

func (t *tenantState) position(id string) (int, bool) {
	return slices.BinarySearchFunc(t.agents, id, func(a *Agent, id string) int { return strings.Compare(a.ID, id) })
}

func (t *tenantState) find(id string) *Agent {
	if i, ok := t.position(id); ok {
		return t.agents[i]
	}
	return nil
}

func (t *tenantState) put(a Agent) {
	a = a.clone()
	// Appending in order is the common case of a generated tenant and keeps
	// 20,000 agents from being shifted about.
	if n := len(t.agents); n == 0 || cmp.Less(t.agents[n-1].ID, a.ID) {
		t.agents = append(t.agents, &a)
		return
	}
	i, ok := t.position(a.ID)
	if ok {
		t.agents[i] = &a
		return
	}
	t.agents = slices.Insert(t.agents, i, &a)
}

func (t *tenantState) remove(id string) bool {
	i, ok := t.position(id)
	if ok {
		t.agents = slices.Delete(t.agents, i, i+1)
	}
	return ok
}
