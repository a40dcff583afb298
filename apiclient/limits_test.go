package apiclient_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient"
)

func TestLimitsOf(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		headers map[string]string
		want    []apiclient.Limit
	}{
		"none": {nil, nil},
		"the page's": {
			map[string]string{"X-RateLimit-Limit-Tenant": "100", "X-RateLimit-Remaining-Tenant": "99", "X-RateLimit-Limit-Route": "60", "X-RateLimit-Remaining-Route": "59"},
			[]apiclient.Limit{{Scope: "tenant", Per: 10 * time.Second, Limit: 100, Remaining: 99}, {Scope: "route", Per: 10 * time.Second, Limit: 60, Remaining: 59}},
		},
		"Kong's, of two windows": {
			map[string]string{
				"X-RateLimit-Limit-Minute": "300", "X-RateLimit-Remaining-Minute": "299", "X-RateLimit-Limit-Second": "20", "X-RateLimit-Remaining-Second": "19",
				"RateLimit-Limit": "300", "RateLimit-Remaining": "299", "RateLimit-Reset": "47",
			},
			[]apiclient.Limit{{Per: time.Second, Limit: 20, Remaining: 19}, {Per: time.Minute, Limit: 300, Remaining: 299, Reset: 47 * time.Second}},
		},
		"Kong's, of a window without a word": {
			map[string]string{"X-RateLimit-Limit-10": "50", "X-RateLimit-Remaining-10": "0"},
			[]apiclient.Limit{{Per: 10 * time.Second, Limit: 50}},
		},
		"the draft's": {
			map[string]string{"RateLimit-Limit": "50", "RateLimit-Remaining": "7", "RateLimit-Reset": "3"},
			[]apiclient.Limit{{Limit: 50, Remaining: 7, Reset: 3 * time.Second}},
		},
		"nonsense": {
			map[string]string{"X-RateLimit-Limit-Fortnight": "5", "X-RateLimit-Limit--3": "5", "X-RateLimit-Limit-Minute": "-5", "RateLimit-Limit": "many", "RateLimit-Reset": "1"},
			nil,
		},
	} {
		h := http.Header{}
		for name, value := range tc.headers {
			h.Set(name, value)
		}
		if diff := cmp.Diff(tc.want, apiclient.LimitsOf(h)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// FuzzLimitsOf: a limit is one that calls can be paced by, whatever a header holds.
func FuzzLimitsOf(f *testing.F) {
	f.Add("Minute", "300", "299", "47")
	f.Add("99999999999", "1e9", "-1", "1e99")
	f.Add("Route", "60", "x", "")
	f.Fuzz(func(t *testing.T, word, limit, remaining, reset string) {
		h := http.Header{}
		for _, name := range []string{"X-Ratelimit-Limit-" + word, "Ratelimit-Limit"} {
			h[name] = []string{limit}
		}
		h["X-Ratelimit-Remaining-"+word], h["Ratelimit-Remaining"], h["Ratelimit-Reset"] = []string{remaining}, []string{remaining}, []string{reset}
		for _, l := range apiclient.LimitsOf(h) {
			if l.Limit < 0 || l.Limit > 100_000 || l.Remaining < -1 || l.Remaining > 100_000 || l.Per < 0 || l.Reset < 0 {
				t.Errorf("%+v", l)
			}
		}
	})
}
