package sandbox

import (
	"net/http"
	"time"
)

// Always as Fault.Times keeps a fault until ClearFaults.
const Always = -1

// Fault is something that goes wrong, as data. The zero Fault changes nothing;
// fields combine. The first pending fault that fits a request strikes it, and
// no other does.
//
// A fault that only replaces the answer strikes at the gateway's edge: before
// the key is checked, and without counting against a limit. One that lets the
// request through (Apply, IgnoreWrite, Backend, or an answer merely distorted)
// strikes what the backend answers: it is counted, carries the limit headers,
// and a request the gateway refuses by itself leaves it pending.
type Fault struct {
	Name string // of the preset, for people

	// Which requests.

	Op    Op                       // OpAny or "" for all three
	Agent string                   // {id} of the PUT; "" for all
	Match func(*http.Request) bool // nil for all; must not call the server
	Skip  int                      // fitting requests to let pass first
	Times int                      // how many to strike; 0 is 1, Always has no end

	// What is answered.

	Status     int         // 0: the true one, or 200 beside a Body
	Body       string      // "" beside a Status is an empty body; {key} and {request_id} are filled in
	Headers    http.Header // set on the answer
	RetryAfter string      // the header, as it is to be sent
	RedirectTo string      // Location; Status 0 is 302

	// What is done to the answer, the true one or the one above.

	Rewrite     func(body []byte) []byte
	DropHeaders []string
	Truncate    bool          // half of the body, as if that were all of it
	Cut         bool          // half of the body, then the connection is dropped
	Gzip        bool          // compressed, whatever the client accepts
	GzipBomb    bool          // some 260 KB that decompress to 256 MiB
	EndlessBody bool          // 256 MiB of JSON that never closes
	Delay       time.Duration // before anything is done; a client that leaves meanwhile was never served
	Drip        time.Duration // pause after every 64 bytes of the body

	// What is done in place of an answer.

	Reset bool // the connection is dropped without a byte
	Hang  bool // silence until the client leaves

	// What happens to the state.

	Apply       bool // a write takes effect although the answer does not say so; only valid writes are struck
	IgnoreWrite bool // a write is answered as done and is not done; only valid writes are struck
	Backend     bool // the answer is the backend's: see above
}

// On is the fault for one op only.
func (f Fault) On(op Op) Fault { f.Op = op; return f }

// For is the fault for PUTs to one agent only.
func (f Fault) For(agent string) Fault { f.Agent = agent; return f }

// Repeat is the fault striking n requests; Always has no end.
func (f Fault) Repeat(n int) Fault { f.Times = n; return f }

// After is the fault letting n fitting requests pass first.
func (f Fault) After(n int) Fault { f.Skip = n; return f }

// Late is the fault answered after a delay.
func (f Fault) Late(d time.Duration) Fault { f.Delay = d; return f }

// Applied is the fault of a write that took effect nevertheless.
func (f Fault) Applied() Fault { f.Apply = true; return f }

// replaces reports whether the true answer is not seen at all.
func (f Fault) replaces() bool {
	return f.Status != 0 || f.Body != "" || f.Reset || f.Hang || f.GzipBomb || f.EndlessBody || f.RedirectTo != ""
}

func (f Fault) atEdge() bool {
	return f.replaces() && !f.Apply && !f.Backend && !f.IgnoreWrite
}

// suits reports whether the fault may strike: one that plays with a write must
// not make a refusal look like one, nor use itself up on a read.
func (f Fault) suits(write bool) bool { return write || !f.Apply && !f.IgnoreWrite }

// lands reports whether a valid write takes effect.
func (f Fault) lands() bool {
	return !f.IgnoreWrite && (f.Apply || !f.replaces())
}

// Concerns reports whether the fault can ever strike that op: what it does to a write
// it cannot do to a read.
func (f Fault) Concerns(op Op) bool { return op != OpList || f.suits(false) }

func (f Fault) fits(x *exchange) bool {
	return (f.Op == "" || f.Op == OpAny || f.Op == x.route.op) &&
		(f.Agent == "" || f.Agent == x.route.agent) &&
		(f.Match == nil || f.Match(x.r))
}

// Fail adds faults after those already pending.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		s.faults = append(s.faults, &f)
	}
}

// ClearFaults drops all pending faults. Requests already struck stay struck.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Faults is those still pending, with the Times and Skip they have left.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	faults := make([]Fault, len(s.faults))
	for i, f := range s.faults {
		faults[i] = *f
	}
	return faults
}

func (s *Server) take(x *exchange, eligible func(Fault) bool) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.takeLocked(x, eligible)
}

// takeLocked uses up one strike of the first fault that fits. The caller holds
// s.mu.
func (s *Server) takeLocked(x *exchange, eligible func(Fault) bool) (Fault, bool) {
	for i, f := range s.faults {
		if !eligible(*f) || !f.fits(x) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		if f.Times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return *f, true
	}
	return Fault{}, false
}
