package handlers

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
)

// access is what a run of the visitor's is carried out with.
func (v *visit) runAccess(request string) runs.Access {
	person := v.person
	return runs.Access{Access: v.access, By: v.author(request), Pace: func() runs.Pace { return paceOf(person) }, Wait: v.runCaller.Wait}
}

// paceOf is the limit that a run goes by.
func paceOf(person *apiclient.Caller) runs.Pace { return runs.Pace{Limit: person.RunLimit()} }

// Start carries out a plan that a person has looked at.
func (r *Runs) Start(c *fiber.Ctx) error {
	v, id := entered(c), param(c, "id")
	run, err := r.store.Find(c.UserContext(), v.scope(), id)
	if err != nil {
		return r.gone(c, v, err)
	}
	if field(c, "confirm") != "yes" {
		return r.show(c, r.say(c, invalid("runs.unconfirmed"), nil), "")
	}
	revision, _ := strconv.Atoi(field(c, "revision"))
	if revision != 0 && revision != run.Revision {
		return r.steer(c, v, id, runs.ErrMoved) // another plan was looked at
	}
	if err := r.read(c.UserContext(), v); err != nil {
		return r.unread(c, err)
	}
	if run.State == runs.Planned && r.Now().Sub(run.PlannedAt) > planFresh {
		moved, err := r.replan(c, v, run)
		if err != nil {
			return r.steer(c, v, id, err)
		}
		if moved != "" {
			return r.show(c, r.say(c, problem.Problem{Status: fiber.StatusConflict, Failure: problem.Conflict, Message: "runs.replanned"}, nil), moved)
		}
		revision = run.Revision + 1
	}
	return r.steer(c, v, id, r.runner.Start(c.UserContext(), v.runAccess(requestid.From(c.UserContext())), id, []runs.State{runs.Planned}, revision))
}

// replan makes a plan anew, and says how it differs; "" where it does not.
func (r *Runs) replan(c *fiber.Ctx, v *visit, run runs.Run) (moved string, err error) {
	items, err := r.store.Items(c.UserContext(), run.ID, runs.ItemFilter{})
	if err != nil {
		return "", err
	}
	next, again := runs.Plan(v.tenant, run, runs.Wishes(items), items)
	next.PlannedAt = r.Now().UTC()
	if err := r.store.Replan(c.UserContext(), next, again); err != nil {
		return "", err
	}
	changed := runs.Moved(items, again)
	if len(changed) == 0 {
		return "", nil
	}
	return v.say.N("runs.moved", len(changed), "Agents", strings.Join(changed[:min(len(changed), mostNamed)], ", ")), nil
}

// Resume goes on with a run that was paused or interrupted, with the key of whoever
// resumes it.
func (r *Runs) Resume(c *fiber.Ctx) error {
	v, id := entered(c), param(c, "id")
	access := v.runAccess(requestid.From(c.UserContext()))
	return r.steer(c, v, id, r.runner.Start(c.UserContext(), access, id, []runs.State{runs.Paused, runs.Interrupted}, 0))
}

// Pause stops a run within an item, Cancel ends it so.
func (r *Runs) Pause(c *fiber.Ctx) error { return r.ask(c, runs.WantPause) }

// Cancel ends a run; what was not attempted stays so.
func (r *Runs) Cancel(c *fiber.Ctx) error { return r.ask(c, runs.WantCancel) }

// settleWait is how long a click waits to show what came of it.
const settleWait = 1500 * time.Millisecond

func (r *Runs) ask(c *fiber.Ctx, want runs.Want) error {
	v, id := entered(c), param(c, "id")
	err := r.runner.Ask(c.UserContext(), v.scope(), id, want)
	if err == nil {
		r.runner.Wait(c.UserContext(), id, settleWait)
	}
	return r.steer(c, v, id, err)
}

// steer shows a run after something was done to it, or what stood in the way.
func (r *Runs) steer(c *fiber.Ctx, v *visit, id string, err error) error {
	switch {
	case errors.Is(err, runs.ErrNotFound):
		return r.gone(c, v, err)
	case errors.Is(err, runs.ErrMoved):
		return r.show(c, r.say(c, problem.Problem{Status: fiber.StatusConflict, Failure: problem.Conflict, Message: "runs.elsewhere"}, nil), "")
	case err != nil:
		return err
	}
	return render.Redirect(c, r.Paths.Run(id, "", 0))
}
