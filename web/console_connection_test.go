package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sqlstore"
)

// hourly names one limit, of an hour: a probe need not watch it to know its window.
func hourly(o *setup) {
	o.sandbox = func(c *sandbox.Config) {
		c.Style, c.MaxSize = sandbox.Joined, 50
		c.Limits = sandbox.Limits{Tenant: 90_000, Window: time.Hour, Names: sandbox.KongNames}
	}
}

// asking lets a test hold up the calls of a probe, and counts them.
type asking struct {
	calls atomic.Int64
	cut   atomic.Int64  // those that were given up while they were held
	held  chan struct{} // closed to let them go; nil: they are not held
}

func (a *asking) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.UserAgent(), "(probe)") {
			a.calls.Add(1)
			if a.held != nil {
				select {
				case <-a.held:
				case <-r.Context().Done():
					a.cut.Add(1)
					return
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// probed waits for the end of the probe, as the page does: by asking.
func (p *person) probed() *answer {
	p.s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		if a := p.get("/connection/live", htmx("probe")...); a.is(http.StatusOK).find("#probe[data-poll]").Length() == 0 {
			return a
		}
	}
	p.s.t.Fatal("the probe does not end")
	return nil
}

// TestConnectionSaysWhatIsKnown: what answers have shown, since when and how surely, and of
// the rest that it is not known.
func TestConnectionSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	s := newStand(t, hourly)
	a := s.signIn(sandbox.DemoKey).get("/connection").is(http.StatusOK)
	a.has(`#menu a[aria-current="page"][href="/connection"]`)
	a.says("This API shows every queue of a person in the row. An edit costs 3 calls and nothing has to be guessed.")
	for code, want := range map[string]string{
		"queues": "Joined in one row", "whole": "Rows show all", "recording": "Not carried", "page": "50 rows",
		"gateway-limit": "90,000 calls in 1 hour", "key-header": "X-Api-Key and Authorization", "tls": "Not encrypted", "clock": "As Agent Console's",
		"tenant-limit": "Not known yet", "route-limit": "Not known yet",
	} {
		trait := a.find(`[data-trait="` + code + `"]`)
		if got := squeeze(trait.Find(".conduct-value").Text()); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
		_, known := trait.Attr("data-known")
		if since := trait.Find(".conduct-when time").Length() > 0; known != since || known != (want != "Not known yet") {
			t.Errorf("%s: known %t, when %t", code, known, since)
		}
		if trait.Find(".conduct-meaning").Text() == "" {
			t.Errorf("%s means nothing", code)
		}
	}
}

// TestConnectionClaimsNothing: before an answer there is nothing to be known by.
func TestConnectionClaimsNothing(t *testing.T) {
	t.Parallel()
	var open atomic.Bool
	open.Store(true)
	s := newStand(t, func(o *setup) {
		o.front = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !open.CompareAndSwap(true, false) { // but for the sign-in's
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				next.ServeHTTP(w, r)
			})
		}
	})
	p := s.browser().english()
	p.enter(sandbox.DemoKey)
	a := p.get("/connection").is(http.StatusOK)
	a.says("so what an edit costs is not known")
	for _, code := range []string{"queues", "whole", "callout", "recording", "page", "tenant-limit"} {
		a.has(`[data-trait="` + code + `"]`).lacks(`[data-trait="` + code + `"][data-known]`)
	}
	a.has(`#probe[data-probe="still"]`).says("No report was kept yet.")
}

// TestConnectionSurvivesARestart: what was learned is kept, with when.
func TestConnectionSurvivesARestart(t *testing.T) {
	t.Parallel()
	store := memoryStore(t)
	at := time.Now().Add(-48 * time.Hour)
	trait := journal.Trait{Code: "queues", Value: "rows", Sure: true, SeenAt: at}
	if err := store.LearnTrait(context.Background(), aloHub(), trait); err != nil {
		t.Fatal(err)
	}
	s := newStand(t, func(o *setup) { o.store = store }, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.Style, c.QueueFilter = sandbox.FirstOnly, sandbox.MatchShown }
	})
	a := s.signIn(sandbox.DemoKey).get("/connection")
	when := a.find(`[data-trait="queues"] .conduct-when time`).First().AttrOr("datetime", "")
	if when != at.UTC().Format(time.RFC3339) {
		t.Errorf("seen %s, want %s", when, at.UTC().Format(time.RFC3339))
	}
	a.says("A row for each queue")
}

// TestConnectionAsks: the button asks the API in the background, reads only, once at a time,
// and what is found stays, for those of the tenant alone.
func TestConnectionAsks(t *testing.T) {
	t.Parallel()
	asked := &asking{held: make(chan struct{})}
	s := newStand(t, hourly, func(o *setup) { o.front = asked.front })
	p := s.signIn(sandbox.DemoKey)
	form := p.get("/connection").form("#probe form")
	for range 2 { // the second finds the first under way
		if a := p.post("/connection/probe", form).is(http.StatusSeeOther); a.location() != "/connection" {
			t.Errorf("leads to %q", a.location())
		}
	}
	going := p.get("/connection")
	going.has(`#probe[data-probe="going"][data-poll]`).has("noscript").lacks("#probe-again")
	if !strings.Contains(going.body, `http-equiv="refresh"`) {
		t.Error("without script the page does not ask again")
	}
	p.post("/connection/probe", form, htmx("probe")...).has(`#probe[data-probe="going"]`)
	close(asked.held)
	p.probed()
	if n := asked.calls.Load(); n < 10 || n > 40 {
		t.Errorf("%d calls", n)
	}
	if writes := s.puts(); len(writes) > 0 {
		t.Errorf("%d writes", len(writes))
	}
	done := p.get("/connection")
	done.has("#probe-again").has(`[data-finding="size-cap"] .tag`).lacks("#probe [data-poll]")
	for code, want := range map[string]string{"callin": "Joined in one row", "size-cap": "Cut without a word", "other-limit": "90,000 calls in 1 hour"} {
		if got := squeeze(done.find(`[data-finding="` + code + `"] .state`).Text()); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	box, _ := done.find("#probe").Html()
	for _, agent := range s.api.Agents(sandbox.AloHub) {
		if strings.Contains(box, agent.ID) || agent.UserName != "" && strings.Contains(box, agent.UserName) {
			t.Errorf("the report names %s", agent.ID)
		}
	}
	s.signIn(sandbox.DemoKey).get("/connection").has(`[data-finding="callin"]`)
	s.signIn(sandbox.DemoKeyAnother).get("/connection").lacks("[data-finding]").says("No report was kept yet.")
}

// TestConnectionAskingEnds: signed out, here or for everybody, a probe makes no more calls,
// and leaves nothing.
func TestConnectionAskingEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *stand, p *person, asked *asking){
		"here": func(s *stand, p *person, asked *asking) {
			p.post("/sign-out", p.get("/agents").form(`form[action="/sign-out"]`)).is(http.StatusSeeOther)
			// The call under way is given up.
			for deadline := time.Now().Add(time.Minute); asked.cut.Load() == 0 && time.Now().Before(deadline); {
				s.browser().get("/healthz")
			}
			if asked.cut.Load() == 0 {
				t.Error("it goes on")
			}
		},
		"everywhere": func(s *stand, _ *person, _ *asking) {
			if err := s.store.EndAll(context.Background()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := &asking{held: make(chan struct{})}
			s := newStand(t, hourly, func(o *setup) { o.front = asked.front })
			p := s.signIn(sandbox.DemoKey)
			p.post("/connection/probe", p.get("/connection").form("#probe form"))
			for asked.calls.Load() == 0 {
				p.get("/connection/live", htmx("probe")...)
			}
			end(s, p, asked)
			close(asked.held)
			again := s.signIn(sandbox.DemoKey)
			again.probed().lacks("[data-finding]")
			if n := asked.calls.Load(); n != 1 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

// TestConnectionReportOfWhoeverRunsIt: a report that another tenant's key may have been
// answered is shown without what it tells of that tenant.
func TestConnectionReportOfWhoeverRunsIt(t *testing.T) {
	t.Parallel()
	store := memoryStore(t)
	report := `{"at":"2026-11-01T09:00:00Z","calls":31,"findings":[
		{"code":"callin","verdict":"documented","value":"joined","asked":"GET /v1/agents?page=0&size=20","answered":"200, 20 rows of 4711"},
		{"code":"page-size","verdict":"documented","value":"4711+"},{"code":"tenant-limit","verdict":"documented","value":"4712/10s"},
		{"code":"window","verdict":"unknown","value":""}]}`
	if err := store.KeepProbe(context.Background(), "sandbox", []byte(report), time.Now()); err != nil {
		t.Fatal(err)
	}
	s := newStand(t, func(o *setup) { o.store = store })
	a := s.signIn(sandbox.DemoKey).get("/connection")
	a.has(`[data-finding="callin"]`).says("made by whoever runs Agent Console").lacks(`[data-finding="tenant-limit"]`)
	if strings.Contains(a.body, "471") {
		t.Error("it tells of the other tenant")
	}
}

// TestShiftIsSaidOnce: every administrator of the environment is told of what has shifted
// until they have read it; of another tenant only what is the API's.
func TestShiftIsSaidOnce(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) { o.web.RecentFor = -1 })
	learn := func(tenant, code, value string, ago time.Duration) {
		f := journal.Trait{Code: code, Value: value, SeenAt: time.Now().Add(-ago)}
		if err := s.store.Store.(*sqlstore.Store).LearnTrait(context.Background(), journal.Scope{Environment: "sandbox", Tenant: tenant}, f); err != nil {
			t.Fatal(err)
		}
	}
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents").lacks("[data-shifted]")
	learn("777", "queues", "joined", 3*time.Minute)
	learn("777", "queues", "rows", 2*time.Minute)
	learn("777", "tenant-limit", "4711/10s", 3*time.Minute)
	learn("777", "tenant-limit", "4712/10s", 2*time.Minute)
	told := func(p *person) string {
		a := p.get("/agents").is(http.StatusOK)
		if strings.Contains(a.body, "471") {
			t.Error("it tells of another tenant's limit")
		}
		return squeeze(a.find("[data-shifted] li").Text())
	}
	other := s.signIn(sandbox.DemoKeyAnother)
	if got := told(p); !strings.HasPrefix(got, "Somebody in several callin queues: is now “A row for each queue”.") {
		t.Errorf("told %q", got)
	}
	read := p.get("/queues").form("[data-shifted] form")
	if a := p.post("/connection/told", read).is(http.StatusSeeOther); a.location() != "/queues" {
		t.Errorf("leads to %q", a.location())
	}
	if got := told(p); got != "" {
		t.Errorf("told again: %q", got)
	}
	if told(other) == "" {
		t.Error("another administrator is not told")
	}
	p.post("/preferences", url.Values{"theme": {"dark"}})
	if got := told(p); got != "" {
		t.Errorf("told again with another theme: %q", got)
	}
	p.get("/connection").says("is now “A row for each queue”")
	p.post("/connection/told", url.Values{"upto": {"9999999999999999"}, "next": {"//evil.example"}}).is(http.StatusSeeOther)
	learn("20260310", "recording", "absent", time.Minute)
	learn("20260310", "recording", "carried", 0)
	if told(p) == "" {
		t.Error("a browser that claims to have read tomorrow's is told nothing")
	}
}
