package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// reaches asks the palette, as htmx does.
func (p *person) reaches(text string) *answer {
	p.s.t.Helper()
	return p.get("/palette?"+url.Values{"q": {text}}.Encode(), htmx("palette-found")...).is(http.StatusOK)
}

// TestPalette: what is typed finds pages, deeds, agents and queues, without accents and in
// either language, from what is known and without a call.
func TestPalette(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.api.EditAgent(sandbox.AloHub, "082018", func(a *sandbox.Agent) { a.UserName = "Đặng Thị Quý" })
	p := s.signIn(sandbox.DemoKey)
	calls := len(s.api.Calls())
	for _, tt := range []struct{ typed, option string }{
		{"", `a[href="/agents"]`},
		{"", `a[href="/queues"]`},
		{"", `a[href="/changes"]`},
		{"", `[data-help]`},
		{"dang thi qui", `[data-agent="082018"]`},
		{"ĐẶNG quý", `[data-agent="082018"]`},
		{"082018", `[data-agent="082018"]`},
		{"82018", `[data-agent="082018"]`},
		{"082018", `a[href="/agents/082018/queues?type=callin"]`},
		{"082018", `a[href="/agents/082018/queues?type=callout"]`},
		{"082018", `a[href="/agents?q=082018"]`},
		{"082018, 082019", `[data-agent="082019"]`},
		{"ky thuat", `[data-queue="1001002"]`},
		{"1001226", `[data-queue="1001226"]`},
		{"queues", `a[href="/queues"]`},
		{"hang doi", `a[href="/queues"]`},
		{"Hàng đợi", `a[href="/queues"]`},
		{"change log", `a[href="/changes"]`},
		{"dark", `button[form="preferences"][name="theme"][value="dark"]`},
		{"tieng viet", `button[form="preferences"][name="lang"][value="vi"]`},
		{"mat do day du", `button[form="preferences"][name="density"][value="comfortable"]`},
		{"sign out", `button[form="sign-out-form"]`},
		{"recording off", `a[href="/runs/new?operation=recording-off"]`},
		{"no callin", `a[href="/agents?health=no-callin"]`},
		{"download agents", `a[href^="/agents.xlsx?sign_in="]`},
	} {
		a := p.reaches(tt.typed)
		if got := a.attrs("#palette-found", "data-of"); !slices.Equal(got, []string{tt.typed}) {
			t.Errorf("%q is answered of %q", tt.typed, got)
		}
		a.has("#palette-list " + tt.option + `[role="option"]`)
		if n := a.find("#palette-list a[data-agent]").Length(); n > 8 {
			t.Errorf("%q finds %d agents", tt.typed, n)
		}
		for _, href := range a.attrs("#palette-list a", "href") {
			if !strings.HasPrefix(href, "/") {
				t.Errorf("%q leads to %s", tt.typed, href)
			}
		}
	}
	if got := len(s.api.Calls()); got != calls {
		t.Errorf("%d calls", got-calls)
	}
	p.reaches("zzz nobody").has(".palette-note").has(`a[href="/agents?q=zzz+nobody"]`).lacks("[data-agent]").lacks("[data-queue]")
	p.reaches("ky thuat").lacks("[data-agent]") // a queue's name finds the queue, not who is in it
	p.reaches("0").has(`a[href="/agents?q=0"]`)
	p.reaches("100").has("#palette-all-queues[href='/queues?q=100']")
	p.reaches("dark").lacks(`[name="lang"][value="en"]`).lacks(`[value="system"]`)

	// Only of the key's own tenant.
	other := s.signIn(sandbox.DemoKeyAnother)
	other.reaches("dang thi quy").lacks("[data-agent]")

	// Without script the list searches, and nobody who is not signed in finds anything.
	if a := p.get("/palette?q=nguyen").is(http.StatusSeeOther); a.location() != "/agents?q=nguyen" {
		t.Errorf("to %s", a.location())
	}
	s.browser().get("/sign-in").is(http.StatusOK).lacks("#palette").lacks("[data-palette]")
	if a := s.browser().get("/palette?q=nguyen", htmx("palette-found")...).is(http.StatusNoContent); !strings.HasPrefix(a.header.Get("HX-Redirect"), "/sign-in") {
		t.Errorf("nobody is led to %s", a.header.Get("HX-Redirect"))
	}

	// What was typed is text.
	a := p.reaches(`"><b id="x">`)
	a.lacks("b#x").says("“\"><b id=\"x\">”")
	p.reaches("\xff082018\x00").is(http.StatusOK)
}
