package e2e

import (
	"net/http"
	"sync"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// A queue's page that is opened while the tenant is read gets its members by itself, and
// then asks no more. What is typed meanwhile stays.
func TestQueuePageDuringTheScan(t *testing.T) {
	t.Parallel()
	scan := make(chan struct{})
	goOn := sync.OnceFunc(func() { close(scan) })
	t.Cleanup(goOn)
	r := setup(t, func(o *options) {
		o.sandbox = func(c *sandbox.Config) {
			c.Before = func(q *http.Request) {
				if q.URL.Query().Get("size") == "100" {
					<-scan
				}
			}
		}
	})
	t.Cleanup(goOn)
	p := r.signIn()
	p.goTo("/queues/1000886?type=callin")
	p.see("#progress progress")
	p.fill("#agent_id", "0820")
	goOn()
	p.wait(`document.querySelectorAll("#queue-members tr[data-agent-id]").length === $[0]`, r.members(1000886, true)+r.members(1000886, false))
	p.gone("#progress progress")
	p.wait(`document.querySelector("#agent_id").value === "0820" && document.activeElement.id === "agent_id"`)
	p.wait(`document.querySelector(".figures div:last-child dd").innerText === document.querySelector(".table-members").dataset.total`)
	p.wait(`document.querySelectorAll("#agent-options option").length > 0`)
	asked := p.requests("GET /queues/1000886/progress")
	p.run(`window.until = performance.now() + 3000`)
	p.wait(`performance.now() > window.until`)
	if got := p.requests("GET /queues/1000886/progress"); got != asked || asked == 0 {
		t.Errorf("asked %d times more, after %d", got-asked, asked)
	}
}

// A poll that fails says so, asks more seldom, and in the end not at all until somebody
// wants it to.
func TestPollSlowsDownAndEnds(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.run(`(() => {
		const real = window.fetch;
		window.polls = [];
		window.fetch = (url, how) => {
			if (!String(url).includes("/agents/live")) return real(url, how);
			window.polls.push(performance.now());
			return window.well ? real(url, how) : Promise.resolve(new Response("", {status: 502}));
		};
		document.querySelector("#live").dataset.live = "0.02";
	})()`)
	// The script looks twice a second. Its clock is hurried.
	p.run(`((now) => { const from = now(); Date.now = () => from + 60 * (now() - from); })(Date.now.bind(Date))`)
	p.see("[data-poll-note]")
	p.see("[data-poll-again]")
	ended := value[int](p, `window.polls.length`)
	if ended != 8 {
		t.Errorf("asked %d times", ended)
	}
	p.run(`window.until = performance.now() + 1600`)
	p.wait(`performance.now() > window.until`)
	if got := value[int](p, `window.polls.length`); got != ended {
		t.Errorf("asked on %d times after it had ended", got-ended)
	}
	p.run(`window.well = true`)
	p.click("[data-poll-again]")
	p.wait(`window.polls.length > $[0]`, ended)
	p.gone("[data-poll-note]")
}

// What a page does not have cannot be refreshed: that is a failure too, not a poll for ever.
func TestPollOfAForeignPlaceEnds(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/changes")
	p.expect("'#agents' on hx-target did not match any element")
	p.run(`((now) => { const from = now(); Date.now = () => from + 600 * (now() - from); })(Date.now.bind(Date))`)
	p.run(`document.querySelector("#main").insertAdjacentHTML("afterbegin",
		'<div id="progress" data-poll="0.1" data-hx-get="/agents/progress" data-hx-trigger="poll" data-hx-swap="outerHTML"></div>')`)
	p.run(`htmx.process(document.querySelector("#progress"))`)
	p.see("#progress [data-poll-again]")
	if got := p.requests("GET /agents/progress"); got != 8 {
		t.Errorf("asked %d times", got)
	}
}
