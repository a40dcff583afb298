package stories

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// change is one of the journal's entries, each of another kind than the one before.
func (t *teller) change(p paths.Paths, i int) *partials.Change {
	at := t.ago(time.Duration(i) * 5 * time.Hour)
	results := []string{"verified", "accepted", "differs", "refused", "unknown", "intent"}
	result := results[i%len(results)]
	agent := fmt.Sprintf("%06d", 82000+i)
	c := &partials.Change{
		ID: fmt.Sprintf("01KB3QX7%04d", i), At: at, Agent: agent, AgentName: names()[i%7], AgentURL: p.Agent(agent), Kind: "callin",
		Lead: t.say.T("editor.callin"), Removed: chips(p, "callin", 2)[1:], Added: chips(p, "callin", 1), Priority: "1 → 2",
		Sentence: t.say.T("change.sentence_both", "Kind", t.say.T("editor.callin"), "Removed", 1, "Added", 1),
		Before:   "test (1001226), Kỹ thuật (1001002)", After: "CSKH Miền Bắc (1000886), Kỹ thuật (1001002)", Sure: t.say.T("certainty.confirmed"),
		Curl:     "curl -X PUT 'https://agent-api.alohub.vn/v1/agents/" + agent + "/queues/callin' \\\n  -H 'X-Api-Key: ••••'",
		Operator: "Nguyễn Văn An", Result: result, ResultText: t.say.T("result." + result), Evidence: t.say.N("change.evidence_seconds", 38), UndoURL: p.UndoChange(agent),
	}
	return c
}

// journal is some of everything that can stand there.
func (t *teller) journal(p paths.Paths) []partials.JournalRow {
	var all []partials.JournalRow
	for i := range 9 {
		c := t.change(p, i)
		switch i {
		case 1:
			c.Operator, c.AgentName, c.UndoURL, c.WhyNotUndo = "", "", "", t.say.T("change.before_unknown")
		case 2:
			c.Operator, c.AgentName = endless(), endless()
			c.Removed, c.Added, c.Seen, c.UndoURL = hardChips(p, "callin"), chips(p, "callin", 40), endless(), ""
			c.UndoneURL, c.UndoesURL, c.RunURL = p.UndoChange("x"), p.UndoChange("y"), p.Run("r7", "", 0)
		case 3:
			c.Operator, c.AgentName, c.Lead, c.Code, c.Message = arabic, hebrew, "", "INVALID_INPUT", endless()
			c.Sentence = t.say.N("change.sentence_removed", 40, "Kind", t.say.T("editor.callout"))
			c.Before, c.UndoURL = "", ""
		case 4:
			c.Kind, c.Lead, c.Sentence, c.UndoURL = "recording", "", t.say.T("change.recording_on"), ""
			c.After, c.OppositeURL = "", p.AgentRecording(c.Agent)
		case 5:
			c.Kind, c.Lead, c.Sentence, c.UndoURL = "recording", "", t.say.T("change.recording_off"), ""
			c.After, c.OppositeURL, c.OppositeOn = "", p.AgentRecording(c.Agent), true
		}
		all = append(all, partials.JournalRow{Change: c, At: c.At})
	}
	run := t.run(p, "finished")
	run.CanUndo = true
	hard := t.run(p, "interrupted")
	hard.Title, hard.Operator, hard.Total, hard.ID = endless(), "", 1000000, "r8"
	all = append(all,
		partials.JournalRow{Run: &run, At: t.ago(50 * time.Hour)}, partials.JournalRow{Run: &hard, At: t.ago(51 * time.Hour)},
		partials.JournalRow{Shift: &partials.JournalShift{Code: "queues", Text: t.say.T("connection.trait.queues"), URL: p.Connection()}, At: t.ago(52 * time.Hour)},
	)
	last := ""
	for i := range all {
		at := all[i].At.UTC()
		all[i].Clock = at.Format("15:04")
		if day := at.Format("02/01/2006"); day != last {
			all[i].Day, last = day, day
		}
	}
	return all
}

func (t *teller) spans(p paths.Paths, chosen int) []pages.Span {
	all := []pages.Span{
		{Label: "changes.all_days", First: -1, Last: -1},
		{Label: "changes.today"},
		{Label: "changes.yesterday", First: 1, Last: 1},
		{Label: "changes.week", First: 6},
		{Label: "changes.range", First: -1, Last: -1},
	}
	for i := range all {
		all[i].URL, all[i].Chosen = p.Changes(paths.ChangesQuery{}), i == chosen
	}
	return all
}

func (t *teller) changes() {
	const group = "Changes"
	page := func(name, says string, make func(p paths.Paths, m *pages.Changes), more ...func(*Story)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			m := pages.Changes{Paths: p, Spans: t.spans(p, 0), Queues: partials.QueueFilter{Queues: chips(p, "callin", 12), Search: p.QueueOptions("callin")}}
			make(p, &m)
			return pages.ChangesPage(m)
		}, append(more, nav("changes"))...)
	}
	page("changes", "several days of everything that can happen", func(p paths.Paths, m *pages.Changes) {
		m.Items, m.Older = t.journal(p), "01KB3QX70000"
	})
	page("changes-open", "one of them opened, with the longest of texts in it", func(p paths.Paths, m *pages.Changes) {
		m.Items = t.journal(p)[2:4]
	}, presses("[data-change-id] summary", "[data-change-id] [open] .change-body", nil))
	page("changes-none", "nothing yet", func(paths.Paths, *pages.Changes) {})
	page("changes-filtered", "nothing of what is looked for, a day that is none, and the longest of texts", func(p paths.Paths, m *pages.Changes) {
		m.Query = paths.ChangesQuery{AgentID: endless()[:40], QueueID: 1000880, Operator: arabic, Kind: "recording", Result: "differs", To: "2026-11-24"}
		m.NoFrom, m.Queues.Chosen, m.Spans = endless()[:40], 1000880, t.spans(p, 4)
		m.Queues.Queues[0].Name = endless()
	})
	page("changes-turned", "the last day before the first", func(p paths.Paths, m *pages.Changes) {
		m.Query, m.Spans = paths.ChangesQuery{From: "2026-11-24", To: "2026-11-20"}, t.spans(p, 4)
	})
	page("changes-no-older", "behind the oldest", func(p paths.Paths, m *pages.Changes) {
		m.Query, m.Spans = paths.ChangesQuery{Before: "01KB3QX70000"}, t.spans(p, 1)
	})
	page("changes-of-run", "those of one run, and what came of an undo", func(p paths.Paths, m *pages.Changes) {
		m.Query, m.Items = paths.ChangesQuery{Run: "r7"}, t.journal(p)[:2]
		m.Run = &pages.RunRow{ID: "r7", URL: p.Run("r7", "", 0), Title: endless()}
		o := t.differs(p)
		m.Outcome = &o
	})
	page("changes-put-off", "an undo that was pressed when the session ended", func(p paths.Paths, m *pages.Changes) {
		m.Items = t.journal(p)[:1]
		m.PutOff = &partials.PutOff{
			Text: t.say.T("put_off.undo", "Agent", "082000", "What", t.say.T("change.recording_on")), URL: p.UndoChange("c1"),
			Button: t.say.T("change.undo"), Back: p.Changes(paths.ChangesQuery{}),
		}
	})
	t.undo()

	t.page("A file", "waiting", "a file that waits for the tenant to be read", func(p paths.Paths) templ.Component {
		return pages.WaitingPage(pages.Waiting{Progress: &partials.Progress{State: "waiting", Agents: 200, Total: 1000000}, Back: p.Agents(paths.AgentsQuery{})})
	}, nav("agents"))
	t.page("A file", "files", "which kinds of file there are", func(p paths.Paths) templ.Component {
		return pages.AgentsPage(t.agentsPage(p, t.list(p, paths.AgentsQuery{}, t.rows(p, 4), 4)))
	}, nav("agents"), presses("#files summary", "#files[open]", nil))
}

// palettes are what is reached by typing.
func (t *teller) palettes() {
	const group = "The palette"
	page := func(name, says string, make func(p paths.Paths, m *partials.Palette)) {
		p := paths.New("/of/" + name)
		m := partials.Palette{Paths: p}
		make(p, &m)
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			return pages.AgentsPage(t.agentsPage(p, t.list(p, paths.AgentsQuery{}, t.rows(p, 9), 9)))
		}, nav("agents"), presses("[data-palette]", "#palette[open] [data-drawn]", map[string]templ.Component{"/palette": partials.PaletteFound(m)}))
	}
	places := func(p paths.Paths) []partials.PalettePlace {
		return []partials.PalettePlace{
			{Label: t.say.T("nav.agents"), Icon: components.IconUsers, URL: p.Agents(paths.AgentsQuery{})},
			{Label: t.say.T("keys.title"), Icon: components.IconKeyboard, Keys: true},
			{Label: "English", Lang: "en", Icon: components.IconSettings2, Form: "preferences", Name: "lang", Value: "en"},
			{Label: t.say.T("menu.sign_out"), Icon: components.IconLogOut, Form: "sign-out-form"},
			{Label: endless(), Icon: components.IconInfo, URL: p.Connection()},
		}
	}
	page("palette", "pages and what can be done", func(p paths.Paths, m *partials.Palette) { m.Places = places(p) })
	page("palette-found", "agents and queues, with the names that break things, while the tenant is read", func(p paths.Paths, m *partials.Palette) {
		m.Typed, m.Loading, m.Agents, m.AllQueues, m.Matching = endless()[:80], true, t.hardRows(p)[:6], 1000000, 1000132
		for i, c := range hardChips(p, "callin") {
			m.Queues = append(m.Queues, partials.PaletteQueue{Chip: c, Type: []string{"callin", "callout"}[i%2], Members: i * 250000, Available: i * (i - 1)})
		}
	})
	page("palette-one", "one agent, and what can be done", func(p paths.Paths, m *partials.Palette) { m.Typed, m.Agents = "082000", t.rows(p, 1) })
	page("palette-none", "nothing is found", func(_ paths.Paths, m *partials.Palette) { m.Typed = endless() })
}
