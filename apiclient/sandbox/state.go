package sandbox

import "slices"

// Agent is the true state of one agent, whatever the rows show. SystemStatus
// and UserStatus are those of now. False: no such agent.
func (s *Server) Agent(tenant int64, id string) (Agent, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[tenant]
	if t == nil {
		return Agent{}, false
	}
	a := t.find(id)
	if a == nil {
		return Agent{}, false
	}
	return s.present(t, a), true
}

// Agents is the true state of all agents of a tenant, ordered by extension.
func (s *Server) Agents(tenant int64) []Agent {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[tenant]
	if t == nil {
		return nil
	}
	agents := make([]Agent, len(t.agents))
	for i, a := range t.agents {
		agents[i] = s.present(t, a)
	}
	return agents
}

func (s *Server) present(t *tenantState, a *Agent) Agent {
	seen := a.clone()
	seen.SystemStatus, seen.UserStatus = s.status(t.id, a, s.clock())
	return seen
}

// EditAgent changes one agent as somebody outside would: no call is recorded and
// no limit counted. A changed ID is ignored. False: no such agent.
func (s *Server) EditAgent(tenant int64, id string, edit func(*Agent)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[tenant]
	if t == nil {
		return false
	}
	a := t.find(id)
	if a == nil {
		return false
	}
	edited := a.clone()
	edit(&edited)
	edited.ID = id
	*a = edited.clone()
	return true
}

// SetQueues is another administrator's change: it replaces one list. A nil
// priority keeps the old one; for Callout it is ignored. An empty list, which
// the API itself refuses, is allowed here. False: no such agent.
func (s *Server) SetQueues(tenant int64, id string, kind QueueType, ids []int64, priority *int) bool {
	return s.EditAgent(tenant, id, func(a *Agent) {
		if kind == Callout {
			a.Callout = ids
			return
		}
		a.Callin = ids
		if priority != nil {
			a.Priority = priority
		}
	})
}

// SetStatus sets the two statuses ("" is null) and pins them against drift.
// False: no such agent.
func (s *Server) SetStatus(tenant int64, id, system, user string) bool {
	return s.EditAgent(tenant, id, func(a *Agent) {
		a.SystemStatus, a.UserStatus, a.Pinned = system, user, true
	})
}

// SetActive sets status 1 or 0. False: no such agent.
func (s *Server) SetActive(tenant int64, id string, active bool) bool {
	return s.EditAgent(tenant, id, func(a *Agent) { a.Active = active })
}

// AddAgent adds an agent, or replaces the one of the same extension. False: no
// such tenant.
func (s *Server) AddAgent(tenant int64, a Agent) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[tenant]
	if t == nil {
		return false
	}
	t.put(a)
	return true
}

// RemoveAgent removes an agent; the rows after it shift by one. False: no such
// agent.
func (s *Server) RemoveAgent(tenant int64, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[tenant]
	return t != nil && t.remove(id)
}

// SetStyle changes how rows show several queues, from the next request on.
func (s *Server) SetStyle(style Style) {
	s.Change(func(b *Behaviour) { b.Style = style })
}

// Change changes any part of the behaviour, from the next request on. The
// function must not call the server.
func (s *Server) Change(change func(*Behaviour)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.behaviour)
}

// SetLimits replaces the rate limits and starts all counts anew.
func (s *Server) SetLimits(l Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limiter = newLimiter(l)
}

// SpendLimit counts n requests of one op against a tenant's limits as another
// client of the tenant would, and returns how many were let through.
func (s *Server) SpendLimit(tenant int64, op Op, n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	through := 0
	for range n {
		if _, refusedBy := s.limiter.admit(tenant, op, s.clock()); refusedBy == nil {
			through++
		}
	}
	return through
}

// QueueMembers is the extensions truly in a queue, ordered.
func (s *Server) QueueMembers(tenant int64, kind QueueType, queue int64) []string {
	var ids []string
	for _, a := range s.Agents(tenant) {
		list := a.Callin
		if kind == Callout {
			list = a.Callout
		}
		if slices.Contains(list, queue) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}
