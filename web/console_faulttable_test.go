package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// struck is what one kind of fault leaves to be seen, wherever it strikes.
type struck struct {
	row   string // of the table of faults
	fault sandbox.Fault
	// read is what a page says that a call to read failed for: one of these failures, or
	// "" where it is repeated, or not a failure.
	read []string
	// applied: a write that it strikes is carried out all the same.
	applied bool
	// refused: the API, or the gateway, said no in so many words, or the call never left.
	refused bool
}

func strikes() []struck {
	return []struck{
		{"1 slow first byte", sandbox.Silence(), []string{"unreachable"}, false, false},
		{"1 slow, and done", sandbox.SilenceAfterApply(), nil, true, false},
		{"3 reset", sandbox.Reset(), []string{"unreachable"}, false, false},
		{"3 reset, and done", sandbox.ResetAfterApply(), nil, true, false},
		{"4 truncated", sandbox.Truncated(), []string{"failed", "unreachable"}, true, false},
		{"4 empty body", sandbox.EmptyBody(), []string{"failed", "unreachable"}, false, false},
		{"5 captive portal", sandbox.CaptivePortal(), []string{"failed", "unreachable"}, false, false},
		{"5 other JSON", sandbox.OtherJSON(), []string{"failed", "unreachable"}, false, false},
		{"6 bomb", sandbox.Bomb(), []string{"failed", "unreachable"}, false, false},
		{"6 endless", sandbox.Endless(), []string{"failed", "unreachable"}, false, false},
		{"7 refused in a 200", sandbox.Refused("INVALID_INPUT", "Queue does not exist"), []string{"invalid-input", "failed"}, false, true},
		{"7 denied in a word nobody documents", sandbox.Refused("WHATEVER", "No"), []string{"failed"}, false, false},
		{"15 redirect", sandbox.Redirected("http://127.0.0.1:1/"), []string{"failed", "unreachable"}, false, false},
		{"17 429", sandbox.RateLimited("7"), []string{"rate-limited"}, false, true},
		{"17 429 of the gateway", sandbox.GatewayRateLimited("7"), []string{"rate-limited"}, false, true},
		{"19 401", sandbox.Unauthorized(), []string{"unauthorized"}, false, true},
		{"19 401 of the gateway", sandbox.GatewayUnauthorized(""), []string{"unauthorized"}, false, true},
		{"20 403", sandbox.InsufficientScope(), []string{"insufficient-scope"}, false, true},
		{"20 403 of the gateway", sandbox.GatewayForbidden(""), []string{"insufficient-scope"}, false, true},
		{"21 404", sandbox.NotFound(), []string{"not-found"}, false, true},
		{"21 no route", sandbox.NoRoute(), []string{"not-found", "failed"}, false, true},
		{"22 400", sandbox.InvalidInput("queue <b>5</b> is not yours"), []string{"invalid-input"}, false, true},
		{"23 411", sandbox.LengthRequired(), []string{"failed", "invalid-input"}, false, true},
		{"23 413", sandbox.TooLarge(), []string{"failed", "invalid-input"}, false, true},
		{"24 500", sandbox.SystemError(), []string{"failed"}, false, false},
		{"24 500, and done", sandbox.ApplyThenStatus(http.StatusInternalServerError), nil, true, false},
		{"24 502", sandbox.BadGateway(), []string{"failed", "unreachable"}, false, false},
		{"24 503", sandbox.Unavailable(""), []string{"failed", "unreachable"}, false, false},
		{"24 504", sandbox.GatewayTimeout(), []string{"failed", "unreachable"}, false, false},
		{"26 echoes the key", sandbox.EchoedKey(), []string{"failed", "invalid-input"}, false, false},
		{"27 deep nesting", sandbox.DeepNesting(100_000), []string{"failed", "unreachable"}, true, false},
	}
}

// TestFaultsEverywhere strikes each fault on every surface that calls the API, and
// compares what the page says, what the journal holds, and what the API saw.
func TestFaultsEverywhere(t *testing.T) {
	t.Parallel()
	for _, f := range strikes() {
		t.Run(f.row, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, func(o *setup) {
				o.web.ReadTimeout, o.web.AttemptTimeout, o.web.WriteTimeout = 3*time.Second, time.Second, time.Second
				if slices.Contains(f.read, "failed") { // it answers, however busy the machine
					o.web.ReadTimeout, o.web.AttemptTimeout, o.web.WriteTimeout = 30*time.Second, 10*time.Second, 10*time.Second
				}
			})
			p := s.signIn(sandbox.DemoKey)
			p.crawled()
			// Something to take back, and forms opened while all was well.
			form := p.editor("001003", "callin")
			form.Add("queue_ids", "1000887")
			p.save("001003", "callin", form).is(http.StatusSeeOther)
			undo := s.last("001003").ID
			form = p.editor("082019", "callin")
			form.Add("queue_ids", "1000887")

			tried := 0
			for _, surface := range []struct {
				name, agent string
				op          sandbox.Op
				do          func(p *person) *answer
			}{
				{"editor", "082019", sandbox.OpQueues, func(p *person) *answer { return p.save("082019", "callin", form) }},
				{"queue page", "001010", sandbox.OpQueues, func(p *person) *answer {
					return p.post("/queues/1000887/members?type=callin", url.Values{"agent_id": {"001010"}, "action": {"add"}, "confirm": {"yes"}})
				}},
				{"undo", "001003", sandbox.OpQueues, func(p *person) *answer {
					return p.post("/changes/"+undo+"/undo", url.Values{"confirm": {"yes"}})
				}},
				{"recording", "082018", sandbox.OpRecording, func(p *person) *answer {
					return p.post("/agents/082018/recording", enabled("true"))
				}},
			} {
				// Of this agent alone: what another surface left waiting may go on meanwhile.
				of := journal.Filter{Agent: surface.agent}
				sentTo := func() (n int) {
					for _, c := range s.api.CallsOf(surface.op) {
						if c.Agent == surface.agent {
							n++
						}
					}
					return n
				}
				before, known := s.callin(surface.agent), len(s.entries(of))
				sent := sentTo()
				s.api.Fail(f.fault.On(surface.op).Repeat(sandbox.Always))
				a := surface.do(p)
				for strings.HasPrefix(a.location(), "/savings/") {
					a = p.get(a.location())
				}
				s.api.ClearFaults()
				calls := sentTo() - sent
				entries := s.entries(of)
				goesOn := a.find("[data-saving]").Length() == 1
				if len(entries) == known {
					// The API had asked for a wait, or does not answer: nothing was tried.
					if calls > 0 || a.status < 400 && !goesOn {
						t.Errorf("%s: %d calls without an entry; %d", surface.name, calls, a.status)
					}
					continue
				}
				if len(entries) != known+1 {
					t.Errorf("%s: %d entries", surface.name, len(entries)-known)
					continue
				}
				e := entries[0]
				if goesOn && e.Result == journal.Intent {
					continue // its wait ended as it was looked at: the fault did not strike it
				}
				tried++
				changed := !slices.Equal(before, s.callin(surface.agent))
				switch {
				case calls > 1:
					t.Errorf("%s: sent %d times", surface.name, calls)
				case a.status == http.StatusInternalServerError:
					t.Errorf("%s: a page of nobody's error: %s", surface.name, a.body)
				case f.refused && e.Result != journal.Refused:
					t.Errorf("%s: a refusal is journalled as %s", surface.name, e.Result)
				case !f.refused && e.Result == journal.Refused && (calls > 0 || f.applied):
					t.Errorf("%s: journalled as refused, though it may have been done", surface.name)
				case changed && (e.Result == journal.Refused || e.Code == journal.CodeNotApplied):
					t.Errorf("%s: it was done, and is journalled as %s %s", surface.name, e.Result, e.Code)
				case surface.op == sandbox.OpQueues && !changed && e.Result == journal.Verified:
					t.Errorf("%s: it was not done, and is journalled as verified", surface.name)
				}
				s.noKeyIn(surface.name, a.body)
				if strings.Contains(a.body, "<b>5</b>") {
					t.Errorf("%s: the API's sentence is markup", surface.name)
				}
				if f.row[:2] == "19" { // the session may have ended; the next surface needs one
					p = s.signIn(sandbox.DemoKey)
				}
			}

			if tried == 0 {
				t.Error("it struck no change at all")
			}
			if f.read == nil {
				return
			}

			// What is read.
			s.api.Fail(f.fault.On(sandbox.OpList).Repeat(sandbox.Always))
			list := p.get("/agents")
			if list.status == http.StatusSeeOther {
				if !slices.Contains(f.read, "unauthorized") {
					t.Errorf("list: leads to %s", list.location())
				}
			} else if got := list.failure(); list.find("[data-outage]").Length() == 0 && !slices.Contains(f.read, got) {
				t.Errorf("list: fails as %q, want one of %v", got, f.read)
			}
			in := s.browser().post("/sign-in", url.Values{"environment": {"sandbox"}, "api_key": {sandbox.DemoKey}})
			if got := in.failure(); in.status < 400 || !slices.Contains(f.read, got) {
				t.Errorf("sign-in: %d, fails as %q, want one of %v", in.status, got, f.read)
			}
			s.noKeyIn("sign-in", in.body)
		})
	}
}
