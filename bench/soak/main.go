// Command soak has people click about in a console for a while, before a sandbox whose
// limit is as real ones are, and prints what came of it: clicks by status, calls and 429s
// at the API, and, a minute after the start and ten times until the end, the memory that
// the console's process takes, what of it its collector found in use, and its goroutines.
//
//	go run ./bench/soak -for 15m
//
// What the last run said is in docs/long-runs.md.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/bench/binary"
)

func main() {
	span := flag.Duration("for", 15*time.Minute, "how long")
	people := flag.Int("people", 8, "how many people click")
	limit := flag.Int("limit", 100, "calls that the API allows the tenant in 10 s")
	flag.Parse()
	if err := run(*span, *people, *limit); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(span time.Duration, people, limit int) error {
	cfg := sandbox.Demo(sandbox.DemoOptions{}).Config
	cfg.Limits = sandbox.Limits{Tenant: limit, Route: limit}
	cfg.MaxCalls = 1_000_000
	api := sandbox.New(cfg)
	upstream := httptest.NewServer(api)
	defer upstream.Close()

	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "console")
	if err := binary.Build(context.Background(), path); err != nil {
		return err
	}
	metrics, err := freeAddress()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), span)
	defer cancel()
	console, err := binary.Start(context.Background(), path, "", []string{
		"CONSOLE_UPSTREAMS=Sandbox=" + upstream.URL, "CONSOLE_DATABASE=" + filepath.Join(dir, "console.db"), "CONSOLE_METRICS_LISTEN=" + metrics,
		"CONSOLE_SECRET=Zq7v0pXk2mT9sLw4Rb8YcHn5Ju1EdGf3", "CONSOLE_LOG=text,error",
	})
	if err != nil {
		return err
	}
	defer console.Stop()

	tally := &tally{by: map[int]int{}}
	var all sync.WaitGroup
	errs := make(chan error, people)
	for n := range people {
		all.Go(func() {
			if err := click(ctx, console.URL, uint64(n), tally); err != nil {
				errs <- err
				cancel()
			}
		})
	}
	first := weigh(ctx, metrics, min(time.Minute, span/2))
	for range 9 {
		weigh(ctx, metrics, span/10)
	}
	all.Wait()
	last := weigh(context.Background(), metrics, 0)
	select {
	case err := <-errs:
		return err
	default:
	}

	limited := 0
	for _, c := range api.Calls() {
		if c.Status == http.StatusTooManyRequests {
			limited++
		}
	}
	fmt.Printf("%d people, %s: %d clicks, by status %v, slowest %s\n", people, span, tally.clicks, tally.by, tally.slowest.Round(time.Millisecond))
	fmt.Printf("API: %d calls kept, %d of them answered with 429\n", len(api.Calls()), limited)
	fmt.Printf("memory: %+.0f %%; in use %+.0f %%\n", 100*(last.resident/first.resident-1), 100*(last.inUse/first.inUse-1))
	if limited > 0 {
		return errors.New("the limit was met")
	}
	return nil
}

// weight is what a process takes of the memory, in MB.
type weight struct {
	resident float64 // of the machine's
	inUse    float64 // of the heap, as its last collection found
}

// weigh waits and prints what the console then weighs.
func weigh(ctx context.Context, metrics string, after time.Duration) weight {
	select {
	case <-time.After(after):
	case <-ctx.Done():
	}
	told := scrape(metrics)
	// The collector's goal is what it found in use, and GOGC percent on top.
	w := weight{resident: told["process_resident_memory_bytes"] / (1 << 20), inUse: told["go_memstats_next_gc_bytes"] / (1 + told["go_gc_gogc_percent"]/100) / (1 << 20)}
	fmt.Printf("%s  %.1f MB resident, %.1f MB of the heap in use, %.0f goroutines\n", time.Now().UTC().Format(time.TimeOnly), w.resident, w.inUse, told["go_goroutines"])
	return w
}

// scrape reads the console's metrics that have no labels.
func scrape(address string) map[string]float64 {
	told := make(map[string]float64)
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		return told
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), " "); ok {
			if n, err := strconv.ParseFloat(value, 64); err == nil {
				told[name] = n
			}
		}
	}
	return told
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

type tally struct {
	mu      sync.Mutex
	clicks  int
	by      map[int]int
	slowest time.Duration
}

func (t *tally) note(status int, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clicks++
	t.by[status]++
	t.slowest = max(t.slowest, took)
}

// person is one browser.
type person struct {
	client *http.Client
	base   string
	tally  *tally
	seen   []string // the agents of the list they last looked at
}

func (p *person) do(ctx context.Context, method, path string, form url.Values) (*goquery.Document, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", p.base)
	}
	began := time.Now()
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	p.tally.note(resp.StatusCode, time.Since(began))
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		_, err = io.Copy(io.Discard, resp.Body)
		return nil, err
	}
	doc, err := goquery.NewDocumentFromReader(resp.Body)
	if err != nil {
		return nil, err
	}
	if rows := doc.Find("tr[data-agent-id]"); rows.Length() > 0 {
		p.seen = rows.Map(func(_ int, row *goquery.Selection) string { return row.AttrOr("data-agent-id", "") })
	}
	return doc, nil
}

// click clicks about until ctx ends.
func click(ctx context.Context, base string, seed uint64, t *tally) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	p := &person{client: &http.Client{Jar: jar, Timeout: time.Minute}, base: base, tally: t}
	dice := rand.New(rand.NewPCG(seed, 1))
	if _, err := p.do(ctx, http.MethodPost, "/sign-in", url.Values{
		"environment": {"sandbox"}, "api_key": {sandbox.DemoKey}, "operator": {"Người " + strconv.FormatUint(seed, 10)},
	}); err != nil {
		return err
	}
	for ctx.Err() == nil {
		if err := p.something(ctx, dice); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(500*time.Millisecond + time.Duration(dice.Int64N(int64(3*time.Second)))):
		}
	}
	return nil
}

// something is one thing that somebody does.
func (p *person) something(ctx context.Context, dice *rand.Rand) error {
	get := func(path string) (*goquery.Document, error) { return p.do(ctx, http.MethodGet, path, nil) }
	agent := sandbox.DemoSeveral
	if len(p.seen) > 0 {
		agent = p.seen[dice.IntN(len(p.seen))]
	}
	var err error
	switch dice.IntN(10) {
	case 0, 1:
		_, err = get("/agents?page=" + strconv.Itoa(dice.IntN(20)))
	case 2, 3:
		_, err = get("/agents?q=" + agent[3:])
	case 4:
		_, err = get("/agents?status=1&size=50")
	case 5:
		_, err = get("/queues")
	case 6:
		_, err = get(fmt.Sprintf("/queues/%d", 1000886+dice.IntN(3)))
	case 7:
		_, err = get("/agents/" + agent)
	case 8:
		_, err = p.do(ctx, http.MethodPost, "/agents/"+agent+"/recording", url.Values{"enabled": {strconv.FormatBool(dice.IntN(2) == 0)}})
	default:
		var doc *goquery.Document
		if doc, err = get("/agents/" + agent + "/queues?type=callin"); err != nil || doc == nil {
			return err
		}
		form := url.Values{"confirm": {"yes"}}
		doc.Find("#editor-form input").Each(func(_ int, in *goquery.Selection) {
			_, checked := in.Attr("checked")
			if in.AttrOr("type", "") != "checkbox" || checked {
				form.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
			}
		})
		if doc.Find("#editor-form").Length() == 0 {
			return nil
		}
		form.Add("queue_ids", strconv.Itoa(1000886+dice.IntN(3)))
		_, err = p.do(ctx, http.MethodPost, "/agents/"+agent+"/queues?type=callin", form)
	}
	return err
}
