package e2e

import (
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// hold has the next answer whose address holds a text come late: when release is called.
func (p *tab) hold(text string) {
	p.t.Helper()
	p.run(`(() => {
		const real = window.fetch, late = (window.late ??= {})[$[0]] = {};
		const open = new Promise((done) => { late.open = done; });
		window.fetch = async (url, how) => {
			if (late.asked || !String(url).includes($[0])) return real(url, how);
			late.asked = true;
			try {
				const answer = await real(url, {...how, signal: undefined});
				const text = await answer.text();
				late.waits = true;
				await open;
				// What is aborted rejects, as fetch does.
				how.signal?.throwIfAborted();
				return new Response(text, {status: answer.status, headers: answer.headers});
			} finally {
				setTimeout(() => { late.over = true; }, 50);
			}
		};
	})()`, text)
}

// held waits until that answer has come as far as it may.
func (p *tab) held(text string) { p.t.Helper(); p.wait(`window.late[$[0]].waits`, text) }

// release lets it in, and waits until it would be on the screen.
func (p *tab) release(text string) {
	p.t.Helper()
	p.run(`window.late[$[0]].open()`, text)
	p.wait(`window.late[$[0]].over`, text)
}

// agrees checks that address, count and rows are those of one query.
func (p *tab) agrees(path, total string, rows int) {
	p.t.Helper()
	p.at(path)
	p.wait(`document.querySelector("#agents").dataset.total === $[0] && document.querySelectorAll("#agents tbody tr").length === $[1]`, total, rows)
}

// list is what the list of an address says when it is opened: its count, and its rows.
func (p *tab) list(path string) (total string, rows int) {
	p.t.Helper()
	p.goTo(path)
	p.see("tr[data-agent-id]")
	return value[string](p, `document.querySelector("#agents").dataset.total`), p.count("#agents tbody tr")
}

// One list has one request: whoever goes on before an answer came does not see it,
// whichever of the two comes first.
func TestLateAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, slow, newer string
		start, then       func(p *tab)
		path              string
	}{
		{
			"a filter, then a page", "status=1", "page=1",
			func(p *tab) { p.choose("#status", "1") },
			func(p *tab) { p.click("a[rel=next]") },
			"/agents?page=1",
		},
		{
			"a page, then a sort", "page=1", "sort=name",
			func(p *tab) { p.click("a[rel=next]") },
			func(p *tab) { p.click(".col-name .sort") },
			"/agents?sort=name",
		},
		{
			"a size, then a filter", "size=50", "status=0",
			func(p *tab) { p.click(".paging-sizes a:nth-of-type(2)") },
			func(p *tab) { p.choose("#status", "0") },
			"/agents?status=0",
		},
		{
			"reading again, then a page", "/agents/read", "page=1",
			func(p *tab) { p.click("#agents-read") },
			func(p *tab) { p.click("a[rel=next]") },
			"/agents?page=1",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := setup(t)
			p := r.signIn()
			p.known()
			total, rows := p.list(tt.path)
			// The older comes last.
			p.goTo("/agents")
			p.hold(tt.slow)
			tt.start(p)
			p.held(tt.slow)
			tt.then(p)
			p.agrees(tt.path, total, rows)
			p.release(tt.slow)
			p.agrees(tt.path, total, rows)
			p.wait(`document.querySelector("#status").value === (new URLSearchParams(location.search).get("status") ?? "")`)
			// The older comes first.
			p.goTo("/agents")
			p.hold(tt.slow)
			p.hold(tt.newer)
			tt.start(p)
			p.held(tt.slow)
			tt.then(p)
			p.held(tt.newer)
			p.release(tt.slow)
			p.agrees("/agents", "45", 20)
			p.release(tt.newer)
			p.agrees(tt.path, total, rows)
			// The filters say the same.
			p.wait(`document.querySelector("#status").value === (new URLSearchParams(location.search).get("status") ?? "")`)
			p.gone("[data-toast]")
		})
	}
}

// The way back is a request of the list's too: what was asked before it is late, and so
// is the way back itself for whoever goes on meanwhile.
func TestLateAnswersAndTheHistory(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	total, inactive := p.list("/agents?status=0")
	p.goTo("/agents")
	p.choose("#status", "0")
	p.agrees("/agents?status=0", total, inactive)

	p.hold("status=1")
	p.choose("#status", "1")
	p.held("status=1")
	p.back()
	p.agrees("/agents", "45", 20)
	p.release("status=1")
	p.agrees("/agents", "45", 20)

	p.click("a[rel=next]")
	p.agrees("/agents?page=1", "45", 20)
	p.hold("/agents")
	p.back()
	p.held("/agents")
	p.choose("#status", "0")
	p.agrees("/agents?status=0", total, inactive)
	p.release("/agents")
	p.agrees("/agents?status=0", total, inactive)
}

// The bar of the scan brings the list at its end: the one that was asked for, or none.
func TestLateProgress(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents?user=LOGOUT")
	p.run(`document.querySelector("#agents").insertAdjacentHTML("afterbegin",
		'<div id="progress" data-poll="0.1" data-hx-get="/agents/progress?user=LOGOUT" data-hx-trigger="poll" data-hx-swap="outerHTML"></div>')`)
	p.run(`htmx.process(document.querySelector("#progress"))`)
	p.hold("/agents/progress")
	p.held("/agents/progress")
	p.choose("#user", "")
	p.agrees("/agents", "45", 20)
	p.release("/agents/progress")
	p.agrees("/agents", "45", 20)
}

// A filter that the API fails leaves the list and its address as they are.
func TestFailedFilterKeepsTheAddress(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.expectStatus(502)
	r.api.Fail(sandbox.SystemError().On(sandbox.OpList))
	p.choose("#status", "1")
	p.see("#toasts [data-failure]")
	if value[bool](p, `document.querySelector("#agents tr[data-agent-id]") !== null`) {
		p.agrees("/agents", "45", 20)
	} else {
		p.at("/agents?status=1")
	}
}

// A save whose drawer was left while it was on its way says what came of it, and touches
// nothing of the drawer that is open by then.
func TestLateSave(t *testing.T) {
	t.Parallel()
	for _, fails := range []bool{false, true} {
		t.Run(map[bool]string{false: "saved", true: "refused"}[fails], func(t *testing.T) {
			t.Parallel()
			r := setup(t)
			p := r.signIn()
			p.known()
			p.edit(several, "1000888")
			if fails {
				p.expectStatus(422)
				r.api.Fail(sandbox.InvalidInput("không hợp lệ").On(sandbox.OpQueues))
			}
			p.hold("/agents/082019/queues")
			p.click(saves)
			p.held("/agents/082019/queues")
			p.onDialog(true)
			p.click("#drawer .drawer-close")
			p.gone("#drawer[open]")
			p.edit(row, "1000888")
			p.release("/agents/082019/queues")
			p.see("#toasts [data-toast]")
			p.see(`#drawer[open] #editor[data-agent-id="082018"] .queue-item[data-queue-id="1000888"]`)
			if fails {
				p.see("#toasts .toast-bad")
			} else {
				p.there(several + ` [data-queue-id="1000888"]`)
			}
			if got := r.writes(); len(got) != 1 {
				t.Errorf("sent %v", got)
			}
			p.click("#drawer .drawer-close")
			p.gone("#drawer[open]")
		})
	}
}

// Of two editors that are opened the newer one stays.
func TestLateEditor(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.hold("/agents/082019/queues")
	p.click(several + " .row-edit")
	p.held("/agents/082019/queues")
	p.edit(row, "1000888")
	p.release("/agents/082019/queues")
	p.see(`#drawer[open] #editor[data-agent-id="082018"] .queue-item[data-queue-id="1000888"]`)
	p.onDialog(true)
	p.click("#drawer .drawer-close")
	p.gone("#drawer[open]")
	p.focused(row + " .row-edit")
}

// Whoever goes back before the editor has come does not want it any more.
func TestBackBeforeTheEditor(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.choose("#status", "1")
	p.at("/agents?status=1")
	p.wait(`document.querySelectorAll("tbody .tag-status").length === 0`)
	p.hold("/agents/082019/queues")
	p.click(several + " .row-edit")
	p.held("/agents/082019/queues")
	p.back()
	p.agrees("/agents", "45", 20)
	p.release("/agents/082019/queues")
	p.gone("#drawer[open]")
	p.agrees("/agents", "45", 20)
}

// An answer that only says what went wrong leaves the list, and with it the address: the
// way back that it overtook has changed that already.
func TestFailureOvertakesTheWayBack(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.click("a[rel=next]")
	p.agrees("/agents?page=1", "45", 20)
	p.hold("/agents")
	p.back()
	p.held("/agents")
	p.run(`((real) => { window.fetch = (url, how) => String(url).includes("/agents/read")
		? Promise.resolve(new Response("<div class='toast' data-toast>503</div>", {status: 503, headers: {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"}}))
		: real(url, how); })(window.fetch)`)
	p.click("#agents-read")
	p.see("#toasts [data-toast]")
	p.release("/agents")
	p.agrees("/agents?page=1", "45", 20)
	p.wait(`document.querySelector(".list-count").innerText.includes("21–40")`)
}
