package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestDoubtsAreWarnings: that a list may lack a queue, which saving would take the
// agent out of, is no remark among others.
func TestDoubtsAreWarnings(t *testing.T) {
	t.Parallel()
	// Rows and listings of the first queue alone: whether anybody has a second shows nowhere.
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.QueueFilter = sandbox.MatchShown }
	})
	p := s.signIn(sandbox.DemoKey)
	doubt := said("unsure.one-shown")
	for _, page := range []string{"/agents/082019/queues?type=callin", "/agents/082019"} {
		a := p.get(page).is(http.StatusOK)
		if got := squeeze(a.find(".notice-warn").Text()); !strings.Contains(got, doubt) {
			t.Errorf("%s warns of %q", page, got)
		}
		if got := squeeze(a.find(".note").Text()); strings.Contains(got, doubt) {
			t.Errorf("%s says it as a remark too: %q", page, got)
		}
	}
}

// TestOneListUnreadable: what cannot be read of one list keeps nobody from editing
// the other.
func TestOneListUnreadable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ field, open, shut string }{
		{"queueCallout", "callin", "callout"},
		{"queueCallinId", "callout", "callin"},
	} {
		t.Run(tt.shut, func(t *testing.T) {
			t.Parallel()
			field := regexp.MustCompile(`"` + tt.field + `":("[^"]*"|[0-9]+|null)`)
			s := newStand(t)
			s.api.Fail(sandbox.Fault{Times: sandbox.Always, Op: sandbox.OpList, Rewrite: func(b []byte) []byte {
				return field.ReplaceAll(b, []byte(`"`+tt.field+`":"?"`))
			}})
			p := s.signIn(sandbox.DemoKey)
			page := p.get("/agents/082019").is(http.StatusOK)
			page.has(`a[data-drawer][href="/agents/082019/queues?type=` + tt.open + `"]`)
			page.lacks(`a[data-drawer][href="/agents/082019/queues?type=` + tt.shut + `"]`)
			page.says(said("whynot.queues-unreadable"))
			list := p.get("/agents?size=100").is(http.StatusOK)
			list.has(`[data-agent-id="082019"] a.row-edit[href="/agents/082019/queues?type=` + tt.open + `"]`)
			form := p.editor("082019", tt.open)
			if form.Get("base") == "" && tt.open == "callin" {
				t.Errorf("the editor opens on %v", form)
			}
			p.get("/agents/082019/queues?type=" + tt.shut).is(http.StatusOK).lacks("#editor-form")
			if tt.open == "callin" {
				p.get("/queues/1001226").has(`[data-agent-id="082019"] button[value=remove]`)
			}
		})
	}
}

// TestQueueSuggestsAgents: whoever may be added to a queue can be chosen by name,
// and nobody is offered who is in it.
func TestQueueSuggestsAgents(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	a := p.get("/queues/1001226").is(http.StatusOK)
	in := a.attrs("tr[data-agent-id]", "data-agent-id")
	offered := a.attrs("#agent-options option", "value")
	if len(in) == 0 || len(offered) != 20 {
		t.Fatalf("%d agents in the queue, %d offered", len(in), len(offered))
	}
	for _, id := range offered {
		if slices.Contains(in, id) {
			t.Errorf("%s is offered and in the queue", id)
		}
	}
	if names := a.attrs("#agent-options option[label]", "label"); len(names) != len(offered) || names[0] == "" {
		t.Errorf("%d names for %d agents", len(names), len(offered))
	}
	if !slices.IsSorted(offered) {
		t.Errorf("not by extension: %v", offered)
	}
	// And what is typed finds others.
	last := offered[len(offered)-1]
	if got := p.get("/queues/1001226/candidates?type=callin&agent_id="+last).is(http.StatusOK).attrs("#agent-options option", "value"); !slices.Equal(got, []string{last}) {
		t.Errorf("of %s typed: %v", last, got)
	}
	if got := p.get("/queues/1001226/candidates?type=callin&agent_id="+in[0]).is(http.StatusOK).attrs("#agent-options option", "value"); slices.Contains(got, in[0]) {
		t.Errorf("of %s typed, who is in it: %v", in[0], got)
	}
}

// TestKeyRule: what a key may hold is the client's rule, and its alone. A space
// inside one is odd, but it travels, and the API is who refuses it.
func TestKeyRule(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.browser().english()
	try := func(key string) *answer {
		return p.post("/sign-in", url.Values{"environment": {"sandbox"}, "api_key": {key}}).fails(http.StatusUnauthorized, "unauthorized")
	}
	asked := func() int { return len(s.api.Calls()) }
	try("sk_of two words").says("does not know this key")
	if asked() != 1 {
		t.Errorf("the API was asked %d times about a key with a space", asked())
	}
	try("sk_khóa").says("characters that no key has")
	if asked() != 1 {
		t.Errorf("the API was asked about a key that cannot travel")
	}
	// What comes along unseen when a key is copied is no part of it.
	p.post("/sign-in", url.Values{"environment": {"sandbox"}, "api_key": {"\ufeff" + sandbox.DemoKey + "\u200b\n"}}).is(http.StatusSeeOther)
}

// TestBackToWhereItBelongs: who has to sign in comes back to the page that a request
// belongs to, though the browser does not say where it stood.
func TestBackToWhereItBelongs(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for _, tt := range []struct{ method, path, next string }{
		{http.MethodGet, "/agents?status=1", "/agents?status=1"},
		{http.MethodGet, "/agents/082019?change=x", "/agents/082019?change=x"},
		{http.MethodGet, "/agents.csv?status=1&page=3", "/agents?page=3&status=1"},
		{http.MethodGet, "/agents/live?status=1&row=082018:x", "/agents?status=1"},
		{http.MethodGet, "/agents/progress?q=a", "/agents?q=a"},
		{http.MethodGet, "/queues/progress", "/queues"},
		{http.MethodGet, "/connection/live", "/connection"},
		{http.MethodPost, "/connection/probe", "/connection"},
		{http.MethodGet, "/changes.csv?kind=callin", "/changes?kind=callin"},
		{http.MethodPost, "/agents/082019/recording", "/agents/082019"},
		{http.MethodPost, "/agents/082019/queues?type=callout", "/agents/082019/queues?base=&draft=1&type=callout"},
		{http.MethodPost, "/agents/082019/queues?type=nonsense", "/agents/082019"},
		{http.MethodPost, "/queues/1001226/members", "/queues/1001226"},
		{http.MethodPost, "/queues/1001226/members?type=callout", "/queues/1001226?type=callout"},
		{http.MethodPost, "/changes/01K/undo", "/changes?undo=01K"},
	} {
		for _, header := range [][]string{nil, {"HX-Request", "true"}} {
			a := s.browser().do(tt.method, tt.path, url.Values{}, header...)
			to := a.location() + a.header.Get("HX-Redirect")
			u, err := url.Parse(to)
			if err != nil || u.Path != "/sign-in" || u.Query().Get("next") != tt.next {
				t.Errorf("%s %s (%v) leads to %s, not back to %s", tt.method, tt.path, header, to, tt.next)
			}
		}
	}
	// Where the browser says it, that page counts, save for a form that is kept.
	from := []string{"HX-Request", "true", "HX-Current-URL", s.origin + "/agents?q=le"}
	for path, next := range map[string]string{
		"/agents/082019/recording":          "/agents?q=le",
		"/agents/082019/queues?type=callin": "/agents/082019/queues?base=&draft=1&type=callin",
	} {
		to := s.browser().post(path, nil, from...).header.Get("HX-Redirect")
		if u, err := url.Parse(to); err != nil || u.Query().Get("next") != next {
			t.Errorf("%s leads to %s, not back to %s", path, to, next)
		}
	}
}

// TestLostAnswerIsAToast: that nobody knows whether a write was applied is said over
// the page, wherever it was asked for.
func TestLostAnswerIsAToast(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	lost := func(agent string) {
		s.api.Fail(sandbox.Fault{Op: sandbox.OpQueues, Agent: agent, Reset: true, Times: sandbox.Always})
	}
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	undo := "/changes/" + s.last("082019").ID + "/undo"
	lost("082019")
	lost("082020")

	form = p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000888")
	for name, a := range map[string]*answer{
		"editor": p.save("082019", "callin", form),
		"queue":  p.post("/queues/1000887/members", url.Values{"agent_id": {"082020"}, "action": {"add"}, "confirm": {"yes"}}),
		"undo":   p.post(undo, url.Values{"confirm": {"yes"}}),
	} {
		a.fails(http.StatusBadGateway, "unreachable").has("[data-toast][data-failure]").has(".notice[data-change-id][data-result]")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// TestWhatIsOutOfRangeSaysSo: nothing is called empty that is only past its end, and there
// is a way back.
func TestWhatIsOutOfRangeSaysSo(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	for _, path := range []string{"/agents?page=999", "/agents?page=999&sort=name", "/agents?page=999&status=1"} {
		a := p.get(path).is(http.StatusOK).has(`[data-empty="beyond"]`).says("There is no page 1,000").lacks("table")
		back := a.find(`[data-empty="beyond"] a`).AttrOr("href", "")
		if strings.Contains(back, "page=") {
			t.Errorf("%s leads back to %s", path, back)
		}
		p.get(back).is(http.StatusOK).has("table")
	}
	p.get("/agents?q=nobodyiscalledso").says("Nobody matches").lacks(`[data-empty="beyond"]`)
	a := p.get("/changes?from=2026-11-03&to=2026-11-01").is(http.StatusOK).says("The first day is after the last")
	if href := a.find(".empty a").AttrOr("href", ""); !strings.Contains(href, "from=2026-11-01") || !strings.Contains(href, "to=2026-11-03") {
		t.Errorf("leads to %s", href)
	}
	p.get("/changes?from=2026-11-01&to=2026-11-01").lacks(".empty a")
}
