package web_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// fields is a form of pairs; a name may stand several times.
func fields(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// plan plans a run and returns the path of its page.
func (p *person) plan(pairs ...string) string {
	p.s.t.Helper()
	return p.planned(p.post("/runs", fields(pairs...)))
}

// planned is the path of the run that an answer leads to.
func (p *person) planned(a *answer) string {
	p.s.t.Helper()
	a.is(http.StatusSeeOther)
	at := a.location()
	if id, ok := strings.CutPrefix(at, p.s.base+"/runs/"); !ok || id == "" || strings.ContainsAny(id, "/?") {
		p.s.t.Fatalf("%s leads to %q, which is no run", a.what, at)
	}
	return at
}

// upload plans a run from a file.
func (p *person) upload(name string, data []byte, pairs ...string) *answer {
	p.s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			p.s.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		p.s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, p.s.origin+p.s.base+"/runs", &body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	resp, err := p.client.Do(r)
	if err != nil {
		p.s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.s.t.Fatal(err)
	}
	return &answer{t: p.s.t, what: "POST /runs of " + name, status: resp.StatusCode, header: resp.Header, body: string(text)}
}

// start starts a planned run.
func (p *person) start(run string) *answer {
	p.s.t.Helper()
	return p.post(run+"/start", url.Values{"confirm": {"yes"}})
}

// comes polls a run's page until the run is in one of the states.
func (p *person) comes(run string, states ...string) *answer {
	p.s.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var a *answer
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); <-tick.C {
		a = p.get(run).is(http.StatusOK)
		if slices.Contains(states, a.run("state")) {
			return a
		}
	}
	p.s.t.Fatalf("%s is %s with %s of %s done, and does not come to %v: %s", run, a.run("state"), a.run("done"), a.run("total"), states, squeeze(a.find("#run").Text()))
	return nil
}

// carried starts a run and waits for its end.
func (p *person) carried(run string) *answer {
	p.s.t.Helper()
	p.start(run).is(http.StatusSeeOther)
	return p.comes(run, "finished")
}

// run is one of the marks of a run's page: id, state, done or total.
func (a *answer) run(mark string) string {
	a.t.Helper()
	return a.find("#run[data-run-id]").AttrOr("data-run-"+mark, "")
}

// item is the state of an agent's item on a run's page, "" where it has none.
func (a *answer) item(agent string) string {
	a.t.Helper()
	return a.find(`[data-run-item="`+agent+`"]`).AttrOr("data-item-state", "")
}

// result is a run's CSV: by agent, its columns by name.
func (p *person) result(run string) map[string]map[string]string {
	p.s.t.Helper()
	a := p.get(run + ".csv").is(http.StatusOK)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff")))
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		p.s.t.Fatalf("%s.csv: %v: %s", run, err, squeeze(a.body))
	}
	out := make(map[string]map[string]string, len(rows))
	for _, row := range rows[1:] {
		cells := make(map[string]string, len(row))
		for i, name := range rows[0] {
			cells[name] = row[i]
		}
		out[plainCell(cells["agent"])] = cells
	}
	return out
}

// plainCell is a cell of ours without what keeps a spreadsheet from reading it as a number.
func plainCell(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(s, `="`), `"`)
}

// states are how many items of a run's CSV are in each state.
func states(result map[string]map[string]string) map[string]int {
	out := map[string]int{}
	for _, row := range result {
		out[row["state"]]++
	}
	return out
}

// truth is what the sandbox has of all agents.
func (s *stand) truth() map[string]sandbox.Agent {
	s.t.Helper()
	out := map[string]sandbox.Agent{}
	for _, a := range s.api.Agents(sandbox.AloHub) {
		out[a.ID] = a
	}
	return out
}

// members are agents of a callin queue, the first of them.
func (s *stand) members(queue int64, most int) []string {
	s.t.Helper()
	ids := s.api.QueueMembers(sandbox.AloHub, sandbox.Callin, queue)
	slices.Sort(ids)
	if len(ids) == 0 {
		s.t.Fatalf("nobody is in queue %d", queue)
	}
	return ids[:min(most, len(ids))]
}

// putCounts is how many PUTs reached the sandbox for each agent.
func (s *stand) putCounts() map[string]int {
	s.t.Helper()
	out := map[string]int{}
	for _, c := range s.puts() {
		out[c.Agent]++
	}
	return out
}

// expectLists compares the callin lists in the sandbox with those of before, but for the
// agents whom want names.
func (s *stand) expectLists(before map[string]sandbox.Agent, want map[string][]int64) {
	s.t.Helper()
	for id, now := range s.truth() {
		is, was := sorted(now.Callin), sorted(before[id].Callin)
		if w, ok := want[id]; ok {
			if !slices.Equal(is, sorted(w)) {
				s.t.Errorf("agent %s is in %v, want %v", id, is, sorted(w))
			}
			continue
		}
		if !slices.Equal(is, was) {
			s.t.Errorf("agent %s is in %v, and was in %v: nobody asked for that", id, is, was)
		}
	}
}

func sorted(ids []int64) []int64 { return slices.Sorted(slices.Values(ids)) }

// with and without are a list after queues joined or left.
func with(ids []int64, more ...int64) []int64 {
	out := slices.Clone(ids)
	for _, id := range more {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func without(ids []int64, less ...int64) []int64 {
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(less, id) })
}

// runID is the id in the path of a run's page.
func runID(run string) string { return run[strings.LastIndex(run, "/")+1:] }

// intended checks that each PUT has an entry of the journal with the run's id, and that no
// entry claims what was never sent.
func (s *stand) intended(runs ...string) {
	s.t.Helper()
	noted := map[string]int{}
	for _, run := range runs {
		for _, e := range s.entries(journal.Filter{RunID: runID(run)}) {
			noted[e.Agent]++
		}
	}
	for agent, n := range s.putCounts() {
		if noted[agent] < n {
			s.t.Errorf("agent %s got %d PUTs, and the journal has %d of the run", agent, n, noted[agent])
		}
	}
}

// emptiable are agents of a queue who are in another one as well.
func (s *stand) emptiable(queue int64, most int) (ids []string) {
	s.t.Helper()
	for _, id := range s.members(queue, 1000) {
		if a, _ := s.api.Agent(sandbox.AloHub, id); len(a.Callin) > 1 && len(ids) < most {
			ids = append(ids, id)
		}
	}
	return ids
}

// runStand is a stand for tests of runs, and somebody who is signed in.
func runStand(t testing.TB, changes ...func(*setup)) (*stand, *person) {
	t.Helper()
	s := newStand(t, append([]func(*setup){func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined }
	}}, changes...)...)
	return s, s.signIn(sandbox.DemoKey)
}
