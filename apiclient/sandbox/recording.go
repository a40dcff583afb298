package sandbox

import (
	"fmt"
	"net/http"
)

// putRecording answers PUT /v1/agents/{id}/recording. The caller holds s.mu.
func (s *Server) putRecording(t *tenantState, x *exchange) (answer, func()) {
	fields, sentence := objectFields(x.body)
	if sentence != "" {
		return invalid("%s", sentence), nil
	}
	var enabled bool
	switch raw := string(fields["enabled"]); raw {
	case "true", "false":
		enabled = raw == "true"
	case "", "null":
		return invalid("enabled is required"), nil
	default:
		return invalid("enabled must be true or false"), nil
	}
	a := t.find(x.route.agent)
	if a == nil {
		return agentNotFound(x.route.agent), nil
	}
	if s.behaviour.MigrationPending {
		return refusal(http.StatusInternalServerError, "FAIL", "Unknown column 'is_record' in 'field list'"), nil
	}
	word := "disabled"
	if enabled {
		word = "enabled"
	}
	return success(fmt.Sprintf("Recording %s for agent %s", word, a.ID)), func() { a.Recording = &enabled }
}
