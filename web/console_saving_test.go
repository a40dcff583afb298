package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
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
// for in it; also where the key has to be given again first, and where another console of the
// database is asked.
func TestARefusalThatComesLaterKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{"plain": nil, "htmx": htmx("editor"), "plain elsewhere": nil, "htmx elsewhere": htmx("editor")} {
		for cause, refuse := range map[string]func(s *stand){
			"empty":            func(*stand) {},
			"failed":           func(s *stand) { s.api.Fail(sandbox.SystemError().Repeat(sandbox.Always)) },
			"journal":          func(s *stand) { s.store.breakDown("Intend") },
			"key":              func(s *stand) { s.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always)) },
			"sent and failed":  func(s *stand) { s.api.Fail(sandbox.SystemError().On(sandbox.OpQueues)) },
			"sent and refused": func(s *stand) { s.api.Fail(sandbox.InvalidInput("queue_ids").On(sandbox.OpQueues)) },
			"sent and limited": func(s *stand) { s.api.Fail(sandbox.RateLimited("1").On(sandbox.OpQueues).Repeat(sandbox.Always)) },
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
				asks := p
				if strings.HasSuffix(name, "elsewhere") {
					asks = p.copied(beside(t, s)).english()
				}
				at := p.held(form, headers...)
				s.api.ClearFaults()
				refuse(s)
				p = asks
				a := p.get(at, headers...)
				for a.find("[data-saving]").Length() > 0 {
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
				status := map[string]int{
					"empty": http.StatusUnprocessableEntity, "failed": http.StatusBadGateway, "journal": http.StatusServiceUnavailable,
					"sent and failed": http.StatusBadGateway, "sent and refused": http.StatusUnprocessableEntity, "sent and limited": http.StatusTooManyRequests,
				}[cause]
				if status != 0 && a.status != status {
					t.Errorf("answers %d, want %d", a.status, status)
				}
				if !strings.HasPrefix(cause, "sent") && len(s.puts()) > 0 {
					t.Error("something was written")
				}
			})
		}
	}
}

// held saves a form while the API asks everybody to wait, until its faults are cleared, and
// returns where it is said how far that is.
func (p *person) held(form url.Values, header ...string) (at string) {
	p.s.t.Helper()
	p.s.api.Fail(sandbox.RateLimited("1").On(sandbox.OpList).Repeat(sandbox.Always))
	a := p.do(http.MethodPost, "/agents/082019/queues?type=callin", form, header...)
	at = a.location() + a.find("[data-saving]").AttrOr("data-hx-get", "")
	if !strings.HasPrefix(at, "/savings/") {
		p.s.t.Fatalf("%d, leads to %q", a.status, at)
	}
	return at
}

// beside is another console of a stand's database.
func beside(t *testing.T, s *stand, changes ...func(*setup)) *stand {
	t.Helper()
	return newStand(t, append(changes, eachTime, func(o *setup) { o.store, o.api, o.upstream = s.store.Store, s.api, s.upstream })...)
}

// TestSavingIsToldElsewhere: whichever console of the database is asked says how far a change
// is and what came of it, and passes on what is wished of it.
func TestSavingIsToldElsewhere(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{"plain": nil, "htmx": htmx("editor")} {
		for _, cancels := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s cancelled %t", name, cancels), func(t *testing.T) {
				t.Parallel()
				s := newStand(t, eachTime)
				p := s.signIn(sandbox.DemoKey)
				q := p.copied(beside(t, s)).english()
				form := p.editor("082019", "callin")
				form["queue_ids"] = append(form["queue_ids"], "1000887")
				q.crawled()
				at := p.held(form, headers...)
				a := q.get(at, headers...).is(http.StatusOK).has("[data-saving] progress").has(`form[action$="/cancel"]`)
				if cancels {
					q.post(at+"/cancel", nil, headers...)
				} else {
					s.api.ClearFaults()
				}
				for deadline := time.Now().Add(time.Minute); a.find("[data-saving]").Length() > 0 && time.Now().Before(deadline); {
					a = q.get(at, headers...)
				}
				switch {
				case cancels:
					a.is(http.StatusOK).says("Nothing was sent").has(`.queue-item[data-queue-id="1000887"][data-added]`)
				case headers == nil:
					q.get(a.is(http.StatusSeeOther).location()).says("CSKH Miền Trung").has(`[data-result="verified"]`)
				default:
					a = q.get(a.is(http.StatusNoContent).header.Get("HX-Redirect"))
					a.has(`[data-result="verified"]`).has(`.queue-item[data-queue-id="1000887"]:not([data-added])`)
				}
				if n := len(s.puts()); n > 1 || cancels == (n == 1) {
					t.Errorf("%d writes", n)
				}
			})
		}
	}
}

// TestWhatEndedIsNotAskedForAgain: the page of a save that the limit ended says how long to
// wait, and does not load itself again and again, which would find the same.
func TestWhatEndedIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	at := p.held(form)
	s.api.ClearFaults()
	s.api.Fail(sandbox.RateLimited("1").On(sandbox.OpQueues).Repeat(sandbox.Always))
	a := p.get(at)
	for deadline := time.Now().Add(time.Minute); a.find("[data-saving]").Length() > 0 && time.Now().Before(deadline); {
		a = p.get(at)
	}
	if a.fails(http.StatusTooManyRequests, "rate-limited"); strings.Contains(a.body, `http-equiv="refresh"`) {
		t.Error("asks for itself again")
	}
}

// TestOnlyWhoSavesSteers: somebody else who has the address of a change that waits sees how
// far it is, at any console, and neither sends it on older evidence nor ends it. Whoever asked
// for it does, also after signing in again.
func TestOnlyWhoSavesSteers(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string][]string{"plain": nil, "htmx": htmx("editor")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, eachTime)
			p := s.as(sandbox.DemoKey, "Lê Thị Thử").english()
			form := p.editor("082019", "callin")
			form["queue_ids"] = append(form["queue_ids"], "1000887")
			other, again := s.as(sandbox.DemoKey, "Trần Văn Khác").english(), s.as(sandbox.DemoKey, "Lê Thị Thử").english()
			at := p.held(form, headers...)
			for _, them := range []*person{other, other.copied(beside(t, s)).english()} {
				them.get(at, headers...).is(http.StatusOK).has("[data-saving]").says("Lê Thị Thử is saving this").lacks(`form[action*="/savings/"]`)
				for _, act := range []string{"/now", "/cancel"} {
					them.post(at+act, nil, headers...).fails(http.StatusConflict, "conflict").says("Only Lê Thị Thử can press")
				}
			}
			if p.get(at, headers...).is(http.StatusOK).has("[data-saving]").has(`form[action$="/cancel"]`); len(s.puts()) > 0 {
				t.Error("somebody else had it sent")
			}
			again.post(at+"/cancel", nil, headers...).is(http.StatusOK).says("Nothing was sent")
		})
	}
}

// TestSavingIsToldToWhoKnowsNobody: a console that has read nobody yet shows the result of a
// change on its page, never another agent's, or nobody's, list.
func TestSavingIsToldToWhoKnowsNobody(t *testing.T) {
	t.Parallel()
	s := newStand(t, eachTime)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	at := p.held(form, htmx("editor")...)
	s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1000886, 1001002, 1000887}, nil)
	s.api.ClearFaults()
	for a := p.get(at, htmx("editor")...); a.find("[data-saving]").Length() > 0; {
		a = p.get(at, htmx("editor")...)
	}
	a := p.copied(beside(t, s)).get(at, htmx("editor")...).is(http.StatusNoContent)
	if to := a.header.Get("HX-Redirect"); !strings.HasPrefix(to, "/agents/082019/queues?") || !strings.Contains(to, "change=nothing") {
		t.Errorf("leads to %q", to)
	}
}

// TestSavingOfAStoppedConsole: nobody has cancelled what ends with its console.
func TestSavingOfAStoppedConsole(t *testing.T) {
	t.Parallel()
	var stop func()
	s := newStand(t, eachTime, func(o *setup) {
		o.enter = func(c *web.Console) string {
			server := httptest.NewServer(c.Handler())
			stop = sync.OnceFunc(func() { c.Close(); server.Close() })
			t.Cleanup(stop)
			return server.URL
		}
	})
	p := s.signIn(sandbox.DemoKey)
	q := p.copied(beside(t, s)).english()
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	at := p.held(form)
	stop()
	a := q.get(at).fails(http.StatusServiceUnavailable, "failed").says("Nothing was sent.").says("was restarted meanwhile")
	if got := a.form("#editor-form")["queue_ids"]; !slices.Contains(got, "1000887") {
		t.Errorf("came back as %v", got)
	}
}

// TestARefusedKeyIsNotHeldAgainstTheNext: who has given the key again, and comes back to the
// change that it ended, stays signed in.
func TestARefusedKeyIsNotHeldAgainstTheNext(t *testing.T) {
	t.Parallel()
	s := newStand(t, eachTime)
	p := s.signIn(sandbox.DemoKey)
	other := p.copied(beside(t, s)).english()
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	at := p.held(form)
	s.api.ClearFaults()
	s.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
	a := other.get(at)
	for a.find("[data-saving]").Length() > 0 {
		a = other.get(at)
	}
	a.is(http.StatusSeeOther)
	s.api.ClearFaults()
	again := s.signIn(sandbox.DemoKey)
	for _, q := range []*person{again, again.copied(other.s).english()} {
		q.get(at).fails(http.StatusServiceUnavailable, "failed").says("Nothing was sent.").has(`#editor-form`)
		q.get("/agents").is(http.StatusOK)
	}
}

// TestSavingOfADeadConsole: a change whose console died is not said to go on, nor to be sent
// or not; what was typed is there.
func TestSavingOfADeadConsole(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: ":memory:", Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s := newStand(t, func(o *setup) { o.store = store })
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	doc, err := json.Marshal(live.Told{Intent: roster.EditIntent("082019", apiclient.Callin, []int64{1001226, 1000886, 1001002}, []int64{1001226, 1000887}, nil)})
	if err != nil {
		t.Fatal(err)
	}
	scope := journal.Scope{Environment: "sandbox", Tenant: strconv.FormatInt(sandbox.AloHub, 10)}
	if _, err := store.NoteSaving(t.Context(), scope, journal.Saving{ID: "one", State: doc}); err != nil {
		t.Fatal(err)
	}
	p.get("/savings/one").is(http.StatusOK).has("[data-saving]")
	clock.advance(journal.SavingLease + time.Second)
	a := p.get("/savings/one").fails(http.StatusServiceUnavailable, "failed").says("The save broke off.").says("change log")
	if got := trim(a.form("#editor-form")["queue_ids"]); !slices.Equal(got, []string{"1001226", "1000887"}) {
		t.Errorf("came back as %v", got)
	}
	p.get("/savings/one", htmx("editor")...).fails(http.StatusServiceUnavailable, "failed").has("#editor-form")
	p.get("/savings/none", htmx("editor")...).fails(http.StatusNotFound, "not-found").has("#editor [data-failure]")
}

// TestACancelledMemberComesBackToTheQueue, not to a queue of the saving's name.
func TestACancelledMemberComesBackToTheQueue(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	s.api.Fail(sandbox.RateLimited("60").On(sandbox.OpList))
	at := p.post("/queues/1000888/members", url.Values{"agent_id": {"082018"}, "action": {"add"}}).is(http.StatusSeeOther).location()
	to := p.post(at+"/cancel", nil).is(http.StatusSeeOther).location()
	if !strings.HasPrefix(to, "/queues/1000888") {
		t.Errorf("leads to %q", to)
	}
	p.get(to).is(http.StatusOK).says("Cancelled.").says("Nothing was sent.")
}

// TestACancelledUndoSaysSo, and offers the undo again.
func TestACancelledUndoSaysSo(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	to, err := url.Parse(p.save("082019", "callin", form).is(http.StatusSeeOther).location())
	if err != nil {
		t.Fatal(err)
	}
	undo := "/changes/" + to.Query().Get("change") + "/undo"
	sent := len(s.puts())
	s.api.Fail(sandbox.RateLimited("60").On(sandbox.OpList))
	at := p.post(undo, nil).is(http.StatusSeeOther).location()
	p.post(at+"/cancel", nil).is(http.StatusOK).says("Cancelled.").says("Nothing was sent.").has(`form[action="` + undo + `"]`)
	if n := len(s.puts()); n != sent {
		t.Errorf("%d writes after it was cancelled", n-sent)
	}
}

// TestAPageThatTheDatabaseKeepsBackAsksAgain: without script, another console's page of a
// change that waits would else stay behind.
func TestAPageThatTheDatabaseKeepsBackAsksAgain(t *testing.T) {
	t.Parallel()
	s := newStand(t, eachTime)
	p := s.signIn(sandbox.DemoKey)
	other := beside(t, s)
	q := p.copied(other).english()
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	at := p.held(form)
	q.get(at).is(http.StatusOK).has("[data-saving]")
	other.store.breakDown("FindSaving")
	if a := q.get(at).fails(http.StatusServiceUnavailable, "failed"); !strings.Contains(a.body, `http-equiv="refresh" content="5"`) {
		t.Error("does not ask again without script")
	}
	other.store.breakDown()
	q.get(at).is(http.StatusOK).has("[data-saving]")
	s.api.ClearFaults()
}
