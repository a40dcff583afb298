package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const (
	filterSets     = "#filter-sets > summary"
	filterSetsOpen = "#filter-sets[open] .filter-sets-end"
	filterSetNow   = `#filter-sets-menu a[aria-current="page"]`
)

// saves saves what the list shows, by the form.
func (p *tab) saves(name, whose string) {
	p.t.Helper()
	p.click("#filter-set-new")
	p.see("#filter-set-name")
	p.fill("#filter-set-name", name)
	p.click("#filter-set-" + whose)
	p.click("#filter-set-save")
	p.see(".filter-set-on")
}

// What the list shows is saved and opened again by the keyboard alone: the menu says which one
// is on, whatever was filtered since the page came, and Escape gives the focus back.
func TestFilterSetsByKeyboard(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.choose("#status", "0")
	p.at("/agents?status=0")
	p.see("#filter-set-new")
	p.run(`document.querySelector("#filter-set-new").focus()`)
	p.keys(kb.Enter)
	p.at("/filters/new?status=0")
	p.focused("#filter-set-name")
	p.keys("ca toi")
	p.tabsTo("#filter-set-mine", 0)
	p.keys(kb.ArrowDown)
	p.focused("#filter-set-everybody")
	p.keys(kb.Enter)
	p.at("/agents?status=0")
	p.see(".filter-set-on")

	p.choose("#status", "")
	p.at("/agents")
	p.gone(".filter-set-on")
	p.run(`document.querySelector($[0]).focus()`, filterSets)
	p.keys(kb.Enter)
	p.see(filterSetsOpen)
	if n := p.count(filterSetNow); n > 0 {
		t.Error("the whole list is said to be a saved filter")
	}
	p.keys(kb.Escape)
	p.gone("#filter-sets[open]")
	p.focused(filterSets)
	p.keys(kb.Enter)
	p.see(filterSetsOpen)
	p.tabsTo("[data-filter-sets=everybody] a", 0)
	p.keys(kb.Enter)
	p.at("/agents?status=0")
	p.see(".filter-set-on")

	// It is asked for anew each time: the list is another by now, without another page.
	p.run(`window.stays = true`)
	p.click(filterSets)
	p.see(filterSetNow)
	p.click(filterSets)
	p.choose("#status", "1")
	p.at("/agents?status=1")
	p.click(filterSets)
	p.see("#filter-sets-save")
	p.gone(filterSetNow)
	if !value[bool](p, `window.stays`) {
		t.Error("the page was loaded anew")
	}
	p.keys(kb.Escape)

	p.palette()
	p.finds("ca toi")
	p.optionIs("#palette-filter-0")
	p.keys(kb.Enter)
	p.at("/agents?status=0")
}

// On a phone the menu is as wide as the page, reaches the last of fifty, and a name without a
// space is read whole.
func TestFilterSetsOnAPhone(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.resize(390, 844)
	p.wait(`innerWidth === 390`)
	p.goTo("/agents?status=0")
	p.saves(strings.Repeat("W", 60), "mine")
	p.wait(`(async () => {
		for (let i = 0; i < 49; i++) await fetch("/filters?status=1", {method: "POST", body: new URLSearchParams({name: "n" + String(i).padStart(2, "0"), whose: "mine"})});
		return true;
	})()`)
	p.goTo("/agents?status=0")
	p.click(filterSets)
	p.see(filterSetNow)
	box := value[[]float64](p, `(({left, right, bottom}) => [left, right, bottom])(document.querySelector("#filter-sets-menu").getBoundingClientRect())`)
	if box[0] < 0 || box[1] > 390 || box[2] > 844 {
		t.Errorf("the menu reaches from %v to %v, and %v down", box[0], box[1], box[2])
	}
	// The one that is on is in sight, though it is the last of them.
	if !value[bool](p, `(() => {
		const now = document.querySelector($[0]).getBoundingClientRect(), list = document.querySelector(".filter-sets-list").getBoundingClientRect();
		return now.top >= list.top - 1 && now.bottom <= list.bottom + 1 && now.right <= list.right;
	})()`, filterSetNow) {
		t.Error("the one that is on is out of sight")
	}
	p.fits("the menu of saved filters", 390)
	p.click("[data-filter-sets=mine] li:nth-last-child(2) a")
	p.at("/agents?status=1")

	p.goTo("/filters")
	p.fits("saved filters", 390)
	p.click("[data-filter-set]:last-child .filter-set-does a")
	p.see("#filter-set-rename")
	p.fits("a saved filter", 390)
	p.click("#filter-set-delete summary")
	p.click("#filter-set-delete .button-danger")
	p.at("/filters")
	p.wait(`document.querySelectorAll("[data-filter-set]").length === 49`)
}

// A link is copied whole, by either way that browsers have, and where none works that is said.
func TestFilterSetLink(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents?status=0")
	p.saves("ca tối", "mine")
	for how, clipboard := range map[string]string{
		"clipboard": `{writeText: async (text) => { window.copied = text; }}`,
		"command":   `undefined`,
	} {
		p.goTo("/filters")
		p.run(`(Object.defineProperty(navigator, "clipboard", {value: ` + clipboard + `}), document.addEventListener("copy", (event) => { window.copied = event.target.value; }), 1)`)
		p.click("[data-copy]")
		p.wait(`document.querySelector("[data-copy] [aria-live]").textContent === document.querySelector("[data-copy]").dataset.copied`)
		if got := value[string](p, `window.copied`); got != r.url+"/agents?status=0" {
			t.Errorf("%s: copied %q", how, got)
		}
		p.focused("[data-copy]")
	}
	p.goTo("/filters")
	p.run(`(Object.defineProperty(navigator, "clipboard", {value: {writeText: () => Promise.reject(new Error("no"))}}), 1)`)
	p.click("[data-copy]")
	p.see("#toasts [data-toast]")
}

// Without script all of it is links and forms.
func TestFilterSetsWithoutScript(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.open()
	p.expectStatus(http.StatusUnprocessableEntity)
	p.withoutScript()
	p.goTo("/agents?status=0")
	p.enterKey(r.demo.Key)
	p.at("/agents?status=0")
	p.saves("ca tối", "everybody")
	p.click(filterSets)
	p.click("#filter-sets-menu a")
	p.at("/filters")
	if n := value[int](p, `[...document.querySelectorAll("[data-copy]")].filter((e) => e.checkVisibility()).length`); n > 0 {
		t.Error("a button that needs script is shown without")
	}
	p.click("[data-filter-set] .filter-set-does a")
	p.see("#filter-set-rename")
	p.fill("#filter-set-name", "ca đêm")
	p.click("#filter-set-rename")
	p.at("/filters")
	p.click(".filter-set-name")
	p.at("/agents?status=0")
	p.see(".filter-set-on")

	p.goTo("/agents?status=1")
	p.click("#filter-set-new")
	p.see("#filter-set-name")
	p.fill("#filter-set-name", "CA ĐÊM")
	p.click("#filter-set-everybody")
	p.click("#filter-set-save")
	p.see("#filter-set-replace")
	p.click("#filter-set-replace .button")
	p.at("/agents?status=1")
	p.see(".filter-set-on")
}
