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

// rows are so many agents, of whom each differs from the one before.
func (t *teller) rows(p paths.Paths, n int) []partials.AgentRow {
	all := make([]partials.AgentRow, n)
	for i := range all {
		r := t.row(p, i)
		switch i % 6 {
		case 1:
			r.Recording.State, r.Recording.At, r.Recording.By = "sent-on", t.ago(4*time.Minute), "Nguyễn Văn An"
		case 2:
			r.Active, r.Recording.State = new(false), "on"
		case 3:
			r.FollowMe = new(true)
		case 4:
			r.Recording.State, r.Recording.At, r.Recording.Unsure = "sent-off", t.ago(30*time.Hour), true
		case 5:
			r.RunURL = p.Run("r7", "", 0)
		}
		all[i] = r
	}
	return all
}

// hardRows are agents with all that a row can have too much of, or not at all.
func (t *teller) hardRows(p paths.Paths) []partials.AgentRow {
	all := t.rows(p, 9)
	all[0].Name, all[0].Callin = endless(), hardChips(p, "callin")[1:2]
	all[1].Name, all[1].Callin = arabic, chips(p, "callin", 40)
	all[2].Name, all[2].Callin, all[2].Callout, all[2].Priority = "", nil, nil, ""
	all[2].System, all[2].User = "", ""
	all[3].Name, all[3].Callin, all[3].Callout = hebrew, hardChips(p, "callin"), hardChips(p, "callout")[:2]
	all[4].Active, all[4].FollowMe, all[4].RunURL = nil, new(true), p.Run("r7", "", 0)
	all[4].Name, all[4].Recording.By = endless(), endless()
	all[5].ID, all[5].URL = "số máy lẻ 1.000.000", p.Agent("số máy lẻ 1.000.000")
	all[5].Priority, all[5].System, all[5].User = "1000000", "IN A CALL OF ITS OWN", arabic
	all[6].EditCallin, all[6].EditCallout = "", ""
	all[6].WhyNotCallin, all[6].WhyNotCallout = t.say.T("whynot.id-is-number"), t.say.T("whynot.id-is-number")
	all[6].Recording.Locked = true
	all[7].Callin, all[7].Priority = chips(p, "callin", 1), "0"
	all[8].Name = "<b>đậm</b> & \"ngoặc\""
	return all
}

func (t *teller) list(p paths.Paths, q paths.AgentsQuery, rows []partials.AgentRow, total int) partials.Agents {
	m := partials.Agents{Paths: p, Query: q, Rows: rows, Total: total, At: t.ago(12 * time.Second), LiveEvery: 15}
	if len(rows) > 0 {
		m.From, m.To = 1, len(rows)
		m.HasMore = total > len(rows)
	}
	return m
}

func (t *teller) agentsPage(p paths.Paths, m partials.Agents) pages.Agents {
	return pages.Agents{List: m, Queues: partials.QueueFilter{Queues: chips(p, "callin", 12), Search: p.QueueOptions("callin"), Any: "filters.any_queue"}}
}

func (t *teller) agents() {
	const group = "Agents"
	here := nav("agents")
	page := func(name, says string, make func(p paths.Paths) pages.Agents, more ...func(*Story)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component { return pages.AgentsPage(make(p)) }, append(more, here)...)
	}
	page("agents", "twenty of 413", func(p paths.Paths) pages.Agents {
		return t.agentsPage(p, t.list(p, paths.AgentsQuery{}, t.rows(p, 20), 413))
	})
	page("agents-hard", "names, queues and words that break things", func(p paths.Paths) pages.Agents {
		return t.agentsPage(p, t.list(p, paths.AgentsQuery{}, t.hardRows(p), 9))
	})
	page("agents-comfortable", "the same, as high as it takes", func(p paths.Paths) pages.Agents {
		m := t.list(p, paths.AgentsQuery{}, t.hardRows(p), 9)
		m.View.Comfortable = true
		return t.agentsPage(p, m)
	})
	page("agents-columns", "three columns, in another order", func(p paths.Paths) pages.Agents {
		m := t.list(p, paths.AgentsQuery{Sort: "-name"}, t.rows(p, 5), 5)
		m.View.Columns = []partials.Column{partials.ColumnCallout, partials.ColumnName, partials.ColumnCallin}
		return t.agentsPage(p, m)
	})
	page("agents-one", "one agent, found by the extension, with others that nobody has", func(p paths.Paths) pages.Agents {
		m := t.list(p, paths.AgentsQuery{Q: "082000, 999999"}, t.rows(p, 1), 1)
		m.Exact, m.FromSnapshot = true, true
		for i := range 12 {
			m.Unknown = append(m.Unknown, fmt.Sprint(999990+i))
		}
		return t.agentsPage(p, m)
	})
	page("agents-none", "a tenant without agents", func(p paths.Paths) pages.Agents {
		return t.agentsPage(p, t.list(p, paths.AgentsQuery{}, nil, 0))
	})
	page("agents-none-filtered", "nobody, with every filter on and the longest of texts in them", func(p paths.Paths) pages.Agents {
		m := t.list(p, paths.AgentsQuery{
			Status: "0", QueueID: 1000880, TeamID: "20260310", Q: endless()[:200], Recording: "sent-on", System: "NOT AVAILABLE",
			User: "LOGOUT", Health: "inactive-queued", CalloutID: 13876,
		}, nil, 0)
		m.QueueName, m.FromSnapshot = endless(), true
		all := t.agentsPage(p, m)
		all.Queues.Queues[0].Name = endless()
		all.Queues.Chosen, all.ShowsRecording = 1000880, true
		return all
	})
	page("agents-beyond", "a page behind the last", func(p paths.Paths) pages.Agents {
		return t.agentsPage(p, t.list(p, paths.AgentsQuery{Page: 999999}, nil, 1000000))
	})
	page("agents-million", "a page amid a million, of a tenant with more queues than fit a choice", func(p paths.Paths) pages.Agents {
		m := t.list(p, paths.AgentsQuery{Page: 1234, Size: 50, Sort: "queue"}, t.rows(p, 3), 1000000)
		m.From, m.To = 61701, 61703
		all := t.agentsPage(p, m)
		all.Queues.Queues, all.Queues.Chosen = chips(p, "callin", 60), 1000886
		return all
	})
	page("agents-uncounted", "the API's own page, of rows that nobody has counted", func(p paths.Paths) pages.Agents {
		m := t.list(p, paths.AgentsQuery{Page: 1}, t.rows(p, 4), -1)
		m.From, m.To, m.HasMore, m.RowsCounted = 21, 24, true, true
		m.Progress = &partials.Progress{URL: p.AgentsProgress(m.Query), State: "running", Agents: 200, Total: 413}
		return t.agentsPage(p, m)
	})
	page("agents-outage", "the API does not answer", func(p paths.Paths) pages.Agents {
		m := t.list(p, paths.AgentsQuery{}, t.rows(p, 3), 3)
		m.FromSnapshot, m.Outage, m.LiveEvery = true, true, 0
		m.Progress = &partials.Progress{State: "failed", Why: t.say.T("problem.reach.timeout.title")}
		return t.agentsPage(p, m)
	}, outage(components.Outage{Since: t.ago(3 * time.Minute), Whole: t.ago(26 * time.Minute)}))
	page("agents-failed", "the list could not be read, while the tenant is", func(p paths.Paths) pages.Agents {
		m := t.list(p, paths.AgentsQuery{}, nil, -1)
		m.Progress = &partials.Progress{URL: p.AgentsProgress(m.Query), State: "waiting"}
		f := t.limited()
		f.RetryURL = p.Agents(m.Query)
		m.Failure = &f
		return t.agentsPage(p, m)
	})
}
