package sqlstore

import (
	"sync"
	"testing"
	"time"
)

func TestStamps(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 8_000, time.UTC)
	clock := at
	s := stamps{now: func() time.Time { return clock }}
	last := s.next(time.Time{})
	if !stampTime(last).Equal(at) {
		t.Errorf("time = %s, want %s", stampTime(last), at)
	}
	follows := func(what string, given time.Time) int64 {
		t.Helper()
		n := s.next(given)
		if n <= last || formatID(n) <= formatID(last) {
			t.Fatalf("%s: %d follows %d", what, n, last)
		}
		last = n
		return n
	}
	for range 5000 { // more than a microsecond has room for
		follows("the clock stands still", time.Time{})
	}
	if off := stampTime(last).Sub(at); off > 5*time.Microsecond {
		t.Errorf("the time ran ahead by %s", off)
	}
	clock = at.Add(-time.Hour)
	follows("the clock went back", time.Time{})
	clock = at.Add(time.Second)
	if got := stampTime(follows("the clock goes on", time.Time{})); !got.Equal(clock) {
		t.Errorf("time = %s, want %s", got, clock)
	}
	follows("given a moment late", clock.Add(-500*time.Microsecond))
	if got := stampTime(s.next(at.Add(-time.Hour))); !got.Equal(at.Add(-time.Hour)) {
		t.Errorf("backdated to %s", got)
	}
	follows("after a backdated one", time.Time{})
	for _, extreme := range []time.Time{time.Unix(-1, 0), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if n := s.next(extreme); n < 0 {
			t.Errorf("%s has the number %d", extreme, n)
		}
	}
}

func TestStampsAtOnce(t *testing.T) {
	t.Parallel()
	s := stamps{now: time.Now}
	var mu sync.Mutex
	seen := map[int64]bool{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				n := s.next(time.Time{})
				mu.Lock()
				if seen[n] {
					t.Errorf("%d twice", n)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{0, 1, 31, 32, 1 << 62, 1<<63 - 1} {
		if got, ok := parseID(formatID(n)); !ok || got != n {
			t.Errorf("%d becomes %s becomes %d, %t", n, formatID(n), got, ok)
		}
	}
	for _, id := range []string{"", "0", "00000000000000", "+000000000000", "-000000000001", "000000000000V", "00000000000_0", "zzzzzzzzzzzzz"} {
		if n, ok := parseID(id); ok {
			t.Errorf("%q is %d", id, n)
		}
	}
}
