package apiclient

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limit is one limit that the headers of an answer tell.
type Limit struct {
	// Scope is "tenant" or "route", as the vendor's page has them; "" is a limit that a
	// gateway names without saying whose.
	Scope string
	// Per is what it counts over; 0: no header says.
	Per       time.Duration
	Limit     int           // 0: not said
	Remaining int           // -1: not said
	Reset     time.Duration // until more is left; 0: not said
}

// LimitsOf reads the limits an answer's headers tell: the vendor's page's, Kong's own
// (X-RateLimit-Limit-Minute) and, where no header says for how long a limit counts, those
// of RateLimit-Limit. Of two with one scope and window the first stands.
func LimitsOf(h http.Header) []Limit {
	r := readLimits(h)
	var out []Limit
	// 10 s is what the page says of these, and no header does.
	if g := r.tenant; g.limit > 0 || g.remaining >= 0 {
		out = append(out, Limit{Scope: "tenant", Per: window, Limit: g.limit, Remaining: g.remaining})
	}
	if g := r.route; g.limit > 0 || g.remaining >= 0 {
		out = append(out, Limit{Scope: "route", Per: window, Limit: g.limit, Remaining: g.remaining})
	}
	return append(out, r.gateway...)
}

// gatewayLimits are those with a gateway's own names, the shortest window first.
func gatewayLimits(h http.Header) []Limit {
	var named []Limit
	for name := range h {
		word, ok := strings.CutPrefix(name, "X-Ratelimit-Limit-")
		per := kongWindow(word)
		if !ok || per == 0 {
			continue
		}
		if g := readGauge(h, name, "X-Ratelimit-Remaining-"+word); g.limit > 0 {
			named = append(named, Limit{Per: per, Limit: g.limit, Remaining: g.remaining})
		}
	}
	slices.SortFunc(named, func(a, b Limit) int { return cmp.Compare(a.Per, b.Per) })
	g := readGauge(h, "Ratelimit-Limit", "Ratelimit-Remaining")
	reset := time.Duration(0)
	if n, ok := readCount(h.Get("Ratelimit-Reset")); ok {
		reset = time.Duration(n) * time.Second
	}
	told := false
	for i := range named {
		if !told && named[i].Limit == g.limit && named[i].Remaining == g.remaining {
			named[i].Reset, told = reset, true // the same limit again
		}
	}
	if g.limit > 0 && len(named) == 0 {
		named = append(named, Limit{Limit: g.limit, Remaining: g.remaining, Reset: reset})
	}
	return named
}

// Window is what a limit counts over. One that does not say is taken for the shortest of
// the usual ones that its reset fits in.
func (l Limit) Window() time.Duration {
	if l.Per > 0 {
		return l.Per
	}
	for _, usual := range [...]time.Duration{window, time.Minute, time.Hour} {
		if l.Reset <= usual {
			return usual
		}
	}
	return 24 * time.Hour
}

// kongWindow reads what Kong calls a window in a header's name: a word, or its seconds
// where there is none. 0: neither.
func kongWindow(word string) time.Duration {
	const day = 24 * time.Hour
	switch word {
	case "Second":
		return time.Second
	case "Minute":
		return time.Minute
	case "Hour":
		return time.Hour
	case "Day":
		return day
	case "Month":
		return 30 * day
	case "Year":
		return 365 * day
	}
	if n, err := strconv.Atoi(word); err == nil && n > 0 && n <= mostLimit {
		return time.Duration(n) * time.Second
	}
	return 0
}
