package probe

import (
	"context"
	"math"
	"slices"
	"time"
)

const (
	// mostWatch is how long a window is watched once all else was asked.
	mostWatch = 25 * time.Second
	// watchEvery is not a divisor of any usual window.
	watchEvery = 2300 * time.Millisecond
)

// window watches how a limit's count falls, until only one kind of window can explain it.
// What all calls before have shown counts as well.
func (p *prober) window(ctx context.Context) error {
	until := p.now().Add(mostWatch)
	for {
		g := p.watched()
		if g == nil || g.Scope == "" && g.Per > mostWatch {
			return nil
		}
		if kinds := p.explain(g); len(kinds) < 2 {
			return nil
		}
		if p.now().Add(watchEvery).After(until) {
			return nil
		}
		if !p.sleep(ctx, watchEvery) {
			return p.stop(StopContext)
		}
		if _, err := p.list(ctx, 0, 1); err != nil {
			return err
		}
	}
}

// watched is the limit whose window is to be known: the tenant's, where it has one.
func (p *prober) watched() *gauge {
	for _, scope := range []string{"tenant", "route", ""} {
		for _, g := range p.gauges {
			if g.Scope == scope {
				return g
			}
		}
	}
	return nil
}

// lengths is how long the window of a limit may be. The page has ten seconds for its own,
// but no header says so.
func (g *gauge) lengths() []time.Duration {
	if g.Scope == "" && g.Per > 0 {
		return []time.Duration{g.Per}
	}
	var out []time.Duration
	for _, seconds := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 60} {
		out = append(out, time.Duration(seconds)*time.Second)
	}
	return out
}

// explain returns the kinds of window that explain all counts of a limit, whatever its
// length. Where others use it too none does.
func (p *prober) explain(g *gauge) []string {
	var out []string
	low, high, known := p.offset()
	phase := func(estimated bool) func([]use, time.Duration) bool {
		return func(uses []use, window time.Duration) bool {
			switch {
			case time.Minute%window != 0: // nothing says since when it is counted
				return anyPhase(uses, window, 0, window, estimated)
			case !known: // without its clock there is no saying no
				return true
			}
			return anyPhase(uses, window, low, high, estimated)
		}
	}
	for kind, explains := range map[string]func([]use, time.Duration) bool{
		"first": opened, "sliding": slides, "clock": phase(false), "estimated": phase(true),
	} {
		if slices.ContainsFunc(g.lengths(), func(window time.Duration) bool { return explains(g.used, window) }) {
			out = append(out, kind)
		}
	}
	return sorted(out)
}

// offset is how far the API's clock is before ours, by its Date: at least and at most. A
// Date has whole seconds, so that many answers know it better than one.
// known is false without one, or where two cannot be of one clock.
func (p *prober) offset() (low, high time.Duration, known bool) {
	low, high = math.MinInt64, math.MaxInt64
	for _, a := range p.answers {
		at, err := parseDate(a.header)
		if err != nil {
			continue
		}
		low, high = max(low, at.Sub(a.done)), min(high, at.Add(time.Second).Sub(a.sent))
	}
	return low, high, low > math.MinInt64 && low <= high
}

// slides reports whether a window that slides explains the counts: each is the calls of
// the last window.
func slides(uses []use, window time.Duration) bool {
	for i, u := range uses {
		surely, maybe := 1, 1
		for _, o := range uses[:i] {
			if u.done.Sub(o.sent) < window {
				surely++
			}
			if u.sent.Sub(o.done) < window {
				maybe++
			}
		}
		if u.used < surely || u.used > maybe {
			return false
		}
	}
	return true
}

// opening is a window that a call has opened, and how many calls it has.
type opening struct {
	use
	n int
}

// opened reports whether windows that the first call after their end opens explain the
// counts. Where it cannot be known whether one had ended, both may be.
func opened(uses []use, window time.Duration) bool {
	var all []opening
	for i, u := range uses {
		var next []opening
		if i == 0 && u.used == 1 {
			next = append(next, opening{u, 1})
		}
		for _, o := range all {
			if u.sent.Sub(o.done) < window && u.used == o.n+1 {
				next = append(next, opening{o.use, o.n + 1})
			}
			if u.done.Sub(o.sent) >= window && u.used == 1 {
				next = append(next, opening{u, 1})
			}
		}
		if all = next; len(all) == 0 {
			return false
		}
	}
	return len(uses) > 0
}

// anyPhase tries windows that the API's clock begins, for each setting of it that its Dates
// allow. estimated: as gateways do to save memory, the window's count and that of the one
// before, by how much of it is still in reach.
func anyPhase(uses []use, window, low, high time.Duration, estimated bool) bool {
	const step = 5 * time.Millisecond
	for offset := low; offset <= high; offset += step {
		if inPhase(uses, window, offset, estimated) {
			return true
		}
	}
	return false
}

// counted is what a window of the clock has come to.
type counted struct{ index, n, before int }

func inPhase(uses []use, window, offset time.Duration, estimated bool) bool {
	if len(uses) == 0 || uses[0].used != 1 {
		return false
	}
	var all []counted
	for i, u := range uses {
		var next []counted
		for _, at := range slices.Compact([]int{indexOf(u.sent.Add(offset), window), indexOf(u.done.Add(offset), window)}) {
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

func (c counted) fits(u use, window, offset time.Duration, estimated bool) bool {
	if !estimated {
		return u.used == c.n
	}
	reach := func(t time.Time) float64 {
		into := time.Duration(t.Add(offset).UnixNano() - int64(c.index)*int64(window))
		return min(max(1-into.Seconds()/window.Seconds(), 0), 1) * float64(c.before)
	}
	const dust = 1e-6
	return u.used >= c.n+int(math.Floor(reach(u.done)-dust)) && u.used <= c.n+int(math.Ceil(reach(u.sent)+dust))
}
