package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// focused is what has the focus, as a selector of this package's making.
func (p *tab) focused(selector string) {
	p.t.Helper()
	p.wait(`document.activeElement === document.querySelector($[0])`, selector)
}

func TestDrawerFocus(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()

	// By keyboard: the drawer takes the focus, keeps it, and gives it back.
	p.run(`document.querySelector($[0]).focus()`, several+" .row-edit")
	p.keys("\r")
	p.see("#drawer[open] #editor-form")
	p.focused("#add-queue")
	for range 30 {
		p.keys("\t")
	}
	if !value[bool](p, `document.querySelector("#drawer").contains(document.activeElement) || document.activeElement === document.body`) {
		t.Errorf("Tab left the drawer for %s", value[string](p, `document.activeElement.outerHTML`))
	}
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
	p.focused(several + " .row-edit")

	// By its button, and after a save, which replaces the row.
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
	p.click("#drawer .drawer-close")
	p.gone("#drawer[open]")
	p.focused(several + " .row-edit")

	p.edit(several, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	p.focused(several + " .row-edit")
}

// Unsaved edits are asked about before they are dropped, and only those.
func TestUnsavedEdits(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	typed := `#drawer[open] .queue-item[data-queue-id="1000888"]`

	p.onDialog(false)
	asked := 0
	for name, leave := range map[string]func(){
		"Escape":         func() { p.keys(kb.Escape) },
		"the button":     func() { p.click("#drawer .drawer-close") },
		"cancel":         func() { p.click("#drawer .editor-actions [data-drawer-close].button") },
		"the other list": func() { p.click("#drawer .tabs-inner a:nth-of-type(2)") },
		"another page":   func() { p.run(`location.href = "/queues"`) },
	} {
		before, pressed := p.opened(), time.Time{}
		p.until(func() bool {
			// A busy browser may lose a click while it lays the page out anew.
			if p.opened() == before && time.Since(pressed) > patience/4 {
				leave()
				asked, pressed = asked+1, time.Now()
			}
			return p.opened() > before
		}, func() string { return "a question about unsaved edits on " + name })
		p.see(typed)
	}
	if got := p.opened(); got > asked {
		t.Errorf("%d questions for %d tries to leave", got, asked)
	}
	p.onDialog(true)
	p.keys(kb.Escape)
	p.gone("#drawer[open]")

	// Taken back by hand, there is nothing to ask about: a dialog would fail the test.
	p.asks = false
	p.edit(several, "1000888")
	p.click(typed + " input")
	p.wait(`document.querySelector("#editor-save").disabled`)
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
	if got := r.writes(); len(got) != 0 {
		t.Errorf("written: %v", got)
	}
}

// The editor as a page of its own warns as the drawer does.
func TestUnsavedEditsOnThePage(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.goTo("/agents/082019/queues?type=callin")
	p.fill("#priority", "9")
	p.onDialog(false)
	p.run(`location.href = "/queues"`)
	p.until(func() bool { return p.opened() == 1 }, func() string { return "a question about unsaved edits" })
	p.wait(`document.querySelector("#priority").value === "9"`)
	p.onDialog(true)
	p.reload()
	p.until(func() bool { return p.opened() == 1 }, func() string { return "a question about unsaved edits" })
	p.wait(`document.readyState === "complete" && document.querySelector("#priority")?.value === "2"`)
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	open := func(n string) string { return "tbody tr:nth-child(" + n + ") th a" }
	p.keys("j")
	p.focused(open("1"))
	p.keys("jj")
	p.focused(open("3"))
	p.keys("k")
	p.focused(open("2"))
	p.keys("e")
	p.see("#drawer[open] #editor-form")
	p.focused("#add-queue")
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
	p.focused("tbody tr:nth-child(2) .row-edit")
	p.keys("/")
	p.focused("#q")
	// In a field the same keys are only letters.
	p.keys("jke?")
	p.wait(`document.querySelector("#q").value === "jke?"`)
	p.see("#agents .empty")
	p.keys(kb.Escape)
	p.wait(`document.activeElement.id !== "q"`)
	p.keys("?")
	p.see("#keys[open]")
	if got := p.text("#keys"); !strings.Contains(got, "j") {
		t.Errorf("the help says %q", got)
	}
	p.keys(kb.Escape)
	p.gone("#keys[open]")

	// The search finds without accents, and says so in the URL.
	p.keys("/")
	p.run(`document.querySelector("#q").select()`)
	p.keys("nguyen thi anh")
	p.at("/agents?q=nguyen+thi+anh")
	p.see(several)
	p.wait(`document.querySelectorAll("tbody tr").length === 1`)
	p.focused("#q")
}

// TestCancelOnThePageOfTheEditor: opened in a tab of its own, there is nothing to go back to.
func TestCancelOnThePageOfTheEditor(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents/082019/queues?type=callin")
	p.see("#editor-form")
	p.click(".editor-actions [data-drawer-close]")
	p.at("/agents/082019")
	p.goTo("/agents/082019/queues?type=callin")
	p.see("#editor-form")
	p.fill("#priority", "9")
	p.asks = true
	p.onDialog(true)
	p.click(".editor-actions [data-drawer-close]")
	p.at("/agents/082019")
	if p.opened() != 1 {
		t.Errorf("asked %d times about what was typed", p.opened())
	}
}

// What Tab comes to in the drawer is not left beneath what Save would send, on a laptop and
// on a phone (WCAG 2.4.11).
func TestNothingIsFocusedOutOfSight(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	for _, size := range [][2]int64{{1366, 768}, {1366, 705}, {390, 844}} {
		p.resize(size[0], size[1])
		p.goTo("/agents")
		p.edit(several, "1001008")
		p.click(`#drawer .queue-item[data-queue-id="1000886"] input`)
		p.wait(`document.querySelector("#preview-body .diff-minus")`)
		hidden := value[[]string](p, `(() => {
			const out = [];
			for (const el of document.querySelectorAll("#drawer #editor-form :is(input:not([type=hidden]), button, select, summary, a[href])")) {
				if (!el.checkVisibility() || el.disabled) continue;
				el.focus();
				const r = el.getBoundingClientRect();
				const hit = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
				if (!hit || !(el.contains(hit) || hit.contains(el) || hit.closest("label")?.contains(el))) out.push(el.outerHTML.slice(0, 90));
			}
			return out;
		})()`)
		if len(hidden) > 0 {
			t.Errorf("at %d × %d hidden as it has the focus: %q", size[0], size[1], hidden)
		}
		p.onDialog(true)
		p.click("#drawer .drawer-close")
		p.gone("#drawer[open]")
	}
}
