package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/network"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

const (
	maxCold   = 47_000
	maxFilter = 10_000
)

// What the list costs over the wire, headers included.
func TestWeight(t *testing.T) {
	t.Parallel()
	r := setup(t, func(o *options) { o.demo, o.browser = sandbox.DemoOptions{Quiet: true}, whole })
	if total := len(r.api.Agents(r.demo.Tenant)); total != 413 {
		t.Fatalf("%d agents", total)
	}
	p := r.signIn()
	p.known()
	call(p, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	p.reset()
	p.goTo("/agents")
	p.see("tr[data-agent-id]")
	p.until(func() bool { return p.quiet(5) }, func() string { return "the page's assets" })
	if got, urls := p.received(); got > maxCold || got < 20_000 {
		t.Errorf("the list weighs %d bytes cold, of at most %d: %v", got, maxCold, urls)
	} else {
		t.Logf("cold: %d bytes", got)
	}

	p.reset()
	p.choose("#status", "1")
	p.at("/agents?status=1")
	p.wait(`document.querySelectorAll("tbody .tag-status").length === 0`)
	p.until(func() bool { return p.quiet(1) }, func() string { return "the answer's end" })
	if got, urls := p.received(); got > maxFilter || got < 1000 {
		t.Errorf("a filter weighs %d bytes, of at most %d: %v", got, maxFilter, urls)
	} else {
		t.Logf("filter: %d bytes", got)
	}
}
