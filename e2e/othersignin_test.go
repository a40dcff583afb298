package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// signInElsewhere signs the browser in as somebody else, as another of its tabs does.
func (p *tab) signInElsewhere(operator string) {
	p.t.Helper()
	p.wait(`fetch("/sign-in", {method: "POST", body: new URLSearchParams({environment: "sandbox", api_key: $[0], operator: $[1]})})
		.then((r) => r.ok)`, p.rig.demo.Key, operator)
}

// A tab that shows one sign-in does nothing in another: a save, a click on recording
// and the refresh say so once, and what was typed can be saved after signing in again.
func TestTabOfAnotherSignIn(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	p.signInElsewhere("Trần Văn Khác")
	p.expectStatus(http.StatusConflict)
	p.click(saves)
	said := `#drawer[open] [data-toast][data-failure="other-session"]`
	p.see(said)
	for _, name := range []string{"Nguyễn Thị Lan", "Trần Văn Khác"} {
		if text := p.text(said); !strings.Contains(text, name) {
			t.Errorf("%q does not name %s", text, name)
		}
	}
	p.see(`#drawer[open] .queue-item[data-queue-id="1000888"]`)
	p.hurry("0.5")
	p.stays("while it shows another sign-in's rows")
	p.click(saves)
	p.wait(`document.querySelectorAll("[data-failure=other-session]").length === 1`)
	if got := r.writes(); len(got) != 0 {
		t.Errorf("sent %v", got)
	}

	// The way to sign in again brings what was typed.
	p.click(said + " a[href*='/sign-in']")
	p.see("#api_key")
	if got := value[string](p, `document.querySelector("#operator").value`); got != "Nguyễn Thị Lan" {
		t.Errorf("the key form is for %q", got)
	}
	p.fill("#api_key", r.demo.Key)
	p.click("#sign-in")
	p.see(`#editor-form .queue-item[data-queue-id="1000888"]`)
	p.wait(`!document.querySelector("` + saves + `").disabled`)
	p.click(saves)
	p.wait(`document.querySelector("[data-result]")`)
	if got := r.writes(); len(got) != 1 {
		t.Errorf("sent %v", got)
	}

	// In the list: paging and recording say it over the page, and leave it as it is.
	p.goTo("/agents")
	p.signInElsewhere("Trần Văn Khác")
	p.click(several + ` [data-recording] button[value="true"], ` + several + ` [data-recording] button`)
	p.see(`#toasts [data-failure="other-session"]`)
	p.see(several)
	if got := r.writes(); len(got) != 1 {
		t.Errorf("sent %v", got)
	}
}
