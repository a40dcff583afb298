package live

import (
	"context"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// Everyone is all agents of a query, which may be tens of thousands: each is made when it
// is asked for.
type Everyone struct {
	Count int
	Agent func(i int) roster.Agent // from 0
	// Whole is false where somebody may be missing: the pages ended in a repeat, or
	// before as much came as was claimed.
	Whole bool
	// Unchecked: the tenant's queues have not all been read yet, or it is another tenant's
	// list, so that somebody may be in more queues than are named.
	Unchecked bool
}

// Everyone reads all pages of a documented query, by what comes back; the query's
// Page and Size are ignored. Errors are the Source's.
func (t *Tenant) Everyone(ctx context.Context, src Source, q apiclient.AgentQuery) (Everyone, error) {
	t.touch()
	q.Size = belief.FullSize
	var pages []*belief.Page
	end, err := t.walk(func(n int) (*belief.Page, error) {
		q.Page = n
		return t.fetch(ctx, src, q, 0)
	}, func(p *belief.Page) bool {
		if p.Query.Page == 0 {
			pages = pages[:0] // the walk began anew
		}
		pages = append(pages, p)
		return false
	})
	if err != nil {
		return Everyone{}, err
	}
	// A claim may count rows or agents.
	agents := make([]roster.Agent, 0, end.agents)
	seen := make(map[string]bool, end.agents)
	for _, p := range pages {
		agents = t.shown(agents, p, seen)
	}
	return Everyone{
		Count: len(agents), Agent: func(i int) roster.Agent { return agents[i] },
		Whole:     end.ended && end.total <= max(end.rows, end.agents),
		Unchecked: !t.own(q) || t.Progress().CompletedAt.IsZero(),
	}, nil
}

// EveryoneCalls is how many calls Everyone takes of the whole list, as far as is known.
func (t *Tenant) EveryoneCalls() int {
	rows := max(t.Progress().Total, t.agentCount())
	per := max(t.perPage(belief.FullSize), 1)
	return (rows+per-1)/per + 1
}

// EveryoneFound is all agents of the snapshot that match; the query's Page and Size
// are ignored.
func (t *Tenant) EveryoneFound(q roster.Query) Everyone {
	t.touch()
	now := t.now()
	count, agent := now.Found(q)
	at := t.Progress()
	return Everyone{Count: count, Agent: agent, Whole: now.Crawled() && !at.Incomplete, Unchecked: at.CompletedAt.IsZero()}
}

// shown appends the agents of a page that were not seen before, with everything known of
// them if they are the tenant's own.
func (t *Tenant) shown(agents []roster.Agent, p *belief.Page, seen map[string]bool) []roster.Agent {
	own := t.own(p.Query)
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range p.Agents() {
		if seen[id] {
			continue
		}
		if seen != nil {
			seen[id] = true
		}
		var r *belief.Record
		if own {
			r = t.book.Record(id)
		}
		if r != nil {
			agents = append(agents, t.book.Agent(r))
		} else {
			agents = append(agents, p.Stranger(id))
		}
	}
	return agents
}
