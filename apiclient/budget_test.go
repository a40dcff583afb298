package apiclient_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// bubble is a sandbox of one tenant with limits, and a client of it, inside a
// synctest bubble. A call takes 20 ms.
type bubble struct {
	api    *sandbox.Server
	demo   sandbox.DemoFixture
	client *apiclient.Client
}

func inBubble(t *testing.T, limits sandbox.Limits, f func(*testing.T, *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{demo: sandbox.Demo(sandbox.DemoOptions{Agents: 4, Quiet: true})}
		b.demo.Config.Limits = limits
		b.api = sandbox.New(b.demo.Config)
		b.client = mustClient(t, apiclient.Config{
			BaseURL:   "http://sandbox.test",
			Transport: &inProcess{handler: b.api, latency: func() time.Duration { return 10 * time.Millisecond }},
			Rand:      func() float64 { return 0 },
		})
		f(t, b)
	})
}

func (b *bubble) as(lane apiclient.Lane) *apiclient.Caller {
	return caller(b.client, b.demo.Key, lane)
}

func list(ctx context.Context, a *apiclient.Caller) error {
	_, err := a.ListAgents(ctx, apiclient.AgentQuery{})
	return err
}

// flood makes n background calls at once and returns when they have been let go
// or wait.
func (b *bubble) flood(ctx context.Context, n int) *sync.WaitGroup {
	var group sync.WaitGroup
	for range n {
		group.Go(func() { _ = list(ctx, b.as(apiclient.Background)) })
	}
	synctest.Wait()
	return &group
}

func TestFirstBackgroundCallGoesAlone(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 20, Route: 20, Kind: sandbox.SlidingExact}, func(t *testing.T, b *bubble) {
		start := time.Now()
		group := b.flood(t.Context(), 10)
		time.Sleep(15 * time.Millisecond)
		synctest.Wait()
		if n := len(b.api.Calls()); n != 1 {
			t.Errorf("%d calls before any limit was known", n)
		}
		group.Wait()
		if took := time.Since(start); took > time.Second {
			t.Errorf("took %s once the limits were known", took)
		}
	})
}

func TestPeopleMayUseTheReserve(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 20, Route: 40, Kind: sandbox.FixedFromFirst}, func(t *testing.T, b *bubble) {
		ctx, cancel := context.WithCancel(t.Context())
		group := b.flood(ctx, 30)
		time.Sleep(time.Second)
		if n := len(b.api.Calls()); n != 16 {
			t.Errorf("background made %d calls, want 16 of 20", n)
		}
		budget := b.as(apiclient.Person).Budget()
		if want := (apiclient.Gauge{Limit: 20, Remaining: 4, Known: true}); budget.Tenant != want {
			t.Errorf("tenant gauge %+v, want %+v", budget.Tenant, want)
		}
		if want := (apiclient.Gauge{Limit: 40, Remaining: 24, Known: true}); budget.List != want || budget.Route != want || budget.Queues.Known {
			t.Errorf("route gauges %+v, want %+v", budget, want)
		}
		for range 4 {
			if err := list(ctx, b.as(apiclient.Person)); err != nil {
				t.Error(err)
			}
		}
		start := time.Now()
		err := list(ctx, b.as(apiclient.Person))
		var limited *apiclient.RateLimitError
		if !errors.As(err, &limited) || !limited.Local || limited.Scope != "tenant" {
			t.Fatalf("a fifth person got %v", err)
		}
		if limited.RetryAfter < 7*time.Second || limited.RetryAfter%time.Second != 0 || time.Since(start) != 0 {
			t.Errorf("told %s after %s", limited.RetryAfter, time.Since(start))
		}
		time.Sleep(limited.RetryAfter)
		if err := list(ctx, b.as(apiclient.Person)); err != nil {
			t.Errorf("who waited as told got %v", err)
		}
		if n := b.api.Count429(); n != 0 {
			t.Errorf("%d refusals", n)
		}
		cancel()
		group.Wait()
	})
}

func TestAPersonWaitsAMoment(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 5, Kind: sandbox.SlidingExact}, func(t *testing.T, b *bubble) {
		for range 5 {
			if err := list(t.Context(), b.as(apiclient.Person)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(9 * time.Second)
		start := time.Now()
		if err := list(t.Context(), b.as(apiclient.Person)); err != nil {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
		if waited := time.Since(start); waited < 500*time.Millisecond || waited > 1500*time.Millisecond {
			t.Errorf("waited %s", waited)
		}
		// Nobody waits beyond the page's own deadline.
		for range 4 {
			_ = list(t.Context(), b.as(apiclient.Person))
		}
		time.Sleep(9 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := list(ctx, b.as(apiclient.Person)); describe(err) != "limited 1s" {
			t.Errorf("got %v", err)
		}
	})
}

func TestHoldAfter429(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{}, func(t *testing.T, b *bubble) {
		b.api.Fail(sandbox.RateLimited("7"))
		if got := describe(list(t.Context(), b.as(apiclient.Person))); got != "limited 7s" {
			t.Fatalf("got %s", got)
		}
		held := time.Now()
		if until := b.as(apiclient.Person).Budget().HoldUntil; until.Sub(held) > 7*time.Second || until.Sub(held) < 6900*time.Millisecond {
			t.Errorf("holds for %s", until.Sub(held))
		}
		time.Sleep(2500 * time.Millisecond)
		for _, m := range methods() {
			err := m.call(t.Context(), b.as(apiclient.Person))
			var limited *apiclient.RateLimitError
			if !errors.As(err, &limited) || !limited.Local || limited.RetryAfter != 5*time.Second {
				t.Errorf("%s: %v", m.name, err)
			}
		}
		group := b.flood(t.Context(), 3)
		if n := len(b.api.Calls()); n != 1 {
			t.Errorf("%d calls during the hold", n)
		}
		group.Wait()
		if since := time.Since(held); since < 7*time.Second {
			t.Errorf("background went on after %s", since)
		}
		if n := b.api.Count429(); n != 1 {
			t.Errorf("%d refusals", n)
		}
	})
}

func TestRouteHoldLeavesOtherRoutes(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 50, Route: 3, Kind: sandbox.FixedFromFirst}, func(t *testing.T, b *bubble) {
		other := mustClient(t, apiclient.Config{BaseURL: "http://x.test", Transport: &inProcess{handler: b.api}})
		for range 3 { // somebody else uses up the route
			if err := list(t.Context(), caller(other, b.demo.Key, apiclient.Person)); err != nil {
				t.Fatal(err)
			}
		}
		var limited *apiclient.RateLimitError
		if err := list(t.Context(), b.as(apiclient.Person)); !errors.As(err, &limited) || limited.Local || limited.Scope != "route" {
			t.Fatalf("got %v", err)
		}
		if err := list(t.Context(), b.as(apiclient.Person)); !errors.As(err, &limited) || !limited.Local || limited.Scope != "route" {
			t.Errorf("the same route: %v", err)
		}
		if _, err := b.as(apiclient.Person).SetRecording(t.Context(), sandbox.DemoExample, true); err != nil {
			t.Errorf("another route: %v", err)
		}
	})
}

func TestBackgroundYieldsToPeople(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 10, Kind: sandbox.SlidingExact}, func(t *testing.T, b *bubble) {
		for range 10 {
			_ = list(t.Context(), b.as(apiclient.Person))
		}
		var order []string
		var mu sync.Mutex
		note := func(who string, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				order = append(order, who)
			}
		}
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() { note("background", list(t.Context(), b.as(apiclient.Background))) })
		}
		time.Sleep(9 * time.Second)
		for range 3 {
			group.Go(func() { note("person", list(t.Context(), b.as(apiclient.Person))) })
		}
		group.Wait()
		if got := fmt.Sprint(order); got != "[person person person background background background]" {
			t.Errorf("order %s", got)
		}
	})
}

// TestNobodyStarves: people who never stop leave Background a call now and then.
func TestNobodyStarves(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 10, Kind: sandbox.SlidingExact}, func(t *testing.T, b *bubble) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		var people sync.WaitGroup
		for range 3 {
			people.Go(func() {
				for ctx.Err() == nil {
					var limited *apiclient.RateLimitError
					if err := list(ctx, b.as(apiclient.Person)); errors.As(err, &limited) {
						select {
						case <-time.After(100 * time.Millisecond):
						case <-ctx.Done():
						}
					}
				}
			})
		}
		done := 0
		for ctx.Err() == nil {
			if list(ctx, b.as(apiclient.Background)) == nil {
				done++
			}
		}
		people.Wait()
		if done < 10 {
			t.Errorf("background made %d calls in five minutes", done)
		}
		if n := b.api.Count429(); n > 0 {
			t.Errorf("%d refusals", n)
		}
	})
}

func TestCancelledWaiterLeavesNoTrace(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 10, Kind: sandbox.SlidingExact}, func(t *testing.T, b *bubble) {
		b.flood(t.Context(), 8).Wait()
		before := b.as(apiclient.Person).Budget()
		ctx, cancel := context.WithCancel(t.Context())
		group := b.flood(ctx, 20)
		cancel()
		group.Wait()
		synctest.Wait()
		after := b.as(apiclient.Person).Budget()
		after.At = before.At
		if after != before {
			t.Errorf("budget before %+v, after %+v", before, after)
		}
		calls := len(b.api.Calls())
		start := time.Now()
		b.flood(t.Context(), 8).Wait()
		if took := time.Since(start); took > 11*time.Second {
			t.Errorf("who came after waited %s", took)
		}
		if n := len(b.api.Calls()); n != calls+8 {
			t.Errorf("%d calls, want %d", n, calls+8)
		}
	})
}

// TestHeadersThatSayNothing: Background goes slowly, people are not stopped.
func TestHeadersThatSayNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"missing":  sandbox.NoLimitHeaders(),
		"zero":     sandbox.LimitHeaders("0", "0", "0", "0"),
		"negative": sandbox.LimitHeaders("-1", "-1", "-1", "-1"),
		"NaN":      sandbox.LimitHeaders("NaN", "NaN", "NaN", "NaN"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, sandbox.Limits{}, func(t *testing.T, b *bubble) {
				b.api.Fail(fault.Repeat(sandbox.Always))
				start := time.Now()
				for range 50 {
					if err := list(t.Context(), b.as(apiclient.Person)); err != nil {
						t.Fatal(err)
					}
				}
				if took := time.Since(start); took > 50*20*time.Millisecond {
					t.Errorf("50 people took %s", took)
				}
				start = time.Now()
				b.flood(t.Context(), 10).Wait()
				if took := time.Since(start); took < 9*time.Second || took > 11*time.Second {
					t.Errorf("10 background calls took %s", took)
				}
				if b.as(apiclient.Person).Budget().Tenant.Known {
					t.Error("a limit is said to be known")
				}
			})
		})
	}
}

// TestTheSmallerLimitRules: tenant and route differ, and a limit of one still
// lets Background through.
func TestTheSmallerLimitRules(t *testing.T) {
	t.Parallel()
	for _, limits := range []sandbox.Limits{
		{Tenant: 100, Route: 1}, {Tenant: 1, Route: 100}, {Route: 2}, {Tenant: 2, Kind: sandbox.SlidingExact},
	} {
		inBubble(t, limits, func(t *testing.T, b *bubble) {
			start := time.Now()
			b.flood(t.Context(), 4).Wait()
			if took := time.Since(start); took < 19*time.Second || took > 45*time.Second {
				t.Errorf("%+v: 4 calls took %s", limits, took)
			}
			if n := b.api.Count429(); n > 0 {
				t.Errorf("%+v: %d refusals", limits, n)
			}
		})
	}
}

func TestBudgetsAreApart(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{}, func(t *testing.T, b *bubble) {
		b.api.Fail(sandbox.RateLimited("60"))
		_ = list(t.Context(), b.as(apiclient.Person))
		if err := list(t.Context(), caller(b.client, b.demo.KeyAnother, apiclient.Person)); err != nil {
			t.Errorf("another key: %v", err)
		}
		tenant := b.client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(b.demo.Key), TenantID: "20260310"}, apiclient.Person)
		if err := list(t.Context(), tenant); err != nil {
			t.Errorf("the key with a tenant: %v", err)
		}
		if err := list(t.Context(), b.as(apiclient.Person)); describe(err) != "limited 1m0s" {
			t.Errorf("the same key: %v", err)
		}
	})
}

// TestTightest: of several keys the one with the least left is told, limit by limit, and
// of what no answer has named nothing.
func TestTightest(t *testing.T) {
	t.Parallel()
	r := setup(t, func(api *sandbox.Config, _ *apiclient.Config) { api.Limits = sandbox.Limits{Tenant: 1000, Route: 100} })
	if got := r.client.Tightest(); got.Tenant.Known || got.Route.Known {
		t.Errorf("before any call: %+v", got)
	}
	for key, calls := range map[string]int{sandbox.DemoKey: 7, sandbox.DemoKeyAnother: 3} {
		caller := r.client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(key)}, apiclient.Person)
		for range calls {
			if _, err := caller.ListAgents(t.Context(), apiclient.AgentQuery{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	got := r.client.Tightest()
	if got.List != (apiclient.Gauge{Limit: 100, Remaining: 93, Known: true}) || got.Route != got.List ||
		got.Tenant != (apiclient.Gauge{Limit: 1000, Remaining: 993, Known: true}) || got.Queues.Known || got.Recording.Known {
		t.Errorf("%+v", got)
	}
}
