package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

func (p *tab) back()    { p.t.Helper(); p.run(`history.back()`) }
func (p *tab) forward() { p.t.Helper(); p.run(`history.forward()`) }

// Back closes the drawer and leaves the list as it is; Forward opens it again.
func TestBackClosesTheDrawer(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.choose("#status", "1")
	p.at("/agents?status=1")
	p.wait(`document.querySelectorAll("tbody .tag-status").length === 0`)
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
	lists := p.requests("GET /agents?")

	p.back()
	p.gone("#drawer[open]")
	p.at("/agents?status=1")
	p.focused(several + " .row-edit")
	p.forward()
	p.see("#drawer[open] #editor-form")
	p.focused("#add-queue")
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
	p.focused(several + " .row-edit")
	if got := p.requests("GET /agents?"); got != lists {
		t.Errorf("the list was read %d times for a drawer over it", got-lists)
	}

	// The step before that is the list without its filter: the drawer left none behind.
	p.back()
	p.at("/agents")
	p.wait(`document.querySelector("#agents").dataset.total === "45"`)
	p.forward()
	p.at("/agents?status=1")
	p.wait(`document.querySelectorAll("tbody .tag-status").length === 0`)
	// Nothing is kept from before: the drawer works in what the history put there.
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
}

// The page of a step whose drawer was open comes with it: after a reload, and over the
// history from another page.
func TestReloadUnderTheDrawer(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
	p.reload()
	p.wait(`document.readyState === "complete" && document.querySelector("#drawer[open] #editor-form")`)
	p.goTo("/queues")
	p.back()
	p.at("/agents")
	p.see("#drawer[open] #editor-form")
	p.back()
	p.gone("#drawer[open]")
	p.at("/agents")
}

// Back asks about unsaved edits, as every other way out of the drawer does.
func TestBackAsksAboutUnsavedEdits(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.choose("#status", "1")
	p.at("/agents?status=1")
	p.edit(several, "1000888")
	typed := `#drawer[open] .queue-item[data-queue-id="1000888"]`
	for range 2 {
		p.onDialog(false)
		p.back()
		p.until(func() bool { return p.opened() == 1 }, func() string { return "a question about unsaved edits" })
		p.see(typed)
		p.at("/agents?status=1")
	}
	p.onDialog(true)
	p.back()
	p.gone("#drawer[open]")
	p.at("/agents?status=1")
	if got := p.opened(); got != 1 {
		t.Errorf("%d questions", got)
	}
	// There is no form on the screen: nobody is asked about one.
	p.asks = false
	p.goTo("/queues")
	p.see("tr[data-queue-id]")
}

// Two steps back over a drawer is the list before it, and the drawer is gone.
func TestBackOverTheDrawer(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.choose("#status", "1")
	p.at("/agents?status=1")
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
	p.run(`history.go(-2)`)
	p.at("/agents")
	p.gone("#drawer[open]")
	p.wait(`document.querySelector("#agents").dataset.total === "45"`)
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
}

// What came over the history is as alive as what was loaded: its countdown runs.
func TestCountdownAfterBack(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.choose("#status", "1")
	p.at("/agents?status=1")
	p.expectStatus(429)
	r.api.Fail(sandbox.RateLimited(retryAfter).On(sandbox.OpList))
	p.back()
	p.countsDown("#agents ")
	p.see("tr[data-agent-id]")
	p.at("/agents")
	p.wait(`document.querySelector("#agents").dataset.total === "45"`)
}

// Reading the list again is no step of the history.
func TestReadAgainIsNoStep(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.choose("#status", "1")
	p.at("/agents?status=1")
	steps := value[int](p, `history.length`)
	p.run(`document.querySelector("#agents").dataset.old = ""`)
	p.click("#agents-read")
	p.wait(`document.querySelector("#agents:not([data-old]) tr[data-agent-id]") !== null`)
	if got := value[int](p, `history.length`); got != steps {
		t.Errorf("%d steps, were %d", got, steps)
	}
}
