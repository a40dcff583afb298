package web_test

import (
	"net/http"
	"slices"
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
