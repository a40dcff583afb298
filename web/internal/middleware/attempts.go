package middleware

import (
	"container/list"
	"net/netip"
	"sync"
	"time"
)

// AttemptsConfig bounds failed sign-ins. Zero fields take the default in
// brackets.
type AttemptsConfig struct {
	PerClient  int              // failures of one address per window (10)
	PerProcess int              // failures of all addresses per window (300)
	Window     time.Duration    // counted from the first failure (5m)
	Clients    int              // how many addresses are remembered (10,000)
	Now        func() time.Time // (time.Now)
}

// pendingFor is how long an attempt that was let through and never reported back
// (the upstream could not be reached) holds its place.
const pendingFor = 30 * time.Second

// Attempts counts failed sign-ins per client and per process, so that the console
// is no place to try keys at. Attempts under way count as failures until they
// are reported, or a burst would slip through before the first one failed. It is
// safe for concurrent use and its memory is bounded.
type Attempts struct {
	cfg AttemptsConfig

	mu      sync.Mutex
	all     tally
	clients map[string]*list.Element // of *client
	recent  *list.List               // most recently used first
}

type client struct {
	key   string
	tally tally
}

// tally is one counter: failures since a time, and attempts under way.
type tally struct {
	since   time.Time
	failed  int
	pending []time.Time // when each was let through, oldest first
}

// NewAttempts returns a counter without failures.
func NewAttempts(cfg AttemptsConfig) *Attempts {
	if cfg.PerClient <= 0 {
		cfg.PerClient = 10
	}
	if cfg.PerProcess <= 0 {
		cfg.PerProcess = 300
	}
	if cfg.Window <= 0 {
		cfg.Window = 5 * time.Minute
	}
	if cfg.Clients <= 0 {
		cfg.Clients = 10_000
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Attempts{cfg: cfg, clients: map[string]*list.Element{}, recent: list.New()}
}

// Allow reports whether the client may try to sign in, and if not, after how
// long (at least one second). Each true is to be followed by Failed or Succeeded,
// or by Undecided where the key could not be tried.
func (a *Attempts) Allow(ip string) (ok bool, retryAfter time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.cfg.Now()
	mine := a.find(ip)
	wait := max(
		mine.wait(now, a.cfg.PerClient, a.cfg.Window),
		a.all.wait(now, a.cfg.PerProcess, a.cfg.Window),
	)
	if wait > 0 {
		return false, max(wait, time.Second)
	}
	mine.pending = append(mine.pending, now)
	a.all.pending = append(a.all.pending, now)
	return true, 0
}

// Failed counts an attempt that the upstream refused.
func (a *Attempts) Failed(ip string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.cfg.Now()
	a.find(ip).fail(now, a.cfg.Window)
	a.all.fail(now, a.cfg.Window)
}

// Succeeded forgets the client's failures.
func (a *Attempts) Succeeded(ip string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	mine := a.find(ip)
	mine.failed = 0
	mine.settle()
	a.all.settle()
}

// Undecided takes back an attempt that told nothing of the key: the upstream could
// not be asked. An outage must not lock people out.
func (a *Attempts) Undecided(ip string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.find(ip).settle()
	a.all.settle()
}

// find returns the client's counter, making room by dropping the one that was
// not used for longest.
func (a *Attempts) find(ip string) *tally {
	key := clientKey(ip)
	if e, ok := a.clients[key]; ok {
		a.recent.MoveToFront(e)
		return &e.Value.(*client).tally
	}
	if len(a.clients) >= a.cfg.Clients {
		oldest := a.recent.Back()
		a.recent.Remove(oldest)
		delete(a.clients, oldest.Value.(*client).key)
	}
	c := &client{key: key}
	a.clients[key] = a.recent.PushFront(c)
	return &c.tally
}

// wait drops what is past and returns how long until there is room.
func (t *tally) wait(now time.Time, limit int, window time.Duration) time.Duration {
	if t.failed > 0 && now.Sub(t.since) >= window {
		t.failed = 0
	}
	for len(t.pending) > 0 && now.Sub(t.pending[0]) >= pendingFor {
		t.pending = t.pending[1:]
	}
	switch {
	case t.failed >= limit:
		return t.since.Add(window).Sub(now)
	case t.failed+len(t.pending) >= limit:
		return t.pending[0].Add(pendingFor).Sub(now)
	}
	return 0
}

func (t *tally) fail(now time.Time, window time.Duration) {
	t.settle()
	if t.failed == 0 || now.Sub(t.since) >= window {
		t.since, t.failed = now, 0
	}
	t.failed++
}

// settle takes one attempt off those under way.
func (t *tally) settle() {
	if len(t.pending) > 0 {
		t.pending = t.pending[1:]
	}
}

// clientKey is the address, or for IPv6 its /64 network: a single machine owns
// all addresses of that.
func clientKey(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Unmap().Is4() {
		return ip
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}
