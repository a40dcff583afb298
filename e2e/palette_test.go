package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// control presses a key with Ctrl.
func (p *tab) control(key rune) {
	p.t.Helper()
	p.hands.keys++
	for _, event := range kb.Encode(key) {
		if event.Type == kb.KeyChar {
			continue // with Ctrl there is none
		}
		event.Modifiers = int64(chromedp.ModifierCtrl)
		event.Text, event.UnmodifiedText = "", ""
		call(p, input.DispatchKeyEvent, *event)
	}
}

const (
	paletteOpen = "#palette[open]"
	optionAt    = `#palette-list [aria-selected="true"]`
)

// palette opens it, once the page hears keys.
func (p *tab) palette() {
	p.t.Helper()
	p.wait(`document.readyState === "complete"`)
	p.control('k')
	p.see(paletteOpen)
}

// Who presses Ctrl+K as soon as a page is there is answered like anybody else.
func TestPaletteHearsTheFirstKey(t *testing.T) {
	t.Parallel()
	p := setup(t).signIn()
	p.known()
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `addEventListener("DOMContentLoaded", () => document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "k", ctrlKey: true, bubbles: true})))`,
	})
	p.goTo("/queues")
	p.see(paletteOpen)
	p.see(optionAt)
}

// finds types into the palette and waits for the answer to it.
func (p *tab) finds(text string) {
	p.t.Helper()
	p.fill("#palette-q", text)
	p.wait(`document.querySelector("#palette-found").dataset.of === $[0]`, text)
}

// optionIs waits until the arrows are at an option.
func (p *tab) optionIs(selector string) {
	p.t.Helper()
	p.wait(`(() => {
		const at = document.querySelector($[0]), field = document.querySelector("#palette-q");
		return at?.matches($[1]) && field.getAttribute("aria-activedescendant") === at.id && document.activeElement === field;
	})()`, optionAt, selector)
}

// Whatever there is is reached by typing, without accents and without a call of the API.
func TestPaletteLeadsAnywhere(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/changes")
	p.see(".page-changes")
	calls := len(r.api.Calls())

	// An agent, by the name as somebody types it who has no time.
	p.palette()
	p.optionIs(`[href="/agents"]`)
	p.finds("nguyen thi anh nguyet")
	p.optionIs(`[data-agent="082019"]`)
	if got := len(r.api.Calls()); got != calls {
		t.Errorf("%d calls of the API for a name", got-calls)
	}
	p.keys("\r")
	p.at("/agents/082019")
	p.gone(paletteOpen)

	// Its lists, by the extension; đ is a d.
	p.palette()
	p.finds("082019")
	p.keys(kb.ArrowDown)
	p.optionIs(`[href="/agents/082019/queues?type=callin"]`)
	p.keys("\r")
	p.at("/agents/082019/queues?type=callin")
	p.goTo("/changes")
	p.see(".page-changes")
	calls = len(r.api.Calls())

	// A queue, by its id; the arrows go round.
	p.palette()
	p.finds("1001226")
	p.optionIs(`[data-queue="1001226"]`)
	p.keys(kb.ArrowUp)
	p.optionIs("#palette-search")
	p.keys(kb.ArrowDown)
	p.optionIs(`[data-queue="1001226"]`)

	// A page, in the other language too; an action, with the form that it is for.
	p.finds("nhat ky")
	p.optionIs(`[href="/changes"]`)
	p.finds("bulk rec off")
	p.optionIs(`[href="/runs/new?operation=recording-off"]`)
	if got := len(r.api.Calls()); got != calls {
		t.Errorf("%d calls of the API for what was typed", got-calls)
	}
	p.keys("\r")
	p.at("/runs/new?operation=recording-off")
	p.wait(`document.querySelector("[name=operation][value=recording-off]").checked`)

	// What the menu sets, by its own form.
	p.palette()
	p.finds("giao dien toi")
	p.keys("\r")
	p.wait(`document.documentElement.dataset.theme === "dark"`)
	p.at("/runs/new?operation=recording-off")
	p.palette()
	p.finds("phim tat")
	p.keys("\r")
	p.see("#keys[open]")
	p.gone(paletteOpen)
	p.keys(kb.Escape)
	p.gone("#keys[open]")

	// What it does not have, the list looks for.
	p.palette()
	p.finds("082018 082019")
	p.optionIs(`[data-agent="082018"]`)
	p.keys(kb.ArrowUp)
	p.optionIs(`#palette-search`)
	p.keys("\r")
	p.wait(`location.pathname === "/agents" && new URLSearchParams(location.search).get("q") === "082018 082019"`)
	p.wait(`document.querySelectorAll("tr[data-agent-id]").length === 2`)
	p.palette()
	p.finds("đặng văn không ai")
	p.see("#palette-found .palette-note")
	p.optionIs("#palette-search")
}

// The palette gives the focus back, opens over nothing that asks or is being edited, and is
// closed by a click beside it, its button and its own keys.
func TestPaletteOpensAndCloses(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.open()
	p.goTo("/sign-in")
	p.see("#api_key")
	p.control('k')
	if n := p.count("#palette"); n != 0 {
		t.Error("the key form has a palette")
	}
	p.enterKey(r.demo.Key)
	p.at("/agents")
	p.known()
	p.goTo("/agents")

	p.run(`document.querySelector("#q").focus()`)
	p.control('k')
	p.see(paletteOpen)
	p.focused("#palette-q")
	p.see(optionAt)
	p.keys("?x") // are typed
	p.wait(`document.querySelector("#palette-q").value === "?x"`)
	p.keys(kb.Escape)
	p.gone(paletteOpen)
	p.focused("#q")
	p.enter(several + " th a[href]")
	p.at("/agents/082019")
	p.back()
	p.at("/agents")

	p.run(`document.querySelector($[0]).focus()`, several+" th a")
	for _, open := range []func(){func() { p.control('k') }, func() { p.enter("[data-palette]") }} {
		for _, shut := range []func(){
			func() { p.control('k') },
			func() { p.click("[data-palette-close]") },
			func() { p.press(point{X: 20, Y: 700}) },
		} {
			open()
			p.see(paletteOpen)
			p.wait(`document.querySelector("#palette-q").value === ""`)
			shut()
			p.gone(paletteOpen)
			p.wait(`document.activeElement.matches($[0])`, several+" th a, [data-palette]")
		}
	}

	p.onDialog(true)
	p.edit(several, "1000888")
	p.control('k')
	p.gone(paletteOpen)
	p.see("#drawer[open]")
	if n := p.opened(); n > 0 {
		t.Error("asked to leave")
	}
}

// An Enter that comes before the answer waits for the answer to what is in the field: it
// never presses what an earlier text found.
func TestPaletteEnterWaits(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/queues")
	p.control('k')
	p.see(optionAt)
	p.hold("q=082018")
	p.fill("#palette-q", "082018")
	p.held("q=082018")
	p.keys("\r")
	p.optionIs(`[href="/agents"]`) // of before
	p.run(`window.late[$[0]].open()`, "q=082018")
	p.at("/agents/082018")

	// Who goes on typing has not meant it.
	p.control('k')
	p.see(optionAt)
	p.hold("q=082019")
	p.fill("#palette-q", "082019")
	p.held("q=082019")
	p.keys("\r")
	p.finds("082018")
	p.release("q=082019")
	p.optionIs(`[data-agent="082018"]`)
	p.at("/agents/082018")
	p.see(paletteOpen)
}

// What goes wrong is said in the palette, and a tab of another sign-in finds nothing.
func TestPaletteOfAnotherSignIn(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/queues")
	p.control('k')
	p.see(optionAt)
	p.signInElsewhere("Trần Văn Khác")
	p.expectStatus(http.StatusConflict)
	p.fill("#palette-q", "082018")
	p.see(paletteOpen + ` [data-toast][data-failure="other-session"]`)
	if n := p.count(`#palette [data-agent]`); n != 0 {
		t.Errorf("%d agents of another sign-in", n)
	}
	p.keys(kb.Escape)
	p.gone(paletteOpen)
	p.see(`body > #toasts [data-failure="other-session"]`)
}

// While the tenant is being read the palette says so, and finds who comes meanwhile, without
// moving what the arrows are at.
func TestPaletteWhileLoading(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	r.api.Fail(sandbox.Slow(700 * time.Millisecond).On(sandbox.OpList).Repeat(sandbox.Always))
	p.goTo("/queues")
	p.run(`document.querySelector("#queues-read").click()`)
	p.see("#progress progress")
	p.control('k')
	p.see("#palette-found[data-loading] .palette-note")
	p.keys(kb.ArrowDown)
	p.optionIs(`[href="/queues"]`)
	r.api.ClearFaults()
	p.wait(`document.querySelector("#palette-found:not([data-loading])")`)
	p.optionIs(`[href="/queues"]`)
}
