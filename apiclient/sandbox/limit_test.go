package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
)

func limited(l sandbox.Limits) func(*sandbox.Config) {
	return func(c *sandbox.Config) { c.Limits = l }
}

// burst is how many of n lists get through at once, and the Retry-After of the
// last refusal.
func (r *rig) burst(n int) (through int, retryAfter string) {
	r.tb.Helper()
	for range n {
		got := r.get("/v1/agents?size=1")
		switch got.status {
		case http.StatusOK:
			through++
		case http.StatusTooManyRequests:
			retryAfter = got.header.Get("Retry-After")
		default:
			r.tb.Fatalf("%d %s", got.status, got.body)
		}
	}
	return through, retryAfter
}

// Each kind of window is told from the others by one schedule: a burst 8 s into
// a window of 10, then bursts 3 s, 9 s and 21 s later.
func TestWindows(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind sandbox.WindowKind
		want []string
	}{
		{sandbox.FixedAligned, []string{"4/2", "4/9", "0/3", "4/1"}},
		{sandbox.FixedFromFirst, []string{"4/10", "0/7", "0/1", "4/10"}},
		{sandbox.SlidingExact, []string{"4/10", "0/7", "0/1", "4/10"}},
		// 1 s into the next window 0.9 of the four still count, then 0.3 of them;
		// at the end 0.1 of two, rounded up.
		{sandbox.SlidingEstimate, []string{"4/5", "0/2", "2/1", "3/1"}},
	} {
		t.Run(fmt.Sprint(tc.kind), func(t *testing.T) {
			t.Parallel()
			r := setup(t, limited(sandbox.Limits{Tenant: 4, Kind: tc.kind}))
			var got []string
			r.clock.Advance(8 * time.Second)
			for _, wait := range []time.Duration{0, 3 * time.Second, 6 * time.Second, 12 * time.Second} {
				r.clock.Advance(wait)
				through, retryAfter := r.burst(6)
				got = append(got, fmt.Sprintf("%d/%s", through, retryAfter))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("let through/Retry-After (-want +got):\n%s", diff)
			}
		})
	}
}

// What Retry-After promises must be kept, by every kind and from every state.
func TestRetryAfterIsEnough(t *testing.T) {
	t.Parallel()
	for _, kind := range []sandbox.WindowKind{sandbox.FixedAligned, sandbox.FixedFromFirst, sandbox.SlidingExact, sandbox.SlidingEstimate} {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			t.Parallel()
			r := setup(t, limited(sandbox.Limits{Tenant: 5, Kind: kind}))
			for step := range 30 {
				r.clock.Advance(time.Duration(step*137) * time.Millisecond)
				got := r.get("/v1/agents?size=1")
				if got.status == http.StatusOK {
					continue
				}
				seconds, err := time.ParseDuration(got.header.Get("Retry-After") + "s")
				if err != nil || seconds <= 0 || seconds > 20*time.Second {
					t.Fatalf("Retry-After %q", got.header.Get("Retry-After"))
				}
				r.clock.Advance(seconds)
				if got := r.get("/v1/agents?size=1"); got.status != http.StatusOK {
					t.Fatalf("step %d: still %d after waiting %s", step, got.status, seconds)
				}
			}
			if r.Count429() == 0 {
				t.Error("the limit was never met")
			}
		})
	}
}

func TestLimitHeaders(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Tenant: 3, Route: 2}))
	limits := func(got reply) string {
		h := got.header.Get
		return fmt.Sprintf("%d %s/%s %s/%s %s", got.status, h("X-RateLimit-Remaining-Tenant"), h("X-RateLimit-Limit-Tenant"),
			h("X-RateLimit-Remaining-Route"), h("X-RateLimit-Limit-Route"), h("Retry-After"))
	}
	var got []string
	for range 3 {
		got = append(got, limits(r.get("/v1/agents")))
	}
	got = append(got, limits(r.put("/v1/agents/082018/recording", `{"enabled":true}`)))
	got = append(got, limits(r.put("/v1/agents/082018/recording", `{"enabled":true}`)))
	// A refused request costs nothing, a 400 does, and another tenant has its own.
	r.clock.Advance(10 * time.Second)
	got = append(got, limits(r.put("/v1/agents/082018/recording", `{}`)))
	got = append(got, limits(r.get("/v1/agents", "X-Api-Key", "nobody's")))
	got = append(got, limits(r.get("/v1/agents", "X-Api-Key", sandbox.DemoKeyAnother)))
	want := []string{
		"200 2/3 1/2 ",
		"200 1/3 0/2 ",
		"429 1/3 0/2 10",
		"200 0/3 1/2 ",
		"429 0/3 1/2 10",
		"400 2/3 1/2 ",
		"401 / / ",
		"200 2/3 1/2 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	if r.Count429() != 2 {
		t.Errorf("Count429 %d, want 2", r.Count429())
	}
}

func TestLimitRefusal(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Route: 1}))
	r.get("/v1/agents")
	wantRefusal(t, r.get("/v1/agents"), 429, "RATE_LIMIT_EXCEEDED", "Route limit of 1 requests per 10s")
	if a := r.put("/v1/agents/082018/queues", `{"queue_ids":[1000888]}`); a.status != 200 {
		t.Fatalf("the other route: %d", a.status)
	}
	if a := r.put("/v1/agents/082018/queues", `{"queue_ids":[1000887]}`); a.status != 429 {
		t.Fatalf("%d", a.status)
	}
	if got := r.agent("082018").Callin; got[0] != 1000888 {
		t.Errorf("a refused write was done: %v", got)
	}
}

func TestLimitsWithoutHeaders(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Tenant: 1, NoHeaders: true, NoRetryAfter: true}))
	for range 2 {
		got := r.get("/v1/agents")
		if got.header.Get("X-RateLimit-Limit-Tenant") != "" || got.header.Get("Retry-After") != "" {
			t.Errorf("%d: %v", got.status, got.header)
		}
	}
	if r.Count429() != 1 {
		t.Errorf("Count429 %d", r.Count429())
	}
}

func TestSpendLimitAndSetLimits(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Tenant: 5}))
	if n := r.SpendLimit(sandbox.AloHub, sandbox.OpQueues, 4); n != 4 {
		t.Errorf("spent %d", n)
	}
	if through, _ := r.burst(3); through != 1 {
		t.Errorf("%d got through beside the other client", through)
	}
	if n := r.SpendLimit(sandbox.AloHub, sandbox.OpQueues, 4); n != 0 {
		t.Errorf("spent %d of nothing", n)
	}
	r.SetLimits(sandbox.Limits{})
	if through, _ := r.burst(3); through != 3 {
		t.Errorf("%d of 3 unlimited", through)
	}
}
