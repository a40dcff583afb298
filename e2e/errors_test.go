package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web"
)

const (
	several     = `tr[data-agent-id="082019"]`
	captiveText = "captive"
)

// edit opens the drawer on an agent's row and adds a queue, without saving.
func (p *tab) edit(row, queue string) {
	p.t.Helper()
	p.click(row + " .row-edit")
	p.see("#drawer[open] #editor-form")
	p.fill("#add-queue", queue)
	p.keys("\r")
	p.see(`.queue-item[data-queue-id="` + queue + `"]`)
	p.wait(`document.querySelector("#preview-body .diff-plus") && !document.querySelector("` + saves + `").disabled`)
}

// An expired key asks for the key again and comes back to the editor, with what had
// been typed in it.
func TestUnauthorizedKeepsTheDraft(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	p.fill("#priority", "5")
	r.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
	p.click(saves)
	p.wait(`location.pathname === "/sign-in" && new URLSearchParams(location.search).get("next").startsWith("/agents/082019/queues?")`)
	p.see(`[data-failure="unauthorized"]`)
	if got := value[string](p, `document.querySelector("#api_key").value`); got != "" {
		t.Errorf("the key stands in the page: %q", got)
	}

	// A wrong key is said where it was typed, and stays there to be corrected.
	p.expectStatus(http.StatusUnauthorized)
	p.enterKey("sk_not_this_one")
	p.see(`#signin-notice [data-failure="unauthorized"]`)
	p.wait(`document.querySelector("#api_key").value === "sk_not_this_one"`)

	r.api.ClearFaults()
	p.enterKey(r.demo.Key)
	p.wait(`location.pathname === "/agents/082019/queues"`)
	p.see(`.queue-item[data-queue-id="1000888"][data-added]`)
	p.wait(`document.querySelector("#priority").value === "5"`)
	p.click(saves)
	p.see("#toasts .toast-good, [data-result=verified]")
	want := []string{
		`/api/v1/agents/082019/queues callin {"queue_ids":[1001226,1000886,1001002,1000888],"priority":5}`,
	}
	if diff := cmp.Diff(want, r.writes()); diff != "" {
		t.Errorf("on the wire (-want +got):\n%s", diff)
	}
}

func TestSignInRefusals(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.open()
	p.goTo("/sign-in")
	p.expectStatus(http.StatusForbidden)
	p.enterKey(r.demo.KeyNoScope)
	p.see(`[data-failure="insufficient-scope"]`)
	// A captive network is not a wrong key.
	p.expectStatus(http.StatusBadGateway)
	r.api.Fail(sandbox.CaptivePortal())
	p.enterKey(r.demo.Key)
	p.see(`[data-failure="unreachable"]`)
	p.enterKey(r.demo.Key)
	p.at("/agents")
}

// failing is a console with little patience, so that a silent API is soon a timeout.
func failing(o *options) {
	o.console = func(w *web.Options) {
		w.AttemptTimeout, w.ReadTimeout, w.WriteTimeout = time.Second, 1500*time.Millisecond, 1500*time.Millisecond
	}
}

// Each documented failure of a read, where the list would be, and the way on.
func TestFailedReads(t *testing.T) {
	t.Parallel()
	r := setup(t, failing)
	p := r.signIn()
	for _, tt := range []struct {
		name   string
		fault  sandbox.Fault
		status int
		mark   string
		toast  bool
	}{
		{"403", sandbox.InsufficientScope(), 403, "insufficient-scope", false},
		{"400", sandbox.InvalidInput("queue_id không hợp lệ"), 422, "invalid-input", false},
		{"404", sandbox.NotFound(), 404, "not-found", false},
		{"404 of the gateway", sandbox.NoRoute(), 404, "not-found", false},
		{"500", sandbox.SystemError(), 502, "failed", true},
		{"captive portal", sandbox.CaptivePortal(), 502, "unreachable", false},
		{"silence", sandbox.Silence(), 504, "unreachable", false},
		{"dropped", sandbox.Reset(), 502, "unreachable", false},
	} {
		p.goTo("/agents")
		tt.fault.Match = func(r *http.Request) bool { return r.URL.Query().Get("status") == "1" }
		r.api.Fail(tt.fault.Repeat(sandbox.Always))
		p.expectStatus(tt.status)
		p.choose("#status", "1")
		where := "#agents "
		if tt.toast {
			// What was on the screen stays there.
			where = "#toasts "
			p.see("tr[data-agent-id]")
		}
		p.see(where + `[data-failure="` + tt.mark + `"]`)
		p.wait(`!document.body.innerText.includes($[0])`, captiveText)
		if detail := tt.name == "400"; detail && !strings.Contains(p.text("#agents [data-failure]"), "queue_id không hợp lệ") {
			t.Errorf("%s: the API's own sentence is missing", tt.name)
		}
		r.api.ClearFaults()
		if value[bool](p, `document.querySelector("#agents [data-failure] a.button") !== null`) {
			p.click("#agents [data-failure] a.button")
			p.see("tr[data-agent-id]")
		}
	}
}

// Each documented failure of a write, in the editor, which keeps what was typed.
func TestFailedWrites(t *testing.T) {
	t.Parallel()
	r := setup(t, failing)
	p := r.signIn()
	p.known()
	p.onDialog(true) // closing on unsaved edits asks
	titles := map[string]string{}
	for i, tt := range []struct {
		name   string
		fault  sandbox.Fault
		status int
		mark   string
		toast  bool
		says   string // a part of what is shown
	}{
		{"403", sandbox.InsufficientScope(), 403, "insufficient-scope", false, ""},
		{"400", sandbox.InvalidInput("queue_ids không hợp lệ: 1000888"), 422, "invalid-input", false, "queue_ids không hợp lệ: 1000888"},
		{"404", sandbox.NotFound(), 404, "not-found", false, ""},
		{"404 of the gateway", sandbox.NoRoute(), 404, "not-found", false, ""},
		{"500", sandbox.SystemError(), 502, "failed", true, "System error"},
		{"captive portal", sandbox.CaptivePortal(), 502, "unreachable", false, ""},
		{"silence", sandbox.Silence(), 504, "unreachable", false, ""},
	} {
		p.edit(several, "1000888")
		r.api.Fail(tt.fault.On(sandbox.OpQueues))
		p.expectStatus(tt.status)
		p.click(saves)
		p.see(`#editor [data-failure="` + tt.mark + `"]`)
		titles[tt.name] = p.text("#editor [data-failure] .notice-title")
		if tt.toast {
			p.see(`[data-toast][data-failure="` + tt.mark + `"]`)
		}
		if !strings.Contains(p.text("#drawer"), tt.says) {
			t.Errorf("%s: the API's own sentence is missing", tt.name)
		}
		if tt.name == "400" {
			p.see(`#editor [data-failure] a[href="#queue-field"]`)
		}
		p.see(`.queue-item[data-queue-id="1000888"][data-added]`)
		p.keys(kb.Escape)
		p.gone("#drawer[open]")
		if got := p.opened(); got != i+1 {
			t.Errorf("%s: %d questions about unsaved edits, want %d", tt.name, got, i+1)
		}
	}
	if titles["404"] == titles["404 of the gateway"] {
		t.Errorf("an agent that is gone and a route that is not there both say %q", titles["404"])
	}
	if got := len(r.agent("082019").Callin); got != 3 {
		t.Errorf("the agent is in %d queues", got)
	}
	if got := len(r.writes()); got != 7 {
		t.Errorf("%d writes for 7 saves: one was repeated, or never sent", got)
	}
}

// A write whose answer was lost is read back, not sent again.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	r.api.Fail(sandbox.ResetAfterApply().On(sandbox.OpQueues))
	p.expectStatus(http.StatusBadGateway)
	p.click(saves)
	p.see(`#editor [data-result="verified"]`)
	p.see(`#editor [data-failure="unreachable"]`)
	p.gone(`.queue-item[data-added]`)
	if got := len(r.writes()); got != 1 {
		t.Errorf("%d writes", got)
	}
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	r.upstream.CloseClientConnections()
	r.upstream.Listener.Close()
	p.expectStatus(http.StatusBadGateway)
	p.click("#recording-082018 [value=true]")
	p.see(`#recording-082018 [data-failure="unreachable"]`)
	p.choose("#status", "1")
	p.see(`#agents [data-failure="unreachable"] a.button`)
}
