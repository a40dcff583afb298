package journaltest

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

func learn(t *testing.T, s Database, in journal.Scope, code, value string, at time.Time) {
	t.Helper()
	if err := s.LearnFact(t.Context(), in, journal.Fact{Code: code, Value: value, Sure: true, SeenAt: at}); err != nil {
		t.Fatalf("LearnFact %s: %v", code, err)
	}
}

func factsOf(t *testing.T, s Database, in journal.Scope) map[string]journal.Fact {
	t.Helper()
	all, err := s.Facts(t.Context(), in)
	if err != nil {
		t.Fatalf("Facts: %v", err)
	}
	return all
}

func turnsOf(t *testing.T, s Database, environment string, since time.Time) []journal.Turn {
	t.Helper()
	all, err := s.Turns(t.Context(), environment, since)
	if err != nil {
		t.Fatalf("Turns: %v", err)
	}
	return all
}

// facts: a scope has the last value of each code, and since when.
func facts(t *testing.T, s Database) {
	other := journal.Scope{Environment: "production", Tenant: "43"}
	if all := factsOf(t, s, scope()); len(all) != 0 {
		t.Errorf("before any: %v", all)
	}
	learn(t, s, scope(), "queues", "joined", noon())
	learn(t, s, scope(), "queues", "joined", noon().Add(time.Hour))
	learn(t, s, scope(), "page", "100", noon())
	learn(t, s, other, "queues", "rows", noon())
	same(t, "facts", factsOf(t, s, scope()), map[string]journal.Fact{
		"queues": {Code: "queues", Value: "joined", Sure: true, LearnedAt: noon(), SeenAt: noon().Add(time.Hour)},
		"page":   {Code: "page", Value: "100", Sure: true, LearnedAt: noon(), SeenAt: noon()},
	})
	if turns := turnsOf(t, s, "production", time.Time{}); len(turns) != 0 {
		t.Errorf("what is learned has not turned: %v", turns)
	}
	later := noon().Add(2 * time.Hour)
	learn(t, s, scope(), "queues", "rows", later)
	same(t, "the turned fact", factsOf(t, s, scope())["queues"], journal.Fact{Code: "queues", Value: "rows", Sure: true, LearnedAt: later, SeenAt: later})
	want := []journal.Turn{{Scope: scope(), Code: "queues", Was: "joined", Now: "rows", At: later}}
	same(t, "turns", turnsOf(t, s, "production", later), want)
	if turns := turnsOf(t, s, "production", later.Add(time.Second)); len(turns) != 0 {
		t.Errorf("later than it turned: %v", turns)
	}
	if turns := turnsOf(t, s, "development", time.Time{}); len(turns) != 0 {
		t.Errorf("of another environment: %v", turns)
	}
	if _, err := s.Prune(t.Context(), later.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if turns := turnsOf(t, s, "production", time.Time{}); len(turns) != 0 {
		t.Errorf("pruned: %v", turns)
	}
}

// factsOfOldAnswers: an answer that comes late takes nothing back.
func factsOfOldAnswers(t *testing.T, s Database) {
	learn(t, s, scope(), "page", "100", noon())
	learn(t, s, scope(), "page", "50", noon().Add(-time.Minute))
	if f := factsOf(t, s, scope())["page"]; f.Value != "100" {
		t.Errorf("%+v", f)
	}
	if turns := turnsOf(t, s, "production", time.Time{}); len(turns) != 0 {
		t.Errorf("%v", turns)
	}
}

// turnsAreSaidOnce: an API that answers now so, now so, is noted once a day each way.
func turnsAreSaidOnce(t *testing.T, s Database) {
	at := noon()
	for range 3 {
		for _, value := range []string{"joined", "rows"} {
			learn(t, s, scope(), "queues", value, at)
			at = at.Add(time.Minute)
		}
	}
	if turns := turnsOf(t, s, "production", time.Time{}); len(turns) != 2 {
		t.Errorf("%v", turns)
	}
	learn(t, s, scope(), "queues", "joined", at.Add(journal.TurnQuiet))
	if turns := turnsOf(t, s, "production", time.Time{}); len(turns) != 3 || turns[0].Now != "joined" {
		t.Errorf("a day later: %v", turns)
	}
}

// tenantProbes: a scope has the last report that its own key was answered.
func tenantProbes(t *testing.T, s Database) {
	if report, at, err := s.TenantProbe(t.Context(), scope()); report != nil || !at.IsZero() || err != nil {
		t.Errorf("before any: %s, %s, %v", report, at, err)
	}
	for _, text := range []string{`{"calls":1}`, `{"calls":2}`} {
		if err := s.KeepTenantProbe(t.Context(), scope(), []byte(text), noon()); err != nil {
			t.Fatal(err)
		}
	}
	report, at, err := s.TenantProbe(t.Context(), scope())
	if string(report) != `{"calls":2}` || !at.Equal(noon()) || err != nil {
		t.Errorf("%s, %s, %v", report, at, err)
	}
	if report, _, _ := s.TenantProbe(t.Context(), journal.Scope{Environment: "production", Tenant: "43"}); report != nil {
		t.Errorf("another tenant's: %s", report)
	}
}
