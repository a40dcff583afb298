package journaltest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/alohub/agentconsole/journal"
)

func ping(t *testing.T, s Database) {
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func intendAndFind(t *testing.T, s Database) {
	want := change()
	want.At = noon()
	want.RunID = "run-1"
	// What comes of it is not known yet, whatever the caller says.
	given := want
	given.Result, given.Code, given.Message, given.SettledAt = journal.Verified, "X", "y", noon()
	want.ID = intend(t, s, given)
	want.Result = journal.Intent
	same(t, "entry", find(t, s, want.ID), want)

	read := find(t, s, intend(t, s, record("1001", true)))
	same(t, "evidence of what rests on none", read.EvidenceAt, time.Time{})
	// A time in another zone, with more digits than are kept, is the same moment.
	exact := change()
	exact.EvidenceAt = noon().Add(999).In(time.FixedZone("", 7*3600))
	same(t, "evidence", find(t, s, intend(t, s, exact)).EvidenceAt, noon())
	all, _, err := s.List(t.Context(), journal.Filter{Scope: scope(), Kind: journal.Callin})
	if err != nil || len(all) != 2 || all[1].EvidenceAt != want.EvidenceAt {
		t.Errorf("listed: %+v, %v", all, err)
	}

	before := time.Now().Add(-time.Millisecond)
	now := find(t, s, intend(t, s, change()))
	if now.At.Before(before) || now.At.After(time.Now()) || now.At.Location() != time.UTC || now.At.Nanosecond()%1000 != 0 {
		t.Errorf("At = %s, want now in UTC microseconds", now.At)
	}

	for _, id := range []string{"", "nonsense", strings.Repeat("0", 13), strings.Repeat("z", 13), want.ID + "0"} {
		if _, err := s.Find(t.Context(), scope(), id); !errors.Is(err, journal.ErrNotFound) || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("Find %q: %v, want ErrNotFound alone", id, err)
		}
	}
}

func intendRefusesNonsense(t *testing.T, s Database) {
	bad := change()
	bad.Kind = "other"
	_, err := s.Intend(t.Context(), bad)
	if err == nil || errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("a kind that is none: %v, want an error that does not blame the database", err)
	}
	id := intend(t, s, change())
	for _, result := range []journal.Result{"", journal.Intent, "perhaps"} {
		err := s.Settle(t.Context(), id, journal.Settlement{Result: result})
		if err == nil || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("settled as %q: %v, want an error that does not blame the database", result, err)
		}
	}
	if got := find(t, s, id).Result; got != journal.Intent {
		t.Errorf("result = %s", got)
	}
}

func idsSortByTime(t *testing.T, s Database) {
	var ids []string
	for range 50 { // at one and the same moment
		e := change()
		e.At = noon()
		ids = append(ids, intend(t, s, e))
	}
	later := change()
	later.At = noon().Add(time.Second)
	earlier := change()
	earlier.At = noon().Add(-time.Hour)
	ids = append(ids, intend(t, s, later))
	ids = append([]string{intend(t, s, earlier)}, ids...)
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("IDs are not in order of time: %q", ids)
	}
	slices.Reverse(ids)
	got, _ := listed(t, s, journal.Filter{Scope: scope(), Limit: 100})
	same(t, "newest first", got, ids)
}

func lists(t *testing.T, s Database) {
	for _, list := range [][]int64{nil, {}, {5}, {9, 1, 5, 1}} {
		e := change()
		e.Before, e.After = list, list
		id := intend(t, s, e)
		if err := s.Settle(t.Context(), id, journal.Settlement{Result: journal.Differs, Seen: list}); err != nil {
			t.Fatal(err)
		}
		got := find(t, s, id)
		same(t, "Before", got.Before, list)
		same(t, "After", got.After, list)
		same(t, "Seen", got.Seen, list)
	}
	many := change()
	for i := range int64(300) {
		many.After = append(many.After, i+1)
	}
	id := intend(t, s, many)
	same(t, "a long list", find(t, s, id).After, many.After)
	got, _ := listed(t, s, journal.Filter{Scope: scope(), Queue: 300})
	same(t, "found by its last queue", got, []string{id})
}

func foreignText(t *testing.T, s Database) {
	e := change()
	e.Operator, e.Agent = "a\x00b\xff", "1\x002"
	id := intend(t, s, e)
	message := "\x00\xfe" + strings.Repeat("ệ", 1000)
	if err := s.Settle(t.Context(), id, journal.Settlement{Result: journal.Refused, Code: "C\x00", Message: message}); err != nil {
		t.Fatal(err)
	}
	got := find(t, s, id)
	same(t, "operator", got.Operator, "a\uFFFDb\uFFFD")
	same(t, "code", got.Code, "C\uFFFD")
	if len(got.Message) > 2000 || len(got.Message) < 1990 || !utf8.ValidString(got.Message) ||
		!strings.HasPrefix(got.Message, "\uFFFD\uFFFDệ") {
		t.Errorf("message of %d bytes: %.20q", len(got.Message), got.Message)
	}
	// What was asked for in the same words is found.
	for _, f := range []journal.Filter{{Operator: e.Operator}, {Agent: e.Agent}} {
		f.Scope = scope()
		ids, _ := listed(t, s, f)
		same(t, "found", ids, []string{id})
	}
	long := change()
	long.Operator = strings.Repeat("ệ", 5000)
	intend(t, s, long)
	quoted := change()
	quoted.Operator = `Robert'); DROP TABLE entries;-- $1 ? "x"`
	same(t, "quoted", find(t, s, intend(t, s, quoted)).Operator, quoted.Operator)
}

func settle(t *testing.T, s Database) {
	id := intend(t, s, change())
	first := journal.Settlement{Result: journal.Unknown, Message: "timed out", At: noon()}
	second := journal.Settlement{Result: journal.Verified, Code: "0", Seen: []int64{1, 7}, At: noon().Add(time.Minute)}
	for _, want := range []journal.Settlement{first, second} {
		if err := s.Settle(t.Context(), id, want); err != nil {
			t.Fatal(err)
		}
		e := find(t, s, id)
		same(t, "settlement", journal.Settlement{Result: e.Result, Code: e.Code, Message: e.Message, Seen: e.Seen, At: e.SettledAt}, want)
		for _, f := range []journal.Filter{{}, {Queue: 7}, {Agent: "1001"}, {Operator: change().Operator}} {
			f.Scope, f.Result = scope(), want.Result
			ids, _ := listed(t, s, f)
			same(t, "found by its new result", ids, []string{id})
		}
	}
	for _, f := range []journal.Filter{{}, {Queue: 7}, {Agent: "1001"}} {
		f.Scope, f.Result = scope(), journal.Unknown
		ids, _ := listed(t, s, f)
		same(t, "found by its old result", ids, []string{})
	}
	if err := s.Settle(t.Context(), id, journal.Settlement{Result: journal.Accepted}); err != nil {
		t.Fatal(err)
	}
	if at := find(t, s, id).SettledAt; time.Since(at) > time.Minute {
		t.Errorf("settled at %s, want now", at)
	}
}

func settleUnknownEntry(t *testing.T, s Database) {
	for _, id := range []string{"", "nonsense", strings.Repeat("0", 13)} {
		err := s.Settle(t.Context(), id, journal.Settlement{Result: journal.Verified})
		if !errors.Is(err, journal.ErrNotFound) || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("Settle %q: %v, want ErrNotFound alone", id, err)
		}
	}
}
