package sandbox

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Limits are requests per Window, for a tenant over all routes and for a tenant
// on one route. 0 is unlimited, and its pair of headers is not sent.
type Limits struct {
	Tenant int
	Route  int
	Window time.Duration // 0: 10 s, as the vendor's page has it
	Kind   WindowKind

	Names        LimitNames
	NoHeaders    bool // no header names a limit or what is left of it
	NoRetryAfter bool // a 429 comes without Retry-After
}

// LimitNames is what the headers that tell the limits are called.
type LimitNames int

const (
	// PageNames are the vendor's page's, a pair for each scope.
	PageNames LimitNames = iota
	// KongNames are those of Kong's plugin, which knows no scopes: RateLimit-Limit,
	// -Remaining and -Reset, and X-RateLimit-Limit- and -Remaining- with a word for the
	// Window, "Minute" say. They are of the scope with the least left.
	KongNames
	// DraftNames are the first three of those alone: nothing says how long the window is.
	DraftNames
)

// String is the word that ParseLimitNames reads.
func (n LimitNames) String() string {
	switch n {
	case PageNames:
		return "page"
	case KongNames:
		return "kong"
	case DraftNames:
		return "draft"
	default:
		return fmt.Sprintf("LimitNames(%d)", int(n))
	}
}

// ParseLimitNames reads "page", "kong" or "draft".
func ParseLimitNames(word string) (LimitNames, error) {
	for _, n := range []LimitNames{PageNames, KongNames, DraftNames} {
		if n.String() == word {
			return n, nil
		}
	}
	return PageNames, fmt.Errorf("limit names %q: want page, kong or draft", word)
}

// WindowKind is how requests are counted.
type WindowKind int

const (
	// FixedAligned counts in windows aligned to the clock: two full windows may
	// follow each other at once.
	FixedAligned WindowKind = iota
	// FixedFromFirst counts in windows opened by their first request.
	FixedFromFirst
	// SlidingExact counts the requests of the last Window.
	SlidingExact
	// SlidingEstimate is what gateways do to save memory: this aligned window's
	// count plus the last one's, weighted by how much of it is still in reach.
	SlidingEstimate
)

// String is the word that ParseWindowKind reads.
func (k WindowKind) String() string {
	switch k {
	case FixedAligned:
		return "aligned"
	case FixedFromFirst:
		return "first"
	case SlidingExact:
		return "sliding"
	case SlidingEstimate:
		return "estimate"
	default:
		return fmt.Sprintf("WindowKind(%d)", int(k))
	}
}

// WindowKinds is all of them.
func WindowKinds() []WindowKind {
	return []WindowKind{FixedAligned, FixedFromFirst, SlidingExact, SlidingEstimate}
}

// ParseWindowKind reads "aligned", "first", "sliding" or "estimate".
func ParseWindowKind(word string) (WindowKind, error) {
	for _, k := range WindowKinds() {
		if k.String() == word {
			return k, nil
		}
	}
	return FixedAligned, fmt.Errorf("window %q: want aligned, first, sliding or estimate", word)
}

// WindowLength is Window, or what stands for it where that is 0.
func (l Limits) WindowLength() time.Duration {
	if l.Window <= 0 {
		return 10 * time.Second
	}
	return l.Window
}

// counter counts one scope; guarded by Server.mu.
type counter struct {
	start    time.Time // of the current window
	n, prev  int
	sendings []time.Time // SlidingExact only
}

func (c *counter) roll(kind WindowKind, window time.Duration, now time.Time) {
	switch kind {
	case FixedFromFirst:
		if c.n > 0 && now.Sub(c.start) >= window {
			c.n = 0
		}
	case SlidingExact:
		i := 0
		for i < len(c.sendings) && now.Sub(c.sendings[i]) >= window {
			i++
		}
		c.sendings = c.sendings[i:]
	case FixedAligned, SlidingEstimate:
		start := now.Truncate(window)
		if !start.After(c.start) {
			return
		}
		c.prev = 0
		if start.Sub(c.start) == window {
			c.prev = c.n
		}
		c.start, c.n = start, 0
	}
}

// used is the count that stands against the limit, after roll.
func (c *counter) used(kind WindowKind, window time.Duration, now time.Time) int {
	switch kind {
	case SlidingExact:
		return len(c.sendings)
	case SlidingEstimate:
		// The small term keeps a float's dust from costing a whole request.
		return c.n + int(math.Ceil(float64(c.prev)*c.weight(window, now)-1e-9))
	default:
		return c.n
	}
}

// weight is how much of the window before is still within reach.
func (c *counter) weight(window time.Duration, now time.Time) float64 {
	return 1 - float64(now.Sub(c.start))/float64(window)
}

func (c *counter) add(kind WindowKind, now time.Time) {
	switch kind {
	case SlidingExact:
		c.sendings = append(c.sendings, now)
		return
	case FixedFromFirst:
		if c.n == 0 {
			c.start = now
		}
	}
	c.n++
}

// wait is how long until one more request fits, given that none does now.
func (c *counter) wait(kind WindowKind, window time.Duration, now time.Time, limit int) time.Duration {
	rest := c.start.Add(window).Sub(now)
	switch kind {
	case SlidingExact:
		return c.sendings[len(c.sendings)-limit].Add(window).Sub(now)
	case SlidingEstimate:
		within := func(carried, fits int) time.Duration {
			return time.Duration(float64(window) * (1 - float64(fits)/float64(carried)))
		}
		if fits := limit - 1 - c.n; fits >= 0 && c.prev > 0 {
			return within(c.prev, fits) - now.Sub(c.start)
		}
		return rest + within(c.n, limit-1)
	default:
		return rest
	}
}

// scope is one limit about to be applied to a request.
type scope struct {
	name    string // as in the header: "Tenant" or "Route"
	limit   int
	counter *counter
}

type scopeKey struct {
	tenant int64
	op     Op // "" for the tenant's own
}

// limiter is the gateway's rate limiting; guarded by Server.mu.
type limiter struct {
	limits   Limits
	counters map[scopeKey]*counter
}

func newLimiter(l Limits) *limiter {
	return &limiter{limits: l, counters: make(map[scopeKey]*counter)}
}

func (l *limiter) scopes(tenant int64, op Op) []scope {
	var scopes []scope
	add := func(name string, limit int, key scopeKey) {
		if limit <= 0 {
			return
		}
		c := l.counters[key]
		if c == nil {
			c = &counter{}
			l.counters[key] = c
		}
		scopes = append(scopes, scope{name: name, limit: limit, counter: c})
	}
	add("Tenant", l.limits.Tenant, scopeKey{tenant: tenant})
	add("Route", l.limits.Route, scopeKey{tenant: tenant, op: op})
	return scopes
}

// admit counts a request, or refuses it without counting it. The headers belong
// on the answer in both cases; refusedBy is the scope that refused, or nil.
func (l *limiter) admit(tenant int64, op Op, now time.Time) (header http.Header, refusedBy *scope) {
	kind, window := l.limits.Kind, l.limits.WindowLength()
	scopes := l.scopes(tenant, op)
	var wait time.Duration
	for i, s := range scopes {
		s.counter.roll(kind, window, now)
		if s.counter.used(kind, window, now) >= s.limit {
			refusedBy = &scopes[i]
			wait = max(wait, s.counter.wait(kind, window, now, s.limit))
		}
	}
	header = make(http.Header)
	for _, s := range scopes {
		if refusedBy == nil {
			s.counter.add(kind, now)
		}
		if !l.limits.NoHeaders && l.limits.Names == PageNames {
			header.Set("X-RateLimit-Limit-"+s.name, strconv.Itoa(s.limit))
			header.Set("X-RateLimit-Remaining-"+s.name, strconv.Itoa(max(0, s.limit-s.counter.used(kind, window, now))))
		}
	}
	if !l.limits.NoHeaders && l.limits.Names != PageNames && len(scopes) > 0 {
		l.nameAsKong(header, scopes, now)
	}
	if refusedBy != nil && !l.limits.NoRetryAfter {
		header.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	}
	return header, refusedBy
}

// nameAsKong tells of the scope with the least left.
func (l *limiter) nameAsKong(header http.Header, scopes []scope, now time.Time) {
	kind, window := l.limits.Kind, l.limits.WindowLength()
	left := func(s scope) int { return max(0, s.limit-s.counter.used(kind, window, now)) }
	least := slices.MinFunc(scopes, func(a, b scope) int { return cmp.Compare(left(a), left(b)) })
	limit, remaining := strconv.Itoa(least.limit), strconv.Itoa(left(least))
	header.Set("RateLimit-Limit", limit)
	header.Set("RateLimit-Remaining", remaining)
	header.Set("RateLimit-Reset", strconv.Itoa(int(math.Ceil(least.counter.ends(kind, window, now).Sub(now).Seconds()))))
	if l.limits.Names == KongNames {
		header.Set("X-RateLimit-Limit-"+windowWord(window), limit)
		header.Set("X-RateLimit-Remaining-"+windowWord(window), remaining)
	}
}

// ends is when the window of now does, or the oldest request leaves one that slides.
func (c *counter) ends(kind WindowKind, window time.Duration, now time.Time) time.Time {
	switch {
	case kind == SlidingExact && len(c.sendings) > 0:
		return c.sendings[0].Add(window)
	case kind == SlidingExact, c.start.IsZero():
		return now.Add(window)
	default:
		return c.start.Add(window)
	}
}

// windowWord is Kong's for a window: a number of seconds where there is no word.
func windowWord(window time.Duration) string {
	switch window {
	case time.Second:
		return "Second"
	case time.Minute:
		return "Minute"
	case time.Hour:
		return "Hour"
	case 24 * time.Hour:
		return "Day"
	default:
		return strconv.Itoa(int(window.Seconds()))
	}
}
