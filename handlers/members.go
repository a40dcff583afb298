package handlers

import (
	"errors"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/runs/intake"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// Edit adds an agent to a queue or takes one out: an intent of one queue, which
// leaves all the agent's others as they are. Several at once are a run.
func (r *Queues) Edit(c *fiber.Ctx) error {
	v := entered(c)
	id := paths.ParseID(param(c, "id"))
	typ, err := queueType(c)
	if err != nil {
		return err
	}
	action := field(c, "action")
	agents, f := r.whom(c, v, fieldValues(c, "agent_id"))
	if f != nil && id != 0 {
		return r.refuse(c, v, id, typ, f)
	}
	if len(agents) > 1 && id != 0 {
		return r.editMany(c, v, id, typ, agents, runs.Operation(action))
	}
	agent := strings.Join(agents, "")
	var intent roster.Intent
	switch action {
	case "add":
		intent = roster.AddIntent(agent, typ, []int64{id}, nil)
	case "remove":
		intent = roster.RemoveIntent(agent, typ, []int64{id})
	}
	if id == 0 || agent == "" || intent.Verb == "" {
		return fiber.ErrUnprocessableEntity
	}
	done, err := v.change(c, intent, consentOf(c), lastQueue(agent), lostZeros(v, agent))
	if err != nil {
		return err
	}
	return r.answer(c, v, intent, done)
}

// lastQueue says that an agent cannot leave their last queue.
func lastQueue(agent string) amend {
	return func(err error, p *problem.Problem) {
		if errors.Is(err, roster.ErrEmptyList) {
			p.Message = "problem.last_queue"
			p.Data = []any{"Agent", agent}
		}
	}
}

// lostZeros suggests the agent whose extension was typed without its zeros: it is never
// put right silently.
func lostZeros(v *visit, agent string) amend {
	return func(err error, p *problem.Problem) {
		if like := v.tenant.ExtensionLike(agent); like != "" && errors.Is(err, roster.ErrNoSuchAgent) {
			p.Text = "problem.no_agent_like.text"
			p.Data = []any{"Agent", agent, "Like", like}
		}
	}
}

// answer shows what came of adding or removing an agent, on the queue's page.
func (r *Queues) answer(c *fiber.Ctx, v *visit, in roster.Intent, done changed) error {
	id, typ := in.Want[0], in.Type
	place := r.Paths.QueueRows(id, string(typ), membersQuery(c))
	switch {
	case done.saving != nil:
		return r.underway(c, v, done.saving)
	case done.cancelled:
		return render.Redirect(c, r.Paths.QueueResult(id, string(typ), membersQuery(c), cancelledID))
	case done.ask == nil && done.fault == nil:
		if err, ok := r.unnoted(c, done, place); ok {
			return err
		}
		return render.Redirect(c, r.Paths.QueueResult(id, string(typ), membersQuery(c), done.id()))
	}
	m := r.detail(c, v, id, typ)
	m.Candidate, m.Action, m.Outcome = in.Agent, string(in.Verb), done.outcome
	if done.ask != nil {
		question := v.questionAlone(*done.ask, m.Queue.URL)
		m.Question = &question
		return r.show(c, fiber.StatusOK, m, nil)
	}
	button := pages.QueueAddID
	if in.Verb == roster.Remove {
		button = pages.QueueRemoveID(in.Agent)
	}
	done.fault.repeat(button)
	m.Failure = done.fault.box()
	return r.show(c, done.fault.code(), m, done.fault)
}

// whom are the agents that the field of a queue's page names: an extension, several with
// anything between them, or the one name that nobody else has. What it does not name
// clearly is a fault with those who may be meant.
func (r *Queues) whom(c *fiber.Ctx, v *visit, texts []string) ([]string, *fault) {
	if len(texts) == 1 {
		text := typed.Clean(texts[0])
		_, known := v.tenant.Known(text)
		one := known || text == "" || typed.Digits(text)
		if !one && strings.ContainsFunc(text, unicode.IsLetter) {
			switch people := v.tenant.PeopleNamed(text); {
			case len(people) == 1:
				return people, nil
			case len(people) > 1:
				return nil, r.named(c, v, text, people)
			}
			if like := v.tenant.Matching(roster.Query{Q: text, PeopleOnly: true}); len(like) > 0 {
				return nil, r.named(c, v, text, like)
			}
			one = !strings.ContainsFunc(text, unicode.IsSpace) // an extension may have letters
		}
		if one {
			return []string{text}, nil
		}
	}
	agents, faults := intake.Extensions(knownOf(v.tenant), texts)
	for _, f := range faults {
		if f.Blocks() {
			p := invalid("problem.members")
			p.Data = []any{"Why", v.blamed(f)}
			return nil, r.say(c, p, nil)
		}
	}
	return agents, nil
}

// named says that a name is not one agent's, and whose it may be.
func (r *Queues) named(c *fiber.Ctx, v *visit, name string, like []string) *fault {
	like = like[:min(len(like), mostNamed)]
	for i, id := range like {
		if a, ok := v.tenant.Known(id); ok {
			like[i] = strings.TrimSpace(id + " " + typed.Line(text(a.UserName), 60))
		}
	}
	p := invalid("problem.member_named")
	p.Data = []any{"Text", typed.Line(name, 60), "Agents", strings.Join(like, ", ")}
	return r.say(c, p, nil)
}

// refuse shows the queue's page with what was wrong in its field.
func (r *Queues) refuse(c *fiber.Ctx, v *visit, id int64, typ apiclient.QueueType, f *fault) error {
	m := r.detail(c, v, id, typ)
	m.Candidate, m.Failure = typed.Line(field(c, "agent_id"), maxTyped), f.box()
	return r.show(c, f.code(), m, f)
}

// editMany changes several agents by a run. It is carried out at once where nothing is to
// be asked, or else shown as a plan.
func (r *Queues) editMany(c *fiber.Ctx, v *visit, id int64, typ apiclient.QueueType, agents []string, op runs.Operation) error {
	if typ == apiclient.Callout {
		// A callout list is replaced whole, and can be read back in part alone.
		return r.refuse(c, v, id, typ, r.say(c, invalid("problem.members_callout"), nil))
	}
	if op != runs.Add && op != runs.Remove {
		return fiber.ErrUnprocessableEntity
	}
	if err := r.runs.read(c.UserContext(), v); err != nil {
		if !errors.Is(err, errBeingRead) {
			return err
		}
		f := r.say(c, beingRead(), nil)
		f.repeat(pages.QueueAddID)
		return r.refuse(c, v, id, typ, f)
	}
	run := runs.Run{Operation: op, QueueIDs: []int64{id}, Choice: runs.Choice{By: "picked", Count: len(agents)}}
	return r.runs.plan(c, v, run, runs.Intents(op, agents, run.QueueIDs, nil, nil), nil, atOnce)
}
