package runs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// Longest is how long a run may take in all.
const Longest = 12 * time.Hour

// Config is what a Runner is made of. All but the last four fields are required.
type Config struct {
	Store   Store
	Journal Journal
	Roster  Tenants
	// EvidenceAge is how old a fact may be that a change rests on: 60 s; negative:
	// everything is read for each change.
	EvidenceAge time.Duration
	Now         func() time.Time // time.Now
	Logger      *slog.Logger     // slog.Default()
	// LookPause is waited before those changes are looked at again, at the end, that could
	// not be seen yet: 1 s.
	LookPause time.Duration
}

// Journal is what a runner reads of the journal.
type Journal interface {
	List(ctx context.Context, f journal.Filter) (entries []journal.Entry, more bool, err error)
}

// Tenants keeps a tenant's snapshot for as long as a run lasts: a *live.Roster.
type Tenants interface {
	Hold(a live.Access) (t *live.Tenant, release func())
}

// Access is whose run it is, and the means to carry it out. The key is in Access.Run alone,
// in memory.
type Access struct {
	live.Access
	By roster.Author
	// Pace is what is known of the limit at a moment.
	Pace func() Pace
	// Wait is how long a change would wait for the limit that begins now.
	Wait func() time.Duration
}

// Runner carries out runs, those of one tenant one after the other. Close it at the end.
type Runner struct {
	cfg  Config
	base context.Context
	stop context.CancelFunc
	all  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	works  map[string]*work // by the run's id
	// starting are those that are just being asked for; each is closed when that is decided.
	starting map[string]chan struct{}
}

// New returns a Runner.
func New(cfg Config) *Runner {
	if cfg.EvidenceAge == 0 {
		cfg.EvidenceAge = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.LookPause == 0 {
		cfg.LookPause = time.Second
	}
	r := &Runner{cfg: cfg, works: make(map[string]*work), starting: make(map[string]chan struct{})}
	r.base, r.stop = context.WithCancel(context.Background())
	return r
}

// EvidenceAge is how old a fact may be that a change rests on; 0: all is read for each.
func (r *Runner) EvidenceAge() time.Duration { return max(r.cfg.EvidenceAge, 0) }

// Close stops all runs within an item each, and waits for them: they are interrupted.
func (r *Runner) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
	r.all.Wait()
}

// errClosed: the console is being stopped.
var errClosed = errors.New("runs: the console is being stopped")

// Start begins to carry a run out that is in one of the states from; revision is that of
// the plan a person saw, 0 for any. It returns when the run is this process's: ErrMoved
// where another was first.
func (r *Runner) Start(ctx context.Context, a Access, id string, from []State, revision int) error {
	if err := r.reserve(ctx, id); err != nil {
		return err
	}
	owner := rand.Text()
	err := r.cfg.Store.Begin(ctx, a.Scope, id, from, revision, owner)
	run := Run{ID: id, Scope: a.Scope}
	if err == nil {
		if found, err := r.cfg.Store.Find(ctx, a.Scope, id); err == nil {
			run = found // else it is this process's all the same, and is paused where it stands
		}
	}
	a.By.RunID = id
	w := &work{r: r, run: run, access: a, owner: owner, over: make(chan struct{})}
	w.asking, w.stop = context.WithCancel(context.Background())
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.starting[id])
	delete(r.starting, id)
	switch {
	case err != nil:
		return err
	case r.closed:
		return errClosed // its lease ends by itself
	}
	r.works[id] = w
	r.all.Go(func() {
		w.carryOut(r.base)
		r.mu.Lock()
		delete(r.works, id)
		r.mu.Unlock()
		w.stop()
		close(w.over)
	})
	return nil
}

// reserve keeps others from starting a run here while it is asked for in the database,
// which may take long: no lock is held meanwhile. Whoever comes second is told when the
// first has it, and so finds the run as it is then.
func (r *Runner) reserve(ctx context.Context, id string) error {
	r.mu.Lock()
	first, closed := r.starting[id], r.closed
	taken := first != nil || r.works[id] != nil
	if !closed && !taken {
		r.starting[id] = make(chan struct{})
	}
	r.mu.Unlock()
	switch {
	case closed:
		return errClosed
	case !taken:
		return nil
	case first != nil:
		select {
		case <-first:
		case <-ctx.Done():
		}
	}
	return fmt.Errorf("start run %s: %w", id, ErrMoved)
}

// Ask asks for a run to be paused or cancelled, whoever carries it out.
func (r *Runner) Ask(ctx context.Context, scope journal.Scope, id string, want Want) error {
	if err := r.cfg.Store.Ask(ctx, scope, id, want); err != nil {
		return err
	}
	if w := r.work(id); w != nil && w.run.Scope == scope {
		w.ask(want, Asked)
	}
	return nil
}

// SignOut pauses the runs that a session started, where its person said so.
func (r *Runner) SignOut(session string) {
	r.mu.Lock()
	works := make([]*work, 0, len(r.works))
	for _, w := range r.works {
		if w.access.By.Session == session {
			works = append(works, w)
		}
	}
	r.mu.Unlock()
	for _, w := range works {
		w.ask(WantPause, SignedOut)
	}
}

// Of returns the runs that a session started here and that go on.
func (r *Runner) Of(session string) (ids []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, w := range r.works {
		if w.access.By.Session == session {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Live is what a runner knows of a run beyond what is stored.
type Live struct {
	// Behind is whose run of the tenant it waits for; zero: nobody's.
	Behind journal.Holder
	// Stopping: it was asked to pause or to end, and ends within an item.
	Stopping bool
	// Reading: a sweep goes on.
	Reading bool
	// Looking is how many changes the API accepted and does not show, where all that is left
	// is to look at them when no read lags any more.
	Looking int
	// Agents are those under change at this moment.
	Agents []string
	// Estimate is what is left, by the pace and the sweeps of this moment.
	Estimate Estimate
}

// Live returns what is known of a run that is carried out here.
func (r *Runner) Live(id string) (l Live, here bool) {
	w := r.work(id)
	if w == nil {
		return Live{}, false
	}
	return w.live(), true
}

func (r *Runner) work(id string) *work {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.works[id]
}

// Wait waits until a run is no longer carried out here, as long as most.
func (r *Runner) Wait(ctx context.Context, id string, most time.Duration) {
	w := r.work(id)
	if w == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case <-w.over:
	case <-ctx.Done():
	}
}
