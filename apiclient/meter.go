package apiclient

import (
	"math"
	"slices"
	"time"
)

// slack lies between our clock's ten seconds and the upstream's.
const slack = 50 * time.Millisecond

// meter follows one limit, the tenant's or a route's, without knowing what kind
// of window it counts over (docs/adr/0010-pacing.md). It holds a log of
// our own sends that the upstream may still count, and corrects it by every
// Remaining: more remaining than the log explains means the window has rolled,
// so the oldest sends are forgotten; less means others are sending too (or that
// the upstream estimates), which is kept as foreign and fades over a window.
type meter struct {
	told     time.Duration // what a gateway's own says of that; 0: nothing
	limit    int           // 0: not known
	answered bool
	log      []*entry // oldest first
	lastSend time.Time

	foreign   float64
	foreignAt time.Time

	shape shape // of the window, as far as its count has shown
	watch watch // for the kind of the window, which people are told

	holdUntil  time.Time // of a 429
	probe      bool      // the next send after a hold goes alone: it tells where we are
	waryUntil  time.Time // after a 429 that nothing had announced
	readingAt  time.Time
	inFlight   int
	latestSend time.Time // when the request was sent that corrected the log last
}

// entry is one send in a meter's log.
type entry struct {
	sentAt time.Time
	doneAt time.Time // zero while in flight
	probe  bool
	person bool // somebody waited for it
	// between: it was under way when the window rolled, and may be counted in either.
	between bool
}

func (e *entry) inFlight() bool { return e.doneAt.IsZero() }

// per is what the limit counts over.
func (m *meter) per() time.Duration { return m.shape.per() }

// freeAt is when the upstream has certainly stopped counting e.
func (m *meter) freeAt(e *entry) time.Time { return e.doneAt.Add(m.per() + slack) }

func (m *meter) known() bool { return m.limit > 0 }

func (m *meter) send(now time.Time, person bool) *entry {
	e := &entry{sentAt: now, probe: m.probe, person: person}
	m.probe = false
	m.watch.sent(m.inFlight)
	m.shape.sent(now, m.lastSend)
	m.log = append(m.log, e)
	m.lastSend = now
	m.inFlight++
	return e
}

// undo takes back a send that certainly did not happen.
func (m *meter) undo(e *entry, lastSend time.Time) {
	if i := slices.Index(m.log, e); i >= 0 {
		m.log = slices.Delete(m.log, i, i+1)
	}
	m.inFlight--
	m.probe = m.probe || e.probe
	if m.lastSend.Equal(e.sentAt) {
		m.lastSend = lastSend
	}
}

// finish notes that e was answered (or given up) and what the answer said.
func (m *meter) finish(e *entry, g gaugeReading, r reading, now time.Time) {
	e.doneAt = now
	m.inFlight--
	m.answered = m.answered || r.answered
	if g.limit > 0 {
		m.limit = g.limit
	}
	used := -1
	if m.known() && g.remaining >= 0 && r.retryAfter == 0 {
		used = m.limit - g.remaining
	}
	m.watch.done(Count{Sent: e.sentAt, Done: now, Used: used}, r.date, m.inFlight)
	switch {
	case m.known() && g.remaining >= 0:
		m.correct(e, min(g.remaining, m.limit), now)
	case e.probe && r.answered && r.retryAfter == 0:
		// Let in after a hold without a count: believe in a fresh window.
		m.log = slices.DeleteFunc(m.log, func(o *entry) bool { return o != e && !o.inFlight() })
		m.foreign = 0
	}
	if e.probe && !r.answered {
		m.probe = true // it told nothing
	}
	if !m.known() {
		// Where no answer names a limit there is nothing to count.
		if i := slices.Index(m.log, e); i >= 0 {
			m.log = slices.Delete(m.log, i, i+1)
		}
	}
	m.prune(now)
}

// hold stops the meter for a 429's Retry-After.
func (m *meter) hold(until time.Time) {
	if until.After(m.holdUntil) {
		m.holdUntil = until
		m.waryUntil = until.Add(m.per())
	}
	m.probe = true
}

// correct fits the log to what is left by the upstream's count, which was taken
// between e.sentAt and now.
func (m *meter) correct(e *entry, remaining int, now time.Time) {
	if e.sentAt.Before(m.latestSend) {
		return // overtaken by the answer to a later request
	}
	m.latestSend, m.readingAt = e.sentAt, now

	// The count surely has in it e and what was answered before e was sent.
	// It may have in it whatever was under way meanwhile.
	var surely []*entry
	possibly := 0
	for _, o := range m.log {
		if o == e || o.inFlight() || m.freeAt(o).After(e.sentAt) {
			possibly++
		}
		if o == e || !o.inFlight() && !o.between && !o.doneAt.After(e.sentAt) && o.sentAt.Add(m.per()).After(now) {
			surely = append(surely, o)
		}
	}
	counted := m.limit - remaining
	if excess := len(surely) - counted; excess > 0 {
		// The window has rolled: what it had before it is forgotten, but never e.
		m.shape.fell(excess, len(surely), m.foreign, e.sentAt)
		keep := surely[min(excess, len(surely)-1):]
		m.log = slices.DeleteFunc(m.log, func(o *entry) bool {
			return !o.inFlight() && !o.doneAt.After(e.sentAt) && !slices.Contains(keep, o)
		})
		for _, o := range m.log {
			o.between = o.between || o != e && (o.inFlight() || o.doneAt.After(e.sentAt))
		}
		m.foreign = 0
		return
	}
	m.foreign, m.foreignAt = float64(max(0, counted-possibly)), now
	m.shape.saw(m.foreign, now)
}

// mostLog bounds the log of a limit over hours. What is forgotten of it is still in the next
// answer's count, as if others had sent it.
const mostLog = 2000

// prune forgets sends only a window after they were last of interest: an answer
// still under way may have counted them. What was sent first goes first.
func (m *meter) prune(now time.Time) {
	n, over := 0, 0
	if m.per() > window {
		over = len(m.log) - mostLog
	}
	for n < len(m.log) && !m.log[n].inFlight() && (n < over || now.After(m.freeAt(m.log[n]).Add(m.per()))) {
		n++
	}
	m.log = m.log[n:]
}

// used estimates how much of the limit is taken at a moment.
func (m *meter) used(at time.Time) float64 {
	n := 0
	for _, o := range m.log {
		if o.inFlight() || m.freeAt(o).After(at) {
			n++
		}
	}
	return float64(n) + m.foreignLeft(at)
}

// foreignLeft stays until a window that ends all at once does, and else fades evenly: right
// for an upstream that estimates and for many small callers, and soon put right by the next
// answer for any other.
func (m *meter) foreignLeft(at time.Time) float64 {
	if !m.foreignAt.Before(m.shape.from) && at.Before(m.shape.from.Add(m.per())) && m.shape.rolls(at) {
		return m.foreign
	}
	left := 1 - at.Sub(m.foreignAt).Seconds()/m.per().Seconds()
	return m.foreign * min(max(left, 0), 1)
}

// gap is how far apart the sends of who leaves keep to others should lie at a moment. Who
// watches sends a share of a window at once and the rest over what is left of it: only the
// answers to our own calls tell what others do meanwhile, and when the window ends.
func (m *meter) gap(keep int, watches bool, now time.Time) time.Duration {
	mine := float64(max(m.limit-keep, 1))
	switch {
	case now.Before(m.waryUntil), m.shape.gradual(now), !watches && m.shape.shared(now):
		return time.Duration(float64(m.per()) / mine)
	case !watches, m.shape.alone(now):
		return 0
	case !m.shape.rolls(now):
		return time.Duration(atOnce * float64(m.per()) / max(mine-m.foreignLeft(now), 1))
	}
	taken := 0.0
	for _, o := range m.log {
		if !o.sentAt.Before(m.shape.from) {
			taken++
		}
	}
	taken += m.foreignLeft(now)
	if taken < m.shape.share(now)*mine {
		return 0
	}
	return time.Duration(closing * float64(m.shape.from.Add(m.per()).Sub(now)) / max(mine-taken, 1))
}

// held reports whether a 429 still stops everybody.
func (m *meter) held(now time.Time) bool { return now.Before(m.holdUntil) }

// readyAt is the earliest moment at which a send fits the limit and leaves keep
// of it. It is now, or later; where it depends on an answer still under way it
// is a guess, and asked again when the answer comes.
func (m *meter) readyAt(now time.Time, keep int) time.Time {
	if m.held(now) {
		return m.holdUntil
	}
	if m.probe {
		if m.inFlight > 0 {
			return now.Add(m.per())
		}
		return now
	}
	if !m.known() {
		return now
	}
	room := float64(m.limit - keep - 1)
	if m.used(now) <= room {
		return now
	}
	var free []time.Time
	flying := 0
	for _, o := range m.log {
		switch {
		case o.inFlight():
			flying++
		case m.freeAt(o).After(now):
			free = append(free, m.freeAt(o))
		}
	}
	slices.SortFunc(free, time.Time.Compare)
	from := now
	for i := 0; ; i++ {
		// Between two expiries only foreign changes.
		if want := room - float64(flying+len(free)-i); want >= 0 {
			at := from
			if faded := m.fadedTo(want); faded.After(at) {
				at = faded
			}
			if i == len(free) || at.Before(free[i]) {
				return at
			}
		}
		if i == len(free) {
			return now.Add(m.per()) // only answers can make room
		}
		from = free[i]
	}
}

// fadedTo is when foreign has faded to want.
func (m *meter) fadedTo(want float64) time.Time {
	if m.foreign <= want {
		return time.Time{}
	}
	share := 1 - want/m.foreign
	return m.foreignAt.Add(time.Duration(math.Ceil(share*float64(m.per()))) + 1)
}

// ofPeople is how many of the calls that the upstream may still count people waited for.
func (m *meter) ofPeople(now time.Time) (n int) {
	for _, o := range m.log {
		if o.person && (o.inFlight() || m.freeAt(o).After(now)) {
			n++
		}
	}
	return n
}

// reserve is how many of the limit a share is, leaving at least one to send.
func (m *meter) reserve(share float64) int {
	return min(int(math.Ceil(share*float64(m.limit))), max(m.limit-1, 0))
}

func (m *meter) gauge(now time.Time) Gauge {
	if !m.known() {
		return Gauge{}
	}
	left := int(math.Floor(float64(m.limit) - m.used(now)))
	return Gauge{Limit: m.limit, Remaining: min(max(left, 0), m.limit), Known: true}
}
