package handlers

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// planWait is how long a page waits to be told what a change, which another console did not
// send, would meet now.
const planWait = 5 * time.Second

// elsewhere says how far a change is, or what came of it, that another console makes: any of
// them may be asked.
func (r *Savings) elsewhere(c *fiber.Ctx, v *visit, id string) error {
	told, err := v.tenant.Told(c.UserContext(), id)
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return r.gone(c, v)
	case err != nil:
		return err
	case told.Alive && !told.Over:
		return r.goesOn(c, v, id, told.Intent, told.Progress)
	}
	r.belongs(c, told.Intent)
	done, err := r.cameElsewhere(c, v, told)
	if err != nil {
		return err
	}
	return r.answer(c, v, told.Intent, done)
}

// gone says that nothing is known of a change.
func (r *Savings) gone(c *fiber.Ctx, v *visit) error {
	f := r.say(c, problem.Problem{Status: fiber.StatusNotFound, Failure: problem.NotFound, Message: "problem.saving_gone"}, nil)
	changes := r.Paths.Changes(paths.ChangesQuery{})
	if !render.HTMX(c) {
		return r.faultPage(c, f, "changes", changes, v.say.T("nav.changes"))
	}
	f.failure.Ways = []components.Way{{URL: changes, Text: v.say.T("nav.changes")}}
	render.Retarget(c, "#"+partials.EditorID, "outerHTML")
	return v.parts(c, f.code(), f, partials.SavingGone(f.failure))
}

// cameElsewhere is what a page has to show of a change that is over at another console, or
// whose console is.
func (r *Savings) cameElsewhere(c *fiber.Ctx, v *visit, told live.Told) (changed, error) {
	in := told.Intent
	var done changed
	switch {
	case !told.Over:
		done.fault = r.say(c, problem.Problem{Status: fiber.StatusServiceUnavailable, Failure: problem.Failed, Message: "problem.saving_lost"}, nil)
		return done, nil
	case told.Cancelled:
		done.cancelled = true
		return done, nil
	case len(told.Entries) > 0:
		return r.sentElsewhere(c, v, in, told.Entries[0])
	case !told.Nothing:
		return r.unsentElsewhere(c, v, in)
	}
	agent, _ := v.tenant.Known(in.Agent)
	done.out = roster.Outcome{Plan: roster.Plan{Intent: in, Agent: agent}, Agent: agent, Nothing: true}
	o := v.outcome(done.out)
	done.outcome = &o
	return done, nil
}

// sentElsewhere is what the journal has of a change that was sent.
func (r *Savings) sentElsewhere(c *fiber.Ctx, v *visit, in roster.Intent, entry string) (done changed, err error) {
	e, err := r.changes.journal.Find(c.UserContext(), v.scope(), entry)
	if err != nil {
		return done, err
	}
	agent, _ := v.tenant.Known(in.Agent)
	if render.HTMX(c) { // else the page that this leads to reads
		if agent, err = v.gather(c, in.Agent, in.Type, 0); err != nil {
			r.Log.InfoContext(c.UserContext(), "the agent of another console's change not read", "agent", in.Agent, "error", err)
		}
	}
	done.out = roster.Outcome{
		Plan: roster.Plan{Intent: in, Agent: agent}, Agent: agent, EntryID: e.ID, Result: e.Result, Code: e.Code, Message: e.Message,
	}
	if e.Result == journal.Refused {
		done.fault = r.say(c, problem.Problem{
			Status: fiber.StatusUnprocessableEntity, Failure: problem.InvalidInput, Message: "problem.saving_refused", Code: e.Code, Detail: e.Message,
		}, nil)
		return done, nil
	}
	o := v.outcomeOf(e)
	done.outcome = &o
	return done, nil
}

// unsentElsewhere is why a change was not sent: what stands in its way is found by looking
// again. Nothing is sent by this either.
func (r *Savings) unsentElsewhere(c *fiber.Ctx, v *visit, in roster.Intent) (changed, error) {
	ctx, cancel := context.WithTimeout(c.UserContext(), planWait)
	defer cancel()
	plan, err := v.tenant.Plan(ctx, v.person, in)
	if err == nil {
		err = plan.Obstacle(roster.Consent{})
	}
	if err == nil || ctx.Err() != nil {
		f := r.say(c, problem.Problem{Status: fiber.StatusServiceUnavailable, Failure: problem.Failed, Message: "problem.saving_unsent"}, nil)
		return changed{fault: f}, nil
	}
	return v.changed(c, in, roster.Outcome{Plan: plan, Agent: plan.Agent}, err, r.amends(v, in)...)
}
