package e2e

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

const row = `tr[data-agent-id="082018"]`

// The documented job from beginning to end, and what of it reached the wire.
func TestMainJob(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known() // the queues to filter and to add by are those found by then
	p.goTo("/agents")

	// Filters, page and size: each its own call, and all of it in the URL.
	p.choose("#status", "1")
	p.at("/agents?status=1")
	p.wait(`document.querySelectorAll("tbody .tag-status").length === 0`)
	p.choose("#queue_id", "1000886")
	p.at("/agents?queue_id=1000886&status=1")
	p.wait(`document.querySelectorAll("tbody tr").length > 0 && [...document.querySelectorAll("tbody tr")].every((r) => r.querySelector('[data-queues=callin] [data-queue-id="1000886"]'))`)
	if total, want := value[int](p, `+document.querySelector("#agents").dataset.total`), r.members(1000886, true); total != want {
		t.Errorf("%d active agents of queue 1000886, want %d", total, want)
	}
	p.click(".filters-on .button")
	p.at("/agents")
	p.click("a[rel=next]")
	p.at("/agents?page=1")
	p.wait(`document.querySelector("#agents .list-count").innerText.includes("21–40")`)
	p.click(".paging-sizes a:nth-of-type(2)")
	p.at("/agents?size=50")
	p.wait(`document.querySelectorAll("tbody tr").length === 45`)
	for _, query := range []string{"page=0&size=20&status=1", "page=0&queue_id=1000886&size=20&status=1", "page=1&size=20", "page=0&size=50"} {
		if !r.asked(query) {
			t.Errorf("the API was not asked for %s", query)
		}
	}

	// Callin: one added by id, one by name, one removed.
	p.click(row + " .row-edit")
	p.see("#drawer[open] #editor-form")
	p.wait(`document.querySelector("#editor-save").disabled`)
	p.fill("#add-queue", "1000888")
	p.keys("\r")
	p.see(`.queue-item[data-queue-id="1000888"]`)
	p.fill("#add-queue", "Kỹ thuật")
	p.click("[data-add-button]")
	p.see(`.queue-item[data-queue-id="1001002"]`)
	p.click(`.queue-item[data-queue-id="1001226"] input`)
	p.see("[data-confirm]")
	p.wait(`document.querySelector("#preview-body pre").textContent.includes("082018")`)
	if curl := value[string](p, `document.querySelector("#preview-body pre").textContent`); len(curl) == 0 || containsKey(r.demo, curl) {
		t.Errorf("the key stands in the page: %s", curl)
	}
	if got := r.writes(); len(got) != 0 {
		t.Errorf("written before anything was saved: %v", got)
	}
	p.click(saves)
	p.gone("#drawer[open]")
	p.see("#toasts .toast-good form")
	p.wait(`$[0] === [...document.querySelectorAll($[1] + " [data-queues=callin] [data-queue-id]")].map((c) => c.dataset.queueId).join()`, "1000888,1001002", row)

	// Callout.
	p.click(row + " .row-edit")
	p.see("#drawer[open] #editor-form")
	p.click(".tabs-inner a:nth-of-type(2)")
	p.see(`#drawer[open] [data-queues="callout"]`)
	p.fill("#add-queue", "13878")
	p.keys("\r")
	p.see(`.queue-item[data-queue-id="13878"]`)
	// Others may hide behind the one that the API shows: the button asks.
	p.see("#drawer[open] [data-confirm] #editor-confirm")
	p.click(saves)
	// The API reads back one callout queue, so the console does not say "verified".
	p.see(`#drawer[open] [data-result="accepted"]`)
	p.keys(kb.Escape)
	p.gone("#drawer[open]")

	// Recording.
	for _, on := range []string{"true", "false"} {
		p.click(`#recording-082018 [value="` + on + `"]`)
		p.see(map[string]string{"true": `#recording-082018[data-recording="sent-on"]`, "false": `#recording-082018[data-recording="sent-off"]`}[on])
	}

	want := []string{
		`/api/v1/agents/082018/queues callin {"queue_ids":[1000888,1001002],"priority":1}`,
		`/api/v1/agents/082018/queues callout {"queue_ids":[13876,13878]}`,
		`/api/v1/agents/082018/recording  {"enabled":true}`,
		`/api/v1/agents/082018/recording  {"enabled":false}`,
	}
	if diff := cmp.Diff(want, r.writes()); diff != "" {
		t.Errorf("on the wire (-want +got):\n%s", diff)
	}
	if a := r.agent(sandbox.DemoExample); !slices.Equal(a.Callin, []int64{1000888, 1001002}) || !slices.Equal(a.Callout, []int64{13876, 13878}) {
		t.Errorf("in the API: %+v", a)
	}

	p.switchLooks()

	p.click("#menu summary")
	p.click("#sign-out")
	p.at("/sign-in?reason=signed-out")
	p.goTo("/agents")
	p.wait(`location.pathname === "/sign-in"`)
}

// members counts the agents truly in a callin queue.
func (r *rig) members(queue int64, active bool) int {
	n := 0
	for _, id := range r.api.QueueMembers(r.demo.Tenant, sandbox.Callin, queue) {
		if r.agent(id).Active == active {
			n++
		}
	}
	return n
}

// switchLooks changes language and theme from the menu of any page, which stays.
func (p *tab) switchLooks() {
	p.t.Helper()
	here := value[string](p, `location.pathname + location.search`)
	for _, to := range []struct{ button, lang, theme string }{
		{`[name=lang][value=en]`, "en", "system"},
		{`[name=theme][value=dark]`, "en", "dark"},
		{`[name=lang][value=vi]`, "vi", "dark"},
	} {
		p.click("#menu summary")
		p.click(to.button)
		p.wait(`document.documentElement.lang === $[0] && document.documentElement.dataset.theme === $[1] && document.readyState === "complete"`, to.lang, to.theme)
		p.at(here)
	}
	if got := value[string](p, `getComputedStyle(document.body).backgroundColor`); got != "rgb(15, 18, 23)" {
		p.t.Errorf("the dark theme's background is %s", got)
	}
}
