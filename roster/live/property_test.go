package live_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// chooser draws a number from [0, n): from rapid, or from a seeded generator for
// the loop that runs thousands of cases.
type chooser func(n int, label string) int

func (c chooser) yes(label string) bool { return c(2, label) == 1 }

func (c chooser) some(from []int64, label string) []int64 {
	out := []int64{}
	for _, id := range shuffled(from, c, label) {
		if c.yes(label) {
			out = append(out, id)
		}
	}
	return out
}

func shuffled(from []int64, c chooser, label string) []int64 {
	out := slices.Clone(from)
	for i := len(out) - 1; i > 0; i-- {
		j := c(i+1, label)
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// mode is what makes every queue one that can be known of. Nothing can be promised
// of a queue that no agent shows and nobody has named, but to ask first.
type mode int

const (
	remembered   mode = iota // every queue's name is in the journal
	asking                   // nothing is known
	visible                  // rows show all queues, joined or one per row
	discoverable             // every queue is the first of some agent who keeps it
	listed                   // every queue's id is in the list that an administrator keeps
	modes
)

// world is one generated case: a tenant, its upstream, and the other
// administrator.
type world struct {
	u      *upstream
	queues []int64
	// murky: the style changes from call to call, and no total gives it away, so
	// that pages cannot be told not to join.
	murky bool
	liar  bool // totals are never right
	// crawled: the console of the change at hand crawled the tenant.
	crawled bool
	mode    mode
	// disturbed: the other administrator has changed something.
	disturbed bool
	meddler   bool // there is another administrator
	// knowable are the queues that the console knows of, or can find.
	knowable []int64
	log      []string
}

func generate(c chooser, mode mode) *world {
	w := &world{u: newUpstream(), mode: mode}
	for i := range 1 + c(5, "queues") {
		w.queues = append(w.queues, int64(10+i))
	}
	for i := range 1 + c(6, "agents") {
		w.u.people = append(w.u.people, &person{
			id: fmt.Sprintf("08%03d", i), callin: w.some(c), status: 1, priority: []string{"", "1", "3"}[c(3, "priority")],
		})
	}
	w.u.cap = 1 + c(7, "cap")
	if c.yes("large pages") {
		w.u.cap = 100
	}
	n := style(c(int(styles)+1, "style"))
	if mode == visible {
		n = []style{joined, rowPerQueue}[c(2, "style")]
	}
	w.u.style = func(int) style { return n }
	if n == styles {
		order := []style{style(c(3, "style")), style(c(3, "style")), style(c(3, "style"))}
		w.u.style = func(call int) style { return order[call%len(order)] }
		w.note("style varies %v", order)
	}
	// Not where the style changes as well: then no two pages are of one order.
	w.u.byQueue = n != styles && c(3, "rows by queue") == 0
	w.note("style %d, cap %d, by queue %t", n, w.u.cap, w.u.byQueue)
	if mode == discoverable {
		for _, q := range w.queues {
			w.u.people = append(w.u.people, &person{id: fmt.Sprintf("guard%d", q), callin: []int64{q}, status: 1, guard: true})
		}
	}
	if c(6, "lying total") == 0 {
		lie := []int{-1, 0, 3, 500}[c(4, "lie")]
		w.u.total = func(int) int { return lie }
		w.murky = n == styles
		w.liar = true
		w.note("total is always %d", lie)
	}
	for _, p := range w.u.people {
		w.note("%s in %v", p.id, p.callin)
	}
	return w
}

func (w *world) some(c chooser) []int64 { return c.some(w.queues, "callin") }

func (w *world) note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

// interference draws what the other administrator changes, this agent's list or
// what is around it, to be done later: a call of the roster's may do it, on a
// goroutine where nothing can be drawn.
func (w *world) interference(c chooser, id, when string) func() {
	op, list, whom := c(4, "interference"), w.some(c), c(6, "whom")
	return func() {
		w.disturbed = true
		w.u.edit(func() {
			if len(w.u.people) == 0 {
				return
			}
			i := whom % len(w.u.people)
			p := w.u.people[i]
			switch {
			case op < 2:
				if p = w.u.find(id); p != nil && !p.guard {
					p.callin = list
					w.note("%s: the other makes %s %v", when, id, list)
				}
			case p.id == id || p.guard:
			case op == 2:
				p.callin = list
				w.note("%s: the other makes %s %v", when, p.id, list)
			default:
				w.note("%s: the other deletes %s", when, p.id)
				w.u.people = slices.Delete(w.u.people, i, i+1)
			}
		})
	}
}

// runCase is the promise: for any true state of a tenant, any reporting style, any
// page cap, and any change by another administrator up to our first read, the
// write that reaches the upstream removes exactly the queues the person removed
// and adds exactly theirs, or nothing is written.
//
// A change of the other administrator between our first read and the PUT cannot be
// excluded by anybody: for those the write must still keep every queue the agent
// was in all along.
func runCase(c chooser, mode mode) error {
	w := generate(c, mode)
	store := &memory{}
	if mode == remembered {
		names := make(map[int64]string)
		for _, id := range w.queues {
			names[id] = "known"
		}
		_ = store.RememberQueues(context.Background(), aScope, journal.Callin, names)
	}
	if mode == listed {
		_ = store.KeepKnownQueues(context.Background(), aScope, journal.KnownQueues{IDs: w.queues})
	}
	if mode != asking && mode != visible {
		w.knowable = w.queues
	}
	crawls := 4
	if mode == discoverable {
		crawls = 2
	}
	// Two processes on one journal: each knows of the other's writes from there alone.
	var consoles []*live.Tenant
	var crawled []bool
	for range 2 {
		r := live.New(live.Config{Journal: store, ReadBackPause: -1, AskOneShown: mode == asking, Logger: quiet()})
		defer r.Close()
		t := r.Tenant(access("a", w.u))
		w.crawled = c(crawls, "crawled") > 0
		if w.crawled {
			t.CrawlNow(context.Background(), w.u)
			w.note("crawled: %+v", t.Progress())
		}
		consoles, crawled = append(consoles, t), append(crawled, w.crawled)
	}
	if c(8, "stuck") == 0 {
		w.u.stuck = true
		w.note("from now on, every page is the first one")
	}
	id := w.u.people[c(len(w.u.people), "target")].id
	w.meddler = c(3, "another administrator") > 0
	for range 1 + c(3, "changes") {
		i := c(2, "console")
		w.crawled = crawled[i]
		if err := w.change(c, consoles[i], id); err != nil {
			return err
		}
	}
	return nil
}

// change is one person's change, from opening the editor to the answer.
func (w *world) change(c chooser, t *live.Tenant, id string) error {
	ctx := context.Background()
	target := w.u.find(id)
	w.u.puts = nil
	if w.meddler && c.yes("before the editor opens") {
		w.interference(c, id, "before open")()
	}
	base := w.open(c, t, id)
	if w.meddler && c.yes("while the editor is open") {
		w.interference(c, id, "while open")()
	}
	in, removed, added := w.intend(c, id, base)
	in.NoReadBack = c(3, "no read back") == 0
	if !w.disturbed && c.yes("old evidence will do") {
		in.MaxAge = time.Hour // nobody else has changed anything since
	}
	confirmed := c.yes("confirmed")

	// The window in which nothing can be excluded: from the first read on.
	at := -1
	if w.meddler && c(4, "inside the window") == 0 {
		at = c(8, "at call")
	}
	started := w.u.lists
	stable := slices.Clone(target.callin)
	meddled, meddle := false, w.interference(c, id, "in the window")
	var mu sync.Mutex // reads come from several goroutines
	w.u.before = func(call int, write bool) {
		mu.Lock()
		defer mu.Unlock()
		if at >= 0 && !meddled && (write || call-started == at) {
			meddled = true
			meddle()
			stable = intersect(stable, w.truth(id))
		}
	}
	out, err := t.Change(ctx, w.u, in, roster.Author{Operator: "An"}, consentIf(confirmed))
	w.u.before = nil
	w.note("%s base %v want %v, confirmed %v: %v %v", in.Verb, in.Base, in.Want, confirmed, out.Result, err)
	return w.judge(out, err, in, removed, added, stable, confirmed, meddled)
}

// open is the editor opening, by live reads or from what is known.
func (w *world) open(c chooser, t *live.Tenant, id string) []int64 {
	a, ok := t.Known(id)
	if !ok || c.yes("editor reads") {
		a, _ = t.Gather(context.Background(), w.u, id, apiclient.Callin, 0)
	}
	return roster.IDs(a.Callin)
}

// intend draws what the person does to the list shown.
func (w *world) intend(c chooser, id string, base []int64) (in roster.Intent, removed, added []int64) {
	foreign := except(w.queues, base)
	for range 2 { // most people want something
		if removed, added = c.some(base, "remove"), c.some(foreign, "add"); len(removed)+len(added) > 0 {
			break
		}
	}
	switch c(4, "verb") {
	case 0:
		return roster.AddIntent(id, apiclient.Callin, added, nil), nil, added
	case 1:
		return roster.RemoveIntent(id, apiclient.Callin, removed), removed, nil
	}
	want := append(except(base, removed), added...)
	return roster.EditIntent(id, apiclient.Callin, base, want, nil), removed, added
}

func (w *world) truth(id string) []int64 {
	w.u.mu.Lock()
	defer w.u.mu.Unlock()
	if p := w.u.find(id); p != nil {
		return slices.Clone(p.callin)
	}
	return nil
}

func (w *world) judge(out roster.Outcome, err error, in roster.Intent, removed, added, stable []int64, confirmed, meddled bool) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%s\n%s\nplan: before %v after %v unsure %v asks %v", fmt.Sprintf(format, args...),
			strings.Join(w.log, "\n"), out.Plan.Before, out.Plan.After, out.Plan.Unsure, roster.ShownBy(out.Plan))
	}
	var conflict *roster.ConflictError
	var confirm *roster.ConfirmError
	truth := w.truth(in.Agent)
	if len(w.u.puts) == 0 {
		switch {
		case out.Nothing, meddled, errors.Is(err, roster.ErrEmptyList), (w.murky || w.u.stuck) && errors.Is(err, roster.ErrNoSuchAgent):
		case errors.As(err, &conflict):
			if same(truth, in.Base) && out.Plan.Sure() {
				return fail("a conflict about nothing")
			}
		case errors.As(err, &confirm):
			if confirmed {
				return fail("asked again")
			}
		default:
			return fail("nothing sent, and no reason: %v", err)
		}
		return nil
	}
	if len(w.u.puts) > 1 {
		return fail("%d writes", len(w.u.puts))
	}
	if doubt := out.Plan.Unsure; w.crawled && !meddled && !w.liar && !w.u.stuck &&
		(slices.Contains(doubt, roster.EvidenceIncomplete) || slices.Contains(doubt, roster.RowOld)) {
		return fail("unsure without a reason")
	}
	sent, was := w.u.puts[0].ids, w.u.puts[0].truth
	if !same(sent, out.Plan.After) {
		return fail("sent %v, not what the plan said", sent)
	}
	if len(intersect(sent, removed)) > 0 || len(except(added, sent)) > 0 {
		return fail("sent %v: not what the person asked for", sent)
	}
	told := w.toldOf(out.Plan)
	if len(told.queues)+len(told.reasons) > 0 && !confirmed {
		return fail("sent unconfirmed: %v", roster.ShownBy(out.Plan))
	}
	if told.anything() {
		return nil // the person was told that anything could be lost
	}
	lost := except(except(except(stable, removed), sent), told.queues)
	if slices.Contains(told.reasons, roster.OneShown) {
		lost = intersect(lost, w.knowable) // of others the person was told
	}
	if len(lost) > 0 {
		return fail("lost %v", lost)
	}
	if slices.Contains(told.reasons, roster.OneShown) || len(told.queues) > 0 {
		return nil
	}
	want := append(except(except(was, removed), added), added...)
	if !meddled && !same(sent, want) {
		return fail("sent %v where %v was: want %v", sent, was, want)
	}
	var doubtful []int64 // of which every answer is the person's own
	for _, d := range out.Plan.Doubts {
		doubtful = append(doubtful, d.Queue)
	}
	if !meddled && in.Verb == roster.Edit && !same(except(in.Base, doubtful), except(was, doubtful)) {
		return fail("sent over a list that had moved")
	}
	return nil
}

// toldOf is what a plan told the person could be lost, beyond what they removed.
func (w *world) toldOf(p roster.Plan) (t told) {
	for _, q := range p.Questions() {
		switch q.Why {
		case roster.ConfirmUnsure:
			t.reasons = append(t.reasons, q.About)
		case roster.ConfirmUnread, roster.ConfirmDoubtful:
			t.queues = append(t.queues, q.Queue)
		}
	}
	return t
}

type told struct {
	reasons []roster.Unsure
	queues  []int64
}

func (t told) anything() bool {
	return slices.ContainsFunc(t.reasons, func(u roster.Unsure) bool { return u != roster.OneShown })
}

// withKept yields the seeds that have failed once, kept in testdata/seeds.txt as "mode
// seed", and then those below cases.
func withKept(t *testing.T, m mode, cases uint64) iter.Seq[uint64] {
	t.Helper()
	kept, err := os.ReadFile(filepath.Join("testdata", "seeds.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(uint64) bool) {
		for line := range strings.Lines(string(kept)) {
			var of int
			var seed uint64
			if n, _ := fmt.Sscanf(line, "%d %d", &of, &seed); n == 2 && mode(of) == m && !yield(seed) {
				return
			}
		}
		for seed := range cases {
			if !yield(seed) {
				return
			}
		}
	}
}

func TestWriteRemovesExactlyWhatWasRemoved(t *testing.T) {
	t.Parallel()
	for m := range modes {
		t.Run(fmt.Sprintf("rapid/%d", m), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				draw := func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) }
				if err := runCase(draw, m); err != nil {
					t.Fatal(err)
				}
			})
		})
		t.Run(fmt.Sprintf("seeded/%d", m), func(t *testing.T) {
			t.Parallel()
			cases := uint64(4000)
			if testing.Short() {
				cases = 400
			}
			for seed := range withKept(t, m, cases) {
				dice := rand.New(rand.NewPCG(seed, 7))
				if err := runCase(func(n int, _ string) int { return dice.IntN(n) }, m); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
		})
	}
}

func intersect(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return !slices.Contains(b, id) })
}

func except(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return slices.Contains(b, id) })
}

func same(a, b []int64) bool { return len(except(a, b)) == 0 && len(except(b, a)) == 0 }
