package live

import (
	"context"
	"errors"
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
	by    journal.Holder // while it is taken
}

// acquire takes the agent's lock; the caller must call the returned function once, and
// go on only while the returned context lasts. Whom it waits for is told to waits, which
// may be nil. Where it waits in vain its error wraps a *journal.LockedError.
func (l *locks) acquire(ctx context.Context, scope journal.Scope, agent string, by journal.Holder, waits func(journal.Holder)) (held context.Context, release func(), err error) {
	k, leave, err := l.enter(ctx, lockKey{scope, agent}, by, waits)
	if err != nil {
		return nil, nil, fmt.Errorf("wait for another change of agent %s: %w: %w", agent, roster.ErrNotWritten, err)
	}
	held, unlock, err := l.journal.Lock(ctx, scope, agent, by, waits)
	if err != nil {
		<-k.held
		leave()
		return nil, nil, fmt.Errorf("wait for another change of agent %s: %w: %w", agent, roster.ErrNotWritten, err)
	}
	return held, func() {
		unlock()
		<-k.held
		leave()
	}, nil
}

// enter takes the lock within this process.
func (l *locks) enter(ctx context.Context, key lockKey, by journal.Holder, waits func(journal.Holder)) (k *lock, leave func(), err error) {
	l.mu.Lock()
	if l.by == nil {
		l.by = make(map[lockKey]*lock)
	}
	if k = l.by[key]; k == nil {
		k = &lock{held: make(chan struct{}, 1)}
		l.by[key] = k
	}
	k.users++
	l.mu.Unlock()
	leave = func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if k.users--; k.users == 0 {
			delete(l.by, key)
		}
	}
	holder := func() journal.Holder {
		l.mu.Lock()
		defer l.mu.Unlock()
		return k.by
	}
	select {
	case k.held <- struct{}{}:
	default:
		if waits != nil {
			waits(holder())
		}
		select {
		case k.held <- struct{}{}:
		case <-ctx.Done():
			other := holder()
			leave()
			return nil, nil, errors.Join(ctx.Err(), &journal.LockedError{Holder: other})
		}
	}
	l.mu.Lock()
	k.by = by
	l.mu.Unlock()
	return k, leave, nil
}
