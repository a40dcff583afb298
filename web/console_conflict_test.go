package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// TestConflict: somebody else added 1000888 and took 1001002 away while the editor
// was open. Nothing is written; the page's form is the merge, sending it does it,
// and the old base is a conflict for ever.
func TestConflict(t *testing.T) {
	t.Parallel()
	for _, header := range [][]string{nil, htmx("editor")} {
		s := newStand(t)
		p := s.signIn(sandbox.DemoKey)
		form := p.editor("082019", "callin")
		form.Add("queue_ids", "1000887")
		s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1000886, 1000888}, nil)

		a := p.save("082019", "callin", form, header...).fails(http.StatusConflict, "conflict")
		a.has("dl.merge")
		if len(s.puts()) > 0 || len(s.entries(journal.Filter{})) > 0 {
			t.Fatal("something was written")
		}
		merge := a.form("#editor-form")
		if base := merge.Get("base"); !sameText(strings.Split(base, ","), []string{"1001226", "1000886", "1000888"}) {
			t.Errorf("the base is %q", base)
		}
		if ids := trim(merge["queue_ids"]); !sameText(ids, []string{"1001226", "1000886", "1000888", "1000887"}) {
			t.Errorf("the merge is %v", ids)
		}
		again := p.save("082019", "callin", form, header...).fails(http.StatusConflict, "conflict")
		if got := again.form("#editor-form"); got.Get("base") != merge.Get("base") {
			t.Errorf("the base is now %q", got.Get("base"))
		}
		code := http.StatusSeeOther
		if header != nil {
			code = http.StatusOK
		}
		p.save("082019", "callin", merge, header...).is(code)
		if got := s.callin("082019"); !sameIDs(got, []int64{1001226, 1000886, 1000888, 1000887}) {
			t.Errorf("left in %v", got)
		}
		p.save("082019", "callin", form, header...).fails(http.StatusConflict, "conflict")
		if n := len(s.puts()); n != 1 {
			t.Errorf("%d writes", n)
		}
	}
}

func sameText(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// TestNoBase: a script that posts a list without saying what it looked at gets the
// conflict, not its way: what it left out may be what it never knew of.
func TestNoBase(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	for _, base := range [][]string{nil, {""}, {"abc"}, {"1001226"}, {"1,2,3"}} {
		form := url.Values{"queue_ids": {"1000887"}, "confirm": {"yes"}}
		if base != nil {
			form["base"] = base
		}
		a := p.save("082019", "callin", form).fails(http.StatusConflict, "conflict")
		if ids := a.form("#editor-form")["queue_ids"]; !slices.Contains(ids, "1000887") || !slices.Contains(ids, "1001002") {
			t.Errorf("base %v: the merge is %v", base, ids)
		}
	}
	if len(s.puts()) > 0 {
		t.Error("something was written")
	}
}

// TestTwoAdministrators edit one agent at the same moment, each in a browser and on
// a key of their own. One of them meets a conflict or both go through in turn;
// neither loses the other's queue.
func TestTwoAdministrators(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	people := []*person{s.signIn(sandbox.DemoKey), s.signIn(oddKey)}
	wants := []string{"1000887", "1000888"}
	done := make(chan int, len(people))
	for i, p := range people {
		form := p.editor("082019", "callin")
		form.Add("queue_ids", wants[i])
		go func() {
			a := p.save("082019", "callin", form)
			for a.status == http.StatusConflict {
				a = p.save("082019", "callin", a.form("#editor-form"))
			}
			done <- a.status
		}()
	}
	for range people {
		if status := <-done; status != http.StatusSeeOther {
			t.Errorf("status %d", status)
		}
	}
	if got := s.callin("082019"); !sameIDs(got, []int64{1001226, 1000886, 1001002, 1000887, 1000888}) {
		t.Errorf("left in %v", got)
	}
}

// TestDraft: the key stops working while somebody edits. They enter it again and
// find what they had typed, against the list they had looked at.
func TestDraft(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		header []string
	}{{"page", nil}, {"htmx", append(htmx("editor"), "HX-Current-URL", "http://x/agents?page=2")}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t)
			p := s.signIn(sandbox.DemoKey)
			form := p.editor("082019", "callin")
			form["queue_ids"] = []string{"1001226", "1000886", "1000887", "Gõ dở & <b>"}
			form.Set("priority", "9")
			form["queue_ids"] = form["queue_ids"][:3]
			s.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))

			a := p.save("082019", "callin", form, tt.header...)
			target := a.location()
			if tt.header != nil {
				a.is(http.StatusNoContent)
				target = a.header.Get("HX-Redirect")
			} else {
				a.is(http.StatusSeeOther)
			}
			at, err := url.Parse(target)
			if err != nil || at.Path != "/sign-in" || !strings.HasPrefix(at.Query().Get("next"), "/agents/082019/queues?") {
				t.Fatalf("leads to %q", target)
			}
			if p.get("/agents").status != http.StatusSeeOther {
				t.Error("the session goes on with a key that was refused")
			}
			s.api.ClearFaults()
			keyForm := p.get(target).is(http.StatusOK).has("[data-failure=unauthorized]").form("form[action='/sign-in']")
			keyForm.Set("api_key", sandbox.DemoKey)
			keyForm.Set("environment", "sandbox")
			back := p.post("/sign-in", keyForm).is(http.StatusSeeOther).location()
			p.crawled()
			restored := p.get(back).is(http.StatusOK).form("#editor-form")
			if !slices.Equal(trim(restored["queue_ids"]), form["queue_ids"]) || restored.Get("priority") != "9" || restored.Get("base") != form.Get("base") {
				t.Fatalf("typed %v, restored %v", form, restored)
			}
			if len(s.puts()) > 0 {
				t.Error("something was written without a word")
			}
			restored.Set("confirm", "yes")
			p.save("082019", "callin", restored).is(http.StatusSeeOther)
			if got := s.callin("082019"); !sameIDs(got, []int64{1001226, 1000886, 1000887}) {
				t.Errorf("left in %v", got)
			}
		})
	}
}

// TestDraftKeepsOthersPriority: somebody changes the priority while the key is
// being entered again. It was not touched here, so theirs stays.
func TestDraftKeepsOthersPriority(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	s.api.Fail(sandbox.GatewayUnauthorized("").Repeat(sandbox.Always))
	target := p.save("082019", "callin", form).is(http.StatusSeeOther).location()
	s.api.ClearFaults()
	s.api.EditAgent(sandbox.AloHub, "082019", func(a *sandbox.Agent) { a.Priority = new(5) })
	keyForm := p.get(target).form("form[action='/sign-in']")
	keyForm.Set("api_key", sandbox.DemoKey)
	keyForm.Set("environment", "sandbox")
	back := p.post("/sign-in", keyForm).is(http.StatusSeeOther).location()
	p.crawled()
	p.save("082019", "callin", p.get(back).form("#editor-form")).is(http.StatusSeeOther)
	if a, _ := s.api.Agent(sandbox.AloHub, "082019"); number(a.Priority) != "5" || len(a.Callin) != 4 {
		t.Errorf("the agent has priority %s and queues %v", number(a.Priority), a.Callin)
	}
}

// TestExpiredSessionKeepsTheDraft: the same where the session ended by itself.
func TestExpiredSessionKeepsTheDraft(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now = clock.now })
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	clock.advance(31 * 60e9)
	target := p.save("082019", "callin", form).is(http.StatusSeeOther).location()
	at, err := url.Parse(target)
	if err != nil || at.Query().Get("reason") != "expired" {
		t.Fatalf("leads to %q", target)
	}
	keyForm := p.get(target).is(http.StatusOK).form("form[action='/sign-in']")
	keyForm.Set("api_key", sandbox.DemoKey)
	keyForm.Set("environment", "sandbox")
	back := p.post("/sign-in", keyForm).is(http.StatusSeeOther).location()
	if got := p.get(back).is(http.StatusOK).form("#editor-form"); !slices.Contains(got["queue_ids"], "1000887") {
		t.Errorf("restored %v", got)
	}
}

// TestMergeKeepsOthersPriority: a priority that nobody here touched is theirs in the
// form of the merge, and what is sent.
func TestMergeKeepsOthersPriority(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1000886, 1001002, 1000888}, new(7))
	merge := p.save("082019", "callin", form).is(http.StatusConflict).form("#editor-form")
	if merge.Get("priority") != "7" || merge.Get("priority_base") != "7" {
		t.Errorf("the form has priority %q of %q", merge.Get("priority"), merge.Get("priority_base"))
	}
	p.save("082019", "callin", merge).is(http.StatusSeeOther)
	if agent, _ := s.api.Agent(sandbox.AloHub, "082019"); number(agent.Priority) != "7" {
		t.Errorf("their priority became %s", number(agent.Priority))
	}
}

// TestCountdownAnswersNoQuestion: a write that the API put off goes on by itself, by the
// button that was pressed; one that asks never comes so far.
func TestCountdownAnswersNoQuestion(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now = clock.now })
	p := s.signIn(sandbox.DemoKey)
	retry := func(form url.Values) string {
		t.Helper()
		s.api.Fail(sandbox.RateLimited("2").On(sandbox.OpQueues))
		a := p.save("082019", "callin", form, htmx("editor")...).fails(http.StatusTooManyRequests, "rate-limited")
		clock.advance(5 * time.Second)
		id := a.find("[data-retry-after]").AttrOr("data-retry-button", "")
		if a.has("#"+id).find("#"+id+"[name=confirm]").Length() > 0 && form.Get("confirm") == "" {
			t.Errorf("the countdown presses #%s, which answers a question", id)
		}
		return id
	}
	adding := p.editor("082019", "callin")
	adding.Add("queue_ids", "1000887")
	if id := retry(adding); id != "editor-save" {
		t.Errorf("an addition goes on by %q", id)
	}
	removing := p.editor("082019", "callin")
	removing["queue_ids"] = removing["queue_ids"][1:]
	asked := p.save("082019", "callin", removing).is(http.StatusOK).form("#editor-form")
	asked.Set("confirm", "yes")
	if id := retry(asked); id != "editor-confirm" {
		t.Errorf("an answered removal goes on by %q", id)
	}
}
