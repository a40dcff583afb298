package journaltest

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

func learn(t *testing.T, s Database, in journal.Scope, code, value string, at time.Time) {
	t.Helper()
	if err := s.LearnTrait(t.Context(), in, journal.Trait{Code: code, Value: value, Sure: true, SeenAt: at}); err != nil {
		t.Fatalf("LearnTrait %s: %v", code, err)
	}
}

func traitsOf(t *testing.T, s Database, in journal.Scope) map[string]journal.Trait {
	t.Helper()
	all, err := s.Traits(t.Context(), in)
	if err != nil {
		t.Fatalf("Traits: %v", err)
	}
	return all
}

func shiftsOf(t *testing.T, s Database, environment string, since time.Time) []journal.Shift {
	t.Helper()
	all, err := s.Shifts(t.Context(), environment, since, time.Time{})
	if err != nil {
		t.Fatalf("Shifts: %v", err)
	}
	return all
}

// traits: a scope has the last value of each code, and since when.
func traits(t *testing.T, s Database) {
	other := journal.Scope{Environment: "production", Tenant: "43"}
	if all := traitsOf(t, s, scope()); len(all) != 0 {
		t.Errorf("before any: %v", all)
	}
	learn(t, s, scope(), "queues", "joined", noon())
	learn(t, s, scope(), "queues", "joined", noon().Add(time.Hour))
	learn(t, s, scope(), "page", "100", noon())
	learn(t, s, other, "queues", "rows", noon())
	same(t, "traits", traitsOf(t, s, scope()), map[string]journal.Trait{
		"queues": {Code: "queues", Value: "joined", Sure: true, LearnedAt: noon(), SeenAt: noon().Add(time.Hour)},
		"page":   {Code: "page", Value: "100", Sure: true, LearnedAt: noon(), SeenAt: noon()},
	})
	if shifts := shiftsOf(t, s, "production", time.Time{}); len(shifts) != 0 {
		t.Errorf("what is learned has not shifted: %v", shifts)
	}
	later := noon().Add(2 * time.Hour)
	learn(t, s, scope(), "queues", "rows", later)
	same(t, "the shifted trait", traitsOf(t, s, scope())["queues"], journal.Trait{Code: "queues", Value: "rows", Sure: true, LearnedAt: later, SeenAt: later})
	want := []journal.Shift{{Scope: scope(), Code: "queues", Was: "joined", Now: "rows", At: later}}
	same(t, "shifts", shiftsOf(t, s, "production", later), want)
	if shifts := shiftsOf(t, s, "production", later.Add(time.Second)); len(shifts) != 0 {
		t.Errorf("later than it shifted: %v", shifts)
	}
	for until, want := range map[time.Time]int{later: 0, later.Add(time.Microsecond): 1} {
		if shifts, err := s.Shifts(t.Context(), "production", noon(), until); len(shifts) != want || err != nil {
			t.Errorf("before %s: %v, %v", until, shifts, err)
		}
	}
	if shifts := shiftsOf(t, s, "development", time.Time{}); len(shifts) != 0 {
		t.Errorf("of another environment: %v", shifts)
	}
	if _, err := s.Prune(t.Context(), later.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if shifts := shiftsOf(t, s, "production", time.Time{}); len(shifts) != 0 {
		t.Errorf("pruned: %v", shifts)
	}
}

// traitsOfOldAnswers: an answer that comes late takes nothing back.
func traitsOfOldAnswers(t *testing.T, s Database) {
	learn(t, s, scope(), "page", "100", noon())
	learn(t, s, scope(), "page", "50", noon().Add(-time.Minute))
	if f := traitsOf(t, s, scope())["page"]; f.Value != "100" {
		t.Errorf("%+v", f)
	}
	if shifts := shiftsOf(t, s, "production", time.Time{}); len(shifts) != 0 {
		t.Errorf("%v", shifts)
	}
}

// shiftsAreSaidOnce: an API that answers now so, now so, is noted once a day each way.
func shiftsAreSaidOnce(t *testing.T, s Database) {
	at := noon()
	for range 3 {
		for _, value := range []string{"joined", "rows"} {
			learn(t, s, scope(), "queues", value, at)
			at = at.Add(time.Minute)
		}
	}
	if shifts := shiftsOf(t, s, "production", time.Time{}); len(shifts) != 2 {
		t.Errorf("%v", shifts)
	}
	learn(t, s, scope(), "queues", "joined", at.Add(journal.ShiftQuiet))
	if shifts := shiftsOf(t, s, "production", time.Time{}); len(shifts) != 3 || shifts[0].Now != "joined" {
		t.Errorf("a day later: %v", shifts)
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
