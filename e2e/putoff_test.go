package e2e

import (
	"net/http"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestASwitchIsAskedAgain: the key is refused as recording is switched. After signing in the
// console asks whether to switch it, and sends nothing by itself.
func TestASwitchIsAskedAgain(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	r.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
	p.click(several + ` button[name="enabled"][value="true"]`)
	p.wait(`location.pathname === "/sign-in"`)
	r.api.ClearFaults()
	p.enterKey(r.demo.Key)
	p.wait(`location.pathname === "/agents/082019" && location.search.includes("recording=true")`)
	p.see("[data-put-off]")
	sent := len(r.api.CallsOf(sandbox.OpRecording))
	p.click("[data-put-off] .button-primary")
	p.see("[data-result]")
	p.gone("[data-put-off]")
	if got := len(r.api.CallsOf(sandbox.OpRecording)); got != sent+1 {
		t.Errorf("%d calls when it was pressed again", got-sent)
	}
}

// TestAFileThatCannotBeMadeIsAPage, and not a file with an error in it.
func TestAFileThatCannotBeMadeIsAPage(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	r.api.Fail(sandbox.SystemError().On(sandbox.OpList).Repeat(sandbox.Always))
	p.expectStatus(http.StatusBadGateway)
	p.click("#files summary")
	p.click(`#files a[href*=".csv"]`)
	p.see(`[data-failure="failed"]`)
	p.wait(`location.pathname === "/agents.csv"`)
}
