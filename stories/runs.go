package stories

import (
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

func itemStates() []string {
	return []string{"planned", "unchanged", "impossible", "running", "verified", "accepted", "differs", "refused", "unknown", "aside", "not-attempted"}
}

func counts(p paths.Paths, states ...string) (all []partials.RunCount) {
	for i, s := range states {
		all = append(all, partials.RunCount{State: s, N: []int{12, 1, 1000000, 0}[i%4], URL: p.Run("r7", s, 0)})
	}
	return all
}

// run is a bulk change in a state, with nothing remarkable in it.
func (t *teller) run(p paths.Paths, state string) partials.Run {
	m := partials.Run{
		Paths: p, ID: "r7", Title: t.say.T("runs.do.add", "To", "CSKH Miền Bắc"), Choice: t.say.N("runs.chosen.picked", 24), State: state, Revision: 3,
		Operator: "Nguyễn Văn An", PlannedAt: t.ago(50 * time.Minute), Done: 10, Total: 24, Percent: 41, ToDo: 14, Of: 24, From: 1, To: 6,
		Estimate: partials.RunEstimate{Calls: 96, Minutes: t.say.N("runs.minutes", 4), Known: true, Age: 60}, OldestAt: t.ago(2 * time.Minute),
		Counts: counts(p, "verified", "refused", "unchanged"),
	}
	if state != "planned" {
		m.StartedAt = t.ago(40 * time.Minute)
	}
	if m.Over() {
		m.EndedAt, m.Done = t.ago(20*time.Minute), 24
	}
	for i := range 6 {
		m.Items = append(m.Items, t.item(p, i, "verified"))
	}
	return m
}

func (t *teller) item(p paths.Paths, i int, state string) partials.RunItem {
	id := fmt.Sprintf("%06d", 82000+i)
	return partials.RunItem{Seq: i + 1, Agent: id, AgentURL: p.Agent(id), Name: names()[i%7], State: state, Added: chips(p, "callin", 1), Ticked: i%3 > 0, ChangeURL: p.UndoChange(id)}
}

// hardItems are items in every state, with the longest of texts.
func (t *teller) hardItems(p paths.Paths) (all []partials.RunItem) {
	for i, state := range itemStates() {
		it := t.item(p, i, state)
		switch i % 4 {
		case 0:
			it.Name, it.Removed, it.Added = endless(), hardChips(p, "callin"), chips(p, "callin", 40)
		case 1:
			it.Name, it.Kept, it.Added, it.ReadAt = arabic, hardChips(p, "callin"), nil, t.ago(3*time.Minute)
		case 2:
			it.Name, it.Why, it.Code, it.Message = "", t.say.T("runs.item_why.busy", "Operator", endless()), "INVALID_INPUT", endless()
		case 3:
			it.Name, it.Text, it.Added = hebrew, t.say.T("runs.do.recording-on"), nil
		}
		all = append(all, it)
	}
	return all
}

func (t *teller) hardPlan(p paths.Paths) partials.Run {
	m := t.run(p, "planned")
	m.Title, m.Choice, m.Operator, m.Name = t.say.T("runs.do.move", "From", endless(), "To", hebrew), t.say.N("runs.chosen.file", 1000000, "File", endless()+".xlsx"), arabic, endless()
	m.OfURL, m.OfText = p.Run("r6", "", 0), t.say.T("runs.of_undo")
	m.ToDo, m.Unchanged, m.Impossible, m.Unticked, m.Deserted = 1000000, 1, 12, 1000000, 2
	m.Estimate = partials.RunEstimate{Calls: 4000000, Minutes: t.say.N("runs.minutes", 1000000), Age: 1000000, Longer: true}
	m.Moved = t.say.N("runs.moved", 40, "Agents", strings.Repeat("082019, ", 40))
	m.Counts = counts(p, itemStates()...)
	for i, c := range hardChips(p, "callin") {
		m.Effects = append(m.Effects, partials.RunEffect{
			Queue: c, Type: []string{"callin", "callout"}[i%2], MembersBefore: 1000000, MembersAfter: 999999 + i, ActiveBefore: 1, AvailableBefore: 1, ActiveAfter: 1,
			Deserted: i%2 == 0, Unknown: i == 3,
		})
		m.Groups = append(m.Groups, partials.RunGroup{Agents: 1000000, Removed: hardChips(p, "callin"), Added: chips(p, "callin", 8*i)})
	}
	m.Groups = append(m.Groups, partials.RunGroup{Agents: 1, Text: t.say.T("runs.do.recording-off")})
	m.Items, m.Page, m.HasMore = t.hardItems(p), 2, true
	return m
}

func (t *teller) runs() {
	const group = "Bulk changes"
	here := nav("runs")
	row := func(p paths.Paths, i int, state string) pages.RunRow {
		id := fmt.Sprintf("r%d", i)
		return pages.RunRow{
			ID: id, URL: p.Run(id, "", 0), Title: t.say.T("runs.do.add", "To", queueNames()[i%7]), Choice: t.say.N("runs.chosen.picked", 24), State: state,
			Operator: names()[i%7], At: t.ago(time.Duration(i) * 7 * time.Hour), Done: 10, Total: 24, Counts: counts(p, "verified", "refused"),
		}
	}
	t.page(group, "runs", "one in each state, and two that are kept", func(p paths.Paths) templ.Component {
		m := pages.Runs{Paths: p, Older: "r0"}
		for i, state := range []string{"planned", "running", "paused", "interrupted", "cancelled", "finished"} {
			m.List = append(m.List, row(p, i, state))
		}
		m.Kept = []pages.RunRow{row(p, 7, "finished"), row(p, 8, "finished")}
		m.Kept[0].Name, m.Kept[1].Name, m.Kept[1].Reversible = "Ca sáng thứ Hai", "Ca tối", true
		return pages.RunsPage(m)
	}, here)
	t.page(group, "runs-hard", "texts that break things", func(p paths.Paths) templ.Component {
		m := pages.Runs{Paths: p}
		for i, text := range []string{endless(), arabic, hebrew} {
			r := row(p, i, "finished")
			r.Title, r.Name, r.Choice, r.Operator, r.Counts, r.Reversible = text, text, text, text, counts(p, itemStates()...), true
			m.List, m.Kept = append(m.List, r), append(m.Kept, r)
		}
		return pages.RunsPage(m)
	}, here)
	t.page(group, "runs-none", "none yet", func(p paths.Paths) templ.Component { return pages.RunsPage(pages.Runs{Paths: p}) }, here)
	t.page(group, "sign-out-runs", "what is to become of a run when its person signs out", func(p paths.Paths) templ.Component {
		return pages.SignOutRunsPage(pages.SignOutRuns{Paths: p, Going: 1000000, Back: p.Runs("")})
	}, here)
	t.newRun(here)

	const one = "A bulk change"
	page := func(name, says string, make func(p paths.Paths) partials.Run) {
		t.page(one, name, says, func(p paths.Paths) templ.Component { return pages.RunPage(make(p)) }, here)
	}
	page("run-plan", "a plan", func(p paths.Paths) partials.Run {
		m := t.run(p, "planned")
		m.Counts, m.Unchanged, m.Total = counts(p, "planned", "unchanged"), 10, 24
		for i := range m.Items {
			m.Items[i].State, m.Items[i].ChangeURL = []string{"planned", "unchanged"}[i%2], ""
		}
		for i, c := range chips(p, "callin", 2) {
			m.Effects = append(m.Effects, partials.RunEffect{Queue: c, Type: "callin", MembersBefore: 40, MembersAfter: 54 - i*14, ActiveBefore: 30, ActiveAfter: 40, AvailableBefore: 12, AvailableAfter: 16})
		}
		m.Groups = []partials.RunGroup{{Agents: 14, Added: chips(p, "callin", 1)}}
		return m
	})
	page("run-plan-hard", "a plan with all that can be in one, which leaves queues without anybody", t.hardPlan)
	page("run-plan-forty", "a plan that concerns forty queues", func(p paths.Paths) partials.Run {
		m := t.run(p, "planned")
		for i, c := range chips(p, "callin", 40) {
			m.Effects = append(m.Effects, partials.RunEffect{Queue: c, Type: "callin", MembersBefore: i, MembersAfter: i + 1})
		}
		return m
	})
	page("run-plan-nothing", "a plan that changes nobody", func(p paths.Paths) partials.Run {
		m := t.run(p, "planned")
		m.ToDo, m.Unchanged, m.Items, m.Counts, m.Of, m.OldestAt = 0, 1, nil, nil, 0, time.Time{}
		return m
	})
	page("run-running", "it goes on", func(p paths.Paths) partials.Run {
		m := t.run(p, "running")
		m.Items[2].State = "running"
		return m
	})
	page("run-waits", "it waits for somebody else's", func(p paths.Paths) partials.Run {
		m := t.run(p, "running")
		m.Behind = t.say.T("runs.behind", "Operator", endless())
		return m
	})
	page("run-looks", "it looks once more", func(p paths.Paths) partials.Run {
		m := t.run(p, "running")
		m.Looking = t.say.N("runs.looking", 1000000)
		return m
	})
	page("run-stops", "it reads, and is asked to stop", func(p paths.Paths) partials.Run {
		m := t.run(p, "running")
		m.Reading, m.Stopping = true, true
		return m
	})
	page("run-reads", "it reads", func(p paths.Paths) partials.Run {
		m := t.run(p, "running")
		m.Reading, m.Done, m.Percent = true, 0, 0
		return m
	})
	page("run-paused", "it was paused, for the key is not accepted any more", func(p paths.Paths) partials.Run {
		m := t.run(p, "paused")
		m.Why, m.Detail, m.KeyURL = t.say.T("runs.why.unauthorized"), hebrew, p.SignIn("")
		return m
	})
	page("run-interrupted", "its console is gone, and what was asked last was refused", func(p paths.Paths) partials.Run {
		m := t.run(p, "interrupted")
		f := t.failure("conflict", "runs.elsewhere")
		m.Why, m.Failure, m.CanRetry = t.say.T("runs.why.interrupted"), &f, true
		return m
	})
	page("run-cancelled", "it was ended", func(p paths.Paths) partials.Run {
		m := t.run(p, "cancelled")
		m.Why, m.CanRetry, m.CanUndo = t.say.T("runs.why.too-long"), true, true
		return m
	})
	page("run-finished", "it has ended, with every state there is and the longest of texts", func(p paths.Paths) partials.Run {
		m := t.run(p, "finished")
		m.Items, m.Counts, m.CanRetry, m.CanUndo, m.Reversible = t.hardItems(p), counts(p, itemStates()...), true, true, true
		m.Page, m.HasMore, m.From, m.To, m.Of = 3, true, 151, 161, 1000000
		return m
	})
	page("run-filtered", "one state of its items, of which there are none", func(p paths.Paths) partials.Run {
		m := t.run(p, "finished")
		m.Filter, m.Items, m.Of = "refused", nil, 0
		return m
	})
}

func (t *teller) newRun(here func(*Story)) {
	const group = "A new bulk change"
	queues := func(p paths.Paths, typ string, n int) (all []pages.NewRunQueue) {
		for i, c := range chips(p, typ, n) {
			all = append(all, pages.NewRunQueue{Chip: c, Members: i * 40000, To: i == 1, From: i == 2})
		}
		return all
	}
	page := func(name, says string, make func(p paths.Paths, m *pages.NewRun)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			m := pages.NewRun{Paths: p, Queues: queues(p, "callin", 12), Callout: queues(p, "callout", 2), MostRows: 20000}
			make(p, &m)
			return pages.NewRunPage(m)
		}, here)
	}
	page("newrun", "nothing is chosen yet", func(paths.Paths, *pages.NewRun) {})
	page("newrun-add", "agents and queues to add them to", func(_ paths.Paths, m *pages.NewRun) {
		m.Operation, m.Agents, m.Priority = "add", strings.Repeat("082019\n", 40), "1000000"
	})
	page("newrun-move", "all that a filter matches, from queues to others, with names that break things", func(p paths.Paths, m *pages.NewRun) {
		m.Operation, m.Matching, m.Count, m.Query = "move", true, 1000000, [][2]string{{"status", "1"}}
		for i, c := range hardChips(p, "callin") {
			m.Queues[i].Chip = c
		}
	})
	page("newrun-sixty", "more queues than fit a choice", func(p paths.Paths, m *pages.NewRun) {
		m.Operation, m.Queues = "replace", queues(p, "callin", 60)
	})
	page("newrun-callout", "a callout queue, of none", func(_ paths.Paths, m *pages.NewRun) { m.Operation, m.Callout = "callout", nil })
	page("newrun-file", "a file of several sheets, with a great deal that is wrong in it", func(_ paths.Paths, m *pages.NewRun) {
		m.Operation, m.Sheets, m.More = "file", []string{"Ca sáng", arabic, endless()}, 1000000
		m.Errors = []pages.RunError{{Text: t.say.T("runs.error.sheet")}, {At: "3:2", Text: t.say.T("runs.error.queue_id", "Text", endless())}}
		for i := range 30 {
			m.Errors = append(m.Errors, pages.RunError{At: fmt.Sprintf("%d:2", i+4), Text: t.say.T("runs.error.priority", "Text", hebrew)})
		}
	})
	page("newrun-failed", "it could not be planned", func(_ paths.Paths, m *pages.NewRun) {
		f := t.failure("failed", "problem.database")
		m.Failure, m.Operation = &f, "recording-on"
	})
}
