package handlers

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/runs/intake"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/requestid"
)

// errTeamSearch: search and the filters that the API does not have work within
// the key's own tenant.
var errTeamSearch = errors.New("search in another team")

// read reads the page of the list that a query names. list is how the API is asked.
func (r *Agents) read(ctx context.Context, v *visit, q paths.AgentsQuery, list lister) (partials.Agents, error) {
	m := partials.Agents{Paths: r.Paths, Query: q, Total: -1, LiveEvery: 15}
	v.tenant.StartCrawl(v.access)
	if q.QueueID != 0 {
		m.QueueName = v.tenant.QueueName(apiclient.Callin, q.QueueID)
		v.tenant.Prioritise([]int64{q.QueueID})
	}
	m.Progress = v.crawl(r.Paths.AgentsProgress(q))
	size := cmp.Or(q.Size, paths.DefaultSize)
	var found []roster.Agent
	if q.NeedsSnapshot() {
		m.FromSnapshot = true
		if err := searchable(v, q); err != nil {
			m.Progress = nil // the failure says it
			return m, err
		}
		recordings, err := ledger(ctx, r.journal, v, q)
		if err != nil {
			return m, err
		}
		search := v.searchQuery(q, size, recordings)
		result := v.tenant.Search(search)
		found, m.Total, m.At = result.Agents, result.Total, result.At
		m.HasMore = (q.Page+1)*size < result.Total
		m.Exact, m.Unknown = len(search.IDs) == 1, v.unknown(search.IDs)
	} else {
		listing, err := list(ctx, apiclient.AgentQuery{
			TeamID: q.TeamID, Status: q.Status, QueueID: q.QueueID, Page: q.Page, Size: size,
		})
		if known, ok := knownList(v, q, size, err); ok {
			listing, err = known, nil
			m.FromSnapshot, m.Outage = true, true
		}
		if live.IsBeyond(q.Page, err) {
			return m, nil // where an empty page is an error
		}
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
	sent, err := r.sent(ctx, v.scope(), found)
	if err != nil {
		return m, err
	}
	m.Rows = make([]partials.AgentRow, len(found))
	running := r.running(ctx, v, extensions(found))
	for i, a := range found {
		m.Rows[i] = v.row(a, sent[a.ID])
		m.Rows[i].RunURL = running[a.ID]
	}
	if len(found) > 0 {
		m.From, m.To = q.Page*size+1, q.Page*size+len(found)
	}
	return m, nil
}

// sent is what was last sent of the recordings of agents.
func (r *Agents) sent(ctx context.Context, scope journal.Scope, agents []roster.Agent) (map[string]journal.RecordingState, error) {
	if len(agents) == 0 {
		return nil, nil
	}
	return r.journal.Recordings(ctx, scope, extensions(agents)...)
}

func extensions(agents []roster.Agent) []string {
	ids := make([]string, len(agents))
	for i, a := range agents {
		ids[i] = a.ID
	}
	return ids
}

// lister makes the documented call.
type lister func(ctx context.Context, q apiclient.AgentQuery) (live.Listing, error)

// asked is the call of somebody who waits for it.
func (v *visit) asked(ctx context.Context, q apiclient.AgentQuery) (live.Listing, error) {
	return v.tenant.List(ctx, v.person, q)
}

// glanced is the call of a page that refreshes by itself: it leaves the reserve, and fails
// where its turn is not near. It comes again, later and more seldom.
func (v *visit) glanced(ctx context.Context, q apiclient.AgentQuery) (live.Listing, error) {
	return v.tenant.Glance(ctx, v.refresh, q)
}

// running are the runs that are still going to change agents, by their extension. It is a
// mark beside a row: a list without it is better than none.
func (r *Agents) running(ctx context.Context, v *visit, agents []string) map[string]string {
	if len(agents) == 0 {
		return nil
	}
	active, err := r.runs.Active(ctx, v.scope())
	urls := make(map[string]string)
	for _, run := range active {
		if run.State != runs.Running || err != nil {
			continue
		}
		var items []runs.Item
		items, err = r.runs.Items(ctx, run.ID, runs.ItemFilter{States: runs.OpenStates(), Agents: agents})
		for _, it := range items {
			urls[it.Agent] = v.paths.Run(run.ID, "", 0)
		}
	}
	if err != nil {
		r.Log.WarnContext(ctx, "which agents runs are going to change is not known", "error", err, "request_id", requestid.From(ctx))
	}
	return urls
}

// knownList is what the snapshot has of a query that the API was not asked, for it does
// not answer. ok is false where nothing is known, or err is another.
func knownList(v *visit, q paths.AgentsQuery, size int, err error) (l live.Listing, ok bool) {
	if !isOutage(err) || q.TeamID != "" && q.TeamID != v.session.Tenant {
		return l, false
	}
	result := v.tenant.Search(v.searchQuery(q, size, nil))
	if result.Total == 0 && v.tenant.Count(roster.Query{}) < 0 {
		return l, false
	}
	return live.Listing{
		Agents: result.Agents, Rows: len(result.Agents), Total: result.Total,
		HasMore: (q.Page+1)*size < result.Total, At: result.At,
	}, true
}

// searchable returns why the snapshot cannot answer a query, nil where it can.
func searchable(v *visit, q paths.AgentsQuery) error {
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

// ledger is all of what was sent of recordings where the query filters by it, else nil.
func ledger(ctx context.Context, from recordings, v *visit, q paths.AgentsQuery) (map[string]journal.RecordingState, error) {
	if q.Recording == "" {
		return nil, nil
	}
	return from.Recordings(ctx, v.scope())
}

// recordings tells what was last sent of recordings. journal.Store is one.
type recordings interface {
	Recordings(ctx context.Context, scope journal.Scope, agents ...string) (map[string]journal.RecordingState, error)
}

// searchQuery is what the snapshot is asked for a list.
func (v *visit) searchQuery(q paths.AgentsQuery, size int, ledger map[string]journal.RecordingState) roster.Query {
	s := roster.Query{
		Q: q.Q, Status: q.Status, System: q.System, User: q.User, Queue: q.QueueID, Callout: q.CalloutID,
		Health: roster.Health(q.Health), Sort: q.Sort, Page: q.Page, Size: size,
	}
	if ids := v.named(q); ids != nil {
		s.Q, s.IDs = "", ids
	}
	if q.Recording != "" {
		s.Keep = func(id string, record *bool) bool { return recordingState(record, ledger[id]) == q.Recording }
	}
	return s
}

// named are the extensions that a search names: the one that it is, or several of digits
// with anything between them, as they are pasted; nil where it is a search for anything
// that holds it.
func (v *visit) named(q paths.AgentsQuery) []string {
	if q.Wide || q.Q == "" {
		return nil
	}
	if _, ok := v.tenant.Known(q.Q); ok {
		return []string{q.Q}
	}
	words := intake.Words(q.Q)
	if len(words) < 2 || slices.ContainsFunc(words, func(w string) bool { return len(w) < 3 || !typed.Digits(w) }) {
		return nil
	}
	return words
}

// unknown are those of them whom nobody here knows, with who may be meant.
func (v *visit) unknown(named []string) (out []string) {
	for _, id := range named {
		if _, ok := v.tenant.Known(id); ok {
			continue
		}
		if like := v.tenant.ExtensionLike(id); like != "" {
			id += " (" + like + "?)"
		}
		out = append(out, id)
	}
	return out
}
