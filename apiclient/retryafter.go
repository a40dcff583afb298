package apiclient

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The bounds of what a 429 can make anybody wait.
const (
	MinRetryAfter = time.Second
	MaxRetryAfter = 120 * time.Second
)

// window is what every documented limit counts over.
const window = 10 * time.Second

// ParseRetryAfter reads a Retry-After: seconds, also fractional, or one of the
// three HTTP dates, compared with now. Anything past or below is MinRetryAfter,
// anything beyond MaxRetryAfter is that. It reports false for what is neither.
func ParseRetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if seconds, ok := parseSeconds(value); ok {
		return boundRetry(seconds), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return boundRetry(at.Sub(now).Seconds()), true
}

// retryAfter is how long a 429 asks to wait: by its Retry-After, else by the
// gateway's reset, else one window and a little, so that all who were refused
// together do not come back together.
func retryAfter(h http.Header, now time.Time, rand func() float64) time.Duration {
	if d, ok := ParseRetryAfter(h.Get("Retry-After"), now); ok {
		return d
	}
	for _, name := range [...]string{
		"RateLimit-Reset", "X-RateLimit-Reset", "X-RateLimit-Reset-Tenant", "X-RateLimit-Reset-Route",
	} {
		seconds, ok := parseSeconds(strings.TrimSpace(h.Get(name)))
		if !ok {
			continue
		}
		// Some gateways give the moment instead of the distance.
		switch {
		case seconds > 1e12:
			seconds = seconds/1e3 - float64(now.UnixMilli())/1e3
		case seconds > 1e9:
			seconds -= float64(now.UnixMilli()) / 1e3
		}
		return boundRetry(seconds)
	}
	return window + time.Duration(rand()*float64(2*time.Second))
}

// parseSeconds is stricter than ParseFloat, which reads "inf", "nan" and hex.
func parseSeconds(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "+-.0123456789") != "" {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(seconds, 0) {
		return 0, false
	}
	return seconds, true
}

func boundRetry(seconds float64) time.Duration {
	switch {
	case !(seconds > MinRetryAfter.Seconds()):
		return MinRetryAfter
	case seconds > MaxRetryAfter.Seconds():
		return MaxRetryAfter
	}
	return time.Duration(seconds * float64(time.Second))
}

// wholeSeconds rounds up, so that whoever waits as long as told is let in.
func wholeSeconds(d time.Duration) time.Duration {
	return max((d + time.Second - 1).Truncate(time.Second), MinRetryAfter)
}
