package sandbox

import "strconv"

// Queues that DemoOptions.Hostile adds to AloHub.
const (
	HostileCallin  int64 = 1009001 // its name has markup, a comma and a hyphen
	HostileCallout int64 = 13999   // its name is a formula
	CommaCallin    int64 = 1009002 // its name has the look of a second queue
)

func addHostile(t *Tenant) {
	t.Callin = append(t.Callin, hostileCallin()...)
	t.Callout = append(t.Callout, hostileCallout()...)
	t.Agents = append(t.Agents, hostileAgents()...)
}

func hostileCallin() []Queue {
	return []Queue{{HostileCallin, `<b>Đậm</b>, a-b "c"`}, {CommaCallin, "Hà Nội,1000886-giả"}}
}

func hostileCallout() []Queue { return []Queue{{HostileCallout, "=1+1,\u202e<i>"}} }

func hostileAgents() []Agent {
	var agents []Agent
	for i, name := range HostileNames() {
		agents = append(agents, Agent{
			ID: strconv.Itoa(199001 + i), UserName: name, Active: true,
			Callin: []int64{HostileCallin, CommaCallin}, Callout: []int64{HostileCallout},
			Priority: new(1), SystemStatus: Available, UserStatus: Available, Pinned: true,
		})
	}
	// A neighbour that a lost zero would turn "082018" into.
	return append(agents, Agent{ID: "82018", UserName: "Số không bị mất", Active: true, Callin: []int64{HostileCallin}, Pinned: true})
}

// hostile reports whether AloHub has the hostile agents. The caller holds s.mu, or has
// the server to itself.
func (s *Server) hostile() bool {
	t := s.tenants[AloHub]
	return t != nil && t.find(hostileAgents()[0].ID) != nil
}

// setHostile adds to AloHub what DemoOptions.Hostile does, or takes it away again: an
// ordinary agent who was put into such a queue stays there, and it has no name then.
// The caller holds s.mu.
func (s *Server) setHostile(on bool) {
	t := s.tenants[AloHub]
	if t == nil || on == s.hostile() {
		return
	}
	name := func(names map[int64]string, queues []Queue) {
		for _, q := range queues {
			if delete(names, q.ID); on {
				names[q.ID] = q.Name
			}
		}
	}
	name(t.callin, hostileCallin())
	name(t.callout, hostileCallout())
	for _, a := range hostileAgents() {
		if t.remove(a.ID); on {
			t.put(a)
		}
	}
}
