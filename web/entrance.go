package web

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// stoppingFor is after how many seconds whoever comes while the console stops may try
// again: another process has taken over by then.
const stoppingFor = "2"

// entrance counts the requests that are in the console by Handler and Mount, whose servers
// are not the console's to stop.
type entrance struct {
	mu      sync.Mutex
	inside  int
	shut    bool
	emptied chan struct{} // closed when nobody is inside any more, once it is shut
}

// enter lets a request in, unless the console stops; leave is to be called at its end.
func (e *entrance) enter() (leave func(), ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.shut {
		return nil, false
	}
	e.inside++
	return e.leave, true
}

func (e *entrance) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.inside--; e.inside == 0 && e.shut {
		close(e.emptied)
	}
}

// close lets nobody in any more. What it returns is closed when the last has left.
func (e *entrance) close() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.shut {
		e.shut, e.emptied = true, make(chan struct{})
		if e.inside == 0 {
			close(e.emptied)
		}
	}
	return e.emptied
}

// Shutdown stops Handler and Mount as the end of its context stops Serve: it answers 503
// to what comes from now on, lets the requests under way finish within
// Options.ShutdownTimeout and ctx, and returns nil; the contexts of those that did not are
// ended, and the error says so. Then stop the server, and Close the console.
func (c *Console) Shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.ShutdownTimeout)
	defer cancel()
	emptied := c.door.close()
	select {
	case <-emptied:
		return nil
	case <-ctx.Done():
	}
	c.stop()
	waitAtMost(emptied, cutOff)
	return fmt.Errorf("web: requests under way were ended: %w", ctx.Err())
}

// waitAtMost waits for done, but no longer than limit.
func waitAtMost(done <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}
