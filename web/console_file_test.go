package web_test

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// rows are a file's records without its header.
func (a *answer) rows() [][]string {
	a.t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\uFEFF")))
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		a.t.Fatalf("%s: %v", a.what, err)
	}
	return all[1:]
}

// TestCSVIsTheList: what the list refuses to answer, its file refuses too.
func TestCSVIsTheList(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents?team_id=20260415&q=a").fails(http.StatusUnprocessableEntity, "invalid-input")
	p.get("/agents.csv?team_id=20260415&q=a").fails(http.StatusUnprocessableEntity, "invalid-input")
	p.get("/agents/progress?team_id=20260415&q=a", htmx("progress")...).is(http.StatusUnprocessableEntity)

	down := newStand(t)
	down.api.Fail(sandbox.SystemError().On(sandbox.OpList).After(1).Repeat(sandbox.Always))
	q := down.browser().english()
	q.enter(sandbox.DemoKey)
	q.crawled()
	q.get("/agents?sort=name").fails(http.StatusBadGateway, "failed")
	q.get("/agents.csv?sort=name").fails(http.StatusBadGateway, "failed")
	// And where there is no list to fail, the scan's failure is said.
	q.get("/queues").is(http.StatusOK).says("did not finish").lacks("noscript")
}

// TestCSVIsWhole: pages decide when the list ends, whatever is claimed, and a file
// from which somebody may be missing says so.
func TestCSVIsWhole(t *testing.T) {
	t.Parallel()
	for name, total := range map[string]int{"of the page": 20, "too small": 10, "negative": -1} {
		s := newStand(t, func(o *setup) {
			o.sandbox = func(c *sandbox.Config) { c.MaxSize, c.TotalRecord = 20, func(int) int { return total } }
		})
		p := s.signIn(sandbox.DemoKey)
		if n := len(p.get("/agents.csv").is(http.StatusOK).rows()); n != 120 {
			t.Errorf("a total %s: %d rows", name, n)
		}
		p.get("/agents").has("nav.paging a[rel=next]")
	}
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.TotalRecord = func(int) int { return 500 } }
	})
	p := s.signIn(sandbox.DemoKey)
	for _, path := range []string{"/agents.csv", "/agents.csv?sort=name"} {
		rows := p.get(path).is(http.StatusOK).rows()
		if last := rows[len(rows)-1]; len(rows) != 121 || last[0] != "INCOMPLETE" {
			t.Errorf("%s: %d rows, the last %v", path, len(rows), last)
		}
	}
}

// TestFileSaysThatQueuesAreNotChecked: in its name, and where it says what it is of, until the
// tenant's queues have been read; of another tenant they never are.
func TestFileSaysThatQueuesAreNotChecked(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.Keys[0].Tenants = append(c.Keys[0].Tenants, sandbox.Another) }
	})
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	other := strconv.FormatInt(sandbox.Another, 10)
	for path, want := range map[string]bool{"/agents.csv": false, "/agents.xlsx?sort=name": false, "/agents.csv?team_id=" + other: true, "/agents.xlsx?team_id=" + other: true} {
		name := p.get(path).is(http.StatusOK).header.Get("Content-Disposition")
		if got := strings.Contains(name, `filename="agents-chua-kiem-tra-hang-doi-`) || strings.Contains(name, `filename="agents-queues-not-checked-`); got != want || !strings.Contains(name, `filename="agents-`) {
			t.Errorf("%s is %q", path, name)
		}
	}
}

// TestCSVCells: what a spreadsheet would change or run is protected in every column,
// and the filters are the list's.
func TestCSVCells(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.api.EditAgent(sandbox.AloHub, "082019", func(a *sandbox.Agent) { a.UserName = "=1+1" })
	p := s.signIn(sandbox.DemoKey)
	find := func(path string) []string {
		t.Helper()
		for _, row := range p.get(path).is(http.StatusOK).rows() {
			if row[0] == `="082019"` {
				return row
			}
		}
		t.Fatalf("%s does not have 082019 as text", path)
		return nil
	}
	row := find("/agents.csv")
	if row[1] != "'=1+1" || strings.Contains(row[3], ",") || len(strings.Fields(row[3])) != 3 {
		t.Errorf("%q", row)
	}
	find("/agents.csv?sort=name&q=082019")
	for path, want := range map[string]int{
		"/agents.csv":                   len(s.api.Agents(sandbox.AloHub)),
		"/agents.csv?queue_id=1001226":  len(s.api.QueueMembers(sandbox.AloHub, sandbox.Callin, 1001226)),
		"/agents.csv?q=nobodyiscalled":  0,
		"/agents.csv?recording=sent-on": 0,
	} {
		if got := len(p.get(path).is(http.StatusOK).rows()); got != want {
			t.Errorf("%s: %d rows, want %d", path, got, want)
		}
	}
}

// workbook reads a file as a spreadsheet does: the rows of its first sheet, and what the
// second says of it.
func (a *answer) workbook() (rows [][]string, about map[string]string) {
	a.t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatalf("%s: %v", a.what, err)
	}
	defer book.Close()
	names := book.GetSheetList()
	if rows, err = book.GetRows(names[0]); err != nil || len(names) != 2 {
		a.t.Fatalf("%s: %q, %v", a.what, names, err)
	}
	pairs, err := book.GetRows(names[1])
	if err != nil {
		a.t.Fatal(err)
	}
	about = make(map[string]string)
	for _, p := range pairs {
		if len(p) > 1 {
			about[p[0]] = p[1]
		}
	}
	return rows, about
}

// TestWorkbooks: the same as CSV, with zeros and accents as they are, and with a sheet that
// says what of.
func TestWorkbooks(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.api.EditAgent(sandbox.AloHub, "082019", func(a *sandbox.Agent) { a.UserName = "=1+1 Ánh" })
	p := s.signIn(sandbox.DemoKey)
	a := p.get("/agents.xlsx?q=082019").is(http.StatusOK)
	if !strings.Contains(a.header.Get("Content-Disposition"), `.xlsx"`) {
		t.Error(a.header.Get("Content-Disposition"))
	}
	rows, about := a.workbook()
	if len(rows) != 2 || rows[0][0] != "Extension" || rows[1][0] != "082019" || rows[1][1] != "=1+1 Ánh" {
		t.Errorf("%q", rows)
	}
	if about["Rows"] != "1" || about["Filter: Search by extension, name or queue"] != "082019" || !strings.HasSuffix(about["Made at"], " UTC") {
		t.Errorf("%q", about)
	}
	form := p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	rows, about = p.get("/changes.xlsx?agent_id=082019").is(http.StatusOK).workbook()
	if len(rows) != 2 || rows[1][1] != "082019" || about["Filter: Extension"] != "082019" || about["Rows"] != "1" {
		t.Errorf("%q, %q", rows, about)
	}
	semicolons := p.get("/agents.csv?q=082019&sep=semicolon").is(http.StatusOK).body
	if !strings.HasPrefix(semicolons, "\uFEFFExtension;Name;") {
		t.Errorf("%q", semicolons)
	}
	for _, page := range []string{"/agents?q=082019", "/changes"} {
		list, _, _ := strings.Cut(page, "?")
		p.get(page).is(http.StatusOK).has(`#files a[href^="` + list + `.xlsx"]`).has(`#files a[href^="` + list + `.csv"][href*="sep=semicolon"]`).lacks("#files a[download]")
	}
}

// TestAFileOfManyCalls comes from the scan of the tenant: while that waits for the limit a
// page says so and asks again, and nothing is asked of the API for it in a person's lane.
func TestAFileOfManyCalls(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.MaxSize = 5 }
	})
	p := s.browser().english()
	s.api.Fail(sandbox.RateLimited("3600").On(sandbox.OpList).After(2))
	p.enter(sandbox.DemoKey)
	p.get("/agents.csv").is(http.StatusAccepted).has("[data-waiting]").has(`head > meta[http-equiv="refresh"]`).says("being prepared")
	p.get("/agents.xlsx?status=1").is(http.StatusAccepted).has("[data-waiting]")

	soon := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.MaxSize = 5 }
	})
	q := soon.browser().english()
	soon.api.Fail(sandbox.RateLimited("1").On(sandbox.OpList).After(2))
	q.enter(sandbox.DemoKey)
	file := q.get("/agents.csv")
	for range 20 { // as the page does, which waits a moment each time
		if file.status != http.StatusAccepted {
			break
		}
		file = q.get("/agents.csv")
	}
	if n := len(file.is(http.StatusOK).rows()); n != 120 {
		t.Errorf("%d rows once the scan went on", n)
	}
}
