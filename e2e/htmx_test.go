package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// These tests pin what htmx 4.0.1 does where the console relies on it or could fall into
// it. docs/htmx.md has the same list in words, with what we do about each; whoever takes
// another htmx finds here what has changed.

// bench is a page of the console, with its policy and its configuration of htmx, whose
// main part is the markup given, and for which /bench… answers what a test says.
func (r *rig) bench(markup string) *tab {
	r.t.Helper()
	p := r.open()
	p.goTo("/sign-in")
	p.run(`(() => {
		const real = window.fetch;
		window.answers = {};
		window.asked = [];
		window.fetch = async (url, how) => {
			if (!String(url).startsWith("/bench")) return real(url, how);
			window.asked.push(String(how.body ?? ""));
			const a = window.answers[String(url)];
			await a.wait;
			return new Response(a.body, {headers: {"Content-Type": "text/html", ...a.headers}});
		};
		document.querySelector("#main").innerHTML = $[0];
		htmx.process(document.querySelector("#main"));
	})()`, markup)
	return p
}

func (p *tab) answers(url, body string, headers map[string]string) {
	p.t.Helper()
	p.run(`window.answers[$[0]] = {body: $[1], headers: $[2]}`, url, body, headers)
}

// swaps presses a button and waits until its answer is in.
func (p *tab) swaps(button string) {
	p.t.Helper()
	p.run(`document.addEventListener("htmx:finally:request", () => { window.in = true; }, {once: true}, window.in = false)`)
	p.run(`document.querySelector($[0]).click()`, button)
	p.wait(`window.in`)
}

const morphing = `<button id="go" data-hx-get="/bench" data-hx-target="#area" data-hx-swap="innerMorph">go</button><div id="area">`

// A morph takes the "open" from a modal dialog, which is then neither to be seen nor to
// be got rid of. With our configuration it leaves "open" alone.
func TestMorphAndDialogs(t *testing.T) {
	t.Parallel()
	r := setup(t)
	dialog := `<dialog id="d"><p>Hỏi</p></dialog>`
	p := r.bench(morphing + dialog + `</div><button id="other">other</button>`)
	p.run(`document.querySelector("#other").addEventListener("click", () => { window.hit = true; })`)
	p.answers("/bench", dialog, nil)
	p.run(`document.querySelector("#d").showModal()`)
	p.swaps("#go")
	p.see("#d[open]")
	p.run(`document.querySelector("#d").close()`)

	p.run(`htmx.config.morphIgnore = ["data-htmx-powered"]`)
	p.run(`document.querySelector("#d").showModal()`)
	p.swaps("#go")
	p.gone("#d")
	var at point
	p.must(p.evaluate(&at, findPoint, "#other"))
	if at.Why == "" {
		t.Error("the page under a dialog that lost its open can be clicked")
	}
	p.keys(kb.Escape)
	p.must(p.evaluate(&at, findPoint, "#other"))
	if at.Why == "" {
		t.Error("Escape helps")
	}
	if value[bool](p, `window.hit ?? false`) {
		t.Error("a click went through")
	}

	p.run(`document.querySelector("#d").close()`)
	p.run(`document.querySelector("#d").setAttribute("hx-morph-skip", "")`)
	p.run(`document.querySelector("#d").showModal()`)
	p.swaps("#go")
	p.see("#d[open]")
}

// A morph closes what a person opened, but not with our configuration.
func TestMorphAndDetails(t *testing.T) {
	t.Parallel()
	r := setup(t)
	details := `<details id="d"><summary>Lệnh</summary><p>curl</p></details>`
	p := r.bench(morphing + details + `</div>`)
	p.answers("/bench", details+"<p>mới</p>", nil)
	p.run(`document.querySelector("#d").open = true`)
	p.swaps("#go")
	p.see("#area > p")
	p.see("#d[open]")
	p.run(`htmx.config.morphIgnore = ["data-htmx-powered"]`)
	p.swaps("#go")
	p.gone("#d[open]")
}

// The command beside Save stays open while the form changes.
func TestOpenedCommandStaysOpen(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.signIn()
	p.known()
	p.edit(several, "1000888")
	p.click("#preview-body summary")
	p.see("#preview-body pre")
	p.click(`#drawer .queue-item[data-queue-id="1000886"] input`)
	p.wait(`!document.querySelector("#preview-body pre").textContent.includes("1000886")`)
	p.see("#preview-body pre")
	p.onDialog(true)
	p.keys(kb.Escape)
	p.gone("#drawer[open]")
}

// What a morph does to fields that a person has changed.
func TestMorphAndFields(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.bench(morphing + `
		<input id="held" value="a"><input id="same" value="a"><input id="left" value="a">
		<select id="moved"><option value="1" selected>1<option value="2">2<option value="3">3</select>
		<select id="stays"><option value="1" selected>1<option value="2">2<option value="3">3</select>
		<input type="checkbox" id="box"><input type="checkbox" id="fresh"></div>`)
	p.answers("/bench", `
		<input id="held" value="b"><input id="same" value="a"><input id="left" value="b">
		<select id="moved"><option value="1">1<option value="2" selected>2<option value="3">3</select>
		<select id="stays"><option value="1" selected>1<option value="2">2<option value="3">3</select>
		<input type="checkbox" id="box" checked><input type="checkbox" id="fresh" checked>`, nil)
	for _, id := range []string{"same", "left", "held"} { // the last one has the focus
		p.fill("#"+id, "typed")
	}
	p.run(`[document.querySelector("#moved").value = "3", document.querySelector("#stays").value = "3"]`)
	p.run(`[document.querySelector("#box").click(), document.querySelector("#box").click(), document.querySelector("#held").focus()]`)
	p.swaps("#go")
	got := value[map[string]string](p, `Object.fromEntries(["held", "same", "left", "moved", "stays"].map((id) => [id, document.getElementById(id).value]))`)
	want := map[string]string{"held": "typed", "same": "typed", "left": "b", "moved": "2", "stays": "3"}
	for id, v := range want {
		if got[id] != v {
			t.Errorf("#%s is %q after the morph, was %q", id, got[id], v)
		}
	}
	if value[bool](p, `document.querySelector("#box").checked`) || !value[bool](p, `document.querySelector("#box").hasAttribute("checked")`) {
		t.Error("a box that was toggled follows its attribute")
	}
	if !value[bool](p, `document.querySelector("#fresh").checked`) {
		t.Error("a box that nobody touched does not follow its attribute")
	}
}

// A form with a file needs its enctype.
func TestFormWithAFile(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.bench(`<form id="plain" data-hx-post="/bench" data-hx-swap="none"><input type="file" name="file"><button id="go">go</button></form>
		<form id="multi" enctype="multipart/form-data" data-hx-post="/bench" data-hx-swap="none"><input type="file" name="file"><button id="go2">go</button></form>`)
	p.run(`document.querySelectorAll("input[type=file]").forEach((input) => {
		const files = new DataTransfer();
		files.items.add(new File(["082019"], "a.csv"));
		input.files = files.files;
	})`)
	p.answers("/bench", "", nil)
	p.swaps("#go")
	p.swaps("#go2")
	if got := value[[]string](p, `window.asked`); len(got) != 2 || got[0] != "file=%5Bobject+File%5D" || got[1] != "[object FormData]" {
		t.Errorf("sent %q", got)
	}
}

// HX-Trigger comes after the swap, at the element that asked, a plain word as
// {value: …}; HX-Trigger-After-Swap does not come at all.
func TestHXTrigger(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.bench(`<button id="go" data-hx-get="/bench" data-hx-target="#area">go</button><div id="area"></div>`)
	p.answers("/bench", `<div id="area">mới</div>`, map[string]string{"HX-Trigger": `{"one":"word","two":{"a":1}}`, "HX-Trigger-After-Swap": `three`})
	p.run(`(window.came = [], ["one", "two", "three", "htmx:after:swap"].forEach((name) => document.addEventListener(name, (e) =>
		window.came.push(name + " " + e.target.id + " " + (name === "one" ? e.detail.value : name === "two" ? e.detail.a : "") + " " + document.querySelector("#area").innerText))))`)
	p.swaps("#go")
	p.answers("/bench", `<div id="area">mới</div>`, map[string]string{"HX-Trigger": `one`})
	p.swaps("#go")
	got := value[[]string](p, `window.came`)
	want := []string{"htmx:after:swap go  mới", "one go word mới", "two go 1 mới", "htmx:after:swap go  mới", "one go undefined mới"}
	if len(got) != len(want) {
		t.Fatalf("came %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("came %q, want %q", got[i], want[i])
		}
	}
}

// Under our policy a filter in brackets does not fire.
func TestTriggerFilters(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.bench(`<button id="plain" data-hx-get="/bench" data-hx-swap="none">a</button>
		<button id="filtered" data-hx-get="/bench" data-hx-trigger="click[true]" data-hx-swap="none">b</button>`)
	p.answers("/bench", "", nil)
	p.expect("unsafe-eval")
	p.expect("kEvalViolation")
	// By the mouse: what a test's expression does is let off the policy.
	p.click("#filtered")
	p.swaps("#plain")
	if got := value[int](p, `window.asked.length`); got != 1 {
		t.Errorf("%d requests", got)
	}
}

// Two elements that swap one place do not know each other: what comes last stays.
func TestTwoElementsOfOnePlace(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.bench(`<button id="older" data-hx-get="/bench/older" data-hx-target="#area" data-hx-swap="innerHTML">a</button>
		<button id="newer" data-hx-get="/bench/newer" data-hx-target="#area" data-hx-swap="innerHTML">b</button><div id="area"></div>`)
	p.answers("/bench/older", "cũ", nil)
	p.answers("/bench/newer", "mới", nil)
	p.run(`window.answers["/bench/older"].wait = new Promise((done) => { window.done = done; })`)
	p.run(`document.querySelector("#older").click()`)
	p.swaps("#newer")
	p.wait(`document.querySelector("#area").innerText === "mới"`)
	p.run(`window.done()`)
	p.wait(`document.querySelector("#area").innerText === "cũ"`)
}

// A bare table row out of band is lost unless it comes first. In hx-partial it may stand
// anywhere.
func TestRowOutOfBand(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.bench(`<button id="go" data-hx-get="/bench" data-hx-target="#area" data-hx-swap="innerHTML">go</button>
		<div id="area"></div><table><tbody><tr id="row"><td>old</td></tr></tbody></table>`)
	bare := `<tr id="row" data-hx-swap-oob="true"><td>bare</td></tr>`
	row := func(text string) {
		t.Helper()
		if got := value[string](p, `document.querySelector("#row").innerText.trim()`); got != text {
			t.Errorf("the row is %q, want %q", got, text)
		}
	}
	p.answers("/bench", `<p>main</p>`+bare, nil)
	p.swaps("#go")
	row("old")
	p.answers("/bench", bare+`<p>main</p>`, nil)
	p.swaps("#go")
	row("bare")
	p.answers("/bench", `<p>main</p><hx-partial data-hx-target="#row" data-hx-swap="outerHTML"><tr id="row"><td>partial</td></tr></hx-partial>`, nil)
	p.swaps("#go")
	row("partial")
}

// An answer whose target has gone changes nothing, what stands beside it neither.
func TestAnswerForNobody(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.bench(`<button id="go" data-hx-get="/bench" data-hx-target="#area">go</button><div id="area">a</div><p id="beside">old</p>`)
	p.answers("/bench", `<div id="nothing">b</div><hx-partial data-hx-target="#beside" data-hx-swap="innerHTML">new</hx-partial>`, nil)
	p.run(`window.answers["/bench"].wait = new Promise((done) => { window.done = done; })`)
	p.run(`(document.addEventListener("htmx:finally:request", () => { window.in = true; }), document.querySelector("#go").click(), document.querySelector("#area").remove())`)
	p.run(`window.done()`)
	p.wait(`window.in`)
	p.wait(`document.querySelector("#beside").innerText === "old" && !document.querySelector("#nothing")`)
}
