package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
)

// agentAge is how old the evidence may be that an agent's page shows: it says how
// surely each queue is known, and nothing is written from it.
const agentAge = 15 * time.Minute

// historyLimit is how much of an agent's history its page shows.
const historyLimit = 20

// Agent is one agent's page: queues, recording, history.
func (d *Desk) Agent(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	agent, err := v.gather(c, id, apiclient.Callin, agentAge)
	code, m := fiber.StatusOK, pages.Agent{Paths: d.Paths}
	var over []components.Toast
	if err != nil {
		p := problemOf(err)
		if p.SignIn {
			return v.leave(c)
		}
		d.note(c, p, err)
		f := failure(c, p)
		if p.Retry {
			f.RetryURL = c.OriginalURL()
		}
		m.Failure, code = &f, status(c, p)
		over = toasts(p, f)
		if agent.ID == "" {
			agent.ID, m.Unknown = id, true
		}
	}
	sent, err := d.Journal.Recordings(c.UserContext(), v.scope(), id)
	if err != nil {
		return err
	}
	m.Row = row(d.Paths, v.say, agent, sent[id])
	m.Tenant = agent.TenantName
	m.Unsure = v.unsureNotes(agent.CallinUnsure)
	entries, more, err := d.Journal.List(c.UserContext(), journal.Filter{Scope: v.scope(), Agent: id, Limit: historyLimit})
	if err != nil {
		return err
	}
	for _, e := range entries {
		m.History = append(m.History, v.change(e))
	}
	m.More, m.HistoryURL = more, d.Paths.Changes(paths.ChangesQuery{AgentID: id})
	if change := c.Query("change"); change != "" {
		m.Outcome = v.outcomeOf(c, change, id)
	}
	chrome := d.chrome(c, id, "agents")
	chrome.Toasts = over
	if m.Failure.GoesOn() {
		chrome.RefreshAfter = m.Failure.RetryAfter
	}
	return render.Page(c, code, chrome, pages.AgentPage(m))
}

// Recording sends recording on or off. What it is now cannot be read back, so the
// answer says what was sent.
func (d *Desk) Recording(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	var enabled bool
	switch field(c, "enabled") {
	case "true":
		enabled = true
	case "false":
	default:
		return d.Fail(c, fiber.ErrUnprocessableEntity)
	}
	out, err := v.tenant.Change(c.UserContext(), v.person, roster.RecordingIntent(id, enabled), v.author(c), roster.Consent{})
	if err == nil {
		if render.HTMX(c) {
			return v.recordingPart(c, fiber.StatusOK, id, out, nil)
		}
		return render.Redirect(c, d.Paths.AgentChange(id, out.EntryID))
	}
	p := problemOf(err)
	if p.SignIn {
		return v.leave(c)
	}
	switch {
	case p.Message == "problem.failed":
		// The documented cause of a 500 here is a migration that was never run.
		p.Message = "problem.recording_failed"
	case out.Result == journal.Unknown:
		p.Text = "outcome.recording_unknown"
	}
	d.note(c, p, err)
	if render.HTMX(c) {
		return v.recordingPart(c, status(c, p), id, out, &recordingFailure{p, enabled})
	}
	f := failure(c, p)
	chrome := d.chrome(c, f.Title, "agents")
	chrome.Toasts = toasts(p, f)
	body := pages.ProblemPage(pages.Problem{Failure: f, Back: d.Paths.Agent(id), BackText: v.say.T("common.back_agent")})
	return render.Page(c, status(c, p), chrome, body)
}

type recordingFailure struct {
	problem problem.Problem
	enabled bool
}

// recordingPart is the control as it is now, with what went wrong in it.
func (v *visit) recordingPart(c *fiber.Ctx, code int, id string, out roster.Outcome, failed *recordingFailure) error {
	sent, err := v.desk.Journal.Recordings(c.UserContext(), v.scope(), id)
	if err != nil {
		// What was done is done, whether or not the ledger can be read now.
		v.desk.Log.ErrorContext(c.UserContext(), "ledger not read", "error", err, "request_id", requestid.From(c.UserContext()))
		sent = map[string]journal.RecordingState{}
		if out.EntryID != "" && out.Result != journal.Refused {
			sent[id] = journal.RecordingState{
				Agent: id, Enabled: field(c, "enabled") == "true", At: v.desk.Now(), Operator: v.operator,
				Result: out.Result, EntryID: out.EntryID,
			}
		}
	}
	agent, _ := v.tenant.Known(id)
	control := recording(v.desk.Paths, id, agent.Record, sent[id])
	control.Locked = agent.WhyNot != ""
	if failed == nil {
		return v.parts(c, code, components.RecordingControl(control))
	}
	f := failure(c, failed.problem)
	if failed.problem.Toast {
		return v.parts(c, code, components.RecordingControl(control), partials.ToastUpdate(failureToast(f)))
	}
	if failed.problem.RetryAfter > 0 {
		f.RetryButton = control.ButtonID(failed.enabled)
	}
	control.Failure = &f
	return v.parts(c, code, components.RecordingControl(control))
}
