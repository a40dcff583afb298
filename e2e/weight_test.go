package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

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

// The first format for dates takes a browser as long as all else of a page's script: a page of
// ages makes none until somebody points at one, who is told the exact time.
func TestNoDateIsFormattedUnasked(t *testing.T) {
	t.Parallel()
	p := setup(t).signIn()
	p.known()
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		window.formats = 0;
		Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, { construct(made, args) { window.formats++; return new made(...args); } });`})
	for _, at := range []string{"/agents", "/queues", "/changes", "/runs"} {
		p.goTo(at)
		p.wait(`document.readyState === "complete"`)
		if n := value[int](p, `window.formats`); n != 0 {
			t.Errorf("%s makes %d formats", at, n)
		}
	}
	p.goTo("/agents")
	p.see("time[data-age]")
	title := value[string](p, `(() => {
		const el = document.querySelector("time[data-age]");
		el.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
		return el.title;
	})()`)
	if n := value[int](p, `window.formats`); n != 1 || !strings.Contains(title, ":") {
		t.Errorf("pointed at, it says %q by %d formats", title, n)
	}
}
