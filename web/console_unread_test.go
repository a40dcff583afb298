package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestUnreadFilters: a filter that narrows nothing is named on the page, and what is read of
// the address still narrows it.
func TestUnreadFilters(t *testing.T) {
	t.Parallel()
	_, p := runStand(t)
	run := p.plan("operation", "recording-on", "agent_ids", sandbox.DemoSeveral)
	for _, tt := range []struct {
		address string
		unread  []string
	}{
		{"/changes", nil},
		{"/changes?result=refused&from=24/11/2026&zone=420&queue_id=", nil},
		{"/changes?result=foo&kind=callin", []string{"result"}},
		{"/changes?queue_id=x&kind=foo&from=2026-13-01&to=yesterday", []string{"queue_id", "kind", "from", "to"}},
		{"/agents?status=1&q=%20&size=foo", nil},
		{"/agents?status=active&queue_id=Sales&callout_id=-1&system=foo&user=foo&recording=foo&health=foo&team_id=foo", []string{"status", "queue_id", "callout_id", "system", "user", "recording", "health", "team_id"}},
		{"/queues?type=callin", nil},
		{"/queues?type=foo", []string{"type"}},
		{run + "?state=unchanged", nil},
		{run + "?state=<b>foo</b>", []string{"state"}},
		{"/runs/new?all=matching&status=foo", []string{"status"}},
	} {
		a := p.get(tt.address).is(http.StatusOK).lacks("#unread b b")
		if got := a.attrs("#unread [data-unread]", "data-unread"); !slices.Equal(got, tt.unread) {
			t.Errorf("%s says that it does not read %q, want %q", tt.address, got, tt.unread)
		}
		if tt.unread == nil {
			a.lacks("#unread *")
		}
	}
	if p.get("/agents?status=0&user=foo").attrs("#agents", "data-total")[0] == p.get("/agents").attrs("#agents", "data-total")[0] {
		t.Error("a filter beside one that is not read narrows nothing")
	}
	// A filter that is typed and read takes the notice of the one before away.
	for address, want := range map[string]int{"/agents?queue_id=Sales": 1, "/agents?queue_id=1001226": 0} {
		a := p.get(address, htmx("agents")...).is(http.StatusOK).has(`hx-partial[data-hx-target="#unread"]`)
		if got := a.find(`hx-partial [data-unread]`).Length(); got != want {
			t.Errorf("%s brings %d notices, want %d", address, got, want)
		}
	}
}

// TestNoFileByAnUnreadFilter: what would let more into a file than was asked for is named on a
// page instead, before anything is read for it. A file says nothing of what it leaves out.
func TestNoFileByAnUnreadFilter(t *testing.T) {
	t.Parallel()
	s, p := runStand(t)
	run := p.plan("operation", "recording-on", "agent_ids", sandbox.DemoSeveral)
	for address, unread := range map[string][]string{
		"/agents%s?status=active&user=foo&q=a":               {"status", "user"},
		"/agents%s?callout_id=Sales":                         {"callout_id"},
		"/changes%s?kind=foo&from=yesterday&agent_id=082019": {"kind", "from"},
		"/changes%s?kind=api&to=2026-13-01":                  {"to"},
		run + "%s?state=<b>foo</b>":                          {"state"},
	} {
		for _, kind := range []string{".csv", ".xlsx"} {
			a := p.get(fmt.Sprintf(address, kind)).fails(http.StatusUnprocessableEntity, "invalid-input").says(said("problem.file_unread.title")).lacks("b b")
			if got := a.attrs("[data-failure] [data-unread]", "data-unread"); !slices.Equal(got, unread) {
				t.Errorf("%s%s says that it does not read %q, want %q", address, kind, got, unread)
			}
			if a.header.Get("Content-Disposition") != "" || strings.Contains(a.header.Get("Content-Type"), "csv") {
				t.Errorf("%s%s is a file: %v", address, kind, a.header)
			}
		}
	}
	// The way back is to the list with the filters that were read.
	p.get("/agents.csv?status=1&user=foo").has(`a.button[href^="/agents?status=1"]`)
	p.get("/runs/agents.xlsx?all=matching&status=foo").is(http.StatusUnprocessableEntity).says("foo")
	// What is understood still makes a file, of what it narrows.
	for address, want := range map[string]int{
		"/agents.csv?queue_id=1001226": len(s.api.QueueMembers(sandbox.AloHub, sandbox.Callin, 1001226)),
		"/changes.csv?result=refused":  0,
		run + ".csv":                   1,
		run + ".csv?state=planned":     1,
		run + ".csv?state=verified":    0,
	} {
		if got := len(p.get(address).is(http.StatusOK).rows()); got != want {
			t.Errorf("%s: %d rows, want %d", address, got, want)
		}
	}
}
