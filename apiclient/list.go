package apiclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

const defaultSize = 20 // the documented default of size

// ListAgents reads one page of the tenant's agents: GET /v1/agents. It is
// repeated, at most twice, where repeating can help. It returns a
// *RefusedError, a *RateLimitError or an *UnreachableError.
func (a *Caller) ListAgents(ctx context.Context, q AgentQuery) (*AgentPage, error) {
	c := call{
		op: OpListAgents, route: routeList, method: http.MethodGet,
		path: "/v1/agents", query: q.encode(),
	}
	var page *AgentPage
	err := a.read(ctx, c, func(ans *answer) error {
		var err error
		page, err = a.pageOf(c.op, ans)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

func (q AgentQuery) encode() string {
	if q.Size <= 0 {
		q.Size = defaultSize
	}
	v := url.Values{
		"page": {strconv.Itoa(max(q.Page, 0))},
		"size": {strconv.Itoa(q.Size)},
	}
	if q.TeamID != "" {
		v.Set("team_id", q.TeamID)
	}
	if q.Status != "" {
		v.Set("status", q.Status)
	}
	if q.QueueID != 0 {
		v.Set("queue_id", strconv.FormatInt(q.QueueID, 10))
	}
	return v.Encode()
}

// pageOf turns a 2xx into a page, or says why it is none.
func (a *Caller) pageOf(op string, ans *answer) (*AgentPage, error) {
	env, err := a.envelopeOf(op, ans, true)
	if err != nil {
		return nil, err
	}
	// An absent success is unknown, unless the answer can hardly be another's.
	plain := env.success == absent && (env.code == "SUCCESS" || env.total >= 0)
	switch {
	case env.success == no || env.success == odd:
		return nil, a.failedEnvelope(op, ans, env)
	case env.success != yes && !plain,
		!env.hasRows && !(env.nullRows && env.total == 0),
		len(env.rows) > 0 && env.named == 0:
		return nil, a.notAPI(op, ans, "JSON, but no list of agents")
	}
	if env.rows == nil {
		env.rows = []AgentRow{}
	}
	return &AgentPage{Rows: env.rows, TotalRecord: env.total, ReceivedAt: ans.at, Limits: LimitsOf(ans.header)}, nil
}
