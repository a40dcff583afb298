package handlers

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// CSV is the list as filtered, all pages. The first page is read before the
// answer begins, so that what goes wrong is said as an error and not as a file
// that ends early; so is the rest, since a status cannot be taken back.
func (r *Agents) CSV(c *fiber.Ctx) error {
	v := entered(c)
	everyone, err := r.everyone(c.UserContext(), v, agentsQuery(c))
	if err != nil {
		return err
	}
	sent, err := r.journal.Recordings(c.UserContext(), v.scope())
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
	rows := func(write func([]string) error) error {
		if err := write(header); err != nil {
			return err
		}
		for _, a := range everyone.Agents {
			if err := write(agentCells(a.Status, p.row(a, sent[a.ID]))); err != nil {
				return err
			}
		}
		if !everyone.Whole {
			return errIncomplete
		}
		return nil
	}
	return r.sendCSV(c, "agents", rows)
}

// everyone is all agents of a query: from the snapshot where the API cannot answer it.
func (r *Agents) everyone(ctx context.Context, v *visit, q paths.AgentsQuery) (live.Everyone, error) {
	v.tenant.StartCrawl(v.access)
	if !q.NeedsSnapshot() {
		return v.tenant.Everyone(ctx, v.person, apiclient.AgentQuery{TeamID: q.TeamID, Status: q.Status, QueueID: q.QueueID})
	}
	if err := searchable(v, q); err != nil {
		return live.Everyone{}, err
	}
	ledger, err := r.ledger(ctx, v, q)
	if err != nil {
		return live.Everyone{}, err
	}
	return v.tenant.EveryoneFound(searchQuery(q, 0, ledger)), nil
}

// errIncomplete: the file has all there was, and somebody may be missing from that.
var errIncomplete = errors.New("the list may not be whole")

// agentCells are the cells of an agent; status is as the API has it.
func agentCells(status *int, r partials.AgentRow) []string {
	return []string{
		extensionCell(r.ID), cell(r.Name), statusWord(status), ids(r.Callin), cell(names(r.Callin)),
		cell(r.Priority), ids(r.Callout), cell(names(r.Callout)), flag(r.FollowMe), cell(r.System),
		cell(r.User), r.Recording.State,
	}
}

func statusWord(status *int) string {
	if status == nil {
		return ""
	}
	if *status == 1 {
		return "1"
	}
	return "0"
}

func flag(on *bool) string {
	switch {
	case on == nil:
		return ""
	case *on:
		return "1"
	default:
		return "0"
	}
}
