package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// TestRunDoesWhatWasPlanned: after a run of each operation the sandbox's own state is the
// plan's, whichever way the API shows lists; one PUT for each agent, and none for those
// who needed none.
func TestRunDoesWhatWasPlanned(t *testing.T) {
	t.Parallel()
	for _, style := range []sandbox.Style{sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue} {
		for _, tt := range []struct {
			name string
			form []string
			pick func(*stand) []string
			want func([]int64) []int64
		}{
			{"add", []string{"operation", "add", "queue_ids", "1000887", "queue_ids", "1000888"}, nil, func(l []int64) []int64 { return with(l, 1000887, 1000888) }},
			{"remove", []string{"operation", "remove", "queue_ids", "1001226"}, nil, func(l []int64) []int64 { return without(l, 1001226) }},
			{"move", []string{"operation", "move", "from_ids", "1001226", "from_ids", "1000886", "queue_ids", "1001001"}, nil, func(l []int64) []int64 { return with(without(l, 1001226, 1000886), 1001001) }},
			{"replace", []string{"operation", "replace", "queue_ids", "1000887", "queue_ids", "1001226"}, nil, func([]int64) []int64 { return []int64{1000887, 1001226} }},
		} {
			t.Run(style.String()+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				s, p := runStand(t, func(o *setup) {
					o.sandbox = func(c *sandbox.Config) { c.Style = style }
				})
				before := s.truth()
				ids := append(s.emptiable(1001226, 14), "082020", "082018") // in none; in one alone
				ids = append(ids, s.members(1000887, 3)...)
				slices.Sort(ids)
				ids = slices.Compact(ids)
				run := p.plan(append(tt.form, "agent_ids", strings.Join(ids, "\n"))...)
				page := p.get(run).is(http.StatusOK)
				want, changed := map[string][]int64{}, 0
				for _, id := range ids {
					if page.item(id) != "planned" {
						continue
					}
					want[id] = tt.want(before[id].Callin)
					changed++
				}
				if changed < 10 {
					t.Fatalf("only %d agents would change", changed)
				}
				end := p.carried(run)
				s.expectLists(before, want)
				s.intended(run)
				for id, n := range s.putCounts() {
					if n != 1 || want[id] == nil {
						t.Errorf("agent %s got %d PUTs, planned: %t", id, n, want[id] != nil)
					}
				}
				if n := len(s.puts()); n != changed {
					t.Errorf("%d PUTs for %d agents", n, changed)
				}
				if got := states(p.result(run)); got["verified"] != changed {
					t.Errorf("%d changed, and it says %v", changed, got)
				}
				if end.run("done") != strconv.Itoa(changed) {
					t.Errorf("done %s of %d", end.run("done"), changed)
				}
			})
		}
	}
}

// TestRunOfCalloutAndRecording: the other lists are left alone.
func TestRunOfCalloutAndRecording(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	before := s.truth()
	ids := s.members(1000886, 6)
	run := p.plan("operation", "callout", "queue_ids", "13877", "agent_ids", strings.Join(ids, " "))
	p.carried(run)
	recording := p.plan("operation", "recording-on", "agent_ids", strings.Join(ids, " "))
	p.carried(recording)
	s.expectLists(before, nil)
	for id, a := range s.truth() {
		chosen := slices.Contains(ids, id)
		if chosen != (a.Recording != nil && *a.Recording) {
			t.Errorf("recording of %s: %v", id, a.Recording)
		}
		switch {
		case chosen && !slices.Equal(a.Callout, []int64{13877}), !chosen && !slices.Equal(a.Callout, before[id].Callout):
			t.Errorf("callout of %s: %v", id, a.Callout)
		}
	}
	s.intended(run, recording)
	if got := states(p.result(recording)); got["accepted"] != len(ids) {
		t.Errorf("recording: %v", got)
	}
}

// TestRunTicks: who was taken out of a plan is left alone; what it does to the queues is
// counted anew.
func TestRunTicks(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	before := s.truth()
	ids := s.emptiable(1001226, 6)
	run := p.plan("operation", "move", "from_ids", "1001226", "queue_ids", "1001010", "agent_ids", strings.Join(ids, " "))
	form := p.get(run).form("#run form[action$=tick]")
	form["in"] = form["in"][2:]
	p.post(run+"/tick", form)
	page := p.get(run).is(http.StatusOK)
	if page.run("total") != strconv.Itoa(len(ids)-2) {
		t.Fatalf("total %s", page.run("total"))
	}
	// A page from before the boxes starts nothing.
	p.post(run+"/start", url.Values{"confirm": {"yes"}, "revision": {"1"}}).is(http.StatusConflict)
	p.carried(run)
	want := map[string][]int64{}
	for _, id := range ids {
		if page.item(id) == "planned" {
			want[id] = with(without(before[id].Callin, 1001226), 1001010)
		}
	}
	s.expectLists(before, want)
	if n := len(s.puts()); n != len(ids)-2 {
		t.Errorf("%d PUTs", n)
	}
}

// TestRunUndone: undo restores who was not touched since, and names who was.
func TestRunUndone(t *testing.T) {
	t.Parallel()
	// What was read before somebody touched an agent serves no longer.
	s, p := runStand(t)
	before := s.truth()
	ids := s.emptiable(1001226, 8)
	run := p.plan("operation", "move", "from_ids", "1001226", "queue_ids", "1001010", "agent_ids", strings.Join(ids, " "))
	p.carried(run)
	a, _ := s.api.Agent(sandbox.AloHub, ids[0])
	touched := with(a.Callin, 1000999)
	b, _ := s.api.Agent(sandbox.AloHub, ids[1])
	seen := with(b.Callin, 1000998)
	s.api.SetQueues(sandbox.AloHub, ids[1], sandbox.Callin, seen, nil)
	p.post("/agents/"+ids[1]+"/read", nil).is(http.StatusSeeOther) // this one is known when it is planned
	undo := p.planned(p.post(run+"/undo", nil))
	plan := p.get(undo).is(http.StatusOK)
	if got := plan.item(ids[1]); got != "impossible" {
		t.Errorf("who was seen to be touched is %s", got)
	}
	s.api.SetQueues(sandbox.AloHub, ids[0], sandbox.Callin, touched, nil)
	p.carried(undo)
	s.expectLists(before, map[string][]int64{ids[0]: touched, ids[1]: seen})
	result := p.result(undo)
	if row := result[ids[0]]; row["state"] != "aside" || row["code"] != "touched" {
		t.Errorf("who was touched: %v", row)
	}
	if got := states(result); got["verified"] != len(ids)-2 {
		t.Errorf("undone: %v", got)
	}
	s.intended(run, undo)
	// What was taken back cannot be once more.
	again := p.get(p.planned(p.post(run+"/undo", nil)))
	if again.run("total") != "1" && again.run("total") != "0" {
		t.Errorf("undone twice: %s", again.run("total"))
	}
}

// TestRunUndoneAsPlanned: an item that cannot be taken back stays so, whatever is ticked,
// however old the plan gets, and if it is retried: its wish is never carried out again.
func TestRunUndoneAsPlanned(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s, p := runStand(t, func(o *setup) { o.web.Now = clock.now })
	ids := s.emptiable(1001226, 4)
	run := p.plan("operation", "add", "queue_ids", "1001010", "agent_ids", strings.Join(ids, " "))
	p.carried(run)
	// One was taken back by hand, and so cannot be again.
	change := p.result(run)[ids[0]]["change"]
	p.post("/changes/"+change+"/undo", url.Values{"confirm": {"yes"}}).is(http.StatusSeeOther)
	before := s.truth()
	undo := p.planned(p.post(run+"/undo", nil))
	if got := p.get(undo).item(ids[0]); got != "impossible" {
		t.Fatalf("who was taken back already is %s", got)
	}
	form := p.get(undo).form("#run form[action$=tick]")
	form["in"] = form["in"][1:]
	left := form.Get("seq")
	p.post(undo+"/tick", form)
	if got := p.get(undo).item(ids[0]); got != "impossible" {
		t.Errorf("after a tick it is %s", got)
	}
	clock.advance(16 * time.Minute)
	p.crawled()
	p.start(undo)
	end := p.comes(undo, "planned", "finished")
	if end.run("state") == "planned" {
		p.carried(undo)
	}
	if n := s.putCounts()[ids[0]]; n != 2 {
		t.Errorf("%d PUTs of who was taken back by hand, want 2", n)
	}
	retry := p.planned(p.post(undo+"/retry", nil))
	p.start(retry)
	p.comes(retry, "planned", "finished")
	if n := s.putCounts()[ids[0]]; n != 2 {
		t.Errorf("retried: %d PUTs of who was taken back by hand", n)
	}
	_ = left
	for _, id := range ids {
		if got := s.callin(id); id == ids[0] && !slices.Equal(got, before[id].Callin) {
			t.Errorf("%s is in %v", id, got)
		}
	}
}

// TestRunStartsWhatWasSeen: a plan older than 15 minutes is made anew; it does not start
// where the page was of another plan.
func TestRunStartsWhatWasSeen(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s, p := runStand(t, func(o *setup) { o.web.Now = clock.now })
	ids := s.emptiable(1001226, 4)
	run := p.plan("operation", "move", "from_ids", "1001226", "queue_ids", "1001010", "agent_ids", strings.Join(ids, " "))
	form := p.get(run).form("#run form[action$=tick]")
	form["in"] = form["in"][:2]
	p.post(run+"/tick", form)
	clock.advance(16 * time.Minute)
	p.post(run+"/start", url.Values{"confirm": {"yes"}, "revision": {"1"}}).is(http.StatusConflict)
	if got := p.get(run).run("state"); got != "planned" {
		t.Fatalf("a page from before the boxes started it: %s", got)
	}
	// What has changed since is shown before it starts.
	a, _ := s.api.Agent(sandbox.AloHub, ids[0])
	s.api.SetQueues(sandbox.AloHub, ids[0], sandbox.Callin, with(a.Callin, 1000999), nil)
	b, _ := s.api.Agent(sandbox.AloHub, ids[1])
	s.api.SetQueues(sandbox.AloHub, ids[1], sandbox.Callin, without(b.Callin, 1001226), nil)
	for _, id := range ids[:2] {
		p.post("/agents/"+id+"/read", nil).is(http.StatusSeeOther)
	}
	clock.advance(16 * time.Minute)
	moved := p.start(run).is(http.StatusConflict)
	if !strings.Contains(moved.find("#run").Text(), ids[0]) && !strings.Contains(moved.find("#run").Text(), ids[1]) {
		t.Errorf("does not name who is planned otherwise: %s", squeeze(moved.find("#run").Text()))
	}
	if len(s.puts()) > 0 {
		t.Error("something was written")
	}
	p.post(run+"/start", moved.form("#run form[action$=start]")).is(http.StatusSeeOther)
	p.comes(run, "finished")
}

// TestRunPaused: pause, resume and cancel act within one item, and nobody's change is made
// twice.
func TestRunPaused(t *testing.T) {
	t.Parallel()
	var s *stand
	gate := make(chan struct{}, 1000)
	s, p := runStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) {
			c.Style = sandbox.Joined
			c.Before = func(r *http.Request) {
				if r.Method == http.MethodPut {
					<-gate
				}
			}
		}
	})
	before := s.truth()
	ids := s.emptiable(1001226, 20)
	run := p.plan("operation", "move", "from_ids", "1001226", "queue_ids", "1001010", "agent_ids", strings.Join(ids, " "))
	p.start(run).is(http.StatusSeeOther)
	for range 5 {
		gate <- struct{}{}
	}
	for len(gate) > 0 {
		time.Sleep(time.Millisecond)
	}
	paused := make(chan *answer)
	go func() { paused <- p.post(run+"/pause", nil) }()
	time.Sleep(100 * time.Millisecond)
	for range 4 { // those under way
		gate <- struct{}{}
	}
	(<-paused).is(http.StatusSeeOther)
	p.comes(run, "paused")
	sent := len(s.puts())
	if sent > 9 {
		t.Errorf("%d PUTs before it stopped", sent)
	}
	for range 100 {
		gate <- struct{}{}
	}
	p.post(run+"/start", url.Values{"confirm": {"yes"}}).is(http.StatusConflict)
	p.post(run+"/resume", nil).is(http.StatusSeeOther)
	p.comes(run, "finished")
	want := map[string][]int64{}
	for _, id := range ids {
		want[id] = with(without(before[id].Callin, 1001226), 1001010)
		if n := s.putCounts()[id]; n != 1 {
			t.Errorf("agent %s got %d PUTs", id, n)
		}
	}
	s.expectLists(before, want)
	s.intended(run)
	if got := states(p.result(run)); got["verified"] != len(ids) {
		t.Errorf("%v", got)
	}
	if n := len(s.entries(journal.Filter{RunID: runID(run)})); n != len(ids) {
		t.Errorf("%d entries", n)
	}
}
