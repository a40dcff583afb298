package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

// childVariable makes the test binary a console: "upstream database".
const childVariable = "CONSOLE_TEST_CHILD"

// child serves until it is killed, or until its parent is gone.
func child() {
	upstream, database, _ := strings.Cut(os.Getenv(childVariable), " ")
	store, err := sqlstore.Open(context.Background(), sqlstore.Config{Database: database})
	exitOn(err)
	console, err := web.New(web.Options{
		Upstreams: []web.Upstream{{Name: "Sandbox", Slug: "sandbox", BaseURL: upstream}},
		Secrets:   []string{secret}, Store: store, Logger: slog.New(slog.DiscardHandler),
	})
	exitOn(err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	exitOn(err)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Println("http://" + ln.Addr().String())
	exitOn(console.Serve(context.Background(), ln))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// victim is a console in a process of its own.
type victim struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	origin string
	once   sync.Once
}

func spawn(t *testing.T, upstream, database string) *victim {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+upstream+" "+database)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the console did not start: %v", err)
	}
	return &victim{cmd: cmd, stdin: stdin, origin: strings.TrimSpace(line)}
}

// kill is kill -9: no handler runs, nothing is flushed.
func (v *victim) kill() {
	v.once.Do(func() { _ = v.cmd.Process.Kill() })
}

func (v *victim) wait() {
	_ = v.cmd.Wait() // "signal: killed"
	_ = v.stdin.Close()
}

// TestKilled kills the console at random moments while four people write, each
// write marked by a priority of its own. Whatever moment it was: what the API
// received stands in the journal, nothing was sent twice, and nothing is claimed
// that the API never received. CONSOLE_TEST_KILLS says how often on each database, 20 if
// not set. The long run:
//
//	CONSOLE_TEST_KILLS=1000 go test ./web -run TestKilled -timeout 0 -v
//
// Its figures are in docs/operations-journal.md.
func TestKilled(t *testing.T) {
	t.Parallel()
	kills := 20
	if n, err := strconv.Atoi(os.Getenv("CONSOLE_TEST_KILLS")); err == nil {
		kills = n
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		killed(t, kills, filepath.Join(t.TempDir(), "console.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		killed(t, kills, postgres(t))
	})
}

func killed(t *testing.T, kills int, database string) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 1))

	var calls, fatal atomic.Int64
	var current atomic.Pointer[victim]
	demo := sandbox.Demo(sandbox.DemoOptions{Agents: 8, Quiet: true}).Config
	demo.Style, demo.Limits = sandbox.Joined, sandbox.Limits{Tenant: 90_000, Route: 90_000}
	demo.MaxCalls = 1_000_000
	demo.Before = func(*http.Request) {
		if calls.Add(1) == fatal.Load() {
			current.Load().kill()
		}
	}
	api := sandbox.New(demo)
	upstream := httptest.NewServer(api)
	t.Cleanup(upstream.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	var marks, answered atomic.Int64
	for n := range kills {
		v := spawn(t, upstream.URL, database)
		current.Store(v)
		if n == 0 {
			// One sign-in for all lives: the cookie outlives the process.
			resp, err := client.PostForm(v.origin+"/sign-in", signInForm(sandbox.DemoKey))
			if err != nil || resp.StatusCode != http.StatusSeeOther {
				t.Fatalf("sign-in: %v %v", resp, err)
			}
			resp.Body.Close()
		}
		calls.Store(0)
		if n%2 == 0 {
			// As a call arrives: it was sent, and its answer is never noted.
			fatal.Store(1 + dice.Int64N(120))
		} else {
			fatal.Store(-1)
			time.AfterFunc(time.Duration(dice.Int64N(int64(150*time.Millisecond))), v.kill)
		}
		var writers sync.WaitGroup
		for _, agent := range []string{"082018", "082019", "082021", "082022"} {
			writers.Go(func() {
				for {
					a, _ := api.Agent(sandbox.AloHub, agent)
					form := url.Values{"priority": {strconv.FormatInt(marks.Add(1)+1000, 10)}, "confirm": {"yes"}}
					for i, id := range a.Callin {
						form.Add("queue_ids", strconv.FormatInt(id, 10))
						form.Set("base", strings.TrimPrefix(form.Get("base")+","+strconv.FormatInt(id, 10), ","))
						_ = i
					}
					resp, err := client.PostForm(v.origin+"/agents/"+agent+"/queues?type=callin", form)
					if err != nil {
						return // killed
					}
					resp.Body.Close()
					if resp.StatusCode == http.StatusSeeOther && strings.HasPrefix(resp.Header.Get("Location"), "/agents/") {
						answered.Add(1)
					}
				}
			})
		}
		writers.Wait()
		v.kill()
		v.wait()
		check(t, api, database)
	}
	fatal.Store(-1)
	noIntentLeft(t, api, upstream.URL, database)
	t.Logf("%d writes received, %d answered", len(received(t, api)), answered.Load())
	if answered.Load() == 0 {
		t.Error("no write ever came to its end: nothing was tested")
	}
}

// received counts the writes by their mark.
func received(t *testing.T, api *sandbox.Server) map[string]int {
	t.Helper()
	got := map[string]int{}
	for _, c := range api.CallsOf(sandbox.OpQueues) {
		var b body
		if err := json.Unmarshal([]byte(c.Body), &b); err != nil || b.Priority == nil {
			t.Fatalf("a write without a mark: %s", c.Body)
		}
		got[strconv.Itoa(*b.Priority)]++
	}
	return got
}

// check compares the journal of a dead process with what the API received.
func check(t *testing.T, api *sandbox.Server, database string) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: database, Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	noted := map[string]journal.Entry{}
	for f := (journal.Filter{Scope: aloHub(), Limit: 1000}); ; {
		entries, more, err := store.List(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if _, twice := noted[e.PriorityAfter]; twice {
				t.Errorf("write %s is in the journal twice", e.PriorityAfter)
			}
			noted[e.PriorityAfter] = e
		}
		if !more {
			break
		}
		f.Before = entries[len(entries)-1].ID
	}
	got := received(t, api)
	for mark, times := range got {
		if _, ok := noted[mark]; !ok {
			t.Errorf("write %s was sent without an intent", mark)
		}
		if times > 1 {
			t.Errorf("write %s was sent %d times", mark, times)
		}
	}
	for mark, e := range noted {
		if (e.Result == journal.Verified || e.Result == journal.Accepted || e.Result == journal.Differs) && got[mark] == 0 {
			t.Errorf("write %s is claimed to be %s and was never received", mark, e.Result)
		}
	}
}

// noIntentLeft: what a dead process left open is unknown once the next has started,
// and nothing is sent again for it.
func noIntentLeft(t *testing.T, api *sandbox.Server, upstream, database string) {
	t.Helper()
	before := len(api.CallsOf(sandbox.OpQueues))
	v := spawn(t, upstream, database)
	defer func() { v.kill(); v.wait() }()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: database, Shared: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	// On PostgreSQL another console may still be at it for a while, so that a start alone
	// settles nothing.
	patient := time.Now().Add(20 * time.Second)
	for single := store.SingleProcess(); single; <-tick.C {
		left, _, err := store.List(t.Context(), journal.Filter{Scope: aloHub(), Result: journal.Intent})
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			break
		}
		if time.Now().After(patient) {
			t.Fatalf("%d intents are still open after a start", len(left))
		}
	}
	if now := len(api.CallsOf(sandbox.OpQueues)); now != before {
		t.Errorf("%d writes were sent by starting", now-before)
	}
}
