package live_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// judgement is what one attempt is judged by.
type judgement struct {
	*world
	*attempt
	typ apiclient.QueueType
	id  string
	// sent is the write, nil where there was none.
	sent *put
	// to is the version that the write replaced; where there was none, the present one.
	to int
	// fresh are the versions that what was read for the change may have shown, from our
	// own last write on, which reads may not show yet; old are those of the listings
	// that the change is not about, which may be older; shown are all that reads may
	// have shown, whatever we wrote.
	fresh, old, shown []version
	told              told
	uncovered         []string // codes of what was asked and not agreed to
}

// told is what a plan told the person, and they agreed to.
type told struct {
	reasons  []roster.Unsure
	queues   []int64 // that may be lost, or written again, by name
	removals []int64
	priority bool
}

func (j *judgement) fail(format string, args ...any) error {
	return fmt.Errorf("%s\nplan: before %v after %v unsure %v unread %v doubts %v asks %v answered %v", fmt.Sprintf(format, args...),
		j.out.Plan.Before, j.out.Plan.After, j.out.Plan.Unsure, j.out.Plan.Unread, j.out.Plan.Doubts, roster.ShownBy(j.out.Plan), j.out.Plan.Answered)
}

// judge says what is wrong with what came of an attempt.
func (w *world) judge(try *attempt) error {
	w.upstream.mu.Lock()
	defer w.upstream.mu.Unlock()
	j := &judgement{world: w, attempt: try, typ: try.in.Type, id: try.in.Agent, to: len(w.versions) - 1}
	if len(w.puts) > try.puts+1 {
		return j.fail("%d writes", len(w.puts)-try.puts)
	}
	at := time.Now()
	if len(w.puts) > try.puts {
		j.sent = &w.puts[len(w.puts)-1]
		at, j.to = j.sent.at, w.replaced[len(w.puts)-1]
	}
	j.fresh, j.shown = w.since(try.first, j.to, j.typ, j.id), w.versions[try.first:j.to+1]
	j.old = j.fresh
	if w.limit != nil {
		j.old = w.since(w.shownAt(at.Add(-evidenceAge-window)), j.to, j.typ, j.id)
	}
	if try.in.MaxAge > 0 {
		j.old = w.since(0, j.to, j.typ, j.id)
	}
	j.told = j.agreed()
	try.named = j.told.queues
	if j.confused = j.confused || j.chance(); j.confused {
		return nil
	}
	if err := j.questions(); err != nil {
		return err
	}
	if j.sent == nil {
		return j.unsent()
	}
	for _, check := range []func() error{j.asked, j.kept, j.keptWaiting, j.addedBack, j.moved, j.priorities, j.unquestioned, j.claims, j.journalled} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// chance reports whether reads that lag may have shown a list from before our own last
// write, or a mixture of several, that equals what it sent, though they had shown another:
// nothing tells that from the write.
func (j *judgement) chance() bool {
	if j.lag == 0 || j.last == nil {
		return false
	}
	written := -1
	for i, v := range j.versions {
		if v.own == j.typ && v.agent == j.id {
			written = i
		}
	}
	if written < 1 || same(j.last.Before, j.last.After) {
		return false
	}
	from := min(j.shownAt(j.last.At), written)
	before := j.versions[from:written]
	for _, q := range append(ever(before, j.id, j.typ), j.last.After...) {
		is := slices.Contains(j.last.After, q)
		if !slices.ContainsFunc(before, func(v version) bool { return slices.Contains(v.list(j.id, j.typ), q) == is }) {
			return false
		}
	}
	return true
}

// since are the versions from one on up to another, or from our own last write between
// them: the console knows of that one, whatever reads show.
func (w *world) since(from, to int, typ apiclient.QueueType, id string) []version {
	for i := to; i > from; i-- {
		if v := w.versions[i]; v.own == typ && v.agent == id {
			from = i
		}
	}
	return w.versions[min(from, to) : to+1]
}

// agreed is what the consent covers of the plan's questions, and what was answered
// before in the session.
func (j *judgement) agreed() (t told) {
	var codes []string
	for _, q := range append(j.out.Plan.Questions(), j.answeredBefore()...) {
		code := q.Code()
		yes := j.consent.Given && (len(j.consent.To) == 0 || slices.Contains(j.consent.To, code)) ||
			j.consent.Unread && q.Why == roster.ConfirmUnread || slices.Contains(j.out.Plan.Answered, code) && j.on.answered[string(j.typ)+code]
		if !yes {
			codes = append(codes, code)
			continue
		}
		switch q.Why {
		case roster.ConfirmUnsure:
			t.reasons = append(t.reasons, q.About)
		case roster.ConfirmUnread, roster.ConfirmDoubtful:
			t.queues = append(t.queues, q.Queue)
		case roster.ConfirmRemoval:
			t.removals = append(t.removals, q.Queue)
		case roster.ConfirmPriority:
			t.priority = true
		}
	}
	j.uncovered = codes
	return t
}

// answeredBefore are the questions that the plan leaves out because they were answered.
func (j *judgement) answeredBefore() (out []roster.Question) {
	for _, about := range []roster.Unsure{roster.OneShown, roster.CalloutOneShown} {
		if q := (roster.Question{Why: roster.ConfirmUnsure, About: about}); slices.Contains(j.out.Plan.Answered, q.Code()) {
			out = append(out, q)
		}
	}
	return out
}

// asked: what was sent is what the plan says and the person asked for, and they agreed
// to all that the plan asks.
func (j *judgement) asked() error {
	sent := j.sent.ids
	switch {
	case len(j.uncovered) > 0:
		return j.fail("sent unconfirmed: %v", j.uncovered)
	case !same(sent, j.out.Plan.After) || len(roster.Distinct(sent)) != len(sent) || len(sent) == 0:
		return j.fail("sent %v, not what the plan said", sent)
	case j.sent.agent != j.id || j.sent.typ != j.typ:
		return j.fail("sent %+v", j.sent)
	case j.in.Verb == roster.Replace && !same(sent, j.in.Want):
		return j.fail("sent %v for %v", sent, j.in.Want)
	case j.in.Verb == roster.Edit && !same(except(sent, j.told.queues), except(j.preview.After, j.told.queues)) && len(j.out.Plan.Doubts) == 0:
		return j.fail("sent %v, previewed %v", sent, j.preview.After)
	case len(intersect(sent, j.removed)) > 0 || len(except(j.added, sent)) > 0:
		return j.fail("sent %v: not what the person asked for", sent)
	}
	return nil
}

// kept: every queue that the agent was in all along is in what was sent, unless the
// person removed it, or was shown it by name.
func (j *judgement) kept() error {
	named := append(append(roster.IDs(j.out.Plan.Before), j.in.Named()...), j.told.removals...)
	for _, q := range except(except(throughout(j.fresh, j.id, j.typ), j.sent.ids), j.told.queues) {
		if slices.Contains(j.removed, q) || j.in.Verb == roster.Replace && slices.Contains(j.told.removals, q) {
			continue
		}
		if !slices.Contains(named, q) && (j.mayBeApart() || !j.rowShows(q, j.fresh)) && !slices.Contains(throughout(j.old, j.id, j.typ), q) {
			continue // attached within the age that listings may have: docs/safe-write.md
		}
		if !j.excused(q) && !j.said(q) {
			return j.fail("lost %d", q)
		}
	}
	// A removal is asked each time, but for an undo, which says itself what it removes.
	if gone := except(except(roster.IDs(j.out.Plan.Before), j.sent.ids), j.told.removals); j.in.Verb != roster.Undo && len(gone) > 0 {
		return j.fail("removed %v unasked", gone)
	}
	return nil
}

// mayBeApart reports whether the person was told that no row says what else there is: it
// could not be read, or may show one queue of several, of a tenant that has never shown two.
func (j *judgement) mayBeApart() bool {
	return j.typ == apiclient.Callin && (slices.Contains(j.told.reasons, roster.RowOld) || !j.on.sawTwo[0] && slices.Contains(j.told.reasons, roster.OneShown))
}

// keptWaiting: what a write that the limit held up rests on was read again. (A consent to
// whatever is asked may cover what that asks, and the plan does not say.)
func (j *judgement) keptWaiting() error {
	if j.waited.IsZero() || len(j.consent.To) == 0 && j.consent.Given || j.hurt || j.stuck || j.liar || j.manner == changing {
		return nil
	}
	again := j.since(max(j.first, j.shownAt(j.waited)), j.to, j.typ, j.id)
	for _, q := range except(except(throughout(again, j.id, j.typ), j.sent.ids), append(j.told.queues, j.removed...)) {
		gone := j.in.Verb == roster.Replace && slices.Contains(j.told.removals, q)
		if len(again) == 1 && j.rowShows(q, again) && j.typ == apiclient.Callin && !gone && !j.excused(q) && !j.said(q) && !j.mayBeApart() {
			return j.fail("lost %d while it waited", q)
		}
	}
	return nil
}

// excused reports whether a queue could be lost because nothing that the API offers
// shows it, which the person was told.
func (j *judgement) excused(q int64) bool {
	byRow, byFilter := j.rowShows(q, j.fresh), j.filterShows(q)
	tellsOf := func(about ...roster.Unsure) bool {
		return len(intersectReasons(j.told.reasons, about)) > 0
	}
	warned := func(code roster.WarningCode) bool {
		return slices.ContainsFunc(j.out.Plan.Warnings, func(w roster.Warning) bool { return w.Code == code })
	}
	switch {
	case j.typ == apiclient.Callout:
		// What a write of ours made the list is known, as long as it is so.
		written := len(j.fresh) == 1 && j.fresh[0].own == j.typ && j.fresh[0].agent == j.id && j.last != nil && j.last.Result != journal.Unknown
		// Nor is that contradicted by the one number of it that the API goes on showing.
		if !byRow && len(j.ours()) > 0 && !slices.Contains(j.ours(), q) && len(except(roster.IDs(j.out.Plan.Before), j.ours())) == 0 {
			return true
		}
		return !byRow && !written && (tellsOf(roster.CalloutOneShown, roster.RowOld) || (j.in.Verb == roster.Edit || j.in.Verb == roster.Replace) && warned(roster.WarnCalloutShowsOne))
	case !byRow && !byFilter && tellsOf(roster.OneShown, roster.CrawlIncomplete, roster.RowOld, roster.EvidenceIncomplete):
		return true
	case !byRow && !byFilter && j.mode == unnamed && warned(roster.WarnOneShown):
		return true // docs/safe-write.md: such a queue is known to nobody, and the editor says so
	case j.stuck && j.liar: // a page given for ever, whose claim it bears out: docs/safe-write.md
		return true
	case !byFilter && (tellsOf(roster.RowOld, roster.CrawlIncomplete) || j.mayBeApart()):
		return true // rows that cannot be read whole, or not be known to, and no listing to ask
	}
	return j.cameBack(q)
}

// said reports whether our own last write to which the API said yes, those after it whose
// answers were lost, and all that could be read since agree about a queue: then nothing can
// tell that the write had no effect and that reads lag so far behind that they show what
// was before.
func (j *judgement) said(q int64) bool {
	if len(j.pending) == 0 {
		return false
	}
	last := j.pending[len(j.pending)-1]
	if last.Result != journal.Accepted {
		return false
	}
	written := slices.Contains(last.After, q)
	if slices.ContainsFunc(j.pending, func(e journal.Entry) bool { return slices.Contains(e.After, q) != written }) {
		return false
	}
	at := time.Now()
	if j.sent != nil {
		at = j.sent.at
	}
	read := j.versions[j.first : j.shownAt(at)+1]
	shows := func(v version) bool {
		one := []version{v}
		return slices.Contains(v.list(j.id, j.typ), q) && (j.rowShows(q, one) || !j.upstream.shown && j.filterShows(q))
	}
	if slices.Contains(j.dismissed[j.typ], q) && !written && (j.in.MaxAge > 0 || j.lag > 0 && !shows(read[0])) {
		return true // somebody took it away with that very write, which with what was read is all
	}
	if j.in.MaxAge > 0 { // what was read after the write will do
		at := j.shownAt(last.At)
		read = j.versions[at : at+1]
	}
	if (j.limit != nil || j.hurt) && j.lag > 0 && written && slices.ContainsFunc(read, shows) {
		return true // the reads of one save are of many moments
	}
	return !slices.ContainsFunc(read, func(v version) bool { return shows(v) != written })
}

// rowShows reports whether any row of the agent shows a queue in all of versions.
func (j *judgement) rowShows(q int64, versions []version) bool {
	if j.typ == apiclient.Callout {
		return !slices.ContainsFunc(versions, func(v version) bool {
			list := v.list(j.id, j.typ)
			return len(list) == 0 || !slices.Contains(list, q) || !j.calloutAll && list[0] != q
		})
	}
	if !slices.Contains(j.rotation, firstOnly) {
		return true
	}
	return !slices.ContainsFunc(versions, func(v version) bool {
		list := v.list(j.id, j.typ)
		return len(list) == 0 || list[0] != q
	})
}

// filterShows reports whether the console knows of a queue, and its listing shows the
// agent.
func (j *judgement) filterShows(q int64) bool { return j.filterShowsIn(q, j.fresh) }

// filterShowsIn is filterShows of what was so in versions.
func (j *judgement) filterShowsIn(q int64, versions []version) bool {
	if j.typ == apiclient.Callout {
		return false
	}
	known := j.mode == remembered || j.mode == discoverable && j.on.crawled || slices.Contains(j.known, q)
	return known && (!j.upstream.shown || j.rowShows(q, versions))
}

// filtersAll reports whether a row or a listing shows each queue of the agent.
func (j *judgement) filtersAll(versions []version) bool {
	return !slices.ContainsFunc(ever(versions, j.id, j.typ), func(q int64) bool { return !j.rowShows(q, versions) && !j.filterShows(q) })
}

// canHide reports whether, as far as the console can know, rows and filter may show one
// queue of several: then what is shown contradicts our own last write only if it is no
// part of it (roster/belief/evidence.go).
func (j *judgement) canHide() bool {
	if j.typ == apiclient.Callout {
		return !j.calloutAll || !j.on.sawTwo[1]
	}
	return j.upstream.shown && slices.Contains(j.rotation, firstOnly) || !j.on.sawTwo[0]
}

// ours are the queues that our own last write made the list, where all that could be
// read of it was a part of that.
func (j *judgement) ours() []int64 {
	if !j.canHide() || j.last == nil || j.last.Result == journal.Unknown || j.last.Result == journal.Intent {
		return nil
	}
	part := slices.ContainsFunc(j.shown, func(v version) bool {
		list := v.list(j.id, j.typ)
		if j.typ == apiclient.Callin && j.manner == rowPerQueue && (j.byQueue || j.order != nil) {
			return len(intersect(list, j.last.After)) > 0 // any of their rows may be all that was met
		}
		one := len(list) == 1 || len(list) > 0 && (j.typ == apiclient.Callout || slices.Contains(j.rotation, firstOnly))
		return one && slices.Contains(j.last.After, list[0])
	})
	if !part {
		return nil
	}
	return j.last.After
}

// addedBack: nothing was sent that the agent was never in, unless the person asked for
// it or was shown it by name.
func (j *judgement) addedBack() error {
	for _, q := range except(except(except(j.sent.ids, j.added), j.told.queues), ever(j.fresh, j.id, j.typ)) {
		if !slices.Contains(j.ours(), q) && !j.said(q) {
			return j.fail("brought %d back", q)
		}
	}
	return nil
}

// moved: an edit is not sent over a list that is another than the person looked at.
func (j *judgement) moved() error {
	if j.in.Verb != roster.Edit || len(j.told.queues)+len(j.told.reasons) > 0 || j.typ == apiclient.Callout && !j.calloutAll || j.canHide() {
		return nil
	}
	var doubtful []int64 // of which every answer is the person's own
	for _, d := range j.out.Plan.Doubts {
		doubtful = append(doubtful, d.Queue)
	}
	doubtful = append(doubtful, slices.DeleteFunc(append(slices.Clone(j.in.Base), throughout(j.old, j.id, j.typ)...), func(q int64) bool { return !j.said(q) })...)
	if len(j.old) == 1 && j.mode != unnamed && !same(except(j.in.Base, doubtful), except(throughout(j.old, j.id, j.typ), doubtful)) {
		return j.fail("sent over a list that had moved")
	}
	return nil
}

// priorities: the one that the person set is sent, or the agent's own again.
func (j *judgement) priorities() error {
	sent := j.sent.priority
	if j.typ == apiclient.Callout {
		if sent != nil {
			return j.fail("sent a priority for callout")
		}
		return nil
	}
	if j.in.SetsPriority() && j.in.Verb != roster.Undo {
		if sent == nil || *sent != *j.in.Priority {
			return j.fail("sent priority %v", deref(sent))
		}
		return nil
	}
	was := ""
	if sent != nil {
		was = strconv.Itoa(*sent)
	}
	for _, v := range j.priorityVersions() {
		shown := v.find(j.id).priority
		if _, err := strconv.Atoi(shown); shown == was || err != nil && was == "" && (shown == "" || j.told.priority) {
			return nil
		}
		if u := j.in.Undoes; j.in.Verb == roster.Undo && was == u.PriorityBefore && shown == u.PriorityAfter {
			return nil
		}
	}
	if j.told.priority || j.last != nil && (j.last.Result == journal.Accepted || j.last.Result == journal.Differs) && j.last.PriorityAfter == was {
		return nil // the API said yes to it: see said
	}
	return j.fail("sent priority %q", was)
}

// priorityVersions are those that the agent's priority may be of, from our own last write
// of one on.
func (j *judgement) priorityVersions() []version {
	from := j.first
	for i := j.to; i > from; i-- {
		if v := j.versions[i]; v.own == j.typ && v.agent == j.id && v.set {
			from = i
		}
	}
	return j.versions[min(from, j.to) : j.to+1]
}

// calm reports whether nothing was in the way of the reads of the attempt.
func (j *judgement) calm() bool {
	return j.steady() && !j.liar && !j.stuck && !j.hurt && j.manner != changing
}

// steady reports whether all reads of the attempt showed one version.
func (j *judgement) steady() bool { return len(j.shown) == 1 }

// questions: nothing is asked without a reason.
func (j *judgement) questions() error {
	confirm, conflict := (*roster.ConfirmError)(nil), (*roster.ConflictError)(nil)
	p := j.out.Plan
	if errors.As(j.err, &conflict) {
		return nil
	}
	if errors.As(j.err, &confirm) && len(j.uncovered) == 0 {
		return j.fail("asked again")
	}
	for _, q := range p.Questions() {
		if why := j.unreasonable(q); why != "" {
			return j.fail("asked %s without a reason: %s", q.Code(), why)
		}
	}
	return nil
}

// unreasonable says why a question should not have been asked, "" where it should.
func (j *judgement) unreasonable(q roster.Question) string {
	switch q.Why {
	case roster.ConfirmRemoval:
		if !slices.Contains(j.removed, q.Queue) && j.in.Verb != roster.Replace || slices.Contains(j.in.Want, q.Queue) && j.in.Verb == roster.Replace {
			return "nobody removes it"
		}
	case roster.ConfirmUnread:
		if j.mayHideOthers() {
			return ""
		}
		if j.calm() && j.on.crawled && j.limit == nil && j.in.MaxAge == 0 {
			return "it could be read"
		}
	case roster.ConfirmQueue:
		if j.calm() && !j.upstream.shown && j.limit == nil && j.others(q.Queue) > 0 {
			return "somebody else is there"
		}
	case roster.ConfirmDoubtful:
		if j.last == nil {
			return "nothing was written"
		}
		if j.mayHideOthers() {
			return ""
		}
		is := slices.Contains(throughout(j.shown, j.id, j.typ), q.Queue)
		if j.calm() && j.in.MaxAge == 0 && !j.canHide() && j.on.crawled && !slices.ContainsFunc(j.pending, func(e journal.Entry) bool { return slices.Contains(e.After, q.Queue) != is }) {
			return "what we wrote is there"
		}
	case roster.ConfirmPriority:
		shown := []string{}
		for _, v := range j.shown {
			shown = append(shown, v.find(j.id).priority)
		}
		_, err := strconv.Atoi(shown[0])
		touched := j.in.SetsPriority() && j.in.PriorityBase != nil && *j.in.PriorityBase != shown[0]
		if j.steady() && !j.awaits(shown[0]) && j.in.MaxAge == 0 && (err == nil || shown[0] == "") && !touched {
			return "it can be kept"
		}
	case roster.ConfirmUnsure:
		return j.unreasonablyUnsure(q.About)
	}
	return ""
}

// mayHideOthers reports whether what rows show of a callout list may be a part of it: one
// number, once the tenant has shown several, and several on a page at whose edge the agent
// stands.
func (j *judgement) mayHideOthers() bool {
	return j.typ == apiclient.Callout && (len(throughout(j.shown, j.id, j.typ)) < 2 || j.manner == rowPerQueue || j.full())
}

// full reports whether a page may have ended where the list did not, so that an agent at
// its edge is not shown wholly.
func (j *judgement) full() bool {
	return slices.ContainsFunc(j.shown, func(v version) bool { return len(v.people) >= j.cap })
}

// awaits reports whether a write of ours of late sent another priority than is shown, and
// none since was verified.
func (j *judgement) awaits(shown string) bool {
	for _, e := range slices.Backward(j.store.entries) {
		switch {
		case e.Agent != j.id || e.Kind != journal.Callin || e.Result == journal.Refused || e.ID == j.out.EntryID:
		case e.Result == journal.Verified && e.SettledAt.Before(j.begun):
			return false
		case e.PriorityAfter != "" && e.PriorityAfter != shown:
			return j.begun.Sub(e.At) <= 6*time.Minute
		}
	}
	return false
}

func (j *judgement) unreasonablyUnsure(about roster.Unsure) string {
	shown := throughout(j.shown, j.id, j.typ)
	switch about {
	case roster.RowOld, roster.EvidenceIncomplete:
		if j.calm() && j.on.crawled && j.in.MaxAge == 0 {
			return "it could be read"
		}
	case roster.CrawlIncomplete:
		if j.on.crawled {
			return "the tenant was crawled"
		}
	case roster.OneShown:
		switch {
		case j.typ == apiclient.Callout:
			return "it is about callin"
		case j.calm() && j.in.MaxAge == 0 && len(shown) == 0 && len(except(ever(j.shown, j.id, j.typ), nil)) == 0 && j.last == nil:
			return "there is no queue"
		case j.calm() && j.in.MaxAge == 0 && j.manner == joined && len(shown) > 1 && !j.full():
			return "the answer shows several queues"
		}
	case roster.CalloutOneShown:
		switch {
		case j.typ != apiclient.Callout || j.in.Verb == roster.Replace:
			return "the person says the whole list"
		case j.calm() && j.in.MaxAge == 0 && j.calloutAll && len(shown) > 1:
			return "the row shows several"
		}
	}
	return ""
}

// others is how many could take calls of a queue but for the agent, at the least.
func (j *judgement) others(q int64) int {
	least := -1
	for _, v := range j.shown {
		n := 0
		for _, p := range v.people {
			if p.id != j.id && p.available() && slices.Contains(p.callin, q) {
				n++
			}
		}
		if least < 0 || n < least {
			least = n
		}
	}
	return least
}

// unquestioned: a queue is not left without anybody unasked.
func (j *judgement) unquestioned() error {
	if j.typ == apiclient.Callout || !j.calm() || !j.on.crawled || j.limit != nil || j.in.MaxAge > 0 {
		return nil
	}
	for _, q := range except(roster.IDs(j.out.Plan.Before), j.sent.ids) {
		asks := slices.ContainsFunc(j.out.Plan.Questions(), func(a roster.Question) bool { return a.Why == roster.ConfirmQueue && a.Queue == q })
		if j.others(q) == 0 && !asks {
			return j.fail("nobody is left in %d, and nobody was asked", q)
		}
	}
	return nil
}

// unsent: nothing was sent, and there is a reason.
func (j *judgement) unsent() error {
	conflict, limited := (*roster.ConflictError)(nil), (*apiclient.RateLimitError)(nil)
	hide := j.canHide() || j.mode == unnamed
	switch {
	case errors.As(j.err, &conflict):
		if j.steady() && !hide && j.out.Plan.Sure() && j.in.MaxAge == 0 && same(throughout(j.fresh, j.id, j.typ), j.in.Base) && !j.stuck {
			return j.fail("a conflict about nothing")
		}
	case errors.As(j.err, new(*roster.ConfirmError)):
	case j.out.EntryID != "":
		return j.failed()
	case errors.Is(j.err, roster.ErrEmptyList):
		if len(j.out.Plan.After) > 0 {
			return j.fail("%v is not empty", j.out.Plan.After)
		}
	case j.out.Nothing && j.err == nil:
		return j.nothing()
	case errors.Is(j.err, roster.ErrNoSuchAgent) && (j.manner == changing && j.rows() > j.cap || j.stuck || j.liar || j.hurt || !j.steady()):
	case j.hurt && (errors.As(j.err, new(*apiclient.UnreachableError)) || errors.As(j.err, &limited)):
	case j.slow && errors.Is(j.err, context.DeadlineExceeded):
	default:
		return j.fail("nothing sent, and no reason: %v", j.err)
	}
	return nil
}

// rows are how many a row for each queue makes.
func (j *judgement) rows() (n int) {
	for _, p := range j.people {
		n += max(1, len(p.callin))
	}
	return n
}

// failed: the write was not carried out. It is refused or unknown, unless what was read
// is what was to be sent.
func (j *judgement) failed() error {
	switch j.out.Result {
	case journal.Verified:
		read := j.versions[j.first:]
		if len(except(j.out.Plan.After, append(ever(read, j.id, j.typ), j.ours()...))) > 0 || len(except(throughout(read, j.id, j.typ), j.out.Plan.After)) > 0 && !j.canHide() {
			return j.fail("called verified, and was lost")
		}
	case journal.Refused, journal.Unknown:
		if j.err == nil || j.out.Applied == roster.AppliedYes {
			return j.fail("no word of the failure")
		}
	default:
		return j.fail("called %v, and was not carried out", j.out.Result)
	}
	return nil
}

// nothing: what is called so already is so.
func (j *judgement) nothing() error {
	if j.in.Idle() {
		return nil
	}
	there, never := ever(j.fresh, j.id, j.typ), throughout(j.fresh, j.id, j.typ)
	there = append(there, j.ours()...)
	never = slices.DeleteFunc(never, func(q int64) bool {
		recent := slices.Contains(j.in.Named(), q) || slices.Contains(throughout(j.old, j.id, j.typ), q)
		unknown := slices.Contains(j.out.Plan.Unsure, roster.CrawlIncomplete) && !j.filterShows(q)
		return unknown || !j.rowShows(q, j.fresh) && !(j.filterShows(q) && recent)
	})
	missing := slices.DeleteFunc(except(j.added, there), j.said)
	if len(missing) > 0 {
		return j.fail("called already so: %v is not there", missing)
	}
	never = slices.DeleteFunc(never, j.said)
	if left := intersect(never, j.removed); len(left) > 0 && !j.cameBack(left...) {
		return j.fail("called already so: %v is there", left)
	}
	if j.in.Verb == roster.Replace {
		if extra := except(never, j.in.Want); len(extra) > 0 && !j.cameBack(extra...) {
			return j.fail("called already so: %v is there", extra)
		}
	}
	if j.typ == apiclient.Callin && j.in.SetsPriority() && j.in.Verb != roster.Undo {
		want := strconv.Itoa(*j.in.Priority)
		said := j.last != nil && j.last.Result == journal.Accepted && j.last.PriorityAfter == want
		if !said && !slices.ContainsFunc(j.priorityVersions(), func(v version) bool { return v.find(j.id).priority == want }) {
			return j.fail("called already so: the priority is another")
		}
	}
	return nil
}

// claims: what is said of the outcome is so.
func (j *judgement) claims() error {
	after := j.versions[min(j.shownAt(j.sent.at), j.to):]
	if j.sent.applied && j.lag == 0 {
		after = j.versions[j.to+1:]
	}
	hides := j.canHide() || j.typ == apiclient.Callout
	priority := func(v version) bool {
		return j.sent.priority == nil || v.find(j.id).priority == strconv.Itoa(*j.sent.priority)
	}
	asSent := func(v version) bool { return same(v.list(j.id, j.typ), j.sent.ids) && priority(v) }
	unsent := slices.DeleteFunc(except(throughout(after, j.id, j.typ), j.sent.ids), func(q int64) bool {
		concerned := slices.Contains(j.out.Plan.Added(), q) || slices.Contains(roster.IDs(j.out.Plan.Before), q)
		return !j.rowShows(q, after) && !(j.filterShowsIn(q, after) && concerned) // what is read back: docs/safe-write.md
	})
	between := len(except(j.sent.ids, ever(after, j.id, j.typ))) == 0 && len(unsent) == 0
	hides = hides || !j.filtersAll(after)
	every := !slices.ContainsFunc(after, func(v version) bool { return !asSent(v) })
	moved := len(j.versions) > j.to+1 && !j.sent.applied || len(j.versions) > j.to+2
	calm := !moved && !j.liar && !j.stuck && !j.hurt && j.manner != changing && j.limit == nil
	switch j.out.Result {
	case journal.Verified:
		mixed := j.lag > 0 && !slices.ContainsFunc(after, asSent)
		unseen := j.lag > 0 && j.sent.applied && j.shownAt(time.Now()) <= j.to
		j.confused = j.confused || (mixed || unseen) && between
		if !between || len(after) == 1 && !priority(after[0]) && !hides {
			return j.fail("called verified: it is %v", after[len(after)-1].list(j.id, j.typ))
		}
	case journal.Differs:
		if every && calm && !hides {
			return j.fail("called another than was sent")
		}
	case journal.Accepted:
		// What reads had shown before the write proves nothing of it; nor do they where it was
		// sent for what the row, which could not be read whole, might show besides.
		p := j.out.Plan
		unsure := len(p.Doubts)+len(p.Unread) > 0 || j.in.Verb == roster.Replace && !p.MovesPriority() && slices.Contains(p.Unsure, roster.RowOld)
		nothingNew := unsure && same(j.sent.ids, except(roster.IDs(p.Before), p.Unread))
		if every && calm && !hides && !nothingNew && !j.in.NoReadBack && j.sent.answered && j.on.crawled {
			return j.fail("not called verified")
		}
		if !j.sent.answered {
			return j.fail("accepted by nobody")
		}
	case journal.Unknown:
		if j.sent.answered || j.err == nil {
			return j.fail("called unknown")
		}
		if j.out.Applied == roster.AppliedNo && every && len(after) == 1 && !hides {
			return j.fail("called not applied, and it was")
		}
	default:
		return j.fail("the result is %q", j.out.Result)
	}
	return nil
}

// journalled: the journal says what was sent and what came of it, and calls the list
// before known only where it was.
func (j *judgement) journalled() error {
	i := slices.IndexFunc(j.store.entries, func(e journal.Entry) bool { return e.ID == j.out.EntryID })
	if i < 0 {
		return j.fail("not journalled")
	}
	e := j.store.entries[i]
	if e.Result != j.out.Result || !same(e.After, j.sent.ids) || !same(e.Before, roster.IDs(j.out.Plan.Before)) {
		return j.fail("journalled as %+v", e)
	}
	if !e.BeforeKnown {
		return nil
	}
	invented := except(except(e.Before, ever(j.fresh, j.id, j.typ)), j.ours())
	if invented = slices.DeleteFunc(invented, j.said); len(invented) > 0 {
		return j.fail("the list before is called known, with %v", invented)
	}
	for _, q := range except(throughout(j.fresh, j.id, j.typ), e.Before) {
		// An undo is no worse for a queue that neither knew of (Plan.undoable).
		if slices.Contains(j.out.Plan.Unsure, roster.CrawlIncomplete) && !j.filterShows(q) || j.stuck && j.liar {
			continue
		}
		if j.mayBeApart() && (!j.filterShows(q) || !slices.Contains(throughout(j.old, j.id, j.typ), q)) {
			continue // likewise, of one that nobody knows, or attached within the age that listings may have
		}
		if (j.rowShows(q, j.fresh) || j.filterShows(q) && slices.Contains(throughout(j.old, j.id, j.typ), q)) && !j.cameBack(q) && !j.said(q) {
			return j.fail("the list before is called known, without %d", q)
		}
	}
	return nil
}

// cameBack reports whether, while it was read, some page of the list or of a listing
// was as it had been before with another content in between. Nothing can tell such
// pages from those of one moment: the API gives a page at a time, without a version.
func (j *judgement) cameBack(queues ...int64) bool {
	if j.steady() {
		return false
	}
	for _, s := range j.rotation {
		for _, queue := range append([]int64{0}, queues...) {
			were := make(map[int][]string) // by page, what it held, in order
			for _, v := range j.shown {
				rows := j.listed(v.people, s, apiclient.AgentQuery{QueueID: queue})
				for n := range 1 + len(rows)/j.cap {
					var who strings.Builder
					for _, r := range rows[min(n*j.cap, len(rows)):min((n+1)*j.cap, len(rows))] {
						who.WriteString(r.AgentID + " ")
					}
					held := were[n]
					if len(held) > 0 && held[len(held)-1] == who.String() {
						continue
					}
					if slices.Contains(held, who.String()) {
						return true
					}
					were[n] = append(held, who.String())
				}
			}
		}
	}
	return false
}

func throughout(versions []version, id string, typ apiclient.QueueType) []int64 {
	out := slices.Clone(versions[0].list(id, typ))
	for _, v := range versions {
		out = intersect(out, v.list(id, typ))
	}
	return out
}

func ever(versions []version, id string, typ apiclient.QueueType) (out []int64) {
	for _, v := range versions {
		out = roster.AppendNew(out, v.list(id, typ)...)
	}
	return out
}

func intersectReasons(a, b []roster.Unsure) (out []roster.Unsure) {
	for _, u := range a {
		if slices.Contains(b, u) {
			out = append(out, u)
		}
	}
	return out
}

func intersect(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return !slices.Contains(b, id) })
}

func except(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return slices.Contains(b, id) })
}

func same(a, b []int64) bool { return len(except(a, b)) == 0 && len(except(b, a)) == 0 }
