package sandbox

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Pace is how often the second administrator changes something.
type Pace string

// The paces. A server begins with PaceOff.
const (
	PaceOff  Pace = "off"
	PaceSlow Pace = "slow" // every 4 to 8 s
	PaceFast Pace = "fast" // every 1 to 2 s
)

// Paces is all of them, the slowest first.
func Paces() []Pace { return []Pace{PaceOff, PaceSlow, PaceFast} }

// shortest is the least time between two changes; the most is twice that.
func (p Pace) shortest() time.Duration {
	switch p {
	case PaceSlow:
		return 4 * time.Second
	case PaceFast:
		return time.Second
	default:
		return 0
	}
}

// Deed is one change of the second administrator.
type Deed struct {
	At       time.Time `json:"at"` // on the server's clock
	Agent    string    `json:"agent"`
	UserName string    `json:"user_name"`
	Kind     QueueType `json:"kind"` // the list that was changed; Callin beside a Priority

	Queue     int64  `json:"queue,omitempty"` // that was joined or left; 0 where the priority was set
	QueueName string `json:"queue_name,omitempty"`
	Joined    bool   `json:"joined,omitempty"`
	Priority  int    `json:"priority,omitempty"` // that was set, else 0
}

// maxDeeds is how many Deeds are kept.
const maxDeeds = 20

// firstPage is how many agents the page of a list has that nobody asked for more.
const firstPage = defaultSize

// SecondAdmin is somebody else with another key of the server's first tenant, who
// changes its agents at random: a queue joined or left, or a priority. What they do is
// what the API would take (a list is never emptied), and counts against the tenant's
// limits, which hold for them too. Faults pass them by: those are meant for whoever is
// watched. Half of what they do concerns the first page of agents, where people look
// first: spread over hundreds it would hardly ever meet anybody.
//
// One seed always gives the same deeds, as long as nobody else changes an agent.
type SecondAdmin struct {
	server *Server
	tenant int64 // 0 where the server has none

	mu     sync.Mutex // taken before Server.mu
	dice   *rand.Rand // of what is done
	rests  *rand.Rand // of the time between: apart, so that a pace changes no deed
	pace   Pace
	deeds  []Deed // newest first
	repace chan struct{}
}

func newSecondAdmin(s *Server, c Config) *SecondAdmin {
	a := &SecondAdmin{
		server: s, pace: PaceOff, repace: make(chan struct{}, 1),
		dice: rand.New(rand.NewPCG(c.Seed, 2)), rests: rand.New(rand.NewPCG(c.Seed, 3)),
	}
	if len(c.Tenants) > 0 {
		a.tenant = c.Tenants[0].ID
	}
	return a
}

// SecondAdmin is the server's own. Nothing happens until it has a pace and runs.
func (s *Server) SecondAdmin() *SecondAdmin { return s.second }

// Run changes agents at the pace that is set, until ctx ends.
func (a *SecondAdmin) Run(ctx context.Context) {
	for {
		var due <-chan time.Time
		timer := a.rest()
		if timer != nil {
			due = timer.C
		}
		select {
		case <-due:
			a.strike()
		case <-a.repace:
		case <-ctx.Done():
		}
		if timer != nil {
			timer.Stop()
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// rest is the time until the next change, nil where there is none to come.
func (a *SecondAdmin) rest() *time.Timer {
	a.mu.Lock()
	defer a.mu.Unlock()
	least := a.pace.shortest()
	if least == 0 {
		return nil
	}
	return time.NewTimer(least + time.Duration(a.rests.Int64N(int64(least))))
}

// strike is Act, unless the pace was set to off meanwhile.
func (a *SecondAdmin) strike() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pace != PaceOff {
		a.act()
	}
}

// SetPace sets how often something is changed. After PaceOff has returned nothing is.
func (a *SecondAdmin) SetPace(p Pace) error {
	if !slices.Contains(Paces(), p) {
		return fmt.Errorf("pace %q: want off, slow or fast", p)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pace = p
	select {
	case a.repace <- struct{}{}:
	default:
	}
	return nil
}

// Pace is the one that is set.
func (a *SecondAdmin) Pace() Pace {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pace
}

// Deeds is what was done last, newest first.
func (a *SecondAdmin) Deeds() []Deed {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.deeds)
}

// Act changes something now, whatever the pace. False: nothing was done, for the
// tenant's limit is used up or the agent that came up has no other queue to join.
func (a *SecondAdmin) Act() (Deed, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.act()
}

// act is Act for a caller that holds a.mu.
func (a *SecondAdmin) act() (Deed, bool) {
	s := a.server
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[a.tenant]
	if t == nil || len(t.agents) == 0 {
		return Deed{}, false
	}
	now := s.clock()
	if _, refusedBy := s.limiter.admit(t.id, OpQueues, now); refusedBy != nil {
		return Deed{}, false
	}
	among := len(t.agents)
	if a.dice.IntN(2) == 0 {
		among = min(among, firstPage)
	}
	agent := t.agents[a.dice.IntN(among)]
	d := Deed{At: now, Agent: agent.ID, UserName: agent.UserName, Kind: Callin}
	switch roll := a.dice.IntN(10); {
	case roll < 2 && len(agent.Callin) > 0:
		agent.Priority = new(a.otherPriority(agent.Priority))
		d.Priority = *agent.Priority
	case roll < 7:
		agent.Callin, d.Queue, d.Joined = a.change(agent.Callin, t.callin)
		d.QueueName = t.callin[d.Queue]
	default:
		d.Kind = Callout
		agent.Callout, d.Queue, d.Joined = a.change(agent.Callout, t.callout)
		d.QueueName = t.callout[d.Queue]
	}
	if d.Queue == 0 && d.Priority == 0 {
		return Deed{}, false
	}
	a.deeds = slices.Insert(a.deeds, 0, d)
	a.deeds = a.deeds[:min(len(a.deeds), maxDeeds)]
	return d, true
}

// change adds a queue to a list or takes one off it, and keeps it from one to four
// long: the API refuses an empty list, and nobody is in all queues. The list itself
// stays as it is: an answer may be made of it. queue is 0 where there is none to join.
func (a *SecondAdmin) change(list []int64, known map[int64]string) (after []int64, queue int64, joined bool) {
	const long = 4
	if len(list) >= long || len(list) > 1 && a.dice.IntN(2) == 0 {
		i := a.dice.IntN(len(list))
		return slices.Delete(slices.Clone(list), i, i+1), list[i], false
	}
	others := slices.DeleteFunc(slices.Sorted(maps.Keys(known)), func(id int64) bool { return slices.Contains(list, id) })
	if len(others) == 0 {
		return list, 0, false
	}
	queue = others[a.dice.IntN(len(others))]
	return append(slices.Clone(list), queue), queue, true
}

// otherPriority is one from 1 to 5 that is not the one given.
func (a *SecondAdmin) otherPriority(now *int) int {
	p := 1 + a.dice.IntN(4)
	if now != nil && p >= *now {
		p++
	}
	return p
}
