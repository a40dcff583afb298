package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Server is the API. It is an http.Handler, safe for concurrent use.
type Server struct {
	clock  func() time.Time
	seed   uint64
	prefix string
	only   bool // below prefix
	front  Front
	before func(*http.Request)
	keys   map[string]Key

	mu        sync.Mutex
	behaviour Behaviour
	tenants   map[int64]*tenantState
	limiter   *limiter
	faults    []*Fault
	lists     int // answered, for Varying
	ids       uint64
	calls     callLog

	second *SecondAdmin
	made   calm
}

// New makes a Server. It copies what it is given: one Config may make several.
func New(c Config) *Server {
	s := &Server{
		clock:     c.Clock,
		seed:      c.Seed,
		prefix:    strings.TrimRight(c.PathPrefix, "/"),
		only:      c.PrefixOnly,
		front:     c.Front,
		before:    c.Before,
		keys:      make(map[string]Key, len(c.Keys)),
		behaviour: c.Behaviour,
		tenants:   make(map[int64]*tenantState, len(c.Tenants)),
		limiter:   newLimiter(c.Limits),
		calls:     callLog{limit: c.MaxCalls},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.calls.limit <= 0 {
		s.calls.limit = defaultMaxCalls
	}
	for _, k := range c.Keys {
		s.keys[k.Secret] = k
	}
	for _, t := range c.Tenants {
		s.tenants[t.ID] = newTenantState(t)
	}
	s.second = newSecondAdmin(s, c)
	s.made = calm{behaviour: s.behaviour, limits: c.Limits, hostile: s.hostile()}
	return s
}

// maxRequestBody is far above any real queue list and keeps a runaway client
// from filling memory.
const maxRequestBody = 1 << 20

// exchange is one request on its way to its answer.
type exchange struct {
	w     http.ResponseWriter
	r     *http.Request
	body  []byte
	query url.Values
	route route
	id    string // the gateway's request id
	key   string // as presented, "" if none
	call  *Call
}

// ServeHTTP answers one request as the vendor's gateway and API would.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBody+1))
	if err != nil {
		return
	}
	x := &exchange{w: w, r: r, body: body, query: r.URL.Query()}
	x.route = s.match(r)
	x.key, _ = s.presentedKey(r)
	x.id, x.call = s.begin(x)
	if s.before != nil {
		hooked := r.Clone(r.Context())
		hooked.Body = io.NopCloser(bytes.NewReader(body))
		s.before(hooked)
	}

	switch {
	case len(body) > maxRequestBody:
		s.send(x, s.gatewayRefusal(x, http.StatusRequestEntityTooLarge, "Request size limit exceeded"), Fault{})
		return
	case x.route.op == "":
		s.send(x, s.gatewayRefusal(x, http.StatusNotFound, "no Route matched with those values"), Fault{})
		return
	}
	if f, ok := s.take(x, Fault.atEdge); ok {
		if pause(r.Context(), f.Delay) {
			s.send(x, answer{}, f)
		}
		return
	}
	tenant, header, refused := s.admit(x)
	if refused != nil {
		s.send(x, *refused, Fault{})
		return
	}
	s.backend(x, tenant, header)
}

// backend answers a request the gateway let through. The handler runs again
// after a fault's delay, since the state may have changed meanwhile.
func (s *Server) backend(x *exchange, tenant int64, header http.Header) {
	s.mu.Lock()
	a, commit := s.handle(x, tenant)
	f, faulty := s.takeLocked(x, func(f Fault) bool {
		return !f.atEdge() && f.suits(commit != nil)
	})
	if faulty && f.Delay > 0 {
		s.mu.Unlock()
		if !pause(x.r.Context(), f.Delay) {
			return
		}
		s.mu.Lock()
		a, commit = s.handle(x, tenant)
	}
	if commit != nil && f.lands() {
		commit()
	}
	s.mu.Unlock()

	maps.Copy(a.header, header)
	s.send(x, a, f)
}

// handle works out the answer, and what it will change: commit is nil where
// nothing is to be changed. The caller holds s.mu.
func (s *Server) handle(x *exchange, tenant int64) (a answer, commit func()) {
	t := s.tenants[tenant]
	if t == nil {
		return refusal(http.StatusNotFound, "NOT_FOUND", fmt.Sprintf("Tenant %d not found", tenant)), nil
	}
	switch x.route.op {
	case OpQueues:
		return s.putQueues(t, x)
	case OpRecording:
		return s.putRecording(t, x)
	default:
		return s.list(t, x), nil
	}
}

func (s *Server) gatewayRefusal(x *exchange, status int, message string) answer {
	return s.front.refusal(status, message, x.r.Header.Get("Accept"), x.id)
}

// begin records the request as arrived. Its status follows in finish.
func (s *Server) begin(x *exchange) (id string, call *Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids++
	id = fmt.Sprintf("%016x%016x", hash(s.seed, s.ids, "request", 0), hash(s.seed, s.ids, "request", 1))
	return id, s.calls.begin(x, s.clock())
}

// finish notes the status before it is sent, so that a client that has its
// answer also finds it in Calls.
func (s *Server) finish(x *exchange, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.finish(x.call, status)
}
