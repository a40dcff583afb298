package probe

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// roundFor is how long a probe in the background may take in all: where others use the
// limit it waits, and one that nobody remembers is of no use to anybody.
const roundFor = 5 * time.Minute

// Rounds are the probes that go on in the background: one at a time of whatever it is of.
// It is safe for concurrent use.
type Rounds struct {
	base context.Context //nolint:containedctx // the life of what goes on in the background
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu    sync.Mutex
	going map[string]*round
	ended map[string]error // why the last has nothing to show
}

// round is one that goes on.
type round struct {
	session string
	cancel  context.CancelFunc
	Going
}

// Going is how far a probe is.
type Going struct {
	BegunAt time.Time
	Asked   int // calls, of at most MostCalls
}

// MostCalls is how many a probe makes at the most.
const MostCalls = mostCalls

// NewRounds returns none. Close must be called.
func NewRounds() *Rounds {
	r := &Rounds{going: map[string]*round{}, ended: map[string]error{}}
	r.base, r.stop = context.WithCancel(context.Background())
	return r
}

// Close ends all that go on, and waits for it.
func (r *Rounds) Close() {
	r.mu.Lock()
	r.stop() // under the lock: Begin starts none after this
	r.mu.Unlock()
	r.wg.Wait()
}

// Begin starts a probe of what id names for a session, unless one goes on. work makes it:
// it gets a config whose Admit is counted, and is not called where that was cut off.
// Nothing of a probe that a session's end or Close has cut off is kept.
func (r *Rounds) Begin(id, session string, cfg Config, work func(ctx context.Context, cfg Config) error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.going[id] != nil || r.base.Err() != nil {
		return false
	}
	now := time.Now
	if cfg.Now != nil {
		now = cfg.Now
	}
	ctx, cancel := context.WithTimeout(r.base, roundFor)
	p := &round{session: session, cancel: cancel, Going: Going{BegunAt: now().UTC()}}
	r.going[id] = p
	delete(r.ended, id)
	admit := cfg.Admit
	cfg.Admit = func(ctx context.Context) (func(*http.Response), error) {
		told := func(*http.Response) {}
		if admit != nil {
			var err error
			if told, err = admit(ctx); err != nil {
				return nil, err
			}
		}
		r.mu.Lock()
		p.Asked++
		r.mu.Unlock()
		return told, nil
	}
	r.wg.Go(func() {
		defer cancel()
		err := work(ctx, cfg)
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.going, id)
		if err != nil && ctx.Err() == nil {
			r.forget()
			r.ended[id] = err
		}
	})
	return true
}

// forget keeps what has ended from growing without bound.
func (r *Rounds) forget() {
	const most = 256
	for id := range r.ended {
		if len(r.ended) < most {
			return
		}
		delete(r.ended, id)
	}
}

// Going is how far the probe of what id names is; ok is false where none goes on.
func (r *Rounds) Going(id string) (g Going, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.going[id]
	if p == nil {
		return Going{}, false
	}
	return p.Going, true
}

// Failed is why the last probe of what id names has nothing to show, nil where it has.
func (r *Rounds) Failed(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended[id]
}

// EndSession ends what a session has begun.
func (r *Rounds) EndSession(session string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.going {
		if p.session == session {
			p.cancel()
		}
	}
}
