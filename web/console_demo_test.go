package web_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/apiclient/sandbox/stage"
	"github.com/alohub/agentconsole/journal"
)

// staged is a stand whose console knows its sandbox as the upstream of a demo.
func staged(o *setup) {
	o.api = newSandbox(*o)
	o.web.Demo = stage.Of(o.api)
}

// demoPosts are the routes by which the demo's page sets something.
func demoPosts() []string {
	return []string{"/_demo/second-admin", "/_demo/answers", "/_demo/faults", "/_demo/faults/clear", "/_demo/limits", "/_demo/calm"}
}

// TestNoDemoPage: without a demo's upstream there is nothing of it, for anybody.
func TestNoDemoPage(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for _, p := range []*person{s.signIn(sandbox.DemoKey), s.browser().english()} {
		p.get("/_demo").is(http.StatusNotFound)
		for _, path := range demoPosts() {
			p.post(path, url.Values{"pace": {"fast"}}).is(http.StatusNotFound)
		}
		p.get("/sign-in").lacks(`a[href*="_demo"]`)
	}
	s.signIn(sandbox.DemoKey).get("/agents").lacks(`a[href*="_demo"]`)
}

// TestDemoPage: in a demo it is there for anybody, linked, and it asks the API nothing.
func TestDemoPage(t *testing.T) {
	t.Parallel()
	s := newStand(t, staged, func(o *setup) { o.web.BasePath = "/console" })
	in, out := s.signIn(sandbox.DemoKey), s.browser().english()
	in.get("/agents").has(`.menu-panel a[href="/console/_demo"]`)
	out.get("/sign-in").has(`.menu-panel a[href="/console/_demo"]`)
	s.api.ResetCalls()
	in.get("/_demo").is(http.StatusOK).has(".top .who").has(`.menu-item[aria-current="page"]`)
	a := out.get("/_demo").is(http.StatusOK).lacks(".top .who").has("#pace-form").has("#answers-form").has("#faults-form").has("#limits-form")
	for _, link := range links(a) {
		if !below("/console", link) {
			t.Errorf("%q leaves the base path", link)
		}
	}
	if kinds := a.attrs("#kind option", "value"); len(kinds) != len(sandbox.Presets()) || strings.Contains(a.body, "⟨") {
		t.Errorf("%d kinds of faults of %d", len(kinds), len(sandbox.Presets()))
	}
	for _, id := range []string{"demo-deeds", "demo-pending"} {
		part := out.get("/_demo", htmx(id)...).is(http.StatusOK).has("#" + id).lacks("main")
		if n := part.find("body > *").Length(); n != 1 {
			t.Errorf("%s comes with %d roots", id, n)
		}
	}
	for _, path := range demoPosts() {
		in.get(path).is(http.StatusMethodNotAllowed)
	}
	if n := len(s.api.Calls()); n > 0 {
		t.Errorf("%d calls upstream", n)
	}
}

// TestDemoSets: each form, sent as it stands with one choice changed, leads back to the
// page and changes how the API then answers.
func TestDemoSets(t *testing.T) {
	t.Parallel()
	s := newStand(t, staged)
	p := s.browser().english()
	send := func(form string, change url.Values) *answer {
		t.Helper()
		page := p.get("/_demo").is(http.StatusOK)
		values := page.form(form)
		for _, id := range page.attrs(form+" select", "id") {
			values.Set(id, page.find(form+" #"+id+" option[selected]").AttrOr("value", page.find(form+" #"+id+" option").First().AttrOr("value", "")))
		}
		for name, v := range change {
			values[name] = v
		}
		a := p.post(page.find(form).AttrOr("action", ""), values).is(http.StatusSeeOther)
		if !strings.HasPrefix(a.location(), "/_demo") {
			t.Errorf("%s leads to %s", form, a.location())
		}
		return p.get(strings.Split(a.location(), "#")[0]).is(http.StatusOK)
	}
	api := func() (status int, header http.Header, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.upstream+"/v1/agents?size=100", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Api-Key", sandbox.DemoKey)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header, string(text)
	}

	const several = `"1001226,1000886,1001002"`
	if _, _, body := api(); strings.Contains(body, several) {
		t.Fatal("joined already")
	}
	send("#answers-form", url.Values{"style": {"joined"}, "trait": {"show-recording"}}).
		has(`input[name=style][value=joined][checked]`).has(`input[value=show-recording][checked]`).lacks(`input[value=omit-nulls][checked]`)
	if _, _, body := api(); !strings.Contains(body, several) || !strings.Contains(body, `"isRecord"`) {
		t.Errorf("joined, with recording: %.300s", body)
	}
	send("#answers-form", url.Values{"trait": nil}).has(`input[name=style][value=joined][checked]`).lacks("input[name=trait][checked]")

	send("#limits-form", url.Values{"tenant": {"40"}, "per_route": {"0"}, "window": {"2"}}).has(`#tenant[value="40"]`)
	if _, header, _ := api(); header.Get("X-RateLimit-Limit-Tenant") != "40" || header.Get("X-RateLimit-Limit-Route") != "" {
		t.Errorf("limits %v", header)
	}

	send("#faults-form", url.Values{"kind": {"503-dns"}, "route": {"list"}, "times": {"1"}}).
		has(`[data-fault="503-dns"]`).says("503, name not resolved").says("Reading the list")
	if status, _, _ := api(); status != http.StatusServiceUnavailable {
		t.Errorf("the fault did not strike: %d", status)
	}
	p.get("/_demo", htmx("demo-pending")...).lacks("[data-fault]")
	send("#faults-form", url.Values{"kind": {"silence"}, "times": {"-1"}}).has(`[data-fault="silence"]`)
	p.post("/_demo/faults/clear", nil).is(http.StatusSeeOther)
	p.get("/_demo").lacks("[data-fault]")

	send("#pace-form", url.Values{"pace": {"slow"}}).has(`button[value=slow][aria-pressed="true"]`)
	deed, _ := s.api.SecondAdmin().Act()
	p.get("/_demo", htmx("demo-deeds")...).has(`[data-deed="` + deed.Agent + `"]`).has(`a[href="/agents/` + deed.Agent + `"]`)

	send("form.demo-calm", nil).has(`input[value=first][checked]`).has(`button[value=off][aria-pressed="true"]`).has(`#tenant[value="90000"]`)
}

// TestDemoRefuses: what the form cannot mean is said at its field, with what was typed.
func TestDemoRefuses(t *testing.T) {
	t.Parallel()
	s := newStand(t, staged)
	p := s.browser().english()
	limits := func(name, value string) url.Values {
		v := url.Values{"tenant": {"5"}, "per_route": {"4"}, "window": {"10"}, "window_kind": {"aligned"}}
		v.Set(name, value)
		return v
	}
	for _, tt := range []struct {
		path  string
		form  url.Values
		field string
		typed string // selector
	}{
		{"/_demo/limits", limits("tenant", "-1"), "tenant", `#tenant[value="-1"][aria-invalid="true"]`},
		{"/_demo/limits", limits("per_route", "many"), "per_route", `#per_route[value="many"]`},
		{"/_demo/limits", limits("window", "0"), "window", `#tenant[value="5"]`},
		{"/_demo/limits", limits("window_kind", "round"), "window_kind", `#per_route[value="4"]`},
		{"/_demo/faults", url.Values{"kind": {"ignored-write"}, "route": {"list"}, "times": {"5"}}, "route", `#kind option[value="ignored-write"][selected]`},
		{"/_demo/faults", url.Values{"kind": {"500"}, "route": {"list"}}, "times", `#route option[value="list"][selected]`},
		{"/_demo/second-admin", url.Values{"pace": {"hurried"}}, "pace", `button[value=off][aria-pressed="true"]`},
		{"/_demo/answers", url.Values{}, "style", `input[value=first][checked]`},
	} {
		a := p.post(tt.path, tt.form).fails(http.StatusUnprocessableEntity, "invalid-input").has(tt.typed)
		a.has(`[data-failure] a[href="#` + tt.field + `"]`).has("#" + tt.field)
	}
	if l := s.api.Limits(); l.Tenant != 90_000 || len(s.api.Faults()) > 0 {
		t.Errorf("something was set: %+v, %d faults", l, len(s.api.Faults()))
	}
}

// TestDemoCrossOrigin: another site's page cannot set anything of a demo.
func TestDemoCrossOrigin(t *testing.T) {
	t.Parallel()
	s := newStand(t, staged)
	s.api.Fail(sandbox.SystemError())
	p := s.browser().english()
	for _, path := range demoPosts() {
		form := url.Values{
			"pace": {"fast"}, "style": {"rows"}, "kind": {"500"}, "route": {"all"}, "times": {"1"},
			"tenant": {"1"}, "per_route": {"1"}, "window": {"1"}, "window_kind": {"first"},
		}
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://elsewhere.invalid"}} {
			p.post(path, form, header...).is(http.StatusForbidden)
		}
	}
	if s.api.SecondAdmin().Pace() != sandbox.PaceOff || s.api.Style() != sandbox.FirstOnly || len(s.api.Faults()) != 1 || s.api.Limits().Tenant != 90_000 {
		t.Error("something was set")
	}
}

// TestSecondAdminConflicts: what they do meanwhile is met as any other administrator's
// change is: a 409 with both in it, and nothing written.
func TestSecondAdminConflicts(t *testing.T) {
	t.Parallel()
	joined := func(o *setup) { o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined } }
	s := newStand(t, joined, staged)
	p := s.signIn(sandbox.DemoKey)
	// Their twin does the same, and says beforehand whom it will concern.
	twin := setup{demo: sandbox.DemoOptions{Agents: 120, Quiet: true}}
	joined(&twin)
	ahead, times := newSandbox(twin).SecondAdmin(), 1
	deed, _ := ahead.Act()
	for ; deed.Kind != sandbox.Callin || deed.Queue == 0; times++ {
		deed, _ = ahead.Act()
	}
	form := p.editor(deed.Agent, "callin")
	form.Add("queue_ids", "4711")
	for range times {
		s.api.SecondAdmin().Act()
	}
	after := s.callin(deed.Agent)
	if slices.Contains(after, deed.Queue) != deed.Joined {
		t.Fatalf("%+v, and the list is %v", deed, after)
	}
	a := p.save(deed.Agent, "callin", form).fails(http.StatusConflict, "conflict")
	if !sameIDs(after, s.callin(deed.Agent)) || len(s.entries(journal.Filter{Agent: deed.Agent})) > 0 {
		t.Error("something was written")
	}
	merged := a.form("#editor-form")
	if slices.Contains(merged["queue_ids"], strconv.FormatInt(deed.Queue, 10)) != deed.Joined || !slices.Contains(merged["queue_ids"], "4711") {
		t.Errorf("after %+v the merge is %v", deed, merged["queue_ids"])
	}
}
