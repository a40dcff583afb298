package sandbox

import (
	"net/http"
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
	from, now := page*size, s.clock()
	rows := make([]row, 0, min(size, len(t.agents)))
	total := 0
	for _, a := range t.agents {
		if q.status != nil && *q.status != int(flag(a.Active)) {
			continue
		}
		count := b.rowsOf(a, style, q.queue)
		for n := max(0, from-total); n < count && len(rows) < size; n++ {
			rows = append(rows, s.row(t, a, n, style, q.queue, now))
		}
		total += count
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
