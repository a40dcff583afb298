package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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

// TestPaletteCounts: where more matches than is shown, how much there is in all is said.
func TestPaletteCounts(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	for i := range 9 {
		form := fields("name", "Evening "+strconv.Itoa(i), "whose", "everybody")
		p.post("/filters?page=0&status=1&q="+strconv.Itoa(i), form).is(http.StatusSeeOther)
	}
	people, queues := 0, 0
	hundreds := 0 // agents whom the digits of a queue's id find too
	for _, a := range s.truth() {
		if strings.Contains(a.ID, "082") {
			people++
		}
		if strings.Contains(a.ID, "100") {
			hundreds++
		}
	}
	for _, id := range p.get("/queues?q=100").attrs("[data-queue-id]", "data-queue-id") {
		if strings.Contains(id, "100") {
			queues++
		}
	}
	if people < 20 || queues <= 8 {
		t.Fatalf("%d agents and %d queues are too few", people, queues)
	}
	shown := func(a *answer) string { return squeeze(a.find(`hx-partial[data-hx-target="#palette-count"]`).Text()) }
	for text, want := range map[string]string{
		"082":        fmt.Sprintf("8 of %d results", people),
		"082018":     "1 result",
		"evening":    "8 of 9 results",
		"evening 3":  "1 result",
		"zzz nobody": "0 results",
	} {
		if got := shown(p.reaches(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got, want := shown(p.reaches("100")), fmt.Sprintf(" of %d results", queues+hundreds); !strings.HasSuffix(got, want) {
		t.Errorf("queues: %q, want …%q", got, want)
	}
	all := 0
	if _, err := fmt.Sscanf(shown(p.reaches("")), "8 of %d results", &all); err != nil || all < 20 {
		t.Errorf("of all pages %d are said: %v", all, err)
	}
}
