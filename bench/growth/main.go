// Command growth measures pages and files at tenants of growing size, so that a column
// that grows faster than its data is seen. Everything runs in this process and on the
// loopback interface: a sandbox without limits, the console, and one browser.
//
// Of each page it prints the time (the median of several requests, warm), the bytes as
// sent without compression and, of files, when the first byte came and by how much memory
// grew meanwhile. The journal at 1,000,000 entries is BenchmarkMillion's, of sqlstore.
package main

import (
	"context"
	"flag"
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
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

func main() {
	sizes := flag.String("sizes", "413/6,5000/100,20000/100,50000/100,5000/1000", "tenants as AGENTS/QUEUES, comma-separated")
	times := flag.Int("n", 9, "requests of each page")
	flag.Parse()
	if err := run(*sizes, *times, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// figure is what was measured of one page.
type figure struct {
	took, first time.Duration
	bytes       int
	grown       uint64
}

func run(sizes string, times int, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	var head []string
	columns := map[string][]figure{}
	var names, memory []string
	for size := range strings.SplitSeq(sizes, ",") {
		a, q, _ := strings.Cut(size, "/")
		agents, err := strconv.Atoi(a)
		if err != nil {
			return err
		}
		queues, err := strconv.Atoi(q)
		if err != nil {
			return err
		}
		t, err := newTenant(agents, queues)
		if err != nil {
			return err
		}
		head = append(head, size)
		memory = append(memory, fmt.Sprintf("%.2f", float64(t.grown)/float64(agents)/1024))
		names = names[:0]
		for _, p := range t.pages() {
			f, err := t.measure(p, times)
			if err != nil {
				t.stop()
				return fmt.Errorf("%s of %s: %w", p.name, size, err)
			}
			names = append(names, p.name)
			columns[p.name] = append(columns[p.name], f)
		}
		t.stop()
	}
	line := func(name string, cells []string) { fmt.Fprintf(table, "%s\t%s\t\n", name, strings.Join(cells, "\t")) }
	line("agents/queues", head)
	line("KiB of memory per agent", memory)
	for _, name := range names {
		var cells []string
		for _, f := range columns[name] {
			cell := fmt.Sprintf("%.1f ms, %d KB", f.took.Seconds()*1000, (f.bytes+500)/1000)
			if strings.Contains(name, ".") {
				cell = fmt.Sprintf("%.0f ms, first %.0f, %d KB, +%.1f MB", f.took.Seconds()*1000, f.first.Seconds()*1000, (f.bytes+500)/1000, float64(f.grown)/1e6)
			}
			cells = append(cells, cell)
		}
		line(name, cells)
	}
	return table.Flush()
}

// tenant is a console that has read a tenant whole, and a browser signed in to it.
type tenant struct {
	client *http.Client
	base   string
	busy   int64  // the queue that most are in
	grown  uint64 // by how many bytes the console grew when it read the tenant
	stop   func()
}

func newTenant(agents, queues int) (*tenant, error) {
	demo := sandbox.Demo(sandbox.DemoOptions{Agents: agents, Quiet: true})
	demo.Config.Limits, demo.Config.MaxCalls = sandbox.Limits{Tenant: 10_000_000, Route: 10_000_000}, 1000
	api := sandbox.New(demo.Config)
	dice := rand.New(rand.NewPCG(1, 2))
	const busy = 3_000_000
	for _, a := range api.Agents(demo.Tenant) {
		list := []int64{busy + int64(dice.IntN(queues))}
		if dice.IntN(2) == 0 && list[0] != busy {
			list = append(list, busy) // every second one is in the first
		}
		api.SetQueues(demo.Tenant, a.ID, sandbox.Callin, list, nil)
	}
	upstream := httptest.NewServer(api)
	t := &tenant{busy: busy, stop: upstream.Close}
	store, err := sqlstore.Open(context.Background(), sqlstore.Config{Database: ":memory:"})
	if err != nil {
		return t, err
	}
	scope := journal.Scope{Environment: "sandbox", Tenant: strconv.FormatInt(demo.Tenant, 10)}
	if err := fill(store, scope, api.Agents(demo.Tenant)); err != nil {
		return t, err
	}
	before := heap()
	c, err := web.New(web.Options{
		Upstreams: []web.Upstream{{Name: "Sandbox", Slug: "sandbox", BaseURL: upstream.URL}},
		Secrets:   []string{"a secret of the benchmark alone, 32 bytes"}, Store: store,
		Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return t, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return t, err
	}
	ctx, end := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- c.Serve(ctx, listener) }()
	t.base = "http://" + listener.Addr().String()
	t.stop = func() {
		end()
		<-served
		c.Close()
		_ = store.Close()
		upstream.Close()
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return t, err
	}
	t.client = &http.Client{Jar: jar, Timeout: 5 * time.Minute}
	resp, err := t.client.PostForm(t.base+"/sign-in", url.Values{"environment": {"sandbox"}, "api_key": {demo.Key}, "operator": {"growth"}})
	if err != nil {
		return t, err
	}
	_ = resp.Body.Close()
	for { // the scan
		part, err := t.get("/agents/progress?sort=name", "agents")
		if err != nil {
			return t, err
		}
		if !strings.Contains(part, "data-poll") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	api.ResetCalls()
	if after := heap(); after > before {
		t.grown = after - before
	}
	return t, nil
}

// fill notes of half of the agents that recording was sent: a ledger as large as it gets.
func fill(store *sqlstore.Store, scope journal.Scope, agents []sandbox.Agent) error {
	for i, a := range agents[:len(agents)/2] {
		id, err := store.Intend(context.Background(), journal.Entry{
			Scope: scope, Agent: a.ID, Kind: journal.Recording, Enabled: i%2 == 0, Operator: "growth", KeyFingerprint: "0123456789abcdef",
			RequestID: "growth-" + a.ID,
		})
		if err != nil {
			return err
		}
		if err := store.Settle(context.Background(), id, journal.Settlement{Result: journal.Accepted}); err != nil {
			return err
		}
	}
	return nil
}

func heap() uint64 {
	runtime.GC()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (t *tenant) get(path, target string) (string, error) {
	var all strings.Builder
	_, err := t.read(path, target, &all)
	return all.String(), err
}

// read asks for a page, and says when its first byte came.
func (t *tenant) read(path, target string, to io.Writer) (first time.Duration, err error) {
	req, err := http.NewRequest(http.MethodGet, t.base+path, http.NoBody)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "identity")
	if target != "" {
		req.Header.Set("HX-Request", "true")
		req.Header.Set("HX-Target", "section#"+target)
	}
	start := time.Now()
	resp, err := t.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	var one [1]byte
	if _, err := io.ReadFull(resp.Body, one[:]); err != nil {
		return 0, err
	}
	first = time.Since(start)
	if _, err := to.Write(one[:]); err != nil {
		return 0, err
	}
	_, err = io.Copy(to, resp.Body)
	return first, err
}

// measured is a page that is measured; target is the part that is asked for, "" for the
// whole of it.
type measured struct{ name, path, target string }

func (t *tenant) pages() []measured {
	queue := "/queues/" + strconv.FormatInt(t.busy, 10)
	return []measured{
		{"search", "/agents?q=nguyen&size=100", "agents"},
		{"search, few", "/agents?q=082018", "agents"},
		{"sorted by name", "/agents?sort=name&size=100", "agents"},
		{"health", "/agents?health=inactive-queued&size=100", "agents"},
		{"recording sent on", "/agents?recording=sent-on&size=100", "agents"},
		{"agents, whole page", "/agents?sort=name", ""},
		{"queues", "/queues", ""},
		{"queues by need", "/queues?sort=available&type=callin", "queues"},
		{"queue", queue, ""},
		{"queue, sorted, last page", queue + "?sort=name&page=3", "queue-members"},
		{"one agent's editor", "/agents/082018/queues?type=callin", ""},
		{"bulk form", "/runs/new?all=matching&queue_id=" + strconv.FormatInt(t.busy, 10), ""},
		{"changes", "/changes", ""},
		{"agents.csv", "/agents.csv?sort=name", ""},
		{"agents.xlsx", "/agents.xlsx?sort=name", ""},
	}
}

func (t *tenant) measure(p measured, times int) (figure, error) {
	var took, first []time.Duration
	f := figure{}
	if strings.Contains(p.name, ".") {
		times = max(times/3, 1)
		defer debug.SetGCPercent(debug.SetGCPercent(10)) // so that what is garbage counts for little
	} else if _, err := t.get(p.path, p.target); err != nil { // warm
		return f, err
	}
	for range times {
		base := heap()
		grown := watch()
		var n counter
		start := time.Now()
		at, err := t.read(p.path, p.target, &n)
		if err != nil {
			return f, err
		}
		took, first = append(took, time.Since(start)), append(first, at)
		if peak := grown(); peak > base {
			f.grown = max(f.grown, peak-base)
		}
		f.bytes = int(n)
	}
	slices.Sort(took)
	slices.Sort(first)
	f.took, f.first = took[len(took)/2], first[len(first)/2]
	return f, nil
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// watch looks at the memory every few milliseconds until the returned function is called,
// which says how high it rose. What is garbage counts until it is collected.
func watch() func() uint64 {
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-done:
				peak <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 { close(done); return <-peak }
}
