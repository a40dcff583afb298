package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
)

// Runs answers for changes of many agents at once.
type Runs struct {
	*Desk
	journal runsJournal
	store   runs.Store
	runner  *runs.Runner
}

type runsJournal interface {
	recordings
	List(ctx context.Context, f journal.Filter) (entries []journal.Entry, more bool, err error)
}

const (
	// runsPage is how many runs the list shows, itemsPage how many items a run's page.
	runsPage  = 30
	itemsPage = 100
	// planFresh is how old a plan may be that is started as it stands.
	planFresh = 15 * time.Minute
	// mostAgents is how many agents one run may have.
	mostAgents = 50_000
)

// NewPlace is the form that plans one.
func (r *Runs) NewPlace(*fiber.Ctx) string { return r.Paths.NewRun() }

// Place is the page of the run in the path.
func (r *Runs) Place(c *fiber.Ctx) string { return r.Paths.Run(param(c, "id"), "", 0) }

// List is a page of the runs, and those that are kept to be done again.
func (r *Runs) List(c *fiber.Ctx) error {
	v := entered(c)
	list, more, err := r.store.List(c.UserContext(), v.scope(), c.Query("before"), runsPage)
	if errors.Is(err, runs.ErrNotFound) {
		list, more, err = r.store.List(c.UserContext(), v.scope(), "", runsPage)
	}
	if err != nil {
		return err
	}
	kept, err := r.store.Kept(c.UserContext(), v.scope())
	if err != nil {
		return err
	}
	m := pages.Runs{Paths: r.Paths}
	for _, run := range list {
		m.List = append(m.List, v.runRow(run))
	}
	for _, run := range kept {
		m.Kept = append(m.Kept, v.runRow(run))
	}
	if more {
		m.Older = list[len(list)-1].ID
	}
	return r.page(c, fiber.StatusOK, r.chrome(c, v.say.T("runs.title"), "runs"), pages.RunsPage(m), nil)
}

// New is the form. Whom a list has chosen comes along.
func (r *Runs) New(c *fiber.Ctx) error {
	v := entered(c)
	v.tenant.StartCrawl(v.access)
	m := r.form(v)
	f := inputOf(c)
	if f.matching {
		agents, err := r.matching(c.UserContext(), v, f.query)
		if err != nil {
			return r.unmatched(c, v, f.query, r.Paths.NewRunMatching(f.query), err)
		}
		m.Matching, m.Count, m.Query, m.Unread = true, len(agents), f.query.Fields(), f.unread
	} else {
		m.Agents = strings.Join(f.agents, "\n")
	}
	m.Operation = f.operation
	m.choose(f)
	return r.page(c, fiber.StatusOK, r.chrome(c, v.say.T("runs.new"), "runs"), pages.NewRunPage(m.NewRun), nil)
}

// runInput is what a form that plans a run says.
type runInput struct {
	operation    string
	agents       []string
	matching     bool
	query        paths.AgentsQuery
	unread       []paths.Unread // filters of it that narrow nothing
	queues, from []int64
	callout      []int64
	// notIDs are what stands where ids of queues belong and is none, by the field.
	notIDs     map[string][]string
	priority   string
	sheet      string
	withHidden bool
}

func inputOf(c *fiber.Ctx) runInput {
	get := func(name string) []string {
		if c.Method() == fiber.MethodGet {
			return queryValues(c, name)
		}
		return fieldValues(c, name)
	}
	one := func(name string) string {
		if values := get(name); len(values) > 0 {
			return strings.TrimSpace(values[0])
		}
		return ""
	}
	notIDs := make(map[string][]string)
	numbers := func(name string) (ids []int64) {
		for _, text := range get(name) {
			var words []string
			cells := typed.Cells(text)
			for _, cell := range cells {
				if id := paths.ParseID(cell); id != 0 {
					ids = roster.AppendNew(ids, id)
				} else {
					words = append(words, cell)
				}
			}
			if len(words) > 0 && len(words) == len(cells) {
				words = []string{typed.Line(text, 200)} // a name may be several words
			}
			notIDs[name] = append(notIDs[name], words...)
		}
		return ids
	}
	f := runInput{
		operation: one("operation"), matching: one("all") == "matching", query: paths.ParseAgents(one),
		queues: numbers("queue_ids"), from: numbers("from_ids"), callout: numbers("callout_ids"), priority: one("priority"),
		sheet: one("sheet"), withHidden: one("hidden_rows") == "yes", notIDs: notIDs,
	}
	f.unread = f.query.Unread(one)
	for _, text := range get("agent_ids") {
		if strings.TrimSpace(text) != "" {
			f.agents = append(f.agents, text)
		}
	}
	if len(f.callout) == 0 {
		f.callout = f.queues
		notIDs["callout_ids"] = append(notIDs["callout_ids"], notIDs["queue_ids"]...)
	}
	return f
}

// matching are the agents of a filter, as the scan of the tenant has them.
func (r *Runs) matching(ctx context.Context, v *visit, q paths.AgentsQuery) ([]string, error) {
	if err := v.awaitScan(ctx, q); err != nil {
		return nil, err
	}
	ledger, err := ledger(ctx, r.journal, v, q)
	if err != nil {
		return nil, err
	}
	return v.tenant.Matching(v.searchQuery(q, 0, ledger)), nil
}

// unmatched answers where it is not known whom a filter matches. What is only being read
// is asked for again by itself.
func (r *Runs) unmatched(c *fiber.Ctx, v *visit, q paths.AgentsQuery, again string, err error) error {
	f := r.say(c, beingRead(), nil)
	if !errors.Is(err, errBeingRead) {
		if f, err = r.fault(c, err); err != nil {
			return err
		}
	}
	f.again(again)
	return r.faultPage(c, f, "runs", r.Paths.Agents(q.First()), v.say.T("common.home"))
}

// beingRead says that the list of agents is only being read.
func beingRead() problem.Problem {
	return problem.Problem{Status: fiber.StatusServiceUnavailable, Failure: problem.Failed, Message: "runs.being_read", Retry: true, RetryAfter: 3}
}

// runForm is the model of the form while it is made.
type runForm struct{ pages.NewRun }

func (r *Runs) form(v *visit) runForm {
	return runForm{pages.NewRun{
		Paths: r.Paths, MostRows: mostRows,
		Queues: newRunQueues(v.tenant.Queues(apiclient.Callin)), Callout: newRunQueues(v.tenant.Queues(apiclient.Callout)),
	}}
}

// named takes for queues the words of a field that are the name of exactly one.
func (f *runInput) named(v *visit, field string, typ apiclient.QueueType, ids *[]int64) {
	f.notIDs[field] = slices.DeleteFunc(slices.Clone(f.notIDs[field]), func(words string) bool {
		queues := v.tenant.QueuesNamed(typ, words)
		if len(queues) != 1 {
			return false
		}
		*ids = roster.AppendNew(*ids, queues[0].ID)
		return true
	})
}

func newRunQueues(queues []roster.Queue) []pages.NewRunQueue {
	out := make([]pages.NewRunQueue, len(queues))
	for i, chip := range queueChips(queues) {
		out[i] = pages.NewRunQueue{Chip: chip, Members: queues[i].Members}
	}
	return out
}

// choose ticks what was chosen.
func (m *runForm) choose(f runInput) {
	m.Priority = f.priority
	for i := range m.Queues {
		m.Queues[i].To = slices.Contains(f.queues, m.Queues[i].ID)
		m.Queues[i].From = slices.Contains(f.from, m.Queues[i].ID)
	}
	for i := range m.Callout {
		m.Callout[i].To = slices.Contains(f.callout, m.Callout[i].ID)
	}
}

// Create plans a run, and shows the plan. Nothing is sent, and nothing is read.
func (r *Runs) Create(c *fiber.Ctx) error {
	v := entered(c)
	f := inputOf(c)
	asked, err := r.asked(c, v, f)
	switch {
	case errors.Is(err, errBeingRead):
		wait := r.say(c, beingRead(), nil)
		wait.repeat("run-plan")
		return r.refuse(c, v, f, askedFor{fault: wait})
	case err != nil:
		return err
	case asked.fault != nil || len(asked.errors) > 0 || len(asked.sheets) > 0:
		return r.refuse(c, v, f, asked)
	}
	return r.plan(c, v, asked.run, asked.intents, nil, onWord)
}

// when is when a plan is carried out.
type when bool

const (
	onWord when = false // when a person has looked at it and says so
	atOnce when = true  // now, unless there is something in it to be looked at
)

// plan keeps the visitor's plan of the intents and leads to it.
func (r *Runs) plan(c *fiber.Ctx, v *visit, run runs.Run, intents []roster.Intent, not []runs.Item, when when) error {
	run.Scope, run.Operator, run.KeyFingerprint = v.scope(), v.operator, v.access.Key.KeyFingerprint
	run.State, run.PlannedAt = runs.Planned, r.Now().UTC()
	run, items := runs.Plan(v.tenant, run, intents, nil)
	run, items = runs.With(run, items, not)
	id, err := r.store.Create(c.UserContext(), run, items)
	if err != nil {
		return err
	}
	if when == atOnce && r.plain(v, run) {
		return r.steer(c, v, id, r.runner.Start(c.UserContext(), v.runAccess(requestid.From(c.UserContext())), id, []runs.State{runs.Planned}, 0))
	}
	return render.Redirect(c, r.Paths.Run(id, "", 0))
}

// plain reports whether a plan has nothing in it that a person should see first: nobody who
// cannot be changed, no queue left alone, and no fact that gets older than is set.
func (r *Runs) plain(v *visit, run runs.Run) bool {
	return run.Counts.Open() > 0 && run.Counts[runs.ItemImpossible] == 0 &&
		!r.estimate(v, run).Exceeds(r.runner.EvidenceAge()) && !slices.ContainsFunc(run.Effects, runs.Effect.Deserted)
}

// estimate is what a plan costs, by what is known of the limit now.
func (r *Runs) estimate(v *visit, run runs.Run) runs.Estimate {
	open := run.Counts.Open()
	return runs.Estimated(open, v.tenant.SweepCalls(open), paceOf(v.person), r.runner.EvidenceAge())
}

// refuse shows the form again with what is wrong in it.
func (r *Runs) refuse(c *fiber.Ctx, v *visit, f runInput, a askedFor) error {
	m := r.form(v)
	m.Agents, m.Operation = strings.Join(f.agents, "\n"), f.operation
	if f.matching {
		m.Matching, m.Query = true, f.query.Fields()
		m.Count = len(a.agents)
	}
	m.choose(f)
	m.Errors, m.More, m.Sheets = a.errors, a.more, a.sheets
	m.Failure = a.fault.box()
	code := fiber.StatusUnprocessableEntity
	if a.fault != nil {
		code = a.fault.code()
	}
	return r.page(c, code, r.chrome(c, v.say.T("runs.new"), "runs"), pages.NewRunPage(m.NewRun), nil)
}

// Show is the page of a run.
func (r *Runs) Show(c *fiber.Ctx) error { return r.show(c, nil, "") }

func (r *Runs) show(c *fiber.Ctx, f *fault, moved string) error {
	v := entered(c)
	m, err := r.model(c, v)
	if err != nil {
		return r.gone(c, v, err)
	}
	m.Failure, m.Moved = f.box(), moved
	chrome := r.chrome(c, v.say.T("runs.tab", "Percent", strconv.Itoa(m.Percent), "Title", m.Title), "runs")
	if !m.Going() {
		chrome.Title = m.Title
	} else {
		chrome.RefreshAfter = 3
	}
	return r.page(c, f.code(), chrome, pages.RunPage(m), nil)
}

// Live is how far a run is.
func (r *Runs) Live(c *fiber.Ctx) error {
	v := entered(c)
	m, err := r.model(c, v)
	if err != nil {
		return r.gone(c, v, err)
	}
	if !render.HTMX(c) {
		return render.Redirect(c, r.Paths.Run(m.ID, m.Filter, m.Page))
	}
	return v.parts(c, fiber.StatusOK, nil, partials.RunBox(m))
}

// gone answers for a run that is not there.
func (r *Runs) gone(c *fiber.Ctx, v *visit, err error) error {
	if !errors.Is(err, runs.ErrNotFound) {
		return err
	}
	f := r.say(c, problem.Problem{Status: fiber.StatusNotFound, Failure: problem.NotFound, Message: "runs.gone"}, nil)
	return r.faultPage(c, f, "runs", r.Paths.Runs(""), v.say.T("runs.back"))
}
