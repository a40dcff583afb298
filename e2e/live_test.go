package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// hurry has the status cells refresh every so many seconds instead of every fifteen.
func (p *tab) hurry(seconds string) {
	p.t.Helper()
	p.run(`document.querySelector("#live").dataset.live = $[0]`, seconds)
}

// polls waits until the list was refreshed once more, and until the answer is in.
func (p *tab) polls() {
	p.t.Helper()
	before := p.requests("GET /agents/live")
	p.until(func() bool { return p.requests("GET /agents/live") > before+1 }, func() string { return "a refresh of the status cells" })
}

// stays watches for a while that the list is not refreshed: two turns of the script's
// own clock, of half a second each, and some more.
func (p *tab) stays(why string) {
	p.t.Helper()
	before := p.requests("GET /agents/live")
	p.run(`window.until = performance.now() + 1300`)
	p.wait(`performance.now() > window.until`)
	if got := p.requests("GET /agents/live"); got != before {
		p.t.Errorf("the list was refreshed %s", why)
	}
}

func TestLiveStatus(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents") // what the scan has found since is shown, and is no news
	// What a refresh must not touch: the row's own elements, the focus, the scroll.
	p.run(`(window.row = document.querySelector($[0]), window.edit = window.row.querySelector(".row-edit"), window.edit.focus())`, several)
	p.run(`document.querySelector("#recording-082019").dataset.mine = "kept"`)
	if got := p.text(several + " .presence"); got != "Sẵn sàng" { // of both
		t.Fatalf("the user status is %q", got)
	}
	r.api.SetStatus(r.demo.Tenant, sandbox.DemoSeveral, sandbox.NotAvailable, sandbox.Logout)
	p.hurry("0.5")
	p.wait(`document.querySelector($[0] + " .presence .user").textContent === "Đã đăng xuất" && document.querySelector($[0] + " .presence .system.state-warn")`, several)
	p.wait(`document.activeElement === window.edit && window.row === document.querySelector($[0]) && document.querySelector("#recording-082019").dataset.mine === "kept"`, several)
	p.wait(`document.querySelector("#agents-moved").innerText.trim() === ""`)

	// Selected text is somebody's work in hand.
	p.run(`getSelection().selectAllChildren(document.querySelector($[0] + " .whom"))`, several)
	p.stays("under a selection")
	p.run(`getSelection().removeAllRanges()`)
	p.polls()

	// So is an open editor.
	p.edit(several, "1000888")
	p.stays("under an open drawer")
	p.see(`#drawer[open] .queue-item[data-queue-id="1000888"][data-added]`)
	p.onDialog(true)
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
	p.polls()

	// Other rows than those on the screen are said, and come when they are asked for.
	r.api.RemoveAgent(r.demo.Tenant, "082020")
	p.see("#agents-moved a")
	p.see(`tr[data-agent-id="082020"]`)
	p.click("#agents-moved a")
	p.wait(`!document.querySelector('tr[data-agent-id="082020"]')`)
	p.wait(`document.querySelectorAll("tbody tr").length === 20 && document.querySelector("#agents").dataset.total === "44"`)
}

// A refresh that fails says nothing, and goes on.
func TestLiveStatusFailsInSilence(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.expectStatus(502)
	r.api.Fail(sandbox.CaptivePortal().On(sandbox.OpList).Repeat(3))
	p.hurry("0.5")
	p.polls()
	p.gone("[data-failure]")
	r.api.ClearFaults()
	r.api.SetStatus(r.demo.Tenant, sandbox.DemoSeveral, sandbox.Available, sandbox.Logout)
	p.wait(`document.querySelector($[0] + " .presence .user.state-off")`, several)
}
