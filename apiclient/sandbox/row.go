package sandbox

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"time"
)

// row is data[] of the vendor's page, in its order. Fields are any where an
// option changes their JSON type.
type row struct {
	TenantID         any     `json:"tenantId"`
	TenantName       string  `json:"tenantName"`
	AgentID          any     `json:"agentId"`
	Status           any     `json:"status"`
	UserName         *string `json:"userName"`
	QueueCallin      *string `json:"queueCallin"`
	QueueCallout     any     `json:"queueCallout"`
	QueueCalloutName *string `json:"queueCalloutName"`
	QueueCallinID    *string `json:"queueCallinId"`
	IsFollowMe       any     `json:"isFollowMe"`
	Priority         *string `json:"priority"`
	SystemStatus     *string `json:"systemStatus"`
	UserStatus       *string `json:"userStatus"`

	record any // isRecord, for rows that carry it
}

// recordedRow is a row of an API that lets recording be read back.
type recordedRow struct {
	row
	IsRecord any `json:"isRecord"`
}

// shape turns rows into what Behaviour wants encoded as data.
func (b Behaviour) shape(rows []row) (any, error) {
	if !b.ShowRecording && !b.OmitNulls {
		return rows, nil
	}
	shaped := make([]any, len(rows))
	for i, r := range rows {
		shaped[i] = r
		if b.ShowRecording {
			shaped[i] = recordedRow{row: r, IsRecord: r.record}
		}
		if !b.OmitNulls {
			continue
		}
		fields := make(map[string]json.RawMessage)
		if err := json.Unmarshal(encode(shaped[i]), &fields); err != nil {
			return nil, err
		}
		maps.DeleteFunc(fields, func(_ string, value json.RawMessage) bool { return string(value) == "null" })
		shaped[i] = fields
	}
	return shaped, nil
}

// rowsOf is how many rows the style gives the agent; queue is the filter, 0
// being none, and the result 0 for an agent it excludes.
func (b Behaviour) rowsOf(a *Agent, style Style, queue int64) int {
	callin := len(a.Callin)
	if queue != 0 {
		callin = len(b.matching(a, style, queue))
		if callin == 0 {
			return 0
		}
	}
	if style != RowPerQueue {
		return 1
	}
	return max(1, callin) * max(1, len(a.Callout))
}

// matching is the agent's callin queues that queue_id finds it by.
func (b Behaviour) matching(a *Agent, style Style, queue int64) []int64 {
	for i, id := range a.Callin {
		if id == queue {
			return a.Callin[i : i+1]
		}
		if b.QueueFilter == MatchShown && style == FirstOnly {
			break
		}
	}
	return nil
}

// row is the n-th of an agent's rows.
func (s *Server) row(t *tenantState, a *Agent, n int, style Style, queue int64, now time.Time) row {
	callin, callout := a.Callin, a.Callout
	switch style {
	case FirstOnly:
		callin, callout = callin[:min(1, len(callin))], callout[:min(1, len(callout))]
	case RowPerQueue:
		if queue != 0 {
			callin = s.behaviour.matching(a, style, queue)
		}
		i, j := n/max(1, len(callout)), n%max(1, len(callout))
		callin, callout = callin[min(i, len(callin)):min(i+1, len(callin))], callout[min(j, len(callout)):min(j+1, len(callout))]
	}
	system, user := s.status(t.id, a, now)
	r := row{
		TenantID:         s.number(t.id),
		TenantName:       t.name,
		AgentID:          s.agentID(a.ID),
		Status:           s.number(flag(a.Active)),
		UserName:         nullable(a.UserName),
		QueueCallin:      joinNames(callin, t.callin, true),
		QueueCallinID:    joinIDs(callin),
		QueueCalloutName: joinNames(callout, t.callout, false),
		SystemStatus:     nullable(system),
		UserStatus:       nullable(user),
	}
	switch len(callout) {
	case 0:
	case 1:
		r.QueueCallout = s.number(callout[0])
	default:
		r.QueueCallout = joinIDs(callout)
	}
	if a.FollowMe != nil {
		r.IsFollowMe = s.number(flag(*a.FollowMe))
	}
	if a.Priority != nil {
		r.Priority = nullable(strconv.Itoa(*a.Priority))
	}
	if a.Recording != nil {
		r.record = s.number(flag(*a.Recording))
	}
	return r
}

func (s *Server) number(n int64) any {
	if s.behaviour.NumbersAsStrings {
		return strconv.FormatInt(n, 10)
	}
	return n
}

func (s *Server) agentID(id string) any {
	if !s.behaviour.NumericAgentID {
		return id
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return id
	}
	return n
}

func flag(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

func nullable(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func joinIDs(ids []int64) *string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = strconv.FormatInt(id, 10)
	}
	return nullable(strings.Join(parts, ","))
}

// joinNames keeps a place for a queue without a name, so that the n-th name
// belongs to the n-th id; a lone queue without a name is null.
func joinNames(ids []int64, names map[int64]string, withID bool) *string {
	parts := make([]string, len(ids))
	known := false
	for i, id := range ids {
		name, ok := names[id]
		known = known || ok
		if withID {
			name = strconv.FormatInt(id, 10) + "-" + name
		}
		parts[i] = name
	}
	if !known && len(ids) <= 1 {
		return nil
	}
	joined := strings.Join(parts, ",")
	return &joined
}
