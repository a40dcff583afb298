package paths

import "github.com/alohub/agentconsole/typed"

// Unread is a filter of an address that narrows nothing, for it is none of the values that
// its field may have. The list is shown without it, and has to say so.
type Unread struct{ Field, Text string }

// Unread are the filters that ParseAgents left out, of the same address.
func (q AgentsQuery) Unread(get func(string) string) []Unread {
	read := make(map[string]bool)
	q.each(func(name, _ string) { read[name] = true })
	return unread(get, func(field string) bool { return read[field] },
		"status", "queue_id", "callout_id", "system", "user", "recording", "health", "team_id")
}

// Unread are the filters that ParseChanges left out, of the same address.
func (q ChangesQuery) Unread(get func(string) string) []Unread {
	return unread(get, q.values().Has, "queue_id", "kind", "result", "from", "to")
}

// Unread is the filter that ParseQueues left out, of the same address.
func (q RowsQuery) Unread(get func(string) string) []Unread {
	return unread(get, func(string) bool { return q.Type != "" }, "type")
}

// UnreadState is the state of a bulk change's agents that is none, where it was not read.
func UnreadState(get func(string) string, read string) []Unread {
	return unread(get, func(string) bool { return read != "" }, "state")
}

func unread(get func(string) string, read func(field string) bool, fields ...string) (all []Unread) {
	for _, field := range fields {
		if text := typed.Line(get(field), 40); text != "" && !read(field) {
			all = append(all, Unread{field, text})
		}
	}
	return all
}
