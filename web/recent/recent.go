// Package recent answers what every page asks of the database from memory, for a moment.
//
// What this process writes is seen at once, what another one writes to the same database
// within a second; where no other console does, all that was sent of a tenant's recordings,
// and the filters that it saved, are read once a minute. Nothing that a change is decided by is
// read here, and a session that was ended at another replica is refused at once.
package recent

import (
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// DefaultAge is how old an answer may be. With what a request takes on its way it stays
// below a second.
const DefaultAge = 800 * time.Millisecond

// ledgerAge is how old all that was sent of a tenant's recordings may be, where this process
// alone writes it: tens of thousands of agents take the database a third of a second.
const ledgerAge = time.Minute

// filtersAge is how old filter sets may be where this process alone writes them: all else that
// changes them is a database that was put back from a backup.
const filtersAge = time.Minute

// Of each question as many answers are kept, of a list as many entries.
const (
	most        = 1024
	mostEntries = 100
)

// Store is the database of a console.
type Store interface {
	journal.Store
	journal.Sessions
	journal.Traits
	journal.Savings
	journal.FilterSets
	// SingleProcess reports whether this process alone uses the database. Then
	// whatever is open in it when a console starts was left by a dead one.
	SingleProcess() bool
	// Runs is where changes of many agents are kept.
	Runs() runs.Store
	// Environments are the slugs of all environments that have a journal, or runs.
	Environments(ctx context.Context) ([]string, error)
}

// Reads answers from memory. All methods are safe for concurrent use, and return what the
// database does, errors included, which are never kept. Who is given a map or a slice must
// not change it: others have the same.
type Reads struct {
	store    Store
	runs     runs.Store
	now      func() time.Time
	age      time.Duration
	sessions answers[sessionKey, bool]
	ledgers  answers[ledgerKey, map[string]journal.RecordingState]
	lists    answers[journal.Filter, listed]
	active   answers[journal.Scope, []runs.Run]
	shifts   answers[shiftsKey, []journal.Shift]
	filters  answers[filtersKey, []journal.FilterSet]
}

type filtersKey struct {
	scope journal.Scope
	owner string
}

type shiftsKey struct {
	environment string
	from, until int64
}

type sessionKey struct {
	id         string
	generation int64
	endings    uint64
}

type ledgerKey struct {
	scope  journal.Scope
	agents string
}

type listed struct {
	entries []journal.Entry
	more    bool
}

// New returns what answers from memory for age (0 or less keeps nothing), and the store
// through which everything has to be written, so that it is seen at once.
func New(s Store, now func() time.Time, age time.Duration) (*Reads, Store) {
	r := &Reads{store: s, runs: s.Runs(), now: now, age: age}
	return r, noted{s, r}
}

// Ended implements journal.Sessions. A sign-out counts at once, wherever it was: only a store
// that one process uses, and that says how often something was ended through it, is
// answered for. A tool beside that process is seen within a second.
func (r *Reads) Ended(ctx context.Context, id string, generation int64) (bool, error) {
	counts, ok := r.store.(interface{ Endings() uint64 })
	if !ok || !r.store.SingleProcess() {
		return r.store.Ended(ctx, id, generation)
	}
	return ask(r, &r.sessions, sessionKey{strings.Clone(id), generation, counts.Endings()}, func() (bool, error) {
		return r.store.Ended(ctx, id, generation)
	})
}

// Generation asks the database: a session that begins is one of those that are ended later.
func (r *Reads) Generation(ctx context.Context) (int64, error) { return r.store.Generation(ctx) }

// Find asks the database: who wants one entry is about to act on it.
func (r *Reads) Find(ctx context.Context, scope journal.Scope, id string) (journal.Entry, error) {
	return r.store.Find(ctx, scope, id)
}

// Recordings implements journal.Store.
func (r *Reads) Recordings(ctx context.Context, scope journal.Scope, agents ...string) (map[string]journal.RecordingState, error) {
	if len(agents) > mostEntries {
		return r.store.Recordings(ctx, scope, agents...)
	}
	age := r.age
	if len(agents) == 0 && r.store.SingleProcess() {
		age = ledgerAge
	}
	return askFor(r, &r.ledgers, ledgerKey{clone(scope), strings.Join(agents, "\x00")}, age, func() (map[string]journal.RecordingState, error) {
		return r.store.Recordings(ctx, scope, agents...)
	})
}

// List implements journal.Store.
func (r *Reads) List(ctx context.Context, f journal.Filter) ([]journal.Entry, bool, error) {
	if f.Limit > mostEntries {
		return r.store.List(ctx, f)
	}
	key := f
	key.Scope = clone(f.Scope)
	for _, s := range []*string{&key.Agent, &key.Operator, (*string)(&key.Kind), (*string)(&key.Result), &key.RunID, &key.Before} {
		*s = strings.Clone(*s)
	}
	l, err := ask(r, &r.lists, key, func() (l listed, err error) {
		l.entries, l.more, err = r.store.List(ctx, f)
		return l, err
	})
	return l.entries, l.more, err
}

// Active implements runs.Store.
func (r *Reads) Active(ctx context.Context, scope journal.Scope) ([]runs.Run, error) {
	return ask(r, &r.active, clone(scope), func() ([]runs.Run, error) { return r.runs.Active(ctx, scope) })
}

// Shifts implements journal.Traits: every page asks. Nobody has to be told the same moment.
func (r *Reads) Shifts(ctx context.Context, environment string, from, until time.Time) ([]journal.Shift, error) {
	return ask(r, &r.shifts, shiftsKey{strings.Clone(environment), from.UnixMicro(), until.UnixMicro()}, func() ([]journal.Shift, error) {
		return r.store.Shifts(ctx, environment, from, until)
	})
}

// FilterSets implements journal.FilterSets.
func (r *Reads) FilterSets(ctx context.Context, scope journal.Scope, owner string) ([]journal.FilterSet, error) {
	age := r.age
	if r.store.SingleProcess() {
		age = filtersAge
	}
	return askFor(r, &r.filters, filtersKey{clone(scope), strings.Clone(owner)}, age, func() ([]journal.FilterSet, error) {
		return r.store.FilterSets(ctx, scope, owner)
	})
}

// Items asks the database.
func (r *Reads) Items(ctx context.Context, id string, f runs.ItemFilter) ([]runs.Item, error) {
	return r.runs.Items(ctx, id, f)
}

// clone copies what outlives the request whose buffer it may lie in.
func clone(s journal.Scope) journal.Scope {
	return journal.Scope{Environment: strings.Clone(s.Environment), Tenant: strings.Clone(s.Tenant)}
}

// answers are those of one question.
type answers[K comparable, V any] struct {
	writes atomic.Uint64 // by this process, that have ended
	mu     sync.Mutex
	kept   map[K]answer[V]
	swept  time.Time
}

type answer[V any] struct {
	value     V
	at, until time.Time
	writes    uint64
}

// wrote forgets what there is: it may be of before.
func (all *answers[K, V]) wrote() { all.writes.Add(1) }

// ask answers from memory, or of load. What was loaded while this process wrote is nobody
// else's.
func ask[K comparable, V any](r *Reads, all *answers[K, V], key K, load func() (V, error)) (V, error) {
	return askFor(r, all, key, r.age, load)
}

// askFor is ask where the answer may be of another age.
func askFor[K comparable, V any](r *Reads, all *answers[K, V], key K, age time.Duration, load func() (V, error)) (V, error) {
	if r.age <= 0 {
		return load()
	}
	at, writes := r.now(), all.writes.Load()
	fresh := func(a answer[V]) bool { return a.writes == writes && at.Before(a.until) && !at.Before(a.at) }
	all.mu.Lock()
	a, ok := all.kept[key]
	all.mu.Unlock()
	if ok && fresh(a) {
		return a.value, nil
	}
	value, err := load()
	if err != nil {
		return value, err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.kept == nil {
		all.kept = make(map[K]answer[V])
	}
	if len(all.kept) >= most || at.Sub(all.swept) >= r.age || at.Before(all.swept) {
		// What nobody asks again would stay for ever.
		maps.DeleteFunc(all.kept, func(_ K, a answer[V]) bool { return !fresh(a) })
		all.swept = at
	}
	if len(all.kept) < most {
		all.kept[key] = answer[V]{value, at, at.Add(age), writes}
	}
	return value, nil
}
