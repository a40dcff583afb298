package web_test

import (
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestLiveSaysWhatMoved: a refresh renews status cells alone, so it says when a row
// has changed otherwise, has left the page, or another has come.
func TestLiveSaysWhatMoved(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	const list = "status=1&queue_id=1001226"
	page := p.get("/agents?" + list)
	rows := url.Values{"row": marks(page)}
	ids := page.attrs("tr[data-agent-id]", "data-agent-id")
	moved := func(rows url.Values) string {
		t.Helper()
		a := p.get("/agents/live?"+list+"&"+rows.Encode(), htmx("live")...).is(http.StatusOK)
		return squeeze(a.find("#agents-moved").Text())
	}
	if got := moved(rows); got != "" {
		t.Errorf("nothing happened, and it says %q", got)
	}
	s.api.SetStatus(sandbox.AloHub, ids[0], "NOT AVAILABLE", "LOGOUT")
	if got := moved(rows); got != "" {
		t.Errorf("a status is what is refreshed, and it says %q", got)
	}
	s.api.EditAgent(sandbox.AloHub, ids[1], func(a *sandbox.Agent) { a.Priority = new(9) })
	if got := moved(rows); got != "1 row changed – refresh" {
		t.Errorf("a priority changed, and it says %q", got)
	}
	s.api.SetActive(sandbox.AloHub, ids[2], false)
	if got := moved(rows); got != "2 rows changed – refresh" {
		t.Errorf("one left too, and it says %q", got)
	}
}

// TestLiveLeavesTheReserve: pages that nobody looks after do not take the calls that clicks
// need: they say nothing, and come again.
func TestLiveLeavesTheReserve(t *testing.T) {
	t.Parallel()
	var stopped atomic.Pointer[time.Time] // however long the test takes, whatever the hour, it is one window
	s := newStand(t, func(o *setup) {
		o.sandbox = func(cfg *sandbox.Config) {
			cfg.Limits = sandbox.Limits{Tenant: 200, Route: 1000, Window: time.Hour, Kind: sandbox.FixedFromFirst}
		}
		o.web.Now = func() time.Time {
			if at := stopped.Load(); at != nil {
				return *at
			}
			return time.Now()
		}
	})
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	stopped.Store(new(time.Now()))
	live := func() *answer { return p.get("/agents/live", htmx("live")...) }
	calls := func() int { return len(s.api.Calls()) }
	before := calls()
	live().is(http.StatusOK)
	if n := calls() - before; n != 1 {
		t.Errorf("%d calls of a refresh", n)
	}
	for calls() < 160 { // a fifth is left
		p.get("/agents").is(http.StatusOK)
	}
	before = calls()
	if a := live().fails(http.StatusTooManyRequests, ""); a.header.Get("HX-Reswap") != "none" {
		t.Errorf("a refresh shows %q", a.body)
	}
	if n := calls() - before; n > 0 {
		t.Errorf("%d calls of the reserve", n)
	}
	p.get("/agents").is(http.StatusOK).has("tr[data-agent-id]")
	if s.log.troubles() != "" {
		t.Errorf("logged: %s", s.log.troubles())
	}
}

// marks are what the rows of a page say of themselves when they are refreshed.
func marks(page *answer) (rows []string) {
	ids, of := page.attrs("tr[data-mark]", "data-agent-id"), page.attrs("tr[data-mark]", "data-mark")
	for i, id := range ids {
		rows = append(rows, id+":"+of[i])
	}
	return rows
}
