package apiclient

import (
	"slices"
	"time"
)

// line is who waits for a budget: by lane, and there in the order they came.
type line struct {
	waiting [][]*waiter
	timer   *time.Timer
}

// waiter is one call that waits. All fields are guarded by the budget's mutex
// until ready is closed.
type waiter struct {
	account  account
	op       string
	route    route
	lane     Lane
	since    time.Time
	deadline time.Time // zero in a lane that waits, whatever it takes

	ready   chan struct{} // made only for those who really wait
	settled bool
	slot    *slot
	err     error
}

func (l *line) add(w *waiter) { l.waiting[w.lane] = append(l.waiting[w.lane], w) }

func (l *line) remove(w *waiter) {
	l.waiting[w.lane] = slices.DeleteFunc(l.waiting[w.lane], func(o *waiter) bool { return o == w })
}

// before reports whether anybody waits in a lane that goes before lane.
func (l *line) before(lane Lane) bool {
	return slices.ContainsFunc(l.waiting[:lane], func(ws []*waiter) bool { return len(ws) > 0 })
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
	for lane := range b.lanes {
		b.dispatchLane(Lane(lane), now, soonest)
	}

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

func (b *budget) dispatchLane(lane Lane, now time.Time, soonest func(time.Time)) {
	ahead := b.line.before(lane)
	var blocked [routes]bool
	b.line.waiting[lane] = slices.DeleteFunc(b.line.waiting[lane], func(w *waiter) bool {
		first, hangs := !blocked[w.route], !w.deadline.IsZero()
		if !first && !hangs {
			return false
		}
		at := b.turn(w, ahead, now)
		switch {
		case first && !at.After(now):
			w.settle(b.grant(w, now), nil)
			return true
		// A hold that is all but over is waited out: a countdown in whole seconds
		// ends a moment before it.
		case hangs && (b.held(w.route, now) && at.After(w.deadline) || !now.Before(w.deadline) || first && at.After(w.deadline)):
			w.settle(nil, &RateLimitError{
				Op: w.op, Local: true, RetryAfter: wholeSeconds(at.Sub(now)), Scope: b.scope(w.route, now),
				Message: "the limit is used up",
			})
			return true
		}
		blocked[w.route] = true
		if hangs {
			soonest(w.deadline)
		}
		soonest(at)
		return false
	})
}

// turn is when w may go, or is to be asked again: others may be ahead, waiting
// in a lane before its own.
func (b *budget) turn(w *waiter, ahead bool, now time.Time) time.Time {
	c := b.lanes[w.lane]
	forced := later(w.since, b.lastOf[w.lane]).Add(c.patience)
	patient := !now.Before(forced)
	if ahead && !patient {
		return forced // who is ahead dispatches again on leaving
	}
	at := b.readyAt(w.account, w.route, c, patient, now)
	if forced.After(now) && forced.Before(at) {
		return forced
	}
	return at
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
