package paths_test

import (
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/web/paths"
)

// fields reads the fields of an address as a handler does.
func fields(t *testing.T, address string) func(string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get
}

func TestParseAgents(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]paths.AgentsQuery{
		"":                                       {},
		"?status=1&queue_id=1001226&page=2":      {Status: "1", QueueID: 1001226, Page: 2},
		"?status=2&queue_id=x&page=-1":           {},
		"?queue_id=-5&page=1000000":              {},
		"?queue_id=99999999999999999999":         {},
		"?size=20":                               {},
		"?size=50":                               {Size: 50},
		"?size=5000":                             {Size: 100},
		"?size=0":                                {},
		"?size=-3":                               {},
		"?team_id=+0042+":                        {TeamID: "0042"},
		"?team_id=4x":                            {},
		"?team_id=" + strings.Repeat("1", 21):    {},
		"?q=++Nguy%E1%BB%85n%09%0AV%C4%83n+":     {Q: "Nguyễn Văn"},
		"?q=a%FFb":                               {Q: "ab"},
		"?q=" + strings.Repeat("%E1%BB%85", 300): {Q: strings.Repeat("ễ", 200)},
		"?q=" + strings.Repeat("a", 199) + "+b":  {Q: strings.Repeat("a", 199)},
		"?sort=name":                             {Sort: "name"},
		"?sort=-priority":                        {Sort: "-priority"},
		"?sort=--name":                           {},
		"?sort=-":                                {},
		"?sort=key":                              {},
		"?recording=sent-on&system=NOT+AVAILABLE&user=LOGOUT":   {Recording: "sent-on", System: "NOT AVAILABLE", User: "LOGOUT"},
		"?recording=ON&system=available&user=&health=no-callin": {Health: "no-callin"},
		"?row=082018:x&next=/elsewhere":                         {},
	} {
		if diff := cmp.Diff(want, paths.ParseAgents(fields(t, address))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
}

func TestParseChanges(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]paths.ChangesQuery{
		"": {},
		"?agent_id=082018&queue_id=7&operator=L%C3%AA++Th%E1%BB%8B": {AgentID: "082018", QueueID: 7, Operator: "Lê Thị"},
		"?kind=api": {Kind: "api"},
		"?kind=callout&result=differs&before=01K": {Kind: "callout", Result: "differs", Before: "01K"},
		"?kind=other&result=other":                {},
		"?from=2026-11-24&to=2026-11-25&zone=420": {From: "2026-11-24", To: "2026-11-25", Zone: "420"},
		"?from=24/11/2026&to=2026-02-30":          {From: "2026-11-24"},
		"?from=+4.1.2026&to=31-12-2026":           {From: "2026-01-04", To: "2026-12-31"},
		"?from=31/2/2026&to=11/24/2026":           {},
		"?from=2026-11-24T10:00:00%2B07:00":       {From: "2026-11-24T10:00:00+07:00"},
		"?zone=841":                               {},
		"?zone=-840":                              {Zone: "-840"},
		"?zone=%2B60":                             {Zone: "60"},
		"?operator=" + strings.Repeat("x", 90):    {Operator: strings.Repeat("x", 80)},
	} {
		if diff := cmp.Diff(want, paths.ParseChanges(fields(t, address))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v.UTC()
	}
	for _, tt := range []struct {
		q        paths.ChangesQuery
		from, to time.Time
	}{
		{paths.ChangesQuery{}, time.Time{}, time.Time{}},
		// A day of Việt Nam begins at 17:00 UTC of the day before, and the last one counts.
		{paths.ChangesQuery{From: "2026-11-24", To: "2026-11-24", Zone: "420"}, at("2026-11-23T17:00:00Z"), at("2026-11-24T17:00:00Z")},
		{paths.ChangesQuery{From: "2026-11-24", To: "2026-11-30"}, at("2026-11-24T00:00:00Z"), at("2026-12-01T00:00:00Z")},
		{paths.ChangesQuery{From: "2026-11-24", Zone: "-300"}, at("2026-11-24T05:00:00Z"), time.Time{}},
		// A time is itself, whatever the browser's zone.
		{paths.ChangesQuery{To: "2026-11-24T10:00:00+07:00", Zone: "60"}, time.Time{}, at("2026-11-24T03:00:00Z")},
		{paths.ChangesQuery{From: "nonsense", To: "2026-13-01"}, time.Time{}, time.Time{}},
	} {
		if from, to := tt.q.Span(); !from.Equal(tt.from) || !to.Equal(tt.to) {
			t.Errorf("%+v: %v to %v, want %v to %v", tt.q, from, to, tt.from, tt.to)
		}
	}
}

// TestWrittenDay: what an address has for a day is shown as people write it, and read as that
// again; a time stays one.
func TestWrittenDay(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"": "", "2026-11-04": "04/11/2026", "2026-11-24T10:00:00Z": "2026-11-24T10:00:00Z"} {
		if got := paths.WrittenDay(day); got != want || paths.Day(got) != day {
			t.Errorf("%q is written %q, and read as %q", day, got, paths.Day(got))
		}
	}
}

// TestDays: days are those of the browser, and what else is asked for stays.
func TestDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 18, 0, 0, 0, time.UTC) // the first of December in Việt Nam
	for _, tt := range []struct {
		zone        string
		first, last int
		from, to    string
	}{
		{"", 0, 0, "2026-11-30", "2026-11-30"},
		{"420", 0, 0, "2026-12-01", "2026-12-01"},
		{"420", 1, 1, "2026-11-30", "2026-11-30"},
		{"420", 6, 0, "2026-11-25", "2026-12-01"},
	} {
		q := paths.ChangesQuery{AgentID: "1", Zone: tt.zone, Before: "x"}
		if got, want := q.Days(now, tt.first, tt.last), (paths.ChangesQuery{AgentID: "1", Zone: tt.zone, From: tt.from, To: tt.to}); got != want {
			t.Errorf("%+v: %+v", tt, got)
		}
	}
}

// TestApart: a run's changes are one row as long as what is asked for is never a part of it.
func TestApart(t *testing.T) {
	t.Parallel()
	for q, want := range map[paths.ChangesQuery]bool{
		{}: false, {From: "2026-11-24", To: "2026-11-24", Zone: "420", Before: "x"}: false, {Operator: "An"}: false,
		{AgentID: "1"}: true, {QueueID: 7}: true, {Kind: "callin"}: true, {Result: "verified"}: true, {Run: "r"}: true,
	} {
		if q.Apart() != want {
			t.Errorf("%+v: %t", q, q.Apart())
		}
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int64{
		"": 0, "0": 0, "-1": 0, "x": 0, "1.5": 0, "1001226": 1001226, " 7 ": 7, "007": 7, "9223372036854775808": 0,
	} {
		if got := paths.ParseID(in); got != want {
			t.Errorf("ParseID(%q) = %d, want %d", in, got, want)
		}
	}
}

// foreign is a text that an address may hold.
func foreign(r *rand.Rand) string {
	words := []string{
		"", " ", "0", "1", "-7", "20", "50", "999", "082018", "1001226", "99999999999999999999", "name", "-name", "--", "sent-on", "on",
		"AVAILABLE", "NOT AVAILABLE", "LOGOUT", "no-callin", "callin", "callout", "recording", "verified", "intent",
		"2026-11-24", "2026-11-24T10:00:00+07:00", "2026-11-24T10:00:00Z", "420", "+60", "-841", "Nguyễn", "Lê  Thị", "a&b=c", "%zz", "\xff", "\n", "😀",
	}
	s := words[r.IntN(len(words))]
	for r.IntN(3) == 0 {
		s += words[r.IntN(len(words))]
	}
	if r.IntN(20) == 0 {
		s += strings.Repeat("ễ ", 150)
	}
	return s
}

// TestAddressesKeepTheirState: whatever an address holds, what was read of it is
// written so that reading gives the same again.
func TestAddressesKeepTheirState(t *testing.T) {
	t.Parallel()
	p := paths.New("/console")
	agents := []string{"status", "queue_id", "team_id", "page", "size", "q", "sort", "recording", "system", "user", "health"}
	changes := []string{"agent_id", "queue_id", "operator", "kind", "result", "from", "to", "zone", "before"}
	for seed := range uint64(5000) {
		r := rand.New(rand.NewPCG(seed, 7))
		get := map[string]string{}
		for _, name := range append(agents, changes...) {
			get[name] = foreign(r)
		}
		read := func(name string) string { return get[name] }
		q := paths.ParseAgents(read)
		if diff := cmp.Diff(q, paths.ParseAgents(fields(t, p.Agents(q)))); diff != "" {
			t.Fatalf("seed %d, %s of %q (-written +read):\n%s", seed, p.Agents(q), get, diff)
		}
		c := paths.ParseChanges(read)
		if diff := cmp.Diff(c, paths.ParseChanges(fields(t, p.Changes(c)))); diff != "" {
			t.Fatalf("seed %d, %s of %q (-written +read):\n%s", seed, p.Changes(c), get, diff)
		}
	}
}

// TestAddressesHoldEveryField: a field that is read but not written would be lost on
// the way to the next page.
func TestAddressesHoldEveryField(t *testing.T) {
	t.Parallel()
	p := paths.New("")
	q := paths.AgentsQuery{
		Status: "0", QueueID: 7, TeamID: "20260310", Page: 3, Size: 50, Q: "lê", Sort: "-name", Recording: "never",
		System: "NOT AVAILABLE", User: "LOGOUT", Health: "follow-me-out",
	}
	if diff := cmp.Diff(q, paths.ParseAgents(fields(t, p.Agents(q)))); diff != "" {
		t.Errorf("agents (-written +read):\n%s", diff)
	}
	c := paths.ChangesQuery{
		AgentID: "082018", QueueID: 7, Operator: "Lê", Kind: "callin", Result: "unknown", From: "2026-11-01",
		To: "2026-11-02", Zone: strconv.Itoa(-14 * 60), Before: "01K",
	}
	if diff := cmp.Diff(c, paths.ParseChanges(fields(t, p.Changes(c)))); diff != "" {
		t.Errorf("changes (-written +read):\n%s", diff)
	}
}

// TestChangesOfTheAPI: what the API does otherwise is nobody's and of nobody, so that what asks
// for somebody's changes leaves it out.
func TestChangesOfTheAPI(t *testing.T) {
	t.Parallel()
	for q, want := range map[paths.ChangesQuery]bool{
		{}: true, {From: "2026-11-01", To: "2026-11-02", Zone: "420", Before: "01K"}: true, {Kind: paths.KindAPI}: true,
		{Kind: "callin"}: false, {AgentID: "1"}: false, {QueueID: 7}: false, {Operator: "Lê"}: false, {Result: "unknown"}: false,
		{Run: "r"}: false, {Kind: paths.KindAPI, AgentID: "1"}: false,
	} {
		if q.API() != want {
			t.Errorf("%+v: %t", q, !want)
		}
	}
}
