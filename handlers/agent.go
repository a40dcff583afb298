package handlers

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
)

// agentAge is how old the evidence may be that an agent's page shows: it says how
// surely each queue is known, and nothing is written from it.
const agentAge = 15 * time.Minute

// historyLimit is how much of an agent's history its page shows.
const historyLimit = 20

// ReadOne reads an agent again on a person's word.
func (r *Agents) ReadOne(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	if _, err := v.gather(c, id, apiclient.Callin, 0); err != nil {
		f, err := r.fault(c, err)
		if err != nil {
			return err
		}
		f.again(r.Paths.Agent(id))
		return r.faultPage(c, f, "agents", r.Paths.Agent(id), v.say.T("common.back_agent"))
	}
	return render.Redirect(c, r.Paths.Agent(id))
}

// Show is one agent's page: queues, recording, history.
func (r *Agents) Show(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	m := pages.Agent{Paths: r.Paths}
	agent, err := v.gather(c, id, apiclient.Callin, readAge(c, agentAge))
	var f *fault
	if cause := err; err != nil && (!isOutage(err) || agent.ID == "") {
		if f, err = r.fault(c, err, lostZeros(v, id)); err != nil {
			return err
		}
		f.again(c.OriginalURL())
		m.Failure = f.box()
		if agent.ID == "" {
			agent.ID, m.Unknown = id, true
		}
		if errors.Is(cause, roster.ErrNoSuchAgent) {
			m.Failure.Ways = v.otherAgents(id)
		}
	}
	sent, err := r.journal.Recordings(c.UserContext(), v.scope(), id)
	if err != nil {
		return err
	}
	m.Row = v.row(agent, sent[id])
	m.Tenant, m.ReadAt = agent.TenantName, agent.SeenAt
	if !agent.CallinAt.IsZero() {
		m.ReadAt = agent.CallinAt
	}
	m.Doubts = v.doubts(agent.CallinUnsure)
	for _, d := range agent.CallinDoubts {
		m.Doubts = append(m.Doubts, v.doubtful(d))
	}
	for _, d := range agent.CalloutDoubts {
		m.CalloutDoubts = append(m.CalloutDoubts, v.doubtful(d))
	}
	entries, more, err := r.journal.List(c.UserContext(), journal.Filter{Scope: v.scope(), Agent: id, Limit: historyLimit})
	if err != nil {
		return err
	}
	for _, e := range entries {
		m.History = append(m.History, v.journalRow(e))
	}
	days(m.History, paths.ChangesQuery{})
	m.More, m.HistoryURL = more, r.Paths.Changes(paths.ChangesQuery{AgentID: id})
	m.Outcome, _ = v.shownChange(c, r.journal, id)
	if !m.Row.Recording.Locked {
		m.PutOff = v.switchPutOff(c, id)
	}
	return r.page(c, f.code(), r.chrome(c, id, "agents"), pages.AgentPage(m), f)
}

// otherAgents leads on from an extension that nobody has: to the one that it is but for
// zeros, and to all in which its digits are.
func (v *visit) otherAgents(id string) (ways []components.Way) {
	if like := v.tenant.ExtensionLike(id); like != "" {
		ways = append(ways, components.Way{URL: v.desk.Paths.Agent(like), Text: v.say.T("agent.open_like", "Agent", like)})
	}
	digits := strings.TrimLeft(id, "0")
	if digits == "" {
		return ways
	}
	return append(ways, components.Way{
		URL: v.desk.Paths.Agents(paths.AgentsQuery{Q: digits}), Text: v.say.T("agent.search", "Text", digits),
	})
}
