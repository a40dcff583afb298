package apiclient

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// gaugeReading is one pair of limit headers. A limit of 0 and a remaining of -1
// stand for "not said", and for everything that cannot be meant.
type gaugeReading struct{ limit, remaining int }

// reading is what one answer says of the limits.
type reading struct {
	answered      bool
	tenant, route gaugeReading
	gateway       []Limit       // with a gateway's own names
	retryAfter    time.Duration // not 0: a 429
	date          time.Time     // by its own clock; zero: not said
}

// mostLimit keeps nonsense from becoming a promise, and the log small.
const mostLimit = 100_000

func readLimits(h http.Header) reading {
	return reading{
		tenant:  readGauge(h, "X-Ratelimit-Limit-Tenant", "X-Ratelimit-Remaining-Tenant"),
		route:   readGauge(h, "X-Ratelimit-Limit-Route", "X-Ratelimit-Remaining-Route"),
		gateway: gatewayLimits(h), date: dateOf(h),
	}
}

func readGauge(h http.Header, limit, remaining string) gaugeReading {
	g := gaugeReading{remaining: -1}
	if n, ok := readCount(h.Get(limit)); ok && n > 0 {
		g.limit = n
	}
	if n, ok := readCount(h.Get(remaining)); ok {
		g.remaining = n
	}
	return g
}

// readCount reads a count of calls; estimates may come with a fraction.
func readCount(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, ".0123456789") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	return int(math.Min(math.Floor(f), mostLimit)), true
}

// scope tells which limit a 429 met, as far as the headers tell.
func (r reading) scope() string {
	tenant, route := r.tenant.remaining == 0, r.route.remaining == 0
	switch {
	case tenant && !route:
		return "tenant"
	case route && !tenant:
		return "route"
	}
	return ""
}
