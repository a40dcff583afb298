package e2e

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestConnection: the API is asked while the page stays as it is, and what it does otherwise
// from now on is told until it was read.
func TestConnection(t *testing.T) {
	t.Parallel()
	r := setup(t, func(o *options) {
		o.sandbox = func(c *sandbox.Config) {
			c.Style = sandbox.Joined
			// A window that a probe need not watch to know it.
			c.Limits = sandbox.Limits{Tenant: 90_000, Window: time.Hour, Names: sandbox.KongNames}
		}
	})
	p := r.signIn()
	p.known()
	p.click("#menu summary")
	p.click(`#menu a[href$="/connection"]`)
	p.at("/connection")
	p.see(`[data-trait="queues"][data-known]`)
	p.run(`window.stays = true`)
	p.click("#probe-again")
	p.see("#probe [data-finding]")
	p.see("#probe-again")
	if !value[bool](p, `window.stays === true`) {
		t.Error("the page was loaded anew")
	}
	if n := len(r.writes()); n > 0 {
		t.Errorf("%d writes", n)
	}
	if p.count("[data-shifted]") > 0 {
		t.Error("something is said to have changed")
	}
	r.api.SetStyle(sandbox.RowPerQueue)
	p.goTo("/agents?status=1") // which reads
	p.until(func() bool { p.goTo("/queues"); return p.count("[data-shifted]") > 0 }, func() string { return "nobody says that the API has changed" })
	p.click("#shifted-read")
	p.gone("[data-shifted]")
	p.at("/queues")
	p.goTo("/agents")
	p.gone("[data-shifted]")
	p.goTo("/connection")
	p.see(".conduct-shift")
}
