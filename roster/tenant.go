package roster

import (
	"context"
	"errors"
	"hash/maphash"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
)

// Tenant is what is known of one tenant through one key. It is safe for
// concurrent use; readers never wait for a crawl.
type Tenant struct {
	cfg   *Config
	locks *locks
	owner *owner
	seed  maphash.Seed

	sessions map[string]struct{} // guarded by Roster.mu
	used     atomic.Int64        // Unix nanoseconds of the last use

	scope atomic.Pointer[journal.Scope]

	// mu is held for moments only, never during a call.
	mu         sync.Mutex
	book       book
	collation  *collation
	namesDirty bool          // names to be remembered in the journal
	recalled   journal.Scope // whose queue names were read from the journal
	attempts   map[attemptKey]attempt

	version atomic.Uint64 // of the book
	current atomic.Pointer[view]
	orders  orders

	flights struct {
		sync.Mutex
		byQuery map[apiclient.AgentQuery]*flight
	}
	crawl crawl
}

func (t *Tenant) touch() { t.used.Store(t.cfg.Now().UnixNano()) }

func (t *Tenant) setScope(s journal.Scope) {
	if old := t.scope.Load(); old == nil || *old != s {
		t.scope.Store(&s)
	}
}

func (t *Tenant) scopeNow() journal.Scope {
	if s := t.scope.Load(); s != nil {
		return *s
	}
	return journal.Scope{}
}

// Known returns what the snapshot has of an agent.
func (t *Tenant) Known(id string) (Agent, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return Agent{}, false
	}
	return agentOf(c.rec, &t.book.facts, t.book.name), true
}

func (b *book) name(typ apiclient.QueueType, id int64) string { return b.names[slot(typ)][id] }

// agentOf makes the exported copy of a record, with how sure its list is.
func agentOf(r *record, f *facts, names func(apiclient.QueueType, int64) string) Agent {
	a := r.agent(names)
	if r.callinAt == 0 {
		a.CallinUnsure = []Unsure{EvidenceIncomplete}
		return a
	}
	a.CallinUnsure, _ = f.unsure(r, apiclient.Callin, floors{r.callinAt, r.callinAt})
	a.CallinSure = len(a.CallinUnsure) == 0
	return a
}

// QueueName returns a queue's name, "" where none was ever seen.
func (t *Tenant) QueueName(typ apiclient.QueueType, id int64) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.name(typ, id)
}

// storeTimeout bounds what the roster asks of the journal on the side.
const storeTimeout = 5 * time.Second

// recallNames reads the queue names remembered from before, once per scope: a
// queue nobody shows any more is still one to gather evidence of.
func (t *Tenant) recallNames(ctx context.Context) {
	scope := t.scopeNow()
	t.mu.Lock()
	done := t.recalled == scope
	t.mu.Unlock()
	if done {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	callin, err := t.cfg.Journal.QueueNames(ctx, scope, journal.Callin)
	callout, errOut := t.cfg.Journal.QueueNames(ctx, scope, journal.Callout)
	if err := errors.Join(err, errOut); err != nil {
		t.cfg.Logger.Warn("roster: queue names not recalled", "error", err)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, name := range callin {
		t.know(id)
		if t.book.names[0][id] == "" {
			t.book.names[0][id] = name
		}
	}
	for id, name := range callout {
		t.book.callout[id] = struct{}{}
		if t.book.names[1][id] == "" {
			t.book.names[1][id] = name
		}
	}
	t.recalled = scope
	t.book.ages[byQueue]++
	t.version.Add(1)
}

// rememberNames writes new queue names to the journal. A queue without a name is
// remembered too: its id is what a hidden membership is found by.
func (t *Tenant) rememberNames(ctx context.Context) {
	t.mu.Lock()
	if !t.namesDirty {
		t.mu.Unlock()
		return
	}
	t.namesDirty = false
	callin, callout := maps.Clone(t.book.names[0]), maps.Clone(t.book.names[1])
	for id := range t.book.listed {
		callin[id] += ""
	}
	for id := range t.book.callout {
		callout[id] += ""
	}
	t.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	scope := t.scopeNow()
	err := t.cfg.Journal.RememberQueues(ctx, scope, journal.Callin, callin)
	if err := errors.Join(err, t.cfg.Journal.RememberQueues(ctx, scope, journal.Callout, callout)); err != nil {
		t.cfg.Logger.Warn("roster: queue names not remembered", "error", err)
		t.mu.Lock()
		t.namesDirty = true
		t.mu.Unlock()
	}
}
