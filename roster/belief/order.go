package belief

import (
	"strconv"

	"github.com/alohub/agentconsole/apiclient"
)

// ordering is how the rows of a list, or of a part of it, follow one another.
type ordering struct {
	first, last standing
	rows        int
	agents      int  // that follow one another
	several     bool // an agent has two queues side by side
	// unlike are the orders that the rows are not in: by the queues' ids or names, each
	// rising or falling.
	unlike [4]bool
}

// standing is what a row is ordered by.
type standing struct {
	agent, name string
	queue       int64
}

// orderOf is that of an answer's rows.
func orderOf(rows []apiclient.AgentRow) (o ordering) {
	for i := range rows {
		at := standing{agent: rows[i].AgentID, name: text(rows[i].QueueCallin)}
		at.queue, _ = strconv.ParseInt(text(rows[i].QueueCallinID), 10, 64)
		o = o.then(ordering{first: at, last: at, rows: 1, agents: 1})
	}
	return o
}

// then is that of two parts of a list one after the other.
func (o ordering) then(next ordering) ordering {
	switch {
	case o.rows == 0:
		return next
	case next.rows == 0:
		return o
	}
	a, b := o.last, next.first
	o.last, o.rows, o.agents, o.several = next.last, o.rows+next.rows, o.agents+next.agents, o.several || next.several
	if a.agent == b.agent {
		o.agents--
		o.several = o.several || a.queue != b.queue
	}
	for i, broken := range [...]bool{a.queue > b.queue, a.queue < b.queue, a.name > b.name, a.name < b.name} {
		o.unlike[i] = o.unlike[i] || next.unlike[i] || broken
	}
	return o
}

// byQueue reports whether rows of several agents, of whom one has two, may be ordered by
// queue, or by its name: then that this agent's are side by side is chance.
func (o ordering) byQueue() bool {
	// What is in both orders has one name, or none, throughout.
	ordered := o.unlike[0] != o.unlike[1] || o.unlike[2] != o.unlike[3]
	return o.several && o.agents > 1 && ordered
}

// ByQueue reports whether the rows of all the pages, each of which joins the one before, may
// be ordered by queue, though no page alone shows it.
func (s *Scatter) ByQueue() bool { return s.order.byQueue() }
