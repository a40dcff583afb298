package apiclient

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func at2026() time.Time { return time.Date(2026, time.March, 10, 8, 0, 0, 0, time.UTC) }

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := at2026()
	for value, want := range map[string]time.Duration{
		"3": 3 * time.Second, " 7 ": 7 * time.Second, "2.5": 2500 * time.Millisecond, ".5": time.Second,
		"0": time.Second, "-5": time.Second, "1": time.Second, "0.0": time.Second,
		"120": MaxRetryAfter, "121": MaxRetryAfter, "99999999999999999999": MaxRetryAfter,
		strings.Repeat("9", 400):          MaxRetryAfter,
		"-" + strings.Repeat("9", 400):    MinRetryAfter,
		"Tue, 10 Mar 2026 08:00:30 GMT":   30 * time.Second,
		"Tuesday, 10-Mar-26 08:00:30 GMT": 30 * time.Second,
		"Tue Mar 10 08:00:30 2026":        30 * time.Second,
		"Tue, 10 Mar 2026 07:00:00 GMT":   MinRetryAfter,
		"Wed, 21 Oct 2099 07:28:00 GMT":   MaxRetryAfter,
		"soon":                            0, "": 0, "NaN": 0, "inf": 0, "0x10": 0, "1e3": 0, "1_000": 0, "--1": 0, "1.2.3": 0, "3 seconds": 0,
	} {
		got, ok := ParseRetryAfter(value, now)
		if got != want || ok != (want > 0) {
			t.Errorf("%.40q: %v %v, want %v", value, got, ok, want)
		}
	}
}

func TestRetryAfterFallsBack(t *testing.T) {
	t.Parallel()
	now := at2026()
	half := func() float64 { return 0.5 }
	for _, tc := range []struct {
		header http.Header
		want   time.Duration
	}{
		{http.Header{"Retry-After": {"4"}, "Ratelimit-Reset": {"9"}}, 4 * time.Second},
		{http.Header{"Retry-After": {"soon"}, "Ratelimit-Reset": {"9"}}, 9 * time.Second},
		{http.Header{"Ratelimit-Reset": {"never"}, "X-Ratelimit-Reset": {"8"}}, 8 * time.Second},
		{http.Header{"X-Ratelimit-Reset": {"1773129615"}}, 15 * time.Second},
		{http.Header{"X-Ratelimit-Reset": {"1773129615000"}}, 15 * time.Second},
		{http.Header{"X-Ratelimit-Reset-Route": {"5"}}, 5 * time.Second},
		{http.Header{}, 11 * time.Second},
	} {
		if got := retryAfter(tc.header, now, half); got != tc.want {
			t.Errorf("%v: %v, want %v", tc.header, got, tc.want)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	for _, s := range []string{"3", "0.5", "-1", "Tue, 10 Mar 2026 08:00:30 GMT", "Tuesday, 10-Mar-26 08:00:30 GMT", "Tue Mar 10 08:00:30 2026", "1e9", "99999999999999999999", "\u0663"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		got, ok := ParseRetryAfter(value, at2026())
		if ok && (got < MinRetryAfter || got > MaxRetryAfter) || !ok && got != 0 {
			t.Errorf("%q: %v %v", value, got, ok)
		}
		if d := retryAfter(http.Header{"Retry-After": {value}, "Ratelimit-Reset": {value}}, at2026(), func() float64 { return 1 }); d < MinRetryAfter || d > MaxRetryAfter {
			t.Errorf("%q holds for %v", value, d)
		}
	})
}

func TestReadLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		limit, remaining string
		want             gaugeReading
	}{
		{"20", "19", gaugeReading{20, 19}},
		{"20", "0", gaugeReading{20, 0}},
		{" 20 ", "7.9", gaugeReading{20, 7}},
		{"0", "0", gaugeReading{0, 0}},
		{"-1", "-1", gaugeReading{0, -1}},
		{"NaN", "NaN", gaugeReading{0, -1}},
		{"", "", gaugeReading{0, -1}},
		{"unlimited", "lots", gaugeReading{0, -1}},
		{"99999999999999999999", "1", gaugeReading{mostLimit, 1}},
	} {
		h := http.Header{}
		h.Set("X-RateLimit-Limit-Tenant", tc.limit)
		h.Set("X-RateLimit-Remaining-Tenant", tc.remaining)
		if got := readLimits(h).tenant; got != tc.want {
			t.Errorf("%q, %q: %+v", tc.limit, tc.remaining, got)
		}
	}
}
