package e2e

import "testing"

// Twenty agents fit on a laptop's screen, a line to each however many their queues are, and
// nothing runs out of the page where it is narrow.
func TestAgentsFitOnAScreen(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	for _, width := range []int64{1440, 1024} {
		p.resize(width, 900)
		p.goTo("/agents")
		if n := p.count("#agents tbody tr"); n != 20 {
			t.Fatalf("%d rows", n)
		}
		heights := value[[]int](p, `[...new Set([...document.querySelectorAll("#agents tbody tr")].map((r) => Math.round(r.getBoundingClientRect().height)))]`)
		if len(heights) > 2 || heights[0] > 36 || heights[len(heights)-1] > 36 { // a half pixel is rounded either way
			t.Errorf("%d px wide, rows are %v px high", width, heights)
		}
		if bottom := value[float64](p, `document.querySelector("#agents tbody tr:last-child").getBoundingClientRect().bottom`); bottom > 900 {
			t.Errorf("%d px wide, the last row ends at %v", width, bottom)
		}
		out := value[[]string](p, `[...document.querySelectorAll("#agents table, #agents tbody td > *")].filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.outerHTML.slice(0, 80))`)
		if len(out) > 0 {
			t.Errorf("%d px wide, out of the page: %q", width, out)
		}
	}
	if n := value[int](p, `(() => { let n = 0; const w = document.createTreeWalker(document, NodeFilter.SHOW_ALL); while (w.nextNode()) n++; return n })()`); n > 1600 {
		t.Errorf("%d nodes", n)
	}
}

// The queues that a line has no room for open on the focus, recording is a state until the
// row is meant, and both are reached by keys.
func TestRowShowsTheRestOnRequest(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents?q=082019")
	rest := several + " .rest"
	p.see(rest + " > button")
	p.gone(rest + " > .chips")
	p.run(`document.querySelector($[0]).focus()`, rest+" > button")
	p.see(rest + " > .chips a[data-queue-id]")
	p.run(`document.querySelector($[0]).focus()`, several+" th a")
	p.gone(rest + " > .chips")

	buttons := `getComputedStyle(document.querySelector($[0])).opacity`
	p.run(`document.activeElement.blur()`)
	p.wait(buttons+` === "0"`, several+" .segmented")
	p.run(`document.querySelector($[0]).focus()`, several+" th a")
	p.wait(buttons+` === "1"`, several+" .segmented")
	p.keys("r")
	p.wait(`document.activeElement === document.querySelector($[0])`, several+" [data-recording] button")
	if n := len(r.writes()); n > 0 {
		t.Errorf("%d sent by the key alone", n)
	}
}

// Where rows have no recording buttons the key leads to those on the agent's page, and presses
// none: in a list of other columns, and among a queue's members.
func TestRecordingKeyWithoutTheColumn(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents?q=082019")
	p.see(several)
	p.wait(`fetch("/preferences", {method: "POST", body: new URLSearchParams([["columns", "name"], ["column_order", "name"], ["columns_set", "chosen"]])})`)
	for _, from := range []string{"/agents?q=082019", "/queues/1001226?type=callin&q=082019"} {
		p.goTo(from)
		p.see(several)
		p.there(several)
		if n := p.count(several + " [data-recording]"); n > 0 {
			t.Fatalf("%s shows recording", from)
		}
		p.run(`document.querySelector($[0]).focus()`, several+" th a")
		p.keys("r")
		p.at("/agents/082019")
		p.wait(`document.activeElement === document.querySelector("#recording-true-082019")`)
	}
	if n := len(r.writes()); n > 0 {
		t.Errorf("%d sent by the key alone", n)
	}
}

// A phone has no heads of columns: the order is chosen beside the filters, and they say what
// is on and take it away.
func TestPhoneSortsAndFilters(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.resize(390, 844)
	p.goTo("/agents")
	p.click("#more-filters summary")
	p.see("#sort")
	p.choose("#sort", "-extension")
	p.at("/agents?sort=-extension")
	p.wait(`(() => { const ids = [...document.querySelectorAll("tr[data-agent-id]")].map((r) => r.dataset.agentId); return ids.length === 20 && ids[0] > ids[19] })()`)
	p.choose("#status", "0")
	p.see(".filters-on .filter-on")
	p.click(".filters-on .filter-on")
	p.at("/agents?sort=-extension")
	p.gone(".filters-on")
}

// TestASearchIsAskedOnce: leaving the field with what was searched for asks for nothing
// again, which would swap rows under the press that left it; another filter does.
func TestASearchIsAskedOnce(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents")
	p.click("#q")
	p.keys("08201")
	p.at("/agents?q=08201")
	p.see(several)
	asked := p.requests("GET /agents?")
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
	if n := p.requests("GET /agents?"); n != asked {
		t.Errorf("%d requests for one search", n)
	}
	p.click("#drawer .drawer-close")
	p.gone("#drawer[open]")
	p.choose("#status", "1")
	p.at("/agents?q=08201&status=1")
	if n := p.requests("GET /agents?"); n != asked+1 {
		t.Errorf("%d requests for one filter", n-asked)
	}
}
