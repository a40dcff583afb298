package probe

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func sorted(words []string) []string { slices.Sort(words); return words }

// evidence is what rows have shown of how several queues are reported.
type evidence struct {
	joined, split int // agents with several in one row; in several rows of one answer
	fewer         map[string]bool
	joinedOut     bool
	splitOut      bool
	queues        map[string]map[string]bool // by agent, in any answer to all agents
	rows          map[string]int             // by agent, the most in one of those answers
	varies        bool                       // somebody has more rows in one than in another
}

// gather looks through all answers.
func (p *prober) gather() evidence {
	e := evidence{fewer: map[string]bool{}, queues: map[string]map[string]bool{}, rows: map[string]int{}}
	for _, a := range p.answers {
		if !a.page.list || a.request.queue != "" {
			continue
		}
		for agent, rows := range byAgent(a.page.rows) {
			e.take(agent, rows)
		}
	}
	for _, a := range p.answers {
		if a.page.list && a.request.queue == "" {
			e.compare(a)
		}
	}
	return e
}

func byAgent(rows []row) map[string][]row {
	out := map[string][]row{}
	for _, r := range rows {
		out[r.agent] = append(out[r.agent], r)
	}
	return out
}

func (e *evidence) take(agent string, rows []row) {
	if e.queues[agent] == nil {
		e.queues[agent] = map[string]bool{}
	}
	e.rows[agent] = max(e.rows[agent], len(rows))
	in, out := map[string]bool{}, map[string]bool{}
	joined := false
	for _, r := range rows {
		joined = joined || len(r.callin) > 1
		e.joinedOut = e.joinedOut || len(r.callout) > 1
		for _, q := range r.callin {
			in[q], e.queues[agent][q] = true, true
		}
		for _, q := range r.callout {
			out[q] = true
		}
	}
	switch {
	case joined:
		e.joined++
	case len(rows) > 1 && len(in) > 1:
		e.split++
	}
	e.splitOut = e.splitOut || len(rows) > 1 && len(out) > 1
}

// compare finds agents who show fewer queues in this answer than in others. Who stands at
// an edge of a page may have more rows on the next.
func (e *evidence) compare(a *answer) {
	agents := agentsOf(a.page.rows)
	rows := byAgent(a.page.rows)
	for i, agent := range agents {
		edge := i == 0 && a.request.page > 0 || i == len(agents)-1
		shown := rows[agent]
		e.varies = e.varies || !edge && len(shown) < e.rows[agent]
		if !edge && len(shown) == 1 && len(shown[0].callin) == 1 && len(e.queues[agent]) > 1 {
			e.fewer[agent] = true
		}
	}
}

// several reports whether any agent was seen with several rows.
func (p *prober) several() bool {
	for _, a := range p.answers {
		if a.page.list && len(agentsOf(a.page.rows)) < len(a.page.rows) {
			return true
		}
	}
	return false
}

// filters asks for the members of the queues in which most were seen, and of those that
// somebody was seen in beside another.
func (p *prober) filters(ctx context.Context) error {
	count := map[string]int{}
	for _, shown := range p.gather().queues {
		for q := range shown {
			count[q] += len(shown)
		}
	}
	queues := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), strings.Compare(a, b))
	})
	for _, q := range queues[:min(3, len(queues))] {
		if strings.Trim(q, "0123456789") != "" {
			continue
		}
		r := p.way
		r.queue, r.size = q, max(p.cap, 20)
		if _, err := p.ask(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// filtered is what the filter told beside the rows.
type filtered struct {
	answers []*answer
	more    int // members whose row does not show the queue
	less    int // those who were seen in it and are not found
	same    int // those who are in another as well, and found by this one
}

func (p *prober) filtered(e evidence) filtered {
	var f filtered
	for _, a := range p.answers {
		if a.request.queue == "" || !a.page.list {
			continue
		}
		f.answers = append(f.answers, a)
		found := byAgent(a.page.rows)
		for agent, rows := range found {
			shown := slices.ContainsFunc(rows, func(r row) bool { return slices.Contains(r.callin, a.request.queue) })
			switch {
			case !shown && slices.ContainsFunc(rows, func(r row) bool { return len(r.callin) > 0 }):
				f.more++
			case shown && len(e.queues[agent]) > 1:
				f.same++
			}
		}
		if len(a.page.rows) != a.page.total {
			continue // who is not on this page may be on another
		}
		for agent, queues := range e.queues {
			if queues[a.request.queue] && found[agent] == nil {
				f.less++
			}
		}
	}
	return f
}

// concludeRows says what the rows of all answers have shown.
func (p *prober) concludeRows() {
	if len(p.sample) == 0 {
		return
	}
	e := p.gather()
	f := p.filtered(e)
	p.concludeCallin(e, f)
	switch {
	case e.joinedOut || e.splitOut:
		p.find(Callout, Documented, "several", p.sample[0])
	default:
		p.find(Callout, Unknown, "none-seen", p.sample[0])
	}
	p.concludeTypes()
}

func (p *prober) concludeCallin(e evidence, f filtered) {
	shows := e.joined > 0 || e.split > 0
	first := f.more > 0
	styles := 0
	for _, seen := range []bool{e.joined > 0, e.split > 0, shows && (len(e.fewer) > 1 || first)} {
		if seen {
			styles++
		}
	}
	enough := len(p.sample) >= 3
	switch {
	case styles > 1:
		p.find(Callin, Differs, "varying", p.sample...)
	case shows && len(e.fewer) > 0, !enough:
		p.find(Callin, Unknown, "unclear", p.sample...)
	case e.joined > 0:
		p.find(Callin, Documented, "joined", p.sample...)
	case e.split > 0:
		p.find(Callin, Documented, "rows", p.sample...)
	case first:
		p.find(Callin, Documented, "first", f.answers...)
	default:
		p.find(Callin, Unknown, "nobody-seen-in-two", append(slices.Clone(p.sample), f.answers...)...)
	}
	switch {
	case len(f.answers) == 0:
	case f.more > 0:
		p.find(Filter, Documented, "more", f.answers...)
	case styles > 1:
	case f.less > 0:
		p.find(Filter, Differs, "less", f.answers...)
	case f.same > 0 && shows:
		p.find(Filter, Documented, "same", f.answers...)
	default:
		p.find(Filter, Unknown, "nobody-seen-in-two", f.answers...)
	}
}

func (p *prober) concludeTypes() {
	seen, nulls, lacks := map[string]kinds{}, false, false
	recorded := false
	for _, a := range p.answers {
		if !a.page.list {
			continue
		}
		for name, k := range a.page.kinds {
			seen[name] |= k
		}
		for _, name := range optional() {
			nulls = nulls || a.page.nulls[name]
		}
		lacks = lacks || a.page.lacks
		recorded = recorded || a.page.kinds["isRecord"] != 0 || a.page.nulls["isRecord"]
	}
	var odd []string
	for name, k := range seen {
		if k&^documented(name) != 0 {
			odd = append(odd, fmt.Sprintf("%s=%s", name, k))
		}
	}
	switch {
	case seen["agentId"]&kindNumber != 0:
		p.find(Types, Unusable, strings.Join(sorted(odd), " "), p.sample[0]) // leading zeros are lost
	case len(odd) > 0:
		p.find(Types, Differs, strings.Join(sorted(odd), " "), p.sample[0])
	case len(seen) > 0:
		p.find(Types, Documented, "documented", p.sample[0])
	}
	switch {
	case nulls && lacks:
		p.find(Nulls, Differs, "mixed", p.sample[0])
	case nulls:
		p.find(Nulls, Documented, "null", p.sample[0])
	case lacks:
		p.find(Nulls, Differs, "absent", p.sample[0])
	}
	switch {
	case recorded:
		p.find(Recording, Differs, "carried", p.sample[0])
	case nulls && !lacks:
		p.find(Recording, Documented, "not-carried", p.sample[0])
	}
}
