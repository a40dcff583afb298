package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web"
)

// TestBasePath: behind a reverse proxy's prefix nothing leads out of it. One
// forgotten prefix is a dead link in every installation but the author's.
func TestBasePath(t *testing.T) {
	t.Parallel()
	const base = "/console"
	s := newStand(t, func(o *setup) {
		o.web.BasePath = base
		o.web.DemoKeys = []web.DemoKey{{ID: "demo-x", Key: "sk_for_show", Label: "demo.good"}}
	})
	p := s.signIn(sandbox.DemoKey)
	seen := 0
	check := func(a *answer) {
		t.Helper()
		for _, link := range links(a) {
			seen++
			if !below(base, link) {
				t.Errorf("%s: %q leaves the base path", a.what, link)
			}
		}
		for _, name := range []string{"Location", "HX-Redirect", "HX-Push-Url"} {
			if v := a.header.Get(name); v != "" && !below(base, v) {
				t.Errorf("%s: %s %q leaves the base path", a.what, name, v)
			}
		}
		for _, c := range a.header.Values("Set-Cookie") {
			if !strings.Contains(c+";", "; Path="+base+";") {
				t.Errorf("%s: a cookie for %s", a.what, c[strings.Index(c, ";"):])
			}
		}
	}

	for _, path := range append(readable(), public()...) {
		check(p.get(path).is(http.StatusOK))
	}
	check(s.browser().get("/agents").is(http.StatusSeeOther))
	check(s.browser().get("/sign-in"))
	check(p.get("/"))
	check(p.get("/agents?q=a&sort=-name&page=1&size=20"))
	check(p.get("/agents?queue_id=1001226", htmx("agents")...))
	check(p.get("/agents/live?row=001001:x&row=001002:y", htmx("live")...))
	check(p.get("/agents?q=nobodyiscalledso"))
	check(p.get("/nowhere").is(http.StatusNotFound))
	check(p.get("/agents/999999").is(http.StatusNotFound))

	stale := p.editor("082019", "callin")
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	saved := p.save("082019", "callin", form).is(http.StatusSeeOther)
	check(saved)
	check(p.get(saved.location()))
	stale.Add("queue_ids", "1000888")
	check(p.save("082019", "callin", stale).is(http.StatusConflict))
	form = p.editor("082019", "callin")
	form["queue_ids"] = []string{"1001226"}
	check(p.save("082019", "callin", form).is(http.StatusOK).has("[data-confirm]"))
	form["queue_ids"] = nil
	check(p.save("082019", "callin", form).is(http.StatusUnprocessableEntity))
	check(p.save("082019", "callin", form, htmx("editor")...).is(http.StatusUnprocessableEntity))
	check(p.post("/agents/082019/recording", url.Values{"enabled": {"true"}}).is(http.StatusSeeOther))
	check(p.post("/queues/1001226/members", url.Values{"agent_id": {"082019"}, "action": {"remove"}}).is(http.StatusOK).has("[data-confirm]"))
	check(p.get("/changes").has("[data-change-id]"))
	check(p.get("/agents/082019").has("[data-change-id]"))
	s.api.Fail(sandbox.SystemError().Repeat(20))
	check(p.get("/agents").is(http.StatusBadGateway))
	s.api.ClearFaults()
	s.api.Fail(sandbox.RateLimited("9").On(sandbox.OpList))
	check(p.get("/agents").is(http.StatusTooManyRequests))
	check(p.post("/preferences", url.Values{"theme": {"dark"}, "next": {base + "/queues"}}))
	check(p.post("/sign-out", nil))
	if seen < 500 {
		t.Errorf("only %d links were looked at", seen)
	}

	// And nothing answers beside it.
	for _, path := range []string{"/agents", "/sign-in", "/healthz", "/consoles/agents", "/"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.origin+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := p.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s beside the base path: %d", path, resp.StatusCode)
		}
	}
	if a := s.browser().get(""); a.status != http.StatusSeeOther || a.location() != base+"/agents" {
		t.Errorf("the bare base path: %d to %q", a.status, a.location())
	}
}

// links are all URLs of a page, whatever attribute they stand in.
func links(a *answer) []string {
	names := []string{
		"href", "src", "action", "formaction", "poster", "srcset",
		"data-hx-get", "data-hx-post", "data-hx-put", "data-hx-delete", "data-hx-patch", "data-retry-url",
		"hx-get", "hx-post",
	}
	var out []string
	a.find("*").Each(func(_ int, e *goquery.Selection) {
		for _, attr := range e.Nodes[0].Attr {
			if slices.Contains(names, attr.Key) {
				out = append(out, attr.Val)
			}
		}
	})
	return append(out, a.attrs("input[name=next]", "value")...)
}

// below reports whether a link stays below the base path.
func below(base, link string) bool {
	return link == base || strings.HasPrefix(link, base+"/") || strings.HasPrefix(link, "#") || link == ""
}
