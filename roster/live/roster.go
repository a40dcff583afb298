package live

import (
	"cmp"
	"context"
	"encoding/json"
	"hash/maphash"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster/belief"
)

// Config is what a Roster is made of. Zero values mean the defaults named.
type Config struct {
	Journal Journal          // required
	Now     func() time.Time // time.Now
	Logger  *slog.Logger     // slog.Default()

	MaxTenants     int           // snapshots kept, the least recently used goes: 64
	MaxAgents      int           // agents per snapshot, a crawl stops there: 50,000
	SnapshotMaxAge time.Duration // a crawl asked for after that runs anew: 10 min
	Idle           time.Duration // a snapshot nobody used is dropped: 30 min

	// SentFor is how long a write of ours that no read shows is still counted in: 5 min.
	SentFor time.Duration
	// CallTimeout bounds one upstream read that several requests share: 30 s.
	CallTimeout time.Duration
	// WriteTimeout bounds a write and, separately, what is read after it: 20 s.
	// Both go on when the person's request is gone.
	WriteTimeout time.Duration
	// ReadBackPause is waited before the second look at a write that the first did
	// not show: 1 s; negative: no second look.
	ReadBackPause time.Duration
	// AskOneShown has a person asked wherever a queue that nobody here knows of could be
	// hidden: in a tenant whose rows show one queue each, at each first edit of an agent.
	AskOneShown bool
	// EvidenceAge is how old what was read of a queue that a change does not concern
	// may be when the change is sent: 60 s; negative: everything is read for it.
	EvidenceAge time.Duration
	// Savings tells the other consoles of a database how far changes are that outlive their
	// request. nil: there is one console.
	Savings journal.Savings
	// Describe is what people are told of an error, for another console to say it. May be nil.
	Describe func(error) json.RawMessage
	// Changed is told of each change that was sent, or tried: for whoever counts. May be
	// nil.
	Changed func(environment string, kind journal.Kind, result journal.Result)
	// Trace follows the work for whoever watches. The zero value follows none.
	Trace Trace
	// Patience is how long a change may wait for the limit in all: 10 min.
	Patience time.Duration
}

// Trace is how somebody watches what a request starts and does not see the end of.
type Trace struct {
	// Follow returns base with what says for whom the work is done, as asker has it. It
	// takes nothing else over: asker's values end with its request. May be nil.
	Follow func(base, asker context.Context) context.Context
	// Crawl is told of a crawl, and what it returns of its end. May be nil.
	Crawl func(ctx context.Context) (crawling context.Context, ended func(error))
}

func (tr Trace) follow(base, asker context.Context) context.Context {
	if tr.Follow == nil {
		return base
	}
	return tr.Follow(base, asker)
}

func (tr Trace) crawl(ctx context.Context) (context.Context, func(error)) {
	if tr.Crawl == nil {
		return ctx, func(error) {}
	}
	return tr.Crawl(ctx)
}

func (cfg Config) withDefaults() Config {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	cfg.MaxTenants = cmp.Or(max(cfg.MaxTenants, 0), 64)
	cfg.MaxAgents = cmp.Or(max(cfg.MaxAgents, 0), 50_000)
	cfg.SnapshotMaxAge = cmp.Or(max(cfg.SnapshotMaxAge, 0), 10*time.Minute)
	cfg.Idle = cmp.Or(max(cfg.Idle, 0), 30*time.Minute)
	cfg.SentFor = cmp.Or(max(cfg.SentFor, 0), 5*time.Minute)
	cfg.EvidenceAge = cmp.Or(cfg.EvidenceAge, time.Minute)
	cfg.Patience = cmp.Or(max(cfg.Patience, 0), 10*time.Minute)
	cfg.CallTimeout = cmp.Or(max(cfg.CallTimeout, 0), 30*time.Second)
	cfg.WriteTimeout = cmp.Or(max(cfg.WriteTimeout, 0), 20*time.Second)
	cfg.ReadBackPause = cmp.Or(cfg.ReadBackPause, time.Second)
	return cfg
}

// Roster holds the snapshots of all keys in use.
type Roster struct {
	cfg   Config
	locks locks
	owner *owner // of the janitor; parent of every tenant's

	mu      sync.Mutex
	tenants map[Key]*Tenant
}

// New returns a Roster. Close must be called.
func New(cfg Config) *Roster {
	r := &Roster{cfg: cfg.withDefaults(), owner: newOwner(context.Background()), tenants: make(map[Key]*Tenant)}
	r.locks.journal = r.cfg.Journal
	r.owner.spawn(r.sweep)
	return r
}

// Close stops all crawls and waits for every goroutine of the roster to end.
func (r *Roster) Close() {
	r.mu.Lock()
	tenants := r.tenants
	r.tenants = nil
	r.mu.Unlock()
	r.owner.stop()
	for _, t := range tenants {
		t.owner.stop()
	}
	r.owner.wait()
}

// Ages is, by environment, how long ago the oldest of its snapshots was read whole;
// snapshots that never were are left out.
func (r *Roster) Ages() map[string]time.Duration {
	r.mu.Lock()
	tenants := slices.Collect(maps.Values(r.tenants))
	r.mu.Unlock()
	ages, now := make(map[string]time.Duration), r.cfg.Now()
	for _, t := range tenants {
		if at := t.Progress().CompletedAt; !at.IsZero() {
			env := t.scopeNow().Environment
			ages[env] = max(ages[env], now.Sub(at))
		}
	}
	return ages
}

// Tenant returns the snapshot of the access's key, making it if there is none,
// and notes that the session may see it. It calls nothing upstream. After Close
// it returns one that crawls nothing and belongs to nobody.
func (r *Roster) Tenant(a Access) *Tenant {
	r.mu.Lock()
	t, made := r.tenants[a.Key], false
	if t == nil {
		t, made = r.newTenant(), true
		switch {
		case r.tenants == nil:
			t.owner.stop()
		default:
			r.tenants[a.Key] = t
		}
	}
	if a.Session != "" {
		t.sessions[a.Session] = struct{}{}
	}
	t.touch()
	var evicted *Tenant
	if made {
		evicted = r.crowded(a.Key)
	}
	r.mu.Unlock()

	t.setScope(a.Scope)
	if evicted != nil {
		evicted.owner.stop()
	}
	return t
}

func (r *Roster) newTenant() *Tenant {
	t := &Tenant{
		cfg: &r.cfg, locks: &r.locks, owner: r.owner.child(), seed: maphash.MakeSeed(), sessions: make(map[string]struct{}),
		book: belief.NewBook(belief.Limits{MaxAgents: r.cfg.MaxAgents, SentFor: r.cfg.SentFor, AskOneShown: r.cfg.AskOneShown}),
	}
	t.noting = make(chan struct{}, 1)
	t.flights.on = make(map[course]*flight)
	return t
}

// crowded takes out the snapshot unused for longest, if there are too many.
func (r *Roster) crowded(keep Key) *Tenant {
	if len(r.tenants) <= r.cfg.MaxTenants {
		return nil
	}
	var oldest Key
	var at int64
	for key, t := range r.tenants {
		if used := t.used.Load(); key != keep && t.holds == 0 && (at == 0 || used < at) {
			oldest, at = key, used
		}
	}
	t := r.tenants[oldest] // nil where every other one is held
	delete(r.tenants, oldest)
	return t
}

// EndSession forgets that a session may see snapshots. A snapshot no session may
// see is dropped and its crawl stopped, unless it is held.
func (r *Roster) EndSession(session string) {
	var dropped []*Tenant
	r.mu.Lock()
	for key, t := range r.tenants {
		if _, ok := t.sessions[session]; !ok {
			continue
		}
		delete(t.sessions, session)
		if len(t.sessions) == 0 && t.holds == 0 {
			delete(r.tenants, key)
			dropped = append(dropped, t)
		}
	}
	r.mu.Unlock()
	for _, t := range dropped {
		t.owner.stop()
	}
}

// sweep drops snapshots that nobody used for Idle: not every session signs out.
func (r *Roster) sweep(ctx context.Context) {
	ticker := time.NewTicker(max(r.cfg.Idle/4, time.Second))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		idle := r.cfg.Now().Add(-r.cfg.Idle).UnixNano()
		r.mu.Lock()
		for key, t := range r.tenants {
			if t.used.Load() < idle && t.holds == 0 {
				delete(r.tenants, key)
				t.owner.stop()
			}
		}
		r.mu.Unlock()
	}
}

// Hold keeps the snapshot of the access's key, which work that outlives every
// session goes by, until release is called: neither the end of sessions nor idleness
// nor other tenants take it away. release may be called more than once.
func (r *Roster) Hold(a Access) (t *Tenant, release func()) {
	a.Session = ""
	t = r.Tenant(a)
	r.mu.Lock()
	t.holds++
	r.mu.Unlock()
	return t, sync.OnceFunc(func() {
		r.mu.Lock()
		t.holds--
		gone := t.holds == 0 && len(t.sessions) == 0 && r.tenants[a.Key] == t
		if gone {
			delete(r.tenants, a.Key)
		}
		r.mu.Unlock()
		if gone {
			t.owner.stop()
		}
	})
}
