package e2e

import (
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// Undo from the toast, and the journal it leaves.
func TestUndo(t *testing.T) {
	t.Parallel()
	r := setup(t, func(o *options) { o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined } })
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	if got := r.agent("082019").Callin; len(got) != 4 {
		t.Errorf("saved: %v", got)
	}
	p.click("#toasts .toast-good form button")
	p.wait(`location.pathname === "/agents/082019"`)
	p.see(`.page-agent [data-result="verified"]`)
	if diff := cmp.Diff([]int64{1001226, 1000886, 1001002}, r.agent("082019").Callin); diff != "" {
		t.Errorf("in the API (-want +got):\n%s", diff)
	}
	p.click("#recording-true-082019")
	p.see(`[data-recording="sent-on"]`)

	p.goTo("/changes")
	p.wait(`document.querySelectorAll("[data-change-id]").length === 3`)
	p.see(`[data-kind="callin"] .plus`)
	p.see(`[data-kind="callin"] .minus`)
	if got := p.count(`[data-kind="callin"][data-result="verified"]`); got != 2 {
		t.Errorf("%d verified queue changes", got)
	}
	// What is undone is not undone again; recording has no undo, only the opposite.
	if got := p.count(`form[action$="/undo"]`); got != 1 {
		t.Errorf("%d undo buttons", got)
	}
	p.click(`[data-kind="recording"] button`)
	p.wait(`location.pathname === "/agents/082019"`)
	p.see(`[data-recording="sent-off"]`)

	// Filters of the journal, in the URL.
	p.goTo("/changes?kind=recording")
	p.wait(`document.querySelectorAll("[data-change-id]").length === 2`)
	p.goTo("/changes?agent_id=082018")
	p.see(".empty")
}

// Undo after somebody else's change keeps their change.
func TestUndoKeepsOthersChanges(t *testing.T) {
	t.Parallel()
	r := setup(t, func(o *options) { o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined } })
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	r.api.EditAgent(r.demo.Tenant, "082019", func(a *sandbox.Agent) { a.Callin = append(a.Callin, 1001005) })
	p.goTo("/changes")
	p.click(`form[action$="/undo"] button`)
	p.wait(`location.pathname === "/agents/082019"`)
	got := r.agent("082019").Callin
	slices.Sort(got)
	if diff := cmp.Diff([]int64{1000886, 1001002, 1001005, 1001226}, got); diff != "" {
		t.Errorf("in the API (-want +got):\n%s", diff)
	}
}

// unreadable has rows show a priority that is no number, so that it cannot be sent
// again and every change of an agent is asked about.
func unreadable() sandbox.Fault {
	return sandbox.Fault{Op: sandbox.OpList, Times: sandbox.Always, Rewrite: func(body []byte) []byte {
		return regexp.MustCompile(`"priority":"\d+"`).ReplaceAll(body, []byte(`"priority":"cao"`))
	}}
}

// An undo of which not everything is sure asks first, with what it will do.
func TestUndoAsks(t *testing.T) {
	t.Parallel()
	r := setup(t, func(o *options) { o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined } })
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	r.api.Fail(unreadable())
	p.click("#toasts .toast-good form button")
	p.see("[data-confirm] .minus")
	if got := r.agent("082019").Callin; len(got) != 4 {
		t.Errorf("taken back before the question was answered: %v", got)
	}
	p.click(`form:has([data-confirm]) button[name="confirm"]`)
	p.wait(`location.pathname === "/agents/082019"`)
	if got := r.agent("082019").Callin; len(got) != 3 {
		t.Errorf("in the API: %v", got)
	}
}

// After sign-out a copy of the cookie opens nothing, and neither does the way back.
func TestCopiedCookie(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	var copied []string
	for _, c := range call(p, network.GetCookies, network.GetCookiesParams{URLs: []string{r.url}}).Cookies {
		if containsKey(r.demo, c.Value) {
			t.Errorf("the key stands in the cookie %s", c.Name)
		}
		if c.Name != "console_prefs" && (!c.HTTPOnly || c.SameSite != network.CookieSameSiteLax) {
			t.Errorf("cookie %s: HttpOnly %v, SameSite %s", c.Name, c.HTTPOnly, c.SameSite)
		}
		copied = append(copied, c.Name+"="+c.Value)
	}
	open := func() int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/agents", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range copied {
			req.Header.Add("Cookie", c)
		}
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		res, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := open(); got != http.StatusOK {
		t.Fatalf("the copied cookie opens nothing while it is good: %d", got)
	}
	p.click("#menu summary")
	p.click("#sign-out")
	p.at("/sign-in?reason=signed-out")
	if got := open(); got != http.StatusSeeOther {
		t.Errorf("the copied cookie after sign-out: %d", got)
	}
	p.run(`history.back()`)
	p.wait(`location.pathname === "/sign-in" && !document.querySelector("tr[data-agent-id]")`)
}
