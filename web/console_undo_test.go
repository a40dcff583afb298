package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// TestUndo: taken back by a write of its own, linked both ways, once.
func TestUndo(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	form.Set("priority", "9")
	saved := p.get(p.save("082019", "callin", form).is(http.StatusSeeOther).location())
	change := s.last("082019")
	saved.has(`form[action="/changes/` + change.ID + `/undo"]`)

	a := p.post("/changes/"+change.ID+"/undo", nil).is(http.StatusSeeOther)
	undo := s.last("082019")
	p.get(a.location()).is(http.StatusOK).has(`[data-change-id="` + undo.ID + `"][data-result=verified]`)
	if got := s.callin("082019"); !sameIDs(got, []int64{1001226, 1000886, 1001002}) {
		t.Errorf("left in %v", got)
	}
	if agent, _ := s.api.Agent(sandbox.AloHub, "082019"); number(agent.Priority) != "2" {
		t.Errorf("priority %s", number(agent.Priority))
	}
	if first := s.entries(journal.Filter{Agent: "082019"})[1]; undo.UndoOf != change.ID || first.UndoneBy != undo.ID {
		t.Errorf("linked as %q and %q", undo.UndoOf, first.UndoneBy)
	}
	n := len(s.puts())
	p.post("/changes/"+change.ID+"/undo", nil).fails(http.StatusUnprocessableEntity, "invalid-input")
	if len(s.puts()) != n {
		t.Error("it was taken back twice")
	}
	p.get("/changes").lacks(`form[action="/changes/` + change.ID + `/undo"]`).has(`form[action="/changes/` + undo.ID + `/undo"]`)
	// An undo is a change like any other.
	p.post("/changes/"+undo.ID+"/undo", nil).is(http.StatusSeeOther)
	if got := s.callin("082019"); !sameIDs(got, []int64{1001226, 1000886, 1001002, 1000887}) {
		t.Errorf("left in %v", got)
	}
}

// TestUndoKeepsOthers: what somebody else did since stays.
func TestUndoKeepsOthers(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form["queue_ids"] = []string{"1001226", "1000886", "1000887"} // less 1001002, more 1000887
	form.Set("confirm", "yes")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	change := s.last("082019")
	// Theirs: less 1000886, more 1000888, another priority.
	s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1000887, 1000888}, new(7))
	a := p.post("/changes/"+change.ID+"/undo", nil)
	if a.status == http.StatusOK {
		confirm := a.form("form:has([data-confirm])")
		confirm.Set("confirm", "yes")
		a = p.post("/changes/"+change.ID+"/undo", confirm)
	}
	a.is(http.StatusSeeOther)
	if got := s.callin("082019"); !sameIDs(got, []int64{1001226, 1000888, 1001002}) {
		t.Errorf("left in %v", got)
	}
	if agent, _ := s.api.Agent(sandbox.AloHub, "082019"); number(agent.Priority) != "7" {
		t.Errorf("their priority became %s", number(agent.Priority))
	}
}

// TestUndoRefused: each with its reason, and without a call.
func TestUndoRefused(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	ids := past(t, s)
	p := s.signIn(sandbox.DemoKey)
	s.api.ResetCalls()
	for _, i := range []int{1, 3, 4} { // before unknown, recording, refused
		p.post("/changes/"+ids[i]+"/undo", nil).fails(http.StatusUnprocessableEntity, "invalid-input")
	}
	if n := len(s.api.Calls()); n > 0 {
		t.Errorf("%d calls upstream", n)
	}
	// Of somebody who is in a single queue since: the API refuses an empty list.
	p.post("/queues/1000887/members", map[string][]string{"agent_id": {"082020"}, "action": {"add"}}).is(http.StatusSeeOther)
	change := s.last("082020")
	p.post("/changes/"+change.ID+"/undo", nil).fails(http.StatusUnprocessableEntity, "invalid-input")
	if got := s.callin("082020"); !sameIDs(got, []int64{1000887}) {
		t.Errorf("left in %v", got)
	}
}

// TestUndoTwiceAtOnce: two people press the button at the same moment.
func TestUndoTwiceAtOnce(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	people := []*person{s.signIn(sandbox.DemoKey), s.signIn(sandbox.DemoKey)}
	form := people[0].editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	people[0].save("082019", "callin", form).is(http.StatusSeeOther)
	change := s.last("082019")
	done := make(chan int, 2)
	for _, p := range people {
		go func() { done <- p.post("/changes/"+change.ID+"/undo", nil).status }()
	}
	codes := map[int]int{<-done: 1}
	codes[<-done]++
	if codes[http.StatusSeeOther] < 1 {
		t.Errorf("answers %v", codes)
	}
	if n := len(s.puts()); n != 2 {
		t.Errorf("%d writes: the change, and its undo %d times", n, n-1)
	}
}

// TestKeyNowhere goes through everything with a key of awkward characters and then
// looks for it: every answer was scanned when it came, the log is at the end, and
// here the database, as the file it is.
func TestKeyNowhere(t *testing.T) {
	t.Parallel()
	store, dump := fileStore(t)
	s := newStand(t, func(o *setup) { o.store = store })
	for _, key := range []string{oddKey, sandbox.DemoKey} {
		p := s.signIn(key)
		for _, path := range readable() {
			p.get(path)
		}
		form := p.editor("082019", "callin")
		form.Add("queue_ids", map[string]string{oddKey: "1000887", sandbox.DemoKey: "1000888"}[key])
		form.Set("preview", "1")
		p.save("082019", "callin", form).has("pre.curl")
		form.Del("preview")
		p.save("082019", "callin", form).is(http.StatusSeeOther)
		p.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)
		// An upstream that repeats the key, raw and escaped, in each place it can.
		for _, op := range []sandbox.Op{sandbox.OpList, sandbox.OpRecording, sandbox.OpQueues} {
			s.api.Fail(sandbox.EchoedKey().On(op).Repeat(4))
			s.api.Fail(sandbox.Gateway(http.StatusBadRequest, "bad header X-Api-Key: {key}").On(op))
			s.api.Fail(sandbox.Redirected("http://{key}.invalid/{key}").On(op))
		}
		for range 8 {
			p.get("/agents?status=1")
			p.post("/agents/082018/recording", enabled("false"))
		}
		form.Set("priority", "8")
		p.save("082019", "callin", form)
		s.api.ClearFaults()
		p.get("/nowhere?api_key=x")
		p.post("/sign-out", nil).is(http.StatusSeeOther)
	}
	s.noKeyIn("the database", dump())

	// The control: a page that does hold the key would be found out.
	finds := &discard{TB: t}
	(&stand{t: finds, keys: s.keys}).noKeyIn("a page", "<p>"+oddKey)
	if !finds.failed {
		t.Error("the scan finds nothing")
	}
}

// discard takes note of a failure without failing.
type discard struct {
	testing.TB
	failed bool
}

func (d *discard) Helper()               {}
func (d *discard) Errorf(string, ...any) { d.failed = true }

// TestUndoOfUnknownOutcome: an undo whose answer was lost is neither called done nor
// sent again, and once reading shows that it never was applied it may be tried again.
func TestUndoOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now = clock.now })
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	change := s.last("082019")
	undo := "/changes/" + change.ID + "/undo"

	s.api.Fail(sandbox.SystemError().On(sandbox.OpQueues))
	p.post(undo, nil).fails(http.StatusBadGateway, "failed").has(".notice[data-result=unknown]").
		lacks(`form[action="` + undo + `"]`)
	sent := len(s.puts())
	p.post(undo, nil).fails(http.StatusUnprocessableEntity, "invalid-input").says("not known")
	if len(s.puts()) != sent {
		t.Fatal("an undo of unknown outcome was sent again")
	}
	p.get("/changes").lacks(`form[action="` + undo + `"]`)

	clock.advance(2 * time.Minute)
	p.post(undo, nil).is(http.StatusSeeOther) // settles the lost one first
	if got := s.callin("082019"); !sameIDs(got, []int64{1001226, 1000886, 1001002}) {
		t.Errorf("left in %v", got)
	}
	entries := s.entries(journal.Filter{Agent: "082019"})
	if lost := entries[1]; lost.Result != journal.Differs || lost.Code != journal.CodeNotApplied {
		t.Errorf("the lost one is %s %s", lost.Result, lost.Code)
	}
	p.get("/changes").says("Not applied")
}

// TestUndoAsksBeforeItEmptiesAQueue: what an undo takes away was asked for, that
// nobody is left there was not.
func TestUndoAsksBeforeItEmptiesAQueue(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1009999") // nobody is there
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	undo := "/changes/" + s.last("082019").ID + "/undo"
	asked := p.post(undo, nil).is(http.StatusOK).has("[data-confirm]")
	if len(s.puts()) != 1 {
		t.Fatal("it was sent unasked")
	}
	// The question's is the only button that does it.
	if n := asked.find(`form[action$="` + undo + `"]`).Length(); n != 1 {
		t.Errorf("%d forms of the page undo it", n)
	}
	answer := asked.form("form:has([data-confirm])")
	answer.Set("confirm", "yes")
	p.post(undo, answer).is(http.StatusSeeOther)
}
