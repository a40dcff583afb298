package handlers

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// File is the list as filtered, all pages, as a file. Whom it has is read before the answer
// begins, so that what goes wrong is said as an error and not as a file that ends early,
// since a status cannot be taken back. What takes many calls comes from the scan of the
// tenant, which waits for the limit in the background's lane: while that runs, a page says
// so, asks again by itself, and then is the file.
func (r *Agents) File(c *fiber.Ctx) error {
	v, q := entered(c), agentsQuery(c)
	if unread := q.Unread(fieldsOf(c)); len(unread) > 0 {
		return r.unmade(c, "filters", unread, "agents", r.Paths.Agents(q))
	}
	everyone, err := r.everyone(c.UserContext(), v, q)
	if errors.Is(err, errBeingRead) {
		return r.waiting(c, v, q)
	}
	if err != nil {
		return err
	}
	// What comes after the first of them is read while the file is being sent; the
	// request's own deadline would cut a long list off.
	ctx, scope := context.WithoutCancel(c.UserContext()), v.scope()
	chunk := func(from int) (agents []roster.Agent, sent map[string]journal.RecordingState, err error) {
		for i := from; i < min(from+fileChunk, everyone.Count); i++ {
			agents = append(agents, everyone.Agent(i))
		}
		chunkCtx, cancel := context.WithTimeout(ctx, chunkTimeout)
		defer cancel()
		sent, err = r.sent(chunkCtx, scope, agents)
		return agents, sent, err
	}
	agents, sent, err := chunk(0)
	if err != nil {
		return err
	}
	p := v.presenter // outlives the request: rows are written while the file is being sent
	header := []string{
		"agents.col.extension", "agents.col.name", "agents.col.status", "csv.callin_ids", "agents.col.callin",
		"agents.col.priority", "csv.callout_ids", "agents.col.callout", "agents.col.follow_me", "agents.col.system",
		"agents.col.user", "agents.col.recording",
	}
	for i, id := range header {
		header[i] = p.say.T(id)
	}
	rows := func(write func([]sheets.Cell) error) error {
		for from := 0; from < everyone.Count; from += fileChunk {
			if from > 0 {
				var err error
				if agents, sent, err = chunk(from); err != nil {
					return err
				}
			}
			for _, a := range agents {
				if err := write(p.agentCells(a.Status, p.row(a, sent[a.ID]))); err != nil {
					return err
				}
			}
		}
		if !everyone.Whole {
			return errIncomplete
		}
		return nil
	}
	name, about := "agents", v.about(
		[2]string{"filters.search", q.Q}, [2]string{"agents.col.status", q.Status},
		[2]string{"agents.col.callin", queueCell(q.QueueID)}, [2]string{"filters.team", q.TeamID}, [2]string{"agents.col.system", q.System},
		[2]string{"agents.col.user", q.User}, [2]string{"agents.col.recording", q.Recording}, [2]string{"filters.health", q.Health},
	)
	if everyone.Unchecked {
		// Who opens it later does not see the list that says so.
		name += "-" + p.say.T("file.unchecked_name")
		about = append(about, [2]string{p.say.T("agents.col.callin"), p.say.T("file.unchecked")})
	}
	return r.sendFile(c, name, sheets.Table{
		Name: p.say.T("agents.title"), Header: header, Rows: rows, AboutName: p.say.T("file.about"), CountName: p.say.T("file.count"),
		About: about,
	})
}

// chunkTimeout is how long the database may take for a part of a file.
const chunkTimeout = 20 * time.Second

// fileChunk is how many agents of a file are made at a time: those of the first are read
// before the answer begins.
const fileChunk = 500

// errBeingRead: the tenant is being read, and the list waits for that.
var errBeingRead = errors.New("the tenant is being read")

// fewPages is how many calls a file may cost where no limit is known.
const fewPages = 10

// scanWait is how long a click waits for the scan before it is shown how far that is.
const scanWait = 3 * time.Second

// everyone is all agents of a query. It is read from the API where the API can answer it
// and that is cheap; else it is what the scan of the tenant has, waited for a moment.
func (r *Agents) everyone(ctx context.Context, v *visit, q paths.AgentsQuery) (live.Everyone, error) {
	v.tenant.StartCrawl(v.access)
	other := q.TeamID != "" && q.TeamID != v.session.Tenant
	if !q.NeedsSnapshot() && (other || cheap(v)) {
		all, err := v.tenant.Everyone(ctx, v.person, apiclient.AgentQuery{TeamID: q.TeamID, Status: q.Status, QueueID: q.QueueID})
		known := isOutage(err) && !v.tenant.Progress().CompletedAt.IsZero()
		if other || !known && !errors.As(err, new(*apiclient.RateLimitError)) {
			return all, err
		}
	}
	if err := v.awaitScan(ctx, q); err != nil {
		return live.Everyone{}, err
	}
	ledger, err := ledger(ctx, r.journal, v, q)
	if err != nil {
		return live.Everyone{}, err
	}
	return v.tenant.EveryoneFound(v.searchQuery(q, 0, ledger)), nil
}

// cheap reports whether the pages of the list cost no more than a quarter of what the
// limit leaves to everybody, as far as that is known.
func cheap(v *visit) bool {
	calls := v.tenant.EveryoneCalls()
	if left, known := v.person.Left(); known {
		return calls <= left/4
	}
	return calls <= fewPages
}

// awaitScan waits for a moment for the snapshot to be able to answer a query: errBeingRead
// where that takes longer.
func (v *visit) awaitScan(ctx context.Context, q paths.AgentsQuery) error {
	if err := searchable(v, q); err != nil {
		return err
	}
	moment, cancel := context.WithTimeout(ctx, scanWait)
	defer cancel()
	if !scanned(moment, v.tenant) {
		return errBeingRead
	}
	return searchable(v, q) // it may have failed meanwhile
}

// scanned waits for the end of the tenant's scan. It is true at once where an earlier one
// came to its end: what is read again meanwhile corrects that.
func scanned(ctx context.Context, t *live.Tenant) bool {
	looks := time.NewTicker(100 * time.Millisecond)
	defer looks.Stop()
	for {
		if p := t.Progress(); !p.CompletedAt.IsZero() || !p.Running() {
			return true
		}
		select {
		case <-looks.C:
		case <-ctx.Done():
			return false
		}
	}
}

// waiting is the page that becomes the file.
func (r *Agents) waiting(c *fiber.Ctx, v *visit, q paths.AgentsQuery) error {
	chrome := r.chrome(c, v.say.T("file.waiting"), "agents")
	chrome.Reloads = 2
	c.Set(fiber.HeaderRetryAfter, "2")
	m := pages.Waiting{Progress: v.crawl(""), Back: r.Paths.Agents(q)}
	return r.page(c, fiber.StatusAccepted, chrome, pages.WaitingPage(m), nil)
}

// errIncomplete: the file has all there was, and somebody may be missing from that.
var errIncomplete = errors.New("the list may not be whole")

// agentCells are the cells of an agent, in the words of the list; status is as the API has
// it. Words that nobody knows here stay as they came.
func (p presenter) agentCells(status *int, r partials.AgentRow) []sheets.Cell {
	return append([]sheets.Cell{sheets.ID(r.ID)}, plain(
		r.Name, p.statusWord(status), ids(r.Callin), names(r.Callin), r.Priority, ids(r.Callout), names(r.Callout),
		p.flag(r.FollowMe), p.presence(r.System), p.presence(r.User), p.say.T("recording."+strings.ReplaceAll(r.Recording.State, "-", "_")),
	)...)
}

func (p presenter) statusWord(status *int) string {
	switch {
	case status == nil:
		return ""
	case *status == 1:
		return p.say.T("agent.active")
	default:
		return p.say.T("agent.inactive")
	}
}

func (p presenter) presence(word string) string {
	switch word {
	case "AVAILABLE":
		return p.say.T("presence.available")
	case "NOT AVAILABLE":
		return p.say.T("presence.not_available")
	case roster.LoggedOut:
		return p.say.T("presence.logout")
	}
	return word
}

func (p presenter) flag(on *bool) string {
	switch {
	case on == nil:
		return ""
	case *on:
		return p.say.T("common.on")
	default:
		return p.say.T("common.off")
	}
}
