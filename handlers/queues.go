package handlers

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
)

// Queues answers for the tenant's queues, as its agents show them.
type Queues struct {
	*Desk
	journal finder
	runs    *Runs
}

// mostSuggested bounds what a field suggests of what is being typed into it.
const mostSuggested = 20

// maxTyped is how much of typed extensions comes back in a page's address.
const maxTyped = 2000

// ListPlace is the list of queues in the state of the address.
func (r *Queues) ListPlace(c *fiber.Ctx) string {
	return r.Paths.Queues(paths.ParseQueues(fieldsOf(c)))
}

// Place is the page of the queue in the path.
func (r *Queues) Place(c *fiber.Ctx) string {
	typ, err := queueType(c)
	if err != nil {
		return ""
	}
	return r.Paths.QueueRows(paths.ParseID(param(c, "id")), string(typ), membersQuery(c))
}

// membersQuery is the state of a queue's members as the address has it.
func membersQuery(c *fiber.Ctx) paths.RowsQuery { return paths.ParseMembers(fieldsOf(c)) }

// Draft is that page with the agent who was to be added, "" where none was.
func (r *Queues) Draft(c *fiber.Ctx) string {
	typ, err := queueType(c)
	agent := typed.Clean(field(c, "agent_id"))
	if err != nil || agent == "" || field(c, "action") != "add" {
		return ""
	}
	return r.Paths.QueueDraft(paths.ParseID(param(c, "id")), string(typ), membersQuery(c), agent)
}

// List lists them.
func (r *Queues) List(c *fiber.Ctx) error {
	v := entered(c)
	v.scanAgain(c)
	v.tenant.StartCrawl(v.access)
	m := r.read(c, v)
	if render.For(c, pages.QueuesID) {
		c.Set("HX-Push-Url", r.Paths.Queues(m.Query))
		return v.parts(c, fiber.StatusOK, nil, pages.QueuesUpdate(m))
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
	return v.parts(c, fiber.StatusOK, nil, pages.QueuesList(r.read(c, v)))
}

func (r *Queues) read(c *fiber.Ctx, v *visit) pages.Queues {
	q := paths.ParseQueues(fieldsOf(c))
	return pages.Queues{
		Paths: r.Paths, Query: q, Progress: v.crawl(r.Paths.QueuesProgress(q)), ReadAt: v.tenant.Progress().CompletedAt,
		Unread:  q.Unread(fieldsOf(c)),
		Hides:   !v.tenant.Progress().Running() && v.tenant.HidesQueues(),
		Callin:  v.queueList(apiclient.Callin, q),
		Callout: v.queueList(apiclient.Callout, q),
	}
}

// queueList is the page of the queues of a type; beside the other type it is the first.
func (v *visit) queueList(typ apiclient.QueueType, q paths.RowsQuery) pages.QueueList {
	if q.Type == "" {
		q.Page = 0
	}
	found, total := v.tenant.FindQueues(typ, roster.QueueQuery{Q: q.Q, Sort: q.Sort, Page: q.Page, Size: q.Rows()})
	list := pages.QueueList{Total: total, Rows: make([]pages.Queue, len(found))}
	for i, queue := range found {
		list.Rows[i] = v.queueRow(queue)
	}
	return list
}

// Options are queues that a field suggests of what is typed into it: of the type that is
// asked for, or of both.
func (r *Queues) Options(c *fiber.Ctx) error {
	v := entered(c)
	q := roster.QueueQuery{Size: partials.MostChoices}
	for _, field := range []string{"queue_id", "queue_ids", "from_ids", "callout_ids"} {
		if text := c.Query(field); text != "" {
			q.Q = typed.Line(text, 200)
		}
	}
	types := []apiclient.QueueType{apiclient.Callin}
	switch c.Query("of") {
	case "all":
		types = append(types, apiclient.Callout)
	case "callout":
		types[0] = apiclient.Callout
	}
	var found []roster.Queue
	for _, typ := range types {
		queues, _ := v.tenant.FindQueues(typ, q)
		found = append(found, queues...)
	}
	return render.Parts(c, fiber.StatusOK, partials.QueueSuggestions(queueChips(found)))
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
		return v.parts(c, fiber.StatusOK, nil, pages.QueuesList(r.read(c, v)))
	}
	return render.Redirect(c, r.ListPlace(c))
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
		m := r.detail(c, v, id, typ)
		m.Failure = f.box()
		return r.show(c, f.code(), m, f)
	}
	return render.Redirect(c, r.Place(c))
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
	m := r.detail(c, v, id, typ)
	if f == nil && render.For(c, pages.QueueMembersID) {
		c.Set("HX-Push-Url", r.Place(c))
		return v.parts(c, fiber.StatusOK, nil, pages.QueueMembers(m))
	}
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
	m := r.detail(c, v, id, typ)
	m.Agents = v.candidates(typ, id, "")
	return v.parts(c, fiber.StatusOK, nil, pages.QueueProgress(m))
}

func (r *Queues) detail(c *fiber.Ctx, v *visit, id int64, typ apiclient.QueueType) pages.QueueDetail {
	queue, ok := v.tenant.Queue(typ, id)
	if !ok {
		// An id nobody is in is no mistake: agents may be put there.
		queue = roster.Queue{ID: id, Type: typ, Name: v.queueName(typ, id)}
	}
	q := membersQuery(c)
	m := pages.QueueDetail{
		Paths: r.Paths, Queue: v.queueRow(queue), Query: q, Progress: v.crawl(r.Paths.QueueProgress(id, string(typ), q)),
	}
	if m.ReadAt = queue.ReadAt(); m.ReadAt.IsZero() {
		m.ReadAt = v.tenant.Progress().CompletedAt
	}
	members := roster.Query{Q: q.Q, PeopleOnly: true, Sort: q.Sort, Page: q.Page, Size: q.Rows(), Queue: id}
	if typ == apiclient.Callout {
		members.Queue, members.Callout = 0, id
	}
	found := v.tenant.Search(members)
	m.Found = found.Total
	for _, a := range found.Agents {
		member := pages.QueueMember{Row: v.row(a, journal.RecordingState{})}
		for _, in := range a.Memberships(typ) {
			if in.QueueID == id {
				member.Certainty = in.Certainty.String()
			}
		}
		m.Members = append(m.Members, member)
	}
	return m
}

// candidates are agents who may join a queue, found by a text.
func (v *visit) candidates(typ apiclient.QueueType, id int64, like string) (out []pages.AgentOption) {
	for _, a := range v.tenant.Outside(typ, id, like, mostSuggested) {
		out = append(out, pages.AgentOption{ID: a.ID, Name: text(a.UserName)})
	}
	return out
}

// Candidates are agents who may join a queue, as the field that adds them suggests of what
// is typed into it.
func (r *Queues) Candidates(c *fiber.Ctx) error {
	v := entered(c)
	typ, err := queueType(c)
	if err != nil {
		return err
	}
	return render.Parts(c, fiber.StatusOK, pages.AgentOptions(v.candidates(typ, paths.ParseID(param(c, "id")), typed.Line(c.Query("agent_id"), 200))))
}

func (r *Queues) show(c *fiber.Ctx, code int, m pages.QueueDetail, f *fault) error {
	m.Agents = entered(c).candidates(apiclient.QueueType(m.Queue.Type), m.Queue.ID, "")
	title := cmp.Or(m.Queue.Name, strconv.FormatInt(m.Queue.ID, 10))
	return r.page(c, code, r.chrome(c, title, "queues"), pages.QueuePage(m), f)
}
