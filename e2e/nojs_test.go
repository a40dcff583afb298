package e2e

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plainSave is always open: without script nothing could open it.
const plainSave = "#editor-form .editor-actions button.button-primary.unscripted"

// The same job with the browser's JavaScript off: plain forms, 303s, and a page that
// asks where the drawer would.
func TestMainJobWithoutScript(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.open()
	p.withoutScript()

	// A page for signed-in people asks for the key and then shows itself.
	p.goTo("/agents?status=0")
	p.at("/sign-in?next=%2Fagents%3Fstatus%3D0")
	p.enterKey(r.demo.Key)
	p.at("/agents?status=0")

	p.known() // the queues to filter by are those found by then
	p.goTo("/agents")
	p.choose("#status", "1")
	p.choose("#queue_id", "1001226")
	p.click("#filters .filter-actions button")
	p.wait(`location.pathname === "/agents" && new URLSearchParams(location.search).get("status") === "1" && new URLSearchParams(location.search).get("queue_id") === "1001226"`)
	p.wait(`document.querySelectorAll("tbody tr").length > 0 && document.querySelectorAll("tbody .tag-status").length === 0`)
	if total, want := value[int](p, `+document.querySelector("table").dataset.total`), r.members(1001226, true); total != want {
		t.Errorf("%d active agents of queue 1001226, want %d", total, want)
	}
	p.goTo("/agents")
	p.click("a[rel=next]")
	p.at("/agents?page=1")
	p.click(".paging-sizes a:nth-of-type(2)")
	p.at("/agents?size=50")

	// Without script the editor has one field to add by, and a name is as good as an id.
	p.click(row + " .row-edit")
	p.at("/agents/082018/queues?type=callin")
	p.fill("#add-queue", "1000888")
	p.click(plainSave)
	p.wait(`location.search.includes("change=")`)
	p.see(`[data-result="verified"]`)

	// A removal is asked about on a page of its own.
	p.fill("#add-queue", "Kỹ thuật")
	p.click(`.queue-item[data-queue-id="1001226"] input`)
	p.click(plainSave)
	p.see("[data-confirm]")
	p.see("[data-confirm] button")
	if got := len(r.writes()); got != 1 {
		t.Errorf("%d writes before the question was answered", got)
	}
	p.wait(`!document.querySelector('.queue-item[data-queue-id="1001226"] input').checked`)
	p.click("[data-confirm] button")
	p.wait(`location.search.includes("change=")`)
	p.see(`[data-result="verified"]`)

	p.click(".tabs-inner a:nth-of-type(2)")
	p.at("/agents/082018/queues?type=callout")
	p.fill("#add-queue", "13878")
	p.click(plainSave)
	p.see("[data-confirm] button") // others may hide behind the one that the API shows
	p.click("[data-confirm] button")
	p.see(`[data-result="accepted"]`)

	p.goTo("/agents/082018")
	p.click("#recording-082018 [value=true]")
	p.wait(`location.search.includes("change=")`)
	p.see(`[data-recording="sent-on"]`)
	p.click("#recording-082018 [value=false]")
	p.see(`[data-recording="sent-off"]`)

	want := []string{
		`/api/v1/agents/082018/queues callin {"queue_ids":[1001226,1000888],"priority":1}`,
		`/api/v1/agents/082018/queues callin {"queue_ids":[1000888,1001002],"priority":1}`,
		`/api/v1/agents/082018/queues callout {"queue_ids":[13876,13878]}`,
		`/api/v1/agents/082018/recording  {"enabled":true}`,
		`/api/v1/agents/082018/recording  {"enabled":false}`,
	}
	if diff := cmp.Diff(want, r.writes()); diff != "" {
		t.Errorf("on the wire (-want +got):\n%s", diff)
	}

	p.switchLooks()
	p.click("#menu summary")
	p.click("#sign-out")
	p.at("/sign-in?reason=signed-out")
}

// An editor that keeps what was typed shows it again, whatever refused it.
func TestInputSurvivesWithoutScript(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.open()
	p.withoutScript()
	p.goTo("/sign-in")
	p.enterKey(r.demo.Key)
	p.at("/agents")
	p.goTo("/agents/082018/queues?type=callin")
	p.fill("#add-queue", "no such queue")
	p.fill("#priority", "7")
	p.expectStatus(422)
	p.click(plainSave)
	p.see(`[data-failure="invalid-input"] a[href="#add-queue"]`)
	p.wait(`document.querySelector("#add-queue").value === "no such queue" && document.querySelector("#priority").value === "7"`)
	if got := r.writes(); len(got) != 0 {
		t.Errorf("written: %v", got)
	}
}
