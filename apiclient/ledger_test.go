package apiclient

import (
	"fmt"
	"testing"
	"time"
)

func TestLedgerIsBounded(t *testing.T) {
	t.Parallel()
	now := at2026()
	l := newLedger(func() time.Time { return now }, DefaultReserve)
	first := l.account(Credentials{Key: NewSecret("first")})
	held, err := l.acquire(t.Context(), first, first, OpListAgents, routeList, Background)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 * mostBudgets {
		now = now.Add(time.Millisecond)
		id := l.account(Credentials{Key: NewSecret(fmt.Sprint(i))})
		s, err := l.acquire(t.Context(), id, id, OpListAgents, routeList, Person)
		if err != nil {
			t.Fatal(err)
		}
		s.finish(reading{answered: true})
	}
	if n := len(l.budgets); n > mostBudgets {
		t.Errorf("%d budgets", n)
	}
	if l.budgets[first] != held.budget {
		t.Error("a budget in use was forgotten")
	}
	held.finish(reading{answered: true})
	now = now.Add(2 * forgetAfter)
	l.mu.Lock()
	l.forget()
	n := len(l.budgets)
	l.mu.Unlock()
	if n != 0 {
		t.Errorf("%d budgets are left after a long silence", n)
	}
}

func TestAccountsDiffer(t *testing.T) {
	t.Parallel()
	l, other := newLedger(time.Now, 0), newLedger(time.Now, 0)
	of := func(l *ledger, key, tenant string) account {
		return l.account(Credentials{Key: NewSecret(key), TenantID: tenant})
	}
	if again := of(l, "a", "b"); again != of(l, "a", "b") {
		t.Error("the same credentials have two budgets")
	}
	if of(l, "a", "b") == of(l, "a", "") || of(l, "a", "b") == of(l, "ab", "") || of(l, "a", "b") == of(other, "a", "b") {
		t.Error("different credentials, or processes, share an account")
	}
}

// TestATenantsBudgetKnowsWhatTheFirstCallTold, which was made before anybody knew whose the
// key is.
func TestATenantsBudgetKnowsWhatTheFirstCallTold(t *testing.T) {
	t.Parallel()
	l := newLedger(at2026, DefaultReserve)
	creds := Credentials{Key: NewSecret("first")}
	id := l.account(creds)
	s, err := l.acquire(t.Context(), l.purse(creds), id, OpListAgents, routeList, Person)
	if err != nil {
		t.Fatal(err)
	}
	s.finish(reading{answered: true, tenant: gaugeReading{limit: 20, remaining: 19}})
	creds.Tenant = "20260310"
	if l.purse(creds) == id || l.purse(Credentials{Key: NewSecret("second"), Tenant: "20260310"}) != l.purse(creds) {
		t.Error("the tenant's keys have no purse of their own")
	}
	s, err = l.acquire(t.Context(), l.purse(creds), id, OpListAgents, routeList, Background)
	if err != nil {
		t.Fatal(err)
	}
	defer s.cancel()
	if g := l.snapshot(l.purse(creds), id).Tenant; !g.Known || g.Limit != 20 {
		t.Errorf("the tenant's limit is %+v", g)
	}
}
