package belief

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// reader reads pages into a book as a tenant would, one nanosecond after the other.
type reader struct {
	*Book
	seed maphash.Seed
	at   int64
}

func newReader(l Limits) *reader {
	if l.MaxAgents == 0 {
		l.MaxAgents = 100
	}
	if l.SentFor == 0 {
		l.SentFor = time.Minute
	}
	return &reader{Book: NewBook(l), seed: maphash.MakeSeed()}
}

func (r *reader) now() Stamp {
	r.at++
	return r.Stamp(time.Unix(0, r.at))
}

// page takes one answer that shows the rows given as "agent queues": "081 1,2".
func (r *reader) page(queue int64, rows ...string) *Page {
	return r.pageAt(r.now(), queue, rows...)
}

func (r *reader) pageAt(at Stamp, queue int64, rows ...string) *Page {
	answer := &apiclient.AgentPage{TotalRecord: len(rows)}
	for _, row := range rows {
		id, queues, _ := strings.Cut(row, " ")
		callin, callout, _ := strings.Cut(queues, "|")
		shown := apiclient.AgentRow{AgentID: id, Status: new(1)}
		if callin != "" {
			shown.QueueCallinID = &callin
		}
		if callout != "" {
			shown.QueueCallout = &callout
		}
		answer.Rows = append(answer.Rows, shown)
	}
	p := NewPage(r.seed, apiclient.AgentQuery{QueueID: queue, Size: FullSize}, answer, at)
	// One page is all there is, and shorter than what is known to fit.
	r.capacity = FullSize
	r.Take(p)
	return p
}

func (r *reader) callin(id string) []int64 {
	var out []int64
	if rec := r.Record(id); rec != nil {
		for _, m := range rec.Callin {
			out = append(out, m.Queue)
		}
	}
	slices.Sort(out)
	return out
}

// wrote enters a write of ours with the answer the API gave.
func (r *reader) wrote(id string, state WriteState, before, after []int64) {
	at := r.now()
	r.Wrote(id, apiclient.Callin, Write{Entry: fmt.Sprint("w", at), Before: before, After: after, At: at, SentAt: at, State: state}, nil)
}

func TestIncompleteReadingOnlyAdds(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	r.page(0, "081 1")
	r.page(2, "081 1")
	since := r.now()
	r.page(0, "081 3") // somebody changed the list; queue 2's listing was not read
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("believes %v", got)
	}
	r.ListedWhole(1, r.now())
	r.ListedWhole(2, r.now())
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	if got := r.callin("081"); !slices.Equal(got, []int64{3}) {
		t.Errorf("after a complete reading believes %v", got)
	}
}

func TestStyleIsLearned(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	if r.Style != (Style{}) {
		t.Fatalf("begins as %+v", r.Style)
	}
	r.page(0, "081 1", "082 2")
	if r.Style != (Style{}) || !r.CanHide(apiclient.Callin) || !r.CanHide(apiclient.Callout) {
		t.Errorf("one queue each: %+v", r.Style)
	}
	r.page(2, "081 1")
	if r.Style.Filter != BeyondRows || r.CanHide(apiclient.Callin) {
		t.Errorf("a filter that knows more: %+v", r.Style)
	}
	r.page(0, "081 1,2", "082 2|50,51")
	if r.Style.Callin != SeveralSeen || r.Style.Callout != SeveralSeen || r.CanHide(apiclient.Callout) {
		t.Errorf("joined: %+v", r.Style)
	}
	r.page(0, "081 1", "082 2", "081 2")
	if r.Style.Rows != Apart {
		t.Errorf("rows apart: %+v", r.Style)
	}
	r.AgentsWhole(r.now(), List{Ended: true, Whole: true, Agrees: true})
	if r.Style.Rows != Together || !r.Crawled {
		t.Errorf("after a whole list without: %+v", r.Style)
	}
}

// TestRowsAreTrustedAfterACrawlAlone, and no longer than the filter bears them out.
func TestRowsAreTrustedAfterACrawlAlone(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	since := r.now()
	r.BeginCrawl(since)
	r.page(0, "081 1,2", "082 2")
	r.AgentsWhole(since, List{Ended: true, Whole: true, Agrees: true})
	missing := func() []int64 { return r.Missing(r.Record("082"), Since{Row: since, Others: r.now()}) }
	if got := missing(); !slices.Equal(got, []int64{1}) {
		t.Errorf("before the listings were read, misses %v", got)
	}
	r.page(1, "081 1,2")
	r.page(2, "081 1,2", "082 2")
	r.EvidenceWhole()
	if got := missing(); len(got) != 0 || r.Style.Callin != AllSeen {
		t.Errorf("after the crawl misses %v, %+v", got, r.Style)
	}
	r.page(1, "081 1,2", "082 2") // the filter knows 082 in 1, and its row does not
	if r.Style.Callin != SeveralSeen || r.Style.Filter != BeyondRows {
		t.Errorf("contradicted: %+v", r.Style)
	}
}

// TestWriteStates is every state of a write and all that can become of it.
func TestWriteStates(t *testing.T) {
	t.Parallel()
	type step func(*reader)
	showsIt := func(r *reader) { r.page(0, "081 1,3"); r.ListedWhole(2, r.now()) }
	showsBefore := func(r *reader) { r.page(0, "081 1,2"); r.ListedWhole(3, r.now()) }
	read := func(shown step) step {
		return func(r *reader) {
			since := r.now()
			shown(r)
			r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
		}
	}
	late := func(shown step) step {
		return func(r *reader) {
			r.at += int64(time.Hour)
			since := r.now()
			shown(r)
			r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
		}
	}
	look := func(v Verdict) step {
		return func(r *reader) { r.LookedBack("081", apiclient.Callin, v) }
	}
	for name, c := range map[string]struct {
		begin WriteState
		step  step
		want  WriteState
		list  []int64
	}{
		"answered, shown":                 {Answered, read(showsIt), Held, []int64{1, 3}},
		"answered, contradicted":          {Answered, read(showsBefore), Answered, []int64{1, 2}},
		"answered, not shown for long":    {Answered, late(showsBefore), Held, []int64{1, 2}},
		"answered, looked back, as sent":  {Answered, look(AsSent), Held, nil},
		"answered, something else":        {Answered, look(Otherwise), Answered, []int64{1}},
		"answered, as before":             {Answered, look(AsBefore), Answered, []int64{1, 3}},
		"unanswered, shown":               {Unanswered, read(showsIt), Passed, []int64{1, 3}},
		"unanswered, not shown":           {Unanswered, read(showsBefore), Unanswered, []int64{1, 2}},
		"unanswered, not shown for long":  {Unanswered, late(showsBefore), Passed, []int64{1, 2}},
		"unanswered, looked back as sent": {Unanswered, look(AsSent), Held, nil},
		"unanswered, something else":      {Unanswered, look(Otherwise), Unanswered, []int64{1, 2}},
		"given up":                        {Answered, func(r *reader) { r.GiveUp("081", apiclient.Callin, r.Record("081").LastWrite(apiclient.Callin).Entry) }, Held, nil},
		"another's given up": {
			Answered, func(r *reader) { r.GiveUp("081", apiclient.Callin, "2") }, Answered, []int64{1, 3},
		},
	} {
		r := newReader(Limits{})
		r.page(0, "081 1,2", "082 2,3")
		r.wrote("081", c.begin, []int64{1, 2}, []int64{1, 3})
		c.step(r)
		w := r.Record("081").LastWrite(apiclient.Callin)
		if w.State != c.want {
			t.Errorf("%s: state %d, want %d", name, w.State, c.want)
		}
		if got := r.callin("081"); c.list != nil && !slices.Equal(got, c.list) {
			t.Errorf("%s: believes %v, want %v", name, got, c.list)
		}
	}
}

// TestOthersQueuesGoWhileOurWriteWaits: what waits is our own write, not what
// somebody else attached and took away again meanwhile.
func TestOthersQueuesGoWhileOurWriteWaits(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	r.page(0, "081 1,2", "082 3,4")
	r.wrote("081", Answered, []int64{1, 2}, []int64{1, 2, 3})
	r.page(0, "081 1,2,4")
	since := r.now()
	r.page(0, "081 1,2", "082 3,4")
	r.ListedWhole(3, r.now())
	r.ListedWhole(4, r.now())
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 2, 3, 4}) {
		t.Errorf("before a complete reading believes %v", got)
	}
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("believes %v", got)
	}
}

// TestDoubts: what a complete reading denies of our own last write is no longer in
// the list, and in doubt, queue by queue, until a reading shows the write.
func TestDoubts(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	r.page(0, "081 1,2", "082 3,4")
	r.wrote("081", Answered, []int64{1, 2}, []int64{1, 3, 4})
	doubts := func() (out []string) {
		for _, d := range r.Agent(r.Record("081")).CallinDoubts {
			out = append(out, string(d.Kind)+" "+strconv.FormatInt(d.Queue, 10))
		}
		return out
	}
	if got := doubts(); len(got) != 0 {
		t.Errorf("before any reading doubts %v", got)
	}
	read := func(row string, denied ...int64) {
		since := r.now()
		r.page(0, row, "082 3,4")
		for _, queue := range denied {
			r.ListedWhole(queue, r.now())
		}
		r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	}
	for _, c := range []struct {
		row    string
		denied []int64
		list   []int64
		doubts []string
	}{
		{"081 1,2", []int64{3, 4}, []int64{1, 2}, []string{"sent 3", "sent 4", "removed 2"}},
		{"081 1,3", []int64{2, 4}, []int64{1, 3}, []string{"sent 4"}},
		{"081 1,2,3,4", nil, []int64{1, 2, 3, 4}, []string{"removed 2"}},
		{"081 1,3,4", []int64{2}, []int64{1, 3, 4}, nil},
		{"081 1,2", []int64{3, 4}, []int64{1, 2}, nil}, // once shown, reads alone count
	} {
		read(c.row, c.denied...)
		if got := r.callin("081"); !slices.Equal(got, c.list) || !slices.Equal(doubts(), c.doubts) {
			t.Errorf("of %q believes %v, doubts %v; want %v, %v", c.row, got, doubts(), c.list, c.doubts)
		}
	}
}

// TestCalloutDoubts: the API shows one callout queue, so what it no longer shows of
// our own write may be hidden or gone. That never becomes certain by waiting.
func TestCalloutDoubts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after  []int64
		rows   []string
		list   []int64
		doubts []int64
	}{
		"one of ours":             {[]int64{50, 51}, []string{"081 |50"}, []int64{50, 51}, nil},
		"the other of ours":       {[]int64{50, 51}, []string{"081 |51"}, []int64{50, 51}, nil},
		"another":                 {[]int64{50, 51}, []string{"081 |60"}, []int64{60}, []int64{50, 51}},
		"none":                    {[]int64{50, 51}, []string{"081"}, nil, []int64{50, 51}},
		"ours, then another":      {[]int64{50}, []string{"081 |50", "081 |60"}, []int64{60}, []int64{50}},
		"ours, then none":         {[]int64{50}, []string{"081 |50", "081"}, nil, []int64{50}},
		"another, and ours again": {[]int64{50, 51}, []string{"081 |60", "081 |50"}, []int64{50}, []int64{51}},
		"shown wholly":            {[]int64{50, 51}, []string{"081 |50,51"}, []int64{50, 51}, nil},
	} {
		for _, state := range []WriteState{Answered, Held} {
			r := newReader(Limits{})
			r.page(0, "081 |40")
			at := r.now()
			w := Write{Entry: "1", Before: []int64{40}, After: c.after, At: at, SentAt: at, State: state}
			if state == Held && len(c.after) > 1 {
				continue // that was never shown
			}
			r.Wrote("081", apiclient.Callout, w, nil)
			for _, row := range c.rows {
				r.page(0, row)
				r.at += int64(time.Hour)
			}
			a := r.Agent(r.Record("081"))
			var doubts []int64
			for _, d := range a.CalloutDoubts {
				doubts = append(doubts, d.Queue)
			}
			want := slices.Clone(c.doubts)
			if name == "another" && state == Answered {
				want = append(want, 60) // which the write, as long as it is waited for, left out
			}
			if got := roster.IDs(a.Callout); !slices.Equal(got, append([]int64{}, c.list...)) || !slices.Equal(doubts, want) {
				t.Errorf("%s, state %d: %v, doubts %v; want %v, %v", name, state, got, doubts, c.list, want)
			}
		}
	}
}

// TestAnswersBegunBeforeAWriteSayNothing of what was written.
func TestAnswersBegunBeforeAWriteSayNothing(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	r.page(0, "081 1,2")
	early := r.now()
	r.wrote("081", Answered, []int64{1, 2}, []int64{1})
	r.pageAt(early, 0, "081 1,2")
	if got := r.callin("081"); !slices.Equal(got, []int64{1}) {
		t.Errorf("believes %v", got)
	}
	r.page(0, "081 1,2")
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("of a later answer believes %v", got)
	}
}

// TestToldOvertakesWhatWasRead: a write that the journal told of came between what
// was read and what is read next.
func TestToldOvertakesWhatWasRead(t *testing.T) {
	t.Parallel()
	for _, state := range []WriteState{Unanswered, Answered, Passed, Held} {
		r := newReader(Limits{})
		r.page(0, "081 1,2")
		at := r.now()
		r.Told("081", apiclient.Callin, Write{Entry: "9", Before: []int64{1, 2}, After: []int64{1, 7}, At: at, SentAt: at, State: state})
		if got := r.Record("081").Overtaken(apiclient.Callin); got != at {
			t.Errorf("state %d: overtaken at %d, want %d", state, got, at)
		}
		if got, want := slices.Contains(r.callin("081"), 7), state == Answered; got != want {
			t.Errorf("state %d: counts in what was added: %t", state, got)
		}
	}
}

// TestCompleteReadingIsTheTruth is the property that everything rests on: whatever
// was believed before, after a complete reading an agent is in what that reading
// showed, no more and no less, our own waiting write aside.
func TestCompleteReadingIsTheTruth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := newReader(Limits{})
		queues := []int64{1, 2, 3, 4}
		list := func(label string) []int64 {
			return rapid.SliceOfDistinct(rapid.SampledFrom(queues), rapid.ID[int64]).Draw(t, label)
		}
		row := func(ids []int64) string {
			words := make([]string, len(ids))
			for i, id := range ids {
				words[i] = strconv.FormatInt(id, 10)
			}
			return "081 " + strings.Join(words, ",")
		}
		r.page(0, row(queues)) // all are known
		for range rapid.IntRange(0, 6).Draw(t, "things that happened") {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				r.page(0, row(list("shown")))
			case 1:
				r.page(rapid.SampledFrom(queues).Draw(t, "listing"), row(list("listed")))
			case 2:
				r.ListedWhole(rapid.SampledFrom(queues).Draw(t, "queue"), r.now())
			case 3:
				r.wrote("081", Held, nil, list("written"))
			}
		}
		shown, listed := list("row now"), list("filter now")
		since := r.now()
		r.page(0, row(shown))
		for _, queue := range queues {
			at := r.now()
			if slices.Contains(listed, queue) {
				r.pageAt(at, queue, row(shown))
			}
			r.ListedWhole(queue, at)
		}
		r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
		want := roster.AppendNew(slices.Clone(shown), listed...)
		slices.Sort(want)
		if got := r.callin("081"); !slices.Equal(got, want) {
			t.Fatalf("believes %v, want %v", got, want)
		}
		if missing := r.Missing(r.Record("081"), SinceAll(since)); len(missing) > 0 {
			t.Fatalf("still misses %v", missing)
		}
	})
}

// TestHowOldAReadingIs is when the oldest was read that it rests on, and not how old that
// might have been.
func TestHowOldAReadingIs(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	since := r.now()
	r.at += int64(15 * time.Minute)
	row := r.page(0, "081 1", "082 1,2").At
	for _, queue := range r.Asked() {
		r.ListedWhole(queue, r.now())
	}
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	if got := r.Agent(r.Record("081")).CallinAt; !got.Equal(row.Time()) {
		t.Errorf("read at %s, and the row was read at %s", got, row.Time())
	}
}

// TestALateListingOfAQueueNobodyKnewIsNews: it began before a complete reading that did not
// know of the queue, and whose listings may be older still, and it comes home after it. That
// it shows the agent counts, for that it was read would else count as a denial.
func TestALateListingOfAQueueNobodyKnewIsNews(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{})
	r.page(0, "081 1", "082 1")
	old := r.now()
	late, row := r.now(), r.now()
	r.page(0, "081 1", "082 1")
	r.ListedWhole(1, r.now())
	r.Conclude("081", apiclient.Callin, Since{Row: row, Listings: row, Others: old}, r.now())
	r.pageAt(late, 7, "081 1", "082 1")
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 7}) {
		t.Errorf("callin %v", got)
	}
	// What there are younger listings of is not news, nor what came before our write.
	r.Know(apiclient.Callin, 8)
	r.ListedWhole(8, r.now())
	r.pageAt(late, 8, "081 1")
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 7}) {
		t.Errorf("after a younger listing: callin %v", got)
	}
	r.wrote("081", Answered, []int64{1, 7}, []int64{1})
	r.pageAt(late, 9, "081 1")
	if got := r.callin("081"); !slices.Equal(got, []int64{1}) {
		t.Errorf("after our write: callin %v", got)
	}
}

// TestLateStaysLate: reads that lagged once are said to lag until ten writes in a row were
// shown at once.
func TestLateStaysLate(t *testing.T) {
	t.Parallel()
	b := NewBook(Limits{})
	at := Stamp(0)
	saw := func(late bool, n int, want bool) {
		t.Helper()
		for range n {
			at++
			b.SawReadBack(late, at)
		}
		if b.ReadsAtOnce() != want {
			t.Errorf("at once: %t after %d more", !want, n)
		}
	}
	saw(false, 1, true)
	saw(true, 1, false)
	saw(false, 9, false)
	saw(true, 1, false)
	saw(false, 9, false)
	saw(false, 1, true)
}
