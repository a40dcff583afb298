package web_test

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sqlstore"
)

// TestRunKilled kills the console at random moments of a run; the next one signs in and
// resumes. Whatever moment it was: the final state is exactly the plan's, each agent got
// one PUT, and none without an intent. CONSOLE_TEST_RUN_KILLS says how often on each
// database, 3 if not set. The long run:
//
//	CONSOLE_TEST_RUN_KILLS=200 go test ./web -run TestRunKilled -timeout 0 -v
func TestRunKilled(t *testing.T) {
	t.Parallel()
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("CONSOLE_TEST_RUN_KILLS")); err == nil {
		kills = n
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		runKilled(t, kills, filepath.Join(t.TempDir(), "console.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		runKilled(t, kills, postgres(t))
	})
}

func runKilled(t *testing.T, kills int, database string) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 2))
	var calls, fatal, puts, fatalPut atomic.Int64
	var current atomic.Pointer[victim]
	demo := sandbox.Demo(sandbox.DemoOptions{Agents: 60, Quiet: true}).Config
	demo.Style, demo.Limits, demo.MaxCalls = sandbox.Joined, sandbox.Limits{Tenant: 90_000, Route: 90_000}, 1_000_000
	demo.Before = func(r *http.Request) {
		put := r.Method == http.MethodPut && puts.Add(1) == fatalPut.Load()
		if calls.Add(1) == fatal.Load() || put {
			current.Load().kill()
		}
	}
	api := sandbox.New(demo)
	upstream := httptest.NewServer(api)
	t.Cleanup(upstream.Close)
	s := &stand{t: t, log: &ledger{}, api: api, upstream: upstream.URL, keys: []string{sandbox.DemoKey}}
	p := s.browser().english()
	enter := func() {
		t.Helper()
		v := spawn(t, upstream.URL, database)
		current.Store(v)
		s.origin = v.origin
		p.english().enter(sandbox.DemoKey)
		p.crawled()
	}
	moments := map[string]int{}
	// No list comes again soon: of one that does, reads that lag could not tell whether it
	// is the one before, and the same is sent once more.
	ring := []int64{1001226, 1001010, 1000887, 1001003, 1000888, 1001004, 1001001, 1001005}
	spared := func() { fatal.Store(-1); fatalPut.Store(-1) }
	for n := range kills {
		spared()
		enter()
		api.ResetCalls()
		before, from, to := s.truth(), ring[n%len(ring)], ring[(n+1)%len(ring)]
		ids := slices.DeleteFunc(s.members(from, 12), func(id string) bool { return slices.Contains(before[id].Callin, to) })
		run := p.plan("operation", "move", "from_ids", strconv.FormatInt(from, 10), "queue_ids", strconv.FormatInt(to, 10), "agent_ids", strings.Join(ids, " "))
		calls.Store(0)
		puts.Store(0)
		latest := 3 * time.Second
		switch n % 4 {
		case 0:
			latest = time.Duration(dice.Int64N(int64(300 * time.Millisecond)))
		case 1:
			fatal.Store(1 + dice.Int64N(int64(len(ids))+20))
		default:
			fatalPut.Store(1 + dice.Int64N(int64(len(ids))))
		}
		last := time.AfterFunc(latest, current.Load().kill)
		// The answers may be cut off at any moment.
		if resp, err := p.client.PostForm(s.origin+run+"/start", fields("confirm", "yes")); err == nil {
			resp.Body.Close()
		}
		current.Load().wait()
		last.Stop()
		sent := len(s.puts())
		moments[[]string{"before", "amid", "after"}[min(sent, 1)+min(sent/len(ids), 1)]]++

		spared()
		enter()
		state := p.get(run).is(http.StatusOK).run("state")
		if state == "running" && !strings.HasPrefix(database, "postgres") {
			t.Errorf("after a restart the run is %s", state)
		}
		switch state {
		case "planned":
			p.start(run).is(http.StatusSeeOther)
		case "finished":
		default:
			p.comes(run, "interrupted")
			p.post(run+"/resume", nil).is(http.StatusSeeOther)
		}
		p.comes(run, "finished")
		want := map[string][]int64{}
		for _, id := range ids {
			want[id] = with(without(before[id].Callin, from), to)
		}
		s.expectLists(before, want)
		counts, noted := s.putCounts(), entriesOf(t, database, run)
		for id, k := range counts {
			if k != 1 || want[id] == nil {
				t.Errorf("agent %s got %d PUTs", id, k)
			}
			if noted[id] < k {
				t.Errorf("agent %s got %d PUTs, with %d intents", id, k, noted[id])
			}
		}
		for id, row := range p.result(run) {
			if state := row["state"]; state != "verified" && state != "accepted" {
				t.Errorf("agent %s: %v", id, row)
			}
		}
		if t.Failed() {
			for _, c := range s.puts() {
				t.Logf("%s %s %s: %d", c.Time.Format("05.000"), c.Agent, c.Body, c.Status)
			}
			for id, row := range p.result(run) {
				t.Logf("%s: %v", id, row)
			}
			t.Fatalf("after kill %d, with %d of %d sent, of state %s", n+1, sent, len(ids), state)
		}
		current.Load().kill()
		current.Load().wait()
	}
	t.Logf("%d kills: %v", kills, moments)
}

// TestRunTakenOver: one of two replicas is killed amid a run. At the other one somebody of the
// same tenant can resume it within 30 s, and what comes of it is the plan.
func TestRunTakenOver(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	var puts atomic.Int64
	var current atomic.Pointer[victim]
	demo := sandbox.Demo(sandbox.DemoOptions{Agents: 60, Quiet: true}).Config
	demo.Style, demo.Limits = sandbox.Joined, sandbox.Limits{Tenant: 90_000, Route: 90_000}
	demo.Before = func(r *http.Request) {
		if r.Method == http.MethodPut && puts.Add(1) == 5 {
			current.Load().kill()
		}
	}
	demo.Keys = append(demo.Keys, sandbox.Key{Secret: oddKey, Tenants: []int64{sandbox.AloHub}, Scopes: []string{sandbox.ScopeAgent}})
	api := sandbox.New(demo)
	upstream := httptest.NewServer(api)
	t.Cleanup(upstream.Close)
	s := &stand{t: t, log: &ledger{}, api: api, upstream: upstream.URL, keys: []string{sandbox.DemoKey, oddKey}}
	at := func(v *victim) *stand {
		other := *s
		other.origin = v.origin
		return &other
	}
	first, second := spawn(t, upstream.URL, database), spawn(t, upstream.URL, database)
	t.Cleanup(func() {
		second.kill()
		second.wait()
	})
	current.Store(first)
	p, q := at(first).signIn(sandbox.DemoKey), at(second).signIn(oddKey)
	before, ids := s.truth(), s.emptiable(1001226, 12)
	run := p.plan("operation", "move", "from_ids", "1001226", "queue_ids", "1001010", "agent_ids", strings.Join(ids, " "))
	if resp, err := p.client.PostForm(first.origin+run+"/start", fields("confirm", "yes")); err == nil {
		resp.Body.Close()
	}
	first.wait()
	killed := time.Now()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for status := 0; status != http.StatusSeeOther; <-tick.C {
		if time.Since(killed) > 30*time.Second {
			t.Fatalf("%s after the kill it cannot be resumed: %d", time.Since(killed), status)
		}
		if status = q.post(run+"/resume", nil).status; status != http.StatusSeeOther && status != http.StatusConflict {
			t.Fatalf("resume: %d", status)
		}
	}
	t.Logf("resumed %s after the kill", time.Since(killed).Round(100*time.Millisecond))
	q.comes(run, "finished")
	want := map[string][]int64{}
	for _, id := range ids {
		want[id] = with(without(before[id].Callin, 1001226), 1001010)
	}
	s.expectLists(before, want)
	for id, n := range s.putCounts() {
		if n != 1 {
			t.Errorf("agent %s got %d PUTs", id, n)
		}
	}
}

// entriesOf counts the journal's entries of a run by agent.
func entriesOf(t *testing.T, database, run string) map[string]int {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: database, Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	entries, _, err := store.List(t.Context(), journal.Filter{Scope: aloHub(), RunID: runID(run), Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, e := range entries {
		out[e.Agent]++
	}
	return out
}
