package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A queue's members are searched, sorted and gone back from like the agents; whoever adds
// one goes on typing the next; and Escape leaves a search as it is.
func TestMembersOfAQueue(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/queues/1001226")
	const rows = `document.querySelectorAll("#queue-members tr[data-agent-id]").length`
	all := value[int](p, rows)
	p.click("#q")
	p.keys("082018")
	p.wait(rows + ` === 1 && location.search === "?q=082018"`)
	p.keys(kb.Escape)
	p.wait(`document.activeElement.id !== "q" && document.querySelector("#q").value === "082018"`)
	if got := value[int](p, rows); got != 1 {
		t.Errorf("%d rows after Escape", got)
	}
	p.click("#sort-name")
	p.wait(`location.search === "?q=082018&sort=name" && document.querySelector("#queue-members [aria-sort]")`)
	p.back()
	p.back()
	p.wait(rows+` === $[0] && location.search === ""`, all)

	joins := value[string](p, `document.querySelector("#agent-options option").value`)
	p.fill("#agent_id", joins)
	p.wait(`document.querySelectorAll("#agent-options option").length === 1`)
	p.click("#queue-add")
	p.see(".notice-good[data-change-id]")
	p.see(`#queue-members tr[data-agent-id="` + joins + `"]`)
	p.wait(`document.activeElement.id === "agent_id" && document.activeElement.value === ""`)
}

// Whose session ended by itself signs in again under the name they had; who signed out, or
// comes to another tab, is nobody yet.
func TestNameIsKeptWhereASessionEnds(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	name := p.text("[data-operator]")
	for reason, want := range map[string]string{"expired": name, "unauthorized": name} {
		p.goTo("/agents")
		p.goTo("/sign-in?reason=" + reason)
		p.wait(`document.querySelector("#operator").value === $[0]`, want)
	}
	p.goTo("/sign-in?reason=signed-out")
	p.wait(`document.querySelector("#operator").value === ""`)
	p.goTo("/sign-in?reason=expired")
	p.wait(`document.querySelector("#operator").value === ""`)
}
