package stories

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// queueList are so many queues, with members from none to a million.
func queueList(p paths.Paths, typ string, n int) pages.QueueList {
	list := pages.QueueList{Total: n}
	for i, c := range chips(p, typ, n) {
		q := pages.Queue{ID: c.ID, Type: typ, Name: c.Name, URL: c.URL, Certainty: c.Certainty}
		q.Members = []int{40, 1, 0, 413, 1000000, 12, 7}[i%7]
		q.Active = q.Members - q.Members/5
		q.Available = []int{12, 0, 0, 130, 1000000, 3, 0}[i%7]
		list.Rows = append(list.Rows, q)
	}
	return list
}

// hardQueues are queues whose names break things.
func hardQueues(p paths.Paths, typ string) pages.QueueList {
	list := queueList(p, typ, 5)
	for i, c := range hardChips(p, typ) {
		list.Rows[i].Name, list.Rows[i].Certainty = c.Name, c.Certainty
	}
	return list
}

func (t *teller) queues() {
	const group = "Queues"
	known := func(p paths.Paths) pages.KnownQueues {
		return pages.KnownQueues{URL: p.KnownQueues(), Most: 200}
	}
	page := func(name, says string, make func(p paths.Paths, m *pages.Queues), more ...func(*Story)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			m := pages.Queues{Paths: p, ReadAt: t.ago(26 * time.Minute), Known: known(p)}
			make(p, &m)
			return pages.QueuesPage(m)
		}, append(more, nav("queues"))...)
	}
	page("queues", "forty callin queues and one callout queue", func(p paths.Paths, m *pages.Queues) {
		m.Callin, m.Callout = queueList(p, "callin", 40), queueList(p, "callout", 1)
	})
	page("queues-hard", "names that break things, and queues that cannot be seen", func(p paths.Paths, m *pages.Queues) {
		m.Callin, m.Callout, m.Hides = hardQueues(p, "callin"), hardQueues(p, "callout"), true
		m.Known.Text, m.Known.Count, m.Known.Operator, m.Known.At = strings.Repeat("1000880 ", 40), 40, endless(), t.ago(50*time.Hour)
	})
	page("queues-none", "none, in a tenant that was never read", func(p paths.Paths, m *pages.Queues) {
		m.ReadAt = time.Time{}
		m.Progress = &partials.Progress{URL: p.QueuesProgress(m.Query), State: "running"}
		m.Known.Reloads = true
	})
	page("queues-million", "a page of very many of one type, in another order", func(p paths.Paths, m *pages.Queues) {
		m.Query = paths.RowsQuery{Type: "callin", Page: 3, Sort: "-available"}
		m.Callin = queueList(p, "callin", 4)
		m.Callin.Total = 1000000
	})
	page("queues-more", "more than are shown of either type", func(p paths.Paths, m *pages.Queues) {
		m.Callin, m.Callout = queueList(p, "callin", 2), queueList(p, "callout", 2)
		m.Callin.Total, m.Callout.Total = 1000000, 60
	})
	page("queues-not-found", "nothing of what is looked for, and a page behind the last", func(p paths.Paths, m *pages.Queues) {
		m.Query = paths.RowsQuery{Q: endless()[:120], Page: 3}
		m.Callout.Total = 4
	})
	page("queues-known", "the list that is kept, refused", func(p paths.Paths, m *pages.Queues) {
		f := t.failure("invalid-input", "problem.known_queue")
		f.FieldID, f.Text = pages.KnownQueuesField, t.say.T("runs.error.queue_id", "Text", endless())
		m.Known.Failure, m.Known.Open, m.Known.Text = &f, true, endless()
		m.Callin = queueList(p, "callin", 1)
	})
	answer := func(p paths.Paths) templ.Component {
		m := pages.Queues{Paths: p, ReadAt: t.ago(time.Minute), Query: paths.RowsQuery{Sort: "name"}, Callin: hardQueues(p, "callin"), Callout: queueList(p, "callout", 1)}
		return pages.QueuesUpdate(m)
	}
	page("queues-sorted", "sorted by a press", func(p paths.Paths, m *pages.Queues) {
		m.Callin, m.Callout = queueList(p, "callin", 3), queueList(p, "callout", 1)
	}, presses("#sort-callin-name", "#queues [aria-sort]", map[string]templ.Component{"/queues": answer(paths.New("/of/queues-sorted"))}))
	t.queue()
}

func (t *teller) queueDetail(p paths.Paths, typ string, rows []partials.AgentRow) pages.QueueDetail {
	m := pages.QueueDetail{
		Paths: p, ReadAt: t.ago(26 * time.Minute), Found: len(rows),
		Queue:  pages.Queue{ID: 1000880, Type: typ, Name: "CSKH Miền Bắc", URL: p.Queue(1000880, typ), Members: len(rows), Active: len(rows) / 2, Available: len(rows) / 3, Certainty: "confirmed"},
		Agents: []pages.AgentOption{{ID: "082001", Name: "Trần Văn Hùng"}, {ID: "082002", Name: arabic}},
	}
	for i, r := range rows {
		m.Members = append(m.Members, pages.QueueMember{Row: r, Certainty: []string{"confirmed", "seen", "listed", "sent"}[i%4]})
	}
	return m
}

func (t *teller) queue() {
	const group = "A queue"
	page := func(name, says string, make func(p paths.Paths) pages.QueueDetail, more ...func(*Story)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component { return pages.QueuePage(make(p)) }, append(more, nav("queues"))...)
	}
	page("queue", "a dozen members", func(p paths.Paths) pages.QueueDetail { return t.queueDetail(p, "callin", t.rows(p, 12)) })
	page("queue-hard", "names that break things, and what came of a change", func(p paths.Paths) pages.QueueDetail {
		m, o := t.queueDetail(p, "callout", t.hardRows(p)), t.differs(p)
		m.Queue.Name, m.Outcome, m.Queue.Available = endless(), &o, 0
		return m
	})
	page("queue-right-to-left", "its name runs from right to left, and adding somebody failed", func(p paths.Paths) pages.QueueDetail {
		m, f := t.queueDetail(p, "callin", t.rows(p, 1)), t.failure("not-found", "problem.no_agent")
		m.Queue.Name, m.Failure, m.Candidate = hebrew, &f, endless()
		return m
	})
	page("queue-none", "no name and no member", func(p paths.Paths) pages.QueueDetail {
		m := t.queueDetail(p, "callin", nil)
		m.Queue.Name, m.ReadAt = "", time.Time{}
		return m
	})
	page("queue-million", "a page of a million members", func(p paths.Paths) pages.QueueDetail {
		m := t.queueDetail(p, "callin", t.rows(p, 3))
		m.Query = paths.RowsQuery{Page: 41, Size: 100, Sort: "name"}
		m.Found, m.Queue.Members, m.Queue.Active, m.Queue.Available = 1000000, 1000000, 1000000, 1
		return m
	})
	page("queue-found", "one of those that are looked for", func(p paths.Paths) pages.QueueDetail {
		m := t.queueDetail(p, "callin", t.rows(p, 1))
		m.Query.Q, m.Queue.Members = endless()[:120], 40
		return m
	})
	page("queue-not-found", "nobody of those that are looked for", func(p paths.Paths) pages.QueueDetail {
		m := t.queueDetail(p, "callin", nil)
		m.Query.Q, m.Queue.Members = arabic, 40
		return m
	})
	page("queue-beyond", "a page behind the last", func(p paths.Paths) pages.QueueDetail {
		m := t.queueDetail(p, "callin", nil)
		m.Query.Page, m.Queue.Members, m.Found = 999999, 40, 40
		return m
	})
	page("queue-question", "what is asked before somebody leaves it", func(p paths.Paths) pages.QueueDetail {
		m, q := t.queueDetail(p, "callin", t.rows(p, 2)), t.question(p)
		q.Back, q.Final, q.Removed = p.Queue(1000880, "callin"), hardChips(p, "callin"), chips(p, "callin", 1)
		m.Question, m.Action, m.Candidate = &q, "remove", "082019"
		return m
	})
	detail := func(name string) pages.QueueDetail {
		p := paths.New("/of/" + name)
		m := t.queueDetail(p, "callin", t.hardRows(p)[:3])
		m.Query = paths.RowsQuery{Sort: "name", Q: "a"}
		return m
	}
	page("queue-sorted", "sorted by a press", func(p paths.Paths) pages.QueueDetail { return t.queueDetail(p, "callin", t.rows(p, 3)) },
		presses("#sort-name", "#queue-members [aria-sort]", map[string]templ.Component{"/queues/1000880": pages.QueueMembers(detail("queue-sorted"))}))
	page("queue-read", "while the tenant is read more of it is found", func(p paths.Paths) pages.QueueDetail {
		m := t.queueDetail(p, "callin", nil)
		m.Progress = &partials.Progress{URL: p.QueueProgress(1000880, "callin", m.Query), State: "running", Agents: 20, Total: 413}
		return m
	}, does("poll", "#progress", "#queue-members tr[data-agent-id]", map[string]templ.Component{"/queues/1000880/progress": pages.QueueProgress(detail("queue-read"))}),
		func(s *Story) { s.Retarget = "#" + pages.QueueFiguresID })
}

// updates are pages after an answer that refreshes parts of them.
func (t *teller) updates() {
	const group = "What comes by itself, or by a press"
	list := func(p paths.Paths) templ.Component {
		return pages.AgentsPage(t.agentsPage(p, t.list(p, paths.AgentsQuery{}, t.rows(p, 4), 4)))
	}
	base := func(name string) paths.Paths { return paths.New("/of/" + name) }

	p := base("update-recording")
	t.page(group, "update-recording", "a row, the limit, a toast and the API's outage after a press", list, nav("agents"),
		presses("[data-agent-id=\"082001\"] .segmented button", "#toasts [data-toast]", map[string]templ.Component{"/agents/082001/recording": t.recorded(p)}))
	p = base("update-live")
	m := t.list(p, paths.AgentsQuery{}, t.hardRows(p)[:4], 4)
	t.page(group, "update-live", "statuses that refresh, while rows have moved", list, nav("agents"),
		does("live", "#live", "#agents-moved a", map[string]templ.Component{"/agents/live": partials.Live(m, 1000000)}))
	t.page(group, "update-read", "the tenant has been read", func(p paths.Paths) templ.Component {
		m := t.list(p, paths.AgentsQuery{}, t.rows(p, 2), 2)
		m.Progress = &partials.Progress{URL: p.AgentsProgress(m.Query), State: "running", Agents: 1, Total: 2}
		return pages.AgentsPage(t.agentsPage(p, m))
	}, nav("agents"), does("poll", "#progress", "#agents .list-head:not(:has(progress))", map[string]templ.Component{"/agents/progress": partials.NoProgress()}))
	p = base("update-list")
	m = t.list(p, paths.AgentsQuery{Sort: "name", Status: "1"}, t.hardRows(p), 9)
	t.page(group, "update-list", "another order by a press, with another queue to filter by", list, nav("agents"),
		presses("#sort-name", "#agents [aria-sort]", map[string]templ.Component{"/agents": templ.Join(
			partials.AgentsList(m), partials.QueryUpdate(m), partials.QueueOptionsUpdate(partials.QueueFilter{Queues: hardChips(p, "callin")}),
		)}))
}
