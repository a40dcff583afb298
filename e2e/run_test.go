package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestRunJob is a change of shift from end to end: agents of two pages are chosen and
// planned, the run is started, left, found again, paused and resumed; its result is
// downloaded, and a workbook of the agents is edited and sent back.
func TestRunJob(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]func(*tab){
		"desk":           func(*tab) {},
		"phone":          func(p *tab) { p.resize(390, 844) },
		"without script": (*tab).withoutScript,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runJob(t, how, name != "without script")
		})
	}
}

func runJob(t *testing.T, how func(*tab), scripted bool) {
	t.Helper()
	held := make(chan struct{})
	release := sync.OnceFunc(func() { close(held) })
	t.Cleanup(release)
	r := setup(t, func(o *options) {
		o.sandbox = func(c *sandbox.Config) {
			c.Before = func(q *http.Request) {
				if q.Method == http.MethodPut {
					<-held
				}
			}
		}
	})
	t.Cleanup(release)
	p := r.signIn()
	p.known()
	how(p)

	// Twelve of the first page and, with script, one of the next.
	p.goTo("/agents")
	for n := range 12 {
		p.click(boxOf(n + 1))
	}
	agents := p.ticked()
	if scripted {
		p.click(`.paging [rel=next]`)
		p.wait(`document.querySelector("#agents tbody tr th a") && new URLSearchParams(location.search).get("page") === "1"`)
		p.click(boxOf(1))
		agents = append(agents, p.ticked()...)
	}
	p.click("#selection-change")
	p.see("#run-plan")
	if got := strings.Fields(value[string](p, `document.querySelector("#agent_ids").value`)); !slices.Equal(sorted(got), sorted(agents)) {
		t.Errorf("chosen: %s; in the form: %s", agents, got)
	}
	queue := int64(777001) // nobody is in it
	p.click(`[name=operation][value="recording-on"]`)
	p.click("#run-plan")
	p.see(`[data-run-state="planned"]`)
	if got := p.count(`[data-run-item][data-item-state="planned"]`); got != len(agents) {
		t.Errorf("%d are planned of %d", got, len(agents))
	}
	run := value[string](p, `location.pathname`)
	p.click("#run-start")
	p.see(`[data-run-state="running"]`)

	// Another tab, as after the first was closed.
	p.goTo("/queues")
	other := r.openIn(p.ctx)
	how(other)
	other.goTo(run)
	other.see(`[data-run-state="running"]`)
	other.run(`(window.before = 1)`)
	other.click("#run-pause")
	other.wait(`window.before === undefined`) // it was asked for: the page has come again
	release()
	other.see(`[data-run-state="paused"]`)
	if left := other.count(`[data-run-item][data-item-state="planned"]`); left == 0 || left == len(agents) {
		t.Errorf("%d of %d are left after a pause", left, len(agents))
	}
	other.click("#run-resume")
	other.see(`[data-run-state="finished"]`)
	for _, id := range agents {
		if a := r.agent(id); a.Recording == nil || !*a.Recording {
			t.Errorf("%s is not recorded", id)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(other.fetch(run+".csv")), "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != len(agents)+1 || !slices.Equal(rows[0][:9], []string{"agent", "state", "before", "after", "removed", "added", "code", "message", "change"}) {
		t.Errorf("%q, %v", rows, err)
	}

	// The workbook, one cell edited.
	book, err := excelize.OpenReader(bytes.NewReader(other.fetch("/runs/agents.xlsx?agent_ids=" + strings.Join(agents[:3], "%20"))))
	if err != nil {
		t.Fatal(err)
	}
	sheet := book.GetSheetName(0)
	was, err := book.GetCellValue(sheet, "C2")
	if err != nil {
		t.Fatal(err)
	}
	edited, _ := book.GetCellValue(sheet, "A2")
	for _, id := range value[[]int64](other, `fetch("/runs/new").then((a) => a.text()).then((text) => [...new DOMParser().parseFromString(text, "text/html").querySelectorAll("[name=queue_ids]")].map((b) => +b.value))`) {
		if !slices.Contains(r.agent(edited).Callin, id) {
			queue = id
		}
	}
	separator := ", "
	if was == "" {
		separator = ""
	}
	if err := book.SetCellStr(sheet, "C2", was+separator+strconv.FormatInt(queue, 10)); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		t.Fatal(err)
	}
	_ = book.Close()
	other.goTo("/runs/new")
	other.click(`[name=operation][value="file"]`)
	other.give("#run-file", "sửa.xlsx", file.Bytes())
	other.click("#run-plan")
	other.see(`[data-run-state="planned"]`)
	if got := other.count("[data-run-item]"); got != 1 || other.count(`[data-run-item="`+edited+`"]`) != 1 {
		t.Errorf("%d items of a file with one edited cell", got)
	}
	other.click("#run-start")
	other.see(`[data-run-state="finished"]`)
	if got := r.agent(edited).Callin; !slices.Contains(got, queue) {
		t.Errorf("%s is in %d, not in %d", edited, got, queue)
	}
}

func sorted(words []string) []string { return slices.Sorted(slices.Values(words)) }

// fetch is what the page gets of an address, as a download would.
func (p *tab) fetch(path string) []byte {
	p.t.Helper()
	text := value[string](p, `fetch($[0]).then((a) => a.ok ? a.arrayBuffer() : Promise.reject(new Error(a.status)))
		.then((b) => btoa([...new Uint8Array(b)].map((n) => String.fromCharCode(n)).join("")))`, path)
	data, err := base64.StdEncoding.DecodeString(text)
	p.must(err)
	return data
}

// give chooses a file in a form.
func (p *tab) give(selector, name string, data []byte) {
	p.t.Helper()
	p.run(`(() => {
		const files = new DataTransfer();
		files.items.add(new File([Uint8Array.from(atob($[2]), (c) => c.charCodeAt(0))], $[1]));
		document.querySelector($[0]).files = files.files;
	})()`, selector, name, base64.StdEncoding.EncodeToString(data))
}

// What script writes over what came, as the time where the browser is, moves nothing on a
// phone that was drawn before.
func TestRunStaysWhereItWas(t *testing.T) {
	t.Parallel()
	p := setup(t).signIn()
	p.known()
	p.goTo("/runs/new?operation=recording-on&agent_ids=082018&agent_ids=082019")
	p.click("#run-plan")
	p.see(`[data-run-state="planned"]`)
	for _, width := range []int64{360, 390, 412, 430, 480} {
		p.resize(width, 844)
		p.wait(`innerWidth === $[0]`, width)
		// A short name: at one of these widths there is room for the shorter time alone.
		moved := value[float64](p, `(() => {
			const facts = document.querySelector(".run-facts"), time = facts.querySelector("time"), said = time.textContent;
			const top = () => document.querySelector(".run-plan").getBoundingClientRect().top;
			facts.querySelector("bdi").textContent = "L";
			const after = top();
			time.textContent = "30/11/2026 18:51 UTC";
			const before = top();
			time.textContent = said;
			return after - before;
		})()`)
		if moved != 0 {
			t.Errorf("%d px: the plan moves by %v px", width, moved)
		}
	}
}
