package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
)

const maxSize = 100

// errTeamSearch: search and the filters that the API does not have work within
// the key's own tenant.
var errTeamSearch = errors.New("search in another team")

// Home leads to the list.
func (d *Desk) Home(c *fiber.Ctx) error {
	return c.Redirect(d.Paths.Agents(paths.AgentsQuery{}), fiber.StatusSeeOther)
}

// Agents is the list. The documented filters alone are a live call; anything else
// is answered from the snapshot, which a crawl fills.
func (d *Desk) Agents(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c)
	m, err := v.agents(c.UserContext(), q)
	code := fiber.StatusOK
	var over []components.Toast
	if err != nil {
		p := problemOf(err)
		if p.SignIn {
			return v.leave(c)
		}
		d.note(c, p, err)
		f := failure(c, p)
		over = toasts(p, f)
		if p.Retry {
			f.RetryURL = d.Paths.Agents(q)
		}
		m.Failure, code = &f, status(c, p)
	}
	if render.For(c, partials.AgentsID) {
		// Where it failed too, the list gives way: rows that the filters above them
		// do not describe would say what is not so.
		c.Set("HX-Push-Url", d.Paths.Agents(q))
		parts := []templ.Component{partials.AgentsList(m)}
		for _, t := range over {
			parts = append(parts, partials.ToastUpdate(t))
		}
		return v.parts(c, code, parts...)
	}
	chrome := d.chrome(c, v.say.T("agents.title"), "agents")
	if m.Failure.GoesOn() {
		chrome.RefreshAfter = m.Failure.RetryAfter
	} else if m.Progress.Running() && m.FromSnapshot {
		chrome.RefreshAfter = 3
	}
	chrome.Toasts = over
	page := pages.Agents{List: m, Queues: v.queueOptions(q.QueueID), ShowsRecording: v.tenant.ShowsRecording()}
	return render.Page(c, code, chrome, pages.AgentsPage(page))
}

// AgentsLive answers the refresh of the status cells: the same page read again,
// and how many of its rows are others by now. Nothing but status cells changes
// under a person's hands.
func (d *Desk) AgentsLive(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c)
	m, err := v.agents(c.UserContext(), q)
	if err != nil {
		p := problemOf(err)
		if p.SignIn {
			return v.leave(c)
		}
		d.note(c, p, err)
		// A refresh nobody asked for fails in silence; it comes again, later.
		c.Status(status(c, p))
		c.Set("HX-Reswap", "none")
		return v.parts(c, p.Status)
	}
	shown := map[string]string{} // the mark of each row on the screen
	for _, row := range queryValues(c, "row") {
		if i := strings.LastIndexByte(row, ':'); i > 0 {
			shown[row[:i]] = row[i+1:]
		}
	}
	if m.FromSnapshot {
		v.rescan()
	}
	var stay []partials.AgentRow
	changed := 0
	for _, r := range m.Rows {
		mark, ok := shown[r.ID]
		if !ok {
			continue
		}
		stay = append(stay, r)
		if mark != r.Mark() {
			changed++
		}
	}
	came, left := len(m.Rows)-len(stay), len(shown)-len(stay)
	m.Rows = stay
	return v.parts(c, fiber.StatusOK, partials.Live(m, changed+max(came, left)))
}

// rescan reads the tenant again for somebody who watches a list that comes from
// the snapshot, at most once a minute, never for more than a tenth of the time, and
// not while the limit is short.
func (v *visit) rescan() {
	p := v.tenant.Progress()
	pause := max(time.Minute, 10*p.FinishedAt.Sub(p.StartedAt))
	if p.Running() || p.FinishedAt.IsZero() || v.desk.Now().Sub(p.FinishedAt) < pause || v.budget().Low() {
		return
	}
	v.tenant.Refresh(v.access)
}

// AgentsProgress is the bar of the crawl, and at its end the list it was for.
func (d *Desk) AgentsProgress(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c)
	p := v.progress(v.tenant.Progress(), d.Paths.AgentsProgress(q))
	if p.Running() {
		return v.parts(c, fiber.StatusOK, partials.CrawlProgress(*p))
	}
	options := partials.QueueOptionsUpdate(v.queueOptions(q.QueueID), q.QueueID)
	// The list knows more queues now than when it was shown.
	m, err := v.agents(c.UserContext(), q)
	switch {
	case err == nil:
	case q.NeedsSnapshot():
		return err
	case p != nil:
		return v.parts(c, fiber.StatusOK, partials.CrawlProgress(*p), options)
	default:
		return v.parts(c, fiber.StatusOK, partials.NoProgress(), options)
	}
	render.Retarget(c, "#"+partials.AgentsID, "outerMorph")
	return v.parts(c, fiber.StatusOK, partials.AgentsList(m), options)
}

// agents reads the page of the list that a query names.
func (v *visit) agents(ctx context.Context, q paths.AgentsQuery) (partials.Agents, error) {
	m := partials.Agents{Paths: v.desk.Paths, Query: q, Total: -1, LiveEvery: 15}
	v.tenant.StartCrawl(v.access)
	if q.QueueID != 0 {
		v.tenant.Prioritise([]int64{q.QueueID})
	}
	m.Progress = v.progress(v.tenant.Progress(), v.desk.Paths.AgentsProgress(q))
	size := q.Size
	if size == 0 {
		size = paths.DefaultSize
	}
	var found []roster.Agent
	if q.NeedsSnapshot() {
		m.FromSnapshot = true
		if err := v.searchable(q); err != nil {
			m.Progress = nil // the failure says it
			return m, err
		}
		recordings, err := v.recordings(ctx, q)
		if err != nil {
			return m, err
		}
		result := v.tenant.Search(searchQuery(q, size, recordings))
		found, m.Total, m.At = result.Agents, result.Total, result.At
		m.HasMore = (q.Page+1)*size < result.Total
	} else {
		listing, err := v.tenant.List(ctx, v.person, apiclient.AgentQuery{
			TeamID: q.TeamID, Status: q.Status, QueueID: q.QueueID, Page: q.Page, Size: size,
		})
		if err != nil {
			return m, err
		}
		found, m.Total, m.At, m.HasMore = listing.Agents, listing.Total, listing.At, listing.HasMore
		if m.RowsCounted = listing.Rows > len(listing.Agents); m.RowsCounted {
			m.Total = -1
			if q.TeamID == "" || q.TeamID == v.session.Tenant {
				m.Total = v.tenant.Count(roster.Query{Status: q.Status, Queue: q.QueueID})
			}
		}
		if m.Total < q.Page*size+len(found) && m.Total >= 0 {
			m.Total = -1 // a claim of less than stands here
		}
	}
	ids := make([]string, len(found))
	for i, a := range found {
		ids[i] = a.ID
	}
	var sent map[string]journal.RecordingState
	if len(ids) > 0 {
		var err error
		if sent, err = v.desk.Journal.Recordings(ctx, v.scope(), ids...); err != nil {
			return m, err
		}
	}
	m.Rows = make([]partials.AgentRow, len(found))
	for i, a := range found {
		m.Rows[i] = row(v.desk.Paths, v.say, a, sent[a.ID])
	}
	if len(found) > 0 {
		m.From, m.To = q.Page*size+1, q.Page*size+len(found)
	}
	return m, nil
}

// searchable returns why the snapshot cannot answer a query, nil where it can.
func (v *visit) searchable(q paths.AgentsQuery) error {
	if q.TeamID != "" && q.TeamID != v.session.Tenant {
		// The snapshot is of the key's own tenant. Answering from it would show
		// other people's agents under this team's name.
		return errTeamSearch
	}
	if p := v.tenant.Progress(); p.State == live.CrawlFailed && p.CompletedAt.IsZero() && p.Err != nil {
		return p.Err
	}
	return nil
}

// recordings is the whole ledger where the query filters by it, else nil.
func (v *visit) recordings(ctx context.Context, q paths.AgentsQuery) (map[string]journal.RecordingState, error) {
	if q.Recording == "" {
		return nil, nil
	}
	return v.desk.Journal.Recordings(ctx, v.scope())
}

func searchQuery(q paths.AgentsQuery, size int, ledger map[string]journal.RecordingState) roster.Query {
	s := roster.Query{
		Q: q.Q, Status: q.Status, System: q.System, User: q.User, Queue: q.QueueID,
		Health: roster.Health(q.Health), Sort: q.Sort, Page: q.Page, Size: size,
	}
	if q.Recording != "" {
		s.Keep = func(id string, record *bool) bool { return recordingState(record, ledger[id]) == q.Recording }
	}
	return s
}

// queueOptions are the callin queues to filter by; one that nobody is known to be
// in stays in the list while it is the filter.
func (v *visit) queueOptions(chosen int64) []components.Chip {
	var out []components.Chip
	found := chosen == 0
	for _, q := range v.tenant.Queues(apiclient.Callin) {
		out = append(out, components.Chip{ID: q.ID, Name: q.Name})
		found = found || q.ID == chosen
	}
	if !found {
		out = append(out, components.Chip{ID: chosen})
	}
	return out
}

// agentsQuery reads the list's state from the URL. What is not one of the values
// a field may have is left out: a bookmark never breaks.
func agentsQuery(c *fiber.Ctx) paths.AgentsQuery {
	q := paths.AgentsQuery{
		Status:    among(c.Query("status"), "1", "0"),
		QueueID:   id64(c.Query("queue_id")),
		TeamID:    digits(c.Query("team_id")),
		Q:         oneLine(c.Query("q"), 200),
		Recording: among(c.Query("recording"), "sent-on", "sent-off", "never", "on", "off"),
		System:    among(c.Query("system"), "AVAILABLE", "NOT AVAILABLE"),
		User:      among(c.Query("user"), "AVAILABLE", "LOGOUT"),
		Health:    among(c.Query("health"), string(roster.HealthNoCallin), string(roster.HealthInactiveQueued), string(roster.HealthFollowMeOut)),
	}
	columns := []string{"extension", "name", "queue", "status", "system", "user", "priority"}
	if column := strings.TrimPrefix(c.Query("sort"), "-"); slices.Contains(columns, column) {
		q.Sort = column
		if strings.HasPrefix(c.Query("sort"), "-") {
			q.Sort = "-" + column
		}
	}
	if page, err := strconv.Atoi(c.Query("page")); err == nil && page > 0 && page < 1_000_000 {
		q.Page = page
	}
	if size, err := strconv.Atoi(c.Query("size")); err == nil && size > 0 {
		q.Size = min(size, maxSize)
	}
	if q.Size == paths.DefaultSize {
		q.Size = 0
	}
	return q
}

func among(value string, allowed ...string) string {
	for _, a := range allowed {
		if a == value {
			return a
		}
	}
	return ""
}

func digits(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 20 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}
