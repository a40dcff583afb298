package sqlstore

import (
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 8_000, time.UTC)
	last, moved := number(at, 0)
	if moved || !stampTime(last).Equal(at) {
		t.Errorf("time = %s, want %s", stampTime(last), at)
	}
	follows := func(what string, now time.Time) (said time.Time, moved bool) {
		t.Helper()
		n, moved := number(now, last)
		if n <= last || formatID(n) <= formatID(last) {
			t.Fatalf("%s: %d follows %d", what, n, last)
		}
		last = n
		return stampTime(n), moved
	}
	for range 5000 { // more than a microsecond has room for
		follows("the clock stands still", at)
	}
	if off := stampTime(last).Sub(at); off > 5*time.Microsecond {
		t.Errorf("the time ran ahead by %s", off)
	}
	for _, back := range []time.Duration{time.Second, 30 * time.Second, 24 * time.Hour} {
		if _, moved := follows("the clock went back", at.Add(-back)); !moved {
			t.Error("nobody is told that the number says another time")
		}
	}
	if said, moved := follows("the clock goes on", at.Add(time.Second)); moved || !said.Equal(at.Add(time.Second)) {
		t.Errorf("time = %s", said)
	}
	if n := backdated(at.Add(time.Second-500*time.Microsecond), last); n <= last {
		t.Error("given a moment late it does not follow")
	}
	if n := backdated(at.Add(-time.Hour), last); !stampTime(n).Equal(at.Add(-time.Hour)) {
		t.Errorf("backdated to %s", stampTime(n))
	}
	for _, extreme := range []time.Time{time.Unix(-1, 0), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if n, _ := number(extreme, 0); n < 0 {
			t.Errorf("%s has the number %d", extreme, n)
		}
	}
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
