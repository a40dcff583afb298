package middleware

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// failing is a counter on a clock that a test moves.
type failing struct {
	*SignInFailures
	t   *testing.T
	now time.Time
}

func newFailing(t *testing.T, cfg SignInFailuresConfig) *failing {
	t.Helper()
	f := &failing{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	cfg.Now = func() time.Time { return f.now }
	f.SignInFailures = NewSignInFailures(cfg)
	return f
}

// lets fails the test where a try is not answered as wanted; it returns the wait.
func (f *failing) lets(ip, key string, want bool) time.Duration {
	f.t.Helper()
	ok, wait := f.Allow(ip, key)
	if ok != want || ok == (wait > 0) || wait > 0 && wait < time.Second {
		f.t.Errorf("Allow(%s, %s) = %t, %s; want %t", ip, key, ok, wait, want)
	}
	return wait
}

// wrong is a try that the upstream refuses.
func (f *failing) wrong(ip, key string) {
	f.t.Helper()
	f.lets(ip, key, true)
	f.Failed(ip, key)
}

const here, elsewhere = "203.0.113.9", "203.0.113.8"

// TestOnePersonLocksNobodyOut: wrong keys of one person are nobody else's behind the same address.
func TestOnePersonLocksNobodyOut(t *testing.T) {
	t.Parallel()
	f := newFailing(t, SignInFailuresConfig{PerProcess: 100, Window: time.Minute})
	for i := range 30 {
		f.wrong(here, fmt.Sprint("wrong ", i))
	}
	f.lets(here, "right", true)
	f.Succeeded(here, "right")
	f.lets(here, "another", true)
}

// TestOneKeyAgain: one key that was refused may be tried some times, for it may have
// been given its right meanwhile; that takes nothing of what all have in common.
func TestOneKeyAgain(t *testing.T) {
	t.Parallel()
	f := newFailing(t, SignInFailuresConfig{PerKey: 3, PerProcess: 2, Reserve: 1, Window: time.Minute, Refill: time.Hour})
	for range 3 {
		f.wrong(here, "wrong")
	}
	if wait := f.lets(here, "wrong", false); wait != 20*time.Second {
		t.Errorf("to wait %s, want until one of 3 a minute is free: 20s", wait)
	}
	f.lets(here, "right", true)
	f.Succeeded(here, "right")
	f.wrong(elsewhere, "wrong") // a pair of its own
	f.now = f.now.Add(20 * time.Second)
	f.lets(here, "wrong", true)
	f.Succeeded(here, "wrong")
	for range 5 { // it is right now
		f.lets(here, "wrong", true)
		f.Succeeded(here, "wrong")
	}
}

// TestBurst: tries sent at once must not all pass before the first fails.
func TestBurst(t *testing.T) {
	t.Parallel()
	f := newFailing(t, SignInFailuresConfig{PerProcess: 3, Refill: time.Hour})
	passed := 0
	for i := range 50 {
		if ok, _ := f.Allow(here, fmt.Sprint(i)); ok {
			passed++
		}
	}
	if passed != 3 {
		t.Errorf("%d of 50 passed, want 3", passed)
	}
	// One key sent many times at once is one key when all have failed.
	f = newFailing(t, SignInFailuresConfig{PerProcess: 5, Refill: time.Hour})
	for range 4 {
		f.lets(here, "wrong", true)
	}
	for range 4 {
		f.Failed(here, "wrong")
	}
	for i := range 4 {
		f.lets(elsewhere, fmt.Sprint(i), true)
	}
	f.lets(elsewhere, "one more", false)
}

// TestBrake: guessing is slowed down for all addresses together, but for a key that was
// good here, and last of all for those who do not guess.
func TestBrake(t *testing.T) {
	t.Parallel()
	f := newFailing(t, SignInFailuresConfig{PerClient: 5, PerProcess: 20, Reserve: 6, Refill: 2 * time.Second})
	f.lets(here, "good", true)
	f.Succeeded(here, "good")
	for i := range 14 {
		f.wrong(here, fmt.Sprint("guess ", i))
	}
	if wait := f.lets(here, "guess", false); wait != 2*time.Second {
		t.Errorf("to wait %s, want until one comes back: 2s", wait)
	}
	f.lets(here, "good", true)
	f.Succeeded(here, "good")
	for i := range 6 {
		f.wrong(fmt.Sprintf("198.51.100.%d", i), "guess")
	}
	f.lets("198.51.100.99", "right", false)
	f.lets("198.51.100.99", "good", true)
	f.Failed("198.51.100.99", "good") // revoked
	f.lets("198.51.100.98", "good", false)
	f.now = f.now.Add(2 * time.Second)
	f.wrong("198.51.100.99", "right")
	f.lets("198.51.100.97", "right", false)
	f.now = f.now.Add(time.Hour)
	for i := range 14 {
		f.wrong(here, fmt.Sprint("later guess ", i))
	}
	f.lets(here, "guess", false)
}

func TestSignInFailuresMemoryIsBounded(t *testing.T) {
	t.Parallel()
	f := newFailing(t, SignInFailuresConfig{PerProcess: 1 << 30, Remembered: 100})
	for i := range 1000 {
		ip := fmt.Sprintf("10.0.%d.%d", i/256, i%256)
		f.wrong(ip, "wrong")
		f.lets(ip, fmt.Sprint("right ", i), true)
		f.Succeeded(ip, fmt.Sprint("right ", i))
		f.lets(ip, fmt.Sprint("never reported back ", i), true)
	}
	for name, n := range map[string][2]int{
		"refused keys": {len(f.refused.places), f.refused.order.Len()},
		"addresses":    {len(f.clients.places), f.clients.order.Len()},
		"good keys":    {len(f.good.places), f.good.order.Len()},
	} {
		if n != [2]int{100, 100} {
			t.Errorf("%d %s remembered, %d in the list", n[0], name, n[1])
		}
	}
}

func TestClientKey(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"203.0.113.9":        "203.0.113.9",
		"2001:db8:1:2:3::4":  "2001:db8:1:2::/64",
		"2001:db8:1:2:ff::9": "2001:db8:1:2::/64",
		"rubbish":            "rubbish",
	} {
		if got := clientKey(ip); got != want {
			t.Errorf("clientKey(%s) = %s, want %s", ip, got, want)
		}
	}
}

// TestSignInFailuresConcurrently: whatever comes at once, all of the brake is there again
// afterwards but for the keys that were refused.
func TestSignInFailuresConcurrently(t *testing.T) {
	t.Parallel()
	f := newFailing(t, SignInFailuresConfig{PerProcess: 1000, PerKey: 1 << 20})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for j := range 200 {
				ip := fmt.Sprintf("10.0.0.%d", (i+j)%15)
				if ok, _ := f.Allow(ip, fmt.Sprint("key ", j%3)); !ok {
					t.Error("refused")
				}
				switch j % 3 {
				case 0:
					f.Succeeded(ip, "key 0")
				case 1:
					f.Failed(ip, "key 1")
				default:
					f.Undecided(ip, "key 2")
				}
			}
		})
	}
	wg.Wait()
	if f.brake.used != 15 {
		t.Errorf("%d of the brake are gone, want one for each of 15 addresses with a wrong key", f.brake.used)
	}
}

// TestUndecided: what told nothing of the key takes no place.
func TestUndecided(t *testing.T) {
	t.Parallel()
	f := newFailing(t, SignInFailuresConfig{PerKey: 2, PerProcess: 2, Refill: time.Hour})
	for range 10 {
		f.lets(here, "unasked", true)
		f.Undecided(here, "unasked")
	}
	f.wrong(here, "wrong")
	for range 10 {
		f.lets(here, "wrong", true)
		f.Undecided(here, "wrong")
	}
	f.wrong(here, "wrong")
	f.lets(here, "wrong", false)
}
