package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Call is one request the server received, routed or not.
type Call struct {
	Time   time.Time // on the server's clock
	Method string
	Path   string // escaped, as it came
	Query  url.Values
	Header http.Header // as it came, the key included
	Body   string
	Op     Op     // "" where no route matched
	Agent  string // {id} of a PUT
	Tenant int64  // that the key and headers resolved to; 0 where they did not
	HasKey bool   // in a header the server looks at

	// Status is what was answered. 0: nothing yet, or a connection that was
	// reset or kept silent.
	Status int
}

// callLog is guarded by Server.mu.
type callLog struct {
	limit   int
	calls   []*Call
	limited int
}

func (l *callLog) begin(x *exchange, now time.Time) *Call {
	call := &Call{
		Time:   now,
		Method: x.r.Method,
		Path:   x.r.URL.EscapedPath(),
		Query:  x.query,
		Header: x.r.Header.Clone(),
		Body:   string(x.body),
		Op:     x.route.op,
		Agent:  x.route.agent,
		HasKey: x.key != "",
	}
	if len(l.calls) >= l.limit {
		l.calls = slices.Delete(l.calls, 0, len(l.calls)-l.limit+1)
	}
	l.calls = append(l.calls, call)
	return call
}

func (l *callLog) finish(call *Call, status int) {
	call.Status = status
	if status == http.StatusTooManyRequests {
		l.limited++
	}
}

// Calls is the recorded requests, oldest first: the last Config.MaxCalls of
// them since ResetCalls.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := make([]Call, len(s.calls.calls))
	for i, c := range s.calls.calls {
		calls[i] = *c
	}
	return calls
}

// CallsOf is Calls of one op.
func (s *Server) CallsOf(op Op) []Call {
	return slices.DeleteFunc(s.Calls(), func(c Call) bool { return c.Op != op })
}

// ResetCalls forgets the recorded requests and the count of 429s.
func (s *Server) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.calls, s.calls.limited = nil, 0
}

// Count429 is how many 429s were answered since ResetCalls, by a limit or by a
// fault.
func (s *Server) Count429() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls.limited
}
