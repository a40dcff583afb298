package apiclient

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

const (
	// After so many counts more they are looked at, and at the most so many together. Where
	// they end before, at least fewest have to have come since.
	lookEvery = 32
	mostWatch = 3 * lookEvery
	fewest    = 6
	// agreed is how many such series have to agree before a kind of window is told, and
	// sureOf how many before it is sure: others who happen to call in between may make one
	// kind look like another once.
	agreed = 2
	sureOf = 4
	// estimatedOf is how many have to of an estimate, which explains one call of somebody else
	// where no other kind does; one of the series beside them that nothing explains is others.
	estimatedOf = 4
	// longestWindow is of those that are looked for; after such a pause a count begins anew.
	longestWindow = time.Minute
)

// watch follows one limit's count as long as our own calls come one after the other, for the
// kind of its window to be told from it. Nothing is paced by it: see shape for what is.
type watch struct {
	counts  []Count
	looked  int // how many of them are in ended already
	clock   Offset
	overlap bool // a call was sent while another was under way
	lastly  time.Time

	ended []series // that are to be looked at, the newest last

	kind string
	of   int // series that agreed, the last in a row
	told WindowKind
}

// series are counts of ours alone, as far as they go.
type series struct {
	counts []Count
	clock  Offset
}

// WindowKind is the kind of window that the counts of a limit have shown; "" is not known.
type WindowKind struct {
	Kind string    // WindowClock, …
	Sure bool      // shown again and again
	At   time.Time // when it was shown last
}

// sent notes that a call leaves; others is how many are under way.
func (w *watch) sent(others int) { w.overlap = w.overlap || others > 0 }

// done notes what an answer said, or that none came (used below 0).
func (w *watch) done(c Count, date time.Time, others int) {
	if others == 0 && w.overlap || c.Used < 0 || others > 0 {
		// Which of them was counted first cannot be told.
		w.counts, w.looked, w.overlap = nil, 0, others > 0
		return
	}
	if c.Sent.Sub(w.lastly) > longestWindow {
		w.end()
	}
	if w.lastly = c.Done; len(w.counts) == 0 {
		if c.Used != 1 {
			return // others, or calls of ours that were not seen, are in it
		}
		w.clock = Offset{}
	}
	w.counts = append(w.counts, c)
	if !date.IsZero() {
		w.clock.saw(date, c.Sent, c.Done)
	}
	if len(w.counts)-w.looked == lookEvery {
		w.look()
	}
	if len(w.counts) == mostWatch {
		w.end()
	}
}

// mostEnded bounds the series that wait to be looked at.
const mostEnded = 4

// look has what was counted looked at.
func (w *watch) look() {
	if len(w.ended) < mostEnded {
		w.ended = append(w.ended, series{slices.Clone(w.counts), w.clock})
	}
	w.looked = len(w.counts)
}

// end closes the series.
func (w *watch) end() {
	if len(w.counts)-w.looked >= fewest {
		w.look()
	}
	w.counts, w.looked = nil, 0
}

// vote enters what one series was explained by. What several kinds explain, or none, says
// nothing.
func (w *watch) vote(kinds []string, at time.Time) {
	if len(kinds) == 0 && w.kind == WindowEstimated {
		w.of = 0
	}
	if len(kinds) != 1 {
		return
	}
	if kinds[0] != w.kind {
		w.kind, w.of = kinds[0], 0
	}
	w.of++
	if w.of >= agreed && (w.kind != WindowEstimated || w.of >= estimatedOf) {
		w.told = WindowKind{Kind: w.kind, Sure: w.of >= sureOf, At: at}
	}
}

// WindowKind is the kind of window of the tenant's limit, or, where none is named, of that of
// the list of agents or a gateway's own. Looking takes some milliseconds now and then.
func (a *Caller) WindowKind() WindowKind {
	b := a.client.budgets.peek(a.purse)
	if b == nil {
		return WindowKind{}
	}
	b.mu.Lock()
	m, limit := b.watchable(a.account)
	if m == nil {
		b.mu.Unlock()
		return WindowKind{}
	}
	ended := m.watch.ended
	m.watch.ended = nil
	told := m.watch.told
	b.mu.Unlock()
	if len(ended) == 0 {
		return told
	}
	lengths := WindowLengths(limit)
	var kinds [][]string
	for _, s := range ended {
		kinds = append(kinds, WindowKinds(s.counts, lengths, s.clock))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, s := range ended {
		m.watch.vote(kinds[i], s.counts[len(s.counts)-1].Done)
	}
	return m.watch.told
}

// watchable is the limit of an account whose window is to be known, nil where none is named; the lock is
// held.
func (b *budget) watchable(id account) (*meter, Limit) {
	if b.tenant.known() {
		return &b.tenant, Limit{Scope: "tenant", Per: window}
	}
	if m := &b.routes[routeList]; m.known() {
		return m, Limit{Scope: "route", Per: window}
	}
	if all := b.gatewayOf(id)[routeList]; len(all) > 0 {
		m := slices.MinFunc(all, func(x, y *meter) int { return cmp.Compare(x.per(), y.per()) })
		return m, Limit{Per: m.told}
	}
	return nil, Limit{}
}

// dateOf is an answer's Date, the zero time where it has none that can be read.
func dateOf(h http.Header) time.Time {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}
