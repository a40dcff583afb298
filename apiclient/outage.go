package apiclient

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

const (
	// opensAfter is how many attempts in a row have to stay without an answer.
	opensAfter = 2
	// probeWait is how long a person's call waits for a probe that has just begun: where
	// the API is back, it is then made and nobody is refused.
	probeWait = time.Second
	// The pause before the third probe, doubled for each later one up to the most. The
	// second may follow the first at once: most outages are a moment's matter.
	probePause     = time.Second
	probePauseMost = 15 * time.Second
	// glancePause is how long nobody has looked before a page that calls nothing does.
	glancePause = 5 * time.Second
)

// OutageError says that a call was not made: the API has not answered for a while, and
// one call at a time looks whether it does again (docs/adr/0032-breaker.md). It wraps the
// *UnreachableError by which that was last found, as one that was not sent.
type OutageError struct {
	Op    string
	Since time.Time // when the first of the calls was made that nobody answered
	last  UnreachableError
}

func (e *OutageError) Error() string {
	return e.Op + ": not sent, the API has not answered since " + e.Since.Format(time.RFC3339) + ": " + e.last.Error()
}

// Unwrap returns a copy of how it was last found.
func (e *OutageError) Unwrap() error {
	last := e.last
	return &last
}

// breaker follows whether an environment answers. Closed, it lets all calls through.
// Open, it lets none through but its own probes.
type breaker struct {
	now func() time.Time

	mu     sync.Mutex
	silent int       // attempts in a row without an answer
	since  time.Time // the first of them
	last   UnreachableError
	open   bool
	looked time.Time // when it opened, or the last probe ended
	probe  *probe    // under way
	missed int       // probes in a row without an answer
	next   time.Time

	base   context.Context // of probes
	stop   context.CancelFunc
	probes sync.WaitGroup
}

// probe is one call that looks whether the API is back.
type probe struct {
	began time.Time
	done  chan struct{}
}

func newBreaker(now func() time.Time) *breaker {
	b := &breaker{now: now}
	b.base, b.stop = context.WithCancel(context.Background())
	return b
}

// close ends a probe under way.
func (b *breaker) close() {
	b.mu.Lock()
	b.stop() // under the lock: begin starts none after this
	b.mu.Unlock()
	b.probes.Wait()
}

// heard says of an attempt what it tells of the API.
type heard uint8

const (
	nothingHeard heard = iota // it does not tell
	anAnswer
	silence
)

// hear judges how an attempt came out. Any answer is one, however bad, but that of a
// gateway which has nobody behind it.
func hear(ctx context.Context, err error) heard {
	unreachable := (*UnreachableError)(nil)
	if !errors.As(err, &unreachable) {
		return anAnswer
	}
	switch unreachable.Reason {
	case ReachRefused, ReachDNS, ReachGateway:
		return silence
	case ReachTimeout:
		if ctx.Err() != nil {
			return nothingHeard // the caller had no time, whatever the API
		}
		return silence
	case ReachReset:
		if unreachable.Status == 0 {
			return silence
		}
	case ReachCancelled, ReachTLS:
		return nothingHeard
	}
	return anAnswer
}

// note enters how an attempt that began then came out. once: it is the only one of its
// call and waits as long as the attempts of another do together.
func (b *breaker) note(ctx context.Context, began time.Time, once bool, err error) {
	what := hear(ctx, err)
	if what == nothingHeard {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if what == anAnswer {
		b.silent, b.open, b.missed = 0, false, 0
		return
	}
	if b.silent == 0 {
		b.since = began
	}
	b.silent++
	unreachable := (*UnreachableError)(nil)
	errors.As(err, &unreachable)
	if once && unreachable.Reason == ReachTimeout {
		b.silent = max(b.silent, opensAfter)
	}
	b.last = UnreachableError{
		Op: unreachable.Op, Reason: unreachable.Reason, Status: unreachable.Status, Detail: unreachable.Detail,
	}
	if b.silent >= opensAfter && !b.open {
		b.open, b.looked, b.next = true, b.now(), b.now() // a moment's matter is over by the next call
	}
}

// pass returns nil where a call may be made, else an *OutageError. look makes one call
// and notes how it came out. wait: the call may wait a moment for a probe.
func (b *breaker) pass(ctx context.Context, op string, wait bool, look func(context.Context)) error {
	b.mu.Lock()
	if !b.open {
		b.mu.Unlock()
		return nil
	}
	p := b.begin(look)
	left := time.Duration(0)
	if p != nil && wait {
		left = p.began.Add(probeWait).Sub(b.now())
	}
	b.mu.Unlock()
	if left > 0 {
		timer := time.NewTimer(left)
		defer timer.Stop()
		select {
		case <-p.done:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return nil
	}
	e := &OutageError{Op: op, Since: b.since, last: b.last}
	e.last.Op = op
	return e
}

// begin has the API looked for where that is due, and returns the probe under way, nil
// for none. The lock is held.
func (b *breaker) begin(look func(context.Context)) *probe {
	now := b.now()
	if b.open && b.probe == nil && !now.Before(b.next) && b.base.Err() == nil {
		p := &probe{began: now, done: make(chan struct{})}
		b.probe = p
		b.probes.Go(func() { b.run(p, look) })
	}
	return b.probe
}

func (b *breaker) run(p *probe, look func(context.Context)) {
	look(b.base)
	b.mu.Lock()
	b.probe, b.looked = nil, b.now()
	if b.open {
		b.missed++
	}
	if b.missed > 1 {
		b.next = b.now().Add(min(probePause<<min(b.missed-2, 8), probePauseMost))
	}
	b.mu.Unlock()
	close(p.done)
}

// Outage reports whether the environment counts as one that does not answer, and since
// when it has not. It calls nothing.
func (c *Client) Outage() (since time.Time, down bool) {
	c.breaker.mu.Lock()
	defer c.breaker.mu.Unlock()
	return c.breaker.since, c.breaker.open
}

// Outage is that of the caller's client. Where a probe is due it is begun, and nobody
// waits for it: pages that call nothing would never find the API again.
func (a *Caller) Outage() (since time.Time, down bool) {
	b := a.client.breaker
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now().Sub(b.looked) >= glancePause { // what calls itself has looked
		b.begin(a.look)
	}
	return b.since, b.open
}

// pass lets a call through, or reports and returns why not.
func (a *Caller) pass(ctx context.Context, op string) error {
	err := a.client.breaker.pass(ctx, op, a.client.budgets.lanes[a.lane].hang > 0, a.look)
	if err != nil {
		a.report(ctx, CallInfo{Op: op, Err: err})
	}
	return err
}

// look makes the probe: a read of one row, as a person's, for people wait for it. It is
// made with the key of whoever's call began it, and for no longer than a call may take.
func (a *Caller) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*a.client.attemptTimeout)
	defer cancel()
	prober := *a
	prober.lane = Person
	_, _ = prober.attempt(ctx, oneRow(), 1, a.client.attemptTimeout, func(ans *answer) error {
		_, err := a.pageOf(OpListAgents, ans)
		return err
	})
}

// oneRow is the smallest read there is.
func oneRow() call {
	return call{
		op: OpListAgents, route: routeList, method: http.MethodGet,
		path: "/v1/agents", query: AgentQuery{Size: 1}.encode(),
	}
}
