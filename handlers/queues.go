package handlers

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// Queues answers for the tenant's queues, as its agents show them.
type Queues struct {
	*Desk
	journal finder
}

// maxSuggestions bounds the agents whom a queue's page offers by name; any other can
// still be typed. So many weigh 32 KB of the page, 5 KB as it is sent.
const maxSuggestions = 500

// maxTyped is how much of a typed extension comes back in a page's address.
const maxTyped = 40

// ListPlace is the list of queues.
func (r *Queues) ListPlace(*fiber.Ctx) string { return r.Paths.Queues() }

// Place is the page of the queue in the path.
func (r *Queues) Place(c *fiber.Ctx) string {
	typ, err := queueType(c)
	if err != nil {
		return ""
	}
	return r.Paths.Queue(paths.ParseID(param(c, "id")), string(typ))
}

// Draft is that page with the agent who was to be added, "" where none was.
func (r *Queues) Draft(c *fiber.Ctx) string {
	typ, err := queueType(c)
	agent := typed.Clean(field(c, "agent_id"))
	if err != nil || agent == "" || field(c, "action") != "add" {
		return ""
	}
	return r.Paths.QueueDraft(paths.ParseID(param(c, "id")), string(typ), agent)
}

// List lists them.
func (r *Queues) List(c *fiber.Ctx) error {
	v := entered(c)
	v.scanAgain(c)
	v.tenant.StartCrawl(v.access)
	m := r.read(v)
	if render.For(c, pages.QueuesID) {
		return v.parts(c, fiber.StatusOK, nil, pages.QueuesList(m))
	}
	known, err := v.tenant.KnownQueues(c.UserContext())
	if err != nil {
		return err
	}
	m.Known = r.known(known)
	// On the form's own page nothing takes away what is being typed.
	m.Known.Open = c.Path() == r.Paths.KnownQueues()
	if text := strings.ToValidUTF8(c.Query("ids"), ""); text != "" && m.Known.Open {
		m.Known.Text = text
	}
	chrome := r.chrome(c, v.say.T("queues.title"), "queues")
	if m.Known.Reloads = m.Progress.Running() && !m.Known.Open; m.Known.Reloads {
		chrome.RefreshAfter = 3
	}
	return r.page(c, fiber.StatusOK, chrome, pages.QueuesPage(m), nil)
}

// Progress keeps the list current while the crawl runs.
func (r *Queues) Progress(c *fiber.Ctx) error {
	v := entered(c)
	render.Retarget(c, "#"+pages.QueuesID, "outerMorph")
	return v.parts(c, fiber.StatusOK, nil, pages.QueuesList(r.read(v)))
}

func (r *Queues) read(v *visit) pages.Queues {
	return pages.Queues{
		Paths: r.Paths, Progress: v.crawl(r.Paths.QueuesProgress()), ReadAt: v.tenant.Progress().CompletedAt,
		Hides:   !v.tenant.Progress().Running() && v.tenant.HidesQueues(),
		Callin:  v.queueRows(v.tenant.Queues(apiclient.Callin)),
		Callout: v.queueRows(v.tenant.Queues(apiclient.Callout)),
	}
}

func (p presenter) queueRows(queues []roster.Queue) []pages.Queue {
	rows := make([]pages.Queue, len(queues))
	for i, q := range queues {
		rows[i] = p.queueRow(q)
	}
	return rows
}

func (p presenter) queueRow(q roster.Queue) pages.Queue {
	return pages.Queue{
		ID: q.ID, Type: string(q.Type), Name: q.Name, URL: p.paths.Queue(q.ID, string(q.Type)),
		Members: q.Members, Active: q.Active, Available: q.Available, Certainty: q.Certainty.String(),
	}
}

// Read reads the whole tenant again on a person's word.
func (r *Queues) Read(c *fiber.Ctx) error {
	v := entered(c)
	v.tenant.Refresh(v.access)
	if render.For(c, pages.QueuesID) {
		return v.parts(c, fiber.StatusOK, nil, pages.QueuesList(r.read(v)))
	}
	return render.Redirect(c, r.Paths.Queues())
}

// ReadOne reads one queue's members again.
func (r *Queues) ReadOne(c *fiber.Ctx) error {
	v := entered(c)
	id := paths.ParseID(param(c, "id"))
	typ, err := queueType(c)
	if err != nil {
		return err
	}
	if id == 0 {
		return fiber.ErrNotFound
	}
	if err := v.tenant.ReadQueue(c.UserContext(), v.access, typ, id); err != nil {
		f, err := r.fault(c, err)
		if err != nil {
			return err
		}
		f.repeat(pages.QueueReadID)
		m := r.detail(v, id, typ)
		m.Failure = f.box()
		return r.show(c, f.code(), m, f)
	}
	return render.Redirect(c, r.Paths.Queue(id, string(typ)))
}

// Show is one queue's page: who is in it, and who shall be.
func (r *Queues) Show(c *fiber.Ctx) error {
	v := entered(c)
	id := paths.ParseID(param(c, "id"))
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
	var f *fault
	if reloads(c) {
		if err := v.tenant.ReadQueue(c.UserContext(), v.access, typ, id); err != nil && !isOutage(err) {
			if f, err = r.fault(c, err); err != nil {
				return err
			}
			f.again(c.OriginalURL())
		}
	}
	m := r.detail(v, id, typ)
	m.Failure = f.box()
	m.Candidate = typed.Line(c.Query("agent_id"), maxTyped)
	var agent string
	if m.Outcome, agent = v.shownChange(c, r.journal, ""); agent != "" {
		m.Outcome.Title = agent + ": " + m.Outcome.Title
	}
	return r.show(c, f.code(), m, f)
}

// ProgressOne keeps a queue's page current while the crawl runs.
func (r *Queues) ProgressOne(c *fiber.Ctx) error {
	v := entered(c)
	id := paths.ParseID(param(c, "id"))
	typ, err := queueType(c)
	if err != nil {
		return err
	}
	if id == 0 {
		return fiber.ErrNotFound
	}
	render.Retarget(c, "#"+pages.QueueFiguresID, "outerMorph")
	return v.parts(c, fiber.StatusOK, nil, pages.QueueProgress(r.detail(v, id, typ)))
}

func (r *Queues) detail(v *visit, id int64, typ apiclient.QueueType) pages.QueueDetail {
	detail, ok := v.tenant.Queue(typ, id)
	if !ok {
		// An id nobody is in is no mistake: agents may be put there.
		detail.Queue = roster.Queue{ID: id, Type: typ, Name: v.queueName(typ, id)}
	}
	m := pages.QueueDetail{
		Paths: r.Paths, Queue: v.queueRow(detail.Queue), Progress: v.crawl(r.Paths.QueueProgress(id, string(typ))),
	}
	if m.ReadAt = detail.ReadAt(); m.ReadAt.IsZero() {
		m.ReadAt = v.tenant.Progress().CompletedAt
	}
	in := map[string]bool{}
	for _, member := range detail.Agents {
		in[member.Agent.ID] = true
		m.Members = append(m.Members, pages.QueueMember{
			Row: v.row(member.Agent, journal.RecordingState{}), Certainty: member.Certainty.String(),
		})
	}
	known := v.tenant.Search(roster.Query{Sort: "extension", Size: maxSuggestions + len(in)})
	m.Agents = suggestions(known.Agents, in, typ)
	return m
}

// suggestions are the agents who may join a queue: those who are not in it, and whose
// list can be written.
func suggestions(agents []roster.Agent, in map[string]bool, typ apiclient.QueueType) (out []pages.AgentOption) {
	for _, a := range agents {
		if len(out) < maxSuggestions && !in[a.ID] && a.WhyNotEdit(typ) == "" {
			out = append(out, pages.AgentOption{ID: a.ID, Name: text(a.UserName)})
		}
	}
	return out
}

// Edit adds an agent to a queue or takes one out: an intent of one queue, which
// leaves all the agent's others as they are.
func (r *Queues) Edit(c *fiber.Ctx) error {
	v := entered(c)
	id := paths.ParseID(param(c, "id"))
	typ, err := queueType(c)
	if err != nil {
		return err
	}
	agent, action := typed.Clean(field(c, "agent_id")), field(c, "action")
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
	switch {
	case done.saving != nil:
		return r.underway(c, v, done.saving)
	case done.cancelled:
		return render.Redirect(c, r.Paths.Queue(id, string(typ)))
	case done.ask == nil && done.fault == nil:
		if err, ok := r.unnoted(c, done, r.Paths.Queue(id, string(typ))); ok {
			return err
		}
		return render.Redirect(c, r.Paths.QueueResult(id, string(typ), done.id()))
	}
	m := r.detail(v, id, typ)
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

func (r *Queues) show(c *fiber.Ctx, code int, m pages.QueueDetail, f *fault) error {
	title := cmp.Or(m.Queue.Name, strconv.FormatInt(m.Queue.ID, 10))
	return r.page(c, code, r.chrome(c, title, "queues"), pages.QueuePage(m), f)
}
