package e2e

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

//go:embed testdata/monkey.js
var overTheShoulder string

// TestMonkey clicks, types, goes back and forward, opens tabs and loses the network at
// random, for as long as CONSOLE_TEST_MONKEY says (20m; some seconds by default), against
// an API that fails. Whatever it does there is no script error, no write that nobody has
// sent, address and list belong together, and the focus is somewhere. What it finds is
// done again with CONSOLE_TEST_MONKEY_SEED, which it prints; the answers' times are not
// in the seed.
func TestMonkey(t *testing.T) {
	t.Parallel()
	long := 5 * time.Second
	if s := os.Getenv("CONSOLE_TEST_MONKEY"); s != "" {
		var err error
		if long, err = time.ParseDuration(s); err != nil {
			t.Fatalf("CONSOLE_TEST_MONKEY: %v", err)
		}
	}
	seed := rand.Uint64()
	if s := os.Getenv("CONSOLE_TEST_MONKEY_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("CONSOLE_TEST_MONKEY_SEED: %v", err)
		}
	}
	t.Logf("CONSOLE_TEST_MONKEY_SEED=%d", seed)
	r := setup(t, failing)
	m := &monkey{t: t, rig: r, dice: rand.New(rand.NewPCG(seed, 0))}
	m.adopt(r.open())
	m.recover()
	end := time.Now().Add(long)
	for time.Now().Before(end) && !t.Failed() {
		m.move()
		m.check()
	}
	m.calm()
	for _, m.tab = range m.tabs {
		m.check()
		m.recover()
	}
	t.Logf("%d moves, %d writes", m.moves, len(r.writes()))
	if t.Failed() {
		t.Logf("the last moves:\n%s", strings.Join(m.log[max(0, len(m.log)-60):], "\n"))
	}
}

type monkey struct {
	t       *testing.T
	rig     *rig
	dice    *rand.Rand
	tabs    []*tab
	tab     *tab
	offline int // moves until the network is there again
	moves   int
	log     []string
}

// adopt plays with a tab too.
func (m *monkey) adopt(p *tab) {
	p.allow("Failed to load resource", "htmx: htmx:error: Failed to fetch", "htmx: htmx:error: The user aborted",
		"Autofocus processing was blocked", "ERR_INTERNET_DISCONNECTED", "htmx: htmx:error: timeout", "chrome-error:", "beforeunload",
		"An invalid form control") // what was typed before a drawer opened over it
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: overTheShoulder})
	call(p, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID})
	p.onDialog(true)
	m.tabs, m.tab = append(m.tabs, p), p
}

func (m *monkey) did(format string, args ...any) {
	m.log = append(m.log, fmt.Sprintf("%4d tab %d: ", m.moves, slices.Index(m.tabs, m.tab))+fmt.Sprintf(format, args...))
}

func oneOf[T any](m *monkey, all []T) T { return all[m.dice.IntN(len(all))] }

// theList is what swaps the list.
const theList = `#agents .sort, #agents .paging a, #agents-read, #agents-moved a`

// move does one thing.
func (m *monkey) move() {
	m.moves++
	if m.offline > 0 {
		if m.offline--; m.offline == 0 {
			m.network(true)
		}
	}
	m.tab.onDialog(m.dice.IntN(3) > 0)
	switch roll := m.dice.IntN(100); {
	case roll < 10:
		// As somebody does who does not wait for an answer.
		m.press(theList)
		m.press(theList)
	case roll < 16:
		m.choose()
		m.press(theList)
	case roll < 40:
		m.press(`a[href]:not([download]):not([href*="_demo"]), button:not(#sign-out, [form=sign-out-form]):not(#calm), summary, input[type=checkbox], .queue-item label`)
	case roll < 48:
		m.press(`.row-edit, #agents .sort, .paging a, #editor-save, #editor-confirm, [data-drawer-close]`)
	case roll < 58:
		m.key()
	case roll < 68:
		m.typeSomething()
	case roll < 76:
		m.choose()
	case roll < 83:
		m.step("history.back()")
	case roll < 86:
		m.step("history.forward()")
	case roll < 87:
		m.step("location.reload()")
	case roll < 89:
		m.step(oneOf(m, []string{`location.href = "/agents"`, `location.href = "/queues"`, `location.href = "/changes"`, `location.href = "/agents?status=1&page=1"`}))
	case roll < 91:
		if m.offline == 0 {
			m.network(false)
			m.offline = 1 + m.dice.IntN(6)
		}
	case roll < 93:
		if len(m.tabs) < 3 {
			m.did("opens a tab")
			m.adopt(m.rig.openIn(m.tabs[0].ctx))
			m.recover()
		} else {
			m.tab = oneOf(m, m.tabs)
		}
	case roll < 97:
		m.fault()
	default:
		m.elsewhere()
	}
}

// press clicks one of what can be seen, as it happens to be.
func (m *monkey) press(selector string) {
	var at struct {
		X, Y float64
		What string
	}
	err := m.tab.evaluate(&at, `(() => {
		const top = document.querySelector("dialog[open]") ?? document;
		const all = [...top.querySelectorAll($[0])].filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled);
		const el = all[Math.floor($[1] * all.length)];
		if (!el) return {};
		el.scrollIntoView({block: "center", behavior: "instant"});
		const r = el.getClientRects()[0];
		return r ? {x: r.x + r.width / 2, y: r.y + r.height / 2, what: el.outerHTML.slice(0, 90).replace(/\s+/g, " ")} : {};
	})()`, selector, m.dice.Float64())
	if err != nil || at.What == "" {
		return
	}
	m.did("clicks %s", at.What)
	for _, typ := range []input.DispatchMouseEventType{chromedp.MouseMoved, chromedp.MousePressed, chromedp.MouseReleased} {
		params := input.DispatchMouseEventParams{Type: typ, X: at.X, Y: at.Y}
		if typ != chromedp.MouseMoved {
			params.Button, params.ClickCount = input.MouseButtonLeft, 1
		}
		_, _ = ask(m.tab, patience, input.DispatchMouseEvent, params)
	}
}

func (m *monkey) key() {
	key := oneOf(m, []string{"j", "k", "e", "/", "?", "x", kb.Escape, kb.Escape, "\r", "\t", "\t", "\t", " "})
	m.did("presses %q", key)
	m.tab.keys(key)
}

// typeSomething types into a field that can be seen.
func (m *monkey) typeSomething() {
	text := oneOf(m, []string{"1000888", "1001008", "nguyen", "082019", "a", "9", "", "Kỹ thuật", "1900 6066"})
	var what string
	err := m.tab.evaluate(&what, `(() => {
		const top = document.querySelector("dialog[open]") ?? document;
		const all = [...top.querySelectorAll("input:not([type=checkbox], [type=radio], [type=hidden], [type=date], [type=password]), textarea")].filter((e) => e.checkVisibility());
		const el = all[Math.floor($[0] * all.length)];
		if (!el) return "";
		el.focus();
		el.select();
		return el.id || el.name;
	})()`, m.dice.Float64())
	if err != nil || what == "" {
		return
	}
	m.did("types %q into %s", text, what)
	_, _ = ask(m.tab, patience, input.InsertText, input.InsertTextParams{Text: text})
}

func (m *monkey) choose() {
	var what string
	_ = m.tab.evaluate(&what, `(() => {
		const top = document.querySelector("dialog[open]") ?? document;
		const all = [...top.querySelectorAll("select")].filter((e) => e.checkVisibility() && e.options.length);
		const el = all[Math.floor($[0] * all.length)];
		if (!el) return "";
		el.focus();
		el.selectedIndex = Math.floor($[1] * el.options.length);
		el.dispatchEvent(new Event("input", {bubbles: true}));
		el.dispatchEvent(new Event("change", {bubbles: true}));
		return el.id + " " + el.value;
	})()`, m.dice.Float64(), m.dice.Float64())
	m.did("chooses %s", what)
}

func (m *monkey) step(script string) {
	m.did("%s", script)
	_ = m.tab.evaluate(nil, "setTimeout(() => { "+script+" })")
}

// network takes the network away from the tab at hand, or gives all of them theirs.
func (m *monkey) network(there bool) {
	m.did("network: %t", there)
	tabs := m.tabs
	if !there {
		tabs = []*tab{m.tab}
	}
	for _, p := range tabs {
		_, _ = ask(p, patience, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: !there, DownloadThroughput: -1, UploadThroughput: -1}},
		})
	}
}

func (m *monkey) fault() {
	fault := oneOf(m, []sandbox.Fault{
		sandbox.RateLimited("1"), sandbox.RateLimited("2"), sandbox.SystemError(), sandbox.CaptivePortal(), sandbox.Reset(),
		sandbox.ResetAfterApply(), sandbox.Slow(100 * time.Millisecond), sandbox.Slow(200 * time.Millisecond), sandbox.Slow(300 * time.Millisecond), sandbox.Slow(900 * time.Millisecond), sandbox.NotFound(),
		sandbox.InvalidInput("không hợp lệ"), sandbox.IgnoredWrite(), sandbox.Unauthorized(), sandbox.HTMLBadGateway(), sandbox.Silence(),
	})
	op := oneOf(m, []sandbox.Op{sandbox.OpList, sandbox.OpList, sandbox.OpQueues, sandbox.OpRecording})
	n := 1 + m.dice.IntN(3)
	if fault.Delay > 0 {
		n *= 4
	}
	m.did("%d × %s on %v", n, faultName(fault), op)
	m.rig.api.Fail(fault.On(op).Repeat(n))
}

func faultName(f sandbox.Fault) string {
	return fmt.Sprintf("{status %d, delay %s, hang %t, reset %t, apply %t, ignore %t}", f.Status, f.Delay, f.Hang, f.Reset, f.Apply, f.IgnoreWrite)
}

// elsewhere is another administrator.
func (m *monkey) elsewhere() {
	agents := m.rig.api.Agents(m.rig.demo.Tenant)
	a := oneOf(m, agents)
	m.did("somebody else changes %s", a.ID)
	m.rig.api.SetStatus(m.rig.demo.Tenant, a.ID, oneOf(m, []string{sandbox.Available, sandbox.NotAvailable}), oneOf(m, []string{sandbox.Available, sandbox.Logout}))
	if m.dice.IntN(2) == 0 && len(a.Callin) > 1 {
		m.rig.api.SetQueues(m.rig.demo.Tenant, a.ID, sandbox.Callin, a.Callin[:len(a.Callin)-1], nil)
	}
}

// calm ends what was made to fail.
func (m *monkey) calm() {
	m.network(true)
	m.offline = 0
	m.rig.api.ClearFaults()
}

// recover signs in where the key was refused, and leaves the browser's own error page.
func (m *monkey) recover() {
	var where string
	if m.tab.evaluate(&where, `location.href`) != nil {
		return
	}
	switch {
	case strings.HasPrefix(where, "chrome-error:"), where == "about:blank":
		m.calm()
		m.tab.onDialog(true)
		m.tab.goTo("/agents")
		m.recover()
	case strings.Contains(where, "/sign-in"):
		m.calm()
		m.did("signs in")
		m.tab.wait(`document.readyState === "complete"`)
		m.tab.fill("#api_key", m.rig.demo.Key)
		m.tab.click("#sign-in")
		m.tab.wait(`!location.pathname.endsWith("/sign-in") && document.readyState === "complete"`)
	}
}

// settled is whether nothing is asked for any more.
const settled = `document.readyState === "complete" && !document.querySelector(".htmx-request, [data-countdown]")`

// agreeing is whether the list on the screen is the one that its address, its count and
// the file beside it are of. While something is asked for that is not known yet.
const agreeing = `(() => {
	const list = document.querySelector("#agents"), here = document.querySelector("#here"), csv = document.querySelector("#csv");
	if (window.monkey?.lost()) return window.monkey.lost();
	if (!list || !csv || document.querySelector("[data-failure=other-session]")) return "";
	const sorted = (q) => [...new URLSearchParams(q)].map((p) => p.join("=")).filter((p) => !p.startsWith("sign_in")).sort().join("&");
	const at = sorted(location.search), page = sorted(new URL(here.value, location.href).search);
	if (at !== page) return "the address says " + at + ", the list is of " + page;
	const rows = list.querySelectorAll("tbody tr").length, total = +list.dataset.total;
	if (total >= 0 && rows > total) return rows + " rows of " + total;
	return "";
})()`

// check looks for what should not be.
func (m *monkey) check() {
	var bad []string
	if m.tab.evaluate(&bad, `window.monkey ? window.monkey.bad.splice(0) : []`) == nil && len(bad) > 0 {
		m.t.Errorf("after move %d: %s", m.moves, strings.Join(bad, "\n"))
	}
	for _, p := range m.tabs {
		if said := p.said(); len(said) > 0 {
			m.t.Errorf("after move %d: %s", m.moves, strings.Join(said, "\n"))
		}
	}
	m.recover()
	if m.dice.IntN(3) > 0 {
		return // not everybody waits
	}
	// What comes of it may take a moment: the page that an answer leads to, a step back.
	var why string
	deadline := time.Now().Add(patience / 3)
	m.tab.until(func() bool {
		var quiet bool
		if m.tab.evaluate(&quiet, settled) != nil || !quiet {
			why = ""
			return time.Now().After(deadline)
		}
		why = ""
		return m.tab.evaluate(&why, agreeing) == nil && why == "" || time.Now().After(deadline)
	}, func() string { return "a page that stands still" })
	if why != "" {
		m.t.Errorf("after move %d: %s", m.moves, why)
	}
}
