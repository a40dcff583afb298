package handlers

import (
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
)

// Agents answers for the list of agents and for each of them.
type Agents struct {
	*Desk
	journal    agentsJournal
	runs       openRuns
	filterSets savedFilters
}

// openRuns tells which agents are going to be changed by what goes on. runs.Store is one.
type openRuns interface {
	Active(ctx context.Context, scope journal.Scope) ([]runs.Run, error)
	Items(ctx context.Context, id string, f runs.ItemFilter) ([]runs.Item, error)
}

type agentsJournal interface {
	finder
	List(ctx context.Context, f journal.Filter) (entries []journal.Entry, more bool, err error)
	recordings
}

// Home leads to the list.
func (r *Agents) Home(c *fiber.Ctx) error {
	return c.Redirect(r.Paths.Agents(paths.AgentsQuery{}), fiber.StatusSeeOther)
}

// ListPlace is the list under the filters of the address.
func (r *Agents) ListPlace(c *fiber.Ctx) string { return r.Paths.Agents(agentsQuery(c)) }

// Place is the page of the agent in the path.
func (r *Agents) Place(c *fiber.Ctx) string { return r.Paths.Agent(param(c, "id")) }

// List is a page of the list. The documented filters alone are a live call; anything
// else is answered from the snapshot, which a crawl fills.
func (r *Agents) List(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c)
	if q.NeedsSnapshot() {
		v.scanAgain(c)
	}
	m, err := r.read(c.UserContext(), v, q, v.asked)
	var f *fault
	if err != nil {
		if f, err = r.fault(c, err); err != nil {
			return err
		}
		f.again(r.Paths.Agents(q))
		m.Failure = f.box()
	}
	m.View, m.Saved, m.Unread = r.listView(c), r.saved(c.UserContext(), v, q), q.Unread(fieldsOf(c))
	if render.For(c, partials.AgentsID) {
		// Where it failed too, the list gives way: rows that the filters above them
		// do not describe would say what is not so.
		c.Set("HX-Push-Url", r.Paths.Agents(q))
		return v.parts(c, f.code(), f, partials.AgentsList(m), partials.QueryUpdate(m))
	}
	chrome := r.chrome(c, v.say.T("agents.title"), "agents")
	if m.Progress.Running() && m.FromSnapshot {
		chrome.RefreshAfter = 3
	}
	page := pages.Agents{List: m, Queues: v.queueFilter(q.QueueID), ShowsRecording: v.tenant.ShowsRecording()}
	return r.page(c, f.code(), chrome, pages.AgentsPage(page), f)
}

// Read reads the list again on a person's word, and shows it: what comes from the
// snapshot by a new scan, whose bar the answer has, anything else by the call that
// shows it.
func (r *Agents) Read(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c)
	if q.NeedsSnapshot() {
		v.tenant.Refresh(v.access)
	}
	if render.For(c, partials.AgentsID) {
		return r.List(c)
	}
	return render.Redirect(c, r.Paths.Agents(q))
}

// Live answers the refresh of the status cells: the same page read again, and how many
// of its rows are others by now. Nothing but status cells changes under a person's
// hands.
func (r *Agents) Live(c *fiber.Ctx) error {
	v := entered(c)
	m, err := r.read(c.UserContext(), v, agentsQuery(c), v.glanced)
	if err != nil {
		f, err := r.fault(c, err)
		if err != nil {
			return err
		}
		// A refresh nobody asked for fails in silence; it comes again, later.
		c.Set("HX-Reswap", "none")
		return v.parts(c, f.code(), nil)
	}
	if m.FromSnapshot && !m.Outage {
		rescan(v)
	}
	stay, moved := moved(m.Rows, queryValues(c, "row"))
	m.Rows = stay
	return v.parts(c, fiber.StatusOK, nil, partials.Live(m, moved))
}

// moved compares the rows of a page with those on the screen, each "id:mark": which of
// them stand there, and how many are others by now.
func moved(rows []partials.AgentRow, screen []string) (stay []partials.AgentRow, changed int) {
	marks := map[string]string{}
	for _, row := range screen {
		if i := strings.LastIndexByte(row, ':'); i > 0 {
			marks[row[:i]] = row[i+1:]
		}
	}
	for _, r := range rows {
		mark, ok := marks[r.ID]
		if !ok {
			continue
		}
		stay = append(stay, r)
		if mark != r.Mark() {
			changed++
		}
	}
	came, left := len(rows)-len(stay), len(marks)-len(stay)
	return stay, changed + max(came, left)
}

// rescan reads the tenant again for somebody who watches a list that comes from
// the snapshot, at most once a minute, never for more than a tenth of the time, and
// not while the limit is short.
func rescan(v *visit) {
	p := v.tenant.Progress()
	pause := max(time.Minute, 10*p.FinishedAt.Sub(p.StartedAt))
	if p.Running() || p.FinishedAt.IsZero() || v.desk.Now().Sub(p.FinishedAt) < pause || v.budget().Low() {
		return
	}
	v.tenant.Refresh(v.access)
}

// Progress is the bar of the crawl, and at its end the list it was for.
func (r *Agents) Progress(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c)
	p := v.crawl(r.Paths.AgentsProgress(q))
	if p.Running() {
		return v.parts(c, fiber.StatusOK, nil, partials.CrawlProgress(*p))
	}
	options := partials.QueueOptionsUpdate(v.queueFilter(q.QueueID))
	// The list knows more queues now than when it was shown.
	m, err := r.read(c.UserContext(), v, q, v.asked)
	switch {
	case err == nil:
	case q.NeedsSnapshot():
		return err
	case p != nil:
		return v.parts(c, fiber.StatusOK, nil, partials.CrawlProgress(*p), options)
	default:
		return v.parts(c, fiber.StatusOK, nil, partials.NoProgress(), options)
	}
	m.View, m.Saved = r.listView(c), r.saved(c.UserContext(), v, q)
	render.Retarget(c, "#"+partials.AgentsID, "outerMorph")
	return v.parts(c, fiber.StatusOK, nil, partials.AgentsList(m), options)
}

// agentsQuery is the list's state as the address has it.
func agentsQuery(c *fiber.Ctx) paths.AgentsQuery { return paths.ParseAgents(fieldsOf(c)) }
