package live_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// This file is the model: a tenant, its upstream with all it may do, another
// administrator, two consoles and the people at them. What must hold of the changes
// they make is in judge_test.go, what runs it in property_test.go.

// chooser draws a number from [0, n): from rapid, or from a seeded generator for
// the loop that runs thousands of cases.
type chooser func(n int, label string) int

func (c chooser) yes(label string) bool { return c(2, label) == 1 }

// rarely is true once in n.
func (c chooser) rarely(n int, label string) bool { return c(n, label) == n-1 }

func (c chooser) some(from []int64, label string) []int64 {
	out := []int64{}
	for _, id := range shuffled(from, c, label) {
		if c.yes(label) {
			out = append(out, id)
		}
	}
	return out
}

func (c chooser) one(from []int64, label string) int64 { return from[c(len(from), label)] }

func shuffled(from []int64, c chooser, label string) []int64 {
	out := slices.Clone(from)
	for i := len(out) - 1; i > 0; i-- {
		j := c(i+1, label)
		out[i], out[j] = out[j], out[i]
	}
	return out
}

func (c chooser) span(label string, of ...time.Duration) time.Duration { return of[c(len(of), label)] }

// changing is the style that is another one from call to call, turning one that shows all
// queues, as a crawl may prove, and is another from some call on.
const (
	changing = styles + iota
	turning
)

// mode is what of the tenant's queues the consoles can know. Nothing can be promised
// of a queue that no agent shows and nobody has named, but to ask or to warn first.
type mode int

const (
	remembered   mode = iota // every queue's name is in the journal, or on the list that an administrator keeps
	asking                   // nothing is known, and AskOneShown is set
	discoverable             // every queue is the first of some agent who keeps it
	unnamed                  // nothing is known
	modes
)

// evidenceAge is the consoles' Config.EvidenceAge, and window how long one of the
// limiter's windows lasts: together they bound how old a fact behind a write may be.
const (
	evidenceAge = time.Minute
	window      = 10 * time.Second
)

// version is what was true from a moment on.
type version struct {
	at     time.Time
	people []*person
	// own is the list that a write of ours to agent made this version, "" where somebody
	// else did.
	own   apiclient.QueueType
	agent string
	// set: that write sent a priority, too.
	set bool
}

func (v version) find(id string) *person {
	i := slices.IndexFunc(v.people, func(p *person) bool { return p.id == id })
	if i < 0 {
		return &person{}
	}
	return v.people[i]
}

func (v version) list(id string, typ apiclient.QueueType) []int64 { return v.find(id).list(typ) }

func (p *person) list(typ apiclient.QueueType) []int64 {
	if typ == apiclient.Callout {
		return p.callout
	}
	return p.callin
}

func (p *person) available() bool {
	return p.status == 1 && p.system == "AVAILABLE" && p.user != "LOGOUT"
}

// fault is what goes wrong with one read.
type fault struct {
	err  error
	trim bool          // the answer lacks its last rows, and claims them
	late time.Duration // the answer is that of its beginning, and arrives late
}

// console is one process with its own book; both share a journal.
type console struct {
	name    string
	tenant  *live.Tenant
	crawled bool // and nothing was in the way
	// sawTwo: such a crawl has shown two queues of somebody, callin and callout.
	sawTwo [2]bool
	// answered are the questions whose answers last, and that a session has given.
	answered map[string]bool
}

// world is one generated case. It is the Source of both consoles.
type world struct {
	*upstream

	manner    style
	rotation  []style // of which answers may be
	turns     int     // the call from which on they are of the last of them; 0: call by call
	mode      mode
	queues    []int64
	outs      []int64 // callout ids, of which one may be a callin queue's, too
	salt      uint64
	liar      bool          // totals are never right
	lag       time.Duration // of reads behind writes
	limit     *limiter      // nil: none is known
	meddler   bool          // there is another administrator
	disturbed bool          // who has changed something
	versions  []version     // what was true, the oldest first; under upstream.mu
	replaced  []int         // by write, the version that it found; likewise
	store     *memory
	consoles  []*console

	mute   bool // nothing is noted: whoever wants to read it runs the case again
	mu     sync.Mutex
	calls  int // reads since the step at hand began
	acts   map[int][]func()
	faults map[int]fault
	onPut  []func()
	hurt   bool // a fault has come up in the step at hand
	// confused: reads that lag have shown a mixture of two moments that equals what was
	// sent. Nothing tells it from the write, which is called verified and waited for no
	// longer: what is read of the list after that says nothing (docs/safe-write.md).
	confused bool
	slow     bool // some read of the case was late, and may hold up others
	// putFails is what the next write ends with.
	putFails error
	// dismissed are, by list, what the last change that was said yes to took away.
	dismissed map[apiclient.QueueType][]int64
	// waited is when the limit first held up the write of the step at hand: what it
	// rests on is read again then.
	waited time.Time
	log    []string
}

func (w *world) note(format string, args ...any) {
	if w.mute {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, time.Now().Format("04:05.000 ")+fmt.Sprintf(format, args...))
}

func generate(c chooser, manner style, mute bool) *world {
	turns := manner == turning
	if turns {
		manner = changing // as far as what may be asked and said goes
	}
	w := &world{upstream: newUpstream(), mute: mute, manner: manner, mode: mode(c(int(modes), "mode")), store: &memory{}, dismissed: make(map[apiclient.QueueType][]int64)}
	if w.mode == unnamed && manner == changing {
		w.mode = remembered // an answer that showed the agent wholly ends the warning for good: roster/sure.go
	}
	u := w.upstream
	for i := range 1 + c(5, "queues") {
		w.queues = append(w.queues, int64(10+i))
	}
	w.outs = []int64{50, 51, 52, w.queues[0]}
	for i := range 1 + c(6, "agents") {
		u.people = append(u.people, w.somebody(c, fmt.Sprintf("08%03d", i)))
	}
	u.cap = 1 + c(7, "cap")
	if c.yes("large pages") {
		u.cap = 100
	}
	w.drawStyle(c, turns)
	w.drawOrder(c)
	if w.mode == discoverable {
		for _, q := range w.queues {
			u.people = append(u.people, &person{id: fmt.Sprintf("guard%d", q), callin: []int64{q}, status: 1, system: "AVAILABLE", guard: true})
		}
	}
	if c.rarely(6, "lying total") {
		lie := []int{-1, 0, 3, 500}[c(4, "lie")]
		// Where the style changes from call to call, too, nothing tells that pages do not
		// join: docs/safe-write.md.
		if w.liar = manner != changing; w.liar {
			u.total = func(int) int { return lie }
			w.note("total is always %d", lie)
		}
	}
	if w.meddler = c(3, "another administrator") > 0; c.rarely(3, "lag") {
		w.lag = c.span("lag", 3*time.Millisecond, 2*time.Second, 40*time.Second)
		w.note("reads lag by %v", w.lag)
	}
	if w.mode == remembered {
		names := make(map[int64]string)
		for _, id := range w.queues {
			names[id] = "known"
		}
		if len(u.people)%2 == 0 { // which draws nothing, so that kept seeds stay what they are
			w.note("an administrator keeps the list of queues")
			_ = w.store.KeepKnownQueues(context.Background(), aScope, journal.KnownQueues{IDs: w.queues})
		} else {
			_ = w.store.RememberQueues(context.Background(), aScope, journal.Callin, names)
		}
	}
	for _, p := range u.people {
		w.note("%s in %v, callout %v, priority %q", p.id, p.callin, p.callout, p.priority)
	}
	w.remember(nil)
	u.seen, u.answer = w.shownNow, w.answerTo
	if c.rarely(8, "limit") {
		w.limit = &limiter{limit: 4 + c(8, "calls a window")}
		u.left = w.limit.left
		w.note("%d calls in %v", w.limit.limit, window)
	}
	u.carried = func() {
		w.replaced = append(w.replaced, len(w.versions)-1)
		if p := u.puts[len(u.puts)-1]; p.applied {
			w.remember(&p)
		}
	}
	return w
}

func (w *world) somebody(c chooser, id string) *person {
	p := &person{id: id, callin: c.some(w.queues, "callin"), status: 1, system: "AVAILABLE", priority: []string{"", "1", "3"}[c(3, "priority")]}
	if c.rarely(3, "callout") {
		p.callout = c.some(w.outs, "callout")
	}
	if c.rarely(4, "unavailable") {
		p.user = "LOGOUT"
	}
	return p
}

func (w *world) drawStyle(c chooser, turns bool) {
	w.rotation = []style{w.manner}
	if turns {
		w.rotation = []style{joined + style(c(2, "style")), style(c(3, "style then"))}
		w.turns = 1 + c(60, "turns at call")
		w.note("styles %v, from call %d on the second", w.rotation, w.turns)
	} else if w.manner == changing {
		w.rotation = []style{style(c(3, "style")), style(c(3, "style")), style(c(3, "style"))}
		w.note("styles %v", w.rotation)
	}
	w.style = func(call int) style {
		if w.turns == 0 {
			return w.rotation[call%len(w.rotation)]
		}
		return w.rotation[min(call/w.turns, 1)]
	}
	w.calloutAll = c.rarely(3, "all callout queues shown")
	// A filter that narrows as rows come and go in style is one whose answers say
	// nothing: what makes a list sure (roster/sure.go) is what has been seen of it.
	w.shown = (w.manner != changing || w.mode == asking) && c.rarely(4, "filter shows the first queue only")
	w.note("manner %d, mode %d, pages of %d, filter narrow %t, all callout %t", w.manner, w.mode, w.cap, w.shown, w.calloutAll)
}

// drawOrder has rows ordered by anything: not where the style changes as well, for then
// no two pages are of one order.
func (w *world) drawOrder(c chooser) {
	if w.manner == changing {
		return
	}
	switch order := c(6, "order"); order {
	case 3:
		w.byQueue = true
	case 4, 5:
		w.salt = uint64(c(1000, "salt"))
		salt := fnv1a(14695981039346656037, strconv.FormatUint(w.salt, 10))
		rank := func(r apiclient.AgentRow) uint64 {
			h := fnv1a(salt, r.AgentID)
			if order == 5 { // one agent's rows apart
				h = fnv1a(h, queueOf(r))
			}
			return h
		}
		w.order = func(rows []apiclient.AgentRow) {
			slices.SortStableFunc(rows, func(a, b apiclient.AgentRow) int { return cmp.Compare(rank(a), rank(b)) })
		}
		w.note("order %d by salt %d", order, w.salt)
	}
	if w.byQueue {
		w.note("rows by queue")
	}
}

// fnv1a goes on with a hash.
func fnv1a(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// remember keeps what is true now, by a write of ours or not. upstream.mu is held, or nobody else is there yet.
func (w *world) remember(ours *put) {
	people := make([]*person, len(w.people))
	for i, p := range w.people {
		twin := *p
		twin.callin, twin.callout = slices.Clone(p.callin), slices.Clone(p.callout)
		people[i] = &twin
	}
	v := version{at: time.Now(), people: people}
	if ours != nil {
		v.own, v.agent, v.set = ours.typ, ours.agent, ours.priority != nil
	}
	w.versions = append(w.versions, v)
}

// shownNow is what reads show now. upstream.mu is held.
func (w *world) shownNow() []*person { return w.versions[w.shownAt(time.Now())].people }

// shownAt is the version that a read at that time shows.
func (w *world) shownAt(at time.Time) int {
	for i := len(w.versions) - 1; i > 0; i-- {
		if !w.versions[i].at.After(at.Add(-w.lag)) {
			return i
		}
	}
	return 0
}

// ListAgents lets happen what was drawn for the call. Calls made at one moment arrive
// in an order that depends on them alone, so that a case can be replayed.
func (w *world) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	pause(ctx, time.Millisecond+time.Duration(q.QueueID*31+int64(q.Page)*7+int64(q.Size)*3)*time.Microsecond)
	w.mu.Lock()
	n := w.calls
	w.calls++
	acts, f := w.acts[n], w.faults[n]
	w.hurt, w.slow = w.hurt || f != fault{}, w.slow || f.late > 0
	w.mu.Unlock()
	for _, act := range acts {
		act()
	}
	if f.err != nil {
		w.note("call %d fails: %v", n, f.err)
		return nil, f.err
	}
	page, err := w.upstream.ListAgents(ctx, q)
	if f.trim && err == nil {
		page.Rows = page.Rows[:len(page.Rows)/2]
		w.note("call %d is cut: %+v", n, q)
	}
	if f.late > 0 {
		w.note("call %d is late: %+v", n, q)
		pause(ctx, f.late)
	}
	if err == nil {
		err = ctx.Err()
	}
	return page, err
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (w *world) ReplaceQueues(ctx context.Context, id string, typ apiclient.QueueType, a apiclient.QueueAssignment) (*apiclient.Receipt, error) {
	w.mu.Lock()
	acts := w.onPut
	w.onPut = nil
	w.mu.Unlock()
	for _, act := range acts {
		act()
	}
	return w.upstream.ReplaceQueues(ctx, id, typ, a)
}

// meddle draws what the other administrator changes, this agent or what is around it,
// to be done later: a call may do it, on a goroutine where nothing can be drawn.
func (w *world) meddle(c chooser, id, when string) func() {
	op, list, outs, whom, other := c(12, "meddle"), c.some(w.queues, "their list"), c.some(w.outs, "their callout"), c(8, "whom"), c(8, "other")
	queue, priority := c.one(w.queues, "queue"), []string{"", "1", "3", "7", "high"}[c(5, "their priority")]
	fresh := w.somebody(c, fmt.Sprintf("09%03d", c(1000, "newcomer")))
	return func() {
		w.edit(func() {
			did := w.meddled(op, id, list, outs, whom, other, queue, priority, fresh)
			if did == "" {
				return
			}
			w.disturbed = true
			w.remember(nil)
			w.note("%s: the other %s", when, did)
		})
	}
}

// meddled does it, and says what it was; "" where it came to nothing. The guards' lists
// are left alone, and the agent is not deleted.
func (w *world) meddled(op int, id string, list, outs []int64, whom, other int, queue int64, priority string, fresh *person) string {
	target := w.find(id)
	i, j := whom%len(w.people), other%len(w.people)
	p, q := w.people[i], w.people[j]
	switch {
	case op == 0:
		target.callin = list
		return fmt.Sprintf("makes %s %v", id, list)
	case op == 1:
		target.callin = except(target.callin, []int64{queue})
		return fmt.Sprintf("takes %s out of %d", id, queue)
	case op == 2:
		target.callin = roster.AppendNew(slices.Clone(target.callin), queue)
		return fmt.Sprintf("puts %s into %d", id, queue)
	case op == 3:
		target.callout = outs
		return fmt.Sprintf("makes %s callout %v", id, outs)
	case op == 4:
		target.priority = priority
		return fmt.Sprintf("makes %s priority %q", id, priority)
	case op == 5: // rows change places
		w.people[i], w.people[j] = q, p
		return fmt.Sprintf("swaps %s and %s", p.id, q.id)
	case op == 6 && w.find(fresh.id) == nil:
		w.people = slices.Insert(w.people, i, fresh)
		return fmt.Sprintf("creates %s at %d in %v", fresh.id, i, fresh.callin)
	case p.id == id || p.guard:
	case op == 7:
		p.callin = list
		return fmt.Sprintf("makes %s %v", p.id, list)
	case op == 8:
		w.people = slices.Delete(w.people, i, i+1)
		return "deletes " + p.id
	case op == 9 && q.id != id && !q.guard: // totals stand still
		p.callin, q.callin = q.callin, p.callin
		return fmt.Sprintf("has %s and %s change lists", p.id, q.id)
	case op == 10:
		p.user = []string{"LOGOUT", "AVAILABLE"}[other%2]
		return fmt.Sprintf("has %s %s", p.id, p.user)
	}
	return ""
}

// step prepares what happens in one step: calls, until the next step, are numbered anew.
func (w *world) step(acts map[int][]func(), faults map[int]fault, onPut []func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls, w.hurt, w.acts, w.faults, w.onPut, w.waited = 0, false, acts, faults, onPut, time.Time{}
}

// interference draws what the other administrator does within one step: mostly nothing
// or one thing, at times something at every call.
func (w *world) interference(c chooser, id, when string) (acts map[int][]func(), onPut []func()) {
	if !w.meddler {
		return nil, nil
	}
	acts = make(map[int][]func())
	switch c(8, "how often") {
	case 4, 5:
		acts[c(10, "at call")] = []func(){w.meddle(c, id, when)}
	case 6:
		for range 2 + c(3, "times") {
			n := c(14, "at call")
			acts[n] = append(acts[n], w.meddle(c, id, when))
		}
	case 7:
		from := c(4, "from call")
		for n := range 6 {
			acts[from+n] = []func(){w.meddle(c, id, when)}
		}
	}
	if c.rarely(6, "at the write") {
		onPut = []func(){w.meddle(c, id, when+", at the write")}
	}
	return acts, onPut
}

// troubles draws what goes wrong with the reads of one step.
func (w *world) troubles(c chooser) map[int]fault {
	if !c.rarely(4, "trouble") {
		return nil
	}
	out := make(map[int]fault)
	trimmed := false
	for range 1 + c(3, "faults") {
		n := c(12, "faulty call")
		switch c(5, "fault") {
		case 0:
			out[n] = fault{err: &apiclient.UnreachableError{Op: "list agents", Reason: apiclient.ReachTimeout, Sent: true}}
		case 1:
			out[n] = fault{err: &apiclient.RateLimitError{RetryAfter: c.span("retry after", time.Second, window)}}
		case 2: // the same cut twice is one that nobody can tell from the truth
			if !trimmed && !w.liar { // without a claim, nor can one be
				out[n], trimmed = fault{trim: true}, true
			}
		default:
			out[n] = fault{late: c.span("late", 4*time.Millisecond, 15*time.Millisecond, 3*time.Second, 40*time.Second)}
		}
	}
	return out
}

// drawPut draws what becomes of the write, and returns a word for it.
func (w *world) drawPut(c chooser) string {
	unknown := &apiclient.UnknownOutcomeError{Op: "replace queues", Cause: context.DeadlineExceeded}
	var failure error
	word, ignored := "goes through", false
	switch c(14, "write") {
	case 8:
		word, failure = "is lost", unknown
	case 9:
		word, failure = "is applied, its answer lost", applied{unknown}
	case 10:
		word, failure = "is refused", &apiclient.RefusedError{Op: "replace queues", Kind: apiclient.ErrInvalidInput, Status: 400, Code: "INVALID_INPUT"}
	case 11:
		word, failure = "meets the limit", &apiclient.RateLimitError{RetryAfter: time.Second}
	case 12:
		word, failure = "waits for the limit", &apiclient.RateLimitError{Local: true, RetryAfter: 3 * time.Second}
	case 13:
		word, ignored = "has no effect", true
	}
	w.putFails, w.ignores = failure, func() bool { return ignored }
	return word
}

// answerTo is what the upstream, or the limit, says to a call instead of an answer.
func (w *world) answerTo(call int, write bool) error {
	w.mu.Lock()
	failure := w.putFails
	if write {
		w.putFails = nil
	}
	w.mu.Unlock()
	if (!write || failure == nil) && w.limit != nil {
		failure = w.limit.answer(call, write)
	} else if !write {
		failure = nil
	}
	limited := (*apiclient.RateLimitError)(nil)
	if write && errors.As(failure, &limited) && limited.Local && w.waited.IsZero() {
		w.waited = time.Now()
	}
	return failure
}
