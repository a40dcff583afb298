package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// The API stops answering while somebody works: a bar says so over what is known, in
// the drawer too, a save keeps what was typed, and the bar goes by itself.
func TestOutage(t *testing.T) {
	t.Parallel()
	r := setup(t, failing)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.expectStatus(http.StatusGatewayTimeout)
	r.api.Fail(sandbox.Silence().Repeat(sandbox.Always))
	p.goTo("/agents?status=1")
	p.see(`#agents [data-failure="unreachable"]`)
	p.goTo("/agents?status=1")
	p.see("#outage [data-outage]")
	p.see(several)
	p.audit("outage")
	p.edit(several, "1000888")
	p.click(saves)
	p.see(`#drawer[open] [data-failure="unreachable"]`)
	p.see(`#drawer[open] .queue-item[data-queue-id="1000888"][data-added]`)
	p.audit("outage, in the drawer")
	if got := r.writes(); len(got) > 0 {
		t.Errorf("on the wire: %v", got)
	}

	r.api.ClearFaults()
	p.onDialog(true) // what was typed is left
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
	p.hurry("0.5")
	p.gone("#outage [data-outage]")
}
