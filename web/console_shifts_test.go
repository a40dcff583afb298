package web_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// shiftStand is a console in whose journal 60 changes were made, a minute apart, the last an
// hour ago.
func shiftStand(t *testing.T) (s *stand, at func(minute int) time.Time) {
	t.Helper()
	s = newStand(t, func(o *setup) {
		o.web.RecentFor = -1
		o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.FirstOnly } // as the shifts below have it
	})
	began := time.Now().UTC().Add(-2 * time.Hour).Truncate(time.Minute)
	at = func(minute int) time.Time { return began.Add(time.Duration(minute) * time.Minute) }
	for i := range 60 {
		e := journal.Entry{Scope: aloHub(), At: at(i), Agent: fmt.Sprintf("08%04d", i), Kind: journal.Callin, After: []int64{1}, Operator: "Lê"}
		if _, err := s.store.Intend(context.Background(), e); err != nil {
			t.Fatal(err)
		}
	}
	return s, at
}

// shifts has a trait of a tenant become another one.
func (s *stand) shifts(tenant, code, was, now string, at time.Time) {
	s.t.Helper()
	s.learns(tenant, code, was, at.Add(-time.Second))
	s.learns(tenant, code, now, at)
}

func (s *stand) learns(tenant, code, value string, at time.Time) {
	s.t.Helper()
	f := journal.Trait{Code: code, Value: value, SeenAt: at}
	if err := s.store.LearnTrait(context.Background(), journal.Scope{Environment: "sandbox", Tenant: tenant}, f); err != nil {
		s.t.Fatal(err)
	}
}

// lines are what the journal shows: the extension of a change, the code of a shift.
func (a *answer) lines() (out []string) {
	a.find(".changes > .change").Each(func(_ int, li *goquery.Selection) {
		if code, ok := li.Attr("data-shift"); ok {
			out = append(out, code)
			return
		}
		out = append(out, squeeze(li.Find(".change-agent .mono").Text()))
	})
	return out
}

// TestShiftsStandInTheJournal: what the API did otherwise stands among the changes, when it
// was, once, on whatever page that is.
func TestShiftsStandInTheJournal(t *testing.T) {
	t.Parallel()
	s, at := shiftStand(t)
	own := aloHub().Tenant
	s.shifts(own, "queues", "joined", "first", at(58).Add(30*time.Second))
	s.shifts(own, "page", "50", "100", at(20).Add(30*time.Second))
	s.shifts(own, "recording", "carried", "absent", at(5).Add(30*time.Second))
	s.shifts("777", "recording", "carried", "absent", at(5).Add(40*time.Second)) // the same, seen by others
	s.shifts("777", "whole", "yes", "no", at(90))                                // after all changes
	s.shifts("777", "tenant-limit", "4711/10s", "4712/10s", at(91))              // theirs alone
	p := s.signIn(sandbox.DemoKey)
	first := p.get("/changes").is(http.StatusOK)
	want := []string{"whole", "080059", "queues", "080058"}
	if got := first.lines(); !slices.Equal(got[:4], want) || !slices.Contains(got, "page") || slices.Contains(got, "recording") || len(got) != 53 {
		t.Errorf("the first page has %q", got)
	}
	first.lacks("[data-shift] form").has(`[data-shift] a[href="/connection"]`).says("was “Joined in one row”, is now “The first queue only”")
	first.lacks(`[data-shift="tenant-limit"]`).lacks("[data-shift][data-change-id]")
	if strings.Contains(first.body, "471") {
		t.Error("it tells of another tenant")
	}
	older := p.get(first.attrs(`nav.paging a[rel="next"]`, "href")[0]).is(http.StatusOK)
	if got := older.lines(); len(got) != 11 || got[4] != "recording" || got[3] != "080006" {
		t.Errorf("the second page has %q", got)
	}
	if text := older.find(`[data-shift="recording"]`).Text(); !strings.Contains(text, "was") {
		t.Errorf("of the two that say the same the other tenant's is shown: %q", text)
	}
	for query, want := range map[string]int{
		"?agent_id=080001": 0, "?operator=L%C3%AA": 0, "?kind=callin": 0, "?result=intent": 0, "?queue_id=1": 0, "?run=x": 0,
		"?kind=api": 4, "?kind=api&agent_id=080001": 0, "?from=2020-01-01&to=2020-01-02": 0,
		"?kind=api&from=" + at(30).Format(time.RFC3339): 2, "?kind=api&to=" + at(30).Format(time.RFC3339): 2,
	} {
		a := p.get("/changes" + query).is(http.StatusOK)
		if n := a.find("[data-shift]").Length(); n != want {
			t.Errorf("%s: %d lines, want %d", query, n, want)
		}
	}
	p.get("/changes?kind=api").lacks("[data-change-id]").lacks(`nav.paging`).has(`#kind option[value="api"][selected]`)
}

// TestShiftsAsAFile: they are a file of their own. Whoever reads the file of the changes finds
// there what people sent.
func TestShiftsAsAFile(t *testing.T) {
	t.Parallel()
	s, at := shiftStand(t)
	s.shifts(aloHub().Tenant, "queues", "joined", "first", at(58))
	s.shifts("777", "whole", "yes", "no", at(90))
	p := s.signIn(sandbox.DemoKey)
	read := func(path string) [][]string {
		t.Helper()
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.get(path).is(http.StatusOK).body, "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	if rows := read("/changes.csv"); len(rows) != 61 {
		t.Errorf("%d rows", len(rows))
	}
	rows := read("/changes.csv?kind=api")
	if len(rows) != 3 || !slices.Equal(rows[0], read("/changes.csv")[0]) {
		t.Fatalf("%q", rows)
	}
	for i, want := range [][]string{{"api", "", "no", "whole"}, {"api", "joined", "first", "queues"}} {
		if r := rows[1+i]; !slices.Equal([]string{r[2], r[3], r[4], r[10]}, want) || r[0] == "" || r[12] != "" {
			t.Errorf("%q", r)
		}
	}
	p.get("/changes.xlsx?kind=api").is(http.StatusOK)
	if rows := read("/changes.csv?kind=api&agent_id=080001"); len(rows) != 1 {
		t.Errorf("%q", rows)
	}
}
