package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// columns are the classes of a row's cells, or of the heads, in their order.
func (p *tab) columns(row string) []string {
	p.t.Helper()
	p.see(row)
	return value[[]string](p, `[...document.querySelector($[0]).children].map((e) => e.className || e.dataset.queues || "")`, row)
}

// view opens where it is chosen how the list is shown.
func (p *tab) view() {
	p.t.Helper()
	if p.count("#list-view[open]") == 0 {
		p.click("#list-view summary")
	}
	p.see("#list-view .menu-panel")
}

const cut = `[...document.querySelectorAll("#agents tbody :is(.chip, [data-queue-id], bdi, .tag, th a, .recording-state, td, th)")]
	.filter((e) => e.checkVisibility() && getComputedStyle(e).overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 90))`

// A row takes as many lines as it needs where that is chosen: then nothing of it is cut, and
// no queue is behind a button, at any width and with the longest names.
func TestComfortableRows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Không", 60)
	r := setup(t, func(o *options) {
		o.sandbox = func(c *sandbox.Config) { c.Tenants[0].Callin[0].Name = long }
	})
	r.api.EditAgent(r.demo.Tenant, "082018", func(a *sandbox.Agent) { a.UserName = long })
	p := r.signIn()
	p.known()
	p.goTo("/agents?size=50")
	p.see(several + " .rest")
	if got := value[[]string](p, cut); len(got) == 0 {
		t.Fatal("nothing is cut in one line: there is nothing to test")
	}
	p.view()
	p.click(`#list-view [value=comfortable]`)
	p.see(".table-comfortable")
	p.at("/agents?size=50")
	for _, width := range []int64{1440, 1024, 390} {
		p.resize(width, 900)
		p.wait(`innerWidth === $[0]`, width)
		p.fits("comfortable rows", width)
		if n := p.count("#agents .rest"); n > 0 {
			t.Errorf("%d px: %d rows hide queues", width, n)
		}
		if got := value[[]string](p, cut); len(got) > 0 {
			t.Errorf("%d px: cut: %q", width, got)
		}
	}
	p.run(`scrollTo(0, 0)`)
	p.audit("comfortable rows")

	// What comes in parts is shown so too.
	p.choose("#status", "1")
	p.at("/agents?size=50&status=1")
	p.see(".table-comfortable")
	p.edit(several, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	p.see(several + ` [data-queues=callin] a[data-queue-id="1000888"]`)
	if n := p.count(several + " .rest"); n > 0 {
		t.Error("a row that was saved hides queues")
	}
	p.view()
	p.see("#list-view [value=comfortable][aria-pressed=true]")
	p.click(`#list-view [value=compact]`)
	p.see(several + " .rest")
}

// Columns are chosen and ordered; the list keeps that, in parts and as cards too.
func TestChosenColumns(t *testing.T) {
	t.Parallel()
	r := setup(t, func(o *options) {
		o.sandbox = func(c *sandbox.Config) {
			c.Style = sandbox.Joined // or of several callout queues one is seen
			for i := range c.Tenants[0].Callout {
				c.Tenants[0].Callout[i].Name += " – chiến dịch chăm sóc khách hàng cũ"
			}
		}
	})
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.view()
	p.click("#list-view input[name=columns][value=recording]")
	p.click("#list-view [name=column_up][value=callout]")
	p.click("#list-view [name=column_up][value=callout]")
	p.focused("#list-view [name=column_up][value=callout]")
	p.click("#list-view [name=column_down][value=name]")
	if n := p.requests("POST /preferences"); n > 0 {
		t.Errorf("%d sent before it was applied", n)
	}
	p.click("#columns-apply")
	p.gone(".col-recording")
	heads := []string{"", "col-extension", "col-callout", "col-name", "col-presence", "col-queues", "col-actions"}
	cells := []string{"", "", "callout", "whom", "now", "callin", ""}
	check := func(when string) {
		t.Helper()
		if diff := cmp.Diff(cells, p.columns(several)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	if diff := cmp.Diff(heads, p.columns("#agents thead tr")); diff != "" {
		t.Errorf("heads (-want +got):\n%s", diff)
	}
	check("at once")
	p.choose("#status", "1")
	p.at("/agents?status=1")
	check("after a filter")
	p.edit(several, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	check("after a save")
	p.wait(`document.querySelector($[0]) !== null`, several+` [data-queues=callin] a[data-queue-id="1000888"]`)
	for _, width := range []int64{1440, 1024, 390} {
		p.resize(width, 900)
		p.wait(`innerWidth === $[0]`, width)
		p.fits("chosen columns", width)
		if got := value[[]string](p, `[...document.querySelectorAll("#agents tbody :is(th, td), #agents tbody :is(.chip, [data-queue-id])")].filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth).map((e) => e.outerHTML.slice(0, 80))`); len(got) > 0 {
			t.Errorf("%d px, out of the page: %q", width, got)
		}
		// What a line has no room for opens within the page.
		p.run(`document.querySelector($[0]).focus()`, several+" .rest > button")
		p.see(several + " .rest > .chips")
		box := value[[]float64](p, `(({left, right}) => [left, right])(document.querySelector($[0]).getBoundingClientRect())`, several+" .rest > .chips")
		if box[0] < 0 || box[1] > float64(width) {
			t.Errorf("%d px: the rest opens from %v to %v", width, box[0], box[1])
		}
	}
	// A card has them in that order, from above.
	tops := value[[]float64](p, `["th", "[data-queues=callout]", ".whom", ".now", "[data-queues=callin]", "td:last-child"].map((c) => document.querySelector($[0] + " " + c).getBoundingClientRect().top)`, several)
	if !slices.IsSorted(tops) {
		t.Errorf("the card has its parts at %v", tops)
	}
	p.run(`(document.activeElement.blur(), scrollTo(0, 0))`)
	p.view()
	p.audit("chosen columns")
	p.click("#list-view [name=columns_set][value=usual]")
	p.see(".col-recording")
}

// A tab that still shows other columns than another has chosen since is given no row of those.
func TestOtherTabsColumns(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.wait(`fetch("/preferences", {method: "POST", body: new URLSearchParams([["columns", "name"], ["columns", "callout"], ["column_order", "name"], ["column_order", "callout"], ["columns_set", "chosen"]])})`)
	p.edit(several, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	p.see("#toasts [data-toast]")
	if got := len(p.columns(several)); got != 8 {
		t.Errorf("a row of %d cells came into a list of 8 columns", got)
	}
	p.goTo("/agents")
	if got := len(p.columns(several)); got != 5 {
		t.Errorf("%d cells, want the chosen ones", got)
	}
}

// All of it without script: each move of a column is sent.
func TestViewWithoutScript(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.open()
	p.withoutScript()
	p.goTo("/agents?status=1")
	p.enterKey(r.demo.Key)
	p.at("/agents?status=1")
	p.view()
	p.click(`#list-view [value=comfortable]`)
	p.see(".table-comfortable")
	p.at("/agents?status=1")
	p.view()
	p.click("#list-view input[name=columns][value=presence]")
	p.click("#list-view [name=column_up][value=callin]")
	p.gone(".col-presence")
	p.at("/agents?status=1")
	p.view()
	p.click("#list-view [name=column_up][value=callin]")
	p.wait(`document.querySelector("#agents thead tr").children[2].className === "col-queues"`)
	want := []string{"", "col-extension", "col-queues", "col-name", "col-callout", "col-recording", "col-actions"}
	if diff := cmp.Diff(want, p.columns("#agents thead tr")); diff != "" {
		t.Errorf("heads (-want +got):\n%s", diff)
	}
	p.see(".table-comfortable")
}
