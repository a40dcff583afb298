package e2e

import (
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// enter puts the focus on an element and presses Enter, as whoever has no mouse does.
func (p *tab) enter(selector string) {
	p.t.Helper()
	p.see(selector)
	p.run(`document.querySelector($[0]).focus()`, selector)
	p.keys("\r")
}

// within waits until the focus is in a region, and not on the page as a whole.
func (p *tab) within(region string) {
	p.t.Helper()
	p.wait(`document.activeElement !== document.body && document.querySelector($[0])?.contains(document.activeElement)`, region)
}

// What a swap takes the focus from gives it to what stands in its place, or to the region.
func TestFocusStays(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.enter("#sort-name")
	p.at("/agents?sort=name")
	p.focused("#sort-name")
	p.enter("#size-50")
	p.at("/agents?size=50&sort=name")
	p.focused("#size-50")
	p.goTo("/agents?page=1")
	p.enter("#page-next")
	p.at("/agents?page=2")
	p.wait(`!document.querySelector("#page-next")`)
	p.within("#agents")

	// Opened from the menu, which has closed by then.
	p.click("#menu summary")
	p.click("[data-help]")
	p.click("#keys form button")
	p.gone("#keys[open]")
	p.within("body")

	// Over the history, and when what is closed had the focus.
	p.back()
	p.at("/agents?page=1")
	p.wait(`document.querySelector("#page-next") !== null`)
	p.within("#main")
	p.enter("tr[data-agent-id] [data-recording] [value=true]")
	p.wait(`document.querySelector("tr[data-agent-id] [data-recording=sent-on]") !== null`)
	p.within("tr[data-agent-id]")
	p.edit("tr[data-agent-id]", "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	p.enter("#toasts [data-dismiss]")
	p.gone("#toasts [data-toast]")
	p.within("#main")
	p.expectStatus(429)
	r.api.Fail(sandbox.RateLimited("9").On(sandbox.OpList))
	p.choose("#status", "1")
	p.enter("#agents [data-countdown-cancel]")
	p.gone("#agents [data-countdown-cancel]")
	p.within("#main")
}
