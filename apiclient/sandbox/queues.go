package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
)

// QueueType is the type parameter of PUT queues.
type QueueType string

// The two documented types.
const (
	Callin  QueueType = "callin"
	Callout QueueType = "callout"
)

// putQueues answers PUT /v1/agents/{id}/queues. The caller holds s.mu.
func (s *Server) putQueues(t *tenantState, x *exchange) (answer, func()) {
	kind := QueueType(x.query.Get("type"))
	if kind == "" {
		kind = Callin
	}
	known := t.callin
	switch kind {
	case Callin:
	case Callout:
		known = t.callout
	default:
		return invalid("type must be callin or callout"), nil
	}
	fields, sentence := objectFields(x.body)
	if sentence != "" {
		return invalid("%s", sentence), nil
	}
	ids, sentence := queueIDs(fields["queue_ids"])
	if sentence != "" {
		return invalid("%s", sentence), nil
	}
	priority, sentence := priorityOf(fields["priority"])
	if sentence != "" {
		return invalid("%s", sentence), nil
	}
	if s.behaviour.RejectUnknownQueues {
		for _, id := range ids {
			if _, ok := known[id]; !ok {
				return invalid("queue_ids contains %d, which is not a %s queue of tenant %d", id, kind, t.id), nil
			}
		}
	}
	a := t.find(x.route.agent)
	if a == nil {
		return agentNotFound(x.route.agent), nil
	}
	return success("Agent queues updated successfully"), func() {
		if kind == Callout {
			a.Callout = ids
			return
		}
		a.Callin = ids
		if priority != nil || s.behaviour.ResetOmittedPriority {
			a.Priority = priority
		}
	}
}

// objectFields decodes into a map because a struct would match names in any
// case, and a misspelt field is to be found out.
func objectFields(body []byte) (fields map[string]json.RawMessage, sentence string) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&fields); err != nil || fields == nil {
		return nil, "Request body must be a JSON object"
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, "Request body must be one JSON object and nothing after it"
	}
	return fields, ""
}

func queueIDs(raw json.RawMessage) (ids []int64, sentence string) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, "queue_ids is required"
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, "queue_ids must be an array of numbers"
	}
	if len(items) == 0 {
		return nil, "queue_ids must not be empty"
	}
	for _, item := range items {
		id, err := strconv.ParseInt(string(item), 10, 64)
		if err != nil || id <= 0 {
			return nil, "queue_ids must contain whole numbers above 0 only, found " + string(item)
		}
		if slices.Contains(ids, id) {
			return nil, "queue_ids contains " + string(item) + " more than once"
		}
		ids = append(ids, id)
	}
	return ids, ""
}

func priorityOf(raw json.RawMessage) (priority *int, sentence string) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, ""
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < 0 {
		return nil, "priority must be a whole number of 0 or more"
	}
	return &n, ""
}
