package journaltest

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

func ended(t *testing.T, s journal.Sessions, id string, generation int64) bool {
	t.Helper()
	is, err := s.Ended(t.Context(), id, generation)
	if err != nil {
		t.Fatalf("Ended: %v", err)
	}
	return is
}

func sessions(t *testing.T, s Database) {
	now := time.Now()
	if ended(t, s, "a", 0) {
		t.Error("a session that nobody ended")
	}
	for range 2 { // signing out twice is no error
		if err := s.End(t.Context(), "a", now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if !ended(t, s, "a", 0) || ended(t, s, "b", 0) {
		t.Error("a ended, b did not")
	}
	// What is cleaned up on the way is only what no cookie can carry any more.
	if err := s.End(t.Context(), "old", now.Add(-100*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.End(t.Context(), "b", now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !ended(t, s, "a", 0) || !ended(t, s, "b", 0) || ended(t, s, "old", 0) {
		t.Error("a and b ended, and old is forgotten")
	}
}

func generation(t *testing.T, s journal.Sessions) int64 {
	t.Helper()
	n, err := s.Generation(t.Context())
	if err != nil {
		t.Fatalf("Generation: %v", err)
	}
	return n
}

func sessionsEndAll(t *testing.T, s Database) {
	before := generation(t, s)
	for range 2 {
		began := generation(t, s)
		if ended(t, s, "a", began) {
			t.Error("a session that has just begun")
		}
		if err := s.EndAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !ended(t, s, "a", began) || !ended(t, s, "a", before) {
			t.Error("a session from before goes on")
		}
		if now := generation(t, s); now == began || ended(t, s, "a", now) {
			t.Errorf("one that begins after it, in generation %d after %d", now, began)
		}
	}
}

func sessionsAtTheReplica(t *testing.T, one, two Database) {
	if ended(t, two, "a", 0) {
		t.Error("nobody ended it")
	}
	if err := one.End(t.Context(), "a", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !ended(t, two, "a", 0) {
		t.Error("the other replica still takes the cookie")
	}
	if ended(t, two, "b", 0) {
		t.Error("nobody ended it")
	}
	if err := one.EndAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !ended(t, two, "b", 0) || ended(t, two, "b", generation(t, two)) {
		t.Error("the other replica still takes a cookie from before")
	}
}

func queueNames(t *testing.T, s Database) {
	remember := func(kind journal.Kind, names map[int64]string) {
		t.Helper()
		if err := s.RememberQueues(t.Context(), scope(), kind, names); err != nil {
			t.Fatal(err)
		}
	}
	names := func(in journal.Scope, kind journal.Kind) map[int64]string {
		t.Helper()
		got, err := s.QueueNames(t.Context(), in, kind)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	same(t, "of nothing", names(scope(), journal.Callin), map[int64]string{})
	remember(journal.Callin, nil)
	remember(journal.Callin, map[int64]string{1: "Bán hàng", 2: "Kỹ thuật", 3: ""})
	remember(journal.Callin, map[int64]string{1: "", 2: "Kỹ thuật 2", 4: "a\x00\xff"})
	remember(journal.Callout, map[int64]string{1: "Gọi ra"})
	same(t, "callin", names(scope(), journal.Callin), map[int64]string{1: "Bán hàng", 2: "Kỹ thuật 2", 3: "", 4: "a\uFFFD\uFFFD"})
	remember(journal.Callin, map[int64]string{3: "Bảo hành"})
	same(t, "named later", names(scope(), journal.Callin)[3], "Bảo hành")
	same(t, "callout", names(scope(), journal.Callout), map[int64]string{1: "Gọi ra"})
	same(t, "another scope", names(journal.Scope{Environment: "x", Tenant: "42"}, journal.Callin), map[int64]string{})
	many := map[int64]string{}
	for i := range int64(400) {
		many[i+1] = "q"
	}
	remember(journal.Callout, many)
	remember(journal.Callout, many)
	same(t, "many", names(scope(), journal.Callout), many)
}

func knownQueues(t *testing.T, s Database) {
	keep := func(in journal.Scope, known journal.KnownQueues) {
		t.Helper()
		if err := s.KeepKnownQueues(t.Context(), in, known); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(in journal.Scope) journal.KnownQueues {
		t.Helper()
		known, err := s.KnownQueues(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	other := journal.Scope{Environment: scope().Environment, Tenant: "43"}
	same(t, "before any", kept(scope()), journal.KnownQueues{})
	intend(t, s, change())
	same(t, "in a scope that has none", kept(scope()), journal.KnownQueues{})

	first := journal.KnownQueues{IDs: []int64{9, 1, 9_007_199_254_740_993}, Operator: "Nguyễn Thị Nga", At: noon()}
	keep(scope(), first)
	same(t, "first", kept(scope()), first)
	same(t, "another scope", kept(other), journal.KnownQueues{})
	keep(other, journal.KnownQueues{IDs: []int64{5}, Operator: "a\x00\xff", At: noon()})

	// The list is replaced, whoever kept it and however old the new one says it is.
	second := journal.KnownQueues{IDs: []int64{2}, At: noon().Add(-time.Hour)}
	keep(scope(), second)
	same(t, "second", kept(scope()), second)
	same(t, "another scope", kept(other), journal.KnownQueues{IDs: []int64{5}, Operator: "a\uFFFD\uFFFD", At: noon()})

	keep(scope(), journal.KnownQueues{Operator: "Nga"})
	if none := kept(scope()); len(none.IDs) != 0 || none.Operator != "Nga" || time.Since(none.At) > time.Minute || none.At.Location() != time.UTC {
		t.Errorf("emptied: %+v", none)
	}
	many := journal.KnownQueues{At: noon()}
	for i := range int64(2000) {
		many.IDs = append(many.IDs, 1_000_000+i)
	}
	keep(scope(), many)
	same(t, "many", kept(scope()), many)
}
