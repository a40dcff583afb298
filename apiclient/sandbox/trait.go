package sandbox

import (
	"fmt"
	"time"
)

// trait is something of a server that is either so or not, and can be changed while it
// runs: what of Behaviour is neither a Style nor about the key, and the hostile names.
type trait struct {
	name string
	is   func(*Server) bool
	set  func(s *Server, on bool)
}

// traits are those there are. Their functions are called with Server.mu held.
func traits() []trait {
	plain := func(name string, field func(*Behaviour) *bool) trait {
		return trait{
			name: name,
			is:   func(s *Server) bool { return *field(&s.behaviour) },
			set:  func(s *Server, on bool) { *field(&s.behaviour) = on },
		}
	}
	return []trait{
		{
			"filter-shown",
			func(s *Server) bool { return s.behaviour.QueueFilter == MatchShown },
			func(s *Server, on bool) {
				if s.behaviour.QueueFilter = MatchMembership; on {
					s.behaviour.QueueFilter = MatchShown
				}
			},
		},
		plain("omit-nulls", func(b *Behaviour) *bool { return &b.OmitNulls }),
		plain("numbers-as-strings", func(b *Behaviour) *bool { return &b.NumbersAsStrings }),
		plain("numeric-agent-id", func(b *Behaviour) *bool { return &b.NumericAgentID }),
		plain("show-recording", func(b *Behaviour) *bool { return &b.ShowRecording }),
		plain("ignore-size", func(b *Behaviour) *bool { return &b.IgnoreSize }),
		plain("ignore-page", func(b *Behaviour) *bool { return &b.IgnorePage }),
		{
			"wrong-total",
			func(s *Server) bool { return s.behaviour.TotalRecord != nil },
			func(s *Server, on bool) {
				if s.behaviour.TotalRecord = nil; on {
					s.behaviour.TotalRecord = func(rows int) int { return rows + 100 }
				}
			},
		},
		plain("reject-unknown-queues", func(b *Behaviour) *bool { return &b.RejectUnknownQueues }),
		plain("reset-omitted-priority", func(b *Behaviour) *bool { return &b.ResetOmittedPriority }),
		plain("migration-pending", func(b *Behaviour) *bool { return &b.MigrationPending }),
		{
			"drift",
			func(s *Server) bool { return s.behaviour.Drift > 0 },
			func(s *Server, on bool) {
				if s.behaviour.Drift = 0; on {
					s.behaviour.Drift = demoDrift
				}
			},
		},
		{"hostile-names", (*Server).hostile, (*Server).setHostile},
	}
}

// demoDrift is Drift of the demo, and of the trait.
const demoDrift = time.Minute

// Trait is one of them by name, and whether it is so.
type Trait struct {
	Name string
	On   bool
}

// Traits is all of them as they are now. See Behaviour for what they mean.
func (s *Server) Traits() []Trait {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Trait, 0, len(traits()))
	for _, t := range traits() {
		all = append(all, Trait{t.name, t.is(s)})
	}
	return all
}

// SetTraits switches those named on or off, from the next request on, and leaves the
// others as they are. One that is so already keeps its value: Drift its length, for
// one. Where there is no such trait it changes none.
func (s *Server) SetTraits(on map[string]bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := make(map[string]trait, len(traits()))
	for _, t := range traits() {
		known[t.name] = t
	}
	for name := range on {
		if _, ok := known[name]; !ok {
			return fmt.Errorf("trait %q: no such trait", name)
		}
	}
	for name, is := range on {
		if t := known[name]; t.is(s) != is {
			t.set(s, is)
		}
	}
	return nil
}
