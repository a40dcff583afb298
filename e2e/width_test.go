package e2e

import (
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// A name of 300 characters without a break makes no page wider than a phone.
func TestNamesWithoutABreak(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Không", 60)
	r := setup(t, func(o *options) {
		o.sandbox = func(c *sandbox.Config) {
			for i := range c.Tenants {
				for j := range c.Tenants[i].Callin {
					c.Tenants[i].Callin[j].Name = long
				}
				for j := range c.Tenants[i].Callout {
					c.Tenants[i].Callout[j].Name = long
				}
			}
		}
	})
	r.api.EditAgent(r.demo.Tenant, "082019", func(a *sandbox.Agent) { a.UserName = long })
	r.api.EditAgent(r.demo.Tenant, "082018", func(a *sandbox.Agent) { a.UserName = long })
	p := r.signIn()
	p.known()
	// What was done with them is in the journal by these names.
	p.edit(several, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	p.see("#toasts [data-toast]")
	r.api.SetQueues(r.demo.Tenant, "082018", sandbox.Callin, []int64{1000886}, nil)
	for _, width := range []int64{390, 320} {
		p.resize(width, 844)
		for path, is := range map[string]string{
			"/agents":                            "tr[data-agent-id]",
			"/agents?queue_id=1000888":           "#filters",
			"/agents/082019":                     ".agent-grid",
			"/agents/082019/queues?type=callin":  "#editor-form",
			"/agents/082019/queues?type=callout": "#editor-form",
			"/connection":                        "[data-trait]",
			"/queues":                            "tr[data-queue-id]",
			"/queues/1000888?type=callin":        "tr[data-agent-id]",
			"/queues/13876?type=callout":         "#queue-figures",
			"/changes":                           "[data-change-id]",
			"/changes?queue_id=1000888":          "[data-change-id]",
		} {
			p.goTo(path)
			p.see(is)
			p.fits(path, width)
		}
		p.goTo("/agents")
		p.edit(several, "1001008")
		p.fits("the drawer", width)
		p.click(`#drawer .queue-item[data-queue-id="1000886"] input`)
		p.see("#drawer [data-confirm]")
		p.fits("the drawer with a question", width)
		p.onDialog(true)
		p.click("#drawer .drawer-close")
		p.gone("#drawer[open]")
	}
}

// fits checks that the page, and the drawer over it, need no sideways panning.
func (p *tab) fits(what string, width int64) {
	p.t.Helper()
	out := value[[]string](p, `(() => {
		const over = [document.scrollingElement, ...document.querySelectorAll("#drawer[open], #drawer[open] .editor-scroll, #drawer[open] .preview")]
			.filter((e) => e.scrollWidth > e.clientWidth);
		if (!over.length) return [];
		return over.map((e) => e.tagName + e.id + " " + e.scrollWidth).concat([...document.querySelectorAll("body *")]
			.filter((e) => e.getBoundingClientRect().right > $[0] + 1).slice(0, 3).map((e) => e.outerHTML.slice(0, 140)));
	})()`, width)
	if len(out) > 0 {
		p.t.Errorf("%s at %d px: %v", what, width, out)
	}
}

// At no width between a small tablet and a desk does the bar at the top push anything out of
// sight, with the longest name that the menu shows.
func TestTopBarFits(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.goTo("/queues")
	for width := int64(1440); width > 760; width -= 40 {
		p.resize(width, 800)
		p.fits("the queues", width)
	}
}

// On a phone the words of the tabs stand apart, in either language.
func TestTabsStandApart(t *testing.T) {
	t.Parallel()
	p := setup(t).signIn()
	p.known()
	for _, lang := range []string{"vi", "en"} {
		p.wait(`fetch("/preferences", {method: "POST", body: new URLSearchParams({lang: $[0]})})`, lang)
		for _, width := range []int64{430, 390, 360, 320} {
			p.resize(width, 800)
			p.goTo("/queues")
			gaps := value[string](p, `(() => {
				const words = [...document.querySelectorAll(".tabs > a > span")].map((e) => {
					const r = document.createRange();
					r.selectNodeContents(e);
					return r.getBoundingClientRect();
				});
				if (words.length !== 4) return words.length + " tabs";
				return words.slice(1).map((w, i) => Math.round(w.left - words[i].right)).filter((gap) => gap < 4).join(", ");
			})()`)
			if gaps != "" {
				t.Errorf("%s at %d px: words of tabs with px between them: %s", lang, width, gaps)
			}
		}
	}
}

// The word on a card's button stands in its middle: a phone draws the button's frame.
func TestCardsButtonHoldsItsWordInTheMiddle(t *testing.T) {
	t.Parallel()
	p := setup(t).signIn()
	p.known()
	p.resize(390, 844)
	p.goTo("/agents")
	p.see(".row-edit")
	off := value[float64](p, `(() => {
		const button = document.querySelector(".row-edit"), word = document.createRange();
		word.selectNodeContents(button);
		const b = button.getBoundingClientRect(), w = word.getBoundingClientRect();
		return (b.left + b.right - w.left - w.right) / 2;
	})()`)
	if off < -2 || off > 2 {
		t.Errorf("%.1f px off", off)
	}
}
