package apiclient

import (
	"slices"
	"time"
)

// line is who waits for a budget, in the order they came, people apart.
type line struct {
	people, background []*waiter
	timer              *time.Timer
}

// waiter is one call that waits. All fields are guarded by the budget's mutex
// until ready is closed.
type waiter struct {
	op       string
	route    route
	lane     Lane
	since    time.Time
	deadline time.Time // of a Person

	ready   chan struct{} // made only for those who really wait
	settled bool
	slot    *slot
	err     error
}

func (l *line) add(w *waiter) {
	if w.lane == Person {
		l.people = append(l.people, w)
		return
	}
	l.background = append(l.background, w)
}

func (l *line) remove(w *waiter) {
	is := func(o *waiter) bool { return o == w }
	l.people = slices.DeleteFunc(l.people, is)
	l.background = slices.DeleteFunc(l.background, is)
}

func (w *waiter) settle(s *slot, err error) {
	w.settled, w.slot, w.err = true, s, err
	if w.ready != nil {
		close(w.ready)
	}
}

// dispatch lets go whoever may go and sets the timer for the next who might.
// Within a lane nobody overtakes another of the same route. It is called with
// the lock held whenever something has changed.
func (b *budget) dispatch() {
	now := b.now()
	var next time.Time
	soonest := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	b.dispatchPeople(now, soonest)
	b.dispatchBackground(now, soonest)

	switch {
	case next.IsZero():
		if b.line.timer != nil {
			b.line.timer.Stop()
		}
	case b.line.timer == nil:
		b.line.timer = time.AfterFunc(next.Sub(now), b.wake)
	default:
		b.line.timer.Reset(next.Sub(now))
	}
}

func (b *budget) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dispatch()
}

func (b *budget) dispatchPeople(now time.Time, soonest func(time.Time)) {
	var blocked [routes]bool
	b.line.people = slices.DeleteFunc(b.line.people, func(w *waiter) bool {
		at := b.readyAt(w.route, Person, false, now)
		first := !blocked[w.route]
		switch {
		case first && !at.After(now):
			w.settle(b.grant(w, now), nil)
			return true
		// A hold that is all but over is waited out: a countdown in whole seconds
		// ends a moment before it.
		case b.held(w.route, now) && at.After(w.deadline), !now.Before(w.deadline), first && at.After(w.deadline):
			w.settle(nil, &RateLimitError{
				Op: w.op, Local: true, RetryAfter: wholeSeconds(at.Sub(now)), Scope: b.scope(w.route, now),
				Message: "the limit is used up",
			})
			return true
		}
		blocked[w.route] = true
		soonest(w.deadline)
		soonest(at)
		return false
	})
}

func (b *budget) dispatchBackground(now time.Time, soonest func(time.Time)) {
	var blocked [routes]bool
	b.line.background = slices.DeleteFunc(b.line.background, func(w *waiter) bool {
		if blocked[w.route] {
			return false
		}
		forced := later(w.since, b.lastBackground).Add(patience)
		patient := !now.Before(forced)
		at := b.readyAt(w.route, Background, patient, now)
		if len(b.line.people) > 0 && !patient {
			at = forced // people settle within personWait and dispatch again
		}
		if !at.After(now) {
			w.settle(b.grant(w, now), nil)
			return true
		}
		blocked[w.route] = true
		if forced.After(now) && forced.Before(at) {
			at = forced
		}
		soonest(at)
		return false
	})
}

// scope names the limit a call waits for.
func (b *budget) scope(r route, now time.Time) string {
	tenant, own := b.tenant.readyAt(now, 0), b.routes[r].readyAt(now, 0)
	switch {
	case tenant.After(own):
		return "tenant"
	case own.After(tenant):
		return "route"
	}
	return ""
}
