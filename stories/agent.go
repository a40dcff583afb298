package stories

import (
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

func (t *teller) agent() {
	const group = "An agent"
	page := func(name, says string, make func(p paths.Paths) pages.Agent) {
		t.page(group, name, says, func(p paths.Paths) templ.Component { return pages.AgentPage(make(p)) }, nav("agents"))
	}
	page("agent", "two queues and two changes", func(p paths.Paths) pages.Agent {
		r := t.row(p, 1)
		r.Recording.State, r.Recording.At, r.Recording.By = "sent-on", t.ago(4*time.Minute), "Trần Văn Hùng"
		return pages.Agent{Paths: p, Row: r, Tenant: "AloHub", ReadAt: t.ago(12 * time.Second), History: t.journal(p)[:3]}
	})
	page("agent-hard", "forty queues, the longest of names, and everything that can be in doubt", func(p paths.Paths) pages.Agent {
		r := t.hardRows(p)[4]
		r.Callin, r.Callout = chips(p, "callin", 40), hardChips(p, "callout")
		r.Priority, r.System, r.User = "1000000", endless(), arabic
		r.EditCallin, r.WhyNotCallin = "", t.say.T("whynot.queues-unreadable")
		o := t.differs(p)
		return pages.Agent{
			Paths: p, Row: r, Tenant: endless(), ReadAt: t.ago(80 * time.Hour), Outcome: &o,
			Doubts:        []string{t.say.T("unsure.row-old"), t.say.N("unsure.unread", 40, "Names", endless())},
			CalloutDoubts: []string{t.say.T("doubt.sent", "Queue", hebrew, "Ago", t.say.N("ago.minutes", 4))},
			History:       changesOf(t.journal(p)), More: true, HistoryURL: p.Changes(paths.ChangesQuery{AgentID: r.ID}),
		}
	})
	page("agent-nobody", "no name, no queue, no history", func(p paths.Paths) pages.Agent {
		r := t.hardRows(p)[2]
		r.FollowMe, r.Active = nil, nil
		return pages.Agent{Paths: p, Row: r, ReadAt: t.ago(0)}
	})
	page("agent-locked", "from right to left, and not to be written to", func(p paths.Paths) pages.Agent {
		r := t.hardRows(p)[6]
		r.Name, r.Recording.State = arabic, "off"
		return pages.Agent{Paths: p, Row: r, Tenant: hebrew, ReadAt: t.ago(time.Minute)}
	})
	page("agent-unknown", "there is no such agent", func(p paths.Paths) pages.Agent {
		f := t.failure("not-found", "problem.no_agent")
		return pages.Agent{Paths: p, Row: partials.AgentRow{ID: "999999"}, Failure: &f, Unknown: true}
	})
	page("agent-put-off", "what was pressed when the session ended", func(p paths.Paths) pages.Agent {
		r := t.row(p, 0)
		return pages.Agent{Paths: p, Row: r, Tenant: "AloHub", ReadAt: t.ago(time.Second), PutOff: &partials.PutOff{
			Text: t.say.T("put_off.recording_on", "Agent", endless()), URL: p.AgentRecording(r.ID), Name: "enabled", Value: "true",
			Button: t.say.T("put_off.button_on"), Back: p.Agent(r.ID),
		}}
	})
	t.editor()
}

// changesOf are those of one agent: runs and what the API does are not among them.
func changesOf(rows []partials.JournalRow) (all []partials.JournalRow) {
	for _, r := range rows {
		if r.Change != nil {
			all = append(all, r)
		}
	}
	return all
}

// editorOf is an editor of so many queues.
func (t *teller) editorOf(p paths.Paths, typ string, n int) partials.Editor {
	m := partials.Editor{
		Paths: p, Agent: "082019", Name: "Trần Văn Hùng", Type: typ, Base: "1000880", Priority: "1", PriorityBase: "1",
		SuggestURL: p.EditorOptions("082019", typ), ReadAt: t.ago(8 * time.Second),
		Preview: partials.Preview{Agent: "082019", Type: typ, Nothing: true, Closed: t.say.T("preview.closed_nothing"), Back: p.Agent("082019"), Final: chips(p, typ, n)},
	}
	for _, c := range chips(p, typ, n) {
		m.Chips = append(m.Chips, partials.EditorChip{Chip: c, Kept: true})
	}
	for i, c := range chips(p, typ, 5) {
		m.Suggestions = append(m.Suggestions, partials.EditorSuggestion{Chip: c, Members: i * 250000, Available: i * 3, In: i == 3})
	}
	return m
}

// hardEditor is one in which everything that can be said is said of every queue.
func (t *teller) hardEditor(p paths.Paths) partials.Editor {
	m := t.editorOf(p, "callin", 0)
	m.Name = arabic
	for i, c := range hardChips(p, "callin") {
		m.Chips = append(m.Chips, partials.EditorChip{Chip: c, Kept: i%2 == 0, Added: i == 2, Doubt: []string{"", "", "", "sent", "removed"}[i]})
	}
	m.Doubts = []string{t.say.T("unsure.crawl-incomplete")}
	m.Notes = []string{t.say.T("warning.agent-inactive"), t.say.T("warning.priority-doubtful", "Text", "1000000")}
	hard := hardChips(p, "callin")
	m.Preview = partials.Preview{
		Agent: m.Agent, Type: m.Type, Back: p.Agent(m.Agent), Removed: hard[:2], Added: hard[2:3], Final: hard[2:], Priority: "1000000", PriorityX: true,
		Curl:     "curl -X PUT 'https://agent-api.alohub.vn/v1/agents/082019/queues/callin' \\\n  -H 'X-Api-Key: ••••' \\\n  -d '{\"queueIds\":[" + endless() + "],\"priority\":1000000}'",
		Warnings: []string{t.say.T("warning.list-moved"), endless()},
	}
	return m
}

func (t *teller) question(p paths.Paths) partials.Question {
	return partials.Question{
		Text:    t.say.N("confirm.remove", 2, "Agent", "082019", "Names", hebrew+", "+endless()),
		Reasons: []string{t.say.T("warning.leaves-queue-without-agent", "Queue", arabic), t.say.T("unsure.one-shown")},
		Button:  t.say.T("confirm.button_both", "Removed", 2, "Added", 2), Shown: "removal:1000880", ButtonID: partials.ConfirmID, Asked: true,
	}
}

func (t *teller) editor() {
	const group = "The editor of queues"
	page := func(name, says string, make func(p paths.Paths) partials.Editor) {
		t.page(group, name, says, func(p paths.Paths) templ.Component { return pages.EditorPage(make(p)) }, nav("agents"))
	}
	page("editor-none", "no queue", func(p paths.Paths) partials.Editor {
		m := t.editorOf(p, "callin", 0)
		m.Base, m.Name, m.Priority, m.PriorityBase = "", "", "", ""
		return m
	})
	page("editor-one", "one callout queue", func(p paths.Paths) partials.Editor {
		m := t.editorOf(p, "callout", 1)
		m.Notes = []string{t.say.T("warning.callout-shows-one")}
		return m
	})
	page("editor-forty", "forty queues", func(p paths.Paths) partials.Editor { return t.editorOf(p, "callin", 40) })
	page("editor-hard", "what breaks things, removed, added and in doubt", t.hardEditor)
	page("editor-question", "what is asked before it is saved", func(p paths.Paths) partials.Editor {
		m, q := t.hardEditor(p), t.question(p)
		m.Question, m.Preview.Question = &q, &q
		return m
	})
	page("editor-asks-beside", "what is asked of what was changed just now, and which queue was meant", func(p paths.Paths) partials.Editor {
		m, q := t.editorOf(p, "callin", 4), t.question(p)
		q.Final, q.Removed, q.Added, q.ButtonID = hardChips(p, "callin"), hardChips(p, "callin")[:2], chips(p, "callin", 1), ""
		m.Typed = "kỹ thuật"
		m.Preview.Nothing, m.Preview.Closed, m.Preview.Question, m.Preview.Removed = false, "", &q, chips(p, "callin", 1)
		m.Preview.Unclear = endless()
		for i, c := range hardChips(p, "callin") {
			m.Preview.Candidates = append(m.Preview.Candidates, partials.EditorChip{Chip: c, Kept: i == 0})
		}
		return m
	})
	page("editor-conflict", "somebody else has changed the list meanwhile", func(p paths.Paths) partials.Editor {
		m := t.editorOf(p, "callin", 4)
		hard := hardChips(p, "callin")
		m.Conflict = &partials.Conflict{Base: hard, Theirs: hard, Yours: chips(p, "callin", 40), Merged: chips(p, "callin", 4), AddedByThem: hard[:3], RemovedByThem: hard[3:]}
		m.Preview.Nothing, m.Preview.Closed, m.Preview.Added, m.Preview.Priority = false, "", chips(p, "callin", 1), "1"
		return m
	})
	page("editor-refused", "the API refuses the list", func(p paths.Paths) partials.Editor {
		m, f := t.editorOf(p, "callin", 4), t.invalid("queue-field")
		m.Failure = &f
		return m
	})
	page("editor-fields", "what was typed is no queue", func(p paths.Paths) partials.Editor {
		m, f := t.editorOf(p, "callin", 1), t.failure("invalid-input", "problem.unknown_queue")
		f.FieldID, m.Typed = "add-queue", endless()
		m.Failure = &f
		return m
	})
	page("editor-priority", "what was typed is no priority", func(p paths.Paths) partials.Editor {
		m, f := t.editorOf(p, "callin", 1), t.failure("invalid-input", "problem.priority")
		f.FieldID, m.Priority = "priority", "một"
		m.Failure = &f
		return m
	})
	page("editor-saved", "what came of it", func(p paths.Paths) partials.Editor {
		m, o := t.editorOf(p, "callin", 4), t.differs(p)
		m.Outcome = &o
		return m
	})
	page("editor-locked", "it cannot be edited", func(p paths.Paths) partials.Editor {
		m := t.editorOf(p, "callin", 4)
		m.WhyNot = t.say.T("whynot.other-tenant")
		return m
	})
	page("editor-failed", "the list could not be read", func(p paths.Paths) partials.Editor {
		m, f := t.editorOf(p, "callin", 0), t.failure("unreachable", "problem.reach.timeout")
		f.RetryURL = p.AgentQueues(m.Agent, m.Type)
		m.Base, m.Failure = "", &f
		return m
	})
	t.drawers()
}

// drawers are editors over the list.
func (t *teller) drawers() {
	const group = "The drawer"
	drawer := func(name, says string, make func(p paths.Paths) templ.Component) {
		p := paths.New("/of/" + name)
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			return pages.AgentsPage(t.agentsPage(p, t.list(p, paths.AgentsQuery{}, t.rows(p, 9), 9)))
		}, nav("agents"), presses(".row-edit", "#drawer[open] #editor", map[string]templ.Component{"/agents/082000/queues": make(p)}))
	}
	drawer("drawer", "an editor of four queues", func(p paths.Paths) templ.Component { return partials.QueueEditor(t.editorOf(p, "callin", 4)) })
	drawer("drawer-forty", "of forty", func(p paths.Paths) templ.Component { return partials.QueueEditor(t.editorOf(p, "callin", 40)) })
	drawer("drawer-question", "with a question, a preview and names that break things", func(p paths.Paths) templ.Component {
		m, q := t.hardEditor(p), t.question(p)
		m.Preview.Question = &q
		return partials.QueueEditor(m)
	})
	drawer("drawer-limited", "the limit was met: it is saved again by itself", func(p paths.Paths) templ.Component {
		m, f := t.hardEditor(p), t.limited()
		f.RetryButton = partials.SaveID
		m.Failure = &f
		return partials.QueueEditor(m)
	})
	drawer("drawer-saving", "a save that waits for the limit", func(p paths.Paths) templ.Component { return partials.SavingBox(t.saving(p)) })

	drawer("drawer-gone", "a save of which nothing is known any more", func(paths.Paths) templ.Component {
		return partials.SavingGone(t.failure("not-found", "problem.saving_gone"))
	})

	page := func(name, says string, make func(p paths.Paths) partials.Saving) {
		t.page("A save that goes on", name, says, func(p paths.Paths) templ.Component { return pages.SavingPage(make(p)) }, nav("agents"))
	}
	page("saving", "some queues are checked, the limit makes it wait", t.saving)
	page("saving-begins", "nothing is known yet", func(p paths.Paths) partials.Saving {
		return partials.Saving{Paths: p, ID: "s1", Agent: "082019", Type: "callin", Left: 1000000}
	})
	page("saving-cancelling", "another console was asked to cancel it", func(p paths.Paths) partials.Saving {
		m := t.saving(p)
		m.Wish = "cancel"
		return m
	})
	page("saving-sends", "it is sent", func(p paths.Paths) partials.Saving {
		m := t.saving(p)
		m.Sending, m.Done = true, m.Total
		return m
	})
	page("saving-anothers", "somebody else asked for it", func(p paths.Paths) partials.Saving {
		m := t.saving(p)
		m.Anothers, m.Whose = true, endless()
		return m
	})
	page("saving-behind", "behind somebody else's change", func(p paths.Paths) partials.Saving {
		m := t.saving(p)
		m.Behind, m.BehindSince = endless(), t.ago(time.Minute)
		return m
	})
	page("saving-behind-nobody", "behind a change of nobody who gave a name", func(p paths.Paths) partials.Saving {
		m := t.saving(p)
		m.Agent, m.BehindSince = endless()[:60], t.ago(time.Minute)
		return m
	})
}

func (t *teller) saving(p paths.Paths) partials.Saving {
	return partials.Saving{Paths: p, ID: "s1", Agent: "082019", Type: "callin", Done: 12, Total: 40, Left: 28, WaitSeconds: 7, Oldest: t.say.N("ago.minutes", 4)}
}

// undo is a change that is to be taken back.
func (t *teller) undo() {
	const group = "Undo"
	page := func(name, says string, make func(p paths.Paths, m *pages.Undo)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			m := pages.Undo{Paths: p, Item: *t.change(p, 0), Back: p.Changes(paths.ChangesQuery{})}
			make(p, &m)
			return pages.UndoPage(m)
		}, nav("changes"))
	}
	page("undo-question", "what is asked first", func(p paths.Paths, m *pages.Undo) {
		q := t.question(p)
		q.Final, q.Removed, q.Added, q.Back = hardChips(p, "callin"), hardChips(p, "callin")[:2], chips(p, "callin", 2), m.Back
		m.Question, m.Item.UndoURL = &q, ""
	})
	page("undo-nothing", "the list is as it was before it already", func(_ paths.Paths, m *pages.Undo) {
		m.Outcome = &partials.Outcome{Result: "nothing", Title: t.say.T("problem.undo_nothing.title"), Text: t.say.T("problem.undo_nothing.text")}
		m.Item.UndoURL = ""
	})
	page("undo-failed", "it cannot be", func(_ paths.Paths, m *pages.Undo) {
		m.Item.UndoURL = ""
		f := t.failure("conflict", "problem.already_undone")
		m.Failure = &f
		m.Item.Operator, m.Item.AgentName = arabic, endless()
	})
}

// recorded says what a press on a recording's button is answered with.
func (t *teller) recorded(p paths.Paths) templ.Component {
	r := t.rows(p, 2)[1]
	return templ.Join(
		partials.RowUpdate(r, partials.ListView{}),
		partials.BudgetUpdate(components.Budget{Tenant: components.Gauge{Limit: 60, Remaining: 9, Known: true}}),
		partials.ToastUpdate(t.toasts(p)[1]),
		partials.OutageUpdate(&components.Outage{Since: t.ago(time.Second), Whole: t.ago(time.Hour)}),
	)
}
