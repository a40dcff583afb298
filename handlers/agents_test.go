package handlers

import (
	"net/url"
	"testing"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

func TestMoved(t *testing.T) {
	t.Parallel()
	row := func(id, name string) partials.AgentRow { return partials.AgentRow{ID: id, Name: name} }
	mark := func(r partials.AgentRow) string { return r.ID + ":" + r.Mark() }
	a, b, c := row("1", "a"), row("2", "b"), row("x:3", "c")
	for _, tt := range []struct {
		name   string
		rows   []partials.AgentRow
		screen []string
		stay   int
		moved  int
	}{
		{"the same", []partials.AgentRow{a, b, c}, []string{mark(a), mark(b), mark(c)}, 3, 0},
		{"one renamed", []partials.AgentRow{row("1", "z"), b}, []string{mark(a), mark(b)}, 2, 1},
		{"one came, one left", []partials.AgentRow{b, c}, []string{mark(a), mark(b)}, 1, 1},
		{"one came", []partials.AgentRow{a, b}, []string{mark(a)}, 1, 1},
		{"all left", nil, []string{mark(a), mark(b)}, 0, 2},
		{"nothing on the screen", []partials.AgentRow{a}, nil, 0, 1},
		{"nonsense on the screen", []partials.AgentRow{a}, []string{"", ":", "1", mark(a)}, 1, 0},
	} {
		stay, moved := moved(tt.rows, tt.screen)
		if len(stay) != tt.stay || moved != tt.moved {
			t.Errorf("%s: %d stay, %d moved; want %d, %d", tt.name, len(stay), moved, tt.stay, tt.moved)
		}
	}
}

func TestSearchQuery(t *testing.T) {
	t.Parallel()
	yes := true
	ledger := map[string]journal.RecordingState{"1": {EntryID: "e", Enabled: true}, "2": {EntryID: "e"}}
	for recording, want := range map[string]string{"sent-on": "1", "sent-off": "2", "never": "3", "on": "4"} {
		s := (&visit{}).searchQuery(paths.AgentsQuery{Recording: recording}, 20, ledger)
		kept := ""
		for _, id := range []string{"1", "2", "3"} {
			if s.Keep(id, nil) {
				kept += id
			}
		}
		if s.Keep("4", &yes) {
			kept += "4"
		}
		if kept != want {
			t.Errorf("%s keeps %s, want %s", recording, kept, want)
		}
	}
	if s := (&visit{}).searchQuery(paths.AgentsQuery{}, 20, ledger); s.Keep != nil {
		t.Error("a query without the filter asks about each agent")
	}
	// The words of an address are the domain's.
	for _, health := range []roster.Health{roster.HealthNoCallin, roster.HealthInactiveQueued, roster.HealthFollowMeOut} {
		q := paths.ParseAgents(url.Values{"health": {string(health)}}.Get)
		if s := (&visit{}).searchQuery(q, 20, nil); s.Health != health {
			t.Errorf("%s is read as %q", health, s.Health)
		}
	}
}

func TestChangesFilter(t *testing.T) {
	t.Parallel()
	scope := journal.Scope{Environment: "e", Tenant: "t"}
	for _, kind := range []journal.Kind{journal.Callin, journal.Callout, journal.Recording} {
		q := paths.ParseChanges(url.Values{"kind": {string(kind)}}.Get)
		if f := changesFilter(scope, q); f.Kind != kind || f.Scope != scope {
			t.Errorf("%s is read as %+v", kind, f)
		}
	}
	for _, result := range []journal.Result{
		journal.Intent, journal.Verified, journal.Accepted, journal.Differs, journal.Refused, journal.Unknown,
	} {
		if f := changesFilter(scope, paths.ParseChanges(url.Values{"result": {string(result)}}.Get)); f.Result != result {
			t.Errorf("%s is read as %+v", result, f)
		}
	}
	f := changesFilter(scope, paths.ChangesQuery{AgentID: "1", QueueID: 7, Operator: "Lê", Before: "b", From: "2026-11-24", To: "2026-11-24", Zone: "420"})
	if f.Agent != "1" || f.Queue != 7 || f.Operator != "Lê" || f.Before != "b" || f.To.Sub(f.From).Hours() != 24 || f.From.UTC().Hour() != 17 {
		t.Errorf("%+v", f)
	}
}
