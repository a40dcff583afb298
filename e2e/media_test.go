package e2e

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// media has the page shown by another medium, or with one more preference than people have
// mostly; "" for neither.
func (p *tab) media(medium, feature, is string) {
	p.t.Helper()
	params := emulation.SetEmulatedMediaParams{Media: medium}
	if feature != "" {
		params.Features = []*emulation.MediaFeature{{Name: feature, Value: is}}
	}
	call(p, emulation.SetEmulatedMedia, params)
}

const (
	// pressed is what is seen of what does something where it is pressed. The boxes of a plan
	// say on paper too who is left out.
	pressed = `[...document.querySelectorAll("button, .button, input, select, textarea, nav, header, dialog, .toast, .menu, .skip")]
	.filter((e) => e.checkVisibility() && !e.closest(".cell-tick") && e.type !== "hidden").map((e) => e.outerHTML.slice(0, 90))`
	// lost is what a sheet does not have all of: what is cut, has no size or stands beside it.
	lost = `[...document.querySelectorAll("main *")].filter((e) => {
	if (e.matches(".presence > *") && getComputedStyle(e).fontSize === "0px") return true;
	if (!e.checkVisibility() || e.closest(".visually-hidden, svg")) return false;
	const box = e.getBoundingClientRect(), style = getComputedStyle(e);
	return box.width > 1 && box.right > innerWidth + 1 ||
		style.overflowX !== "visible" && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1 ||
		style.overflowY !== "visible" && e.clientHeight > 1 && e.scrollHeight > e.clientHeight + 1;
}).map((e) => e.outerHTML.slice(0, 120))`
)

// What is printed is what is known, all of it, and nothing that can be pressed: on an upright
// sheet and on one that lies, whatever the theme and with names that are long.
func TestPaper(t *testing.T) {
	t.Parallel()
	p := setup(t, hostile, func(o *options) {
		names := o.sandbox
		o.sandbox = func(c *sandbox.Config) { names(c); c.Style = sandbox.Joined }
	}).signIn()
	p.known()
	p.goTo("/agents/082019")
	p.click(`[data-recording] button[value=true]`)
	p.see(`[data-recording="sent-on"]`)
	p.goTo("/runs/new?operation=recording-on&agent_ids=082018&agent_ids=082019&agent_ids=082099")
	p.click("#run-plan")
	p.see(`[data-run-state="planned"]`)
	run := value[string](p, `location.pathname`)
	for _, sheet := range []struct {
		name          string
		width, height int64
	}{{"upright", 718, 1046}, {"lying", 1046, 718}} {
		p.resize(sheet.width, sheet.height)
		for _, page := range []struct{ path, content string }{
			{"/agents?size=100", "tr[data-agent-id] .whom"},
			{"/agents?size=100", several + " [data-queues=callin] .rest [data-queue-id]"},
			{"/agents?size=100", "td.now"},
			{"/agents/082019", "[data-recording] .state"},
			{"/queues", ".coverage"},
			{"/queues/1000886?type=callin", "tr[data-agent-id] .cell-name"},
			{run, "[data-run-item] .cell-tick input"},
			{"/runs", "[data-run-id]"},
			{"/changes", "[data-change-id] .change-what"},
			{"/connection", "[data-trait]"},
		} {
			p.media("", "", "")
			p.goTo(page.path)
			p.see("main h1")
			if value[bool](p, `document.querySelector(".paper").checkVisibility()`) {
				t.Errorf("%s, %s: what heads a sheet is on the screen", sheet.name, page.path)
			}
			p.run(`document.documentElement.dataset.theme = "dark"`)
			p.media("print", "", "")
			p.wait(`matchMedia("print").matches`)
			p.see(page.content)
			if got := value[[]string](p, pressed); len(got) > 0 {
				t.Errorf("%s, %s: printed is what can be pressed: %q", sheet.name, page.path, got)
			}
			// A narrow sheet is no telephone, which has a card in place of a row.
			if n := p.count("main table"); n > 0 && value[string](p, `getComputedStyle(document.querySelector("main tbody tr")).display`) != "table-row" {
				t.Errorf("%s, %s: no rows are printed", sheet.name, page.path)
			}
			if got := value[[]string](p, lost); len(got) > 0 {
				t.Errorf("%s, %s: not all of it is printed: %q", sheet.name, page.path, got)
			}
			if got := value[string](p, `document.querySelector(".paper").innerText`); !ofWhat.MatchString(got) {
				t.Errorf("%s, %s: the sheet is headed %q", sheet.name, page.path, got)
			}
			if got := value[string](p, `getComputedStyle(document.body).backgroundColor`); got != "rgb(255, 255, 255)" {
				t.Errorf("%s, %s: on %s", sheet.name, page.path, got)
			}
		}
	}
}

// ofWhat is what heads a sheet: of which environment and tenant, and of when.
var ofWhat = regexp.MustCompile(`^Agent Console\s+Môi trường: Sandbox\s+Tenant: AloHub\s+Mở lúc \d\d/\d\d/\d{4} \d\d:\d\d UTC`)

// A page that was opened a while ago is printed with both times, where the browser is.
func TestPrintedAt(t *testing.T) {
	t.Parallel()
	p := setup(t).signIn()
	p.goTo("/changes")
	p.see("main h1")
	at := `[...document.querySelectorAll(".paper time")].map((e) => e.textContent)`
	opened := value[string](p, `document.querySelector(".paper time").dateTime`)
	if got := value[[]string](p, at); !strings.HasSuffix(got[0], " UTC") || got[1] != "" {
		t.Errorf("before it is printed it says %q", got)
	}
	call(p, page.PrintToPDF, page.PrintToPDFParams{})
	want := value[[]string](p, `[new Date($[0]), new Date()].map((d) => new Intl.DateTimeFormat("vi", { dateStyle: "short", timeStyle: "short" }).format(d))`, opened)
	if got := value[[]string](p, at); got[0] != want[0] || got[1] != want[1] {
		t.Errorf("printed it says %q, want %q", got, want)
	}
}

// Where a system has but its own few colours, what a fill says is said by a line.
func TestForcedColours(t *testing.T) {
	t.Parallel()
	p := setup(t).signIn()
	p.known()
	p.media("", "forced-colors", "active")
	p.goTo("/agents")
	p.see(several)
	p.wait(`matchMedia("(forced-colors: active)").matches`)
	// differs is whether two elements look other than each other: a line around them, or a
	// fill of the system's.
	differs := func(what, one, other string) {
		t.Helper()
		p.see(one)
		p.see(other)
		const look = `((e) => { const s = getComputedStyle(e); return [s.outlineStyle === "none" ? "" : s.outline, s.borderTopStyle, s.borderTopWidth, s.borderTopColor, s.fill].join(" ") })(document.querySelector($[0]))`
		if a, b := value[string](p, look, one), value[string](p, look, other); a == b {
			t.Errorf("%s: %s and %s are both %s", what, one, other, a)
		}
	}
	differs("the current tab", ".tabs > a[aria-current]", ".tabs > a:not([aria-current])")
	p.click(several + " input[type=checkbox]")
	p.see(".selection[data-chosen]")
	differs("a chosen row", several, `tr[data-agent-id]:not([data-agent-id="082019"])`)
	p.keys("k")
	differs("the focus", "tr[data-agent-id] th > a:focus-visible", "tr[data-agent-id] th > a:not(:focus-visible)")
	glyphs := value[[]string](p, `[".state-good", ".state-off"].map((s) => getComputedStyle(document.querySelector(".presence > " + s), "::before").backgroundColor)`)
	if glyphs[0] == glyphs[1] {
		t.Errorf("available and not are both %s", glyphs[0])
	}
	p.palette()
	p.see(optionAt)
	differs("the choice", optionAt, `#palette-list [aria-selected="false"]`)
	differs("the field", ".palette-field", ".palette-foot")
	p.goTo("/queues")
	for _, pair := range [][2]string{{".coverage-all", ".coverage-active"}, {".coverage-active", ".coverage-available"}, {".coverage-all", ".coverage-available"}} {
		differs("the coverage", pair[0], pair[1])
	}
}

// unsaid is what a row that has the focus does not say in full: of its presences, and of its
// name, which lies over no word about it.
const unsaid = `(() => {
	const row = document.activeElement.closest("tr"), out = [];
	row.scrollIntoView({ block: "center" });
	const box = row.querySelector(".presence"), within = box.getBoundingClientRect(), edge = row.getBoundingClientRect();
	const rects = (e) => { const r = document.createRange(); r.selectNodeContents(e); return [...r.getClientRects()]; };
	const inside = (r, b) => r.left > b.left - 1 && r.right < b.right + 1 && r.top > b.top - 1 && r.bottom < b.bottom + 1;
	if (!box.textContent) out.push("nothing is said");
	if (within.right > edge.right) out.push("it goes out of the list");
	for (const said of box.children) {
		const all = rects(said).filter((r) => r.width > 0);
		if (!all.length) out.push("not shown: " + said.outerHTML);
		for (const r of all) {
			if (!inside(r, within)) out.push("out of its box: " + said.outerHTML);
			if (!box.contains(document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2))) out.push("covered: " + said.outerHTML);
		}
	}
	const link = document.activeElement.getBoundingClientRect();
	for (let e = document.activeElement.parentElement; e !== row; e = e.parentElement) {
		const style = getComputedStyle(e), room = parseFloat(style.overflowClipMargin) || 0, b = e.getBoundingClientRect();
		if (style.overflow !== "visible" && (link.left - 3 < b.left - room || link.top - 3 < b.top - room)) out.push("the line of the focus is cut: " + e.outerHTML);
	}
	const name = row.querySelector(".whom bdi"), cell = row.querySelector(".whom").getBoundingClientRect();
	if (name && rects(name).some((r) => !inside(r, cell))) out.push("the name is out of its cell: " + name.outerHTML);
	for (const tag of name ? row.querySelectorAll(".named > .tag") : []) {
		const t = tag.getBoundingClientRect();
		if (rects(name).some((r) => r.right > t.left + 1 && r.left < t.right && r.bottom > t.top + 1 && r.top < t.bottom - 1)) out.push("the name lies over " + tag.outerHTML);
	}
	return out;
})()`

// A row that the focus is on says all it knows of its agent's presence, also where that is
// nothing or a word of the API's own, wherever its column stands; and the colours are the
// system's or not.
func TestFocusedRow(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for id, word := range map[string]string{"082018": "", "082021": sandbox.NotAvailable, "082026": "IN A MEETING UNTIL THE AFTERNOON"} {
		r.api.EditAgent(r.demo.Tenant, id, func(a *sandbox.Agent) {
			a.SystemStatus, a.Pinned = word, true
			if word == "" {
				a.UserStatus = ""
			}
		})
	}
	p := r.signIn()
	p.known()
	for _, last := range []bool{false, true} {
		if last {
			p.wait(`fetch("/preferences", {method: "POST", body: new URLSearchParams($[0])})`, "column_order=name&column_order=callin&column_order=callout&column_order=presence&columns=name&columns=callin&columns=callout&columns=presence")
		}
		for _, forced := range []string{"none", "active"} {
			p.media("", "forced-colors", forced)
			for _, width := range []int64{1440, 1024, 390} {
				p.resize(width, 900)
				p.goTo("/agents?q=082018+082019+082021+082026+082031")
				p.see(several)
				if n := p.count("tr[data-agent-id]"); n < 5 {
					t.Fatalf("%d rows", n)
				}
				for range p.count("tr[data-agent-id]") {
					p.keys("j")
					if got := value[[]string](p, unsaid); len(got) > 0 {
						t.Errorf("%d px, colours forced %s, last %t: %q", width, forced, last, got)
					}
				}
			}
		}
	}
}
