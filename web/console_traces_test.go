package web_test

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestIntegrity: browsers check every script and style sheet against its page.
func TestIntegrity(t *testing.T) {
	t.Parallel()
	p := newStand(t).browser()
	found := 0
	if strings.Contains(p.get("/sign-in").body, "static/frame.") {
		t.Error("a console that nobody may frame loads the script for frames")
	}
	p.get("/sign-in").find("script, link[rel=stylesheet]").Each(func(_ int, e *goquery.Selection) {
		found++
		name := e.AttrOr("src", e.AttrOr("href", ""))
		sum := sha512.Sum384([]byte(p.get(name).is(http.StatusOK).body))
		if want := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); e.AttrOr("integrity", "") != want {
			t.Errorf("%s has the integrity %q, want %q", name, e.AttrOr("integrity", ""), want)
		}
	})
	if found != 3 {
		t.Errorf("%d scripts and style sheets", found)
	}
}

// TestSignOutLeavesNoTraces: what the browser keeps goes, but no cookie of another
// console on the host, and nothing of a program that has the same origin.
func TestSignOutLeavesNoTraces(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{"": `"cache", "storage"`, "/console": `"cache"`} {
		s := newStand(t, func(o *setup) { o.web.BasePath = base })
		p := s.browser()
		p.enter(sandbox.DemoKey)
		if got := p.get("/agents").header.Get("Clear-Site-Data"); got != "" {
			t.Errorf("a page clears %s", got)
		}
		a := p.post("/sign-out", nil).is(http.StatusSeeOther)
		if got := a.header.Get("Clear-Site-Data"); got != want {
			t.Errorf("at %q signing out clears %q, want %q", base, got, want)
		}
		if set := a.header.Values("Set-Cookie"); len(set) != 1 {
			t.Errorf("cookies: %q", set)
		}
	}
}

func TestHSTSSubDomains(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.web.PublicURL, o.web.HSTSSubDomains = must(url.Parse("https://console.example.vn")), true
	})
	if got := s.browser().get("/sign-in").header.Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
		t.Errorf("Strict-Transport-Security %q", got)
	}
}

// TestLookOfAFrame: a page around sets theme and language by the frame's address, as the
// person's choice, and the person's next one holds.
func TestLookOfAFrame(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.web.PublicURL = must(url.Parse("https://console.example.vn"))
		o.web.FrameAncestors = []string{"https://intranet.example.vn"}
	})
	p := s.browser()
	a := p.get("/sign-in?lang=en&next=%2Fagents%3Fstatus%3D1&theme=dark", "Sec-Fetch-Dest", "iframe").is(http.StatusSeeOther)
	if a.location() != "/sign-in?next=%2Fagents%3Fstatus%3D1" || a.header.Get("Content-Security-Policy") == "" {
		t.Errorf("leads to %s", a.location())
	}
	// The cookie is Secure, which Go's jar keeps from http.
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	if !strings.HasSuffix(a.header.Get("Set-Cookie"), "; Secure; SameSite=None; Partitioned") {
		t.Errorf("the cookie is %q", a.header.Get("Set-Cookie"))
	}
	p.get(a.location(), "Cookie", cookie).is(http.StatusOK).has(`html[lang=en][data-theme=dark] script[src*="/static/frame."][integrity]`)
	for path, want := range map[string]int{
		"//evil.example/?theme=dark": http.StatusNotFound, "/nowhere?theme=dark": http.StatusSeeOther,
		"/sign-in?theme=%22%3E": http.StatusSeeOther, "/sign-in?themes=dark": http.StatusOK,
	} {
		if a := p.do(http.MethodGet, path, nil); a.status != want || strings.Contains(a.location(), "theme") || strings.HasPrefix(a.location(), "//") {
			t.Errorf("%s: %d, leads to %q", path, a.status, a.location())
		}
	}
	p.get("/sign-in?theme=dark", "Sec-Fetch-Dest", "document").is(http.StatusOK) // a link of somebody's
	newStand(t).browser().get("/sign-in?theme=dark").is(http.StatusOK).lacks("html[data-theme=dark]")
}
