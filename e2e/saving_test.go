package e2e

import (
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// A save that the limit holds up says so in the drawer, goes on by itself when the
// limit lets it, and ends as any other does.
func TestSavingGoesOnInTheDrawer(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	r.api.Fail(sandbox.RateLimited("4").On(sandbox.OpList))
	p.click(saves)
	p.see("#drawer[open] #editor[data-saving] progress")
	if got := len(r.writes()); got != 0 {
		t.Errorf("%d writes while it waits", got)
	}
	p.gone("#drawer[open]")
	p.see("#toasts [data-toast]")
	if got := r.writes(); len(got) != 1 {
		t.Errorf("sent %v", got)
	}
	p.there(several + ` [data-queue-id="1000888"]`)
}

// Cancelled, nothing is sent and what was typed stands in the form again.
func TestSavingCancelledInTheDrawer(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	r.api.Fail(sandbox.RateLimited("60").On(sandbox.OpList))
	p.click(saves)
	p.see("#drawer[open] #editor[data-saving]")
	p.click(`#drawer form[action$="/cancel"] button`)
	p.see(`#drawer[open] #editor-form .queue-item[data-queue-id="1000888"][data-added]`)
	if got := r.writes(); len(got) != 0 {
		t.Errorf("sent %v", got)
	}
}

// Whoever closes the drawer meanwhile is left with a way to see how far it is.
func TestSavingIsNotLostSightOf(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	r.api.Fail(sandbox.RateLimited("60").On(sandbox.OpList))
	p.click(saves)
	p.see("#drawer[open] #editor[data-saving]")
	p.click("#drawer .drawer-close")
	p.gone("#drawer[open]")
	p.click(`#toasts [data-toast] a[href*="/savings/"]`)
	p.see(".page [data-saving] progress")
	p.click(`form[action$="/cancel"] button`)
	p.see(`#editor-form .queue-item[data-queue-id="1000888"][data-added]`)
}
