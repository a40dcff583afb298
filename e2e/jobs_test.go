package e2e

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// presses are what a person's hands did: of the mouse or a finger, and of keys.
type presses struct{ clicks, keys int }

// pastes puts a text where the focus is, by one chord.
func (p *tab) pastes(text string) {
	p.t.Helper()
	call(p, input.InsertText, input.InsertTextParams{Text: text})
	p.hands.keys++
}

// tabsTo presses Tab, or Shift and Tab, until an element has the focus.
func (p *tab) tabsTo(selector string, modifier int64) {
	p.t.Helper()
	for range 40 {
		if value[bool](p, `!!document.activeElement?.matches($[0])`, selector) {
			return
		}
		for _, event := range kb.Encode('\t') {
			if event.Type == kb.KeyChar {
				continue
			}
			event.Modifiers = modifier
			call(p, input.DispatchKeyEvent, *event)
		}
		p.hands.keys++
	}
	p.t.Fatalf("40 times Tab do not lead to %s", selector)
}

// counted are the jobs as the document has them.
func counted(t *testing.T) map[string]presses {
	t.Helper()
	raw, err := os.ReadFile("../docs/jobs.md")
	if err != nil {
		t.Fatal(err)
	}
	jobs := map[string]presses{}
	for line := range strings.SplitSeq(string(raw), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 4 {
			continue
		}
		clicks, err := strconv.Atoi(cells[2])
		keys, err2 := strconv.Atoi(cells[3])
		if err == nil && err2 == nil {
			jobs[cells[0]] = presses{clicks, keys}
		}
	}
	return jobs
}

// job is one of the jobs of docs/jobs.md. prepare makes the tenant what the job needs, before
// anybody signs in; ready is what a person did before it begins, uncounted.
type job struct {
	prepare func(*rig)
	ready   func(*tab)
	do      func(*tab)
	done    func(*testing.T, *rig)
}

const (
	fromQueue = 1000886
	toQueue   = 1001002
)

func id(queue int64) string { return strconv.FormatInt(queue, 10) }

// in has agents in one queue alone, all of them known to be.
func in(queue int64, agents ...string) func(*rig) {
	return func(r *rig) {
		for _, agent := range agents {
			r.api.SetQueues(r.demo.Tenant, agent, sandbox.Callin, []int64{queue}, nil)
		}
	}
}

// are checks that agents truly are in one queue alone.
func are(queue int64, agents ...string) func(*testing.T, *rig) {
	return func(t *testing.T, r *rig) {
		t.Helper()
		for _, agent := range agents {
			if got := r.agent(agent).Callin; !slices.Equal(got, []int64{queue}) {
				t.Errorf("%s is in %v, not in %d alone", agent, got, queue)
			}
		}
	}
}

// moveOne finds an agent by their extension and moves them.
func moveOne(p *tab) {
	p.palette()
	p.finds("082018")
	p.keys(kb.ArrowDown + "\r")
	p.moveHere()
}

// tapOne is moveOne of a phone, which has no arrows.
func tapOne(p *tab) {
	p.click("[data-palette]")
	p.finds("082018")
	p.click("#palette-callin")
	p.moveHere()
}

// moveHere moves the agent whose editor is open as a page.
func (p *tab) moveHere() {
	p.t.Helper()
	p.at("/agents/082018/queues?type=callin")
	p.click("#add-queue")
	p.keys(id(toQueue) + "\r")
	p.see(`.queue-item[data-queue-id="1001002"]`)
	p.click(`.queue-item[data-queue-id="1000886"] input`)
	p.see("#editor-confirm")
	p.click(saves)
	p.see(`[data-result], #toasts .toast-good`)
}

// plan plans a run and carries it out.
func (p *tab) plan() {
	p.t.Helper()
	p.click("#run-plan")
	p.start()
}

func (p *tab) start() {
	p.t.Helper()
	p.see(`[data-run-state="planned"] #run-start`)
	p.click("#run-start")
	p.see(`[data-run-state="finished"]`)
}

// moveByPaste plans a move of the agents that are pasted, from the list of bulk changes on.
func (p *tab) moveByPaste(agents []string) {
	p.t.Helper()
	p.click(`.tabs a[href="/runs"]`)
	p.click(`.page a[href="/runs/new"]`)
	p.click("#agent_ids")
	p.pastes(strings.Join(agents, "\n"))
	p.click(`[name=operation][value=move]`)
	p.click(`[name=from_ids][value="1000886"]`)
	p.click(`[name=queue_ids][value="1001002"]`)
	p.plan()
}

// some are the first extensions of the tenant that begin so.
func (r *rig) some(prefix string, n int) (ids []string) {
	for _, a := range r.api.Agents(r.demo.Tenant) {
		if strings.HasPrefix(a.ID, prefix) && len(ids) < n {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

func jobs() map[string]job {
	one := job{prepare: in(fromQueue, "082018"), do: moveOne, done: are(toQueue, "082018")}
	phone := job{prepare: one.prepare, ready: func(p *tab) { p.resize(390, 844) }, do: tapOne, done: one.done}
	return map[string]job{
		"move one agent": one,
		"on a phone":     phone,
		"move 25 and back": {
			prepare: func(r *rig) { in(fromQueue, r.some("08", 25)...)(r) },
			do: func(p *tab) {
				agents := p.rig.some("08", 25)
				p.moveByPaste(agents)
				are(toQueue, agents...)(p.t, p.rig)
				p.click("#run-reverse")
				p.start()
			},
			done: func(t *testing.T, r *rig) {
				t.Helper()
				are(fromQueue, r.some("08", 25)...)(t, r)
			},
		},
		"recording off for a queue": {
			do: func(p *tab) {
				p.palette()
				p.finds(id(fromQueue))
				p.keys("\r")
				p.at("/queues/1000886")
				p.click("#queue-bulk")
				p.click(`[name=operation][value="recording-off"]`)
				p.plan()
			},
			done: func(t *testing.T, r *rig) {
				t.Helper()
				members := r.api.QueueMembers(r.demo.Tenant, sandbox.Callin, fromQueue)
				for _, agent := range members {
					if a := r.agent(agent); a.Recording == nil || *a.Recording {
						t.Errorf("%s is recorded", agent)
					}
				}
				if len(members) < 3 {
					t.Errorf("only %d members", len(members))
				}
			},
		},
		"place who has no queue": {
			prepare: func(r *rig) {
				for _, a := range r.api.Agents(r.demo.Tenant) {
					if len(a.Callin) == 0 {
						r.api.SetQueues(r.demo.Tenant, a.ID, sandbox.Callin, []int64{1001226}, nil)
					}
				}
				for _, agent := range []string{"082018", "082019"} {
					r.api.EditAgent(r.demo.Tenant, agent, func(a *sandbox.Agent) { a.Active, a.Callin = true, nil })
				}
			},
			do: func(p *tab) {
				p.palette()
				p.finds("chua co")
				p.keys("\r")
				p.at("/agents?health=no-callin")
				p.wait(`document.querySelectorAll("tr[data-agent-id]").length === 2`)
				p.click(".choose:has(#choose-page)")
				p.click("#selection-change")
				p.click(`[name=operation][value=add]`)
				p.click(`[name=queue_ids][value="1001002"]`)
				p.plan()
			},
			done: are(toQueue, "082018", "082019"),
		},
		"who took 082018 out, and put it back": {
			prepare: func(r *rig) {
				r.api.SetQueues(r.demo.Tenant, "082018", sandbox.Callin, []int64{fromQueue, toQueue}, nil)
			},
			ready: func(p *tab) {
				p.goTo("/agents/082018/queues?type=callin")
				p.click(`.queue-item[data-queue-id="1001002"] input`)
				p.see("#editor-confirm")
				p.click(saves)
				p.see("[data-result]")
				are(fromQueue, "082018")(p.t, p.rig)
				p.goTo("/agents")
			},
			do: func(p *tab) {
				p.palette()
				p.finds("082018")
				p.keys("\r")
				p.at("/agents/082018")
				if who := p.text(".history .change-who"); who != "Nguyễn Thị Lan" {
					p.t.Errorf("it was %q", who)
				}
				p.click(`.history form[action$="/undo"] button`)
				p.until(func() bool { return len(p.rig.agent("082018").Callin) == 2 }, func() string { return "the queue, put back" })
			},
			done: func(t *testing.T, r *rig) {
				t.Helper()
				if got := r.agent("082018").Callin; !slices.Equal(got, []int64{fromQueue, toQueue}) {
					t.Errorf("082018 is in %v", got)
				}
			},
		},
		"a key revoked while editing": {
			ready: func(p *tab) {
				p.edit(several, "1000888")
				p.rig.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
			},
			do: func(p *tab) {
				p.click(saves)
				p.see("#api_key")
				p.rig.api.ClearFaults()
				p.click("#api_key")
				p.pastes(p.rig.demo.Key)
				p.click("#sign-in")
				p.see(`.queue-item[data-queue-id="1000888"][data-added]`)
				p.wait(`!document.querySelector($[0]).disabled`, saves)
				p.click(saves)
				p.see("#toasts .toast-good, [data-result=verified]")
			},
			done: func(t *testing.T, r *rig) {
				t.Helper()
				if got := r.agent("082019").Callin; !slices.Contains(got, 1000888) {
					t.Errorf("082019 is in %v", got)
				}
			},
		},
		"export a queue": {
			ready: func(p *tab) {
				call(p, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
					Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
				})
			},
			do: func(p *tab) {
				p.choose("#queue_id", id(fromQueue))
				p.at("/agents?queue_id=1000886")
				p.wait(`document.querySelector("#files a").href.includes("queue_id=1000886")`)
				p.click("#files summary")
				p.reset()
				p.click("#files a")
				p.until(func() bool { return p.requests("GET /agents.xlsx?queue_id=1000886") == 1 }, func() string { return "the file" })
			},
			done: func(*testing.T, *rig) {},
		},
		"keyboard only": {
			prepare: one.prepare,
			do: func(p *tab) {
				p.keys("/")
				p.focused("#q")
				p.keys("082018")
				p.wait(`document.querySelectorAll("tr[data-agent-id]").length === 1`)
				p.keys(kb.Escape + "je")
				p.see("#drawer[open] #editor-form")
				p.focused("#add-queue")
				p.keys(id(toQueue) + "\r")
				p.see(`.queue-item[data-queue-id="1001002"]`)
				p.tabsTo(`.queue-item[data-queue-id="1000886"] input`, int64(chromedp.ModifierShift))
				p.keys(" ")
				p.see("#editor-confirm")
				p.tabsTo(saves, 0)
				p.keys("\r")
				p.gone("#drawer[open]")
			},
			done: one.done,
		},
		"without JavaScript": {
			prepare: one.prepare,
			ready:   func(p *tab) { p.withoutScript(); p.goTo("/agents") },
			do: func(p *tab) {
				p.click("#q")
				p.fill("#q", "082018")
				p.keys("\r")
				p.wait(`document.querySelectorAll("tr[data-agent-id]").length === 1`)
				p.click(row + " .row-edit")
				p.fill("#add-queue", id(toQueue))
				p.click(`.queue-item[data-queue-id="1000886"] input`)
				p.click(plainSave)
				p.click("[data-confirm] button")
				p.see("[data-result]")
			},
			done: one.done,
		},
		"queues that nobody serves now": {
			prepare: func(r *rig) {
				for _, a := range r.api.Agents(r.demo.Tenant) {
					r.api.SetStatus(r.demo.Tenant, a.ID, sandbox.Available, sandbox.Available)
				}
				in(toQueue, "082018")(r)
				for _, agent := range r.api.QueueMembers(r.demo.Tenant, sandbox.Callin, toQueue) {
					r.api.SetStatus(r.demo.Tenant, agent, sandbox.NotAvailable, sandbox.Logout)
				}
			},
			do: func(p *tab) {
				p.click(`.tabs a[href="/queues"]`)
				p.click("#sort-callin-available")
				p.wait(`location.search.includes("sort=available")`)
				p.see("#queues tbody tr:first-child [data-nobody-available]")
			},
			done: func(*testing.T, *rig) {},
		},
		"the evening line-up": {
			prepare: in(fromQueue, "082018", "082019", "082021"),
			ready: func(p *tab) {
				p.moveByPaste([]string{"082018", "082019", "082021"})
				p.click("#run-keep summary")
				p.fill("#run-name", "Ca tối")
				p.click("#run-keep button")
				p.see("#run-reverse")
				p.click("#run-reverse")
				p.start()
				are(fromQueue, "082018", "082019", "082021")(p.t, p.rig)
				p.goTo("/agents")
			},
			do: func(p *tab) {
				p.click(`.tabs a[href="/runs"]`)
				p.click(`.run-kept form[action$="/again"] button`)
				p.start()
			},
			done: are(toQueue, "082018", "082019", "082021"),
		},
	}
}

// TestDailyJobs does what docs/jobs.md counts, and takes no more presses than it says.
func TestDailyJobs(t *testing.T) {
	t.Parallel()
	document, all := counted(t), jobs()
	for name := range document {
		if _, ok := all[name]; !ok {
			t.Errorf("docs/jobs.md counts %q, which nothing here does", name)
		}
	}
	for name, j := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			most, ok := document[name]
			if !ok {
				t.Fatal("docs/jobs.md does not count it")
			}
			r := setup(t, func(o *options) {
				o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined }
			})
			if j.prepare != nil {
				j.prepare(r)
			}
			p := r.signIn()
			p.known()
			p.goTo("/agents")
			if j.ready != nil {
				j.ready(p)
			}
			p.hands = presses{}
			j.do(p)
			j.done(t, r)
			if got := p.hands; got.clicks > most.clicks || got.keys > most.keys {
				t.Errorf("it takes %d clicks and %d keys, docs/jobs.md says %d and %d", got.clicks, got.keys, most.clicks, most.keys)
			} else if got != most {
				t.Logf("it takes %d clicks and %d keys by now, docs/jobs.md says %d and %d", got.clicks, got.keys, most.clicks, most.keys)
			}
		})
	}
}
