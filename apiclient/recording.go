package apiclient

import (
	"context"
	"net/http"
	"strconv"
)

// SetRecording sends an agent's recording on or off:
// PUT /v1/agents/{id}/recording. It is sent at most once and returns what
// ReplaceQueues does.
func (a *Caller) SetRecording(ctx context.Context, agentID string, enabled bool) (*Receipt, error) {
	c, err := recordingCall(agentID, enabled)
	if err != nil {
		a.report(ctx, CallInfo{Op: OpSetRecording, Err: err})
		return nil, err
	}
	return a.write(ctx, c)
}

func recordingCall(agentID string, enabled bool) (call, error) {
	path, err := agentPath(OpSetRecording, agentID, "recording")
	return call{
		op: OpSetRecording, route: routeRecording, method: http.MethodPut,
		path: path, body: `{"enabled":` + strconv.FormatBool(enabled) + `}`,
	}, err
}
