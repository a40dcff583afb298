package belief

import (
	"hash/maphash"
	"iter"
	"slices"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// FullSize is the page size asked for by everything but the list on the screen.
// It is always the same, for an upstream that caps it numbers its pages by the
// cap: page 1 is the second page of what it really gives.
const FullSize = 100

// Page is one answer of the upstream, rows merged by agent.
type Page struct {
	Query apiclient.AgentQuery
	At    Stamp  // when the call began
	Rows  int    // received, before merging
	Total int    // the upstream's claim, -1 where it made none
	Sig   uint64 // of the rows, to know a repeated page by
	Who   uint64 // of whom they are of, to know by whether anybody moved
	head  uint64 // of the first of them
	// Edge is the first row's agent and the last's, who may go on on the next page;
	// "" where that cannot be. Take sets it.
	Edge [2]string

	Many        bool // some agent shows two callin queues
	CalloutMany bool
	Joined      bool // a row shows two callin queues
	Split       bool // rows of one agent show a callin queue each
	Recorded    bool // a row carries isRecord
	Apart       bool // another agent's row stands between two of one agent's, or may

	agents      []*sighting
	first, last string // the first row's agent and the last's
	order       ordering
	limits      []apiclient.Limit
}

// NewPage merges an answer's rows. The seed is the same for all pages that are
// compared.
func NewPage(seed maphash.Seed, q apiclient.AgentQuery, answer *apiclient.AgentPage, at Stamp) *Page {
	rows := answer.Rows
	p := &Page{Query: q, At: at, agents: mergeRows(rows), Rows: len(rows), Total: answer.TotalRecord, limits: answer.Limits}
	if q.QueueID == 0 {
		p.order = orderOf(rows)
	}
	p.Apart = apart(rows) || p.order.byQueue()
	var h maphash.Hash
	h.SetSeed(seed)
	for i := range rows {
		for _, s := range [...]string{rows[i].AgentID, text(rows[i].QueueCallinID), text(rows[i].QueueCallin), text(rows[i].QueueCallout)} {
			_, _ = h.WriteString(s)
			_ = h.WriteByte(0)
		}
		if i == 0 {
			p.head = h.Sum64()
		}
	}
	p.Sig = h.Sum64()
	h.Reset()
	for id := range p.Agents() {
		_, _ = h.WriteString(id)
		_ = h.WriteByte(0)
	}
	p.Who = h.Sum64()
	for _, s := range p.agents {
		p.Many = p.Many || len(s.callin) > 1
		p.CalloutMany = p.CalloutMany || len(s.callout) > 1
		p.Joined, p.Split = p.Joined || s.joined, p.Split || s.split
		p.Recorded = p.Recorded || s.row.HasRecord
	}
	if n := len(rows); n > 0 {
		p.first, p.last = rows[0].AgentID, rows[n-1].AgentID
	}
	return p
}

// apart reports whether rows of one agent have another's between them. Then neither
// a page nor its edges tell where an agent's rows end: only the whole list does.
func apart(rows []apiclient.AgentRow) bool {
	begun := make(map[string]bool, len(rows))
	for i := range rows {
		id := rows[i].AgentID
		if i > 0 && rows[i-1].AgentID == id {
			continue
		}
		if begun[id] && id != "" {
			return true
		}
		begun[id] = true
	}
	return false
}

// Agents are the extensions of the page's agents, in the order of their first rows.
func (p *Page) Agents() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range p.agents {
			if !yield(s.row.AgentID) {
				return
			}
		}
	}
}

// Len is how many agents the page shows.
func (p *Page) Len() int { return len(p.agents) }

// Holds reports whether the page shows an agent.
func (p *Page) Holds(id string) bool {
	return slices.ContainsFunc(p.agents, func(s *sighting) bool { return s.row.AgentID == id })
}

// Repeats reports whether a page is another one given again, whole or cut: an API that does
// not heed the page's number gives the first one for each.
func (p *Page) Repeats(other *Page) bool {
	return p.Rows > 0 && (p.Sig == other.Sig || p.head == other.head && p.Rows < other.Rows)
}

// HasAvailable reports whether the page shows an agent, other than one, that can be
// expected to take a call.
func (p *Page) HasAvailable(except string) bool {
	return slices.ContainsFunc(p.agents, func(s *sighting) bool {
		r := Record{Status: tiny(s.row.Status), System: s.row.SystemStatus, User: s.row.UserStatus}
		return s.row.AgentID != except && r.Available()
	})
}

// Stranger is what the page shows of an agent that is in no book: one of another
// tenant, or of a book that is full.
func (p *Page) Stranger(id string) roster.Agent {
	i := slices.IndexFunc(p.agents, func(s *sighting) bool { return s.row.AgentID == id })
	if i < 0 {
		return roster.Agent{ID: id, WhyNot: roster.NotOtherTenant}
	}
	s, r := p.agents[i], newRecord(id)
	r.describe(s, interner{}.intern)
	r.Seen = p.At
	r.Callin, r.Callout = shows(nil, s.callin, p.At), shows(nil, s.callout, p.At)
	a := r.agent(func(typ apiclient.QueueType, id int64) string {
		if typ == apiclient.Callout {
			return s.calloutNames[id]
		}
		return s.callinNames[id]
	})
	a.WhyNot = roster.NotOtherTenant
	a.CallinUnsure = []roster.Unsure{roster.RowOld}
	return a
}

// Scatter finds out, page by page, whether an agent's rows are spread over pages
// that do not adjoin.
type Scatter struct {
	last  string // the agent at the end of the page before
	lists map[string][]int64
	order ordering // of all pages so far
}

// Add reports whether a page shows a further queue of an agent whose rows seemed to
// have ended before. The same row again is none: rows shift between pages.
func (s *Scatter) Add(p *Page) (found bool) {
	if s.lists == nil || p.Query.Page == 0 {
		s.lists, s.order = make(map[string][]int64), ordering{}
	}
	s.order = s.order.then(p.order)
	for i, a := range p.agents {
		id := a.row.AgentID
		queues := slices.Concat(a.callin, a.callout)
		before, seen := s.lists[id]
		if seen && !(i == 0 && id == s.last) && len(roster.Minus(queues, before)) > 0 {
			found = true
		}
		s.lists[id] = append(slices.Clip(before), queues...)
	}
	s.last = ""
	if len(p.agents) > 0 {
		s.last = p.Edge[1]
	}
	return found
}
