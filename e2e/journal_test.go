package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
)

// change makes one change, of which the journal then has a row.
func (p *tab) change() {
	p.t.Helper()
	p.goTo("/agents?status=1&queue_id=1001226")
	p.edit(`tr[data-agent-id="082018"]`, "1000888")
	p.click(saves)
	p.see("#toasts .toast-good form")
}

// The journal's days and times are the browser's, and a day is written the way people here
// write it, in a browser of any language.
func TestJournalDays(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.change()
	for _, zone := range []string{"Pacific/Kiritimati", "Pacific/Pago_Pago"} { // 14 hours east, 11 west: of any moment one has another day than UTC
		call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone})
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		p.goTo("/changes")
		p.wait(`document.querySelectorAll(".change-day").length === 1`)
		p.wait(`document.querySelector(".change-day").textContent.includes($[0])`, time.Now().In(place).Format("02/01/2006"))
		p.wait(`document.querySelector(".change-day time").textContent.toLowerCase().startsWith("hôm nay")`)
		today := time.Now().In(place).Format(time.DateOnly)
		p.click(`.spans [data-days="0 0"]`)
		p.wait(`new URLSearchParams(location.search).get("from") === $[0] && new URLSearchParams(location.search).get("to") === $[0]`, today)
		p.see("[data-change-id]")
		p.see(`.spans [aria-current][data-days="0 0"]`)
		if got, want := value[string](p, `document.querySelector("#from").value`), time.Now().In(place).Format("02/01/2006"); got != want {
			t.Errorf("%s: the field has %q, want %q", zone, got, want)
		}
		p.click(`.spans [data-days="1 1"]`)
		p.see(".empty")
	}
	// What the browser's own calendar picks is written so too, and asked for as typed.
	p.goTo("/changes")
	p.run(`((picker) => { picker.value = "2026-02-01"; picker.dispatchEvent(new Event("change", { bubbles: true })); })(document.querySelector("[data-picks=from]"))`)
	if got := value[string](p, `document.querySelector("#from").value`); got != "01/02/2026" {
		t.Errorf("the calendar's day is written %q", got)
	}
	p.click(".filters .filter-actions button")
	p.wait(`location.search.includes("from=01%2F02%2F2026")`)
	p.see("[data-change-id]")
}

// A row is one line: what takes the change back is seen when the row is pointed at or has the
// focus, and what was sent when it is opened.
func TestJournalRow(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.change()
	p.goTo("/changes")
	const undo, shown = `.change form[action$="/undo"] button`, `getComputedStyle(document.querySelector(".change form")).opacity === $[0]`
	p.wait(shown, "0")
	if tall := value[float64](p, `document.querySelector(".change").getBoundingClientRect().height`); tall > 44 {
		t.Errorf("a row is %v px high", tall)
	}
	p.run(`document.querySelector(".change summary").focus()`)
	p.wait(shown, "1")
	p.run(`document.activeElement.blur()`)
	p.wait(shown, "0")
	p.run(`document.querySelector(".change summary").focus()`)
	p.keys("\r")
	p.see(".change pre")
	p.see(undo)
	// On a phone it shows with the rest, and the agent's name is not cut.
	p.resize(390, 844)
	p.goTo("/changes")
	if got := value[string](p, `getComputedStyle(document.querySelector(".change form")).display`); got != "none" {
		t.Errorf("of a closed row on a phone the undo is %s", got)
	}
	p.wait(`(el => el.scrollWidth <= el.clientWidth)(document.querySelector(".change-agent"))`)
	p.click(".change summary .change-what")
	p.see(undo)
	p.click(undo)
	p.wait(`location.pathname === "/agents/082018"`)
	p.see(`.page-agent [data-result="verified"]`)
}

// Without script the journal opens too, and says that its days are UTC's.
func TestJournalWithoutScript(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.change()
	p.withoutScript()
	p.load("/changes")
	if got, want := p.text(".change-day"), time.Now().UTC().Format("02/01/2006")+" UTC"; got != want {
		t.Errorf("the day is %q, want %q", got, want)
	}
	p.click(".change summary .change-what")
	p.see(".change pre")
}
