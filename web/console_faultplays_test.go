package web_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/web"
)

func connectionRefused(t *testing.T) {
	api := newSandbox(setup{demo: sandbox.DemoOptions{Agents: 30, Quiet: true}})
	server := httptest.NewServer(api)
	s := newStand(t, func(o *setup) { o.api, o.upstream = api, server.URL })
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	server.Close()
	p.get("/agents").fails(http.StatusBadGateway, "unreachable").says("cannot be reached")
	p.save("082019", "callin", form).fails(http.StatusBadGateway, "unreachable").has("#editor-form")
	p.post("/agents/082019/recording", enabled("true")).fails(http.StatusBadGateway, "unreachable")
	// What needs no call opens: the snapshot's answers, the journal, the key form.
	p.get("/agents?q=082019").is(http.StatusOK).has(`tr[data-agent-id="082019"]`)
	p.get("/queues").is(http.StatusOK).has("tr[data-queue-id]")
	p.get("/changes").is(http.StatusOK)
	s.browser().get("/sign-in").is(http.StatusOK)
	for _, e := range s.entries(journal.Filter{}) {
		// It never left: certainly not carried out.
		if e.Kind != journal.Recording || e.Result != journal.Refused || e.Code != "NOT_SENT" {
			t.Errorf("journalled: %s %s %s", e.Kind, e.Result, e.Code)
		}
	}
}

func leadingZeros(t *testing.T) {
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	for _, id := range []string{"082019", "001001"} {
		form := p.editor(id, "callin")
		form.Add("queue_ids", "1001011")
		p.save(id, "callin", form).is(http.StatusSeeOther)
		puts := s.puts()
		if got := puts[len(puts)-1].Path; got != "/v1/agents/"+id+"/queues" {
			t.Errorf("sent to %s", got)
		}
	}
}

func numberForExtension(t *testing.T) {
	s := newStand(t, func(o *setup) { o.sandbox = func(c *sandbox.Config) { c.NumericAgentID = true } })
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents?size=100").is(http.StatusOK).has(`tr[data-agent-id="82019"]`).lacks("a.row-edit")
	p.save("82019", "callin", url.Values{"base": {"1001226"}, "queue_ids": {"1000887"}, "confirm": {"yes"}}).
		fails(http.StatusUnprocessableEntity, "invalid-input")
	if len(s.puts()) > 0 {
		t.Error("something was written")
	}
}

func looseTypes(t *testing.T) {
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.NumbersAsStrings, c.OmitNulls = true, true }
	})
	p := s.signIn(sandbox.DemoKey)
	list := p.get("/agents?size=100").is(http.StatusOK).has(`table[data-total="120"]`)
	none := list.find(`tr[data-agent-id="082020"]`)
	for _, cell := range []string{".whom", "[data-queues=callin]", "[data-queues=callout]", ".system", ".user"} {
		if got := strings.TrimSpace(none.Find(cell).Text()); got != "–" {
			t.Errorf("an unknown %s is shown as %q", cell, got)
		}
	}
	if got := none.Find(".priority, .tag").Text(); got != "" {
		t.Errorf("shown of an agent of whom nothing is known: %q", got)
	}
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	if len(s.callin("082019")) != 4 {
		t.Errorf("left in %v", s.callin("082019"))
	}
}

func severalRows(t *testing.T) {
	for _, style := range []sandbox.Style{sandbox.Joined, sandbox.RowPerQueue, sandbox.Varying} {
		s := newStand(t, func(o *setup) { o.sandbox = func(c *sandbox.Config) { c.Style = style } })
		p := s.signIn(sandbox.DemoKey)
		found := p.get("/agents?q=082019").is(http.StatusOK)
		if n := found.find(`tr[data-agent-id="082019"]`).Length(); n != 1 {
			t.Errorf("%s: %d rows of one agent", style, n)
		}
		if got := found.attrs(`tr[data-agent-id="082019"] [data-queues=callin] [data-queue-id]`, "data-queue-id"); !sameText(got, []string{"1001226", "1000886", "1001002"}) {
			t.Errorf("%s: callin %v", style, got)
		}
		p.get("/agents?sort=extension").has(`table[data-total="120"]`)
	}
}

func wrongTotals(t *testing.T) {
	var calls atomic.Int64
	for name, claim := range map[string]func(int) int{
		"too small": func(n int) int { return n / 2 },
		"too large": func(n int) int { return n + 7 },
		"negative":  func(int) int { return -1 },
		"changing":  func(n int) int { return n + int(calls.Add(1)%3) },
	} {
		s := newStand(t, func(o *setup) { o.sandbox = func(c *sandbox.Config) { c.TotalRecord = claim } })
		p := s.signIn(sandbox.DemoKey)
		p.get("/agents?sort=extension").is(http.StatusOK).has(`table[data-total="120"]`)
		p.get("/agents").is(http.StatusOK).has("a[rel=next]")
		if name == "too large" {
			p.get("/agents?sort=extension").says("127")
		}
	}
}

func ignoredPaging(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*sandbox.Behaviour)
		total  int
	}{
		{"the size is capped", func(b *sandbox.Behaviour) { b.MaxSize = 13 }, 120},
		{"the size is ignored", func(b *sandbox.Behaviour) { b.IgnoreSize = true }, 120},
		{"the page is ignored", func(b *sandbox.Behaviour) { b.IgnorePage = true }, 100},
		{"a page beyond the end is an error", func(b *sandbox.Behaviour) { b.BeyondFails, b.MaxSize = true, 20 }, 120},
	} {
		s := newStand(t, func(o *setup) { o.sandbox = func(c *sandbox.Config) { tt.change(&c.Behaviour) } })
		p := s.signIn(sandbox.DemoKey)
		// Of a page that never changes more agents are only known by the listings.
		total, err := strconv.Atoi(p.get("/agents?sort=extension").is(http.StatusOK).attrs("table", "data-total")[0])
		if err != nil || total < tt.total || total > 120 {
			t.Errorf("%s: %d agents", tt.name, total)
		}
		if n := len(s.api.Calls()); n > 400 {
			t.Errorf("%s: %d calls", tt.name, n)
		}
		if tt.name != "the page is ignored" {
			p.get("/agents?page=99").is(http.StatusOK).has("[data-empty=beyond]")
		}
	}
}

func shiftingRows(t *testing.T) {
	var s *stand
	var once atomic.Bool
	ready := make(chan struct{})
	s = newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) {
			c.Before = func(r *http.Request) {
				<-ready
				if r.URL.Query().Get("page") == "1" && once.CompareAndSwap(false, true) {
					// Everybody behind them moves up by one, across the joint.
					s.api.RemoveAgent(sandbox.AloHub, "001001")
				}
			}
		}
	})
	close(ready)
	p := s.signIn(sandbox.DemoKey)
	// Who left during the crawl may still be shown, and is read again before a write.
	p.post("/queues/1000887/members", url.Values{"agent_id": {"001001"}, "action": {"add"}}).fails(http.StatusNotFound, "not-found")
	for _, a := range s.api.Agents(sandbox.AloHub) {
		p.get("/agents?q=" + a.ID).has(`tr[data-agent-id="` + a.ID + `"]`)
	}
}

func redirectElsewhere(t *testing.T) {
	var visits atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer other.Close()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	s.api.Fail(sandbox.Redirected(other.URL + "/v1/agents").On(sandbox.OpQueues))
	p.save("082019", "callin", form).fails(http.StatusBadGateway, "unreachable").says("redirect elsewhere")
	s.api.Fail(sandbox.Redirected(other.URL + "/v1/agents").On(sandbox.OpList).Repeat(always))
	p.get("/agents").fails(http.StatusBadGateway, "unreachable").says("redirect elsewhere")
	if n := visits.Load(); n > 0 {
		t.Errorf("the other host was visited %d times", n)
	}
	if e := s.last("082019"); e.Result == journal.Verified || e.Result == journal.Accepted {
		t.Errorf("journalled as %s", e.Result)
	}
}

func untrustedTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	s := newStand(t, func(o *setup) {
		o.web.Upstreams = []web.Upstream{{Name: "Self-signed", Slug: "tls", BaseURL: server.URL}}
	})
	form := signInForm(sandbox.DemoKey)
	form.Set("environment", "tls")
	s.browser().english().post("/sign-in", form).fails(http.StatusBadGateway, "unreachable").says("TLS").says("The key was not sent").says("not trusted")
}

// oldTLS: a server of versions that nobody should speak any more is told from one whose
// certificate is at fault.
func oldTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	server.StartTLS()
	defer server.Close()
	s := newStand(t, func(o *setup) {
		o.web.Upstreams = []web.Upstream{{Name: "Old", Slug: "old", BaseURL: server.URL}}
	})
	form := signInForm(sandbox.DemoKey)
	form.Set("environment", "old")
	s.browser().english().post("/sign-in", form).fails(http.StatusBadGateway, "unreachable").says("only TLS 1.0 or 1.1").says("The key was not sent")
}

// everyRetryAfter: whatever the header says, people see a countdown they can live
// with, and the list comes back when it is over.
func everyRetryAfter(t *testing.T) {
	for _, preset := range sandbox.Presets() {
		if preset.Row != 17 {
			continue
		}
		t.Run(preset.Name, func(t *testing.T) {
			t.Parallel()
			clock := &shifted{}
			s := newStand(t, func(o *setup) { o.web.Now = clock.now })
			p := s.signIn(sandbox.DemoKey)
			s.api.Fail(preset.Fault.On(sandbox.OpList))
			a := p.get("/agents?status=1").fails(http.StatusTooManyRequests, "rate-limited")
			wait, err := strconv.Atoi(a.header.Get("Retry-After"))
			if err != nil || wait < 1 || wait > 120 {
				t.Fatalf("Retry-After %q", a.header.Get("Retry-After"))
			}
			if got := a.attrs("[data-failure=rate-limited]", "data-retry-after"); len(got) != 1 || got[0] != strconv.Itoa(wait) {
				t.Errorf("data-retry-after %v", got)
			}
			if got := a.attrs("[data-retry-url]", "data-retry-url"); len(got) != 1 || got[0] != "/agents?status=1" {
				t.Errorf("goes on at %v", got)
			}
			// It comes back by itself, without script too, but not where the API asked
			// for longer than anybody is made to wait: then a person is asked.
			asks := a.find("[data-retry-now]").Length() > 0
			if got := a.find("noscript").Text(); asks != (wait == 120) || asks == strings.Contains(got, fmt.Sprintf(`content="%d"`, wait)) {
				t.Errorf("after %d s it asks: %t; without script: %q", wait, asks, got)
			}
			p.get("/changes").is(http.StatusOK)
			clock.advance(time.Duration(wait) * time.Second)
			p.get("/agents?status=1").is(http.StatusOK).has("tr[data-agent-id]")
		})
	}
}

func markupInNames(t *testing.T) {
	s := newStand(t, func(o *setup) { o.demo.Hostile = true })
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents?q=199001").is(http.StatusOK).says(`<script>alert("xss")</script>`).lacks("script:not([src])")
}

func anotherAdministrator(t *testing.T) {
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1000886, 1001002, 1000888}, nil)
	p.save("082019", "callin", form).fails(http.StatusConflict, "conflict")
	if len(s.puts()) > 0 || len(s.entries(journal.Filter{})) > 0 {
		t.Error("something was written")
	}
}

// intentLeftBehind: a process died between intent and result. The entry is unknown
// after the next start's sweep, and the next reading of the agent settles it by
// what is there; nothing is sent again.
func intentLeftBehind(t *testing.T) {
	for _, tt := range []struct {
		name    string
		applied bool
		want    journal.Result
	}{{"it had arrived", true, journal.Verified}, {"it had not", false, journal.Differs}} {
		s := newStand(t)
		before, after := []int64{1001226, 1000886, 1001002}, []int64{1001226, 1000886, 1001002, 1000887}
		ctx := t.Context()
		id, err := s.store.Intend(ctx, journal.Entry{
			Scope: aloHub(), At: time.Now().Add(-5 * time.Minute).UTC(), Agent: "082019", Kind: journal.Callin,
			Before: before, BeforeKnown: true, After: after, Operator: "somebody whose process died",
		})
		if err != nil {
			t.Fatal(err)
		}
		// The console's upkeep may have been there first.
		if _, err := s.store.Orphans(ctx, time.Now().Add(-2*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if tt.applied {
			s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, after, nil)
		}
		p := s.signIn(sandbox.DemoKey)
		p.get("/changes").has(`[data-change-id="` + id + `"][data-result=unknown]`)
		p.get("/agents/082019/queues?type=callin").is(http.StatusOK)
		if e := s.last("082019"); e.ID != id || e.Result != tt.want {
			t.Errorf("%s: settled as %s (%s)", tt.name, e.Result, e.Code)
		}
		if len(s.puts()) > 0 {
			t.Error("it was sent again")
		}
	}
}
