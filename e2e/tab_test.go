package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a condition in the page may take to come true. It is far
// beyond what anything takes, for the sake of a busy machine.
const patience = 15 * time.Second

// tab is a tab of the browser, in a browser context of its own.
type tab struct {
	*watch
	t   *testing.T
	rig *rig
	ctx context.Context
	// hands are what a person would have pressed so far: see docs/jobs.md.
	hands presses
}

// open opens an empty tab of a laptop's size.
func (r *rig) open() *tab {
	r.t.Helper()
	return r.openIn(r.browser, chromedp.WithNewBrowserContext())
}

// openIn opens it in the browser context of another tab, whose cookies it shares.
func (r *rig) openIn(parent context.Context, options ...chromedp.ContextOption) *tab {
	r.t.Helper()
	p := &tab{watch: newWatch(), t: r.t, rig: r}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(p.event))...)
	p.ctx = ctx
	var answers sync.WaitGroup
	p.answer = func(accept bool) {
		answers.Go(func() {
			// A tab that closes meanwhile needs no answer.
			_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: accept})
		})
	}
	r.t.Cleanup(func() {
		if r.t.Failed() {
			p.explain()
		}
		cancel()
		answers.Wait()
		p.check(r.t)
	})
	p.must(chromedp.Do(ctx))
	call(p, audits.Enable, cdp.Empty{})
	// Several tabs cannot have the focus at once; each believes it has.
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.resize(1440, 900)
	return p
}

func call[P, R any](p *tab, cmd cdp.Command[P, R], params P) R {
	p.t.Helper()
	res, err := ask(p, patience, cmd, params)
	if err != nil {
		p.t.Fatalf("%s: %v", cmd.Method, err)
	}
	return res
}

// ask is call for a command that may fail, or to which the browser may have no answer: one
// that comes while a page gives way to another is sometimes forgotten.
func ask[P, R any](p *tab, most time.Duration, cmd cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(p.ctx, most)
	defer cancel()
	return chromedp.Call(ctx, cmd, params)
}

func (p *tab) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) resize(width, height int64) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 600,
	})
}

// withoutScript turns the page's own scripts off. Expressions of the tests still
// run.
func (p *tab) withoutScript() {
	p.t.Helper()
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// evaluate runs an expression in the page; $ is the list of the arguments.
func (p *tab) evaluate(into any, expression string, args ...any) error {
	if args == nil {
		args = []any{}
	}
	list, err := json.Marshal(args)
	if err != nil {
		return err
	}
	yes := true
	res, err := ask(p, patience, runtime.Evaluate, runtime.EvaluateParams{
		Expression: fmt.Sprintf("(($) => (%s))(%s)", expression, list), ReturnByValue: &yes, AwaitPromise: &yes, UserGesture: &yes,
	})
	switch {
	case err != nil:
		return err
	case res.ExceptionDetails != nil:
		return fmt.Errorf("%s", res.ExceptionDetails.Exception.Description)
	case into == nil || len(res.Result.Value) == 0:
		return nil
	}
	return json.Unmarshal(res.Result.Value, into)
}

// value is what an expression is now.
func value[T any](p *tab, expression string, args ...any) T {
	p.t.Helper()
	var v T
	if err := p.evaluate(&v, expression, args...); err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (p *tab) run(expression string, args ...any) {
	p.t.Helper()
	value[any](p, "("+expression+", null)", args...)
}

// wait waits until an expression is true. A page that is just being left has no
// answer; the next one will.
func (p *tab) wait(expression string, args ...any) {
	p.t.Helper()
	var last error
	p.until(func() bool {
		var ok bool
		last = p.evaluate(&ok, "Promise.resolve("+expression+").then(Boolean)", args...)
		return last == nil && ok
	}, func() string {
		return fmt.Sprintf("%s with %v (%v)", expression, args, last)
	})
}

// until polls a condition of either side.
func (p *tab) until(condition func() bool, what func() string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.t.Fatalf("waited in vain for: %s", what())
		}
	}
}

// goTo loads a path of the console.
func (p *tab) goTo(path string) {
	p.t.Helper()
	p.load(path)
	p.wait(`document.readyState === "complete" && location.href !== "about:blank"`)
}

func (p *tab) load(path string) {
	p.t.Helper()
	var err error
	p.until(func() bool {
		var res page.NavigateResult
		res, err = ask(p, patience/3, page.Navigate, page.NavigateParams{URL: p.rig.url + path})
		if res.ErrorText != "" {
			err = errors.New(res.ErrorText)
		}
		return !errors.Is(err, context.DeadlineExceeded)
	}, func() string { return "an answer to the address " + path })
	p.must(err)
}

// reload presses F5. While one page gives way to the next, the browser has none to reload.
func (p *tab) reload() {
	p.t.Helper()
	var err error
	p.until(func() bool {
		_, err = ask(p, patience/3, page.Reload, page.ReloadParams{})
		return err == nil || !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "Not attached to an active page")
	}, func() string { return "F5: " + err.Error() })
	p.must(err)
}

// at waits until the tab has arrived at a path, query included.
func (p *tab) at(path string) {
	p.t.Helper()
	p.wait(`location.pathname + location.search === $[0] && document.readyState === "complete"`, path)
}

// point is the middle of an element, or why a person could not click it.
type point struct {
	X, Y float64
	Why  string
}

const findPoint = `(() => {
	const el = document.querySelector($[0]);
	if (!el) return {why: "there is none"};
	if (el.disabled) return {why: "it is disabled"};
	el.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
	const r = el.getClientRects()[0];
	if (!r || !r.width || !r.height) return {why: "it has no box"};
	const x = r.x + r.width / 2, y = r.y + r.height / 2;
	// What slides in can stand still between two looks and be elsewhere when the click comes.
	const slides = (a) => a instanceof CSSAnimation && a.playState === "running" && a.effect.target.contains(el);
	if (document.getAnimations().some(slides)) return {why: "it moves"};
	const hit = document.elementFromPoint(x, y);
	if (!hit || !(el.contains(hit) || hit.contains(el) && hit.tagName === "LABEL")) return {why: "it is covered by " + (hit && hit.outerHTML.slice(0, 120))};
	return {x, y};
})()`

// aim keeps a press that misses its element, for the page moved under it, from anything
// else; missed says whether it did.
const (
	aim = `(() => {
		window.aimed?.abort();
		window.aimed = new AbortController();
		window.missed = false;
		const hits = (target, el) => el.contains(target) || !!target.closest?.("label")?.contains(el);
		for (const kind of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) {
			window.addEventListener(kind, (event) => {
				const el = document.querySelector($[0]);
				if (window.missed || (el ? !hits(event.target, el) : kind.endsWith("down"))) {
					window.missed = true;
					event.preventDefault();
					event.stopImmediatePropagation();
				}
				if (kind === "click") window.aimed.abort();
			}, {capture: true, signal: window.aimed.signal});
		}
	})()`
	missed = `window.missed === true && (window.aimed.abort(), window.missed = false, true)`
)

// click clicks the first element of a selector with the mouse, once it can be
// clicked and stands still, and again if it moved away meanwhile.
func (p *tab) click(selector string) {
	p.t.Helper()
	for range 5 {
		var at, before point
		var err error
		p.until(func() bool {
			before, at = at, point{}
			err = p.evaluate(&at, findPoint, selector)
			return err == nil && at.Why == "" && at == before
		}, func() string { return fmt.Sprintf("a click on %s: %s (%v)", selector, at.Why, err) })
		p.run(aim, selector)
		p.press(at)
		again := false
		if err := p.evaluate(&again, missed); err != nil || !again {
			return // it was hit, and may have led away
		}
	}
	p.t.Errorf("a click on %s: it moves away from every press", selector)
}

func (p *tab) press(at point) {
	p.t.Helper()
	p.hands.clicks++
	for _, typ := range []input.DispatchMouseEventType{chromedp.MouseMoved, chromedp.MousePressed, chromedp.MouseReleased} {
		params := input.DispatchMouseEventParams{Type: typ, X: at.X, Y: at.Y}
		if typ != chromedp.MouseMoved {
			params.Button, params.ClickCount = input.MouseButtonLeft, 1
		}
		call(p, input.DispatchMouseEvent, params)
	}
}

// fill replaces a field's text by typing over it.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	p.wait(`document.querySelector($[0])?.checkVisibility()`, selector)
	p.run(`document.querySelector($[0]).select()`, selector)
	p.run(`document.querySelector($[0]).focus()`, selector)
	call(p, input.InsertText, input.InsertTextParams{Text: text})
	p.hands.keys += utf8.RuneCountInString(text)
}

// keys presses keys one after the other, where the focus is. The character belongs
// to the key's press, as in a real browser: a page that prevents one has neither.
func (p *tab) keys(keys string) {
	p.t.Helper()
	for _, r := range keys {
		p.hands.keys++
		var press input.DispatchKeyEventParams
		for _, event := range kb.Encode(r) {
			switch event.Type {
			case kb.KeyChar:
				press.Text, press.UnmodifiedText = event.Text, event.UnmodifiedText
			case kb.KeyUp:
				call(p, input.DispatchKeyEvent, press)
				call(p, input.DispatchKeyEvent, *event)
			default:
				press = *event
				press.Type = kb.KeyDown
			}
		}
	}
}

// choose picks an option of a select, as a person's keyboard would.
func (p *tab) choose(selector, option string) {
	p.t.Helper()
	p.wait(`[...document.querySelector($[0])?.options ?? []].some((o) => o.value === $[1])`, selector, option)
	p.run(`(() => {
		const el = document.querySelector($[0]);
		for (let d = el.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
		el.value = $[1];
		el.dispatchEvent(new Event("input", {bubbles: true}));
		el.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, selector, option)
	p.hands.clicks += 2 // it is opened, and the option pressed
}

func (p *tab) see(selector string) {
	p.t.Helper()
	p.wait(`[...document.querySelectorAll($[0])].some((e) => e.checkVisibility({visibilityProperty: true}))`, selector)
}

// there waits for what may stand in a part that opens on request.
func (p *tab) there(selector string) {
	p.t.Helper()
	p.wait(`document.querySelector($[0])`, selector)
}

func (p *tab) gone(selector string) {
	p.t.Helper()
	p.wait(`![...document.querySelectorAll($[0])].some((e) => e.checkVisibility({visibilityProperty: true}))`, selector)
}

// text is the visible text of the first element of a selector.
func (p *tab) text(selector string) string {
	p.t.Helper()
	p.see(selector)
	return strings.Join(strings.Fields(value[string](p, `document.querySelector($[0]).innerText`, selector)), " ")
}

func (p *tab) count(selector string) int {
	p.t.Helper()
	return value[int](p, `document.querySelectorAll($[0]).length`, selector)
}

// explain says where a failed test was.
func (p *tab) explain() {
	var where string
	err := p.evaluate(&where, `location.href + "\n" + document.body.innerText.slice(0, 2500) + "\n…\n" + document.querySelector("#drawer[open]")?.innerText`)
	p.t.Logf("the page was: %s %v\nrequests: %v", where, err, p.sent)
}

// saves is what sends the editor's form: Save, or the button that answers what is
// asked first.
const saves = "#editor-save, #editor-confirm"
