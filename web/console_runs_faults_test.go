package web_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// moved is a move of some agents that is planned, with what has to come of it.
type moved struct {
	s      *stand
	p      *person
	run    string
	ids    []string
	before map[string]sandbox.Agent
	want   map[string][]int64
}

func (p *person) move(most int) *moved {
	p.s.t.Helper()
	m := &moved{s: p.s, p: p, before: p.s.truth(), ids: p.s.emptiable(1001226, most), want: map[string][]int64{}}
	for _, id := range m.ids {
		m.want[id] = with(without(m.before[id].Callin, 1001226), 1001010)
	}
	m.run = p.plan("operation", "move", "from_ids", "1001226", "queue_ids", "1001010", "agent_ids", strings.Join(m.ids, " "))
	p.s.api.ResetCalls()
	return m
}

// account holds what the run says of each agent against the sandbox's own record, and
// returns how many are in each state.
func (m *moved) account(runs ...string) map[string]int {
	m.s.t.Helper()
	result := m.p.result(m.run)
	truth := m.s.truth()
	for _, id := range m.ids {
		is, row := sorted(truth[id].Callin), result[id]
		done, as := slices.Equal(is, sorted(m.want[id])), slices.Equal(is, sorted(m.before[id].Callin))
		right := false
		switch row["state"] {
		case "verified":
			right = done
		case "unknown", "accepted":
			right = done || as
		case "refused", "aside", "planned", "not-attempted":
			right = as
		}
		if !right {
			m.s.t.Errorf("agent %s is %s (%s %s), and in %v", id, row["state"], row["code"], row["message"], is)
		}
	}
	for id, now := range truth {
		if m.want[id] == nil && !slices.Equal(now.Callin, m.before[id].Callin) {
			m.s.t.Errorf("agent %s is in %v: nobody asked for that", id, now.Callin)
		}
	}
	taken := map[string]int{}
	for _, c := range m.s.puts() {
		switch c.Status {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		default:
			taken[c.Agent]++
		}
	}
	for id, n := range taken {
		if n > 1 {
			m.s.t.Errorf("agent %s got %d PUTs", id, n)
		}
	}
	m.s.intended(append(runs, m.run)...)
	counts, page := states(result), m.p.get(m.run).is(http.StatusOK)
	for state, n := range counts {
		if got := strings.TrimSpace(page.find(`[data-run-count="` + state + `"] b`).Text()); got != strconv.Itoa(n) {
			m.s.t.Errorf("the page counts %q as %s, the CSV has %d", got, state, n)
		}
	}
	return counts
}

// TestRunFaults strikes faults of writes during a run. What is one agent's ends that
// agent's, and the run goes on; the counts are true.
func TestRunFaults(t *testing.T) {
	t.Parallel()
	var visits atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(other.Close)
	for _, tt := range []struct {
		name  string
		fault sandbox.Fault
		want  map[string]int // beside verified
		done  bool           // the writes struck took effect
	}{
		{"500, not done", sandbox.SystemError().Repeat(2), map[string]int{"unknown": 2}, false},
		{"500, done", sandbox.SystemError().Applied().Repeat(2), nil, true},
		{"reset, not done", sandbox.Reset().Repeat(2), map[string]int{"unknown": 2}, false},
		{"reset, done", sandbox.ResetAfterApply().Repeat(2), nil, true},
		{"silence, not done", sandbox.Silence().Repeat(1), map[string]int{"unknown": 1}, false},
		{"silence, done", sandbox.SilenceAfterApply().Repeat(1), nil, true},
		{"502", sandbox.Gateway(502, "An invalid response was received from the upstream server").Repeat(2), map[string]int{"unknown": 2}, false},
		{"truncated", sandbox.Truncated().Repeat(2), nil, true},
		{"empty body", sandbox.EmptyBody().Repeat(2), nil, true},
		{"captive portal", sandbox.CaptivePortal().Repeat(2), map[string]int{"unknown": 2}, false},
		{"other JSON", sandbox.OtherJSON().Repeat(2), map[string]int{"unknown": 2}, false},
		{"success 0, documented", sandbox.Refused("FAIL", "System error").Repeat(2), map[string]int{"refused": 2}, false},
		{"success 0, of input", sandbox.Refused("INVALID_INPUT", "No such queue").Repeat(2), map[string]int{"refused": 2}, false},
		{"success 0, done", sandbox.SuccessAs(`"0"`).Repeat(2), nil, true},
		{"400", sandbox.InvalidInput("No such queue").Repeat(2), map[string]int{"refused": 2}, false},
		{"401 once", sandbox.Unauthorized().Repeat(2), nil, false},
		{"404", sandbox.NotFound().Repeat(1), map[string]int{"refused": 1}, false},
		{"413", sandbox.TooLarge().Repeat(1), map[string]int{"refused": 1}, false},
		{"429 with a second", sandbox.RateLimited("1").Repeat(1), nil, false},
		{"429 of the gateway", sandbox.GatewayRateLimited("1").Repeat(1), nil, false},
		{"redirect", sandbox.Redirected(other.URL + "/v1/agents").Repeat(1), map[string]int{"unknown": 1}, false},
		{"the key echoed", sandbox.EchoedKey().Repeat(1), map[string]int{"unknown": 1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, p := runStand(t, func(o *setup) { o.web.WriteTimeout = 4 * time.Second })
			m := p.move(9)
			s.api.Fail(tt.fault.On(sandbox.OpQueues).After(2))
			end := p.carried(m.run)
			if len(s.api.Faults()) > 0 {
				t.Fatalf("not struck: %v", s.api.Faults())
			}
			got := m.account()
			left := 0
			for state, n := range tt.want {
				left += n
				if got[state] != n {
					t.Errorf("%v, want %v", got, tt.want)
				}
			}
			if got["verified"] != len(m.ids)-left {
				t.Errorf("%v of %d, want %v", got, len(m.ids), tt.want)
			}
			if end.run("done") != end.run("total") {
				t.Errorf("done %s of %s", end.run("done"), end.run("total"))
			}
			// What is left can be retried, and then all is as it was planned.
			if left == 0 {
				return
			}
			retry := p.planned(p.post(m.run+"/retry", nil))
			p.carried(retry)
			for _, row := range p.result(retry) {
				if row["state"] != "verified" && row["state"] != "unchanged" {
					t.Errorf("retried: %v", row)
				}
			}
			s.expectLists(m.before, m.want)
		})
	}
	t.Cleanup(func() {
		if n := visits.Load(); n > 0 {
			t.Errorf("the other host was visited %d times", n)
		}
	})
}

// TestRunStoppedByTheKey: a key that is refused pauses the run; who signs in with one of
// the same tenant goes on, and nobody is left out.
func TestRunStoppedByTheKey(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault sandbox.Fault
		ops   sandbox.Op
	}{
		"401 to a write":     {sandbox.Unauthorized(), sandbox.OpQueues},
		"the gateway's 401":  {sandbox.GatewayUnauthorized(""), sandbox.OpQueues},
		"401 to all":         {sandbox.Unauthorized(), sandbox.OpAny},
		"403 to a write":     {sandbox.InsufficientScope(), sandbox.OpQueues},
		"403 of the gateway": {sandbox.GatewayForbidden(""), sandbox.OpQueues},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p := runStand(t)
			m := p.move(12)
			fault := tt.fault.On(sandbox.OpQueues).After(4)
			fault = fault.Repeat(sandbox.Always)
			s.api.Fail(fault)
			if tt.ops == sandbox.OpAny {
				s.api.ClearFaults()
				var puts atomic.Int64
				fault.Op, fault.Skip = sandbox.OpAny, 0
				fault.Match = func(r *http.Request) bool {
					return r.Method == http.MethodPut && puts.Add(1) > 4 || puts.Load() > 4
				}
				s.api.Fail(fault)
			}
			p.start(m.run).is(http.StatusSeeOther)
			// Its own session may be over with the key: another person looks on.
			q := s.browser().english()
			deadline := time.Now().Add(30 * time.Second)
			for state := ""; state != "paused"; time.Sleep(20 * time.Millisecond) {
				r, err := s.store.Runs().Find(t.Context(), aloHub(), runID(m.run))
				if err != nil || time.Now().After(deadline) {
					t.Fatalf("the run is %s: %v", state, err)
				}
				state = string(r.State)
				if state == "paused" && r.Reason != "unauthorized" && r.Reason != "forbidden" {
					t.Errorf("paused for %s: %s", r.Reason, r.Detail)
				}
				if state == "finished" {
					t.Fatal("it went on")
				}
			}
			page := p.get(m.run)
			if strings.HasPrefix(name, "401") || strings.HasPrefix(name, "the gateway's 401") {
				if page.status == http.StatusOK && page.find(`a[href*="/sign-in"], form[action$="/sign-in"]`).Length() == 0 {
					t.Errorf("the page does not ask for the key: %s", squeeze(page.find("#run").Text()))
				}
			}
			s.api.ClearFaults()
			q.enter(oddKey)
			q.crawled()
			q.post(m.run+"/resume", nil).is(http.StatusSeeOther)
			q.comes(m.run, "finished")
			m.p = q
			if got := m.account(); got["verified"] != len(m.ids) {
				t.Errorf("%v of %d", got, len(m.ids))
			}
			s.expectLists(m.before, m.want)
			// Each key did its own.
			seen := map[string]bool{}
			for _, c := range s.puts() {
				seen[c.Header.Get("X-Api-Key")+c.Header.Get("Authorization")] = true
			}
			if len(seen) != 2 {
				t.Errorf("%d keys were used", len(seen))
			}
		})
	}
}

// TestRunOutage: a run of failures pauses it, the console's own pages open meanwhile, and
// resume goes on.
func TestRunOutage(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"500 to writes":     sandbox.SystemError().On(sandbox.OpQueues),
		"resets of writes":  sandbox.Reset().On(sandbox.OpQueues),
		"503 to everything": sandbox.Gateway(503, "The upstream server is currently unavailable"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p := runStand(t)
			m := p.move(16)
			// The second write on is struck, and from then on everything the fault names.
			var on atomic.Bool
			var puts atomic.Int64
			fault.Match = func(r *http.Request) bool {
				if r.Method == http.MethodPut && puts.Add(1) > 2 {
					on.Store(true)
				}
				return on.Load()
			}
			s.api.Fail(fault.Repeat(sandbox.Always))
			p.start(m.run).is(http.StatusSeeOther)
			page := p.comes(m.run, "paused")
			if left := len(m.ids) - len(s.putCounts()); left < 2 {
				t.Errorf("only %d were spared", left)
			}
			p.get("/runs").is(http.StatusOK)
			m.account()
			_ = page
			s.api.ClearFaults()
			deadline := time.Now().Add(60 * time.Second)
			for state := "paused"; state != "finished"; {
				if time.Now().After(deadline) {
					t.Fatalf("it does not go on: %s", state)
				}
				if a := p.post(m.run+"/resume", nil); a.status != http.StatusSeeOther && a.status != http.StatusConflict {
					a.is(http.StatusSeeOther)
				}
				state = p.comes(m.run, "finished", "paused").run("state")
			}
			m.account()
			retry := p.post(m.run+"/retry", nil)
			if retry.status == http.StatusSeeOther {
				p.carried(retry.location())
			}
			s.expectLists(m.before, m.want)
		})
	}
}
