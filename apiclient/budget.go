package apiclient

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"
)

// Gauge is one limit, per ten seconds but for a gateway's own, and what is left of it by the last answer
// and our own calls since.
type Gauge struct {
	Limit, Remaining int
	Known            bool // false: no answer has named a limit yet
}

// Budget is a snapshot of what is known of a key's rate limits.
type Budget struct {
	Tenant Gauge
	Route  Gauge // the one of the routes below with the least left
	// Gateway is a limit that a gateway names itself, over whatever time: the one with
	// the least left.
	Gateway Gauge
	// List, Queues and Recording are the limits of the three endpoints.
	List, Queues, Recording Gauge
	// HoldUntil is when calls go on after a 429; not after At where none holds.
	HoldUntil time.Time
	At        time.Time
}

// route is an endpoint with a limit of its own.
type route uint8

const (
	routeList route = iota
	routeQueues
	routeRecording
	routes
)

// budget paces the calls of one tenant's keys, or of one key.
type budget struct {
	now   func() time.Time
	share float64 // the reserve
	lanes []conduct

	mu     sync.Mutex
	tenant meter
	routes [routes]meter
	// gateway is what a gateway names of its own, by the account whose answers tell, for it
	// may count each key by itself, and their route. It may count each route by itself or all
	// of them: each meter logs all calls of the account, and only the answers of its own route
	// correct it.
	gateway map[account]*[routes][]*meter
	line    line
	lastOf  []time.Time // when each lane was last let go

	// Guarded by the ledger.
	holders int
	usedAt  time.Time
}

func newBudget(now func() time.Time, share float64, lanes []conduct) *budget {
	return &budget{
		now: now, share: share, lanes: lanes,
		gateway: make(map[account]*[routes][]*meter),
		line:    line{waiting: make([][]*waiter, len(lanes))}, lastOf: make([]time.Time, len(lanes)),
	}
}

// slot is leave to send one request. It must be finished or cancelled once.
type slot struct {
	budget      *budget
	account     account
	route       route
	tenant, own *entry
	gateway     []gatewayEntry
	lastSend    [2]time.Time // of tenant and route, before this one
	lane        Lane
	lastOf      time.Time // of the lane, before this one
	release     func()
}

// gatewayEntry is a send in the log of one of a gateway's own limits.
type gatewayEntry struct {
	meter    *meter
	entry    *entry
	lastSend time.Time
	reading  gaugeReading
}

// acquire waits until a request may be sent.
func (b *budget) acquire(ctx context.Context, id account, op string, r route, lane Lane) (*slot, error) {
	if err := ctx.Err(); err != nil {
		return nil, notSent(op, err)
	}
	b.mu.Lock()
	now := b.now()
	w := &waiter{account: id, op: op, route: r, lane: lane, since: now}
	if hang := b.lanes[lane].hang; hang > 0 {
		w.deadline = now.Add(hang)
		if d, ok := ctx.Deadline(); ok && d.Before(w.deadline) {
			w.deadline = d
		}
	}
	if b.gateway[id] == nil {
		b.gateway[id] = new([routes][]*meter)
	}
	b.line.add(w)
	b.dispatch()
	if w.settled {
		b.mu.Unlock()
		return w.slot, w.err
	}
	w.ready = make(chan struct{})
	b.mu.Unlock()

	select {
	case <-w.ready:
		return w.slot, w.err
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if w.settled && w.slot != nil {
		b.undo(w.slot)
	}
	b.line.remove(w)
	b.dispatch()
	if w.err != nil {
		return nil, w.err
	}
	return nil, notSent(op, ctx.Err())
}

func notSent(op string, err error) error {
	reason := ReachTimeout
	if errors.Is(err, context.Canceled) {
		reason = ReachCancelled
	}
	return &UnreachableError{
		Op: op, Reason: reason, Err: err, Detail: "gave up while waiting for the rate limit",
	}
}

// gatewayOf are the limits that a gateway names to an account, by route.
func (b *budget) gatewayOf(id account) [routes][]*meter {
	if of := b.gateway[id]; of != nil {
		return *of
	}
	return [routes][]*meter{}
}

// readyAt is when a call of an account that behaves so may be sent; patient lifts the reserve.
func (b *budget) readyAt(id account, r route, c conduct, patient bool, now time.Time) time.Time {
	own := &b.routes[r]
	meters := append([]*meter{&b.tenant, own}, b.gatewayOf(id)[r]...)
	at := now
	for _, m := range meters {
		if c.yields && !patient {
			at = later(at, b.roomAt(c, m, now))
		} else {
			at = later(at, m.readyAt(now, 0))
		}
	}
	if !c.yields {
		return at
	}
	for _, m := range meters {
		switch {
		case !m.answered && m.inFlight > 0:
			at = later(at, now.Add(m.per())) // the first call goes alone: it tells the limits
		case m.known():
			at = later(at, m.lastSend.Add(m.gap(b.keep(c, m, now), c.watches, now)))
		}
	}
	if !slices.ContainsFunc(meters, (*meter).known) && !b.tenant.lastSend.IsZero() {
		at = later(at, b.tenant.lastSend.Add(c.pace))
	}
	return at
}

// keep is how many calls of a limit a lane leaves to others at a moment.
func (b *budget) keep(c conduct, m *meter, now time.Time) int {
	people, others := b.leaves(c, m, now)
	return max(people, others)
}

// leaves is that for our own people, and for the tenant's other clients.
func (b *budget) leaves(c conduct, m *meter, now time.Time) (people, others int) {
	if c.keeps == (keeps{}) || b.share == 0 {
		reserve := m.reserve(b.share)
		return reserve, reserve // for whomever
	}
	// What people have used of theirs is theirs no longer, but one call more.
	people = max(m.reserve(c.keeps.share), min(c.keeps.least, m.limit-1))
	people = max(people-m.ofPeople(now), min(people, 1))
	// Half of the limit at most: nobody is kept from their work by somebody who takes it all.
	return people, min(int(math.Ceil(m.shape.toCome(now))), m.limit/2)
}

// roomAt is when a limit has room for a call of a lane that leaves some of it. What people
// have not used of a window just before it ends they will not, and need not go to waste.
func (b *budget) roomAt(c conduct, m *meter, now time.Time) time.Time {
	people, others := b.leaves(c, m, now)
	at := m.readyAt(now, max(people, others))
	end, ends := m.shape.endsAt(now)
	if !ends || people <= others || !at.After(now) {
		return at
	}
	if late := later(end.Add(-leftover), m.readyAt(now, others)); late.Before(at) && late.Before(end) {
		return late
	}
	return at
}

func (b *budget) held(r route, now time.Time) bool {
	return b.tenant.held(now) || b.routes[r].held(now)
}

func (b *budget) grant(w *waiter, now time.Time) *slot {
	own := &b.routes[w.route]
	s := &slot{
		budget: b, account: w.account, route: w.route, lane: w.lane,
		lastSend: [2]time.Time{b.tenant.lastSend, own.lastSend}, lastOf: b.lastOf[w.lane],
	}
	person := w.lane == Person
	s.tenant, s.own = b.tenant.send(now, person), own.send(now, person)
	for _, of := range b.gatewayOf(w.account) {
		for _, m := range of {
			last := m.lastSend
			s.gateway = append(s.gateway, gatewayEntry{meter: m, entry: m.send(now, person), lastSend: last})
		}
	}
	b.lastOf[w.lane] = now
	return s
}

func (b *budget) undo(s *slot) {
	b.tenant.undo(s.tenant, s.lastSend[0])
	b.routes[s.route].undo(s.own, s.lastSend[1])
	for _, g := range s.gateway {
		g.meter.undo(g.entry, g.lastSend)
	}
	if b.lastOf[s.lane].Equal(s.tenant.sentAt) {
		b.lastOf[s.lane] = s.lastOf
	}
}

// cancel gives the slot back: nothing was sent.
func (s *slot) cancel() {
	s.budget.mu.Lock()
	s.budget.undo(s)
	s.budget.dispatch()
	s.budget.mu.Unlock()
	s.release()
}

// finish tells the budget what came of the request.
func (s *slot) finish(r reading) {
	b := s.budget
	b.mu.Lock()
	now := b.now()
	own := &b.routes[s.route]
	b.tenant.finish(s.tenant, r.tenant, r, now)
	own.finish(s.own, r.route, r, now)
	b.finishGateway(s, r, now)
	if r.retryAfter > 0 {
		until := now.Add(r.retryAfter)
		if r.scope() == "route" {
			own.hold(until)
		} else {
			b.tenant.hold(until)
		}
	}
	b.dispatch()
	b.mu.Unlock()
	s.release()
}

// finishGateway tells the meters of a gateway's own limits, and makes those that an answer
// names for the first time.
func (b *budget) finishGateway(s *slot, r reading, now time.Time) {
	own := &b.gateway[s.account][s.route]
	for _, l := range r.gateway {
		i := slices.IndexFunc(*own, func(m *meter) bool { return m.told == l.Per })
		if i < 0 {
			i = len(*own)
			*own = append(*own, &meter{told: l.Per})
		}
		m := (*own)[i]
		m.shape.span = max(m.shape.span, l.Window())
		j := slices.IndexFunc(s.gateway, func(g gatewayEntry) bool { return g.meter == m })
		if j < 0 {
			j = len(s.gateway)
			s.gateway = append(s.gateway, gatewayEntry{meter: m, entry: m.send(s.tenant.sentAt, s.lane == Person)})
		}
		s.gateway[j].reading = gaugeReading{limit: l.Limit, remaining: l.Remaining}
	}
	for _, g := range s.gateway {
		if g.reading.limit == 0 {
			g.reading.remaining = -1 // told nothing, or of another route
		}
		g.meter.finish(g.entry, g.reading, r, now)
	}
}

// snapshot is what is known of the limits; of those of a gateway, of the account's alone, or
// of every one's where it is nil.
func (b *budget) snapshot(id *account) Budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	s := Budget{
		Tenant:    b.tenant.gauge(now),
		List:      b.routes[routeList].gauge(now),
		Queues:    b.routes[routeQueues].gauge(now),
		Recording: b.routes[routeRecording].gauge(now),
		HoldUntil: b.tenant.holdUntil,
		At:        now,
	}
	for _, g := range [...]Gauge{s.List, s.Queues, s.Recording} {
		s.Route = tighter(s.Route, g)
	}
	for of, meters := range b.gateway {
		if id != nil && of != *id {
			continue
		}
		for _, m := range slices.Concat(meters[:]...) {
			s.Gateway = tighter(s.Gateway, m.gauge(now))
		}
	}
	for i := range b.routes {
		s.HoldUntil = later(s.HoldUntil, b.routes[i].holdUntil)
	}
	return s
}

// tighter is the one of two with the smaller share left; of equal ones the smaller limit,
// and one that is known before one that is not.
func tighter(a, b Gauge) Gauge {
	switch x, y := a.Remaining*b.Limit, b.Remaining*a.Limit; {
	case !b.Known:
		return a
	case !a.Known, y < x, y == x && b.Limit < a.Limit:
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
