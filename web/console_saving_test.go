package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestSavingGoesOn: a save whose reads meet the limit is no failure. It says how far it
// is, with and without script, and can be cancelled; what was typed is still there.
func TestSavingGoesOn(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{"plain": nil, "htmx": htmx("editor")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t)
			p := s.signIn(sandbox.DemoKey)
			form := p.editor("082019", "callin")
			form["queue_ids"] = append(form["queue_ids"], "1000887")
			s.api.Fail(sandbox.RateLimited("60").On(sandbox.OpList))
			a := p.save("082019", "callin", form, headers...)
			var url string
			if headers == nil {
				a.is(http.StatusSeeOther)
				if url = a.header.Get("Location"); !strings.HasPrefix(url, "/savings/") {
					t.Fatalf("leads to %q", url)
				}
				page := p.get(url).is(http.StatusOK).says("goes on by itself").has("[data-saving] progress").has(`form[action$="/cancel"]`)
				if !strings.Contains(page.body, `http-equiv="refresh"`) {
					t.Error("does not ask again without script")
				}
			} else {
				a.is(http.StatusOK).has("#editor[data-saving][data-poll]").lacks("[data-failure]")
				url = a.find("#editor").AttrOr("data-hx-get", "")
			}
			if len(s.puts()) > 0 {
				t.Error("sent meanwhile")
			}
			p.post(url+"/cancel", nil, headers...).is(http.StatusOK).says("Nothing was sent").has(`.queue-item[data-queue-id="1000887"][data-added]`)
			if len(s.puts()) > 0 {
				t.Error("sent after it was cancelled")
			}
			p.get("/savings/nobody").is(http.StatusNotFound)
		})
	}
}

// TestUnchangedFormSaysSo, also on a console that has not read the agent: what stands
// beside Save comes from the form alone.
func TestUnchangedFormSaysSo(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	fresh := newStand(t) // has read nobody
	q := fresh.signIn(sandbox.DemoKey)
	fresh.api.Fail(sandbox.RateLimited("60").On(sandbox.OpList))
	form.Set("preview", "1")
	part := q.save("082019", "callin", form, htmx("preview-body")...).is(http.StatusOK)
	part.has("#editor-save[disabled]").lacks("pre.curl").lacks("[data-confirm]")
	form.Add("queue_ids", "1000887")
	q.save("082019", "callin", form, htmx("preview-body")...).is(http.StatusOK).lacks("#editor-save[disabled]").has("pre.curl")
}

// TestAFormSentTwiceIsAnsweredOnce: without script nothing keeps a person from pressing
// twice; what they see is what came of the first press.
func TestAFormSentTwiceIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	first := p.save("082019", "callin", form).is(http.StatusSeeOther).header.Get("Location")
	second := p.save("082019", "callin", form).is(http.StatusSeeOther).header.Get("Location")
	if first != second || !strings.Contains(first, "change=") || len(s.puts()) != 1 {
		t.Errorf("%q, then %q; %d writes", first, second, len(s.puts()))
	}
	p.get(second).is(http.StatusOK).lacks("[data-conflict]")
}

// TestASwitchSentTwiceIsSentOnce: pressed twice while the first is under way.
func TestASwitchSentTwiceIsSentOnce(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	s.api.Fail(sandbox.Slow(300 * time.Millisecond).On(sandbox.OpRecording))
	went := make([]string, 2)
	var both sync.WaitGroup
	for i := range went {
		both.Go(func() {
			went[i] = p.post("/agents/082018/recording", url.Values{"enabled": {"true"}}).is(http.StatusSeeOther).location()
		})
	}
	both.Wait()
	if n := len(s.api.CallsOf(sandbox.OpRecording)); went[0] != went[1] || n != 1 {
		t.Errorf("%d calls, then %q and %q", n, went[0], went[1])
	}
	p.post("/agents/082018/recording", url.Values{"enabled": {"true"}}).is(http.StatusSeeOther)
	if n := len(s.api.CallsOf(sandbox.OpRecording)); n != 2 {
		t.Errorf("%d calls when it was pressed again", n)
	}
}

// TestARefusalThatComesLaterKeepsWhatWasTyped: a change that waited, and that the API, the
// key or the journal then refuses, ends on the page it was asked for on, with what was asked
// for in it; also where the key has to be given again first.
func TestARefusalThatComesLaterKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{"plain": nil, "htmx": htmx("editor")} {
		for cause, refuse := range map[string]func(s *stand){
			"empty":   func(*stand) {},
			"failed":  func(s *stand) { s.api.Fail(sandbox.SystemError().Repeat(sandbox.Always)) },
			"journal": func(s *stand) { s.store.breakDown("Intend") },
			"key":     func(s *stand) { s.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always)) },
		} {
			t.Run(name+" "+cause, func(t *testing.T) {
				t.Parallel()
				s := newStand(t, eachTime)
				p := s.signIn(sandbox.DemoKey)
				form := p.editor("082019", "callin")
				form.Set("priority", "8")
				form["queue_ids"] = []string{"1001226", "1000886", "1001002", "1000887"}
				if cause == "empty" {
					form["queue_ids"] = nil
				}
				s.api.Fail(sandbox.RateLimited("3").On(sandbox.OpList))
				a := p.save("082019", "callin", form, headers...)
				at := a.location() + a.find("[data-saving-wait]").AttrOr("data-hx-get", "")
				if !strings.HasPrefix(at, "/savings/") {
					t.Fatalf("%d, leads to %q", a.status, at)
				}
				refuse(s)
				for a = p.get(at, headers...); a.find("[data-saving]").Length() > 0; {
					a = p.get(at, headers...)
				}
				if cause == "key" {
					s.api.ClearFaults()
					keyForm := p.get(a.location() + a.header.Get("HX-Redirect")).is(http.StatusOK).form("form[action='/sign-in']")
					keyForm.Set("api_key", sandbox.DemoKey)
					keyForm.Set("environment", "sandbox")
					a = p.get(p.post("/sign-in", keyForm).is(http.StatusSeeOther).location()).is(http.StatusOK)
				} else if a.find("[data-failure]").Length() == 0 {
					t.Errorf("%d, says nothing: %s", a.status, squeeze(a.find("main").Text()))
				}
				back := a.form("#editor-form")
				if back.Get("priority") != "8" || back.Get("base") != form.Get("base") || !slices.Equal(trim(back["queue_ids"]), trim(form["queue_ids"])) {
					t.Errorf("typed %v, came back %v", form, back)
				}
				if len(s.puts()) > 0 {
					t.Error("something was written")
				}
			})
		}
	}
}

// TestACancelledMemberComesBackToTheQueue, not to a queue of the saving's name.
func TestACancelledMemberComesBackToTheQueue(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	s.api.Fail(sandbox.RateLimited("60").On(sandbox.OpList))
	at := p.post("/queues/1000888/members", url.Values{"agent_id": {"082018"}, "action": {"add"}}).is(http.StatusSeeOther).location()
	if to := p.post(at+"/cancel", nil).is(http.StatusSeeOther).location(); !strings.HasPrefix(to, "/queues/1000888") {
		t.Errorf("leads to %q", to)
	}
}
