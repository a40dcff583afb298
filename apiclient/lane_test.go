package apiclient_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

func TestLaneNames(t *testing.T) {
	t.Parallel()
	for lane, want := range map[apiclient.Lane]string{
		apiclient.Person: "person", apiclient.Run: "run", apiclient.Refresh: "refresh", apiclient.Background: "background", 200: "Lane(200)",
	} {
		if got := lane.String(); got != want {
			t.Errorf("lane %d is %q, want %q", uint8(lane), got, want)
		}
	}
}

// crowd notes in which order calls of several lanes are answered.
type crowd struct {
	sync.WaitGroup
	mu    sync.Mutex
	order []string
}

// send makes n calls at once and returns when they have been let go or wait.
func (c *crowd) send(ctx context.Context, t *testing.T, n int, who string, a *apiclient.Caller) {
	for range n {
		c.Go(func() {
			if err := list(ctx, a); err != nil {
				if ctx.Err() == nil {
					t.Errorf("a call of the lane %s: %v", who, err)
				}
				return
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			c.order = append(c.order, who)
		})
	}
	synctest.Wait()
}

// TestRunsGoAfterPeopleAndBeforeCrawls, whoever came first.
func TestRunsGoAfterPeopleAndBeforeCrawls(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 10, Kind: sandbox.SlidingExact}, func(t *testing.T, b *bubble) {
		run, background := apiclient.Run, apiclient.Background
		for range 10 {
			_ = list(t.Context(), b.as(apiclient.Person))
		}
		var all crowd
		all.send(t.Context(), t, 3, "background", b.as(background))
		time.Sleep(time.Second)
		all.send(t.Context(), t, 3, "run", b.as(run)) // later, but before the crawl; told nothing in the eight seconds
		time.Sleep(8 * time.Second)
		all.send(t.Context(), t, 3, "person", b.as(apiclient.Person))
		all.Wait()
		want := strings.Repeat("person ", 3) + strings.Repeat("run ", 3) + strings.Repeat("background ", 3)
		if got := strings.Join(all.order, " ") + " "; got != want {
			t.Errorf("order %s, want %s", got, want)
		}
	})
}

// TestRunsLeaveRoom: two calls at the least, for our own people.
func TestRunsLeaveRoom(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 20, Route: 40, Kind: sandbox.FixedFromFirst}, func(t *testing.T, b *bubble) {
		run, background := apiclient.Run, apiclient.Background
		ctx, cancel := context.WithCancel(t.Context())
		var all crowd
		all.send(ctx, t, 10, "background", b.as(background))
		all.send(ctx, t, 30, "run", b.as(run))
		time.Sleep(15 * time.Millisecond)
		if n := len(b.api.Calls()); n != 1 {
			t.Errorf("%d calls before any limit was known", n)
		}
		time.Sleep(time.Second)
		if n := len(b.api.Calls()); n < 12 || n > 14 {
			t.Errorf("runs made %d calls at once, want most of 18", n)
		}
		time.Sleep(8500 * time.Millisecond)
		if n := len(b.api.Calls()); n < 17 || n > 18 {
			t.Errorf("runs made %d calls, want 18 of 20", n)
		}
		cancel()
		all.Wait()
	})
}

// TestRefreshesGiveWay: what a page asks by itself leaves the reserve, and is told so at once.
func TestRefreshesGiveWay(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 20, Route: 40, Kind: sandbox.FixedFromFirst}, func(t *testing.T, b *bubble) {
		for range 15 {
			_ = list(t.Context(), b.as(apiclient.Person))
		}
		if err := list(t.Context(), b.as(apiclient.Refresh)); err != nil {
			t.Errorf("with a call to spare: %v", err)
		}
		start, sent := time.Now(), len(b.api.Calls())
		limited := (*apiclient.RateLimitError)(nil)
		if err := list(t.Context(), b.as(apiclient.Refresh)); !errors.As(err, &limited) || !limited.Local || time.Since(start) > 0 {
			t.Errorf("of the reserve, after %s: %v", time.Since(start), err)
		}
		if n := len(b.api.Calls()) - sent; n > 0 {
			t.Errorf("%d calls of the reserve", n)
		}
		if err := list(t.Context(), b.as(apiclient.Person)); err != nil {
			t.Errorf("a click: %v", err)
		}
	})
}

// TestRunsGoFirstOnEveryRoute: a crawl waits for a run even where the run
// waits for a limit that is not the crawl's.
func TestRunsGoFirstOnEveryRoute(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 50, Route: 3, Kind: sandbox.FixedFromFirst}, func(t *testing.T, b *bubble) {
		run, background := apiclient.Run, apiclient.Background
		for range 3 {
			_ = list(t.Context(), b.as(apiclient.Person))
		}
		start := time.Now()
		var all crowd
		all.send(t.Context(), t, 1, "run", b.as(run))
		if _, err := b.as(background).SetRecording(t.Context(), sandbox.DemoExample, true); err != nil {
			t.Error(err)
		}
		if waited := time.Since(start); waited < 9*time.Second || waited > 11*time.Second {
			t.Errorf("the crawl's call came after %s, the run's cannot before 10 s", waited)
		}
		all.Wait()
	})
}

// TestALaneIsPutOffForSoLong: a run that takes minutes lets a crawl make a call
// now and then.
func TestALaneIsPutOffForSoLong(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 10, Kind: sandbox.SlidingExact}, func(t *testing.T, b *bubble) {
		run, background := apiclient.Run, apiclient.Background
		_ = list(t.Context(), b.as(apiclient.Person)) // so that the limits are known
		start := time.Now()
		var all crowd
		all.send(t.Context(), t, 100, "run", b.as(run))
		for i := range 2 {
			if err := list(t.Context(), b.as(background)); err != nil {
				t.Error(err)
			}
			after := time.Since(start).Round(time.Second)
			if least := time.Duration(i+1) * 20 * time.Second; after < least || after > least+10*time.Second {
				t.Errorf("the crawl's call %d came after %s", i+1, after)
			}
		}
		all.Wait()
		if took := time.Since(start); took < 100*time.Second {
			t.Errorf("the run took %s, so nobody was put off", took)
		}
		if n := b.api.Count429(); n > 0 {
			t.Errorf("%d refusals", n)
		}
	})
}

// TestWaitingCostsNoTime: who waits, whatever it takes, has the read's whole
// time left afterwards.
func TestWaitingCostsNoTime(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{}, func(t *testing.T, b *bubble) {
		b.api.Fail(sandbox.RateLimited("60"))
		_ = list(t.Context(), b.as(apiclient.Person))
		b.api.Fail(sandbox.BadGateway())
		if err := list(t.Context(), b.as(apiclient.Background)); err != nil {
			t.Errorf("after a minute's wait a read is not repeated: %v", err)
		}
	})
}

// TestLeaveBy: what has to leave by a time is not sent after it, and has all its time once
// it has left.
func TestLeaveBy(t *testing.T) {
	t.Parallel()
	inBubble(t, sandbox.Limits{Tenant: 4, Route: 40, Kind: sandbox.SlidingExact}, func(t *testing.T, b *bubble) {
		a := b.as(apiclient.Run)
		for range 3 { // one is the reserve
			_ = list(t.Context(), b.as(apiclient.Person))
		}
		start, sent := time.Now(), len(b.api.Calls())
		_, err := a.SetRecording(apiclient.LeaveBy(t.Context(), start.Add(3*time.Second), nil), sandbox.DemoExample, true)
		unreachable := (*apiclient.UnreachableError)(nil)
		if !errors.As(err, &unreachable) || unreachable.Sent || len(b.api.Calls()) != sent || time.Since(start) != 3*time.Second {
			t.Errorf("after %s, %d calls: %v", time.Since(start), len(b.api.Calls())-sent, err)
		}
		while, end := context.WithTimeout(t.Context(), time.Second)
		defer end()
		_, err = a.SetRecording(apiclient.LeaveBy(t.Context(), time.Time{}, while), sandbox.DemoExample, true)
		if !errors.As(err, &unreachable) || unreachable.Sent || len(b.api.Calls()) != sent || time.Since(start) != 4*time.Second {
			t.Errorf("after %s, %d calls: %v", time.Since(start), len(b.api.Calls())-sent, err)
		}
		b.api.Fail(sandbox.Slow(2 * time.Second))
		if _, err := a.SetRecording(apiclient.LeaveBy(t.Context(), start.Add(12*time.Second), t.Context()), sandbox.DemoExample, true); err != nil {
			t.Errorf("cut off on its way: %v", err)
		}
	})
}
