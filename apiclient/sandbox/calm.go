package sandbox

// calm is what a server was made with, to go back to.
type calm struct {
	behaviour Behaviour
	limits    Limits
	hostile   bool
}

// Calm brings the server back to how it was made: style, traits and limits as its
// Config has them, no fault pending, the second administrator off. Agents stay as they
// are, and so do requests that a fault has struck already.
func (s *Server) Calm() {
	// It has its own lock, taken before the server's.
	_ = s.second.SetPace(PaceOff)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour, s.limiter, s.faults = s.made.behaviour, newLimiter(s.made.limits), nil
	s.setHostile(s.made.hostile)
}

// Style is the one of now.
func (s *Server) Style() Style {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.behaviour.Style
}

// Limits is those of now.
func (s *Server) Limits() Limits {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limiter.limits
}
