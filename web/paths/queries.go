package paths

import (
	"cmp"
	"net/url"
	"strconv"
	"time"
)

// DefaultSize is the page size that a URL without `size` means.
const DefaultSize = 20

// MaxSize is the most of a page that a URL may ask for.
const MaxSize = 100

// Sizes are the page sizes people may choose from.
func Sizes() []int { return []int{20, 50, MaxSize} }

// AgentsQuery is the state of the agents page; all of it stands in the URL, where
// suffix writes it and ParseAgents reads it.
type AgentsQuery struct {
	Status    string // "1", "0" or ""
	QueueID   int64
	TeamID    string // digits
	Page      int    // from 0
	Size      int    // 0 means DefaultSize
	Q         string
	Sort      string // "extension", "-name", …
	Recording string // "sent-on", "sent-off", "never", "on", "off"
	System    string // "AVAILABLE", "NOT AVAILABLE"
	User      string // "AVAILABLE", "LOGOUT"
	Health    string // "no-callin", "inactive-queued", "follow-me-out"
	CalloutID int64  // a callout queue, which the API has no filter for
	// Wide: Q finds whatever holds it, though it is somebody's extension.
	Wide bool
}

// WithPage returns the query at another page of that size.
func (q AgentsQuery) WithPage(page, size int) AgentsQuery { q.Page, q.Size = page, size; return q }

// WithSort returns the query sorted another way, back at its first page.
func (q AgentsQuery) WithSort(sort string) AgentsQuery { q.Sort, q.Page = sort, 0; return q }

// Filtered reports whether anything narrows the list.
func (q AgentsQuery) Filtered() bool {
	q.Page, q.Size, q.Sort = 0, 0, ""
	return q != AgentsQuery{}
}

// Narrowing names what narrows the list, the same for every page, size and order of it.
func (q AgentsQuery) Narrowing() string {
	q.Page, q.Size, q.Sort = 0, 0, ""
	return q.encode()
}

// NeedsSnapshot reports whether the API itself cannot answer the query, so that
// it must come from the crawled snapshot.
func (q AgentsQuery) NeedsSnapshot() bool {
	return q.Q != "" || q.Sort != "" || q.Recording != "" || q.System != "" || q.User != "" || q.Health != "" || q.CalloutID != 0
}

func (q AgentsQuery) suffix() string {
	if fields := q.encode(); fields != "" {
		return "?" + fields
	}
	return ""
}

func (q AgentsQuery) matching() string {
	v := url.Values{"all": {"matching"}}
	for _, f := range q.Fields() {
		v.Set(f[0], f[1])
	}
	return suffix(v)
}

// Fields are the filters as a form has them, in pairs of a name and a value, its page and
// size left out.
func (q AgentsQuery) Fields() (fields [][2]string) {
	q.Page, q.Size = 0, 0
	q.each(func(name, value string) { fields = append(fields, [2]string{name, value}) })
	return fields
}

// each tells the fields that are set, in the order of their names. A page of agents has some
// thirty addresses of this query: no map is made for each.
func (q AgentsQuery) each(tell func(name, value string)) {
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	size, wide := q.Size, ""
	if size == DefaultSize {
		size = 0
	}
	if q.Wide {
		wide = "1"
	}
	for _, f := range [...]struct{ name, value string }{
		{"callout_id", number(q.CalloutID)},
		{"health", q.Health},
		{"page", number(int64(max(q.Page, 0)))},
		{"q", q.Q},
		{"queue_id", number(q.QueueID)},
		{"recording", q.Recording},
		{"size", number(int64(size))},
		{"sort", q.Sort},
		{"status", q.Status},
		{"system", q.System},
		{"team_id", q.TeamID},
		{"user", q.User},
		{"wide", wide},
	} {
		if f.value != "" {
			tell(f.name, f.value)
		}
	}
}

// encode is the query of an address, without its question mark.
func (q AgentsQuery) encode() string {
	var out []byte
	q.each(func(name, value string) {
		if len(out) > 0 {
			out = append(out, '&')
		}
		out = append(append(append(out, name...), '='), url.QueryEscape(value)...)
	})
	return string(out)
}

// First returns the first page of the query.
func (q AgentsQuery) First() AgentsQuery { q.Page = 0; return q }

// Turned reports whether the span of time ends before it begins.
func (q ChangesQuery) Turned() bool {
	from, to := q.Span()
	return !from.IsZero() && !to.IsZero() && !from.Before(to)
}

// Days returns the newest page of the days from one to another, each counted back from now
// where the browser is: Days(now, 1, 1) is yesterday.
func (q ChangesQuery) Days(now time.Time, first, last int) ChangesQuery {
	day := func(back int) string { return q.In(now).AddDate(0, 0, -back).Format(time.DateOnly) }
	q.From, q.To, q.Before = day(first), day(last), ""
	return q
}

// AllDays returns the newest page of the query without its span.
func (q ChangesQuery) AllDays() ChangesQuery {
	q.From, q.To, q.Before = "", "", ""
	return q
}

// In is a moment where the browser is.
func (q ChangesQuery) In(at time.Time) time.Time {
	minutes, _ := strconv.Atoi(q.Zone)
	return at.In(time.FixedZone("", minutes*60))
}

// TurnRound returns the span with its ends exchanged.
func (q ChangesQuery) TurnRound() ChangesQuery {
	q.From, q.To, q.Before = q.To, q.From, ""
	return q
}

// Newest returns the first page of the query.
func (q ChangesQuery) Newest() ChangesQuery { q.Before = ""; return q }

// ChangesQuery is the state of the changes page, as AgentsQuery is of the list.
type ChangesQuery struct {
	AgentID  string
	QueueID  int64
	Operator string
	Kind     string
	Result   string
	Run      string // the changes of one run
	From, To string // as typed: a day (2026-11-24) or an RFC 3339 time
	Zone     string // minutes east of UTC of the browser that typed them, "" for UTC
	Before   string // an entry's id: the page of older ones
}

// Filtered reports whether anything narrows the journal.
func (q ChangesQuery) Filtered() bool {
	q.Before, q.Zone = "", ""
	return q != ChangesQuery{}
}

// KindAPI is the kind of what nobody changed: that the API answers otherwise than before.
const KindAPI = "api"

// API reports whether what the API does otherwise stands among the changes: it is of no
// agent and no queue, nobody's doing and no bulk change, and has no result.
func (q ChangesQuery) API() bool {
	if q = q.AllDays(); q.Kind == KindAPI {
		q.Kind = ""
	}
	return !q.Filtered()
}

// Apart reports whether what it narrows to may be a part of a run: then its changes are not
// one row.
func (q ChangesQuery) Apart() bool {
	q.Operator = ""
	return q.AllDays().Filtered()
}

// Older returns the page that starts below the entry with that id.
func (q ChangesQuery) Older(id string) ChangesQuery { q.Before = id; return q }

func (q ChangesQuery) suffix() string { return suffix(q.values()) }

// values are the fields that are set.
func (q ChangesQuery) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("agent_id", q.AgentID)
	if q.QueueID != 0 {
		v.Set("queue_id", strconv.FormatInt(q.QueueID, 10))
	}
	set("operator", q.Operator)
	set("kind", q.Kind)
	set("result", q.Result)
	set("run", q.Run)
	set("from", q.From)
	set("to", q.To)
	set("zone", q.Zone)
	set("before", q.Before)
	return v
}

// DefaultRows is the size of a page of queues and of members that a URL without `size`
// means: most tenants' queues, and most queues' members, fit on one.
const DefaultRows = 50

// RowsQuery is the state of a list of queues or of a queue's members; all of it stands in
// the URL, where at writes it and ParseQueues and ParseMembers read it.
type RowsQuery struct {
	Q    string // what is searched for
	Sort string // "name", "-available", …; "" is by id or extension
	Page int    // from 0
	Size int    // 0 means DefaultRows
	Type string // of queues: "callin" or "callout" alone, "" for both
}

// Rows is the size of a page.
func (q RowsQuery) Rows() int { return cmp.Or(q.Size, DefaultRows) }

// WithPage returns the query at another page of that size.
func (q RowsQuery) WithPage(page, size int) RowsQuery { q.Page, q.Size = page, size; return q }

// WithSort returns the query sorted another way, back at its first page.
func (q RowsQuery) WithSort(sort string) RowsQuery { q.Sort, q.Page = sort, 0; return q }

// WithType returns the first page of one type of queues.
func (q RowsQuery) WithType(typ string) RowsQuery { q.Type, q.Page = typ, 0; return q }

// WithoutQ returns the query without what is searched for.
func (q RowsQuery) WithoutQ() RowsQuery { q.Q, q.Page = "", 0; return q }

// Kept are the fields but for what is searched for, in pairs of a name and a value, as a
// form that searches keeps them.
func (q RowsQuery) Kept() (fields [][2]string) {
	for _, f := range [][2]string{{"type", q.Type}, {"sort", q.Sort}} {
		if f[1] != "" {
			fields = append(fields, f)
		}
	}
	if q.Size != 0 && q.Size != DefaultRows {
		fields = append(fields, [2]string{"size", strconv.Itoa(q.Size)})
	}
	return fields
}

// at is an address of the list in that state.
func (q RowsQuery) at(address string) string {
	for _, f := range [][2]string{{"type", q.Type}, {"q", q.Q}, {"sort", q.Sort}} {
		if f[1] != "" {
			address = With(address, f[0], f[1])
		}
	}
	if q.Page > 0 {
		address = With(address, "page", strconv.Itoa(q.Page))
	}
	if q.Size != 0 && q.Size != DefaultRows {
		address = With(address, "size", strconv.Itoa(q.Size))
	}
	return address
}

func suffix(v url.Values) string {
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}
