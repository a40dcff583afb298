package e2e

import (
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web"
)

//go:embed testdata/axe.min.js
var axe string

// violations runs axe-core over what the tab shows, and says each
// violation in a line.
func (p *tab) violations(rules ...string) []string {
	p.t.Helper()
	// A colour on its way to another is neither.
	p.wait(`document.getAnimations().every((a) => a.playState !== "running")`)
	if !value[bool](p, `typeof axe === "object"`) {
		p.must(p.evaluate(nil, "(() => {"+axe+"\n})()"))
	}
	// What a bar that stays in sight covers is scrolled from under it.
	return value[[]string](p, `(() => {
		const flat = new CSSStyleSheet();
		flat.replaceSync(".top, .selection { position: static !important }");
		document.adoptedStyleSheets = [...document.adoptedStyleSheets, flat];
		return axe.run(document, {
			resultTypes: ["violations"],
			...($[0]?.length ? {runOnly: $[0]} : {rules: {"target-size": {enabled: true}}}),
		}).finally(() => document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== flat));
	})().then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target + " " + n.html.slice(0, 150) + " " + n.failureSummary.replaceAll("\n", " "))))`, rules)
}

// faults are what HTML itself demands, that nothing is wider than the screen, and that no
// text is smaller than a phone shows legibly.
const faults = `(() => {
	const bad = [], all = [...document.querySelectorAll("[id]")].map((e) => e.id);
	for (const id of new Set(all.filter((id, i) => all.indexOf(id) !== i))) bad.push("duplicate id " + id);
	for (const l of document.querySelectorAll("label[for]")) if (!document.getElementById(l.htmlFor)) bad.push("label for nothing: " + l.outerHTML);
	for (const l of document.querySelectorAll("label:not([for])")) if (!l.control) bad.push("label of nothing: " + l.outerHTML);
	for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-errormessage", "aria-details", "list", "form"]) {
		for (const e of document.querySelectorAll("[" + name + "]")) {
			for (const id of e.getAttribute(name).split(/\s+/)) if (!document.getElementById(id)) bad.push(name + " names nothing: " + e.outerHTML.slice(0, 200));
		}
	}
	for (const a of document.querySelectorAll('a[href^="#"]')) if (!document.getElementById(a.hash.slice(1))) bad.push("link to nothing: " + a.outerHTML.slice(0, 200));
	for (const e of document.querySelectorAll("[style], [onclick], [onload], script:not([src]), style")) bad.push("inline: " + e.outerHTML.slice(0, 200));
	for (const e of document.querySelectorAll("body *")) {
		const small = (part) => { const px = parseFloat(getComputedStyle(e, part).fontSize); return px > 0 && px < 12; };
		const says = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
		if (e.checkVisibility() && (says && small() || e.dataset.label && small("::before"))) bad.push("smaller than 12 px: " + e.outerHTML.slice(0, 120));
	}
	const wide = document.scrollingElement.scrollWidth - innerWidth;
	if (wide > 0) {
		const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 4);
		bad.push(wide + " px wider than the screen: " + out.map((e) => e.outerHTML.slice(0, 120)).join(" | "));
	}
	return bad;
})()`

// audit checks what the tab shows at both widths and in both themes.
func (p *tab) audit(state string) {
	p.t.Helper()
	themes := []string{"light", "dark"}
	if value[string](p, `document.documentElement.lang`) == "en" {
		themes = themes[:1] // its colours are those of the other language
	}
	for _, width := range []int64{1440, 390} {
		p.resize(width, map[int64]int64{1440: 900, 390: 844}[width])
		p.wait(`innerWidth === $[0]`, width)
		// What opens where the pointer happens to rest is none of the state.
		call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: chromedp.MouseMoved})
		for _, theme := range themes {
			p.run(`document.documentElement.dataset.theme = $[0]`, theme)
			at := fmt.Sprintf("%s, %d px, %s", state, width, theme)
			var rules []string
			if theme == "dark" {
				// All that a theme changes.
				rules = []string{"color-contrast", "link-in-text-block"}
			} else {
				for _, bad := range value[[]string](p, faults) {
					p.t.Errorf("%s: %s", at, bad)
				}
			}
			for _, bad := range p.violations(rules...) {
				p.t.Errorf("%s: %s", at, bad)
			}
		}
	}
	p.resize(1440, 900)
}

// afresh loads a path in which a drawer may be open: loaded again it would be open again.
func (p *tab) afresh(path string) {
	p.t.Helper()
	p.goTo("/agents?status=0")
	p.goTo(path)
}

// A stop is a state of the console, and how to get there from any other.
type stop struct {
	name string
	to   func(*tab)
}

const longQueue = "1001010"

// walk is every page there is, and the editor in every state.
func walk() []stop {
	return append(bulkStops(), []stop{
		{"agents", func(p *tab) {
			// Nobody is chosen: the bar that says so lies over what scrolls under it.
			p.run(`Object.keys(sessionStorage).filter((k) => k.startsWith("agentconsole.chosen")).forEach((k) => sessionStorage.removeItem(k))`)
			p.goTo("/agents?size=50")
			p.see("tr[data-agent-id]")
		}},
		{"agents from the scan, with more filters", func(p *tab) { p.goTo("/agents?user=LOGOUT&sort=-name"); p.see("tr[data-agent-id]") }},
		{"menu", func(p *tab) { p.goTo("/agents?status=0"); p.click("#menu summary"); p.see(".menu-panel") }},
		{"keys", func(p *tab) { p.goTo("/agents?status=0"); p.keys("?"); p.see("#keys[open]") }},
		{"palette", func(p *tab) { p.goTo("/agents?status=0"); p.control('k'); p.see(optionAt) }},
		{"palette with agents and queues", func(p *tab) {
			p.goTo("/queues")
			p.control('k')
			p.finds("10010")
			p.optionIs("[data-agent], [data-queue], #palette-search")
		}},
		{"palette with nothing", func(p *tab) {
			p.goTo("/queues")
			p.control('k')
			p.finds(strings.Repeat("không", 35))
			p.see(".palette-note")
		}},
		{"empty list", func(p *tab) { p.goTo("/agents?q=nobody+is+called+so"); p.see(".empty") }},
		{"agent", func(p *tab) { p.goTo("/agents/082019"); p.see(".agent-grid") }},
		{"hostile agent", func(p *tab) { p.goTo("/agents/199001"); p.see(".agent-grid") }},
		{"no such agent", func(p *tab) { p.goTo("/agents/000000"); p.see(`[data-failure="not-found"]`) }},
		{"drawer", func(p *tab) { p.afresh("/agents?status=1"); p.edit(several, longQueue) }},
		{"drawer with a question", func(p *tab) {
			p.afresh("/agents?status=1")
			p.edit(several, "1000888")
			p.click(`.queue-item[data-queue-id="1000886"] input`)
			p.see("#drawer [data-confirm]")
		}},
		{"drawer with a failure", func(p *tab) {
			p.afresh("/agents?status=1")
			p.edit(several, "1000888")
			p.rig.api.Fail(sandbox.InvalidInput("queue_ids không hợp lệ: " + strings.Repeat("1000888", 30)).On(sandbox.OpQueues))
			p.click(saves)
			p.see(`#editor [data-failure="invalid-input"]`)
		}},
		{"drawer with a countdown", func(p *tab) {
			p.afresh("/agents?status=1")
			p.edit(several, "1000888")
			p.rig.api.Fail(sandbox.RateLimited("2").On(sandbox.OpQueues))
			p.click(saves)
			p.see(`#editor [data-failure="rate-limited"]`)
			p.click("#editor [data-countdown-cancel]")
		}},
		{"drawer with a conflict", func(p *tab) {
			p.afresh("/agents?status=1")
			p.edit(several, "1000888")
			p.rig.api.EditAgent(p.rig.demo.Tenant, "082019", func(a *sandbox.Agent) { a.Callin = append(a.Callin, sandbox.HostileCallin) })
			p.click(saves)
			p.see(`#editor [data-failure="conflict"]`)
			p.rig.api.SetQueues(p.rig.demo.Tenant, "082019", sandbox.Callin, []int64{1001226, 1000886, 1001002}, nil)
		}},
		{"editor as a page", func(p *tab) { p.goTo("/agents/199001/queues?type=callin"); p.see("#editor-form") }},
		{"callout", func(p *tab) { p.goTo("/agents/082019/queues?type=callout"); p.see("#editor-form") }},
		{"connection", func(p *tab) { p.goTo("/connection"); p.see("[data-trait][data-known]") }},
		{"trial save that cannot be", func(p *tab) { p.goTo("/connection/rehearsal?agent_id=082099"); p.see("[data-closed]") }},
		{"queues", func(p *tab) { p.goTo("/queues"); p.see("tr[data-queue-id]") }},
		{"known queues refused", func(p *tab) {
			p.goTo("/queues")
			p.click("#known-queues summary")
			p.fill("#ids", "1001226 CSKH")
			p.click("#keep-known")
			p.see(`#known-queues [data-failure="invalid-input"]`)
		}},
		{"known queues", func(p *tab) {
			p.goTo("/queues/known")
			// One that lacks what was seen is no list of all queues: no trial goes by it.
			ids := "1999999"
			for _, q := range p.rig.demo.Config.Tenants[0].Callin {
				ids += fmt.Sprint(" ", q.ID)
			}
			p.fill("#ids", ids)
			p.click("#keep-known")
			p.at("/queues")
			p.see("[data-known-by]")
		}},
		{"trial save", func(p *tab) {
			p.rig.api.EditAgent(p.rig.demo.Tenant, "082099", func(a *sandbox.Agent) { a.Priority = new(3) })
			p.goTo("/connection/rehearsal?agent_id=082099")
			p.see(`[data-step="omitted"] form`)
		}},
		{"trial save that came right", func(p *tab) {
			p.click(`[data-step="omitted"] button`)
			p.see(`[data-rehearsal="as-before"]`)
		}},
		{"trial save that did not", func(p *tab) {
			p.goTo("/connection/rehearsal?agent_id=082099")
			p.rig.api.Fail(sandbox.InvalidInput("queue_ids không hợp lệ").On(sandbox.OpQueues).After(1))
			p.click(`[data-step="omitted"] button`)
			p.see(`[data-rehearsal="changed"]`)
		}},
		{"queue", func(p *tab) { p.goTo(fmt.Sprintf("/queues/%d", sandbox.HostileCallin)); p.see("tr[data-agent-id]") }},
		{"queue with a question", func(p *tab) {
			p.goTo("/queues/1000886")
			p.click(several + " button")
			p.see("[data-confirm]")
		}},
		{"queue of nobody", func(p *tab) { p.goTo("/queues/1"); p.see(".page-queue") }},
		{"toast", func(p *tab) {
			p.goTo("/agents?status=1&queue_id=1001226")
			p.edit(`tr[data-agent-id="082018"]`, "1000888")
			p.click(saves)
			p.see("#toasts .toast-good form")
		}},
		{"changes", func(p *tab) {
			p.goTo("/agents/082018")
			p.click("#recording-082018 [value=true]")
			p.see(`[data-recording="sent-on"]`)
			p.goTo("/changes")
			p.see("[data-change-id]")
		}},
		{"no changes", func(p *tab) { p.goTo("/changes?agent_id=nobody"); p.see(".empty") }},
		{"undo", func(p *tab) {
			p.rig.api.Fail(unreadable())
			p.goTo("/changes?kind=callin")
			p.click(`form[action$="/undo"] button`)
			p.see("[data-confirm]")
			p.rig.api.ClearFaults()
		}},
		{"nothing to undo", func(p *tab) {
			p.rig.api.SetQueues(p.rig.demo.Tenant, "082018", sandbox.Callin, []int64{1001226}, nil)
			p.goTo("/changes?kind=callin")
			p.click(`form[action$="/undo"] button`)
			p.see(".page-editor .notice")
		}},
		{"no such page", func(p *tab) { p.goTo("/nowhere"); p.see("[data-failure]") }},
		{"agents unreachable", func(p *tab) {
			p.rig.api.Fail(sandbox.CaptivePortal().On(sandbox.OpList).Repeat(sandbox.Always))
			p.goTo("/agents?status=1&page=0")
			p.see(`#agents [data-failure="unreachable"]`)
			p.rig.api.ClearFaults()
		}},
		{"sign-in refused", func(p *tab) {
			p.goTo("/sign-in")
			p.enterKey("sk_not_this_one")
			p.see(`[data-failure="unauthorized"]`)
		}},
		{"no saved filters", func(p *tab) { p.goTo("/filters"); p.see(".empty") }},
		{"a saved filter refused", func(p *tab) {
			p.goTo("/filters/new?status=1&q=" + strings.Repeat("9", 300))
			p.fill("#filter-set-name", " ")
			p.click("#filter-set-save")
			p.see(`[data-failure="invalid-input"]`)
		}},
		{"the menu of saved filters", func(p *tab) {
			for _, whose := range []string{"mine", "everybody"} {
				p.wait(`fetch("/filters?status=1", {method: "POST", body: new URLSearchParams({name: "W".repeat(60), whose: $[0]})}).then((r) => r.ok)`, whose)
			}
			p.goTo("/agents?status=1")
			p.see(".filter-set-on")
			p.click(filterSets)
			p.see(filterSetsOpen)
		}},
		{"saved filters", func(p *tab) { p.goTo("/filters"); p.see("[data-filter-set]") }},
		{"one saved filter", func(p *tab) {
			p.goTo("/filters")
			p.click("[data-filter-set]:last-child .filter-set-does a")
			p.see("#filter-set-delete summary")
			p.click("#filter-set-delete summary")
			p.see("#filter-set-delete .button-danger")
		}},
		{"demo controls", func(p *tab) {
			fault, _ := sandbox.PresetNamed("reset-after-apply")
			p.rig.api.Fail(fault.For("nobody").Repeat(sandbox.Always))
			for range 5 {
				p.rig.api.SecondAdmin().Act()
			}
			p.goTo("/_demo")
			p.see("#answers summary")
			p.click("#answers summary")
			p.see("[data-deed]")
			p.see("[data-fault]")
		}},
		{"demo controls refused", func(p *tab) {
			p.goTo("/_demo")
			p.choose("#kind", "ignored-write")
			p.choose("#route", "list")
			p.click("#faults-form .button")
			p.see(`[data-failure="invalid-input"]`)
			p.rig.api.ClearFaults()
		}},
		{"sign-in", func(p *tab) { p.goTo("/sign-in?reason=expired&next=%2Fagents"); p.see("#api_key") }},
	}...)
}

// hostile is a small tenant with names that are long, and names that are markup.
func hostile(o *options) {
	o.demo = sandbox.DemoOptions{Agents: 12, Quiet: true, Hostile: true}
	o.console = func(o *web.Options) { o.WriteRehearsal = []string{"sandbox"} }
	o.sandbox = func(c *sandbox.Config) {
		c.Tenants[0].Agents = append(c.Tenants[0].Agents, sandbox.Agent{
			ID: "082099", UserName: strings.Repeat("Nguyễn Thị Ánh Nguyệt – chăm sóc khách hàng ", 6) + strings.Repeat("dài", 60),
			Active: true, Callin: []int64{1001010, 1001009, 1001004, sandbox.HostileCallin}, Callout: []int64{13881},
		})
	}
}

// Every page in both languages and themes, at a desk and on a phone: axe-core finds
// nothing, the HTML holds together, and nothing has to be panned sideways.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"vi", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			r := setup(t, hostile)
			p := r.signIn()
			// Nothing may hide from the checks by being on its way.
			call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
			})
			p.expectStatus(http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests,
				http.StatusConflict, http.StatusBadGateway, http.StatusUnauthorized)
			p.onDialog(true) // each stop leaves the one before, whatever was typed there
			p.known()
			p.wait(`fetch("/preferences", {method: "POST", body: new URLSearchParams({lang: $[0]})})`, lang)
			for _, s := range walk() {
				s.to(p)
				if got := value[string](p, `document.documentElement.lang`); got != lang {
					t.Fatalf("%s speaks %s", s.name, got)
				}
				p.audit(lang + ", " + s.name)
			}
		})
	}
}

// Names are text, whatever they look like.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	r := setup(t, hostile)
	p := r.signIn()
	p.known()
	p.goTo("/agents?size=50")
	names := value[[]string](p, `[...document.querySelectorAll('tr[data-agent-id^="199"] .whom bdi')].map((e) => e.textContent)`)
	var want []string
	for _, name := range sandbox.HostileNames() {
		// HTML drops NUL, and turns CR LF into LF.
		want = append(want, strings.NewReplacer("\x00", "", "\r\n", "\n").Replace(name))
	}
	for _, name := range want {
		if !slices.Contains(names, name) {
			t.Errorf("no row is named %q, but: %q", name, names)
		}
	}
	for _, path := range []string{"/agents?size=50", "/agents/199001", "/agents/199002/queues?type=callin", "/queues", fmt.Sprintf("/queues/%d", sandbox.HostileCallin)} {
		p.goTo(path)
		p.wait(`document.body.innerText.includes("<b>Đậm</b>")`)
		if got := p.count("main b:not([data-countdown]):not(.list-count b):not(#selection b), main img, main script, main i"); got != 0 {
			t.Errorf("%s: %d elements that a name brought in", path, got)
		}
	}
	// The neighbour that a lost zero would make of 082018 is somebody else.
	p.goTo("/agents?size=50")
	p.edit(`tr[data-agent-id="82018"]`, "1000888")
	p.click(saves)
	p.gone("#drawer[open]")
	if got := r.writes(); len(got) != 1 || !strings.HasPrefix(got[0], "/api/v1/agents/82018/queues ") {
		t.Errorf("on the wire: %v", got)
	}
	if got := r.agent("082018").Callin; len(got) != 1 {
		t.Errorf("082018 is in %v", got)
	}
}
