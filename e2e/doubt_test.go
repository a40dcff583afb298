package e2e

import (
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// What the API took and does not show stands in the form unticked, with when it was
// sent; ticked and saved it is sent again at once, and any other edit leaves it out
// without a word more.
func TestDoubtfulQueue(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	r.api.Fail(sandbox.IgnoredWrite().On(sandbox.OpQueues))
	p.click(saves)
	p.see("#drawer[open] [data-result]")
	p.click("#drawer .drawer-close")
	p.gone("#drawer[open]")
	p.click(several + " .row-edit")
	doubtful := `#drawer[open] .queue-item[data-queue-id="1000888"][data-doubt="sent"]`
	p.see(doubtful)
	if value[bool](p, `document.querySelector($[0] + " input").checked`, doubtful) {
		t.Error("the default is not what the API shows")
	}
	p.see("#drawer .notice-warn")
	if got := len(r.writes()); got != 1 {
		t.Fatalf("%d writes", got)
	}
	p.click(doubtful + " input")
	p.wait(`document.querySelector("#preview-body .diff-plus") && !document.querySelector("` + saves + `").disabled`)
	p.click(saves)
	p.gone("#drawer[open]")
	p.there(several + ` [data-queue-id="1000888"]`)
	if got := r.writes(); len(got) != 2 {
		t.Errorf("sent %v", got)
	}
}
