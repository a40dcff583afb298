package stories

import (
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

func (t *teller) conduct(known bool) []pages.ConductGroup {
	groups := []pages.ConductGroup{
		{ID: "answers", Title: t.say.T("connection.group.answers")},
		{ID: "writes", Title: t.say.T("connection.group.writes")},
		{ID: "limits", Title: t.say.T("connection.group.limits")},
		{ID: "way", Title: t.say.T("connection.group.way")},
	}
	codes := [][]string{{"queues", "whole", "callout", "recording", "page"}, {"write", "read-back", "same-list", "priority-omitted"}, {"tenant-limit", "window"}, {"key-header", "latency", "tls"}}
	for i := range groups {
		for j, code := range codes[i] {
			trait := pages.ConductTrait{Code: code, Question: t.say.T("connection.trait." + code), Meaning: t.say.T("connection.untaught." + code)}
			if known {
				trait.Value, trait.Sure = []string{t.say.N("connection.calls", 60), hebrew, endless()}[j%3], j%2 == 0
				trait.At, trait.Since = t.ago(time.Minute), t.ago(time.Duration(j)*50*time.Hour)
			}
			groups[i].Traits = append(groups[i].Traits, trait)
		}
	}
	return groups
}

func (t *teller) connection() {
	const group = "The connection"
	here := nav("connection")
	page := func(name, says string, make func(p paths.Paths, m *pages.Connection)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			m := pages.Connection{Environment: "Development", Groups: t.conduct(true), Probe: partials.Probe{Paths: p, Most: 120}}
			make(p, &m)
			return pages.ConnectionPage(m)
		}, here)
	}
	report := func() *partials.ProbeReport {
		r := &partials.ProbeReport{At: t.ago(30 * time.Hour), Calls: 87}
		for i, tone := range []string{"good", "warn", "bad"} {
			r.Answers = append(r.Answers, partials.ProbeAnswer{Code: tone, Question: t.say.T("connection.trait.queues"), Answer: []string{t.say.T("connection.sure"), endless(), arabic}[i], Tone: tone})
		}
		r.Untold = []string{t.say.T("connection.trait.tls"), t.say.T("connection.trait.clock"), endless()}
		return r
	}
	page("connection", "what is known, with answers that break things", func(p paths.Paths, m *pages.Connection) {
		m.Edit, m.EditPlain = t.say.T("connection.edit.plain", "Calls", 3), true
		m.Probe.Report, m.Shifted = report(), t.shifts()
		m.Rehearsal = &partials.RehearsalChoice{Paths: p}
	})
	page("connection-unknown", "nothing is known", func(_ paths.Paths, m *pages.Connection) {
		m.Environment, m.Groups, m.Edit = endless(), t.conduct(false), t.say.T("connection.edit.unknown")
	})
	page("connection-asks", "the API is asked", func(_ paths.Paths, m *pages.Connection) {
		m.Edit = t.say.N("connection.edit.hides", 1000000, "Calls", 4)
		m.Groups = nil
		m.Probe.Going, m.Probe.BegunAt, m.Probe.Asked, m.Probe.Report = true, t.ago(50*time.Second), 40, report()
	})
	page("connection-ended", "the asking ended early, and was somebody else's", func(_ paths.Paths, m *pages.Connection) {
		m.Edit, m.Groups = t.say.N("connection.edit.asks", 40, "Calls", 3), nil
		m.Probe.Why, m.Probe.Report = t.say.T("problem.reach.timeout.title"), report()
		m.Probe.Report.Early, m.Probe.Report.Others, m.Probe.Report.Answers = t.say.T("problem.limited.title"), true, nil
	})

	const trial = "A trial save"
	choice := func(name, says string, make func(p paths.Paths, m *pages.Rehearsal)) {
		t.page(trial, name, says, func(p paths.Paths) templ.Component {
			m := pages.Rehearsal{Choice: partials.RehearsalChoice{Paths: p, Agent: "082019"}, Agent: "082019", Name: "Trần Văn Hùng", ReadAt: t.ago(time.Second), List: chips(p, "callin", 4), Base: "1000880", Priority: "1"}
			make(p, &m)
			return pages.RehearsalPage(m)
		}, here)
	}
	curl := "curl -X PUT 'https://agent-api.alohub.vn/v1/agents/082019/queues/callin' \\\n  -H 'X-Api-Key: ••••' \\\n  -d '{\"queueIds\":[1000880],\"priority\":1}'"
	choice("trial", "what would be sent", func(_ paths.Paths, m *pages.Rehearsal) {
		m.Steps = []pages.RehearsalStep{{ID: "same", Requests: []string{curl}}, {ID: "omitted", Omits: true, Requests: []string{curl, curl}}}
	})
	choice("trial-hard", "texts that break things, and a step that cannot be tried", func(p paths.Paths, m *pages.Rehearsal) {
		m.Name, m.List, m.Priority = endless(), append(hardChips(p, "callin"), chips(p, "callin", 40)[5:]...), ""
		m.Steps = []pages.RehearsalStep{{ID: "same", Requests: []string{curl + endless()}}, {ID: "omitted", Closed: t.say.T("rehearsal.no_priority")}}
	})
	choice("trial-closed", "nothing can be tried on the agent", func(_ paths.Paths, m *pages.Rehearsal) {
		m.Name, m.List, m.Closed = arabic, nil, []string{t.say.T("rehearsal.empty"), t.say.T("whynot.other-tenant")}
	})
	choice("trial-failed", "the agent could not be read", func(_ paths.Paths, m *pages.Rehearsal) {
		f := t.failure("not-found", "problem.no_agent")
		m.Agent, m.Choice.Agent, m.Failure = "", endless()[:40], &f
	})
	done := func(name, says string, make func(p paths.Paths, m *partials.Rehearsed)) {
		t.page(trial, name, says, func(p paths.Paths) templ.Component {
			m := partials.Rehearsed{Paths: p, ID: "t1", Agent: "082019"}
			make(p, &m)
			if m.State != "going" {
				m.Title, m.Text = t.say.T("rehearsal.left."+m.State+".title"), t.say.T("rehearsal.left."+m.State+".text")
			}
			return pages.RehearsedPage(m)
		}, here)
	}
	done("trial-begins", "the agent is read", func(_ paths.Paths, m *partials.Rehearsed) { m.State = "going" })
	done("trial-sends", "it is sent, and waits for the limit", func(_ paths.Paths, m *partials.Rehearsed) {
		m.State, m.Sending, m.WaitSeconds = "going", true, 7
	})
	done("trial-puts-back", "what was there is put back", func(_ paths.Paths, m *partials.Rehearsed) { m.State, m.PuttingBack = "going", true })
	done("trial-behind", "it waits for somebody's change", func(_ paths.Paths, m *partials.Rehearsed) {
		m.State, m.Behind, m.BehindSince = "going", arabic, t.ago(time.Minute)
	})
	done("trial-as-before", "the agent is as before, and something was learned", func(p paths.Paths, m *partials.Rehearsed) {
		m.State, m.Entries = "as-before", t.journal(p)[:2]
		m.Learned = []partials.RehearsalFinding{{Code: "write", Question: t.say.T("connection.trait.write"), Value: t.say.T("connection.sure")}, {Code: "same-list", Question: t.say.T("connection.trait.same-list"), Value: endless()}}
	})
	done("trial-alone", "nothing was sent", func(_ paths.Paths, m *partials.Rehearsed) {
		f := t.failure("insufficient-scope", "problem.scope")
		m.State, m.Reasons, m.Failure = "alone", []string{t.say.T("rehearsal.moved"), endless()}, &f
	})
	for _, state := range []string{"others", "unseen", "unread"} {
		done("trial-"+state, "it ended so", func(_ paths.Paths, m *partials.Rehearsed) { m.State = state })
	}
	done("trial-changed", "the agent could not be put back", func(p paths.Paths, m *partials.Rehearsed) {
		m.State, m.UndoURL, m.Entries = "changed", p.UndoChange("c1"), t.journal(p)[:1]
		m.Reasons = []string{t.say.T("rehearsal.priority_again", "Priority", "1000000")}
	})
}

func (t *teller) signIns() {
	const group = "Signing in"
	page := func(name, says string, make func(p paths.Paths, m *pages.SignIn)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			m := pages.SignIn{Paths: p, Environment: "development", Environments: []pages.Environment{{Slug: "production", Name: "Production", Production: true}, {Slug: "development", Name: "Development"}}}
			make(p, &m)
			return pages.SignInPage(m)
		}, stranger())
	}
	page("sign-in", "as people first see it", func(paths.Paths, *pages.SignIn) {})
	for _, reason := range []string{"expired", "unauthorized", "ended", "signed-out"} {
		page("sign-in-"+reason, "why they are here", func(p paths.Paths, m *pages.SignIn) {
			m.Reason, m.Operator = reason, "Nguyễn Văn An"
			if reason == "expired" {
				m.Next = p.Changes(paths.ChangesQuery{})
			}
		})
	}
	page("sign-in-refused", "the key does not work, with the longest of texts", func(_ paths.Paths, m *pages.SignIn) {
		f := t.failure("unauthorized", "problem.key_wrong")
		f.FieldID, f.Detail = "api_key", endless()
		m.Failure, m.TenantID, m.Operator, m.Environment = &f, "20260310", arabic, "production"
		m.Environments = append(m.Environments, pages.Environment{Slug: "long", Name: endless()}, pages.Environment{Slug: "left", Name: hebrew})
	})
	page("sign-in-tenant", "the tenant is no number", func(_ paths.Paths, m *pages.SignIn) {
		f := t.failure("invalid-input", "problem.tenant_digits")
		f.FieldID, m.TenantID, m.FixedOperator = "tenant_id", "alohub", true
		m.Failure = &f
	})
	page("sign-in-attempts", "too many keys that do not work", func(p paths.Paths, m *pages.SignIn) {
		f := t.failure("rate-limited", "problem.attempts")
		f.RetryAfter = 60
		m.Failure = &f
	})
	page("sign-in-demo", "the demo's keys", func(p paths.Paths, m *pages.SignIn) {
		m.DemoURL, m.Key = p.Demo(), "demo-key-good"
		m.Demo = []pages.DemoKey{{ID: "demo-good", Key: "demo-key-good", Label: "nav.agents"}, {ID: "demo-long", Key: endless(), Label: "demo.lead"}}
	})
}

func (t *teller) demo() {
	const group = "The demo's controls"
	page := func(name, says string, make func(p paths.Paths, m *pages.Demo)) {
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			m := pages.Demo{
				Paths: p, Pace: "off", Paces: []string{"off", "slow", "fast"}, Style: "first", Styles: []string{"first", "joined", "rows", "varying"},
				Routes: []string{"all", "list", "queues", "recording"}, Tenant: "60", PerRoute: "30", Window: "10", WindowKind: "aligned", WindowKinds: []string{"aligned", "first", "sliding", "estimate"},
			}
			for _, kind := range []string{"filter-shown", "omit-nulls", "numbers-as-strings", "hostile-names"} {
				m.Traits = append(m.Traits, pages.DemoTrait{Name: kind, On: kind == "omit-nulls"})
			}
			for _, kind := range []string{"slow", "silence", "reset"} {
				m.Groups = m.Groups.With("network", kind)
			}
			m.Groups = m.Groups.With("limit", "429")
			make(p, &m)
			return pages.DemoPage(m)
		}, nav("demo"), shell(func(c *layouts.Chrome) { c.DemoURL = c.Paths.Demo() }))
	}
	page("demo", "nothing was done yet", func(paths.Paths, *pages.Demo) {})
	page("demo-busy", "a second administrator at work, and faults to come", func(p paths.Paths, m *pages.Demo) {
		m.Pace, m.NoHeaders, m.NoRetryAfter = "fast", true, true
		for i, name := range []string{arabic, endless(), ""} {
			d := pages.DemoDeed{At: t.ago(time.Duration(i) * time.Second), Agent: "082019", AgentURL: p.Agent("082019"), Name: name, Kind: "callin", QueueID: 1000880, Queue: name, QueueURL: p.Queue(1000880, "callin"), Joined: i == 0}
			m.Deeds = append(m.Deeds, d)
		}
		m.Deeds = append(m.Deeds, pages.DemoDeed{At: t.ago(time.Minute), Agent: "082019", Kind: "callin", Priority: 1000000})
		m.Faults = []pages.DemoFault{{Kind: "500", Route: "all", Times: -1}, {Kind: "gzip-bomb", Route: "queues", Times: 1000000}}
	})
	page("demo-refused", "a choice that cannot be", func(_ paths.Paths, m *pages.Demo) {
		f := t.failure("invalid-input", "problem.demo_calls")
		f.FieldID, m.Tenant, m.Kind, m.Route, m.Times = "tenant", "999999999", "429", "list", "5"
		m.Failure = &f
	})
	page("demo-route", "a fault that a call cannot have", func(_ paths.Paths, m *pages.Demo) {
		f := t.failure("invalid-input", "problem.demo_never")
		f.FieldID = "route"
		m.Failure = &f
	})
	t.parts(group, "field-error", "what is said at a field", func(paths.Paths) []templ.Component {
		f := t.invalid("q")
		g := t.failure("invalid-input", "problem.priority")
		g.FieldID = "p"
		return []templ.Component{components.FieldError(&f, "q"), components.FieldError(&g, "p")}
	})
}
