package apiclient

import (
	"context"
	"net/http"
	"strconv"
)

// ReplaceQueues replaces the agent's whole list of queues of one type:
// PUT /v1/agents/{id}/queues?type=. It is sent at most once. Besides the errors
// of ListAgents it returns an *UnknownOutcomeError where it cannot be known
// whether the list was replaced.
func (a *Caller) ReplaceQueues(ctx context.Context, agentID string, typ QueueType, as QueueAssignment) (*Receipt, error) {
	if typ != Callin && typ != Callout {
		return nil, a.refuse(ctx, OpReplaceQueues, "the queue type must be callin or callout")
	}
	if len(as.QueueIDs) == 0 {
		return nil, a.refuse(ctx, OpReplaceQueues, "the list of queues must not be empty")
	}
	c, err := queuesCall(agentID, typ, as)
	if err != nil {
		a.report(ctx, CallInfo{Op: OpReplaceQueues, Err: err})
		return nil, err
	}
	return a.write(ctx, c)
}

func queuesCall(agentID string, typ QueueType, as QueueAssignment) (call, error) {
	path, err := agentPath(OpReplaceQueues, agentID, "queues")
	return call{
		op: OpReplaceQueues, route: routeQueues, method: http.MethodPut,
		path: path, query: "type=" + string(typ), body: as.encode(typ),
	}, err
}

func (as QueueAssignment) encode(typ QueueType) string {
	b := []byte(`{"queue_ids":[`)
	for i, id := range as.QueueIDs {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	b = append(b, ']')
	if as.Priority != nil && typ == Callin {
		b = append(b, `,"priority":`...)
		b = strconv.AppendInt(b, int64(*as.Priority), 10)
	}
	return string(append(b, '}'))
}

// refuse reports and returns what is wrong with the caller's own arguments.
func (a *Caller) refuse(ctx context.Context, op, message string) error {
	err := &RefusedError{Op: op, Kind: ErrInvalidInput, Local: true, Message: message}
	a.report(ctx, CallInfo{Op: op, Err: err})
	return err
}
