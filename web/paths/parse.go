package paths

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/alohub/agentconsole/typed"
)

// MaxOperator is how long a person's name may be, in characters: what is kept with
// a change is cut by the same rule as what the journal is searched for.
const MaxOperator = 80

// How long a search may be, in characters: of words, and of a pasted column of some 300
// extensions.
const (
	maxWords  = 200
	MaxSearch = 2000
)

// search is what is searched for, as it may stand in an address.
func search(text string) string {
	if strings.ContainsFunc(text, unicode.IsLetter) {
		return typed.Line(text, maxWords)
	}
	return typed.Line(text, MaxSearch)
}

// ParseAgents reads what Agents wrote: get gives a field of the address, "" where it
// is not there. What is not one of the values a field may have is left out: a
// bookmark never breaks.
func ParseAgents(get func(string) string) AgentsQuery {
	q := AgentsQuery{
		Status:    among(get("status"), "1", "0"),
		QueueID:   ParseID(get("queue_id")),
		TeamID:    digits(get("team_id")),
		Q:         search(get("q")),
		Recording: among(get("recording"), "sent-on", "sent-off", "never", "on", "off"),
		System:    among(get("system"), "AVAILABLE", "NOT AVAILABLE"),
		User:      among(get("user"), "AVAILABLE", "LOGOUT"),
		Health:    among(get("health"), "no-callin", "inactive-queued", "follow-me-out"),
		CalloutID: ParseID(get("callout_id")),
	}
	q.Sort = parseSort(get, "extension", "name", "queue", "status", "system", "user", "priority")
	q.Page, q.Size = parsePage(get, DefaultSize)
	q.Wide = q.Q != "" && get("wide") == "1"
	return q
}

// ParseQueues reads the state of the list of queues, as ParseAgents does of the agents'.
func ParseQueues(get func(string) string) RowsQuery {
	q := parseRows(get, "name", "members", "active", "available")
	q.Type = among(get("type"), "callin", "callout")
	return q
}

// ParseMembers reads the state of the list of a queue's members.
func ParseMembers(get func(string) string) RowsQuery {
	return parseRows(get, "extension", "name", "status", "system", "user")
}

func parseRows(get func(string) string, columns ...string) RowsQuery {
	q := RowsQuery{Q: typed.Line(get("q"), maxWords), Sort: parseSort(get, columns...)}
	q.Page, q.Size = parsePage(get, DefaultRows)
	return q
}

// parsePage reads which page of which size is asked for; a size of 0 is the usual one.
func parsePage(get func(string) string, usual int) (page, size int) {
	if n, err := strconv.Atoi(get("page")); err == nil && n > 0 && n < 1_000_000 {
		page = n
	}
	if n, err := strconv.Atoi(get("size")); err == nil && n > 0 && n != usual {
		size = min(n, MaxSize)
	}
	return page, size
}

func parseSort(get func(string) string, columns ...string) string {
	column, descending := strings.CutPrefix(get("sort"), "-")
	column = among(column, columns...)
	if column != "" && descending {
		return "-" + column
	}
	return column
}

// ParseChanges reads what Changes wrote, as ParseAgents does.
func ParseChanges(get func(string) string) ChangesQuery {
	q := ChangesQuery{
		AgentID:  typed.Line(get("agent_id"), 40),
		QueueID:  ParseID(get("queue_id")),
		Operator: typed.Line(get("operator"), MaxOperator),
		Kind:     among(get("kind"), "callin", "callout", "recording", KindAPI),
		Result:   among(get("result"), "intent", "verified", "accepted", "differs", "refused", "unknown"),
		Run:      typed.Line(get("run"), 64),
		Before:   typed.Line(get("before"), 64),
	}
	if minutes, err := strconv.Atoi(get("zone")); err == nil && minutes >= -14*60 && minutes <= 14*60 {
		q.Zone = strconv.Itoa(minutes)
	}
	for name, to := range map[string]*string{"from": &q.From, "to": &q.To} {
		if typed := Day(get(name)); !moment(typed, q.Zone).IsZero() {
			*to = typed
		}
	}
	return q
}

// Day is a day as the address has it (2026-11-24), where it was typed as people write it,
// 24/11/2026; anything else as it is.
func Day(typed string) string {
	at, err := time.Parse("2/1/2006", strings.Map(func(r rune) rune {
		if r == '.' || r == '-' {
			return '/'
		}
		return r
	}, strings.TrimSpace(typed)))
	if err != nil {
		return typed
	}
	return at.Format(time.DateOnly)
}

// WrittenDay is a day of an address as people write it; anything else as it is.
func WrittenDay(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return at.Format("02/01/2006")
}

// Span is the time that From and To name: from the one on, before the other, each
// zero where it is not bounded. A day is a day where the browser is, and the last
// one belongs to the span.
func (q ChangesQuery) Span() (from, to time.Time) {
	from, to = moment(q.From, q.Zone), moment(q.To, q.Zone)
	if !to.IsZero() && len(q.To) == len(time.DateOnly) {
		to = to.AddDate(0, 0, 1)
	}
	return from, to
}

// moment reads a day as typed in a browser of that zone, or an RFC 3339 time, in
// UTC; zero where it is neither.
func moment(s, zone string) time.Time {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UTC()
	}
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	minutes, _ := strconv.Atoi(zone)
	return at.Add(-time.Duration(minutes) * time.Minute)
}

// ParseID reads a queue's id, 0 where it is none: nothing but digits.
func ParseID(s string) int64 {
	s = typed.Clean(s)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || !typed.Digits(s) {
		return 0
	}
	return n
}

func among(value string, allowed ...string) string {
	if slices.Contains(allowed, value) {
		return value
	}
	return ""
}

func digits(s string) string {
	if s = typed.Clean(s); len(s) > 20 || !typed.Digits(s) {
		return ""
	}
	return s
}
