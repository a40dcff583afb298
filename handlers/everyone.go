package handlers

import (
	"context"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/web/paths"
)

// everyAgent reads all pages of a query: from the snapshot where the API cannot
// answer it, else page by page, people's lane, going by what comes back. whole is
// false where somebody may be missing.
func (r *Agents) everyAgent(ctx context.Context, v *visit, q paths.AgentsQuery) (all []roster.Agent, whole bool, err error) {
	v.tenant.StartCrawl(v.access)
	if q.NeedsSnapshot() {
		if err := searchable(v, q); err != nil {
			return nil, false, err
		}
		ledger, err := r.ledger(ctx, v, q)
		if err != nil {
			return nil, false, err
		}
		s := searchQuery(q, 0, ledger)
		s.Page = 0
		found := v.tenant.Search(s)
		return found.Agents, found.Complete && !v.tenant.Progress().Incomplete, nil
	}
	seen, rows, most := map[string]bool{}, 0, 0
	for page := 0; page < maxPages; page++ {
		listing, err := v.tenant.List(ctx, v.person, apiclient.AgentQuery{
			TeamID: q.TeamID, Status: q.Status, QueueID: q.QueueID, Page: page, Size: paths.MaxSize,
		})
		if err != nil {
			return nil, false, err
		}
		rows += listing.Rows
		fresh := 0
		for _, a := range listing.Agents {
			if !seen[a.ID] {
				seen[a.ID] = true
				fresh++
				all = append(all, a)
			}
		}
		// A claim alone never ends it, where the pages so far may have been full ones.
		most = max(most, listing.Rows)
		if fresh == 0 || !listing.HasMore && (listing.Rows < most || listing.Rows < listing.Total) {
			// A claim may count rows or agents.
			return all, listing.Total <= max(rows, len(all)), nil
		}
	}
	return all, false, nil
}

// maxPages bounds an export: 50,000 agents.
const maxPages = 500
