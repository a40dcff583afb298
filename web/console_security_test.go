package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// TestHeadersEverywhere: on pages, parts, files, redirects and errors alike.
func TestHeadersEverywhere(t *testing.T) {
	t.Parallel()
	public := must(url.Parse("https://console.example.vn"))
	s := newStand(t, func(o *setup) { o.web.PublicURL = public })
	p := s.browser()
	// The cookie is Secure, which Go's jar keeps from http: carry it by hand.
	in := p.post("/sign-in", signInForm(sandbox.DemoKey)).is(http.StatusSeeOther)
	cookie := in.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-console_", "; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(cookie+";", want) {
			t.Errorf("the cookie lacks %q", want)
		}
	}
	value, _, _ := strings.Cut(cookie, ";")
	asset := p.get("/sign-in").attrs("link[rel=stylesheet]", "href")[0]
	answers := []*answer{
		in, p.get("/sign-in"), p.get(asset), p.get("/static/nothing.js"), p.get("/nowhere"), p.get("/healthz"), p.get("/readyz"), p.get("/agents"),
		p.do(http.MethodDelete, "/agents", nil), p.post("/sign-in", signInForm("sk_wrong_key_00000000")),
		p.post("/sign-out", nil, "Sec-Fetch-Site", "cross-site"),
	}
	for _, path := range readable() {
		answers = append(answers, p.get(path, "Cookie", value), p.get(path, append(htmx("agents"), "Cookie", value)...))
	}
	s.api.Fail(sandbox.SystemError().Repeat(10))
	answers = append(answers, p.get("/agents", "Cookie", value))
	s.api.ClearFaults()
	s.store.breakDown("List")
	answers = append(answers, p.get("/changes", "Cookie", value))
	s.store.breakDown()
	for _, a := range answers {
		csp := a.header.Get("Content-Security-Policy")
		if csp == "" || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", a.what, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY", "Strict-Transport-Security": "max-age=31536000",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s %q", a.what, name, got)
			}
		}
		cache, want := a.header.Get("Cache-Control"), "no-store"
		if strings.HasSuffix(a.what, asset) {
			want = "public, max-age=31536000, immutable"
		}
		if cache != want {
			t.Errorf("%s: Cache-Control %q", a.what, cache)
		}
		if len(a.header.Get("X-Request-Id")) < 16 {
			t.Errorf("%s: no request id", a.what)
		}
		if a.header.Get("Server") != "" || a.header.Get("X-Powered-By") != "" {
			t.Errorf("%s tells what it runs on", a.what)
		}
		// What the policy would block must not be there: it would only break.
		a.lacks("script:not([src])").lacks("style").lacks("[style]").lacks("[onclick]").lacks("[onchange]").lacks("iframe")
	}
}

// TestCrossOriginPosts: another site's page cannot make a browser change anything,
// signing in included.
func TestCrossOriginPosts(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	s.api.ResetCalls()
	forms := map[string]url.Values{
		"/agents/082019/queues?type=callin": {"base": {"1001226,1000886,1001002"}, "queue_ids": {"1001226"}, "confirm": {"yes"}},
		"/agents/082019/recording":          enabled("true"),
		"/queues/1000887/members":           {"agent_id": {"082018"}, "action": {"add"}, "confirm": {"yes"}},
		"/changes/1/undo":                   {}, "/sign-out": {}, "/preferences": {"lang": {"en"}},
		"/sign-in": signInForm(sandbox.DemoKeyAnother),
	}
	for path, form := range forms {
		for _, header := range [][]string{
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site", "Origin", "http://evil.example"},
			{"Origin", "https://evil.example"},
			{"Origin", "null"},
			{"Sec-Fetch-Site", "cross-site", "HX-Request", "true"},
			{"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example"},
		} {
			a := p.post(path, form, header...)
			if a.status != http.StatusForbidden || len(a.header.Values("Set-Cookie")) > 0 {
				t.Errorf("POST %s with %v: %d", path, header, a.status)
			}
		}
	}
	if len(s.api.Calls()) > 0 || len(s.entries(journal.Filter{})) > 0 {
		t.Error("something was done")
	}
	p.get("/agents").is(http.StatusOK)
	p.post("/agents/082019/recording", enabled("true"), "Sec-Fetch-Site", "same-origin").is(http.StatusSeeOther)
	p.post("/agents/082019/recording", enabled("true"), "Origin", s.origin).is(http.StatusSeeOther)
}

// TestGETsChangeNothing, whatever stands in their query.
func TestGETsChangeNothing(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	before := s.callin("082019")
	for _, path := range append(
		readable(),
		"/agents/082019/queues?type=callin&draft=1&base=1001226&queue_ids=1001226&confirm=yes&priority=9",
		"/agents/082019/queues?type=callin&queue_ids=1&confirm=yes&base=1001226,1000886,1001002",
		"/agents/082019?enabled=true", "/queues/1000887?agent_id=082018&action=add&confirm=yes", "/sign-in?api_key=x&environment=sandbox",
		"/agents/082019/queues?type=callin&change=nothing", "/changes?change=x", "/agents/live?row=082019:x", "/agents/progress", "/queues/progress",
	) {
		p.get(path).is(http.StatusOK)
		p.do(http.MethodHead, path, nil)
	}
	if n := len(s.puts()); n > 0 || !sameIDs(before, s.callin("082019")) || len(s.entries(journal.Filter{})) > 0 {
		t.Errorf("%d writes", n)
	}
	p.get("/agents").is(http.StatusOK)
}

// TestErrorsTellNothing: a 5xx page has its request's id and not a word of the
// inside: no path, no package, no SQL, no stack.
func TestErrorsTellNothing(t *testing.T) {
	t.Parallel()
	s := newStand(t, eachTime)
	p := s.signIn(sandbox.DemoKey)
	inside := regexp.MustCompile(`goroutine|\.go:\d|journal:|roster:|sqlstore|disk full|/var/lib|dial tcp|apiclient|runtime|SELECT|panic|EOF|127\.0\.0\.1:\d+`)
	check := func(a *answer) {
		t.Helper()
		if a.status < 500 {
			t.Errorf("%s: %d", a.what, a.status)
		}
		if id := a.header.Get("X-Request-Id"); !strings.Contains(a.body, id) {
			t.Errorf("%s: the page does not name its request", a.what)
		}
		page := a.find("main, [data-toast], .notice").Clone()
		page.Find("pre.curl").Remove() // the request shown is the person's own
		if found := inside.FindString(page.Text()); found != "" {
			t.Errorf("%s: says %q: %s", a.what, found, squeeze(page.Text()))
		}
	}
	s.store.breakDown("List", "Recordings", "Intend")
	check(p.get("/changes"))
	check(p.get("/changes", htmx("main")...))
	check(p.get("/agents"))
	check(p.get("/agents.csv"))
	check(p.post("/agents/082018/recording", enabled("true")))
	s.store.breakDown("Ended")
	check(p.get("/agents"))
	s.store.breakDown()
	for _, f := range []sandbox.Fault{sandbox.SystemError(), sandbox.Reset(), sandbox.CaptivePortal(), sandbox.TooLarge(), sandbox.HTMLBadGateway(), sandbox.DeepNesting(50_000)} {
		s.api.Fail(f.Repeat(always))
		check(p.get("/agents"))
		if file := p.get("/agents.csv"); file.status != http.StatusOK { // what is known, in an outage
			check(file)
		}
		s.api.ClearFaults()
	}
}

// TestRequestsOutOfShape: what no form of ours sends gets an answer, and not a 500.
func TestRequestsOutOfShape(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	long := strings.Repeat("9", 5000)
	for _, path := range []string{
		"/agents?page=-1&size=0&status=x&queue_id=abc&team_id=x&sort=;drop&recording=?&system=%00&health=x",
		"/agents?page=999999999999999999999&size=99999999999", "/agents?q=%ff%fe&sort=-", "/agents?q=" + long, "/agents?page=1&page=2&status=1&status=0",
		"/agents?queue_id=-5", "/agents?queue_id=99999999999999999999", "/agents?team_id=" + long, "/agents?%zz=1", "/agents?q=%zz",
		"/changes?queue_id=x&from=x&to=9999-99-99&zone=abc&before=%00&result=x", "/changes?zone=99999999999999999", "/changes?before=" + long, "/changes?from=0000-01-01&to=9999-12-31",
		"/agents/082019/queues?type=nonsense", "/agents/082019/queues?draft=1&queue_ids=" + long + "&base=" + long,
		"/agents/live", "/agents/live?row=" + strings.Repeat("1,", 2000), "/agents.csv?q=%00", "/queues/1001226?type=nonsense", "/sign-in?reason=%3Cscript%3E&next=%zz",
	} {
		if a := p.get(path); a.status >= 500 {
			t.Errorf("GET %.80s: %d", path, a.status)
		}
	}
	for path, form := range map[string]url.Values{
		"/agents/082019/queues?type=callin": {"queue_ids": {long, "-1", "0", "\x00", "1001226,,,;", strings.Repeat("1 ", 3000)}, "base": {long}, "priority": {"٣"}},
		"/agents/%00/queues":                {"queue_ids": {"1"}},
		"/agents/%ff%fe/recording":          enabled("true"),
		"/agents/..%2f..%2fv1/recording":    enabled("true"),
		"/queues/1001226/members":           {"agent_id": {"../x", long}, "action": {"add"}},
		"/queues/1001226/members?type=x":    {"action": {"explode"}},
		"/changes/%2e%2e/undo":              {"confirm": {"yes"}},
		"/preferences":                      {"lang": {"xx"}, "theme": {"\"><b>"}, "next": {long}},
		"/sign-in":                          {"environment": {long}, "api_key": {"a\x00b"}, "operator": {"\xff\xfe"}},
	} {
		if a := p.post(path, form); a.status >= 500 {
			t.Errorf("POST %s: %d, %s", path, a.status, a.failure())
		}
	}
	for _, call := range s.puts() {
		if strings.Contains(call.Path, "..") {
			t.Errorf("a write to %s", call.Path)
		}
	}
}
