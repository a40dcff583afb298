package web_test

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestIntegrity: browsers check every script and style sheet against its page.
func TestIntegrity(t *testing.T) {
	t.Parallel()
	p := newStand(t).browser()
	found := 0
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
