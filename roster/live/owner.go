package live

import (
	"context"
	"sync"
)

// owner runs goroutines that end when it is stopped, and knows when they have.
type owner struct {
	base   context.Context
	cancel context.CancelFunc

	mu      sync.Mutex
	stopped bool
	running *sync.WaitGroup // shared with the owners made from this one
}

func newOwner(parent context.Context) *owner {
	o := &owner{running: new(sync.WaitGroup)}
	o.base, o.cancel = context.WithCancel(parent)
	return o
}

// child returns an owner that is stopped with its parent or before, and whose
// goroutines the parent waits for.
func (o *owner) child() *owner {
	c := &owner{running: o.running}
	c.base, c.cancel = context.WithCancel(o.base)
	return c
}

// spawn runs f with a context that ends with the owner. It reports false, without
// running f, where the owner was stopped already.
func (o *owner) spawn(f func(context.Context)) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stopped {
		return false
	}
	o.running.Go(func() { f(o.base) })
	return true
}

// stop lets nothing new begin and tells what runs to end.
func (o *owner) stop() {
	o.mu.Lock()
	o.stopped = true
	o.mu.Unlock()
	o.cancel()
}

func (o *owner) wait() { o.running.Wait() }
