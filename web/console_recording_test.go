package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

func enabled(value string) url.Values { return url.Values{"enabled": {value}} }

// TestRecording: the API does not show recording, so the console says what was
// sent, by whom and when, and never that it is so.
func TestRecording(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	row := func(state string) {
		t.Helper()
		p.get("/agents?size=100").has(`tr[data-agent-id="082018"] [data-recording="` + state + `"]`)
		p.get("/agents/082018").has(`[data-recording="` + state + `"]`)
	}
	row("never")
	p.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)
	row("sent-on")
	if a, _ := s.api.Agent(sandbox.AloHub, "082018"); a.Recording == nil || !*a.Recording {
		t.Error("it was not sent")
	}
	if call := s.puts()[0]; call.Path != "/v1/agents/082018/recording" {
		t.Errorf("sent to %s", call.Path)
	}
	part := p.post("/agents/082018/recording", enabled("false"), htmx("recording-082018")...).is(http.StatusOK)
	part.has("#recording-082018[data-recording=sent-off]").has(`hx-partial[data-hx-target="#budget"]`)
	row("sent-off")
	p.get("/agents/082018").says("Lê Thị Thử")
	p.get("/agents?recording=sent-off").has(`table[data-total="1"] tr[data-agent-id="082018"]`)
	p.get("/agents?recording=sent-on").lacks("tr[data-agent-id]")
	p.get("/agents?recording=never&size=100").has(`table[data-total="119"]`).lacks(`tr[data-agent-id="082018"]`)

	for _, bad := range []string{"", "1", "yes", "TRUE"} {
		p.post("/agents/082018/recording", enabled(bad)).fails(http.StatusUnprocessableEntity, "invalid-input")
	}
	for _, e := range s.entries(journal.Filter{}) {
		if e.Kind != journal.Recording || e.Result != journal.Accepted {
			t.Errorf("journalled as %s %s", e.Kind, e.Result)
		}
	}
	if n := len(s.puts()); n != 2 {
		t.Errorf("%d writes", n)
	}
	// An undo needs a state before, which nobody knows: the opposite is offered.
	changes := p.get("/changes").lacks("form[action*='/undo']")
	if got := changes.form("[data-change-id] form").Get("enabled"); got != "true" {
		t.Errorf("after an off the opposite is %q", got)
	}
	p.post("/changes/"+s.last("082018").ID+"/undo", nil).fails(http.StatusUnprocessableEntity, "invalid-input")
}

// TestRecordingShown: where rows carry isRecord they are the truth, and a write can
// be read back.
func TestRecordingShown(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.ShowRecording = true }
	})
	s.api.EditAgent(sandbox.AloHub, "082019", func(a *sandbox.Agent) { a.Recording = new(true) })
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents?size=100").has(`tr[data-agent-id="082019"] [data-recording=on]`).has(`tr[data-agent-id="082018"] [data-recording=never]`)
	p.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)
	if e := s.last("082018"); e.Result != journal.Verified {
		t.Errorf("journalled as %s", e.Result)
	}
	s.api.EditAgent(sandbox.AloHub, "082018", func(a *sandbox.Agent) { a.Recording = new(false) })
	p.get("/agents?size=100").has(`tr[data-agent-id="082018"] [data-recording=off]`)
	p.get("/agents/082018").has("[data-recording]") // what it knew a moment ago
}

// TestRecordingFails: what people see, and what the journal may say.
func TestRecordingFails(t *testing.T) {
	t.Parallel()
	const hint = "migration_add_is_record.sql"
	for _, tt := range []struct {
		name    string
		fault   sandbox.Fault
		status  int
		failure string
		says    string
		toast   bool
		result  journal.Result
	}{
		{"the migration was not run", sandbox.MigrationMissing(), 502, "failed", hint, true, journal.Unknown},
		{"500", sandbox.SystemError(), 502, "failed", hint, true, journal.Unknown},
		{"500 after it was done", sandbox.ApplyThenStatus(500), 502, "failed", hint, true, journal.Unknown},
		{"reset after it was done", sandbox.ResetAfterApply(), 502, "unreachable", "", false, journal.Unknown},
		{"gateway timeout", sandbox.GatewayTimeout(), 504, "unreachable", "", false, journal.Unknown},
		{"no answer", sandbox.SilenceAfterApply(), 504, "unreachable", "", false, journal.Unknown},
		{"an answer that cannot be read", sandbox.EmptyBody(), 502, "unreachable", "", false, journal.Unknown},
		{"refused in a 200", sandbox.Refused("FAIL", "Agent is locked"), 502, "failed", "", true, journal.Refused},
		{"denied in a word of its own", sandbox.Refused("RECORD_SYNC_PENDING", "Sync pending"), 502, "failed", said("outcome.recording_unknown"), true, journal.Unknown},
		{"400", sandbox.InvalidInput("enabled is <i>wrong</i>"), 422, "invalid-input", "enabled is <i>wrong</i>", false, journal.Refused},
		{"403", sandbox.InsufficientScope(), 403, "insufficient-scope", "scope", false, journal.Refused},
		{"404", sandbox.NotFound(), 404, "not-found", said("problem.gone.title"), false, journal.Refused},
		{"429", sandbox.RateLimited("3"), 429, "rate-limited", "", false, journal.Refused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var hurry impatience
			clock := &shifted{}
			s := newStand(t, hurry.wearies, func(o *setup) { o.web.Now = clock.now })
			p := s.signIn(sandbox.DemoKey)
			for agent, header := range map[string][]string{"082018": nil, "082019": htmx("recording-082019")} {
				s.api.ResetCalls()
				s.api.Fail(tt.fault.On(sandbox.OpRecording))
				if tt.fault.Hang {
					hurry.arm(sandbox.OpRecording, 1)
				}
				a := p.post("/agents/"+agent+"/recording", enabled("true"), header...).fails(tt.status, tt.failure)
				a.says(tt.says)
				if tt.toast {
					a.has("[data-toast][data-failure]")
				}
				if tt.status == http.StatusTooManyRequests {
					a.has("[data-failure][data-retry-after]")
				}
				clock.advance(5 * time.Second) // a 429's wait is over
				e := s.last(agent)
				if e.Result != tt.result {
					t.Errorf("journalled as %s, want %s", e.Result, tt.result)
				}
				if n := len(s.puts()); n != 1 {
					t.Errorf("sent %d times", n)
				}
				state := "sent-on"
				if tt.result == journal.Refused {
					state = "never" // a refusal changes nothing
				}
				p.get("/agents/" + agent).has(`[data-recording="` + state + `"]`)
			}
		})
	}
}

// TestRecordingFilterBelievesRows: what a row says wins over what was sent, in the
// filter as on the row.
func TestRecordingFilterBelievesRows(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) { c.ShowRecording = true }
	})
	s.api.EditAgent(sandbox.AloHub, "082019", func(a *sandbox.Agent) { a.Recording = new(true) })
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents?recording=on&size=100").has(`tr[data-agent-id="082019"]`).has("#recording option[value=on][selected]")
	p.get("/agents?recording=never&size=100").lacks(`tr[data-agent-id="082019"]`)
}

// TestRecordingSentAndLedgerDown: a command that was sent is not called unsent
// because the ledger cannot be read afterwards.
func TestRecordingSentAndLedgerDown(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	s.store.breakDown("Recordings")
	p.post("/agents/082018/recording", enabled("true"), htmx("recording-082018")...).is(http.StatusOK).
		has("#recording-082018[data-recording=sent-on]").lacks("[data-failure]")
	if len(s.puts()) != 1 {
		t.Errorf("%d writes", len(s.puts()))
	}
}

// TestRecordingSaysWho: by whom and when stands at the switch itself.
func TestRecordingSaysWho(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)
	page := p.get("/agents/082018").has("[data-recording] time")
	if who := page.find("[data-recording] .by").Text(); !strings.Contains(who, "Lê Thị Thử") {
		t.Errorf("by %q", who)
	}
	s.api.Fail(sandbox.SystemError().On(sandbox.OpRecording))
	p.post("/agents/082018/recording", enabled("false")).is(http.StatusBadGateway)
	p.get("/agents/082018").has("[data-recording] .warn-text")
}
