package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// planWait is how long a page waits for the question, or the conflict, that a change of another
// console's ended in.
const planWait = 5 * time.Second

// elsewhere says how far a change is, or what came of it, that another console makes: any of
// them may be asked.
func (r *Savings) elsewhere(c *fiber.Ctx, v *visit, id string) error {
	told, err := v.tenant.Told(c.UserContext(), id)
	switch {
	case errors.Is(err, journal.ErrNotFound), told.Intent.Verb == roster.Rehearse: // which has a page of its own
		return r.gone(c, v)
	case err != nil:
		return err
	case told.Alive && !told.Over:
		return r.goesOn(c, v, id, told)
	}
	r.belongs(c, told.Intent)
	done, answered, err := r.cameElsewhere(c, v, told)
	if err != nil || answered {
		return err
	}
	return r.answer(c, v, told.Intent, done)
}

// gone says that nothing is known of a change.
func (r *Savings) gone(c *fiber.Ctx, v *visit) error {
	f := r.say(c, problem.Problem{Status: fiber.StatusNotFound, Failure: problem.NotFound, Message: "problem.saving_gone"}, nil)
	return r.instead(c, v, f, r.Paths.Changes(paths.ChangesQuery{}), v.say.T("nav.changes"))
}

// instead shows a failure where a change would stand, with a way on.
func (r *Savings) instead(c *fiber.Ctx, v *visit, f *fault, url, text string) error {
	if !render.HTMX(c) {
		return r.faultPage(c, f, "changes", url, text)
	}
	f.failure.Ways = []components.Way{{URL: url, Text: text}}
	render.Retarget(c, "#"+partials.EditorID, "outerHTML")
	return v.parts(c, f.code(), f, partials.SavingGone(f.failure))
}

// Describe is what people are told of an error, for another console to say it.
func Describe(err error) json.RawMessage {
	doc, err := json.Marshal(problemOf(err))
	if err != nil {
		return nil
	}
	return doc
}

// cameElsewhere is what a page has to show of a change that is over at another console, or
// whose console is. What leads to another page is answered.
func (r *Savings) cameElsewhere(c *fiber.Ctx, v *visit, told live.Told) (done changed, answered bool, err error) {
	in := told.Intent
	switch {
	case !told.Over:
		return r.endedBy(c, "problem.saving_lost"), false, nil
	case told.Cancelled:
		return changed{cancelled: true}, false, nil
	case told.Stopped:
		return r.endedBy(c, "problem.saving_stopped"), false, nil
	case told.Asked:
		return r.askedElsewhere(c, v, in)
	case told.Problem != nil:
		return r.failedElsewhere(c, v, told)
	}
	id := nothingID
	switch {
	case len(told.Entries) > 0:
		id = told.Entries[0]
	case in.Idle():
		id = unchangedID
	}
	// The page of the result reads the agent, and says so where it cannot.
	return done, true, render.Redirect(c, r.result(in, id))
}

// endedBy is a change that ended by something which is no answer of the API's.
func (r *Savings) endedBy(c *fiber.Ctx, message string) changed {
	p := problem.Problem{Status: fiber.StatusServiceUnavailable, Failure: problem.Failed, Message: message}
	return changed{fault: r.say(c, p, nil)}
}

// result is the page that shows what came of a change.
func (r *Savings) result(in roster.Intent, change string) string {
	switch in.Verb {
	case roster.Edit:
		return r.Paths.AgentQueuesResult(in.Agent, string(in.Type), change)
	case roster.Undo:
		return r.Paths.AgentChange(in.Agent, change)
	}
	return r.Paths.QueueResult(in.Want[0], string(in.Type), paths.RowsQuery{}, change)
}

// failedElsewhere says what went wrong as the other console would.
func (r *Savings) failedElsewhere(c *fiber.Ctx, v *visit, told live.Told) (done changed, answered bool, err error) {
	in := told.Intent
	var p problem.Problem
	if err := json.Unmarshal(told.Problem, &p); err != nil {
		return done, false, fmt.Errorf("%w: what another console said: %w", journal.ErrUnavailable, err)
	}
	switch {
	case p.SignIn && told.By.Session == v.session.ID:
		return done, false, apiclient.ErrUnauthorized
	case p.SignIn:
		return r.endedBy(c, "problem.saving_unsent"), false, nil // the key has been given again since
	case p.RetryAfter > 0:
		p.RetryAfter = max(p.RetryAfter-int(r.Desk.Now().Sub(told.EndedAt)/time.Second), 1)
	}
	p.Log = false // there it was
	// Each page says some more exactly than the table does.
	for message, is := range map[string]error{"problem.empty_list": roster.ErrEmptyList, "problem.no_agent": roster.ErrNoSuchAgent} {
		if p.Message != message {
			continue
		}
		for _, amend := range r.amends(v, in) {
			amend(is, &p)
		}
	}
	done.fault = r.say(c, p, nil)
	if len(told.Entries) == 0 {
		v.nothingSent(done.fault)
		return done, false, nil
	}
	e, err := r.changes.journal.Find(c.UserContext(), v.scope(), told.Entries[0])
	if err != nil {
		return done, false, err
	}
	agent, err := v.gather(c, in.Agent, in.Type, 0)
	if err != nil {
		r.Log.InfoContext(c.UserContext(), "the agent of another console's change not read", "agent", in.Agent, "error", err)
	}
	done.out = roster.Outcome{
		Plan: roster.Plan{Intent: in, Agent: agent}, Agent: agent, EntryID: e.ID, Result: e.Result, Code: e.Code, Message: e.Message, Applied: told.Applied,
	}
	if e.Result != journal.Refused {
		o := v.outcomeOf(e)
		if told.Caused {
			o.Title, o.Text = v.said("unknown_" + string(told.Applied))
		}
		done.troubled(o)
	}
	return done, false, nil
}

// askedElsewhere is a question or a conflict, which is found again by looking again. Nothing
// is sent by this either.
func (r *Savings) askedElsewhere(c *fiber.Ctx, v *visit, in roster.Intent) (done changed, answered bool, err error) {
	ctx, cancel := context.WithTimeout(c.UserContext(), planWait)
	defer cancel()
	plan, err := v.tenant.Plan(ctx, v.person, in)
	if err == nil {
		err = plan.Obstacle(roster.Consent{})
	}
	if err == nil || ctx.Err() != nil {
		return r.endedBy(c, "problem.saving_unsent"), false, nil
	}
	done, err = v.changed(c, in, roster.Outcome{Plan: plan, Agent: plan.Agent}, err, r.amends(v, in)...)
	return done, false, err
}
