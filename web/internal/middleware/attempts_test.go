package middleware

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestAttempts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := NewAttempts(AttemptsConfig{PerClient: 3, PerProcess: 100, Window: time.Minute, Now: func() time.Time { return now }})
	try := func(ip string, want bool) {
		t.Helper()
		ok, wait := a.Allow(ip)
		if ok != want || ok == (wait > 0) {
			t.Errorf("Allow(%s) = %t, %s; want %t", ip, ok, wait, want)
		}
	}
	for range 3 {
		try("203.0.113.9", true)
		a.Failed("203.0.113.9")
		now = now.Add(time.Second)
	}
	try("203.0.113.9", false)
	try("203.0.113.8", true)
	a.Succeeded("203.0.113.8")
	if _, wait := a.Allow("203.0.113.9"); wait != 57*time.Second {
		t.Errorf("to wait %s, want what is left of the window: 57s", wait)
	}
	now = now.Add(57 * time.Second)
	try("203.0.113.9", true)
	a.Failed("203.0.113.9")
	try("203.0.113.9", true)
	a.Succeeded("203.0.113.9")
	for range 3 { // success forgot the failure before it
		try("203.0.113.9", true)
		a.Failed("203.0.113.9")
	}
	try("203.0.113.9", false)
}

// TestBurst: attempts sent at once must not all pass before the first fails.
func TestBurst(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := NewAttempts(AttemptsConfig{PerClient: 3, Now: func() time.Time { return now }})
	passed := 0
	for range 50 {
		if ok, _ := a.Allow("203.0.113.9"); ok {
			passed++
		}
	}
	if passed != 3 {
		t.Errorf("%d of 50 passed, want 3", passed)
	}
	// None was reported back: the upstream was down, and that is nobody's fault.
	now = now.Add(pendingFor)
	if ok, _ := a.Allow("203.0.113.9"); !ok {
		t.Error("attempts that were never tried count for ever")
	}
}

func TestProcessLimit(t *testing.T) {
	t.Parallel()
	a := NewAttempts(AttemptsConfig{PerClient: 3, PerProcess: 20})
	for i := range 20 {
		ip := fmt.Sprintf("203.0.113.%d", i)
		if ok, _ := a.Allow(ip); !ok {
			t.Fatalf("refused at %d", i)
		}
		a.Failed(ip)
	}
	if ok, wait := a.Allow("198.51.100.1"); ok || wait < time.Second {
		t.Errorf("Allow = %t, %s: the process limit does not hold", ok, wait)
	}
}

func TestAttemptsMemoryIsBounded(t *testing.T) {
	t.Parallel()
	a := NewAttempts(AttemptsConfig{PerProcess: 1 << 30, Clients: 100})
	for i := range 1000 {
		ip := fmt.Sprintf("10.0.%d.%d", i/256, i%256)
		a.Allow(ip)
		a.Failed(ip)
	}
	if len(a.clients) != 100 || a.recent.Len() != 100 {
		t.Errorf("%d clients remembered, %d in the list", len(a.clients), a.recent.Len())
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

func TestAttemptsConcurrently(t *testing.T) {
	t.Parallel()
	a := NewAttempts(AttemptsConfig{Clients: 10})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for j := range 200 {
				ip := fmt.Sprintf("10.0.0.%d", (i+j)%15)
				if ok, _ := a.Allow(ip); ok && j%3 == 0 {
					a.Succeeded(ip)
				} else if ok {
					a.Failed(ip)
				}
			}
		})
	}
	wg.Wait()
}

// TestUndecided: what told nothing of the key takes no place.
func TestUndecided(t *testing.T) {
	t.Parallel()
	a := NewAttempts(AttemptsConfig{PerClient: 2, PerProcess: 3})
	for range 10 {
		if ok, _ := a.Allow("203.0.113.9"); !ok {
			t.Fatal("locked out by tries that told nothing")
		}
		a.Undecided("203.0.113.9")
	}
}
