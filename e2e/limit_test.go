package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// retryAfter is long enough that the console tells people, rather than waiting for
// them, and short enough to be waited for here.
const retryAfter = "3"

const counting = `[data-failure="rate-limited"][data-retry-after]`

// countsDown sees the countdown of a box, and that it moves.
func (p *tab) countsDown(box string) {
	p.t.Helper()
	p.see(box + counting)
	p.wait(`+document.querySelector($[0]).dataset.retryAfter >= 1`, box+counting)
	first := p.text(box + " [data-countdown]")
	p.wait(`(document.querySelector($[0])?.textContent ?? "") !== $[1]`, box+" [data-countdown]", first)
}

// A limit met by a read: the list says how long, and then shows what was asked for.
func TestLimitOnRead(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.expectStatus(http.StatusTooManyRequests)
	refused := sandbox.RateLimited(retryAfter).On(sandbox.OpList)
	refused.Match = func(r *http.Request) bool { return r.URL.Query().Get("status") == "0" }
	r.api.Fail(refused)
	p.choose("#status", "0")
	p.countsDown("#agents ")
	p.see("tr[data-agent-id]")
	p.at("/agents?status=0")
	p.wait(`document.querySelectorAll("tbody tr:not(:has(.tag-status))").length === 0`)
}

// The same on a page that is opened whole.
func TestLimitOnPage(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.expectStatus(http.StatusTooManyRequests)
	r.api.Fail(sandbox.RateLimited(retryAfter).On(sandbox.OpList))
	p.goTo("/agents?status=0")
	p.countsDown("#agents ")
	p.see("tr[data-agent-id]")
}

// A limit met by a write: the editor keeps what was typed and saves it when the wait
// is over, once.
func TestLimitOnWrite(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.expectStatus(http.StatusTooManyRequests)
	p.edit(several, "1000888")
	r.api.Fail(sandbox.RateLimited(retryAfter).On(sandbox.OpQueues))
	p.click(saves)
	p.countsDown("#editor ")
	p.see(`.queue-item[data-queue-id="1000888"][data-added]`)
	p.gone("#drawer[open]")

	r.api.Fail(sandbox.RateLimited(retryAfter).On(sandbox.OpRecording))
	p.click("#recording-082018 [value=true]")
	p.countsDown("#recording-082018 ")
	p.see(`#recording-082018[data-recording="sent-on"]`)

	edit := `/api/v1/agents/082019/queues callin {"queue_ids":[1001226,1000886,1001002,1000888],"priority":2}`
	on := `/api/v1/agents/082018/recording  {"enabled":true}`
	if diff := cmp.Diff([]string{edit, edit, on, on}, r.writes()); diff != "" {
		t.Errorf("on the wire (-want +got):\n%s", diff)
	}
}

// Cancelled, a countdown does nothing more.
func TestLimitCancelled(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.expectStatus(http.StatusTooManyRequests)
	p.edit(several, "1000888")
	r.api.Fail(sandbox.RateLimited(retryAfter).On(sandbox.OpQueues))
	p.click(saves)
	p.countsDown("#editor ")
	p.run(`window.until = performance.now() + 1000 * document.querySelector("#editor " + $[0]).dataset.retryAfter + 600`, counting)
	p.click("#editor [data-countdown-cancel]")
	p.gone("#editor [data-countdown]")
	p.wait(`performance.now() > window.until`)
	p.see(`#drawer[open] .queue-item[data-queue-id="1000888"][data-added]`)
	if got := len(r.writes()); got != 1 {
		t.Errorf("%d writes after cancelling", got)
	}
	// Saving by hand still works.
	p.click(saves)
	p.gone("#drawer[open]")
	if got := len(r.agent("082019").Callin); got != 4 {
		t.Errorf("the agent is in %d queues", got)
	}
}

// Without script the page comes back by itself.
func TestLimitWithoutScript(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.open()
	p.withoutScript()
	p.goTo("/sign-in")
	p.enterKey(r.demo.Key)
	p.at("/agents")
	p.known()
	p.expectStatus(http.StatusTooManyRequests)
	r.api.Fail(sandbox.RateLimited(retryAfter).On(sandbox.OpList))
	p.goTo("/agents?status=0")
	p.see(counting)
	if got := p.text(counting + " .countdown"); !strings.ContainsAny(got, "123") {
		t.Errorf("no number in %q", got)
	}
	p.see("tr[data-agent-id]")
}

// A limit that asks for longer than anybody is made to wait: at the end of the
// countdown a person decides.
func TestLimitAsks(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.expectStatus(http.StatusTooManyRequests)
	r.api.Fail(sandbox.RateLimited("99999").On(sandbox.OpList))
	p.choose("#status", "0")
	p.see("#agents [data-retry-after] [data-countdown]")
	before := p.requests("GET /agents?")
	p.run(`((now) => { Date.now = () => now() + 121000; })(Date.now.bind(Date))`)
	p.see("#agents [data-retry-now]:not([hidden])")
	if got := p.requests("GET /agents?"); got != before {
		t.Errorf("it went on by itself")
	}
	p.click("#agents [data-retry-now]")
	p.until(func() bool { return p.requests("GET /agents?") > before }, func() string { return "another try" })
}

// A countdown repeats what was saved. Whoever types meanwhile has something else in
// mind: it stops, and says so.
func TestTypingStopsTheCountdown(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.expectStatus(http.StatusTooManyRequests)
	for name, typing := range map[string]func(){
		"a queue":    func() { p.fill("#add-queue", "1001008") },
		"a box":      func() { p.click(`#drawer .queue-item[data-queue-id="1000886"] input`) },
		"a priority": func() { p.fill("#priority", "7") },
	} {
		t.Log(name)
		p.edit(several, "1000888")
		r.api.Fail(sandbox.RateLimited(retryAfter).On(sandbox.OpQueues))
		p.click(saves)
		p.countsDown("#editor ")
		before := len(r.writes())
		p.run(`window.until = performance.now() + 1000 * document.querySelector("#editor " + $[0]).dataset.retryAfter + 600`, counting)
		typing()
		p.see("#editor [data-countdown-stopped]")
		p.gone("#editor [data-countdown]")
		p.wait(`performance.now() > window.until`)
		if got := len(r.writes()); got != before {
			t.Errorf("%s: sent what nobody had saved: %v", name, r.writes()[before:])
		}
		p.onDialog(true)
		p.click("#drawer .drawer-close")
		p.gone("#drawer[open]")
	}
}

// On a page that the countdown would load anew, typing anywhere stops it.
func TestTypingStopsTheCountdownOfAPage(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/queues/1000886?type=callin")
	p.expectStatus(http.StatusTooManyRequests)
	r.api.Fail(sandbox.RateLimited(retryAfter).On(sandbox.OpQueues))
	p.fill("#agent_id", "082019")
	r.api.SetQueues(r.demo.Tenant, "082019", sandbox.Callin, []int64{1001226, 1001002}, nil)
	p.fill("#agent_id", "082025")
	p.click("#queue-add")
	p.wait(`document.querySelector("[data-retry-after]") || document.querySelector("[data-confirm]")`)
	if value[bool](p, `document.querySelector("[data-retry-after]") === null`) {
		p.click("[data-confirm] button")
	}
	p.countsDown("")
	p.run(`window.mine = true`)
	p.run(`window.until = performance.now() + 1000 * document.querySelector($[0]).dataset.retryAfter + 600`, counting)
	p.fill("#agent_id", "08202")
	p.see("[data-countdown-stopped]")
	p.wait(`performance.now() > window.until`)
	p.wait(`window.mine && document.querySelector("#agent_id").value === "08202"`)
}
