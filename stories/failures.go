package stories

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// failure is of a kind, in the words of a message of the table of problems.
func (t *teller) failure(kind, message string) components.Failure {
	return components.Failure{Kind: kind, Title: t.say.T(message + ".title"), Text: t.say.T(message + ".text")}
}

// limited is a limit that was met, and goes on by itself.
func (t *teller) limited() components.Failure {
	f := t.failure("rate-limited", "problem.limited")
	f.RetryAfter = 7
	return f
}

// invalid is a list that the API refuses, in words of its own that break things.
func (t *teller) invalid(field string) components.Failure {
	f := t.failure("invalid-input", "problem.invalid")
	f.FieldID, f.Detail, f.Code = field, "queue_ids không hợp lệ: "+strings.Repeat("1000888", 40), "INVALID_INPUT"
	return f
}

// outage has the bar stand that says so.
func outage(o components.Outage) func(*Story) {
	return shell(func(c *layouts.Chrome) { c.Outage = &o })
}

func (t *teller) failures() {
	const group = "Failures"
	t.parts(group, "failures", "each kind of the documented table", func(p paths.Paths) []templ.Component {
		unauthorized := t.failure("unauthorized", "problem.unauthorized")
		scope := t.failure("insufficient-scope", "problem.scope")
		scope.Detail, scope.Code, scope.RequestID = "Access denied", "FORBIDDEN", "7f3c2a9e51d84b0c"
		scope.Note = t.say.T("failure.unsent")
		invalid := t.failure("invalid-input", "problem.empty_list")
		gone := t.failure("not-found", "problem.gone")
		gone.Ways = []components.Way{{URL: p.Agents(paths.AgentsQuery{}), Text: t.say.T("agents.title")}}
		counts := t.limited()
		counts.RetryURL = p.Changes(paths.ChangesQuery{})
		asks := t.limited()
		asks.RetryAfter, asks.Ask, asks.RetryURL = 60, true, p.Queues(paths.RowsQuery{})
		waits := t.limited()
		waits.RetryAfter = 1000000
		failed := t.failure("failed", "problem.failed")
		failed.Detail, failed.Code, failed.RequestID, failed.RetryURL = arabic, "FAIL", endless()[:64], p.Runs("")
		unreachable := t.failure("unreachable", "problem.reach.dns")
		unreachable.RetryURL = p.Connection()
		conflict := t.failure("conflict", "problem.locked")
		conflict.Text = t.say.T("problem.locked.nobody")
		other := t.failure("other-session", "problem.other_session")
		other.Text = t.say.T("problem.other_session.text", "Page", "Nguyễn Văn An · AloHub", "Now", "Trần Thị Bình · AloHub")
		other.Ways = []components.Way{{URL: p.Home(), Text: t.say.T("failure.retry"), Keeps: true}, {URL: p.SignIn(""), Text: t.say.T("signin.submit")}}
		unread := t.failure("invalid-input", "problem.file_unread")
		unread.UnreadIn, unread.Unread = "filters", []paths.Unread{{Field: "status", Text: "active"}, {Field: "queue_id", Text: hebrew}}
		return boxes(unauthorized, scope, invalid, gone, counts, asks, waits, failed, unreachable, conflict, other, unread)
	})
	t.parts(group, "failures-hard", "the API's own words, without a space or from right to left", func(paths.Paths) []templ.Component {
		long := t.failure("failed", "problem.failed")
		long.Title, long.Text, long.Detail, long.Code, long.RequestID = endless(), endless(), endless(), strings.ToUpper(endless()[:80]), endless()
		left := t.failure("not-found", "problem.gone")
		left.Detail, left.Code = hebrew, "NOT_FOUND"
		untold := components.Failure{Kind: "failed", Title: t.say.T("problem.internal.title")}
		return boxes(long, left, untold)
	})
	t.page(group, "problem", "a page that only says what went wrong", func(p paths.Paths) templ.Component {
		f := t.failure("not-found", "problem.no_page")
		f.RequestID = "7f3c2a9e51d84b0c"
		return pages.ProblemPage(pages.Problem{Failure: f, Back: p.Agents(paths.AgentsQuery{}), BackText: t.say.T("agents.title")})
	})
	t.page(group, "problem-signed-out", "the same where nobody is signed in", func(p paths.Paths) templ.Component {
		return pages.ProblemPage(pages.Problem{Failure: t.failure("failed", "problem.unavailable"), Back: p.SignIn(""), BackText: t.say.T("signin.submit")})
	}, stranger())
}

func boxes(all ...components.Failure) (out []templ.Component) {
	for _, f := range all {
		out = append(out, components.FailureBox(f))
	}
	return out
}

func (t *teller) surroundings() {
	const group = "Around every page"
	list := func(p paths.Paths) templ.Component {
		return pages.AgentsPage(t.agentsPage(p, t.list(p, paths.AgentsQuery{}, t.rows(p, 2), 2)))
	}
	t.page(group, "production", "Production, little left of the limit, and the longest of names", list, nav("agents"), shell(func(c *layouts.Chrome) {
		c.Person = &layouts.Person{Operator: endless(), KeyLastFour: "51d8", Tenant: endless(), Environment: "Production", Production: true}
		c.Budget.Tenant.Remaining = 3
		c.Budget.Route = components.Gauge{Limit: 30, Remaining: 1, Known: true}
	}))
	t.page(group, "menu", "the menu, of somebody without a name", list, nav("agents"), shell(func(c *layouts.Chrome) {
		c.Person, c.DemoURL = &layouts.Person{Tenant: hebrew, Environment: "Sandbox"}, c.Paths.Demo()
		c.Budget = components.Budget{}
	}), presses("#menu summary", "#menu[open] .menu-panel", nil))
	t.page(group, "menu-handed", "the menu of somebody whom another program signed in", list, nav("connection"), shell(func(c *layouts.Chrome) {
		c.Person.Handed, c.Person.Operator, c.Person.Tenant = true, arabic, endless()
		c.Theme = "system"
	}), presses("#menu summary", "#menu[open] .menu-panel", nil))
	t.page(group, "budget", "what is left of the limit, opened while the API asks to wait", list, nav("agents"), shell(func(c *layouts.Chrome) {
		c.Budget.HoldSeconds = 60
	}), presses(".budget summary", ".budget[open] .menu-panel", nil))
	t.page(group, "keys", "the keys", list, nav("agents"), presses("[data-help]", "#keys[open]", nil))
	t.page(group, "shifted", "the API does otherwise than before", list, nav("agents"), shell(func(c *layouts.Chrome) {
		c.Shifted = &components.Shifted{
			URL: c.Paths.ConnectionTold(), ShowURL: c.Paths.Connection(), Upto: "x", Here: c.Here,
			Lines: t.shifts(),
		}
	}))
	t.page(group, "toasts", "a toast of each tone, and the longest of words", list, nav("agents"), shell(func(c *layouts.Chrome) {
		c.Toasts = t.toasts(c.Paths)
	}))
	t.page(group, "outage", "the API has not answered since the start", list, nav("agents"), outage(components.Outage{Since: t.ago(40 * time.Second)}))
}

func (t *teller) shifts() []components.ShiftedLine {
	return []components.ShiftedLine{
		{Code: "queues", Text: t.say.T("connection.trait.queues") + ": " + t.say.T("connection.unknown"), At: t.ago(2 * time.Hour)},
		{Code: "page", Text: endless(), At: t.ago(50 * time.Hour)},
	}
}

func (t *teller) toasts(p paths.Paths) []components.Toast {
	return []components.Toast{
		{Tone: "good", Text: t.say.T("toast.saved", "Agent", "082019", "Text", t.say.T("toast.added", "Queues", "CSKH Miền Bắc")), UndoURL: p.UndoChange("c1"), UndoLabel: t.say.T("change.undo")},
		{Tone: "bad", Text: t.say.T("problem.failed.title"), Detail: hebrew, Code: "FAIL", Failure: "failed", RequestID: "7f3c2a9e51d84b0c"},
		{Tone: "wait", Text: t.say.T("saving.title", "Agent", "082019"), Ways: []components.Way{{URL: p.Saving("s1"), Text: t.say.T("saving.show")}}},
		{Tone: "good", Text: endless(), UndoURL: p.UndoChange("c2"), UndoLabel: t.say.T("change.undo")},
	}
}

// smallParts are those that stand in many places.
func (t *teller) smallParts() {
	const group = "Small parts"
	t.parts(group, "states", "of accounts, presences, flags, moments and texts, known or not", func(paths.Paths) []templ.Component {
		return []templ.Component{
			components.Status(new(true)), components.Status(new(false)), components.Status(nil),
			components.Presence("AVAILABLE"), components.Presence("NOT AVAILABLE"), components.Presence("LOGOUT"), components.Presence(""), components.Presence(arabic), components.Presence(endless()),
			components.OnOff(new(true)), components.OnOff(new(false)), components.OnOff(nil),
			components.Time(t.ago(time.Hour)), components.Time(time.Time{}), components.Age(t.ago(50 * time.Hour)), components.Age(time.Time{}),
			components.Text(""), components.Text(hebrew), components.Text(endless()), components.Who(""), components.Who(arabic),
			components.EnvironmentBadge("Production", true), components.EnvironmentBadge("Development", false),
		}
	})
	t.parts(group, "coverage", "nobody, one, some and a million members", func(paths.Paths) (all []templ.Component) {
		for _, c := range []components.Coverage{{}, {Members: 1}, {Members: 1, Active: 1, Available: 1}, {Members: 40, Active: 30, Available: 12}, {Members: 1000000, Active: 1000000, Available: 1}} {
			all = append(all, components.CoverageBar(c), components.NobodyAvailable(c))
		}
		return all
	})
	t.parts(group, "chips", "none, one, forty, and those that break things, each as surely as it is known", func(p paths.Paths) []templ.Component {
		var all []templ.Component
		for _, cs := range [][]components.Chip{nil, chips(p, "callin", 1), chips(p, "callin", 40), hardChips(p, "callin")} {
			all = append(all, components.Chips("callin", cs), partials.ChipNames(cs), partials.DiffLine(cs[:len(cs)/2], cs[len(cs)/2:]))
		}
		for _, certainty := range []string{"confirmed", "seen", "listed", "sent"} {
			all = append(all, components.Doubt("callin", certainty))
		}
		return all
	})
	t.parts(group, "recordings", "each state, who sent it, what is not sure, and that it may not be written", func(p paths.Paths) (all []templ.Component) {
		for i, state := range []string{"never", "on", "off", "sent-on", "sent-off"} {
			r := t.row(p, i).Recording
			if r.State = state; i > 2 {
				r.At, r.By = t.ago(time.Minute), []string{endless(), arabic}[i-3]
			}
			all = append(all, components.RecordingControl(r))
		}
		unsure, failed, locked := t.row(p, 7).Recording, t.row(p, 8).Recording, t.row(p, 9).Recording
		unsure.State, unsure.At, unsure.Unsure = "sent-on", t.ago(26*time.Hour), true
		failure := t.failure("failed", "problem.recording_failed")
		failed.Failure = &failure
		locked.Locked = true
		return append(all, components.RecordingControl(unsure), components.RecordingControl(failed), components.RecordingControl(locked))
	})
	t.parts(group, "outcomes", "each that a change can have", func(p paths.Paths) (all []templ.Component) {
		for _, result := range []string{"verified", "accepted", "refused", "intent", "nothing", "unknown"} {
			all = append(all, partials.OutcomeBox(partials.Outcome{
				ChangeID: result, Result: result, Title: t.say.T("outcome." + result + ".title"), Text: t.say.T("outcome." + result + ".text"),
			}))
		}
		return append(all, partials.OutcomeBox(t.differs(p)))
	})
	t.parts(group, "crawls", "how far the tenant is read", func(paths.Paths) (all []templ.Component) {
		return []templ.Component{
			partials.ProgressText(partials.Progress{State: "running"}),
			partials.ProgressText(partials.Progress{State: "running", Agents: 200, Total: 413}),
			partials.ProgressText(partials.Progress{State: "waiting", Agents: 1000000, Total: 1000000, Queues: 3, QueuesTotal: 40}),
			partials.CrawlProgress(partials.Progress{State: "done", Incomplete: true, Agents: 400, Total: 413}),
		}
	})
}

// differs is an outcome with all that one can have.
func (t *teller) differs(p paths.Paths) partials.Outcome {
	return partials.Outcome{
		ChangeID: "c1", Result: "differs", Title: t.say.T("outcome.differs.title"), Text: t.say.T("outcome.differs.text"), Detail: hebrew,
		Removed: hardChips(p, "callin")[:3], Added: chips(p, "callin", 2), Seen: hardChips(p, "callin"), HasSeen: true, UndoURL: p.UndoChange("c1"),
	}
}
