package live

import (
	"context"
	"fmt"
	"sync"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// locks serialises the changes of one agent, across all keys of its tenant, and by
// the journal across all processes that share it.
type locks struct {
	journal Journal
	mu      sync.Mutex
	by      map[lockKey]*lock
}

type lockKey struct {
	scope journal.Scope
	agent string
}

type lock struct {
	held  chan struct{} // holds one token while the lock is taken
	users int
}

// acquire takes the agent's lock; the caller must call the returned function once.
func (l *locks) acquire(ctx context.Context, scope journal.Scope, agent string) (release func(), err error) {
	key := lockKey{scope, agent}
	l.mu.Lock()
	if l.by == nil {
		l.by = make(map[lockKey]*lock)
	}
	k := l.by[key]
	if k == nil {
		k = &lock{held: make(chan struct{}, 1)}
		l.by[key] = k
	}
	k.users++
	l.mu.Unlock()

	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if k.users--; k.users == 0 {
			delete(l.by, key)
		}
	}
	select {
	case k.held <- struct{}{}:
	case <-ctx.Done():
		leave()
		return nil, fmt.Errorf("wait for another change of agent %s: %w", agent, ctx.Err())
	}
	unlock, err := l.journal.Lock(ctx, scope, agent)
	if err != nil {
		<-k.held
		leave()
		return nil, fmt.Errorf("wait for another change of agent %s: %w: %w", agent, roster.ErrNotWritten, err)
	}
	return func() {
		unlock()
		<-k.held
		leave()
	}, nil
}
