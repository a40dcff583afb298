package live

import (
	"sync"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// maxAnswered bounds what is remembered of answers; beyond it people are asked again.
const maxAnswered = 10_000

// answered remembers which questions a person has answered for an agent, so that one
// that nothing new has come up for is not repeated within their session.
type answered struct {
	mu sync.Mutex
	by map[whose]answer
}

type whose struct {
	session, operator, agent string
	typ                      apiclient.QueueType
}

// answer is what was answered, and the list as the change left it: another one is
// something new.
type answer struct {
	codes []string
	list  []int64
}

func whoseOf(p roster.Plan, by roster.Author) whose {
	return whose{by.Session, by.Operator, p.Intent.Agent, p.Type()}
}

// note remembers what a person confirmed with a change that was sent. What is about
// that change alone, a removal, is asked each time.
func (a *answered) note(p roster.Plan, by roster.Author) {
	if by.Session == "" || p.Intent.Verb == roster.Rehearse {
		return
	}
	var codes []string
	for _, q := range p.Questions() {
		if q.Lasting() {
			codes = append(codes, q.Code())
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	codes = append(codes, p.Answered...)
	if a.by == nil || len(a.by) >= maxAnswered {
		a.by = make(map[whose]answer)
	}
	a.by[whoseOf(p, by)] = answer{codes: codes, list: p.After}
}

// plan is a plan without the questions that the person has answered already.
func (a *answered) plan(p roster.Plan, by roster.Author) roster.Plan {
	if p.Intent.Verb == roster.Rehearse {
		return p // what was answered for a change of theirs is no reason to try one out
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.by[whoseOf(p, by)]; ok && by.Session != "" && roster.SameSet(known.list, roster.IDs(p.Before)) {
		p.Answered = known.codes
	}
	return p
}
