package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// chips are the callin queues that a page shows of an agent.
func (a *answer) chips(agent string) []string {
	a.t.Helper()
	return a.attrs(`[data-agent-id="`+agent+`"] [data-queues=callin] [data-queue-id]`, "data-queue-id")
}

// TestReadAgain: anybody can have a list, a queue or an agent read again, with and
// without script, and sees by its age that it was.
func TestReadAgain(t *testing.T) {
	t.Parallel()
	for _, style := range []sandbox.Style{sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue} {
		t.Run(style.String(), func(t *testing.T) {
			t.Parallel()
			clock := &shifted{}
			s := newStand(t, func(o *setup) {
				o.web.Now = clock.now
				o.sandbox = func(c *sandbox.Config) { c.Style = style }
			})
			p := s.signIn(sandbox.DemoKey)
			p.crawled()
			clock.advance(3 * 60e9)
			age := func(path string) string {
				return strings.Join(p.get(path).is(http.StatusOK).attrs(".read-again time, #agents-age time", "datetime"), " ")
			}
			// Somebody else takes the agent out of a queue and puts them into another.
			s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1001002}, nil)
			for _, path := range []string{"/agents/082019", "/queues/1000886", "/queues", "/queues/1000886?type=callout"} {
				page := p.get(path)
				form := page.form("form.read-again")
				url := page.find("form.read-again").AttrOr("action", "")
				before := age(path)
				if back := p.post(url, form).is(http.StatusSeeOther).location(); back != path {
					t.Errorf("%s: leads to %s", path, back)
				}
				p.crawled()
				if after := age(path); after == "" || after == before {
					t.Errorf("%s: read at %q before, at %q after", path, before, after)
				}
				clock.advance(60e9)
			}
			if got := p.get("/agents/082019").chips("082019"); !slices.Equal(got, []string{"1001226", "1001002"}) {
				t.Errorf("the agent's page shows %v", got)
			}
			// From the snapshot, by a scan; the part that htmx asks for has its bar.
			part := p.post("/agents/read?q=082019", p.get("/agents?q=082019").form("form.read-again"), htmx("agents")...).is(http.StatusOK)
			part.has("#agents[data-total='1']")
			p.crawled()
		})
	}
}

// TestReadAgainMeetsTheLimit: the countdown repeats it, and the page stays.
func TestReadAgainMeetsTheLimit(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	s.api.Fail(sandbox.RateLimited("7").On(sandbox.OpList).Repeat(sandbox.Always))
	a := p.post("/queues/1000886/read?type=callin", nil).fails(http.StatusTooManyRequests, "rate-limited")
	a.has("[data-failure=rate-limited][data-retry-button=queue-read]").has(`tr[data-agent-id]`)
	p.post("/agents/082019/read", nil).fails(http.StatusTooManyRequests, "rate-limited")
}

// TestNewestReadCorrectsEverything: what one page has read stands on every other.
func TestNewestReadCorrectsEverything(t *testing.T) {
	t.Parallel()
	for _, style := range []sandbox.Style{sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue} {
		t.Run(style.String(), func(t *testing.T) {
			t.Parallel()
			s := newStand(t, func(o *setup) { o.sandbox = func(c *sandbox.Config) { c.Style = style } })
			p := s.signIn(sandbox.DemoKey)
			p.crawled()
			members := func() string {
				return p.get("/queues").find(`tr[data-queue-id="1000886"] td.number`).First().Text()
			}
			before := members()
			if !slices.Contains(p.get("/agents/082019").chips("082019"), "1000886") {
				t.Fatal("the agent is not in the queue to begin with")
			}
			s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1001002}, nil)
			p.get("/agents?queue_id=1000886&size=100").lacks(`[data-agent-id="082019"]`)
			for _, page := range []*answer{p.get("/agents?q=082019"), p.get("/agents/082019")} {
				if got := page.chips("082019"); !slices.Equal(got, []string{"1001226", "1001002"}) {
					t.Errorf("%s shows %v", page.what, got)
				}
			}
			if got := trim(p.editor("082019", "callin")["queue_ids"]); slices.Contains(got, "1000886") {
				t.Errorf("the editor opens on %v", got)
			}
			p.get("/queues/1000886").lacks(`tr[data-agent-id="082019"]`)
			if got := members(); got == before {
				t.Errorf("the queue still has %s members", got)
			}
			for _, row := range p.get("/agents.csv?q=082019").rows()[1:] {
				if strings.Contains(strings.Join(row, ";"), "1000886") {
					t.Errorf("the file has %v", row)
				}
			}
		})
	}
}

// TestOutcomeIsSaidThoughTheLimitIsMet: of a change that was sent, whatever the next
// page meets.
func TestOutcomeIsSaidThoughTheLimitIsMet(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	to := p.save("082019", "callin", form).is(http.StatusSeeOther).location()
	entry := s.last("082019").ID
	s.api.Fail(sandbox.RateLimited("7").On(sandbox.OpList).Repeat(sandbox.Always))
	for _, path := range []string{to, "/agents/082019?change=" + entry, "/queues/1000887?change=" + entry} {
		p.get(path).has("[data-result]")
	}
}

// TestTenantThatHidesQueuesSaysSoOnce: on the queues' page, of the tenant as a whole, and
// only where neither rows nor filter ever showed a second queue.
func TestTenantThatHidesQueuesSaysSoOnce(t *testing.T) {
	t.Parallel()
	for name, hides := range map[string]bool{"filter as rows": true, "filter knows more": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, func(o *setup) {
				o.sandbox = func(c *sandbox.Config) {
					if hides {
						c.QueueFilter = sandbox.MatchShown
					}
				}
			})
			p := s.signIn(sandbox.DemoKey)
			p.crawled()
			if got := p.get("/queues").find("[data-hides-queues]").Length() == 1; got != hides {
				t.Errorf("says so: %v", got)
			}
		})
	}
}

// TestReload: whoever has the browser load a page again sees how things are by now; a
// browser says so in what it asks of caches.
func TestReload(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now = clock.now })
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1001002}, nil)
	clock.advance(60e9)
	for _, tt := range []struct {
		path string
		is   func() bool
	}{
		{"/agents/082019", func() bool {
			return slices.Equal(p.get("/agents/082019").chips("082019"), []string{"1001226", "1001002"})
		}},
		{"/queues/1000886", func() bool { return p.get("/queues/1000886").find(`tr[data-agent-id="082019"]`).Length() == 0 }},
	} {
		s.api.ResetCalls()
		p.get(tt.path).is(http.StatusOK)
		if got := len(s.api.CallsOf(sandbox.OpList)); got != 0 {
			t.Errorf("%s: %d calls to show what is known", tt.path, got)
		}
		p.get(tt.path, "Cache-Control", "max-age=0").is(http.StatusOK)
		if len(s.api.CallsOf(sandbox.OpList)) == 0 || !tt.is() {
			t.Errorf("%s was loaded again, and not read again", tt.path)
		}
	}
	// By a scan, and not by one after the other.
	for _, path := range []string{"/queues", "/agents?q=082019"} {
		clock.advance(60e9)
		before := p.get("/queues").find(".read-again time").AttrOr("datetime", "")
		p.get(path, "Cache-Control", "no-cache").is(http.StatusOK)
		p.crawled()
		after := p.get("/queues").find(".read-again time").AttrOr("datetime", "")
		if before == "" || after == before {
			t.Errorf("%s: read at %q before, at %q after", path, before, after)
		}
		clock.advance(2e9)
		p.get(path, "Cache-Control", "max-age=0").is(http.StatusOK)
		p.crawled()
		if now := p.get("/queues").find(".read-again time").AttrOr("datetime", ""); now != after {
			t.Errorf("%s was read again a moment after it was read", path)
		}
	}
	// The limit stands in the page of the queue, and what is known with it.
	s.api.Fail(sandbox.RateLimited("7").On(sandbox.OpList).Repeat(sandbox.Always))
	p.get("/queues/1000886", "Cache-Control", "max-age=0").fails(http.StatusTooManyRequests, "rate-limited").has(`tr[data-agent-id]`)
}

// TestQueueProgress: the bar of a queue's page answers with that page's places.
func TestQueueProgress(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	a := p.get("/queues/1000886/progress?type=callin", htmx("progress")...).is(http.StatusOK)
	if got := a.header.Get("HX-Retarget"); got != "#queue-figures" {
		t.Errorf("for %s", got)
	}
	a.has("#queue-figures .figures").has(`#queue-members tr[data-agent-id]`).has("#agent-options option")
	p.get("/queues/x/progress?type=callin", htmx("progress")...).is(http.StatusNotFound)
}
