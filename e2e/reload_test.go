package e2e

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// reloadsTo presses F5 until the page shows something: a scan of the tenant that has just
// been made is not made again, and a new one takes its time.
func (p *tab) reloadsTo(selector string) {
	p.t.Helper()
	var pressed time.Time
	p.until(func() bool {
		if time.Since(pressed) > 2*time.Second {
			pressed = time.Now()
			p.reload()
		}
		var shown bool
		return p.evaluate(&shown, `document.querySelector($[0]) !== null`, selector) == nil && shown
	}, func() string { return selector })
}

// F5 reads again what the page shows, wherever that was known from.
func TestReloadReadsAgain(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	for _, tt := range []struct{ path, cell string }{
		{"/agents/082019", `.page-agent .facts dd:nth-of-type(4) `},
		{"/agents?q=082019", `tr[data-agent-id="082019"] .presence .user`},
		{"/queues/1001226", `tr[data-agent-id="082019"] td:nth-of-type(4) `},
	} {
		r.api.SetStatus(r.demo.Tenant, "082019", sandbox.Available, sandbox.Available)
		p.goTo(tt.path)
		p.reloadsTo(tt.cell + ".state-good")
		r.api.SetStatus(r.demo.Tenant, "082019", sandbox.NotAvailable, sandbox.Logout)
		p.reloadsTo(tt.cell + ".state-off")
	}
}
