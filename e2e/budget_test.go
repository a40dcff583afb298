package e2e

import "testing"

// The rate limit is a picture while there is plenty. Its number is read out, and seen once it
// is opened, which what refreshes it leaves open.
func TestBudget(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/agents/082018")
	const width = `document.querySelector(".budget-words").getBoundingClientRect().width`
	p.wait(width + " < 2")
	p.see(".budget meter")
	p.click(".budget summary")
	p.wait(width + " > 60")
	p.run(`document.querySelector("#budget").dataset.old = ""`)
	// As a poll would ask: a click beside it closes it.
	p.run(`((button) => button.form.requestSubmit(button))(document.querySelector("#recording-true-082018"))`)
	p.see(`#recording-082018[data-recording="sent-on"]`)
	p.see("#budget:not([data-old])")
	p.see(".budget[open] > .menu-panel")
	if n := p.count(".budget"); n != 1 {
		t.Errorf("%d of them after it was refreshed", n)
	}
	p.keys("\x1b")
	p.wait(width + " < 2")
}
