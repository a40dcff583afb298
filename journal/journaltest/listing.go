package journaltest

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// listFilters compares every combination of filters with a filter in memory.
func listFilters(t *testing.T, s Database) {
	kinds := []journal.Kind{journal.Callin, journal.Callout, journal.Recording}
	results := []journal.Result{journal.Intent, journal.Verified, journal.Accepted, journal.Differs, journal.Refused, journal.Unknown}
	var all []journal.Entry
	for i := range 72 {
		e := change()
		e.At = noon().Add(time.Duration(i) * time.Minute)
		e.Kind, e.Agent, e.Operator = kinds[i%3], fmt.Sprint(i%4), []string{"", "Nga", "Minh"}[i/3%3]
		e.RunID = []string{"", "run-1"}[i/5%2]
		e.Before, e.After = []int64{int64(i % 5)}, []int64{int64(i%5 + 1), 100}
		if e.Kind == journal.Recording {
			e.Before, e.After = nil, nil
		}
		id := intend(t, s, e)
		if result := results[i/2%6]; result != journal.Intent {
			settleAs(t, s, id, result)
		}
		all = append(all, find(t, s, id))
	}
	slices.Reverse(all)
	for n := range uint(1 << 8) {
		if ones := bits.OnesCount(n); ones > 2 && ones < 8 {
			continue // what goes wrong between filters shows among pairs
		}
		f := journal.Filter{Scope: scope(), Limit: 1000}
		on := func(bit int) bool { return n>>bit&1 == 1 }
		if on(0) {
			f.Agent = "1"
		}
		if on(1) {
			f.Queue = 3
		}
		if on(2) {
			f.Operator = "Nga"
		}
		if on(3) {
			f.Kind = journal.Callout
		}
		if on(4) {
			f.Result = journal.Accepted
		}
		if on(5) {
			f.From = noon().Add(5 * time.Minute)
		}
		if on(6) {
			f.RunID = "run-1"
		}
		if on(7) {
			f.To = noon().Add(60 * time.Minute)
		}
		want := []string{}
		for _, e := range all {
			if matches(f, e) {
				want = append(want, e.ID)
			}
		}
		got, _ := listed(t, s, f)
		same(t, fmt.Sprintf("%+v", f), got, want)
	}
	for _, f := range []journal.Filter{
		{Queue: 100, Kind: journal.Recording},
		{Queue: -1},
		{Agent: "none"},
		{Operator: "none"},
		{RunID: "none"},
		{Kind: "none"},
		{Result: "none"},
	} {
		f.Scope = scope()
		got, more := listed(t, s, f)
		if len(got) > 0 || more {
			t.Errorf("%+v: %q, %t", f, got, more)
		}
	}
}

// listSpellings: a person is found however their name was written then, or is now.
func listSpellings(t *testing.T, s Database) {
	t.Helper()
	var want []string
	for i, name := range []string{"Lý Hoà", "lý hòa", "LÝ HÒA", "Lí Hoà", "Lý Hoàng", ""} {
		e := change()
		e.Agent, e.Operator = fmt.Sprint(i), name
		id := intend(t, s, e)
		if i < 4 {
			want = append([]string{id}, want...)
		}
	}
	for _, name := range []string{"Lý Hoà", "ly hoa", "LÍ HÒA", "lý\u00a0hoà\u200b"} {
		for _, f := range []journal.Filter{{Scope: scope(), Operator: name}, {Scope: scope(), Operator: name, Queue: change().After[0]}} {
			if got, _ := listed(t, s, f); !slices.Equal(got, want) {
				t.Errorf("%q, queue %d: %v, want %v", name, f.Queue, got, want)
			}
		}
		if got, _ := listed(t, s, journal.Filter{Scope: scope(), Operator: name, Agent: "1"}); len(got) != 1 {
			t.Errorf("%q of one agent: %v", name, got)
		}
	}
	for i := range 30 { // each another spelling: none of them is left out
		e := change()
		e.Operator = strings.Repeat("\u200b", i) + "Nga"
		intend(t, s, e)
	}
	if got, _ := listed(t, s, journal.Filter{Scope: scope(), Operator: "nga", Limit: 100}); len(got) != 30 {
		t.Errorf("of 30 spellings %d were found", len(got))
	}
	if got, more := listed(t, s, journal.Filter{Scope: scope(), Operator: "ly hoa", Limit: 3}); !slices.Equal(got, want[:3]) || !more {
		t.Errorf("a page of three: %v, more %t", got, more)
	}
}

func matches(f journal.Filter, e journal.Entry) bool {
	return (f.Agent == "" || f.Agent == e.Agent) && (f.Operator == "" || f.Operator == e.Operator) &&
		(f.Kind == "" || f.Kind == e.Kind) && (f.Result == "" || f.Result == e.Result) &&
		(f.RunID == "" || f.RunID == e.RunID) &&
		(f.Queue == 0 || slices.Contains(e.Before, f.Queue) || slices.Contains(e.After, f.Queue)) &&
		(f.From.IsZero() || !e.At.Before(f.From)) && (f.To.IsZero() || e.At.Before(f.To))
}

func listPages(t *testing.T, s Database) {
	var want []string
	for range 60 {
		want = append(want, intend(t, s, change()))
	}
	slices.Reverse(want)
	got, more := listed(t, s, journal.Filter{Scope: scope()})
	same(t, "50 where nothing is said", got, want[:50])
	if !more {
		t.Error("there are more")
	}
	for _, f := range []journal.Filter{{}, {Queue: 7}, {Agent: "1001"}, {Operator: change().Operator}} {
		f.Scope, f.Limit = scope(), 20
		var all []string
		for {
			page, more := listed(t, s, f)
			all = append(all, page...)
			if !more {
				break
			}
			f.Before = page[len(page)-1]
		}
		same(t, "pages together", all, want)
	}
	if got, more := listed(t, s, journal.Filter{Scope: scope(), Limit: 1_000_000}); len(got) != 60 || more {
		t.Errorf("%d entries, more %t", len(got), more)
	}
	_, _, err := s.List(t.Context(), journal.Filter{Scope: scope(), Before: "nonsense"})
	if !errors.Is(err, journal.ErrNotFound) || errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("before nonsense: %v, want ErrNotFound alone", err)
	}
}

func listDates(t *testing.T, s Database) {
	e := change()
	e.At = noon()
	id := intend(t, s, e)
	for _, tt := range []struct {
		from, to time.Time
		want     bool
	}{
		{from: noon(), want: true},
		{from: noon().Add(time.Nanosecond)},
		{from: noon().Add(time.Microsecond)},
		{to: noon()},
		{to: noon().Add(time.Nanosecond), want: true},
		{from: noon(), to: noon()},
		{from: noon().Add(time.Hour), to: noon()},
		{from: noon().In(time.FixedZone("ICT", 7*3600)), want: true},
	} {
		got, _ := listed(t, s, journal.Filter{Scope: scope(), From: tt.from, To: tt.to})
		if (len(got) == 1 && got[0] == id) != tt.want {
			t.Errorf("from %s to %s: %q", tt.from, tt.to, got)
		}
	}
}

func scopesAreApart(t *testing.T, s Database) {
	id := settled(t, s, change(), journal.Verified)
	intend(t, s, record("1001", true))
	other := journal.Scope{Environment: "development", Tenant: scope().Tenant}
	foreigners := []journal.Scope{other, {Environment: scope().Environment, Tenant: "4"}, {}}
	// Scopes that are there, with a change of their own: of another agent and queue.
	for _, foreign := range foreigners[:2] {
		e, r := change(), record("2002", false)
		e.Scope, r.Scope = foreign, foreign
		e.Agent, e.Operator, e.Before, e.After = "2002", "Minh", []int64{100}, []int64{101}
		intend(t, s, e)
		intend(t, s, r)
	}
	for _, foreign := range foreigners {
		if got, err := s.Recordings(t.Context(), foreign, "1001"); err != nil || len(got) > 0 {
			t.Errorf("Recordings of 1001: %v, %v", got, err)
		}
		for _, f := range []journal.Filter{{Agent: "1001"}, {Queue: 7}, {Operator: change().Operator}, {RunID: "r"}} {
			f.Scope = foreign
			if got, more := listed(t, s, f); len(got) > 0 || more {
				t.Errorf("%+v lists %q", f, got)
			}
		}
		if _, err := s.Find(t.Context(), foreign, id); !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("Find: %v", err)
		}
		if got, err := s.Unsettled(t.Context(), foreign, "1001"); err != nil || len(got) > 0 {
			t.Errorf("Unsettled: %v, %v", got, err)
		}
		got, err := s.Recordings(t.Context(), foreign)
		if _, ours := got["1001"]; err != nil || ours || len(got) > 1 {
			t.Errorf("Recordings: %v, %v", got, err)
		}
		all, _ := listed(t, s, journal.Filter{Scope: foreign})
		if slices.Contains(all, id) || len(all) > 2 {
			t.Errorf("everything of %v is %q", foreign, all)
		}
	}
	before, _ := listed(t, s, journal.Filter{Scope: other})
	e := undoing(change(), id)
	e.Scope = other
	if _, err := s.Intend(t.Context(), e); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("an undo in another scope: %v", err)
	}
	same(t, "UndoneBy", find(t, s, id).UndoneBy, "")
	after, _ := listed(t, s, journal.Filter{Scope: other})
	same(t, "the other scope's entries", after, before)
}

func unsettled(t *testing.T, s Database) {
	want := []string{}
	for i := range 60 {
		id := intend(t, s, change())
		switch i % 3 {
		case 0:
			settleAs(t, s, id, journal.Unknown)
			want = append(want, id)
		case 1:
			settleAs(t, s, id, journal.Verified)
		default:
			want = append(want, id)
		}
	}
	other := change()
	other.Agent = "1002"
	intend(t, s, other)
	slices.Reverse(want)
	got, err := s.Unsettled(t.Context(), scope(), "1001")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "unsettled", idsOf(got), want)
	for range 30 {
		intend(t, s, change())
	}
	if got, err = s.Unsettled(t.Context(), scope(), "1001"); err != nil || len(got) != 50 {
		t.Errorf("%d of at most 50, %v", len(got), err)
	}
}
