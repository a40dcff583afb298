package apiclient

import (
	"math"
	"net/http"
	"slices"
	"time"
)

// Count is what an answer said of a limit: how much of it is used. It was counted between
// Sent and Done.
type Count struct {
	Sent, Done time.Time
	Used       int
}

// Offset is how far an API's clock is before ours, by the Dates of its answers. A Date has
// whole seconds, so that many answers know it better than one. The zero value knows nothing.
type Offset struct {
	low, high time.Duration
	some      bool
}

// See takes an answer's Date, if it has one that can be read.
func (o *Offset) See(h http.Header, sent, done time.Time) {
	if at := dateOf(h); !at.IsZero() {
		o.saw(at, sent, done)
	}
}

func (o *Offset) saw(at, sent, done time.Time) {
	low, high := at.Sub(done), at.Add(time.Second).Sub(sent)
	if !o.some {
		o.low, o.high, o.some = low, high, true
		return
	}
	o.low, o.high = max(o.low, low), min(o.high, high)
}

// Middle is the likeliest of what it may be; known is false where it is not.
func (o Offset) Middle() (offset time.Duration, known bool) {
	return o.low + (o.high-o.low)/2, o.known()
}

// known is false without a Date, or where two cannot be of one clock.
func (o Offset) known() bool { return o.some && o.low <= o.high }

// The kinds of window that a limit may be counted over.
const (
	WindowClock     = "clock"     // begins with the API's clock
	WindowFirst     = "first"     // begins with the first call after the one before
	WindowSliding   = "sliding"   // is always the last so many seconds
	WindowEstimated = "estimated" // the clock's, with a share of the one before
)

// WindowLengths is how long the window of a limit may be. The page has ten seconds for its
// own, but no header says so.
func WindowLengths(l Limit) []time.Duration {
	if l.Scope == "" && l.Per > 0 {
		return []time.Duration{l.Per}
	}
	var out []time.Duration
	for _, seconds := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 60} {
		out = append(out, time.Duration(seconds)*time.Second)
	}
	return out
}

// WindowKinds returns the kinds of window that explain all counts of a limit, in the order
// that they were made, whatever its length. Where others use the limit too none does.
func WindowKinds(counts []Count, lengths []time.Duration, clock Offset) []string {
	var out []string
	phase := func(estimated bool) func([]Count, time.Duration) bool {
		return func(counts []Count, window time.Duration) bool {
			switch {
			case time.Minute%window != 0: // nothing says since when it is counted
				return anyPhase(counts, window, 0, window, estimated)
			case !clock.known(): // without its clock there is no saying no
				return true
			}
			return anyPhase(counts, window, clock.low, clock.high, estimated)
		}
	}
	for kind, explains := range map[string]func([]Count, time.Duration) bool{
		WindowFirst: opened, WindowSliding: slides, WindowClock: phase(false), WindowEstimated: phase(true),
	} {
		if slices.ContainsFunc(lengths, func(window time.Duration) bool { return explains(counts, window) }) {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return out
}

// slides reports whether a window that slides explains the counts: each is the calls of
// the last window.
func slides(counts []Count, window time.Duration) bool {
	for i, u := range counts {
		surely, maybe := 1, 1
		for _, o := range counts[:i] {
			if u.Done.Sub(o.Sent) < window {
				surely++
			}
			if u.Sent.Sub(o.Done) < window {
				maybe++
			}
		}
		if u.Used < surely || u.Used > maybe {
			return false
		}
	}
	return true
}

// opening is a window that a call has opened, and how many calls it has.
type opening struct {
	Count
	n int
}

// opened reports whether windows that the first call after their end opens explain the
// counts. Where it cannot be known whether one had ended, both may be.
func opened(counts []Count, window time.Duration) bool {
	var all []opening
	for i, u := range counts {
		var next []opening
		if i == 0 && u.Used == 1 {
			next = append(next, opening{u, 1})
		}
		for _, o := range all {
			if u.Sent.Sub(o.Done) < window && u.Used == o.n+1 {
				next = append(next, opening{o.Count, o.n + 1})
			}
			if u.Done.Sub(o.Sent) >= window && u.Used == 1 {
				next = append(next, opening{u, 1})
			}
		}
		if all = next; len(all) == 0 {
			return false
		}
	}
	return len(counts) > 0
}

// anyPhase tries windows that the API's clock begins, for each setting of it that its Dates
// allow. estimated: as gateways do to save memory, the window's count and that of the one
// before, by how much of it is still in reach.
func anyPhase(counts []Count, window, low, high time.Duration, estimated bool) bool {
	const step = 5 * time.Millisecond
	for offset := low; offset <= high; offset += step {
		if inPhase(counts, window, offset, estimated) {
			return true
		}
	}
	return false
}

// counted is what a window of the clock has come to.
type counted struct{ index, n, before int }

func inPhase(counts []Count, window, offset time.Duration, estimated bool) bool {
	if len(counts) == 0 || counts[0].Used != 1 {
		return false
	}
	var all []counted
	for i, u := range counts {
		var next []counted
		for _, at := range slices.Compact([]int{indexOf(u.Sent.Add(offset), window), indexOf(u.Done.Add(offset), window)}) {
			if i == 0 {
				next = append(next, counted{index: at, n: 1})
			}
			for _, c := range all {
				if c = c.roll(at); c.fits(u, window, offset, estimated) {
					next = append(next, c)
				}
			}
		}
		if all = next; len(all) == 0 {
			return false
		}
	}
	return true
}

func indexOf(t time.Time, window time.Duration) int { return int(t.UnixNano() / int64(window)) }

// roll counts a call in a window.
func (c counted) roll(at int) counted {
	switch at - c.index {
	case 0:
		return counted{at, c.n + 1, c.before}
	case 1:
		return counted{at, 1, c.n}
	default:
		return counted{at, 1, 0}
	}
}

func (c counted) fits(u Count, window, offset time.Duration, estimated bool) bool {
	if !estimated {
		return u.Used == c.n
	}
	reach := func(t time.Time) float64 {
		into := time.Duration(t.Add(offset).UnixNano() - int64(c.index)*int64(window))
		return min(max(1-into.Seconds()/window.Seconds(), 0), 1) * float64(c.before)
	}
	const dust = 1e-6
	return u.Used >= c.n+int(math.Floor(reach(u.Done)-dust)) && u.Used <= c.n+int(math.Ceil(reach(u.Sent)+dust))
}
