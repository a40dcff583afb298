package e2e

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// boxOf is the box of the n-th row, from 1.
func boxOf(n int) string {
	return "#agents tbody tr:nth-child(" + strconv.Itoa(n) + ") [name=agent_ids]"
}

// chosen waits until the bar says so many, of them so many on other pages.
func (p *tab) chosen(n, elsewhere int) {
	p.t.Helper()
	if n == 0 {
		p.gone("#selection")
		return
	}
	p.see("#selection")
	p.wait(`document.querySelector("#chosen-count").textContent === $[0]`, "Đã chọn "+strconv.Itoa(n))
	want := ""
	if elsewhere > 0 {
		want = strconv.Itoa(elsewhere) + " ở trang khác"
	}
	p.wait(`document.querySelector("#chosen-elsewhere").textContent === $[0]`, want)
}

// ticked are the extensions of the rows whose box is ticked.
func (p *tab) ticked() []string {
	p.t.Helper()
	return value[[]string](p, `[...document.querySelectorAll("#agents tbody [name=agent_ids]:checked")].map((b) => b.value)`)
}

func (p *tab) shiftClick(selector string) {
	p.t.Helper()
	var at point
	p.must(p.evaluate(&at, findPoint, selector))
	for _, typ := range []input.DispatchMouseEventType{chromedp.MouseMoved, chromedp.MousePressed, chromedp.MouseReleased} {
		params := input.DispatchMouseEventParams{Type: typ, X: at.X, Y: at.Y, Modifiers: int64(chromedp.ModifierShift)}
		if typ != chromedp.MouseMoved {
			params.Button, params.ClickCount = input.MouseButtonLeft, 1
		}
		call(p, input.DispatchMouseEvent, params)
	}
}

// A choice outlives pages, orders and reloads, and ends with the filters that it was made
// under. What is sent is what was chosen.
func TestChoosingAgents(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.chosen(0, 0)
	p.click(boxOf(3))
	p.shiftClick(boxOf(1))
	p.chosen(3, 0)
	p.run(`document.querySelector("#agents tbody tr:nth-child(5) th a").focus()`)
	p.keys("x")
	p.chosen(4, 0)
	p.keys("jjX")
	p.chosen(6, 0)
	p.keys("x")
	p.chosen(5, 0)
	p.keys("x")
	p.chosen(6, 0)
	p.wait(`document.querySelector("#choose-page").indeterminate`)
	want := p.ticked()

	p.click("#page-next")
	p.at("/agents?page=1")
	p.chosen(6, 6)
	p.wait(`!document.querySelector("#choose-page").indeterminate`)
	p.click("#choose-page")
	p.chosen(26, 6)
	p.click(boxOf(4))
	p.chosen(25, 6)
	want = append(want, p.ticked()...)
	slices.Sort(want)

	p.click("#sort-name")
	p.see(`[aria-sort="ascending"]`)
	p.chosen(25, 25-len(p.ticked()))
	p.click("#size-50")
	p.at("/agents?size=50&sort=name")
	p.chosen(25, 0)
	got := p.ticked()
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ticked (-want +got):\n%s", diff)
	}
	p.goTo("/agents?page=2")
	p.chosen(25, 25)

	p.click("#selection-change")
	p.see("#run-plan")
	p.at("/runs/new")
	got = strings.Fields(value[string](p, `document.querySelector("#agent_ids").value`))
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("on the form (-want +got):\n%s", diff)
	}

	p.goTo("/agents")
	p.chosen(25, 19)
	p.choose("#status", "0")
	p.at("/agents?status=0")
	p.chosen(0, 0)
	p.choose("#status", "")
	p.at("/agents")
	p.chosen(0, 0)
	if got := p.ticked(); len(got) != 0 {
		t.Errorf("ticked again: %v", got)
	}
	p.click(boxOf(2))
	p.chosen(1, 0)
	p.click("#selection-none")
	p.chosen(0, 0)
}

// All that the filters match are chosen by the filters, and their number is the list's.
func TestChoosingAllThatMatch(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents?queue_id=1000886&sort=name")
	total := value[int](p, `+document.querySelector("#agents").dataset.total`)
	if want := r.members(1000886, true) + r.members(1000886, false); total != want {
		t.Fatalf("%d in the list, want %d", total, want)
	}
	p.click("#choose-page")
	p.click("#selection-all")
	p.see("#run-plan")
	p.wait(`document.querySelector(".newrun-who b").textContent === $[0]`, "Tất cả "+strconv.Itoa(total)+" tổng đài viên khớp bộ lọc")
	p.click(`[name=operation][value="recording-on"]`)
	p.gone(".newrun-to")
	p.click("#run-plan")
	p.see("#run-start")
	if got := p.count("[data-run-item]"); got != total {
		t.Errorf("%d planned, want %d", got, total)
	}

	// And all that are in a queue, from its page.
	p.goTo("/queues/1000886")
	p.click("#queue-bulk")
	p.see("#run-plan")
	p.wait(`document.querySelector(".newrun-who b").textContent === $[0]`, "Tất cả "+strconv.Itoa(total)+" tổng đài viên khớp bộ lọc")
}

// Without script the boxes of the page, and the filters, are sent by the same form.
func TestChoosingWithoutScript(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.open()
	p.withoutScript()
	p.goTo("/sign-in")
	p.enterKey(r.demo.Key)
	p.at("/agents")
	p.known()
	p.goTo("/agents")
	p.see("#selection")
	p.gone("#chosen-count, #choose-page")
	p.click(boxOf(2))
	p.click(boxOf(4))
	want := p.ticked()
	p.click("#selection-change")
	p.see("#run-plan")
	if got := strings.Fields(value[string](p, `document.querySelector("#agent_ids").value`)); len(want) != 2 || !slices.Equal(got, want) {
		t.Errorf("on the form: %v, want %v", got, want)
	}
	p.goTo("/agents?status=1")
	total := p.text(".list-count b")
	p.click("#selection-all")
	p.see(".newrun-who b")
	if got := p.text(".newrun-who b"); got != "Tất cả "+total+" khớp bộ lọc" {
		t.Errorf("%q, want %s", got, total)
	}
}

// From the list to the plan, from there to the end; meanwhile the rows say so.
func TestBulkChangeFromTheList(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	release := sync.OnceFunc(func() { close(held) })
	t.Cleanup(release)
	r := setup(t, func(o *options) {
		o.sandbox = func(c *sandbox.Config) {
			c.Before = func(q *http.Request) {
				if q.Method == http.MethodPut {
					<-held
				}
			}
		}
	})
	t.Cleanup(release)
	p := r.signIn()
	p.known()
	p.goTo("/agents?queue_id=1000886")
	p.click(boxOf(1))
	p.shiftClick(boxOf(3))
	p.chosen(3, 0)
	agents := p.ticked()
	p.click("#selection-change")
	p.click(`[name=operation][value="add"]`)
	queue := int64(0) // that none of them is in
	for _, id := range value[[]int64](p, `[...document.querySelectorAll("[name=queue_ids]")].map((b) => +b.value)`) {
		if !slices.ContainsFunc(agents, func(agent string) bool { return slices.Contains(r.agent(agent).Callin, id) }) {
			queue = id
		}
	}
	p.click(`[name=queue_ids][value="` + strconv.FormatInt(queue, 10) + `"]`)
	p.click("#run-plan")
	p.see("#run-start")
	title := p.text("h1")
	p.click("#run-start")
	p.see(`[data-run-state="running"] progress`)
	p.wait(`document.title.startsWith("0% · ")`)
	run := value[string](p, `location.pathname`)

	p.goTo("/agents?queue_id=1000886")
	p.wait(`document.querySelectorAll("[data-run-item-open]").length === 3`)
	p.click("[data-run-item-open] .tag-run")
	p.at(run)
	release()
	p.see(`[data-run-state="finished"]`)
	p.wait(`document.title === $[0]`, title+" · Agent Console")
	for _, id := range agents {
		if got := r.agent(id).Callin; !slices.Contains(got, queue) {
			t.Errorf("%s is in %v", id, got)
		}
	}
	p.goTo("/agents?queue_id=1000886")
	p.gone("[data-run-item-open]")
}

// bulkStops are the states of a choice and of the pages it leads to.
func bulkStops() []stop {
	form := func(p *tab) {
		p.run(`sessionStorage.clear()`)
		p.goTo("/agents")
		p.click(boxOf(1))
		p.click("#selection-change")
		p.see("#run-plan")
	}
	return []stop{
		{"agents chosen", func(p *tab) {
			p.run(`sessionStorage.clear()`)
			p.goTo("/agents")
			p.click(boxOf(1))
			p.see("#selection")
		}},
		{"new run", func(p *tab) { form(p); p.click(`[name=operation][value="move"]`); p.see("#run-priority") }},
		{"new run by file", func(p *tab) { form(p); p.click(`[name=operation][value="file"]`); p.see("#run-file") }},
		{"new run refused", func(p *tab) {
			form(p)
			p.click(`[name=operation][value="add"]`)
			p.click("#run-plan")
			p.see("#run-errors")
		}},
		{"run planned", func(p *tab) {
			form(p)
			p.click(`[name=operation][value="recording-on"]`)
			p.click("#run-plan")
			p.see("#run-start")
		}},
		{"run finished", func(p *tab) { p.click("#run-start"); p.see(`[data-run-state="finished"]`) }},
		{"runs", func(p *tab) { p.goTo("/runs"); p.see("[data-run-id]") }},
	}
}
