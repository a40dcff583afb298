package handlers

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
)

// Rehearsal answers for writes that are made to learn what only a write tells, on one agent
// whom the person names. It is there where the settings of the environment allow it.
type Rehearsal struct {
	*Desk
	journal finder
	allowed []string // slugs of environments
}

// newRehearsal is nil where no environment allows one.
func newRehearsal(d *Desk, journal finder, allowed []string) *Rehearsal {
	if len(allowed) == 0 {
		return nil
	}
	return &Rehearsal{Desk: d, journal: journal, allowed: allowed}
}

// in reports whether an environment allows one. Of nil it does not.
func (r *Rehearsal) in(env Environment) bool {
	return r != nil && slices.Contains(r.allowed, env.Slug)
}

// Place is the page of the agent that the form named.
func (r *Rehearsal) Place(c *fiber.Ctx) string { return r.Paths.Rehearsal(field(c, "agent_id")) }

// Show says exactly what each step would send of an agent.
func (r *Rehearsal) Show(c *fiber.Ctx) error {
	v := entered(c)
	if !r.in(v.env) {
		return fiber.ErrNotFound
	}
	m := pages.Rehearsal{Choice: partials.RehearsalChoice{Paths: r.Paths, Agent: typed.Line(c.Query("agent_id"), 40)}}
	var f *fault
	if m.Choice.Agent != "" {
		agent, err := v.gather(c, m.Choice.Agent, apiclient.Callin, 0)
		if err != nil {
			if f, err = r.fault(c, err, lostZeros(v, m.Choice.Agent)); err != nil {
				return err
			}
			f.again(c.OriginalURL())
			m.Failure = f.box()
		} else {
			r.steps(v, &m, agent)
		}
	}
	return r.page(c, f.code(), r.chrome(c, v.say.T("rehearsal.title"), "connection"), pages.RehearsalPage(m), f)
}

// steps are what can be tried on an agent, with the requests, or why nothing can.
func (r *Rehearsal) steps(v *visit, m *pages.Rehearsal, a roster.Agent) {
	m.Agent, m.Name, m.List = a.ID, text(a.UserName), v.memberships(apiclient.Callin, a.Callin)
	m.Base, m.Priority, m.ReadAt = list(roster.IDs(a.Callin)), text(a.Priority), a.CallinAt
	plan := v.tenant.Preview(roster.RehearsalIntent(a.ID, roster.IDs(a.Callin), m.Priority, false), v.author(""))
	m.Closed = v.unsent(plan)
	if len(m.Closed) > 0 {
		return
	}
	send := func(as apiclient.QueueAssignment) string { return v.curl.Curl(a.ID, apiclient.Callin, as) }
	whole := send(plan.Assignment())
	m.Steps = []pages.RehearsalStep{{ID: "same", Requests: []string{whole}}, {ID: "omitted", Omits: true}}
	if plan.Priority == nil {
		m.Steps[1].Closed = v.say.T("rehearsal.no_priority")
		return
	}
	m.Steps[1].Requests = []string{send(apiclient.QueueAssignment{QueueIDs: plan.After}), whole}
}

// unsent is why nothing is sent of a plan, in words; nil where it would be.
func (p presenter) unsent(plan roster.Plan) []string {
	switch why := plan.Agent.WhyNotEdit(apiclient.Callin); {
	case why != "":
		return []string{p.whyNot(why)}
	case plan.Conflict != nil:
		return []string{p.say.T("rehearsal.moved")}
	case plan.Empty():
		return []string{p.say.T("rehearsal.empty")}
	case len(plan.Questions()) == 0:
		return nil
	}
	if reasons := p.question(plan).Reasons; len(reasons) > 0 {
		return reasons
	}
	return []string{p.say.T("rehearsal.moved")}
}

// Begin has a step sent, which the person has confirmed.
func (r *Rehearsal) Begin(c *fiber.Ctx) error {
	v := entered(c)
	if !r.in(v.env) {
		return fiber.ErrNotFound
	}
	agent := typed.Line(field(c, "agent_id"), 40)
	step := field(c, "step")
	if agent == "" || field(c, "confirm") != "yes" || step != "same" && step != "omitted" {
		return render.Redirect(c, r.Place(c))
	}
	form := editorForm{base: field(c, "base")}
	in := roster.RehearsalIntent(agent, form.baseIDs(), field(c, "priority"), step == "omitted")
	s := v.tenant.Rehearse(c.UserContext(), v.person, in, v.author(requestid.From(c.UserContext())))
	return render.Redirect(c, r.Paths.RehearsalOf(s.ID))
}

// Came is what came of one, or how far it is, whichever console makes it.
func (r *Rehearsal) Came(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	s := v.tenant.Rehearsal(id)
	var told live.Told
	var failed error
	if s == nil {
		var err error
		if told, err = v.tenant.Told(c.UserContext(), id); err != nil || told.Intent.Verb != roster.Rehearse {
			return r.gone(c, v, err, "problem.rehearsal_gone")
		}
	} else {
		select {
		case <-s.Done():
		case <-time.After(glanceWait):
		}
		if told = s.Told(); told.Over {
			failed = s.Result().Failed()
		}
		told.Alive = true
	}
	switch {
	case !told.Alive:
		return r.gone(c, v, nil, "problem.saving_lost")
	case !told.Over:
		return r.going(c, v, id, told)
	}
	m, err := r.came(c, v, id, told, failed)
	if err != nil {
		return err
	}
	if render.HTMX(c) {
		return v.parts(c, fiber.StatusOK, nil, partials.RehearsalBox(m))
	}
	return r.page(c, fiber.StatusOK, r.chrome(c, v.say.T("rehearsal.title"), "connection"), pages.RehearsedPage(m), nil)
}

// gone says that nothing is known of one, or not how it ended.
func (r *Rehearsal) gone(c *fiber.Ctx, v *visit, err error, message string) error {
	if err != nil && !errors.Is(err, journal.ErrNotFound) {
		return err
	}
	p := problem.Problem{Status: fiber.StatusNotFound, Failure: problem.NotFound, Message: message}
	if message == "problem.saving_lost" {
		p.Status, p.Failure = fiber.StatusServiceUnavailable, problem.Failed
	}
	return r.faultPage(c, r.say(c, p, nil), "connection", r.Paths.Connection(), v.say.T("nav.connection"))
}

func (r *Rehearsal) going(c *fiber.Ctx, v *visit, id string, told live.Told) error {
	at := told.Progress
	m := partials.Rehearsed{
		Paths: r.Paths, ID: id, Agent: told.Intent.Agent, State: "going", BegunAt: told.BegunAt,
		Sending: at.Sending, PuttingBack: told.PuttingBack, Behind: at.Behind.Operator, BehindSince: at.Behind.Since,
	}
	if now := r.Now(); at.WaitingUntil.After(now) {
		m.WaitSeconds = problem.Seconds(at.WaitingUntil.Sub(now))
	}
	if render.HTMX(c) {
		return v.parts(c, fiber.StatusOK, nil, partials.RehearsalBox(m))
	}
	chrome := r.chrome(c, v.say.T("rehearsal.title"), "connection")
	chrome.RefreshAfter = 2
	return r.page(c, fiber.StatusOK, chrome, pages.RehearsedPage(m), nil)
}

// came says what came of one that is over; failed is why, as far as that is known here.
func (r *Rehearsal) came(c *fiber.Ctx, v *visit, id string, told live.Told, failed error) (partials.Rehearsed, error) {
	m := partials.Rehearsed{Paths: r.Paths, ID: id, Agent: told.Intent.Agent, State: string(told.Left)}
	m.Title, m.Text = v.say.T("rehearsal.left."+m.State+".title"), v.say.T("rehearsal.left."+m.State+".text")
	if told.Left == live.LeftAlone && len(told.Entries) > 0 {
		m.Title, m.Text = v.say.T("rehearsal.refused.title"), v.say.T("rehearsal.refused.text")
	}
	if told.Left == live.LeftChanged && !told.PuttingBack {
		m.Text = v.say.T("rehearsal.differs")
	}
	if failed != nil && problemOf(failed).SignIn {
		// How the agent was left comes first: the next page asks for the key again, and what
		// was known by this one is gone then.
		m.Reasons = []string{v.say.T("rehearsal.key")}
	} else if why, err := r.why(c, v, &m, failed); err != nil {
		return m, err
	} else if told.Left == live.LeftAlone || told.Left == live.LeftChanged {
		m.Reasons = why
	} else {
		m.Failure = nil // it came right all the same
	}
	if told.Taken {
		m.Learned = v.learned(told.Intent.Omits, told.Omitted)
	}
	if err := r.entries(c.UserContext(), v, &m, told.Entries); err != nil {
		return m, err
	}
	if told.Left == live.LeftChanged && told.PuttingBack && m.UndoURL == "" {
		m.Text = v.say.T("rehearsal.priority_again", "Priority", told.Priority)
	}
	return m, nil
}

// why says why nothing was sent, or put back.
func (r *Rehearsal) why(c *fiber.Ctx, v *visit, m *partials.Rehearsed, err error) ([]string, error) {
	var confirm *roster.ConfirmError
	var conflict *roster.ConflictError
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &confirm):
		return v.unsent(confirm.Plan), nil
	case errors.As(err, &conflict):
		return []string{v.say.T("rehearsal.moved")}, nil
	case errors.Is(err, roster.ErrEmptyList):
		return []string{v.say.T("rehearsal.empty")}, nil
	case errors.Is(err, context.Canceled):
		return []string{v.say.T("rehearsal.ended")}, nil
	}
	f, err := r.fault(c, err)
	if err != nil {
		return nil, err
	}
	if m.Failure = f.box(); m.State == string(live.LeftChanged) {
		m.Failure.Text = "" // that nothing has changed would be of the write that puts back alone
	}
	return nil, nil
}

// learned is what a rehearsal has shown, in words.
func (p presenter) learned(omits bool, omitted string) (out []partials.RehearsalFinding) {
	add := func(code roster.TraitCode, value string) {
		out = append(out, partials.RehearsalFinding{
			Code: string(code), Question: p.say.T("connection.trait." + string(code)), Value: p.traitValue(code, value),
		})
	}
	add(roster.TraitWrite, "taken")
	switch {
	case !omits:
		add(roster.TraitSame, "accepted")
	case omitted != "":
		add(roster.TraitOmitted, omitted)
	}
	return out
}

// entries are the changes that were made, from the first.
func (r *Rehearsal) entries(ctx context.Context, v *visit, m *partials.Rehearsed, ids []string) error {
	for _, id := range ids {
		e, err := r.journal.Find(ctx, v.scope(), id)
		if errors.Is(err, journal.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		row := v.journalRow(e)
		m.Entries = append(m.Entries, row)
		if m.State == string(live.LeftChanged) && m.UndoURL == "" {
			m.UndoURL = row.Change.UndoURL
		}
	}
	days(m.Entries, paths.ChangesQuery{})
	return nil
}
