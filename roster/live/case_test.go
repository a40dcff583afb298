package live_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// runCase is the promise: for any true state of a tenant, any reporting style, order of
// rows and page cap, whatever fails, lags or shifts, and whatever another administrator
// changes, the write that reaches the upstream removes exactly the queues that the
// person removed or was shown by name, and adds exactly theirs, or nothing is written;
// nothing is asked or refused without a reason; and what is said of the outcome is so.
//
// What another administrator changes between our first read and the PUT cannot be
// excluded by anybody: a queue that the agent was in all along must be kept, and one
// that they were never in must not be written.
func runCase(c chooser, manner style, mute bool) error {
	w := generate(c, manner, mute)
	id := w.target(c)
	for i := range 2 { // each knows of the other's writes from the journal alone
		r := live.New(live.Config{
			Journal: w.store, ReadBackPause: c.span("second look", -1, -1, -1, time.Second), AskOneShown: w.mode == asking,
			EvidenceAge: evidenceAge, Idle: 1000 * time.Hour, Logger: quiet(),
		})
		defer r.Close()
		on := &console{name: string(rune('A' + i)), tenant: r.Tenant(access("a", w)), answered: make(map[string]bool)}
		w.consoles = append(w.consoles, on)
		if c(4, "crawled") > 0 {
			w.crawl(c, on, id)
		}
	}
	if c.rarely(8, "stuck") {
		w.stuck = true
		w.note("from now on, every page is the first one")
	}
	for range 1 + c(4, "changes") {
		if err := w.change(c, w.consoles[c(2, "console")], id); err != nil {
			return fmt.Errorf("%w\n%s", err, joinLog(w))
		}
		if w.confused {
			return nil
		}
		if c.rarely(3, "time passes") {
			time.Sleep(c.span("for", 4*time.Millisecond, 3*time.Second, 50*time.Second, 2*time.Minute, 10*time.Minute))
			if c.rarely(4, "crawled again") {
				w.crawl(c, w.consoles[c(2, "console")], id)
			}
		}
	}
	return nil
}

// target is the agent that the case is about.
func (w *world) target(c chooser) string {
	var ids []string
	for _, p := range w.people {
		if !p.guard {
			ids = append(ids, p.id)
		}
	}
	return ids[c(len(ids), "target")]
}

func joinLog(w *world) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.log, "\n")
}

func (w *world) crawl(c chooser, on *console, id string) {
	from, begun := len(w.versions), time.Now()
	acts, faults := map[int][]func(){}, map[int]fault(nil)
	if c.rarely(3, "disturbed crawl") {
		acts, _ = w.interference(c, id, "during a crawl")
		faults = w.troubles(c)
	}
	w.step(acts, faults, nil)
	p := on.tenant.CrawlNow(context.Background(), w)
	on.crawled = p.State == live.CrawlDone && !p.Incomplete && len(w.versions) == from && w.shownAt(begun) == from-1 && !w.hurt && !w.liar && !w.stuck && w.manner != changing
	// Rows show a second queue, in one answer, or the filter does, of one that is known.
	showsTwo := w.manner == joined || w.manner == rowPerQueue && w.cap == 100 ||
		w.manner == firstOnly && (w.mode == remembered || w.mode == discoverable) && !w.shown
	if people := w.versions[len(w.versions)-1].people; on.crawled {
		for _, p := range people {
			on.sawTwo[0] = on.sawTwo[0] || len(p.callin) > 1 && showsTwo
			on.sawTwo[1] = on.sawTwo[1] || len(p.callout) > 1 && w.calloutAll
		}
	}
	w.step(nil, nil, nil)
	w.note("%s crawled: %s incomplete %t", on.name, p.State, p.Incomplete)
}

// wish is what a person does to the list that the editor shows.
type wish struct {
	in             roster.Intent
	removed, added []int64
}

// attempt is one try of a change, and all that is judged of it.
type attempt struct {
	wish
	on      *console
	consent roster.Consent
	preview roster.Plan
	begun   time.Time
	known   []int64 // the callin queues that the console knew of
	first   int     // the version that the first read may have shown
	puts    int     // made before
	named   []int64 // queues that they agreed about by name
	last    *journal.Entry
	pending []journal.Entry // the last one, and those before it as long as none was answered
	out     roster.Outcome
	err     error
}

// change is one person's change, from opening the editor to the answer; where they are
// asked, they may confirm what they were shown.
func (w *world) change(c chooser, on *console, id string) error {
	typ := apiclient.Callin
	if c.rarely(4, "callout") {
		typ = apiclient.Callout
	}
	if w.meddler && c.yes("before the editor opens") {
		w.meddle(c, id, "before open")()
	}
	base, priority := w.open(c, on, id, typ)
	if w.meddler && c.yes("while the editor is open") {
		w.meddle(c, id, "while open")()
	}
	wish := w.intend(c, id, typ, base, priority)
	calm := false
	if !w.disturbed && w.manner != changing && c.rarely(4, "old evidence will do") {
		wish.in.MaxAge, calm = time.Hour, true // nobody else has changed anything since
	}
	wish.in.NoReadBack = c.rarely(3, "no read back")
	by := roster.Author{Operator: "An"}
	if c.yes("session") {
		by.Session = "s"
	}
	try := &attempt{wish: wish, on: on, preview: on.tenant.Preview(wish.in, by)}
	try.consent = w.answers(c, try.preview)
	for round := range 3 {
		if err := w.try(c, try, by, calm); err != nil {
			return err
		}
		confirm := (*roster.ConfirmError)(nil)
		if !errors.As(try.err, &confirm) || c.yes("leaves it at that") {
			return nil
		}
		next := *try
		next.consent = roster.ConsentOf(true, roster.ShownBy(confirm.Plan), true)
		try = &next
		if round == 1 && c.yes("a moment later") {
			time.Sleep(3 * time.Second)
		}
	}
	return nil
}

func (w *world) try(c chooser, try *attempt, by roster.Author, calm bool) error {
	id := try.in.Agent
	acts, onPut := w.interference(c, id, "in the window")
	if calm {
		acts, onPut = nil, nil
	}
	put := w.drawPut(c)
	var late func()
	if c.rarely(5, "a tab reads") {
		late = w.tab(c, try.on, id)
	}
	w.step(acts, w.troubles(c), onPut)
	for _, q := range try.on.tenant.Queues(apiclient.Callin) {
		try.known = append(try.known, q.ID)
	}
	try.begun, try.puts, try.first, try.last = time.Now(), len(w.puts), w.shownAt(time.Now()), nil
	if try.pending = w.writesOf(id, try.in.Type); len(try.pending) > 0 {
		try.last = &try.pending[0]
	}
	consent := try.consent
	try.out, try.err = try.on.tenant.Change(context.Background(), w, try.in, by, consent)
	w.note("%s: %s %s base %v want %v priority %v, consent %+v, write %s: %v %v, asks %v, %v", try.on.name, try.in.Verb, try.in.Type,
		try.in.Base, try.in.Want, deref(try.in.Priority), consent, put, try.out.Result, try.out.Applied, roster.ShownBy(try.out.Plan), try.err)
	err := w.judge(try)
	if try.out.Result == journal.Accepted || try.out.Result == journal.Verified || try.out.Result == journal.Differs {
		w.dismissed[try.in.Type] = append(slices.Clone(try.removed), except(try.named, try.out.Plan.After)...)
	}
	if try.out.EntryID != "" && try.out.Result != journal.Refused && by.Session != "" {
		for _, q := range try.out.Plan.Questions() {
			try.on.answered[string(try.in.Type)+q.Code()] = true
		}
	}
	if late != nil {
		late()
	}
	w.step(nil, nil, nil)
	return err
}

func deref(n *int) any {
	if n == nil {
		return "-"
	}
	return *n
}

// writesOf are the last change of a list that was not refused, and those before it as
// long as none was answered, the newest first.
func (w *world) writesOf(id string, typ apiclient.QueueType) (out []journal.Entry) {
	for _, e := range slices.Backward(w.store.entries) {
		if e.Agent != id || e.Kind != journal.Kind(typ) || e.Result == journal.Refused {
			continue
		}
		if out = append(out, e); e.Result != journal.Unknown && e.Code != journal.CodeNotApplied {
			break
		}
	}
	return out
}

// tab begins a read of the list on somebody's screen that arrives some time later, and
// returns what waits for it.
func (w *world) tab(c chooser, on *console, id string) func() {
	q := apiclient.AgentQuery{Page: c(2, "page"), Size: 100}
	if c.yes("filtered") {
		q.QueueID = c.one(w.queues, "queue")
	}
	w.step(nil, map[int]fault{0: {late: c.span("late", 2*time.Millisecond, 9*time.Millisecond, 3*time.Second)}}, nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = on.tenant.List(context.Background(), w, q)
	}()
	time.Sleep(4 * time.Millisecond) // it has its answer, and has not brought it home
	w.note("a tab has read %+v", q)
	return func() { <-done }
}

// open is the editor opening, by live reads or from what is known.
func (w *world) open(c chooser, on *console, id string, typ apiclient.QueueType) ([]int64, *string) {
	a, ok := on.tenant.Known(id)
	if !ok || c.yes("editor reads") {
		a, _ = on.tenant.Gather(context.Background(), w, id, typ, c.span("editor age", 0, 5*time.Minute))
	}
	priority := ""
	if a.Priority != nil {
		priority = *a.Priority
	}
	return roster.IDs(a.Memberships(typ)), &priority
}

// intend draws what the person does to the list shown, from its page or the queue's.
func (w *world) intend(c chooser, id string, typ apiclient.QueueType, base []int64, shown *string) wish {
	all := w.queues
	if typ == apiclient.Callout {
		all = w.outs
	}
	var removed, added []int64
	for range 2 { // most people want something
		if removed, added = c.some(base, "remove"), c.some(except(all, base), "add"); len(removed)+len(added) > 0 {
			break
		}
	}
	var priority *int
	if c.rarely(4, "sets a priority") {
		priority = new(1 + c(5, "priority"))
	}
	switch c(8, "verb") {
	case 0:
		return wish{roster.AddIntent(id, typ, added, priority), nil, added}
	case 1:
		return wish{roster.RemoveIntent(id, typ, removed), removed, nil}
	case 2:
		want := c.some(all, "replacement")
		return wish{roster.ReplaceIntent(id, typ, want, priority), nil, want}
	case 3:
		for _, e := range shuffledEntries(w.store.entries, c) {
			if in, err := roster.UndoIntent(e); err == nil && e.Agent == id && e.Kind == journal.Kind(typ) {
				return wish{in, except(e.After, e.Before), except(e.Before, e.After)}
			}
		}
	}
	want := append(except(base, removed), added...)
	in := roster.EditIntent(id, typ, base, want, priority)
	in.PriorityBase = shown
	return wish{in, removed, added}
}

func shuffledEntries(from []journal.Entry, c chooser) []journal.Entry {
	out := slices.Clone(from)
	if len(out) > 1 && c.yes("an older entry") {
		slices.Reverse(out)
	}
	return out
}

// answers draws what somebody answers: nothing, to whatever is asked, or to what the
// page has shown, or to a part of that.
func (w *world) answers(c chooser, preview roster.Plan) roster.Consent {
	switch c(6, "consent") {
	case 0:
		return roster.Consent{}
	case 1, 2:
		return roster.ConsentToAll()
	case 3:
		return roster.ConsentOf(true, "unsure:one-shown,unsure:callout-one-shown", true)
	case 4:
		return roster.Consent{Unread: true}
	}
	return roster.ConsentOf(true, roster.ShownBy(preview), true)
}
