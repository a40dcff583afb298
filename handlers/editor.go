package handlers

import (
	"errors"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// editorAge is how old the evidence may be that an editor opens on. The save reads
// everything again, so that older evidence costs a conflict more, never a queue.
const editorAge = 5 * time.Minute

// Editor opens the queue editor on everything known of the agent's list.
func (d *Desk) Editor(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	form, err := readEditor(c)
	if err != nil {
		return err
	}
	agent, err := v.gather(c, id, form.typ, editorAge)
	if err != nil {
		return v.editorFailed(c, id, form, agent, err)
	}
	m := v.editor(agent, form.typ)
	if c.Query("draft") == "1" {
		v.fill(&m, form, agent)
	}
	if change := c.Query("change"); change != "" {
		m.Outcome = v.outcomeOf(c, change, agent.ID)
	}
	return v.showEditor(c, fiber.StatusOK, m)
}

// EditQueues saves the editor's form, or only says what saving would send.
func (d *Desk) EditQueues(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	form, err := readEditor(c)
	if err != nil {
		return err
	}
	want, bad := form.wanted(v.tenant)
	priority, priorityOK := form.priorityValue()
	switch {
	case form.preview && render.HTMX(c):
		p := v.preview(form, id, want)
		if bad != "" {
			p.Closed = v.say.T("problem.unknown_queue.text", "Text", bad)
		}
		return v.parts(c, fiber.StatusOK, partials.PreviewBody(p, false))
	case bad != "":
		return v.editorInvalid(c, id, form, "problem.unknown_queue", "add-queue", "Text", bad)
	case len(want) > maxQueues:
		return v.editorInvalid(c, id, form, "problem.too_many_queues", "queue-field", "Count", len(want), "Most", maxQueues)
	case !priorityOK:
		return v.editorInvalid(c, id, form, "problem.priority", "priority")
	case form.preview:
		agent, err := v.known(c, id, form.typ)
		if err != nil {
			return v.editorFailed(c, id, form, agent, err)
		}
		m := v.editor(agent, form.typ)
		v.fill(&m, form, agent)
		return v.showEditor(c, fiber.StatusOK, m)
	}

	out, err := v.tenant.Change(c.UserContext(), v.person, form.intent(id, want, priority), v.author(c), roster.ConsentOf(form.confirm, form.shown))
	var conflict *roster.ConflictError
	var confirm *roster.ConfirmError
	switch {
	case errors.As(err, &conflict):
		m := v.editor(conflict.Plan.Agent, form.typ)
		v.merge(&m, form, conflict.Plan)
		return v.showEditor(c, fiber.StatusConflict, m)
	case errors.As(err, &confirm):
		m := v.editor(confirm.Plan.Agent, form.typ)
		v.fill(&m, form, confirm.Plan.Agent)
		m.Preview = v.previewOf(confirm.Plan)
		m.Confirm = v.question(confirm.Plan)
		return v.showEditor(c, fiber.StatusOK, m)
	case out.Cause != nil || (err != nil && out.EntryID != ""):
		return v.editorUncertain(c, id, form, out, err)
	case err != nil:
		agent, _ := v.tenant.Known(id)
		return v.editorFailed(c, id, form, agent, err)
	}
	return v.editorSaved(c, id, form, out)
}

// editorSaved answers a change that was sent, or was no change.
func (v *visit) editorSaved(c *fiber.Ctx, id string, form editorForm, out roster.Outcome) error {
	change := out.EntryID
	if out.Nothing {
		change = "nothing"
	}
	if !render.HTMX(c) {
		return render.Redirect(c, v.desk.Paths.AgentQueuesResult(id, string(form.typ), change))
	}
	m := v.editor(out.Agent, form.typ)
	m.Outcome = v.outcome(out, form.typ)
	parts := []templ.Component{partials.QueueEditor(m)}
	sent, err := v.desk.Journal.Recordings(c.UserContext(), v.scope(), id)
	if err == nil {
		parts = append(parts, partials.RowUpdate(row(v.desk.Paths, v.say, out.Agent, sent[id])))
	}
	if out.Result == journal.Verified || out.Nothing {
		// Nothing is left to say that a toast cannot: the drawer closes.
		c.Set("HX-Trigger", "editor-saved")
		toast := components.Toast{Tone: "good", Text: m.Outcome.Title}
		if m.Outcome.UndoURL != "" {
			toast.UndoURL, toast.UndoLabel = m.Outcome.UndoURL, v.say.T("change.undo")
		}
		toast.Text = v.say.T("toast.saved", "Agent", id, "Text", m.Outcome.Title)
		if page, _, _ := strings.Cut(here(c), "?"); !strings.HasSuffix(page, "/queues") || page == v.desk.Paths.Queues() {
			// On the editor's own page the outcome stands already.
			parts = append(parts, partials.ToastUpdate(toast))
		}
	}
	return v.parts(c, fiber.StatusOK, parts...)
}

// editorUncertain answers a write without a usable answer: the general error toast,
// and what reading again found.
func (v *visit) editorUncertain(c *fiber.Ctx, id string, form editorForm, out roster.Outcome, err error) error {
	cause := out.Cause
	if cause == nil {
		cause = err
	}
	p := problemOf(cause)
	if p.SignIn {
		return v.leave(c)
	}
	v.desk.note(c, p, cause)
	agent := out.Agent
	if agent.ID == "" {
		agent = out.Plan.Agent
	}
	m := v.editor(agent, form.typ)
	if out.Applied != roster.AppliedYes {
		v.fill(&m, form, agent)
	}
	f := failure(c, p)
	if p.RetryAfter > 0 {
		f.RetryButton = retryOf(m, form)
	}
	if out.Result == journal.Refused {
		m.Failure = &f
		if f.Kind == problem.InvalidInput {
			m.Failure.FieldID = "queue-field"
		}
		return v.showEditor(c, status(c, p), m)
	}
	m.Outcome = v.outcome(out, form.typ)
	m.Failure = &f
	return v.showEditor(c, status(c, p), m, failureToast(f))
}

// editorFailed answers an error before anything was sent. What was typed stays.
func (v *visit) editorFailed(c *fiber.Ctx, id string, form editorForm, agent roster.Agent, err error) error {
	p := problemOf(err)
	if p.SignIn {
		return v.leave(c)
	}
	v.desk.note(c, p, err)
	f := failure(c, p)
	if c.Method() == fiber.MethodGet {
		if p.Retry {
			f.RetryURL = c.OriginalURL()
		}
	}
	var m partials.Editor
	if agent.ID == "" {
		m = partials.Editor{Paths: v.desk.Paths, Agent: id, Type: string(form.typ), Base: form.base}
	} else {
		m = v.editor(agent, form.typ)
	}
	if c.Method() == fiber.MethodPost || c.Query("draft") == "1" {
		v.fill(&m, form, agent)
	}
	if c.Method() == fiber.MethodPost && p.RetryAfter > 0 {
		f.RetryButton = retryOf(m, form)
	}
	m.Failure = &f
	return v.showEditor(c, status(c, p), m, toasts(p, f)...)
}

// retryOf is what repeats a save that was put off: the button that was pressed, if
// it still asks the same; else the form without an answer, so that a question which
// has come up since is asked and never answered by a countdown.
func retryOf(m partials.Editor, form editorForm) string {
	asks := m.Preview.Confirm
	switch {
	case asks == nil:
		return partials.SaveID
	case form.confirm && form.shown == asks.Shown:
		return partials.ConfirmID
	}
	return partials.EditorFormID
}

// editorInvalid answers what the console itself refuses, at the field it is about.
func (v *visit) editorInvalid(c *fiber.Ctx, id string, form editorForm, message, field string, data ...any) error {
	p := invalid(message)
	p.Data = data
	agent, _ := v.tenant.Known(id)
	m := partials.Editor{Paths: v.desk.Paths, Agent: id, Type: string(form.typ), Base: form.base}
	if agent.ID != "" {
		m = v.editor(agent, form.typ)
	}
	v.fill(&m, form, agent)
	f := failure(c, p)
	f.FieldID = field
	m.Failure = &f
	return v.showEditor(c, p.Status, m)
}

func (v *visit) showEditor(c *fiber.Ctx, code int, m partials.Editor, toasts ...components.Toast) error {
	if render.HTMX(c) {
		if !render.For(c, "drawer-body") {
			render.Retarget(c, "#"+partials.EditorID, "outerHTML")
		}
		parts := []templ.Component{partials.QueueEditor(m)}
		for _, t := range toasts {
			parts = append(parts, partials.ToastUpdate(t))
		}
		return v.parts(c, code, parts...)
	}
	title := m.Agent + " · " + v.say.T("editor."+m.Type)
	chrome := v.desk.chrome(c, title, "agents")
	if m.Failure.GoesOn() && c.Method() == fiber.MethodGet {
		chrome.RefreshAfter = m.Failure.RetryAfter
	}
	chrome.Toasts = toasts
	return render.Page(c, code, chrome, pages.EditorPage(m))
}

// gather reads an agent for a page. Where that fails, what the snapshot has of them
// comes with the error.
func (v *visit) gather(c *fiber.Ctx, id string, typ apiclient.QueueType, maxAge time.Duration) (roster.Agent, error) {
	v.tenant.StartCrawl(v.access)
	agent, err := v.tenant.Gather(c.UserContext(), v.person, id, typ, maxAge)
	if err != nil {
		if known, ok := v.tenant.Known(id); ok {
			return known, err
		}
	}
	return agent, err
}

// known is the agent as the snapshot has it, read only where it has not.
func (v *visit) known(c *fiber.Ctx, id string, typ apiclient.QueueType) (roster.Agent, error) {
	if a, ok := v.tenant.Known(id); ok {
		return a, nil
	}
	return v.gather(c, id, typ, editorAge)
}
