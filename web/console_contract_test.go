package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// readable are the routes that answer a GET of somebody who is signed in.
func readable() []string {
	return []string{
		"/agents", "/agents.csv", "/agents/082019", "/agents/082019/queues?type=callin",
		"/agents/082019/queues?type=callout", "/agents/082019/queues", "/queues", "/queues/known", "/queues/1001226",
		"/queues/13876?type=callout", "/changes", "/changes.csv",
	}
}

// public are the routes that answer anybody.
func public() []string { return []string{"/sign-in", "/healthz", "/readyz"} }

// writable are the routes that answer a POST.
func writable() []string {
	return []string{
		"/agents/082019/queues?type=callin", "/agents/082019/recording", "/queues/1001226/members",
		"/queues/known", "/changes/1/undo",
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p, nobody := s.signIn(sandbox.DemoKey), s.browser()
	for _, path := range append(readable(), public()...) {
		got := p.get(path).is(http.StatusOK)
		head := p.do(http.MethodHead, path, nil).is(http.StatusOK)
		if head.body != "" || head.header.Get("Content-Type") != got.header.Get("Content-Type") {
			t.Errorf("HEAD %s: %d bytes of %s", path, len(head.body), head.header.Get("Content-Type"))
		}
	}
	for _, path := range readable() {
		// A file is no page to come back to: its list is.
		want := "/sign-in?" + url.Values{"next": {strings.TrimSuffix(path, ".csv")}}.Encode()
		if a := nobody.get(path).is(http.StatusSeeOther); a.location() != want {
			t.Errorf("GET %s without a session: to %s, want %s", path, a.location(), want)
		}
		// htmx would follow a 303 and swap the key form into a part of the page.
		if a := nobody.get(path, htmx("agents")...).is(http.StatusNoContent); !strings.HasPrefix(a.header.Get("HX-Redirect"), "/sign-in") {
			t.Errorf("htmx GET %s without a session: HX-Redirect %q", path, a.header.Get("HX-Redirect"))
		}
	}
	for _, path := range writable() {
		if a := nobody.post(path, nil).is(http.StatusSeeOther); !strings.HasPrefix(a.location(), "/sign-in") {
			t.Errorf("POST %s without a session: to %s", path, a.location())
		}
	}
	if a := p.get("/").is(http.StatusSeeOther); a.location() != "/agents" {
		t.Errorf("/ leads to %s", a.location())
	}
	if len(s.puts()) > 0 {
		t.Error("something was written")
	}
}

// TestUnlistedMethods: a method that no row of the contract names is a 405 with
// Allow, with and without a session, and does nothing.
func TestUnlistedMethods(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	s.api.ResetCalls()
	postOnly := []string{"/sign-out", "/preferences", "/agents/082019/recording", "/queues/1001226/members", "/changes/1/undo"}
	getOnly := []string{"/agents", "/agents.csv", "/agents/082019", "/queues", "/queues/1001226", "/changes", "/changes.csv", "/healthz", "/readyz", "/"}
	try := func(method, path string) {
		t.Helper()
		var form url.Values
		if method == http.MethodPost {
			form = url.Values{"x": {"y"}}
		}
		for _, who := range []*person{p, s.browser()} {
			a := who.do(method, path, form)
			if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") == "" {
				t.Errorf("%s %s: %d, Allow %q", method, path, a.status, a.header.Get("Allow"))
			}
		}
	}
	for _, path := range postOnly {
		try(http.MethodGet, path)
		try(http.MethodHead, path)
	}
	for _, path := range getOnly {
		try(http.MethodPost, path)
	}
	for _, path := range append(append(getOnly, postOnly...), "/sign-in", "/agents/082019/queues", "/queues/known") {
		for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
			try(method, path)
		}
	}
	if n := len(s.api.Calls()); n > 0 {
		t.Errorf("%d calls upstream", n)
	}
}

func TestNoSuchPage(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	for _, path := range []string{
		"/nowhere", "/agents/", "/Agents", "/agents/082019/", "/agents/082019/queues/", "/queues/abc", "/queues/0", "/queues/-1",
		"/static/nothing.css", "/static/../web.go", "/metrics", "/debug/pprof/", "/.git/config", "/sign-in/",
	} {
		a := p.get(path).fails(http.StatusNotFound, "not-found")
		if id := a.header.Get("X-Request-Id"); id == "" || !strings.Contains(a.body, id) {
			t.Errorf("%s: the page does not name its request %q", path, id)
		}
	}
	for _, path := range []string{"/agents/999999", "/agents/999999/queues?type=callin", "/changes/nothing/undo"} {
		if path == "/changes/nothing/undo" {
			p.post(path, nil).fails(http.StatusNotFound, "not-found")
			continue
		}
		p.get(path).fails(http.StatusNotFound, "not-found")
	}
	// An extension is never mended: a lost zero is another agent, or none. The page is headed
	// by what was asked for, and leads to whom that may be.
	a := p.get("/agents/82019").fails(http.StatusNotFound, "not-found").lacks(".page-head .unknown")
	a.has(`[data-failure] a[href="/agents/082019"]`).has(`[data-failure] a[href="/agents?q=82019"]`)
	if head := squeeze(a.find("h1").Text()); head != "82019" {
		t.Errorf("the page of an extension that nobody has is headed %q", head)
	}
	p.get("/agents/0999999").fails(http.StatusNotFound, "not-found").has(`[data-failure] a[href="/agents?q=999999"]`)
	p.get("/agents/000").fails(http.StatusNotFound, "not-found").lacks("[data-failure] a")
}

// TestMarks: what the contract promises to tests and scripts is in the pages.
func TestMarks(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)

	list := p.get("/agents")
	if n := list.find("tr[data-agent-id]").Length(); n != 20 {
		t.Errorf("%d rows", n)
	}
	if got := list.attrs("table", "data-total"); len(got) != 1 || got[0] != "120" {
		t.Errorf("data-total %q", got)
	}
	list = p.get("/agents?size=100")
	for _, typ := range []string{"callin", "callout"} {
		list.has(`tr[data-agent-id="082019"] [data-queues="` + typ + `"] [data-queue-id]`)
	}
	for _, q := range []string{"1001226", "1000886", "1001002"} {
		list.has(`tr[data-agent-id="082019"] [data-queues=callin] [data-queue-id="` + q + `"]`)
	}
	if n := list.find("tr[data-agent-id] [data-recording=never]").Length(); n != 100 {
		t.Errorf("%d agents whose recording was never sent", n)
	}

	p.get("/agents/082019").has(`[data-agent-id="082019"]`).has("[data-queues=callin] [data-queue-id]").has("[data-recording=never]")
	p.get("/agents/082019/queues?type=callin").has(`[data-queues=callin] [data-queue-id="1000886"]`)
	p.get("/agents/082019/queues?type=callout").has(`[data-queues=callout] [data-queue-id="13876"]`)
	p.get("/queues").has(`tr[data-queue-id="1001226"]`).has(`tr[data-queue-id="13876"]`).has("table[data-total]")
	p.get("/queues/1001226").has(`tr[data-agent-id="082018"]`).has("table[data-total]")

	p.post("/agents/082018/recording", url.Values{"enabled": {"true"}}).is(http.StatusSeeOther)
	id := s.last("082018").ID
	p.get("/changes").has(`[data-change-id="` + id + `"]`)
	p.get("/agents?size=100").has(`tr[data-agent-id="082018"] [data-recording=sent-on]`)
}

// TestPostsLeadOn: without htmx a POST that did its work answers 303 to the page
// that shows its result.
func TestPostsLeadOn(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)

	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	a := p.save("082019", "callin", form).is(http.StatusSeeOther)
	change := s.last("082019")
	if want := "/agents/082019/queues?type=callin&change=" + change.ID; a.location() != want {
		t.Errorf("an edit leads to %s, want %s", a.location(), want)
	}
	shown := p.get(a.location()).is(http.StatusOK).has(`[data-change-id="` + change.ID + `"]`)
	shown.has(`[data-result=verified]`)

	a = p.post("/agents/082019/recording", url.Values{"enabled": {"false"}}).is(http.StatusSeeOther)
	p.get(a.location()).is(http.StatusOK).has("[data-recording=sent-off]").has("[data-change-id]")

	a = p.post("/queues/1000887/members?type=callin", url.Values{"agent_id": {"082018"}, "action": {"add"}}).is(http.StatusSeeOther)
	p.get(a.location()).is(http.StatusOK).has(`tr[data-agent-id="082018"]`)

	a = p.post("/changes/"+change.ID+"/undo", nil).is(http.StatusSeeOther)
	p.get(a.location()).is(http.StatusOK).has("[data-change-id]")

	a = p.post("/preferences", url.Values{"lang": {"en"}, "next": {"/queues"}}).is(http.StatusSeeOther)
	if a.location() != "/queues" {
		t.Errorf("preferences lead to %s", a.location())
	}
	a = p.post("/sign-out", nil).is(http.StatusSeeOther)
	p.get(a.location()).is(http.StatusOK).has("input[name=api_key]")
	p.get("/agents").is(http.StatusSeeOther)

	if n := len(s.entries(journal.Filter{})); n != 4 {
		t.Errorf("%d entries", n)
	}
}

// TestUnknownType: a slip in the type must not write to the other list.
func TestUnknownType(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	form.Set("confirm", "yes")
	for _, typ := range []string{"Callout", "CALLIN", "x", "callin%20"} {
		p.save("082019", typ, form).fails(http.StatusUnprocessableEntity, "invalid-input")
		p.get("/agents/082019/queues?type=" + typ).is(http.StatusUnprocessableEntity)
		p.post("/queues/1000887/members?type="+typ, url.Values{"agent_id": {"082019"}, "action": {"add"}}).is(http.StatusUnprocessableEntity)
	}
	if len(s.puts()) > 0 {
		t.Errorf("%d writes", len(s.puts()))
	}
}

// TestNoStrayAttributes: a template's word that lands in a tag is an attribute there.
func TestNoStrayAttributes(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	for _, path := range append(append(readable(), public()...), "/agents?sort=name", "/agents?sort=-extension", "/nowhere") {
		p.get(path).lacks("[else],[if],[switch],[case]")
	}
}

// TestNextWithoutReferer: whoever has to sign in again comes back to what the request
// was about, even where the browser tells nothing of where it came from.
func TestNextWithoutReferer(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	nobody := s.browser()
	many := url.Values{"base": {"1"}}
	for i := range 120 {
		many.Add("queue_ids", strconv.Itoa(1000000+i))
	}
	for _, tt := range []struct {
		path string
		form url.Values
		next string
	}{
		{"/agents/082018/recording", enabled("true"), "/agents/082018"},
		{"/changes/1/undo", url.Values{}, "/changes"},
		{"/queues/known", url.Values{"ids": {"7"}}, "/queues"},
		{"/queues/1001226/members?type=callin", url.Values{"agent_id": {"1"}}, "/queues/1001226"},
		{"/agents/082018/queues?type=callin", many, "/agents/082018/queues?"},
	} {
		to, err := url.Parse(nobody.post(tt.path, tt.form).is(http.StatusSeeOther).location())
		if err != nil || to.Path != "/sign-in" || !strings.HasPrefix(to.Query().Get("next"), tt.next) {
			t.Errorf("%s leads to %s", tt.path, to)
		}
	}
	if to := nobody.get("/agents?status=1", "HX-Request", "true").header.Get("HX-Redirect"); to != "/sign-in?next=%2Fagents%3Fstatus%3D1" {
		t.Errorf("htmx is led to %q", to)
	}
	// A draft of many queues is all there.
	p := s.browser().english()
	to, _ := url.Parse(nobody.post("/agents/082018/queues?type=callin", many).location())
	form := signInForm(sandbox.DemoKey)
	form.Set("next", to.Query().Get("next"))
	draft := p.get(p.post("/sign-in", form).is(http.StatusSeeOther).location())
	if got := trim(draft.form("#editor-form")["queue_ids"]); len(got) != 120 {
		t.Errorf("%d queues came back", len(got))
	}
}
