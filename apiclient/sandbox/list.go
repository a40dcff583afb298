package sandbox

import (
	"net/http"
	"slices"
	"strconv"
)

type listQuery struct {
	status *int
	queue  int64 // 0: any
	page   int
	size   int // 0: not given
}

// list answers GET /v1/agents. The caller holds s.mu.
func (s *Server) list(t *tenantState, x *exchange) answer {
	q, bad := parseListQuery(x)
	if bad != nil {
		return *bad
	}
	b := s.behaviour
	style := b.Style
	if style == Varying {
		style = Style(s.lists % int(Varying))
	}
	s.lists++

	size := b.pageSize(q.size)
	page := q.page
	if b.IgnorePage {
		page = 0
	}
	if b.RefuseSize && q.size > b.maxSize() {
		return invalid("size must be at most %d", b.maxSize())
	}
	from, now := page*size, s.clock()
	if b.OffsetByAsked && q.size > 0 {
		from = page * q.size
	}
	rows := make([]row, 0, min(size, len(t.agents)))
	total, agents := 0, 0
	for _, a := range s.inOrder(t) {
		if q.status != nil && *q.status != int(flag(a.Active)) {
			continue
		}
		count := b.rowsOf(a, style, q.queue)
		for n := max(0, from-total); n < count && len(rows) < size; n++ {
			rows = append(rows, s.row(t, a, n, style, q.queue, now))
		}
		total += count
		agents += min(count, 1)
	}
	if b.BeyondFails && page > 0 && from >= total {
		return refusal(http.StatusNotFound, "NOT_FOUND", "There is no such page")
	}
	if b.CountAgents {
		total = agents
	}
	if b.TotalRecord != nil {
		total = b.TotalRecord(total)
	}
	data, err := b.shape(rows)
	if err != nil {
		return refusal(http.StatusInternalServerError, "FAIL", err.Error())
	}
	return jsonAnswer(http.StatusOK, listEnvelope{
		envelope:    envelope{Success: "1", ErrorCode: "SUCCESS", ErrorMessage: "SUCCESS"},
		TotalRecord: s.number(int64(total)),
		Data:        data,
	})
}

// inOrder is the tenant's agents as this answer has them.
func (s *Server) inOrder(t *tenantState) []*Agent {
	if !s.behaviour.UnstableOrder || len(t.agents) == 0 {
		return t.agents
	}
	first := s.lists * 7 % len(t.agents)
	return slices.Concat(t.agents[first:], t.agents[:first])
}

func parseListQuery(x *exchange) (q listQuery, bad *answer) {
	number := func(name string, least int64) (int64, bool) {
		text := x.query.Get(name)
		if text == "" || bad != nil {
			return 0, false
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < least || n > maxQueryNumber {
			a := invalid("%s must be a whole number from %d to %d", name, least, maxQueryNumber)
			bad = &a
			return 0, false
		}
		return n, true
	}
	if n, ok := number("status", 0); ok {
		if n > 1 {
			a := invalid("status must be 0 or 1")
			bad = &a
		}
		status := int(n)
		q.status = &status
	}
	q.queue, _ = number("queue_id", 1)
	page, _ := number("page", 0)
	size, _ := number("size", 1)
	q.page, q.size = int(page), int(size)
	return q, bad
}

// maxQueryNumber keeps page times size within an int64.
const maxQueryNumber = 1<<31 - 1
