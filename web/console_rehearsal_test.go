package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/web"
)

// rehearses allows a rehearsal, against an API that loses a priority that is left out.
func rehearses(o *setup) {
	o.web.WriteRehearsal = []string{"sandbox"}
	o.sandbox = func(c *sandbox.Config) { c.Style, c.ResetOmittedPriority = sandbox.Joined, true }
}

// rehearse goes the way of a person: from the page of the API to a step, which is sent.
func (p *person) rehearse(agent, step string) *answer {
	p.s.t.Helper()
	at := p.get("/connection/rehearsal?agent_id=" + agent).is(http.StatusOK)
	form := at.form(`[data-step="` + step + `"] form`)
	form.Set("confirm", "yes")
	return p.rehearsed(p.post("/connection/rehearsal", form).is(http.StatusSeeOther).location())
}

// rehearsed waits for the end of a rehearsal, as its page does: by asking.
func (p *person) rehearsed(at string) *answer {
	p.s.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if a := p.get(at).is(http.StatusOK); a.find(`[data-rehearsal="going"]`).Length() == 0 {
			return a
		}
	}
	p.s.t.Fatal("the rehearsal does not end")
	return nil
}

// TestRehearsalIsOff: unless the settings allow it, for that environment, there is none.
func TestRehearsalIsOff(t *testing.T) {
	t.Parallel()
	for name, allowed := range map[string][]string{"nowhere": nil, "elsewhere": {"other"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, func(o *setup) {
				o.web.WriteRehearsal = allowed
				if allowed != nil {
					o.web.Upstreams = append(o.web.Upstreams, web.Upstream{Name: "Other", Slug: "other", BaseURL: "http://127.0.0.1:1"})
				}
			})
			p := s.signIn(sandbox.DemoKey)
			p.get("/connection").is(http.StatusOK).lacks("[data-rehearsal-choice]")
			p.get("/connection/rehearsal?agent_id=" + sandbox.DemoSeveral).is(http.StatusNotFound)
			form := url.Values{"agent_id": {sandbox.DemoSeveral}, "step": {"same"}, "base": {"1001226,1000886,1001002"}, "priority": {"2"}, "confirm": {"yes"}}
			p.post("/connection/rehearsal", form).is(http.StatusNotFound)
			p.get("/connection/rehearsals/x").is(http.StatusNotFound)
			if len(s.puts()) > 0 {
				t.Error("something was sent")
			}
		})
	}
}

// TestRehearsal: the page says what would be sent, just that is sent, it is in the journal,
// and what was found out stands on the page of the API.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	s := newStand(t, rehearses)
	p := s.signIn(sandbox.DemoKey)
	before := s.callin(sandbox.DemoSeveral)
	start := p.get("/connection").has(`[data-rehearsal-choice] form[action="/connection/rehearsal"]`)
	for _, code := range []string{"write", "read-back", "same-list", "priority-omitted"} {
		start.has(`[data-trait="` + code + `"]`).lacks(`[data-trait="` + code + `"][data-known]`)
	}
	at := p.get("/connection/rehearsal?agent_id=" + sandbox.DemoSeveral).is(http.StatusOK)
	at.says("These 2 requests are sent").has(`[data-step="same"] button[name="confirm"][value="yes"]`)
	if got := at.find(`[data-step="omitted"] .curl`).Text(); strings.Count(got, "PUT") != 2 || strings.Count(got, `"priority":2`) != 1 {
		t.Errorf("it would send %q", got)
	}
	form := at.form(`[data-step="same"] form`)
	if a := p.post("/connection/rehearsal", form).is(http.StatusSeeOther); !strings.HasPrefix(a.location(), "/connection/rehearsal?") || len(s.puts()) > 0 {
		t.Errorf("unconfirmed it leads to %q, after %d writes", a.location(), len(s.puts()))
	}

	same := p.rehearse(sandbox.DemoSeveral, "same")
	same.has(`[data-rehearsal="as-before"]`).has(`[data-learned="same-list"]`).has(`[data-change-id][data-result="verified"]`).says("Callin: sent again as it was")
	if n := len(s.puts()); n != 1 {
		t.Errorf("%d writes", n)
	}
	omitted := p.rehearse(sandbox.DemoSeveral, "omitted")
	omitted.has(`[data-rehearsal="as-before"]`).has(`[data-learned="priority-omitted"]`).says("The priority is emptied")
	omitted.says("Callin: sent again without the priority").lacks(`[data-rehearsal] button`)
	if n := len(s.puts()); n != 3 {
		t.Errorf("%d writes", n)
	}
	s.unchanged(sandbox.DemoSeveral, before, 2)
	entries := s.entries(journal.Filter{Agent: sandbox.DemoSeveral})
	if len(entries) != 3 || entries[0].UndoOf != entries[1].ID || entries[1].UndoneBy != entries[0].ID || entries[2].UndoneBy != "" || entries[0].Operator == "" {
		t.Errorf("the journal has %+v", entries)
	}
	known := p.get("/connection")
	for code, want := range map[string]string{"write": "Taken", "same-list": "Accepted", "priority-omitted": "The priority is emptied"} {
		if got := squeeze(known.find(`[data-trait="` + code + `"][data-known] .conduct-value`).Text()); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	known.has(`[data-trait="priority-omitted"] time`).has(`[data-trait="priority-omitted"] .state-good`)
	p.get("/connection/rehearsals/gone").is(http.StatusNotFound).says("not known here any more")
}

// unchanged fails the test where an agent's list or priority is another.
func (s *stand) unchanged(agent string, callin []int64, priority int) {
	s.t.Helper()
	a, _ := s.api.Agent(sandbox.AloHub, agent)
	if !slices.Equal(a.Callin, callin) || a.Priority == nil || *a.Priority != priority {
		s.t.Errorf("agent %s is left with %v, priority %v", agent, a.Callin, a.Priority)
	}
}

// TestRehearsalInEachStyle: however an API shows queues, a rehearsal either leaves the agent
// as before, or is not offered, and says why.
func TestRehearsalInEachStyle(t *testing.T) {
	t.Parallel()
	for _, style := range sandbox.Styles() {
		for _, kept := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v kept %t", style, kept), func(t *testing.T) {
				t.Parallel()
				s := newStand(t, rehearses, func(o *setup) {
					o.sandbox = func(c *sandbox.Config) { c.Style, c.ResetOmittedPriority = style, true }
				})
				p := s.signIn(sandbox.DemoKey)
				before := s.callin(sandbox.DemoSeveral)
				if kept {
					// One that lacks a queue which was seen is no list of them all.
					p.post("/queues/known", url.Values{"ids": {"1001226 1000886 1001002"}}).is(http.StatusSeeOther)
					if style == sandbox.FirstOnly {
						p.get("/connection/rehearsal?agent_id=" + sandbox.DemoSeveral).has("[data-closed]")
					}
					seen := p.get("/queues?size=100").attrs("tr[data-queue-id]", "data-queue-id")
					p.post("/queues/known", url.Values{"ids": {strings.Join(append(seen, "1001226 1000886 1001002"), " ")}}).is(http.StatusSeeOther)
					p.crawled()
				}
				if style == sandbox.FirstOnly && !kept {
					p.get("/connection/rehearsal?agent_id=" + sandbox.DemoSeveral).has("[data-closed]").lacks("[data-step]")
					return
				}
				p.rehearse(sandbox.DemoSeveral, "omitted").has(`[data-rehearsal="as-before"]`)
				s.unchanged(sandbox.DemoSeveral, before, 2)
				if n := len(s.puts()); n != 2 {
					t.Errorf("%d writes", n)
				}
			})
		}
	}
}

// TestRehearsalOfAnAgent: whom it can be tried on, and why not on others.
func TestRehearsalOfAnAgent(t *testing.T) {
	t.Parallel()
	s := newStand(t, rehearses)
	p := s.signIn(sandbox.DemoKey)
	p.get("/connection/rehearsal").is(http.StatusOK).has("#rehearsal-agent").lacks("[data-step]").lacks("[data-closed]")
	p.get("/connection/rehearsal?agent_id=" + sandbox.DemoNone).has("[data-closed]").says("in no callin queue")
	p.get("/connection/rehearsal?agent_id=999999").is(http.StatusNotFound).has("#rehearsal-agent[value=\"999999\"]").lacks("[data-step]")
	s.api.EditAgent(sandbox.AloHub, sandbox.DemoExample, func(a *sandbox.Agent) { a.Callin, a.Priority = []int64{1001226}, nil })
	p.get("/connection/rehearsal?agent_id=" + sandbox.DemoExample).has(`[data-step="same"] form`).lacks(`[data-step="omitted"] form`).says("shows no priority of this agent")
	if len(s.puts()) > 0 {
		t.Error("something was sent")
	}
}

// TestRehearsalBesideAnother: somebody else's change is neither lost nor undone, wherever it
// comes in between.
func TestRehearsalBesideAnother(t *testing.T) {
	t.Parallel()
	joins := func(a *sandbox.Agent) { a.Callin = append(a.Callin, 1001010) }
	t.Run("before", func(t *testing.T) {
		t.Parallel()
		s := newStand(t, rehearses)
		p := s.signIn(sandbox.DemoKey)
		form := p.get("/connection/rehearsal?agent_id=" + sandbox.DemoSeveral).form(`[data-step="omitted"] form`)
		form.Set("confirm", "yes")
		s.api.EditAgent(sandbox.AloHub, sandbox.DemoSeveral, joins)
		a := p.rehearsed(p.post("/connection/rehearsal", form).location())
		a.has(`[data-rehearsal="alone"]`).says("Nothing was sent.").says("Somebody else has changed the agent meanwhile.")
		if len(s.puts()) > 0 {
			t.Error("something was sent")
		}
	})
	t.Run("in the middle", func(t *testing.T) {
		t.Parallel()
		var s *stand
		writes := 0
		s = newStand(t, rehearses, func(o *setup) {
			o.front = func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					next.ServeHTTP(w, r)
					if r.Method == http.MethodPut {
						if writes++; writes == 1 {
							s.api.EditAgent(sandbox.AloHub, sandbox.DemoSeveral, joins)
						}
					}
				})
			}
		})
		p := s.signIn(sandbox.DemoKey)
		want := append(s.callin(sandbox.DemoSeveral), 1001010)
		a := p.rehearse(sandbox.DemoSeveral, "omitted")
		a.has(`[data-rehearsal="changed"]`).says("could not be put back")
		if got := s.callin(sandbox.DemoSeveral); !slices.Equal(got, want) {
			t.Fatalf("it is %v, want %v", got, want)
		}
		// The way out is on the page: it asks, and then sends the priority again.
		undo := a.find(`[data-rehearsal] .notice form`).AttrOr("action", "")
		asks := p.post(undo, a.form(`[data-rehearsal] .notice form`)).is(http.StatusOK).has("[data-confirm]")
		form := asks.form("main form")
		form.Set("confirm", "yes")
		p.post(undo, form).is(http.StatusSeeOther)
		s.unchanged(sandbox.DemoSeveral, want, 2)
	})
}

// TestRehearsalOnItsWay: once its write has left, no page says that it is still to be sent.
func TestRehearsalOnItsWay(t *testing.T) {
	t.Parallel()
	left, release := make(chan struct{}), make(chan struct{})
	s := newStand(t, rehearses, func(o *setup) {
		o.front = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if req.Method == http.MethodPut {
					close(left)
					<-release
				}
				next.ServeHTTP(w, req)
			})
		}
	})
	p := s.signIn(sandbox.DemoKey)
	form := p.get("/connection/rehearsal?agent_id=" + sandbox.DemoSeveral).form(`[data-step="same"] form`)
	form.Set("confirm", "yes")
	at := p.post("/connection/rehearsal", form).location()
	<-left
	p.get(at).is(http.StatusOK).has(`[data-rehearsal="going"]`).says("Sending and checking.")
	close(release)
	p.rehearsed(at).has(`[data-rehearsal="as-before"]`)
}

// TestRehearsalIsToldElsewhere: whichever console of the database is asked says how far it is
// and how the agent was left.
func TestRehearsalIsToldElsewhere(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	release := sync.OnceFunc(func() { close(held) })
	s := newStand(t, rehearses, func(o *setup) {
		o.front = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				if req.Method == http.MethodPut {
					<-held
				}
				next.ServeHTTP(w, req)
			})
		}
	})
	p := s.signIn(sandbox.DemoKey)
	q := p.copied(beside(t, s, rehearses)).english()
	form := p.get("/connection/rehearsal?agent_id=" + sandbox.DemoSeveral).form(`[data-step="omitted"] form`)
	form.Set("confirm", "yes")
	t.Cleanup(release)
	at := p.post("/connection/rehearsal", form).location()
	a := q.get(at)
	for deadline := time.Now().Add(time.Minute); a.status == http.StatusNotFound && time.Now().Before(deadline); {
		a = q.get(at) // it takes a moment to be told
	}
	a.is(http.StatusOK).has(`[data-rehearsal="going"]`)
	q.get(strings.Replace(at, "/connection/rehearsals/", "/savings/", 1)).fails(http.StatusNotFound, "not-found") // it is no save
	release()
	p.rehearsed(at)
	q.rehearsed(at)
	q.get(strings.Replace(at, "/connection/rehearsals/", "/savings/", 1)).fails(http.StatusNotFound, "not-found")
	q.rehearsed(at).has(`[data-rehearsal="as-before"]`).has(`[data-learned="priority-omitted"]`).has(`[data-change-id][data-result="verified"]`)
	p.rehearsed(at).has(`[data-rehearsal="as-before"]`)
}

// TestRehearsalFails: where a write of it fails the person is told how the agent was left.
func TestRehearsalFails(t *testing.T) {
	t.Parallel()
	refused := sandbox.Fault{Status: http.StatusForbidden, Body: `{"success":"0","error_code":"INSUFFICIENT_SCOPE","error_message":"no"}`}.On(sandbox.OpQueues)
	for name, tc := range map[string]struct {
		fault sandbox.Fault
		state string
		says  string
		trait string // of writing
	}{
		"the first is refused":  {refused, "alone", "The API refused it.", "Refused: no scope"},
		"the first is a 500":    {sandbox.Fault{Status: http.StatusInternalServerError}.On(sandbox.OpQueues), "as-before", "The agent is as before.", "Taken"},
		"the second is refused": {refused.After(1).Repeat(sandbox.Always), "changed", "could not be put back", "Taken"},
		"the second is a 500":   {sandbox.Fault{Status: http.StatusInternalServerError}.On(sandbox.OpQueues).After(1), "changed", "Open the agent and set the priority to 2 again.", "Taken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, rehearses)
			p := s.signIn(sandbox.DemoKey)
			before := s.callin(sandbox.DemoSeveral)
			form := p.get("/connection/rehearsal?agent_id=" + sandbox.DemoSeveral).form(`[data-step="omitted"] form`)
			form.Set("confirm", "yes")
			s.api.Fail(tc.fault)
			a := p.rehearsed(p.post("/connection/rehearsal", form).location())
			a.has(`[data-rehearsal="` + tc.state + `"]`).says(tc.says)
			if got := s.callin(sandbox.DemoSeveral); !slices.Equal(got, before) {
				t.Errorf("left with %v", got)
			}
			if name == "the second is refused" { // the other has an undo whose outcome is not known
				a.has(`[data-rehearsal] .notice form[action*="/undo"] button`)
			}
			s.api.ClearFaults()
			if got := squeeze(p.get("/connection").find(`[data-trait="write"] .conduct-value`).Text()); got != tc.trait {
				t.Errorf("writing: %q, want %q", got, tc.trait)
			}
		})
	}
}

// TestRehearsalCannotBeChecked: what no read has shown is not said to be missing from it.
func TestRehearsalCannotBeChecked(t *testing.T) {
	t.Parallel()
	var s *stand
	s = newStand(t, rehearses, func(o *setup) {
		o.front = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r)
				if r.Method == http.MethodPut {
					s.api.Fail(sandbox.SystemError().On(sandbox.OpList).Repeat(sandbox.Always))
				}
			})
		}
	})
	p := s.signIn(sandbox.DemoKey)
	p.rehearse(sandbox.DemoSeveral, "same").has(`[data-rehearsal="unread"]`).says("could not be checked since")
}

// TestRehearsalLosesItsKey: how the agent was left is said before the key is asked for again,
// and the way out is in the change log.
func TestRehearsalLosesItsKey(t *testing.T) {
	t.Parallel()
	var s *stand
	s = newStand(t, rehearses, func(o *setup) {
		o.front = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r)
				if r.Method == http.MethodPut {
					s.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
				}
			})
		}
	})
	p := s.signIn(sandbox.DemoKey)
	a := p.rehearse(sandbox.DemoSeveral, "omitted").has(`[data-rehearsal="changed"]`).says("could not be put back").says("no longer accepts this key")
	a.has(`[data-rehearsal] .notice form[action*="/undo"] button`)
	if to := p.get("/agents").is(http.StatusSeeOther).location(); !strings.Contains(to, "reason=unauthorized") {
		t.Errorf("leads to %q", to)
	}
}
