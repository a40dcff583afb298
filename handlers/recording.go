package handlers

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
)

// Recording switches the recording of an agent's calls.
type Recording struct {
	*Desk
	journal recordingJournal
}

type recordingJournal interface {
	Recordings(ctx context.Context, scope journal.Scope, agents ...string) (map[string]journal.RecordingState, error)
}

// Set sends recording on or off. What it is now cannot be read back, so the answer
// says what was sent.
func (r *Recording) Set(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	enabled, ok := onOff(field(c, "enabled"))
	if !ok {
		return fiber.ErrUnprocessableEntity
	}
	by := v.author(requestid.From(c.UserContext()))
	out, err := v.tenant.SwitchRecording(c.UserContext(), v.person, id, enabled, by)
	if err == nil {
		if render.HTMX(c) {
			return r.part(c, v, id, enabled, out, nil)
		}
		if err, ok := r.unnoted(c, changed{out: out}, r.Paths.Agent(id)); ok {
			return err
		}
		return render.Redirect(c, r.Paths.AgentChange(id, out.EntryID))
	}
	f, err := r.fault(c, err, func(_ error, p *problem.Problem) {
		switch {
		case p.Message == "problem.failed":
			// The documented cause of a 500 here is a migration that was never run.
			p.Message = "problem.recording_failed"
		case out.Result == journal.Unknown:
			p.Text = "outcome.recording_unknown"
		}
	})
	if err != nil {
		return err
	}
	if render.HTMX(c) {
		return r.part(c, v, id, enabled, out, f)
	}
	return r.faultPage(c, f, "agents", r.Paths.Agent(id), v.say.T("common.back_agent"))
}

// Draft is the agent's page with the question whether to send what was pressed, "" where
// nothing was.
func (r *Recording) Draft(c *fiber.Ctx) string {
	on, ok := onOff(field(c, "enabled"))
	if !ok {
		return ""
	}
	return r.Paths.RecordingDraft(param(c, "id"), on)
}

// switchPutOff is that question, nil where the address does not ask it.
func (v *visit) switchPutOff(c *fiber.Ctx, id string) *partials.PutOff {
	on, ok := onOff(c.Query("recording"))
	if !ok {
		return nil
	}
	say := "off"
	if on {
		say = "on"
	}
	return &partials.PutOff{
		Text: v.say.T("put_off.recording_"+say, "Agent", id), Button: v.say.T("put_off.button_" + say),
		URL: v.paths.AgentRecording(id), Name: "enabled", Value: c.Query("recording"), Back: v.paths.Agent(id),
	}
}

// onOff reads the field of the form; ok is false where it says neither.
func onOff(s string) (on, ok bool) { return s == "true", s == "true" || s == "false" }

// part is the control as it is now, with what went wrong in it, or over the page.
func (r *Recording) part(c *fiber.Ctx, v *visit, id string, enabled bool, out roster.Outcome, f *fault) error {
	sent, err := r.journal.Recordings(c.UserContext(), v.scope(), id)
	if err != nil {
		// What was done is done, whether or not the ledger can be read now.
		r.Log.ErrorContext(c.UserContext(), "ledger not read", "error", err, "request_id", requestid.From(c.UserContext()))
		sent = map[string]journal.RecordingState{}
		if out.EntryID != "" && out.Result != journal.Refused {
			sent[id] = journal.RecordingState{
				Agent: id, Enabled: enabled, At: r.Now(), Operator: v.operator, Result: out.Result, EntryID: out.EntryID,
			}
		}
	}
	agent, _ := v.tenant.Known(id)
	agent.ID = id
	control := v.recording(agent, sent[id])
	if f != nil && !f.Toast {
		f.repeat(control.ButtonID(enabled))
		control.Failure = f.box()
	}
	return v.parts(c, f.code(), f, components.RecordingControl(control))
}
