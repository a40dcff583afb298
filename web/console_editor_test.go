package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// body is what a PUT of queues carried.
type body struct {
	QueueIDs []int64 `json:"queue_ids"`
	Priority *int    `json:"priority"`
}

// sent is the only PUT that reached the sandbox.
func (s *stand) sent() (sandbox.Call, body) {
	s.t.Helper()
	puts := s.puts()
	if len(puts) != 1 {
		s.t.Fatalf("%d writes", len(puts))
	}
	var b body
	if err := json.Unmarshal([]byte(puts[0].Body), &b); err != nil {
		s.t.Fatal(err)
	}
	return puts[0], b
}

func number(n *int) string {
	if n == nil {
		return "none"
	}
	return fmt.Sprint(*n)
}

// TestAddLeavesFour: the promise the product stands on. The row of an agent of
// three queues may show one of them, all in one string, or three rows; adding one
// leaves four, and no question is asked, for nothing is taken away.
func TestAddLeavesFour(t *testing.T) {
	t.Parallel()
	for _, style := range []sandbox.Style{sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue, sandbox.Varying} {
		t.Run(style.String(), func(t *testing.T) {
			t.Parallel()
			s := newStand(t, func(o *setup) {
				o.sandbox = func(c *sandbox.Config) { c.Style = style }
			})
			p := s.signIn(sandbox.DemoKey)
			form := p.editor("082019", "callin")
			if form.Get("base") == "" || len(form["queue_ids"]) != 4 { // three and the empty field
				t.Fatalf("opens on %v", form)
			}
			form["queue_ids"] = append(form["queue_ids"], "1000887")
			a := p.save("082019", "callin", form).is(http.StatusSeeOther)
			if got, want := s.callin("082019"), []int64{1001226, 1000886, 1001002, 1000887}; !sameIDs(got, want) {
				t.Errorf("left in %v, want %v", got, want)
			}
			p.get(a.location()).has("[data-result=verified]").has(`[data-queue-id="1000887"]`)
			call, b := s.sent()
			if call.Agent != "082019" || call.Path != "/v1/agents/082019/queues" || call.Query.Get("type") != "callin" || number(b.Priority) != "2" {
				t.Errorf("sent %s %s %s", call.Path, call.Query.Encode(), call.Body)
			}
			e := s.last("082019")
			if e.Result != journal.Verified || !e.BeforeKnown || !sameIDs(e.Before, []int64{1001226, 1000886, 1001002}) ||
				!sameIDs(e.After, s.callin("082019")) || e.Operator != "Lê Thị Thử" || e.RequestID == "" || e.KeyFingerprint == "" {
				t.Errorf("journalled as %+v", e)
			}
		})
	}
}

// sameIDs compares as sets.
func sameIDs(a, b []int64) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func TestCallout(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined }
	})
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callout")
	if form.Has("priority") {
		t.Error("the API has no priority for callout")
	}
	form.Add("queue_ids", "13878")
	p.save("082019", "callout", form).is(http.StatusSeeOther)
	call, b := s.sent()
	if call.Query.Get("type") != "callout" || !sameIDs(b.QueueIDs, []int64{13876, 13877, 13878}) || b.Priority != nil {
		t.Errorf("sent %s %s", call.Query.Encode(), call.Body)
	}
	a, _ := s.api.Agent(sandbox.AloHub, "082019")
	if !sameIDs(a.Callin, []int64{1001226, 1000886, 1001002}) {
		t.Errorf("callin became %v", a.Callin)
	}
}

// TestThePreviewReadsAhead, with script and without: whoever looks at what would be sent is
// likely to send it.
func TestThePreviewReadsAhead(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{"plain": nil, "htmx": htmx("preview-body")} {
		s := newStand(t, func(o *setup) { o.web.EvidenceAge = 4 * time.Millisecond })
		p := s.signIn(sandbox.DemoKey)
		p.crawled()
		form := p.editor("082019", "callin")
		form.Set("preview", "1")
		s.api.ResetCalls()
		p.save("082019", "callin", form, headers...).is(http.StatusOK)
		for deadline := time.Now().Add(time.Minute); ; {
			if slices.ContainsFunc(s.api.CallsOf(sandbox.OpList), func(c sandbox.Call) bool { return c.Query.Has("queue_id") }) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: nothing is read", name)
			}
			p.get("/queues")
		}
	}
}

// TestPreview: what Save would send is computed here, by the code that sends it,
// and costs no call.
func TestPreview(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form["queue_ids"] = []string{"1001226", "1001002", "1000887", "77"}
	form.Set("preview", "1")
	s.api.ResetCalls()

	part := p.save("082019", "callin", form, htmx("preview-body")...).is(http.StatusOK)
	if got := part.find(".diff-minus + dd").Text(); !strings.Contains(got, "1000886") {
		t.Errorf("removed: %q", got)
	}
	if got := part.find(".diff-plus + dd").Text(); !strings.Contains(got, "1000887") || !strings.Contains(got, "77") {
		t.Errorf("added: %q", got)
	}
	curl := part.find("pre.curl").Text()
	for _, want := range []string{"PUT", "/v1/agents/082019/queues?type=callin", `"queue_ids":[1001226,1001002,1000887,77]`, `"priority":2`} {
		if !strings.Contains(curl, want) {
			t.Errorf("the request shown lacks %q: %s", want, curl)
		}
	}
	page := p.save("082019", "callin", form).is(http.StatusOK).has("form#editor-form").has("pre.curl")
	if got := page.form("#editor-form"); !slices.Equal(trim(got["queue_ids"]), []string{"1001226", "1001002", "1000887", "77"}) {
		t.Errorf("the page's form has %v", got)
	}

	form["queue_ids"] = []string{"1001226", "1000886", "1001002"}
	p.save("082019", "callin", form, htmx("preview-body")...).is(http.StatusOK).has("#editor-save[disabled]")
	form["queue_ids"] = nil
	p.save("082019", "callin", form, htmx("preview-body")...).is(http.StatusOK).has("#editor-save[disabled]").lacks("pre.curl")
	form["queue_ids"] = []string{"no queue of that name"}
	p.save("082019", "callin", form, htmx("preview-body")...).is(http.StatusOK).has("#editor-save[disabled]").says("no queue of that name")

	if calls := s.api.Calls(); len(calls) > 0 {
		t.Errorf("%d calls upstream, first %s %s", len(calls), calls[0].Method, calls[0].Path)
	}
	if n := len(s.entries(journal.Filter{})); n > 0 {
		t.Errorf("%d entries", n)
	}
}

// trim leaves out the empty field to add a queue by.
func trim(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(s string) bool { return s == "" })
}

func TestUnchangedSendsNothing(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	s.api.ResetCalls()
	a := p.save("082019", "callin", form).is(http.StatusSeeOther)
	if n := len(s.api.Calls()); n > 0 {
		t.Errorf("%d calls upstream", n)
	}
	p.get(a.location()).is(http.StatusOK).has("[data-result=nothing]")
	slices.Reverse(form["queue_ids"]) // another order is no other list
	p.save("082019", "callin", form, htmx("editor")...).is(http.StatusOK).has("[data-toast]")
	if len(s.puts()) > 0 || len(s.entries(journal.Filter{})) > 0 {
		t.Error("something was written")
	}
}

// TestRefusedByTheConsole: the sentence, the field, what was typed, and no call.
func TestRefusedByTheConsole(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	base := p.editor("082019", "callin")
	for _, tt := range []struct {
		name, field, says string
		change            func(url.Values)
		calls             bool // it takes a fresh list to know
	}{
		{"an empty list", "", "must not be empty", func(f url.Values) { f["queue_ids"] = nil }, true},
		{"a queue nobody knows", "#add-queue", "Hàng đợi nào đó", func(f url.Values) { f.Add("queue_ids", "Hàng đợi nào đó") }, false},
		{"a priority that is none", "#priority", "", func(f url.Values) { f.Set("priority", "<high>") }, false},
		{"a negative priority", "#priority", "", func(f url.Values) { f.Set("priority", "-1") }, false},
		{"a huge priority", "#priority", "", func(f url.Values) { f.Set("priority", "99999999999999999999") }, false},
	} {
		for _, header := range [][]string{nil, htmx("editor")} {
			form := url.Values{}
			for k, v := range base {
				form[k] = slices.Clone(v)
			}
			form.Set("priority", "8")
			tt.change(form)
			s.api.ResetCalls()
			a := p.save("082019", "callin", form, header...).fails(http.StatusUnprocessableEntity, "invalid-input")
			a.says(tt.says)
			if tt.field != "" {
				a.has(`[data-failure] a[href="` + tt.field + `"]`).has(tt.field)
			}
			back := a.form("#editor-form")
			if back.Get("priority") != form.Get("priority") || back.Get("base") != form.Get("base") || !slices.Equal(trim(back["queue_ids"]), trim(form["queue_ids"])) {
				t.Errorf("%s: typed %v, came back %v", tt.name, form, back)
			}
			if n := len(s.api.Calls()); n > 0 && !tt.calls {
				t.Errorf("%s: %d calls upstream", tt.name, n)
			}
		}
	}
	if len(s.puts()) > 0 || len(s.entries(journal.Filter{})) > 0 {
		t.Error("something was written")
	}
}

// TestRemovalAsks: a question that names what and how many, whose button repeats
// the verb; its answer does it, and answers nothing else.
func TestRemovalAsks(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form["queue_ids"] = []string{"1001226", "1001002"}
	asked := p.save("082019", "callin", form).is(http.StatusOK).has("[data-confirm] button[name=confirm][value=yes]")
	asked.says("Remove 082019 from 1 queue").says("Remove from 1 queue")
	if len(s.puts()) > 0 || len(s.entries(journal.Filter{})) > 0 {
		t.Fatal("it did not wait for the answer")
	}
	answer := asked.form("#editor-form")
	answer.Set("confirm", "yes")
	p.save("082019", "callin", answer).is(http.StatusSeeOther)
	if got := s.callin("082019"); !sameIDs(got, []int64{1001226, 1001002}) {
		t.Errorf("left in %v", got)
	}
}

// TestConfirmCoversWhatWasShown: a yes to one removal is none to another, nor to
// what became true since.
func TestConfirmCoversWhatWasShown(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form["queue_ids"] = []string{"1001226", "1001002"}
	asked := p.save("082019", "callin", form).is(http.StatusOK).form("#editor-form")
	if asked.Get("shown") == "" {
		t.Fatalf("the question does not name what it asks: %v", asked)
	}
	asked.Set("confirm", "yes")
	asked["queue_ids"] = []string{"1001226"}
	p.save("082019", "callin", asked).is(http.StatusOK).has("[data-confirm]")
	if len(s.puts()) > 0 {
		t.Error("the answer to one question was taken for the answer to another")
	}
	// Without the field the form is taken at its word, as the contract has it.
	form["queue_ids"] = []string{"1001226"}
	form.Set("confirm", "yes")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
}

func TestPriority(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		meanwhile  int // set by somebody else between open and save
		typed      string
		add, asks  bool
		want, then string // in the PUT, and of the agent afterwards; "" for no PUT
	}{
		{name: "kept with a change of queues", typed: "2", add: true, want: "2", then: "2"},
		{name: "changed alone", typed: "7", want: "7", then: "7"},
		{name: "changed with the queues", typed: "7", add: true, want: "7", then: "7"},
		{name: "emptied is left alone", typed: "", add: true, want: "2", then: "2"},
		{name: "untouched, changed by others", meanwhile: 5, typed: "2", add: true, want: "5", then: "5"},
		{name: "untouched, changed by others, nothing else", meanwhile: 5, typed: "2", then: "5"},
		{name: "changed by both", meanwhile: 5, typed: "7", add: true, asks: true, want: "7", then: "7"},
		{name: "zero is a priority", typed: "0", want: "0", then: "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t)
			p := s.signIn(sandbox.DemoKey)
			form := p.editor("082019", "callin")
			if form.Get("priority") != "2" || form.Get("priority_base") != "2" {
				t.Fatalf("opens on %v", form)
			}
			if tt.meanwhile != 0 {
				s.api.EditAgent(sandbox.AloHub, "082019", func(a *sandbox.Agent) { a.Priority = &tt.meanwhile })
			}
			form.Set("priority", tt.typed)
			if tt.add {
				form.Add("queue_ids", "1000887")
			}
			if tt.asks {
				// Overwriting what somebody else has set is asked about, and named.
				asked := p.save("082019", "callin", form).is(http.StatusOK).says("set the priority to 5")
				if len(s.puts()) > 0 {
					t.Error("sent unasked")
				}
				form = asked.form("#editor-form")
				form.Set("confirm", "yes")
			}
			p.save("082019", "callin", form).is(http.StatusSeeOther)
			a, _ := s.api.Agent(sandbox.AloHub, "082019")
			if number(a.Priority) != tt.then {
				t.Errorf("the agent has %s, want %s", number(a.Priority), tt.then)
			}
			if tt.want == "" {
				if len(s.puts()) > 0 {
					t.Error("something was written")
				}
				return
			}
			_, b := s.sent()
			if number(b.Priority) != tt.want {
				t.Errorf("sent %s, want %s", number(b.Priority), tt.want)
			}
			if want := 3; tt.add && len(b.QueueIDs) != want+1 || !tt.add && len(b.QueueIDs) != want {
				t.Errorf("sent %v", b.QueueIDs)
			}
		})
	}
}

// TestEditorOpensOnWhatIsYoung: some minutes are bridged by what is known; seven are not.
func TestEditorOpensOnWhatIsYoung(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	s := newStand(t, func(o *setup) {
		o.web.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	p := s.signIn(sandbox.DemoKey)
	if got := strings.Join(p.editor("082019", "callin")["base"], ","); strings.Contains(got, "1000887") {
		t.Fatalf("opens on %s", got)
	}
	s.api.EditAgent(sandbox.AloHub, "082019", func(a *sandbox.Agent) { a.Callin = append(slices.Clone(a.Callin), 1000887) })
	ahead.Store(int64(7 * time.Minute))
	if got := strings.Join(p.editor("082019", "callin")["base"], ","); !strings.Contains(got, "1000887") {
		t.Errorf("seven minutes later it opens on %s", got)
	}
}

// TestNothingSentIsSaid: where the read before a write fails, the page says that nothing was
// sent; where the write itself failed, what the API said stands there once.
func TestNothingSentIsSaid(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1001008")
	for name, save := range map[string]func() *answer{
		"the editor": func() *answer { return p.save("082019", "callin", form) },
		"the queue": func() *answer {
			return p.post("/queues/1001008/members?type=callin", url.Values{"agent_id": {"082019"}, "action": {"add"}})
		},
	} {
		s.api.ClearFaults()
		s.api.Fail(sandbox.SystemError().On(sandbox.OpList).Repeat(10))
		save().fails(http.StatusBadGateway, "failed").has("#main [data-unsent]")
		if n := len(s.puts()); n > 0 {
			t.Fatalf("%s: %d writes", name, n)
		}
	}
	s.api.ClearFaults()
	s.api.Fail(sandbox.SystemError().On(sandbox.OpQueues).Repeat(10))
	a := p.save("082019", "callin", form).fails(http.StatusBadGateway, "failed").lacks("[data-unsent]")
	if n := strings.Count(a.find("#main").Text(), "System error"); n != 1 {
		t.Errorf("what the API said stands there %d times", n)
	}
}
