package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestObservatory counts as Mozilla's HTTP Observatory does
// (developer.mozilla.org/en-US/observatory/docs/tests_and_scoring): from 100 on, and extra
// where nothing was taken off. Whoever is not signed in sees no cookie, of which there are
// 5 points; 5 more are for a name that browsers are delivered with, which is its owner's to
// ask for.
func TestObservatory(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) { o.web.PublicURL = must(url.Parse("https://console.example.vn")) })
	p := s.browser()
	first := p.get("/sign-in").is(http.StatusOK)
	signIn := p.post("/sign-in", url.Values{"environment": {"sandbox"}, "api_key": {sandbox.DemoKey}}).is(http.StatusSeeOther)
	cookie, _, _ := strings.Cut(signIn.header.Get("Set-Cookie"), ";") // Secure: Go's jar keeps it from http
	agents := p.get("/agents", "Cookie", cookie).is(http.StatusOK).has("tr[data-agent-id]")
	for _, tt := range []struct {
		page    *answer
		cookies []*http.Cookie
		want    int
	}{
		{first, (&http.Response{Header: first.header}).Cookies(), 135},
		{agents, (&http.Response{Header: signIn.header}).Cookies(), 140},
	} {
		if got, off := observe(tt.page, tt.cookies); got != tt.want {
			t.Errorf("%s has %d points, want %d: %v", tt.page.what, got, tt.want, off)
		}
	}
	// What is counted can fail: nothing of it is in a page that has no headers.
	bare := &answer{t: t, what: "a bare page", header: http.Header{}, body: "<script src=//elsewhere.example/x.js></script>"}
	if got, off := observe(bare, []*http.Cookie{{Name: "console_session"}}); got > 0 || len(off) != 8 {
		t.Errorf("a bare page has %d points: %v", got, off)
	}
}

// observe returns the points of a page, and what lost it some or brought it nothing extra.
func observe(page *answer, cookies []*http.Cookie) (points int, off []string) {
	extra := 0
	points = 100
	judge := func(what string, good bool, bonus, loss int) {
		if good {
			extra += bonus
			return
		}
		points -= loss
		off = append(off, what)
	}
	csp := map[string][]string{}
	for part := range strings.SplitSeq(page.header.Get("Content-Security-Policy"), ";") {
		if words := strings.Fields(part); len(words) > 0 {
			csp[words[0]] = words[1:]
		}
	}
	is := func(directive string, allowed ...string) bool {
		return len(csp[directive]) == 1 && slices.Contains(allowed, csp[directive][0])
	}
	safe := is("default-src", "'none'") && is("form-action", "'none'", "'self'") && is("base-uri", "'none'", "'self'")
	for directive, sources := range csp {
		for _, source := range sources {
			active := slices.Contains([]string{"script-src", "style-src", "object-src"}, directive)
			if strings.Contains(source, "unsafe") || strings.HasPrefix(source, "http:") || active && strings.HasSuffix(source, ":") {
				safe = false
			}
		}
	}
	judge("Content-Security-Policy", safe, 10, 25)
	judge("frame-ancestors", len(csp["frame-ancestors"]) > 0 && !slices.Contains(csp["frame-ancestors"], "*"), 5, 20)
	age := 0
	for part := range strings.SplitSeq(page.header.Get("Strict-Transport-Security"), ";") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(part), "max-age="); ok {
			age, _ = strconv.Atoi(text)
		}
	}
	judge("Strict-Transport-Security", age >= 15768000, 0, 20)
	private := []string{"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
	judge("Referrer-Policy", slices.Contains(private, page.header.Get("Referrer-Policy")), 5, 5)
	judge("X-Content-Type-Options", page.header.Get("X-Content-Type-Options") == "nosniff", 0, 5)
	own := []string{"same-origin", "same-site"}
	judge("Cross-Origin-Resource-Policy", slices.Contains(own, page.header.Get("Cross-Origin-Resource-Policy")), 10, 0)
	judge("Access-Control-Allow-Origin", page.header.Get("Access-Control-Allow-Origin") == "", 0, 50)
	checked := page.find("script").Length() > 0
	page.find("script").Each(func(_ int, script *goquery.Selection) {
		src := script.AttrOr("src", "")
		checked = checked && strings.HasPrefix(src, "/") && !strings.HasPrefix(src, "//") && script.AttrOr("integrity", "") != ""
	})
	judge("integrity", checked, 5, 50)
	if len(cookies) > 0 {
		kept := !slices.ContainsFunc(cookies, func(c *http.Cookie) bool {
			return !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode && c.SameSite != http.SameSiteStrictMode
		})
		judge("cookies", kept, 5, 40)
	}
	if points >= 90 {
		points += extra
	}
	return max(points, 0), off
}
