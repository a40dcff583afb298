package web_test

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

// TestRunBesideAnotherAdministrator: what somebody else adds meanwhile is not dropped, what
// they take away not brought back, and where the wish makes no sense any more nothing is
// sent; the rest goes on.
func TestRunBesideAnotherAdministrator(t *testing.T) {
	t.Parallel()
	var s *stand
	var meanwhile func(n int64)
	var puts atomic.Int64
	ready := make(chan struct{})
	s, p := runStand(t, func(o *setup) {
		o.web.EvidenceAge = -1 // all is read for each change: what is done between two is there
		o.sandbox = func(c *sandbox.Config) {
			c.Style = sandbox.Joined
			c.Before = func(r *http.Request) {
				if r.Method == http.MethodPut {
					<-ready
					meanwhile(puts.Add(1))
				}
			}
		}
	})
	m := p.move(12)
	set := func(id string, list []int64) { s.api.SetQueues(sandbox.AloHub, id, sandbox.Callin, list, nil) }
	// Between plan and start.
	set(m.ids[0], with(m.before[m.ids[0]].Callin, 1000999))
	m.want[m.ids[0]] = with(m.want[m.ids[0]], 1000999)
	gone := without(m.before[m.ids[1]].Callin, 1001226)
	set(m.ids[1], gone)
	m.want[m.ids[1]] = gone
	// During it, to those whose turn is far off.
	var once sync.Once
	meanwhile = func(int64) {
		once.Do(func() {
			set(m.ids[10], with(m.before[m.ids[10]].Callin, 1000998))
			set(m.ids[11], without(m.before[m.ids[11]].Callin, 1001226))
		})
	}
	m.want[m.ids[10]] = with(m.want[m.ids[10]], 1000998)
	m.want[m.ids[11]] = without(m.before[m.ids[11]].Callin, 1001226)
	close(ready)
	p.carried(m.run)
	s.expectLists(m.before, m.want)
	result := p.result(m.run)
	for _, id := range []string{m.ids[1], m.ids[11]} {
		if row := result[id]; row["state"] != "aside" || row["code"] != "not-there" {
			t.Errorf("who is not there any more: %v", row)
		}
	}
	if got := states(result); got["verified"] != 10 {
		t.Errorf("%v", got)
	}
}

// consolesOn are consoles on one database and one sandbox.
func consolesOn(t *testing.T, n int, database string, changes ...func(*setup)) []*stand {
	t.Helper()
	var out []*stand
	for range n {
		store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: database})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		out = append(out, newStand(t, append([]func(*setup){func(o *setup) {
			o.store, o.patient = store, true
			o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined }
			if len(out) > 0 {
				o.api, o.upstream = out[0].api, out[0].upstream
			}
		}}, changes...)...))
	}
	return out
}

// TestRunOneRunner: two people at two consoles press start, and later resume, at once: one
// carries it out.
func TestRunOneRunner(t *testing.T) {
	t.Parallel()
	both := consolesOn(t, 2, postgres(t))
	p, q := both[0].signIn(sandbox.DemoKey), both[1].signIn(oddKey)
	m := p.move(16)
	press := func(act string) {
		t.Helper()
		var wg sync.WaitGroup
		var won, lost atomic.Int64
		for _, who := range []*person{p, q, p, q} {
			wg.Go(func() {
				switch a := who.post(m.run+"/"+act, url.Values{"confirm": {"yes"}}); a.status {
				case http.StatusSeeOther:
					won.Add(1)
				case http.StatusConflict:
					lost.Add(1)
				default:
					t.Errorf("%s: %d", a.what, a.status)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 3 {
			t.Errorf("%s: %d won, %d lost", act, won.Load(), lost.Load())
		}
	}
	both[0].api.Fail(sandbox.InsufficientScope().On(sandbox.OpQueues).After(5).Repeat(sandbox.Always))
	press("start")
	p.comes(m.run, "paused")
	both[0].api.ClearFaults()
	press("resume")
	p.comes(m.run, "finished")
	if got := m.account(); got["verified"] != len(m.ids) {
		t.Errorf("%v", got)
	}
	both[0].expectLists(m.before, m.want)
}

// TestRunsOfTwoKeys: two runs at once, of two keys of one tenant or of two tenants, never
// use each other's key; and it stands nowhere.
func TestRunsOfTwoKeys(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		database := filepath.Join(t.TempDir(), "console.db")
		s := runsOfTwoKeys(t, database)
		for _, file := range []string{database, database + "-wal"} {
			data, err := os.ReadFile(file)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			s.noKeyIn(filepath.Base(file), string(data))
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		database := postgres(t)
		s := runsOfTwoKeys(t, database)
		rows := 0
		for table, text := range dump(t, database) {
			s.noKeyIn("table "+table, text)
			rows += strings.Count(text, "\n")
		}
		if rows < 32 {
			t.Errorf("a dump of %d rows cannot hold the runs", rows)
		}
	})
}

// dump is all there is in the tables of a PostgreSQL database, bytes as hexadecimal digits
// and as what they are.
func dump(t *testing.T, database string) map[string]string {
	t.Helper()
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	texts := func(query string) (out []string) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			out = append(out, text)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return out
	}
	hexadecimal := regexp.MustCompile(`\\x([0-9a-f]+)`)
	out := map[string]string{}
	for _, table := range texts(`SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`) {
		text := strings.Join(texts("SELECT t::text FROM "+table+" t"), "\n") + "\n"
		for _, m := range hexadecimal.FindAllStringSubmatch(text, -1) {
			if raw, err := hex.DecodeString(m[1]); err == nil {
				text += string(raw)
			}
		}
		out[table] = text
	}
	return out
}

func runsOfTwoKeys(t *testing.T, database string) *stand {
	t.Helper()
	s := consolesOn(t, 1, database)[0]
	p, q, r := s.signIn(sandbox.DemoKey), s.signIn(oddKey), s.signIn(sandbox.DemoKeyAnother)
	ids := s.emptiable(1001226, 16)
	add := func(p *person, ids []string, queue string) string {
		t.Helper()
		return p.plan("operation", "add", "queue_ids", queue, "agent_ids", strings.Join(ids, " "))
	}
	var strangers []string
	for _, a := range s.api.Agents(sandbox.Another) {
		strangers = append(strangers, a.ID)
	}
	strangers = strangers[:8]
	of := map[string]string{}
	for _, id := range ids[:8] {
		of[id] = sandbox.DemoKey
	}
	for _, id := range ids[8:] {
		of[id] = oddKey
	}
	for _, id := range strangers {
		of[fmt.Sprint("another ", id)] = sandbox.DemoKeyAnother
	}
	one, two := add(p, ids[:8], "1001010"), add(q, ids[8:], "1001010")
	three := r.plan("operation", "recording-on", "agent_ids", strings.Join(strangers, " "))
	for run, who := range map[string]*person{one: p, two: q, three: r} {
		who.start(run).is(http.StatusSeeOther)
	}
	for run, who := range map[string]*person{one: p, two: q, three: r} {
		who.comes(run, "finished")
	}
	for _, c := range s.puts() {
		agent := c.Agent
		if c.Tenant == sandbox.Another {
			agent = "another " + agent
		}
		if key := c.Header.Get("X-Api-Key"); key != of[agent] || key == "" {
			t.Errorf("agent %s was changed by the wrong key", agent)
		}
		delete(of, agent)
	}
	if len(of) > 0 {
		t.Errorf("%d were not changed", len(of))
	}
	return s
}

// TestRunAndSignOut: signing out asks what is to become of a run that goes on.
func TestRunAndSignOut(t *testing.T) {
	t.Parallel()
	for _, choice := range []string{"pause", "finish"} {
		t.Run(choice, func(t *testing.T) {
			t.Parallel()
			gate := make(chan struct{})
			s, p := runStand(t, func(o *setup) {
				o.sandbox = func(c *sandbox.Config) {
					c.Style = sandbox.Joined
					c.Before = func(r *http.Request) {
						if r.Method == http.MethodPut {
							<-gate
						}
					}
				}
			})
			m := p.move(16)
			p.start(m.run).is(http.StatusSeeOther)
			for len(s.puts()) == 0 {
				time.Sleep(time.Millisecond)
			}
			asked := p.post("/sign-out", nil).is(http.StatusConflict)
			asked.has(`form input[name=runs][value=finish]`).has(`form input[name=runs][value=pause]`)
			p.get("/agents").is(http.StatusOK)
			p.post("/sign-out", url.Values{"runs": {choice}}).is(http.StatusSeeOther)
			close(gate)
			q := s.signIn(oddKey)
			m.p = q
			if choice == "pause" {
				q.comes(m.run, "paused")
				if n := len(s.puts()); n > 5 {
					t.Errorf("%d PUTs after it was paused", n)
				}
				q.post(m.run+"/resume", nil).is(http.StatusSeeOther)
			}
			q.comes(m.run, "finished")
			m.account()
			s.expectLists(m.before, m.want)
		})
	}
}

// TestRunOfAConsoleThatStops: it is interrupted, at once where one process has the
// database, and goes on when somebody resumes it.
func TestRunOfAConsoleThatStops(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "console.db")
	api := newSandbox(setup{demo: sandbox.DemoOptions{Agents: 120, Quiet: true}, sandbox: func(c *sandbox.Config) { c.Style = sandbox.Joined }})
	first := stopping(t, api, database)
	p := first.signIn(sandbox.DemoKey)
	m := p.move(16)
	api.Fail(sandbox.Slow(150 * time.Millisecond).On(sandbox.OpQueues).Repeat(sandbox.Always))
	p.start(m.run).is(http.StatusSeeOther)
	for len(first.puts()) < 3 {
		time.Sleep(time.Millisecond)
	}
	first.stop()
	if n := len(first.puts()); n == len(m.ids) {
		t.Errorf("all %d were sent", n)
	}
	if strings.Contains(first.log.String(), "end of a run not noted") {
		t.Error("that it was interrupted could not be noted")
	}
	api.ClearFaults()
	second := stopping(t, api, database)
	q := second.signIn(oddKey)
	if got := q.get(m.run).run("state"); got != "interrupted" {
		t.Errorf("after a restart the run is %s", got)
	}
	q.post(m.run+"/resume", nil).is(http.StatusSeeOther)
	q.comes(m.run, "finished")
	m.s, m.p = second.stand, q
	if got := m.account(); got["verified"] != len(m.ids) {
		t.Errorf("%v", got)
	}
	second.expectLists(m.before, m.want)
}

// stoppable is a stand that a test can stop before its end.
type stoppable struct {
	*stand
	stop func()
}

func stopping(t *testing.T, api *sandbox.Server, database string) *stoppable {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	out := &stoppable{}
	out.stand = newStand(t, func(o *setup) {
		o.api, o.store = api, store
		o.enter = func(c *web.Console) string {
			server := httptest.NewServer(c.Handler())
			out.stop = sync.OnceFunc(func() {
				c.Close()
				server.Close()
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
			t.Cleanup(out.stop)
			return server.URL
		}
	})
	return out
}
