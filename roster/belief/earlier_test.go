package belief

import (
	"slices"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

func (r *reader) doubtful(id string) []int64 {
	var out []int64
	for _, d := range r.Agent(r.Record(id)).CallinDoubts {
		out = append(out, d.Queue)
	}
	slices.Sort(out)
	return out
}

// readWhole makes a complete reading of 081, whose row shows all.
func (r *reader) readWhole(row string) {
	since := r.now()
	r.page(0, row)
	for _, queue := range r.Asked() {
		r.ListedWhole(queue, r.now())
	}
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
}

// TestALostWriteForgetsNoneBefore: reads lag behind a write of ours when the next one is
// sent, whose answer is lost. What the first changed stays in doubt until reads show it.
func TestALostWriteForgetsNoneBefore(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2")
	r.wrote("081", Answered, []int64{1, 2}, []int64{1, 3})
	r.readWhole("081 1,2")
	if got := r.doubtful("081"); !slices.Equal(got, []int64{2, 3}) {
		t.Fatalf("doubts %v", got)
	}
	r.wrote("081", Unanswered, []int64{1, 2}, []int64{1, 2, 4})
	r.readWhole("081 1,2")
	if got := r.doubtful("081"); !slices.Equal(got, []int64{2, 3, 4}) {
		t.Errorf("after a lost write: doubts %v", got)
	}
	r.readWhole("081 1,3")
	if got := r.doubtful("081"); !slices.Equal(got, []int64{2, 3, 4}) {
		t.Errorf("once the first shows: doubts %v", got)
	}
	// One that the API says yes to replaces whatever was there.
	r.wrote("081", Answered, []int64{1, 3}, []int64{1})
	r.readWhole("081 1")
	if got := r.doubtful("081"); len(got) > 0 {
		t.Errorf("after one that shows: doubts %v", got)
	}
}

// TestWhatAWriteNeverSawIsInDoubtAsWell: a write replaces the list, with what nobody knew
// to be in it. As long as reads lag behind it they show that still.
func TestWhatAWriteNeverSawIsInDoubtAsWell(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1", "082 1,2")
	r.wrote("081", Answered, []int64{1}, []int64{1, 3})
	r.readWhole("081 1,7")
	if got := r.doubtful("081"); !slices.Equal(got, []int64{3, 7}) {
		t.Errorf("doubts %v", got)
	}
	r.readWhole("081 1,3,7") // somebody put the agent into 7 since, or one read lagged
	if got := r.doubtful("081"); !slices.Equal(got, []int64{7}) {
		t.Errorf("once it shows: doubts %v", got)
	}
	r.at += int64(6 * time.Minute)
	r.readWhole("081 1,3,7")
	if got := r.doubtful("081"); len(got) > 0 {
		t.Errorf("when reads alone count: doubts %v", got)
	}
}

// TestOldReadsDoNotOutliveADoubt: what was read soon after a write does not get any truer
// by being used later. That reads alone count is of those made when they do.
func TestOldReadsDoNotOutliveADoubt(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1", "082 1,2")
	r.wrote("081", Answered, []int64{1}, []int64{1, 3})
	since := r.now()
	r.page(0, "081 1")
	for _, queue := range r.Asked() {
		r.ListedWhole(queue, r.now())
	}
	r.at += int64(time.Hour)
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	if got := r.doubtful("081"); !slices.Equal(got, []int64{3}) {
		t.Errorf("doubts %v", got)
	}
	r.readWhole("081 1")
	if got := r.doubtful("081"); len(got) > 0 {
		t.Errorf("of later reads: doubts %v", got)
	}
}

// TestAWriteToldOfReplacesWhatWeHadSent: what our write before it added, and no read has
// shown, went with the list that it was in.
func TestAWriteToldOfReplacesWhatWeHadSent(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1", "082 2")
	r.wrote("081", Answered, []int64{1}, []int64{1, 7})
	at := r.now()
	r.Told("081", apiclient.Callin, Write{Entry: "2", Before: []int64{1, 7}, After: []int64{1, 8}, At: at, SentAt: at, State: Answered})
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 8}) {
		t.Errorf("believes %v", got)
	}
}

// TestAnotherListAfterAWriteLeavesItInDoubt: somebody may have changed the list, and reads
// may lag behind our write as well.
func TestAnotherListAfterAWriteLeavesItInDoubt(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2")
	r.wrote("081", Answered, []int64{1, 2}, []int64{2, 3})
	r.page(0, "081 1,2,9")
	r.LookedBack("081", apiclient.Callin, Otherwise)
	if got := r.doubtful("081"); !slices.Equal(got, []int64{1, 3, 9}) {
		t.Errorf("doubts %v", got)
	}
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 2, 9}) {
		t.Errorf("believes %v", got)
	}
}

// TestOldReadsContradictNoRemoval: they were made before it.
func TestOldReadsContradictNoRemoval(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 |50,51", "082 |50")
	at := r.now()
	r.Told("081", apiclient.Callout, Write{Entry: "2", Before: []int64{50, 51}, After: []int64{50, 52}, At: at, SentAt: at, State: Answered})
	r.page(0, "081 |50")
	var got []int64
	for _, d := range r.Agent(r.Record("081")).CalloutDoubts {
		got = append(got, d.Queue)
	}
	if !slices.Equal(got, []int64{52}) {
		t.Errorf("doubts %v", got)
	}
}

// TestAnIncompleteReadingNamesWhatWeRemoved: it shows a queue that our last write took the
// agent out of. No doubt comes of it, for it was not complete, and so it is unread.
func TestAnIncompleteReadingNamesWhatWeRemoved(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2")
	r.wrote("081", Answered, []int64{1, 2}, []int64{2})
	since := r.now()
	r.page(0, "081 1,2")
	r.change("081", func(rec *Record) { rec.rowAt = 0 }) // as where no page shows both its ends
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	k := r.Knowledge(r.Record("081"), apiclient.Callin, SinceAll(since))
	if !slices.Contains(k.Unread, 1) {
		t.Errorf("names %v", k.Unread)
	}
}

// TestALostPriorityForgetsNoneBefore: the first was said yes to, and the second's answer
// was lost. A row that shows what the second sent may lag behind the first.
func TestALostPriorityForgetsNoneBefore(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1", "082 1")
	at := r.now()
	r.Wrote("081", apiclient.Callin, Write{Entry: "1", Before: []int64{1}, After: []int64{1, 2}, At: at, SentAt: at, State: Answered, Priority: "5", PriorityAt: at}, new(5))
	at = r.now()
	r.Wrote("081", apiclient.Callin, Write{Entry: "2", Before: []int64{1}, After: []int64{1, 3}, At: at, SentAt: at, Priority: "1", PriorityAt: at, PriorityKept: true}, new(1))
	r.page(0, "081 1")
	r.change("081", func(rec *Record) { rec.Priority = new("1") })
	if k := r.Knowledge(r.Record("081"), apiclient.Callin, SinceAll(r.now())); k.PrioritySent != "5" {
		t.Errorf("waits for %q", k.PrioritySent)
	}
	r.at += int64(6 * time.Minute)
	r.page(0, "081 1")
	r.change("081", func(rec *Record) { rec.Priority = new("1") })
	if k := r.Knowledge(r.Record("081"), apiclient.Callin, SinceAll(r.now())); k.PrioritySent != "" {
		t.Errorf("still waits for %q", k.PrioritySent)
	}
}

// TestAKeptPriorityIsWaitedFor: where the list of a write has come to show beside another
// priority than the one it kept, that row may be from before the write.
func TestAKeptPriorityIsWaitedFor(t *testing.T) {
	t.Parallel()
	for shown, waits := range map[string]string{"3": "1", "1": ""} {
		r := newReader(Limits{SentFor: 5 * time.Minute})
		r.page(0, "081 1", "082 1,2")
		at := r.now()
		r.Wrote("081", apiclient.Callin, Write{Entry: "1", Before: []int64{1}, After: []int64{1, 2}, At: at, SentAt: at, State: Answered, Priority: "1", PriorityAt: at, PriorityKept: true}, new(1))
		since := r.now()
		r.page(0, "081 1,2", "082 1,2")
		r.change("081", func(rec *Record) { rec.Priority = &shown })
		r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
		if k := r.Knowledge(r.Record("081"), apiclient.Callin, SinceAll(since)); k.PrioritySent != waits || r.Record("081").LastWrite(apiclient.Callin).Pending() {
			t.Errorf("%s is shown: waits for %q", shown, k.PrioritySent)
		}
		r.change("081", func(rec *Record) { rec.Priority = new("1") })
		r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
		r.change("081", func(rec *Record) { rec.Priority = new("4") })
		if k := r.Knowledge(r.Record("081"), apiclient.Callin, SinceAll(since)); shown == "1" && k.PrioritySent != "" {
			t.Errorf("somebody's priority since is called %q", k.PrioritySent)
		}
	}
}

// TestALostWriteThatShowsEndsWhatCameBefore: it replaced the list.
func TestALostWriteThatShowsEndsWhatCameBefore(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2")
	r.wrote("081", Answered, []int64{1, 2}, []int64{1, 3})
	r.readWhole("081 1,2")
	r.wrote("081", Unanswered, []int64{1, 2}, []int64{1, 2, 4})
	r.readWhole("081 1,2,4")
	if got := r.doubtful("081"); len(got) > 0 {
		t.Errorf("doubts %v", got)
	}
}

// TestAnIncompleteReadingNamesWhatMayHaveBeenAdded: the answer of the write that added it
// was lost, and nothing says since that it was not carried out.
func TestAnIncompleteReadingNamesWhatMayHaveBeenAdded(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2")
	r.wrote("081", Unanswered, []int64{1, 2}, []int64{1, 2, 3})
	since := r.now()
	r.page(0, "081 1,2")
	r.ListedWhole(3, r.now())
	r.change("081", func(rec *Record) { rec.rowAt = 0 })
	r.Conclude("081", apiclient.Callin, SinceAll(since), r.now())
	k := r.Knowledge(r.Record("081"), apiclient.Callin, SinceAll(since))
	if !slices.Contains(k.Unread, 3) {
		t.Errorf("names %v", k.Unread)
	}
}

// TestAListAsBeforeShowsNoLostUndo: reads lag behind a write and the lost one that took it
// back, and show the list as it was before both.
func TestAListAsBeforeShowsNoLostUndo(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2,3")
	r.wrote("081", Answered, []int64{1, 2}, []int64{1, 2, 3})
	r.readWhole("081 1,2")
	r.wrote("081", Unanswered, []int64{1, 2, 3}, []int64{1, 2})
	r.readWhole("081 1,2")
	if got := r.doubtful("081"); !slices.Equal(got, []int64{3}) {
		t.Errorf("doubts %v", got)
	}
}

// TestWhatMayBeHiddenStaysInDoubt: where the API shows one of several, a lost removal
// leaves it open whether the agent is in the queue that the write before it added.
func TestWhatMayBeHiddenStaysInDoubt(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1", "082 2")
	r.wrote("081", Answered, []int64{1}, []int64{1, 3})
	r.readWhole("081 1")
	r.wrote("081", Unanswered, []int64{1, 3}, []int64{1})
	r.readWhole("081 1")
	if got := r.doubtful("081"); !slices.Equal(got, []int64{3}) {
		t.Errorf("doubts %v", got)
	}
}

// TestWhatReadsHadShownIsNoSignOfAWrite: reads lag behind a write and show the list before
// it. Sending that list again is not borne out by it; once the first write shows, the second
// is what is in doubt.
func TestWhatReadsHadShownIsNoSignOfAWrite(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2")
	r.wrote("081", Answered, []int64{1, 2}, []int64{1, 3})
	r.readWhole("081 1,2")
	at := r.now()
	r.Wrote("081", apiclient.Callin, Write{Entry: "2", Before: []int64{1, 2}, After: []int64{1, 2}, At: at, SentAt: at, State: Answered}, nil)
	r.readWhole("081 1,2")
	r.readWhole("081 1,3")
	if got := r.doubtful("081"); !slices.Equal(got, []int64{2, 3}) {
		t.Errorf("doubts %v", got)
	}
}

// TestAPartIsNoSignOfAWriteOverDoubts: it kept 2 on somebody's word, which reads did not
// show. That they show what it added says nothing of that.
func TestAPartIsNoSignOfAWriteOverDoubts(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2")
	at := r.now()
	r.Told("081", apiclient.Callin, Write{Entry: "2", Before: []int64{1, 2}, After: []int64{1, 2, 3}, At: at, SentAt: at, State: Answered})
	r.readWhole("081 1,3")
	if got := r.doubtful("081"); !slices.Equal(got, []int64{2}) {
		t.Errorf("doubts %v", got)
	}
}

// TestAWrittenCalloutListIsWhatWasWritten as long as the one number of it that the API
// shows is the one of it that it showed first: by another console, too. Where it shows another
// one somebody has changed the list, and what is not shown is in doubt.
func TestAWrittenCalloutListIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	for name, enter := range map[string]func(*reader, Write){
		"our own": func(r *reader, w Write) {
			r.Wrote("081", apiclient.Callout, w, nil)
			r.page(0, "081 |50")
		},
		"told of": func(r *reader, w Write) {
			w.State = Held
			r.Told("081", apiclient.Callout, w)
		},
	} {
		r := newReader(Limits{SentFor: 5 * time.Minute})
		r.page(0, "081 |40", "082 |40")
		at := r.now()
		enter(r, Write{Entry: "1", Before: []int64{40}, After: []int64{50, 51}, At: at, SentAt: at, State: Answered})
		r.page(0, "081 |50")
		var got []int64
		for _, m := range r.Record("081").Callout {
			got = append(got, m.Queue)
		}
		slices.Sort(got)
		if !slices.Equal(got, []int64{50, 51}) {
			t.Errorf("%s: believes %v", name, got)
		}
		r.page(0, "081 |51")
		rec := r.Record("081")
		var doubts []int64
		for _, d := range r.Agent(rec).CalloutDoubts {
			doubts = append(doubts, d.Queue)
		}
		if shown := rec.Read(apiclient.Callout); !slices.Equal(shown, []int64{51}) || !slices.Equal(doubts, []int64{50}) {
			t.Errorf("%s: where another is shown, %v is, and %v in doubt", name, shown, doubts)
		}
	}
}

// TestALostWriteVouchesForNoOther: what the write before it had added is in doubt, and not
// kept by waiting for the lost one.
func TestALostWriteVouchesForNoOther(t *testing.T) {
	t.Parallel()
	r := newReader(Limits{SentFor: 5 * time.Minute})
	r.page(0, "081 1,2", "082 1,2")
	r.wrote("081", Answered, []int64{1, 2}, []int64{1, 3})
	at := r.now()
	r.Told("081", apiclient.Callin, Write{Entry: "2", Before: []int64{1, 2}, After: []int64{1, 2}, At: at, SentAt: at})
	r.readWhole("081 1,2")
	if got := r.callin("081"); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("believes %v, doubts %v", got, r.doubtful("081"))
	}
}
