package handlers

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
)

// Queues lists the tenant's queues, as its agents show them.
func (d *Desk) Queues(c *fiber.Ctx) error {
	v := entered(c)
	v.tenant.StartCrawl(v.access)
	m := pages.Queues{
		Paths: d.Paths, Callin: v.queueRows(apiclient.Callin), Callout: v.queueRows(apiclient.Callout),
		Progress: v.progress(v.tenant.Progress(), d.Paths.QueuesProgress()),
	}
	if render.For(c, pages.QueuesID) {
		return v.parts(c, fiber.StatusOK, pages.QueuesList(m))
	}
	chrome := d.chrome(c, v.say.T("queues.title"), "queues")
	if m.Progress.Running() {
		chrome.RefreshAfter = 3
	}
	return render.Page(c, fiber.StatusOK, chrome, pages.QueuesPage(m))
}

// QueuesProgress keeps the list of queues current while the crawl runs.
func (d *Desk) QueuesProgress(c *fiber.Ctx) error {
	v := entered(c)
	m := pages.Queues{
		Paths: d.Paths, Callin: v.queueRows(apiclient.Callin), Callout: v.queueRows(apiclient.Callout),
		Progress: v.progress(v.tenant.Progress(), d.Paths.QueuesProgress()),
	}
	render.Retarget(c, "#"+pages.QueuesID, "outerMorph")
	return v.parts(c, fiber.StatusOK, pages.QueuesList(m))
}

func (v *visit) queueRows(typ apiclient.QueueType) []pages.Queue {
	var out []pages.Queue
	for _, q := range v.tenant.Queues(typ) {
		out = append(out, v.queueRow(q))
	}
	return out
}

func (v *visit) queueRow(q roster.Queue) pages.Queue {
	return pages.Queue{
		ID: q.ID, Type: string(q.Type), Name: q.Name, URL: v.desk.Paths.Queue(q.ID, string(q.Type)),
		Members: q.Members, Active: q.Active, Available: q.Available, Certainty: q.Certainty.String(), ListedAt: q.ListedAt,
	}
}

// Queue is one queue's page: who is in it, and who shall be.
func (d *Desk) Queue(c *fiber.Ctx) error {
	v := entered(c)
	id := id64(param(c, "id"))
	if id == 0 {
		return fiber.ErrNotFound
	}
	typ, err := queueType(c)
	if err != nil {
		return err
	}
	v.tenant.StartCrawl(v.access)
	if typ == apiclient.Callin {
		v.tenant.Prioritise([]int64{id})
	}
	m := v.queuePage(id, typ)
	if change := c.Query("change"); change != "" {
		if e, err := d.Journal.Find(c.UserContext(), v.scope(), change); err == nil {
			m.Outcome = v.entryOutcome(e)
			m.Outcome.Title = e.Agent + ": " + m.Outcome.Title
		} else if change == "nothing" {
			m.Outcome = v.outcome(roster.Outcome{Nothing: true}, typ)
		}
	}
	return v.showQueue(c, fiber.StatusOK, m)
}

func (v *visit) queuePage(id int64, typ apiclient.QueueType) pages.QueueDetail {
	detail, ok := v.tenant.Queue(typ, id)
	if !ok {
		// An id nobody is in is no mistake: agents may be put there.
		detail.Queue = roster.Queue{ID: id, Type: typ, Name: v.tenant.QueueName(typ, id)}
	}
	m := pages.QueueDetail{
		Paths: v.desk.Paths, Queue: v.queueRow(detail.Queue),
		Progress: v.progress(v.tenant.Progress(), v.desk.Paths.AgentsProgress(paths.AgentsQuery{})),
	}
	in := map[string]bool{}
	for _, member := range detail.Agents {
		in[member.Agent.ID] = true
		m.Members = append(m.Members, pages.QueueMember{
			Row:       row(v.desk.Paths, v.say, member.Agent, journal.RecordingState{}),
			Certainty: member.Certainty.String(),
		})
	}
	return m
}

// QueueMembers adds an agent to a queue or takes one out: an intent of one queue,
// which leaves all the agent's others as they are.
func (d *Desk) QueueMembers(c *fiber.Ctx) error {
	v := entered(c)
	id := id64(param(c, "id"))
	typ, err := queueType(c)
	if err != nil {
		return err
	}
	agent := field(c, "agent_id")
	action := among(field(c, "action"), "add", "remove")
	if id == 0 || agent == "" || action == "" {
		return fiber.ErrUnprocessableEntity
	}
	intent := roster.AddIntent(agent, typ, []int64{id}, nil)
	if action == "remove" {
		intent = roster.RemoveIntent(agent, typ, []int64{id})
	}
	accepts := roster.ConsentOf(field(c, "confirm") == "yes", field(c, "shown"))
	out, err := v.tenant.Change(c.UserContext(), v.person, intent, v.author(c), accepts)
	m := v.queuePage(id, typ)
	var confirm *roster.ConfirmError
	switch {
	case errors.As(err, &confirm):
		question := v.question(confirm.Plan)
		m.Confirm = &pages.QueueConfirm{
			Agent: agent, Action: action, Question: question.Question, Reasons: question.Reasons,
			Button: question.Button, Shown: question.Shown, Preview: v.previewOf(confirm.Plan),
		}
		return v.showQueue(c, fiber.StatusOK, m)
	case out.Cause != nil || err != nil:
		cause := out.Cause
		if cause == nil {
			cause = err
		}
		p := problemOf(cause)
		if p.SignIn {
			return v.leave(c)
		}
		if errors.Is(err, roster.ErrEmptyList) {
			p.Message = "problem.last_queue"
			p.Data = []any{"Agent", agent}
		}
		d.note(c, p, cause)
		f := failure(c, p)
		if p.RetryAfter > 0 && action == "add" {
			f.RetryButton = pages.QueueAddID
		} else if p.RetryAfter > 0 {
			f.RetryButton = pages.QueueRemoveID(agent)
		}
		m.Failure, m.Candidate = &f, agent
		if out.EntryID != "" && out.Result != journal.Refused {
			m.Outcome = v.outcome(out, typ)
		}
		return v.showQueue(c, status(c, p), m)
	}
	change := out.EntryID
	if out.Nothing {
		change = "nothing"
	}
	target := d.Paths.Queue(id, string(typ))
	if strings.Contains(target, "?") {
		return render.Redirect(c, target+"&change="+change)
	}
	return render.Redirect(c, target+"?change="+change)
}

func (v *visit) showQueue(c *fiber.Ctx, code int, m pages.QueueDetail) error {
	title := m.Queue.Name
	if title == "" {
		title = strconv.FormatInt(m.Queue.ID, 10)
	}
	return render.Page(c, code, v.desk.chrome(c, title, "queues"), pages.QueuePage(m))
}
