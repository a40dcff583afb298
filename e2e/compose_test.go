package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
)

// compose types as an input method does that has not made up its mind: Telex in the
// browser, or Japanese.
func (p *tab) compose(text string) {
	p.t.Helper()
	n := int64(len([]rune(text)))
	call(p, input.ImeSetComposition, input.ImeSetCompositionParams{Text: text, SelectionStart: n, SelectionEnd: n})
}

// Enter and Escape belong to the input method while it composes.
func TestComposition(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.click(several + " .row-edit")
	p.see("#drawer[open] #editor-form")
	p.run(`document.querySelector("#add-queue").focus()`)
	p.run(`document.addEventListener("keydown", (e) => { window.pressed = (window.pressed ?? "") + e.key + e.isComposing + " "; }, true)`)
	p.compose("1001008")
	p.wait(`document.querySelector("#add-queue").value === "1001008"`)
	p.keys("\r")
	p.wait(`window.pressed === "Entertrue "`)
	if got := p.count(`.queue-item[data-queue-id="1001008"]`); got != 0 {
		t.Error("Enter of the input method added a queue")
	}
	p.compose("1001008")
	p.keys(kb.Escape)
	p.wait(`window.pressed.endsWith("Escapetrue ")`)
	p.see("#drawer[open] #editor-form")
	// Some browsers end the composition first, and tell it by the key's old code.
	p.run(`document.querySelector("#add-queue").dispatchEvent(Object.defineProperty(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}), "keyCode", {value: 229}))`)
	if got := p.count(`.queue-item[data-queue-id="1001008"]`); got != 0 {
		t.Error("Enter of the input method added a queue")
	}

	call(p, input.InsertText, input.InsertTextParams{Text: "1001008"})
	p.wait(`document.querySelector("#add-queue").value === "1001008"`)
	p.keys("\r")
	p.see(`.queue-item[data-queue-id="1001008"]`)
	p.onDialog(true)
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
}
