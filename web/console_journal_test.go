package web_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// TestIntentBeforeWrite looks into the journal at the moment each write arrives.
func TestIntentBeforeWrite(t *testing.T) {
	t.Parallel()
	var s *stand
	var looked atomic.Int64
	var ready atomic.Bool
	s = newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) {
			c.Before = func(r *http.Request) {
				if !ready.Load() || r.Method != http.MethodPut {
					return
				}
				looked.Add(1)
				agent := strings.Split(r.URL.Path, "/")[3]
				entries := s.entries(journal.Filter{Agent: agent})
				if len(entries) == 0 || entries[0].Result != journal.Intent || entries[0].Operator == "" || entries[0].RequestID == "" {
					t.Errorf("a write of %s arrives while the journal says %+v", agent, entries)
				}
			}
		}
	})
	ready.Store(true)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	form = p.editor("082019", "callout")
	form.Add("queue_ids", "13878")
	a := p.save("082019", "callout", form)
	if a.status == http.StatusOK { // callout shows one queue: the list may be asked about
		form = a.form("#editor-form")
		form.Set("confirm", "yes")
		a = p.save("082019", "callout", form)
	}
	a.is(http.StatusSeeOther)
	p.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)
	p.post("/queues/1000887/members", url.Values{"agent_id": {"082018"}, "action": {"add"}}).is(http.StatusSeeOther)
	p.post("/changes/"+s.last("082018").ID+"/undo", nil).is(http.StatusSeeOther)
	if n := looked.Load(); n != 5 || n != int64(len(s.puts())) {
		t.Errorf("looked at %d writes of %d", n, len(s.puts()))
	}
}

// TestJournalDown: what cannot be written down is not done, and the page says so
// with what was typed still in it.
func TestJournalDown(t *testing.T) {
	t.Parallel()
	s := newStand(t, eachTime)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	p.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)
	p.post("/queues/1000887/members", url.Values{"agent_id": {"082021"}, "action": {"add"}}).is(http.StatusSeeOther)
	undo := s.last("082021").ID
	s.api.ResetCalls()
	s.store.breakDown("Intend")
	for _, header := range [][]string{nil, htmx("editor")} {
		a := p.save("082019", "callin", form, header...).fails(http.StatusServiceUnavailable, "failed")
		a.says("nothing was sent")
		if got := a.form("#editor-form"); !slices.Contains(got["queue_ids"], "1000887") {
			t.Errorf("came back as %v", got)
		}
		for _, inside := range []string{"disk full", "console.db", "Intend"} {
			if strings.Contains(a.body, inside) {
				t.Errorf("the page says %q", inside)
			}
		}
		p.post("/agents/082019/recording", enabled("true"), header...).fails(http.StatusServiceUnavailable, "failed")
	}
	p.post("/queues/1000887/members", url.Values{"agent_id": {"082018"}, "action": {"add"}}).fails(http.StatusServiceUnavailable, "failed")
	p.post("/changes/"+undo+"/undo", nil).fails(http.StatusServiceUnavailable, "failed")
	if n := len(s.puts()); n > 0 {
		t.Errorf("%d writes without an intent", n)
	}
	if !strings.Contains(s.log.String(), "disk full") {
		t.Error("the log does not say why")
	}

	// The rest of the journal: a page that cannot be read says so; a database that
	// cannot tell whether a session ended opens nothing.
	s.store.breakDown("List")
	p.get("/changes").fails(http.StatusServiceUnavailable, "failed")
	p.get("/changes.csv").fails(http.StatusServiceUnavailable, "failed")
	s.store.breakDown("Recordings")
	p.get("/agents").is(http.StatusServiceUnavailable)
	s.store.breakDown("Ended")
	p.get("/agents").fails(http.StatusServiceUnavailable, "failed").lacks("tr[data-agent-id]")
	p.save("082019", "callin", form).is(http.StatusServiceUnavailable)
	s.store.breakDown("Ready")
	p.get("/readyz").is(http.StatusServiceUnavailable)
	p.get("/healthz").is(http.StatusOK)
	s.store.breakDown("End")
	// The cookie is taken from this browser, but a copy would open: no claim.
	p.post("/sign-out", nil).is(http.StatusServiceUnavailable)
	p.get("/agents").is(http.StatusSeeOther)

	// Nor where it cannot even be told whether the session had ended before.
	s.store.breakDown()
	other := s.signIn(sandbox.DemoKey)
	s.store.breakDown("Ended")
	other.post("/sign-out", nil).is(http.StatusServiceUnavailable)
	s.store.breakDown()
	other.get("/agents").is(http.StatusSeeOther)

	s.store.breakDown()
	if n := len(s.puts()); n > 0 {
		t.Errorf("%d writes without an intent", n)
	}
	p.ready()
}

// ready waits until the console says that it is: it tries its database once a second.
func (p *person) ready() {
	p.s.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		if p.get("/readyz").status == http.StatusOK {
			return
		}
	}
	p.s.t.Fatal("never ready")
}

// TestResultNotNoted: the write was made and its result cannot be noted. It stays
// an intent, which is true, and nobody is told otherwise.
func TestResultNotNoted(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	s.store.breakDown("Settle")
	p.save("082019", "callin", form)
	if e := s.last("082019"); e.Result != journal.Intent {
		t.Errorf("journalled as %s", e.Result)
	}
	if len(s.puts()) != 1 || len(s.callin("082019")) != 4 {
		t.Errorf("%d writes, left in %v", len(s.puts()), s.callin("082019"))
	}
}

// TestSentIsSaidThoughTheDatabaseWent: after the PUT; the page that shows a change may
// not open then, so the answer itself says that it was sent.
func TestSentIsSaidThoughTheDatabaseWent(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	undone := p.editor("001003", "callin")
	undone.Add("queue_ids", "1000887")
	p.save("001003", "callin", undone).is(http.StatusSeeOther)
	entry := s.last("001003").ID
	s.store.breakDown("Settle")
	for what, a := range map[string]*answer{
		"editor":    p.save("082019", "callin", form),
		"recording": p.post("/agents/082018/recording", enabled("true")),
		"queue":     p.post("/queues/1000887/members?type=callin", url.Values{"agent_id": {"082018"}, "action": {"add"}}),
		"undo":      p.post("/changes/"+entry+"/undo", url.Values{"confirm": {"yes"}}),
	} {
		if a.is(http.StatusServiceUnavailable); !a.saysAny("The change was sent") && !a.saysAny("Thay đổi đã được gửi") {
			t.Errorf("%s: %s", what, a.body)
		}
	}
	if got := len(s.puts()); got != 5 {
		t.Errorf("%d writes", got)
	}
}

// TestTypedSurvivesTheDatabase: without script too, a save that finds it away leads back
// to what was typed.
func TestTypedSurvivesTheDatabase(t *testing.T) {
	t.Parallel()
	s := newStand(t, eachTime)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	queue := p.get("/queues/1001226").form("form.add-agent")
	queue.Set("agent_id", "082021")
	queue.Set("action", "add")
	s.store.breakDown("Ended")
	back := p.save("082019", "callin", form).fails(http.StatusServiceUnavailable, "failed").find("a[data-keeps]").AttrOr("href", "")
	queueBack := p.post("/queues/1001226/members?type=callin", queue).fails(http.StatusServiceUnavailable, "failed").find("a[data-keeps]").AttrOr("href", "")
	s.store.breakDown()
	if got := p.get(back).is(http.StatusOK).form("#editor-form"); !slices.Contains(got["queue_ids"], "1000887") {
		t.Errorf("the editor opens on %v", got)
	}
	if got := p.get(queueBack).is(http.StatusOK).form("form.add-agent").Get("agent_id"); got != "082021" {
		t.Errorf("the queue's page has %q", got)
	}
}

// past are entries of a tenant's life, oldest first.
func past(t *testing.T, s *stand) []string {
	t.Helper()
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment.UTC()
	}
	var ids []string
	for _, e := range []struct {
		entry  journal.Entry
		result journal.Result
	}{
		{journal.Entry{At: at("2026-11-01T16:59:59Z"), Agent: "082018", Kind: journal.Callin, Before: []int64{1}, BeforeKnown: true, After: []int64{1, 2}, Operator: "An"}, journal.Verified},
		{journal.Entry{At: at("2026-11-01T17:00:00Z"), Agent: "082018", Kind: journal.Callout, After: []int64{13876}, Operator: "=1+1"}, journal.Accepted},
		{journal.Entry{At: at("2026-11-02T16:59:59Z"), Agent: "082019", Kind: journal.Callin, Before: []int64{1000886, 5}, BeforeKnown: true, After: []int64{5}, Operator: "Bình"}, journal.Differs},
		{journal.Entry{At: at("2026-11-02T17:00:00Z"), Agent: "082019", Kind: journal.Recording, Enabled: true, Operator: "An"}, journal.Unknown},
		{journal.Entry{At: at("2026-11-03T00:00:00Z"), Agent: "199", Kind: journal.Callin, Before: []int64{3}, BeforeKnown: true, After: []int64{4}, Operator: "An\r\nBcc: x", EvidenceAt: at("2026-11-02T23:59:21.5Z")}, journal.Refused},
	} {
		e.entry.Scope = aloHub()
		id, err := s.store.Intend(t.Context(), e.entry)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.store.Settle(t.Context(), id, journal.Settlement{Result: e.result, Message: "-said", At: e.entry.At}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	other := journal.Entry{Scope: journal.Scope{Environment: "sandbox", Tenant: "20260415"}, At: at("2026-11-02T00:00:00Z"), Agent: "082018", Kind: journal.Callin, After: []int64{9}, Operator: "Stranger"}
	if _, err := s.store.Intend(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestChangesFilters(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	ids := past(t, s)
	p := s.signIn(sandbox.DemoKey)
	for query, want := range map[string][]int{
		"":                                        {4, 3, 2, 1, 0},
		"agent_id=082018":                         {1, 0},
		"agent_id=82018":                          {},
		"queue_id=1000886":                        {2},
		"queue_id=13876":                          {1},
		"operator=An":                             {3, 0},
		"kind=callin":                             {4, 2, 0},
		"kind=recording":                          {3},
		"kind=nonsense":                           {4, 3, 2, 1, 0},
		"result=refused":                          {4},
		"result=verified&kind=callin":             {0},
		"from=2026-11-02&to=2026-11-02":           {3, 2},       // in UTC
		"from=2026-11-02&zone=420":                {4, 3, 2, 1}, // in Vietnam a day begins seven hours earlier
		"to=2026-11-01&zone=420":                  {0},          // and the day named belongs to the span
		"from=2026-11-02&to=2026-11-02&zone=420":  {2, 1},
		"from=2026-11-02&to=2026-11-02&zone=-300": {4, 3, 2},
		"from=2026-11-02T17:00:00Z":               {4, 3},
		"from=nonsense":                           {4, 3, 2, 1, 0},
		"before=" + url.QueryEscape(ids[2]):       {1, 0},
	} {
		a := p.get("/changes?" + query).is(http.StatusOK)
		var want2 []string
		for _, i := range want {
			want2 = append(want2, ids[i])
		}
		if got := a.attrs("[data-change-id]", "data-change-id"); !slices.Equal(got, want2) {
			t.Errorf("%s: %v, want %v", query, got, want2)
		}
		if strings.Contains(a.body, "Stranger") {
			t.Errorf("%s shows another tenant's change", query)
		}
		// All of it is in the form, to be bookmarked and changed.
		for name, values := range must(url.ParseQuery(query)) {
			if name == "operator" || name == "agent_id" || name == "zone" {
				if got := a.form("form.filters").Get(name); got != values[0] {
					t.Errorf("%s: the form has %s=%q", query, name, got)
				}
			}
		}
	}
	if a := p.get("/changes"); a.find("[data-evidence]").Length() != 1 ||
		!strings.Contains(a.find(`[data-change-id="`+ids[4]+`"] [data-evidence]`).Text(), "39 seconds") {
		t.Errorf("how old the evidence was: %q", a.find("[data-evidence]").Text())
	}
	for i, result := range []string{"verified", "accepted", "differs", "unknown", "refused"} {
		p.get("/changes").has(`[data-change-id="` + ids[i] + `"][data-result=` + result + `]`)
	}
	p.get("/agents/082019").find("[data-change-id]").Each(func(_ int, c *goquery.Selection) {
		if id := c.AttrOr("data-change-id", ""); id != ids[2] && id != ids[3] {
			t.Errorf("the history of 082019 has %s", id)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestJournalByDay: a line each, under its day, with the name of whom the roster knows; opened,
// it says what was sent, with nothing of a key.
func TestJournalByDay(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	ids := past(t, s)
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents?size=100").is(http.StatusOK)
	a := p.get("/changes?zone=420").is(http.StatusOK)
	var days []string
	a.find(".change-day").Each(func(_ int, el *goquery.Selection) { days = append(days, squeeze(el.Text())) })
	if want := []string{"03/11/2026", "02/11/2026", "01/11/2026"}; !slices.Equal(days, want) {
		t.Errorf("days %q, want %q", days, want)
	}
	row := func(i int) *goquery.Selection { return a.find(`[data-change-id="` + ids[i] + `"]`) }
	if got := squeeze(row(2).Find(".change-agent").Text()); got != "082019 Nguyễn Thị Ánh Nguyệt" {
		t.Errorf("the agent is %q", got)
	}
	for i, want := range map[int]string{
		1: `-d '{"queue_ids":[13876]}'`, 2: "/agents/082019/queues?type=callin' \\", 3: "/agents/082019/recording' \\",
	} {
		if got := row(i).Find("details pre").Text(); !strings.HasPrefix(got, "curl -X PUT '") || !strings.Contains(got, want) ||
			!strings.Contains(got, ": ••••' \\") || strings.Contains(a.body, sandbox.DemoKey[len(sandbox.DemoKey)-4:]+"'") {
			t.Errorf("change %d as curl: %s", i, got)
		}
	}
	a.has(`[data-change-id="` + ids[0] + `"] form[action$="/undo"] button`).lacks(`[data-change-id="` + ids[4] + `"] form`)
}

// TestSpansOfDays: the days that people mostly ask for are a click away, and what is no day
// is said to be none.
func TestSpansOfDays(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	a := p.get("/changes?agent_id=082018&before=x&zone=420").is(http.StatusOK)
	if got := a.attrs(".spans a", "data-days"); !slices.Equal(got, []string{"0 0", "1 1", "6 0"}) {
		t.Errorf("days %q", got)
	}
	for _, days := range []string{"0 0", "1 1", "6 0"} {
		href := a.find(`.spans a[data-days="`+days+`"]`).AttrOr("href", "")
		if !strings.Contains(href, "agent_id=082018") || strings.Contains(href, "before=") {
			t.Errorf("%s leads to %s", days, href)
		}
		if got := p.get(href).is(http.StatusOK).attrs(`.spans [aria-current]`, "data-days"); !slices.Equal(got, []string{days}) {
			t.Errorf("%s shows %q as chosen", href, got)
		}
	}
	a = p.get("/changes?from=4/11/2026&to=05.11.2026").is(http.StatusOK).has(`.spans [aria-current][href="#from"]`)
	if form := a.form("form.filters"); form.Get("from") != "04/11/2026" || form.Get("to") != "05/11/2026" {
		t.Errorf("the fields have %q", form)
	}
	a = p.get("/changes?from=11/24/2026&to=<b>").is(http.StatusOK).has("#from[aria-invalid][aria-describedby=from-error]").has("#to[aria-invalid]")
	a.says(strings.Replace(said("changes.no_day"), "{{.Text}}", "11/24/2026", 1)).has(".more-filters[open]").lacks("#to-error b")
	p.get("/changes").lacks("[aria-invalid]").lacks(".more-filters[open]")
}

// TestPagesOfChanges: older entries are on the next page, none twice, none left out.
func TestPagesOfChanges(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	const n = 123
	for range n {
		if _, err := s.store.Intend(t.Context(), journal.Entry{Scope: aloHub(), Agent: "082018", Kind: journal.Callin, After: []int64{1}}); err != nil {
			t.Fatal(err)
		}
	}
	p := s.signIn(sandbox.DemoKey)
	seen := map[string]bool{}
	pages := 0
	for next := "/changes?agent_id=082018"; next != ""; pages++ {
		a := p.get(next).is(http.StatusOK)
		for _, id := range a.attrs("[data-change-id]", "data-change-id") {
			if seen[id] {
				t.Errorf("%s twice", id)
			}
			seen[id] = true
		}
		next = ""
		if links := a.attrs("a[rel=next]", "href"); len(links) == 1 {
			next = links[0]
		}
	}
	if len(seen) != n || pages != 3 {
		t.Errorf("%d entries on %d pages", len(seen), pages)
	}
	if rows := strings.Count(p.get("/changes.csv?agent_id=082018").body, "\r\n"); rows != n+1 {
		t.Errorf("%d lines of CSV", rows)
	}
}

func TestChangesCSV(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	ids := past(t, s)
	p := s.signIn(sandbox.DemoKey)
	a := p.get("/changes.csv?from=2026-11-01&to=2026-11-03").is(http.StatusOK)
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(a.header.Get("Content-Disposition"), `attachment; filename="changes-`) {
		t.Errorf("%s, %s", a.header.Get("Content-Type"), a.header.Get("Content-Disposition"))
	}
	rows := table(t, a)
	if len(rows) != 6 || strings.Contains(a.body, "Stranger") {
		t.Fatalf("%d lines: %s", len(rows), a.body)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	newest, formulas := rows[1], rows[4]
	for name, want := range map[string]string{
		"agent_id": `="199"`, "kind": "callin", "before": "3", "after": "4", "operator": "An Bcc: x", "result": "refused",
		"change_id": ids[4], "message": "'-said",
	} {
		if i, ok := column[name]; !ok || newest[i] != want {
			t.Errorf("%s of the newest is not %q: %v of %v", name, want, newest, rows[0])
		}
	}
	if last := rows[0][len(rows[0])-1]; last != "evidence_at" || newest[column[last]] != "2026-11-02T23:59:21.500Z" || formulas[column[last]] != "" {
		t.Errorf("%s at the end: %q of the newest, %q where it is not known", last, newest[column[last]], formulas[column[last]])
	}
	if got := formulas[column["operator"]]; got != "'=1+1" {
		t.Errorf("a formula stands there as %q", got)
	}
}

// table reads a CSV file as a spreadsheet would, and checks how it is written.
func table(t *testing.T, a *answer) [][]string {
	t.Helper()
	text, ok := strings.CutPrefix(a.body, "\uFEFF")
	if !ok {
		t.Errorf("%s: no byte order mark: Excel would read UTF-8 as something else", a.what)
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "\r\n") {
		t.Errorf("%s: lines do not end in CRLF", a.what)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", a.what, err)
	}
	return rows
}

// TestForsakenJournal: a journal whose environment is no longer configured is named when
// the console starts, and one whose environment only has another name is not, and shows.
func TestForsakenJournal(t *testing.T) {
	t.Parallel()
	store := memoryStore(t)
	for _, environment := range []string{"sandbox", "bygone"} {
		e := journal.Entry{
			Scope: journal.Scope{Environment: environment, Tenant: aloHub().Tenant}, Agent: "082018", Kind: journal.Recording,
			Operator: "Of " + environment,
		}
		if _, err := store.Intend(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	s := newStand(t, func(o *setup) { o.store = store; o.name = "Another name" })
	const named = `"slug":"bygone"`
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(s.log.String(), named); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not named in the log:\n%s", s.log)
		}
	}
	if strings.Contains(s.log.String(), `"slug":"sandbox"`) {
		t.Error("the journal of a renamed environment is called forsaken")
	}
	a := s.signIn(sandbox.DemoKey).get("/changes").is(http.StatusOK).says("Another name").says("Of sandbox")
	if a.saysAny("Of bygone") {
		t.Error("another environment's journal is shown")
	}
}
