package apiclient

import (
	"testing"
	"time"
)

// TestWatchVotes: how often a kind has to be shown before it is told.
func TestWatchVotes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		votes [][]string
		want  WindowKind
	}{
		"once":                 {[][]string{{"clock"}}, WindowKind{}},
		"twice":                {[][]string{{"clock"}, {"clock"}}, WindowKind{Kind: "clock"}},
		"four times":           {[][]string{{"clock"}, {"clock"}, {"clock"}, {"clock"}}, WindowKind{Kind: "clock", Sure: true}},
		"beside what says not": {[][]string{{"clock"}, nil, {"clock", "first"}, {"clock"}}, WindowKind{Kind: "clock"}},
		"now so, now so":       {[][]string{{"clock"}, {"first"}, {"clock"}, {"first"}}, WindowKind{}},
		"it has changed":       {[][]string{{"clock"}, {"clock"}, {"sliding"}, {"sliding"}}, WindowKind{Kind: "sliding"}},
		"an estimate":          {[][]string{{"estimated"}, {"estimated"}, {"estimated"}}, WindowKind{}},
		"an estimate for sure": {[][]string{{"estimated"}, {"estimated"}, {"estimated"}, {"estimated"}}, WindowKind{Kind: "estimated", Sure: true}},
		"others, rather":       {[][]string{{"estimated"}, {"estimated"}, nil, {"estimated"}, {"estimated"}, {"estimated"}}, WindowKind{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w watch
			for _, kinds := range tc.votes {
				w.vote(kinds, time.Time{})
			}
			if w.told != tc.want {
				t.Errorf("told %+v, want %+v", w.told, tc.want)
			}
		})
	}
}

// TestWatchCounts: what is looked at begins with a call that is the first of its window, and
// holds calls of ours alone, one after the other.
func TestWatchCounts(t *testing.T) {
	t.Parallel()
	var w watch
	at := time.Unix(1000, 0)
	call := func(used, others int) {
		w.sent(others)
		at = at.Add(time.Second)
		w.done(Count{Sent: at, Done: at.Add(100 * time.Millisecond), Used: used}, time.Time{}, others)
	}
	has := func(n int) {
		t.Helper()
		if len(w.counts) != n {
			t.Errorf("%d counts, want %d", len(w.counts), n)
		}
	}
	call(3, 0) // somebody's are in it
	has(0)
	call(1, 0)
	call(2, 0)
	has(2)
	call(3, 1) // at once with another
	has(0)
	call(1, 0) // of which one ends now
	has(0)
	call(1, 0)
	has(1)
	call(-1, 0) // no answer
	has(0)
	for used := range lookEvery {
		call(used+1, 0)
	}
	if has(lookEvery); len(w.ended) != 1 || len(w.ended[0].counts) != lookEvery {
		t.Errorf("%d series are looked at", len(w.ended))
	}
	for used := range fewest {
		call(used+1, 0)
	}
	at = at.Add(2 * longestWindow)
	call(1, 0)
	if has(1); len(w.ended) != 2 || len(w.ended[1].counts) != lookEvery+fewest {
		t.Errorf("%d series are looked at", len(w.ended))
	}
}
