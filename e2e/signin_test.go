package e2e

import (
	"testing"
)

// signIn opens a tab and signs in by typing the key.
func (r *rig) signIn() *tab {
	r.t.Helper()
	p := r.open()
	p.goTo("/sign-in")
	p.enterKey(r.demo.Key)
	p.at("/agents")
	p.see("tr[data-agent-id]")
	return p
}

func (p *tab) enterKey(key string) {
	p.t.Helper()
	p.fill("#api_key", key)
	p.fill("#operator", "Nguyễn Thị Lan")
	p.click("#sign-in")
}

// known waits until the console knows the whole tenant, by the page that shows how
// far it is, without leaving the present one.
func (p *tab) known() {
	p.t.Helper()
	p.wait(`fetch("/queues").then((r) => r.text()).then((t) => t.includes("<tr data-queue-id") && !t.includes('id="progress"'))`)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	p := setup(t).signIn()
	if got := p.count("tr[data-agent-id]"); got != 20 {
		t.Errorf("%d rows", got)
	}
}
