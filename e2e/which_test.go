package e2e

import (
	"slices"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestWhichQueue: a text that is no one queue's is not guessed; the queues that may be
// meant are offered, and the one that is ticked is saved.
func TestWhichQueue(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
	before := r.agent(sandbox.DemoSeveral).Callin
	p.run(`document.querySelector("#add-queue").focus()`)
	p.keys("CSKH Miền\r")
	p.see(`#preview-body .candidates [data-candidate="1000887"]`)
	p.wait(`document.querySelector("#editor-save").disabled && document.querySelector("#add-queue").value === "CSKH Miền"`)
	p.click(`[data-candidate="1000887"] label`)
	p.wait(`!document.querySelector("#editor-save").disabled`)
	p.wait(`document.querySelector('[data-candidate="1000887"] input').checked`)
	p.click(saves)
	p.gone("#drawer[open]")
	if after := r.agent(sandbox.DemoSeveral).Callin; !slices.Equal(after, append(slices.Clone(before), 1000887)) {
		t.Errorf("%v, and then %v", before, after)
	}
}
