package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/alohub/agentconsole/bench/binary"
)

const (
	// conns is how many ask at a time.
	conns = 8
	// changes is how many changes the page of changes shows.
	changes = 50
)

// Environments of a console: both are the one upstream, each with a journal of its own.
const (
	quiet = "quiet"
	busy  = "busy"
)

// errStatus is an answer other than 200.
var errStatus = errors.New("not 200")

// console is a process that has read its tenant, with a session in each environment.
type console struct {
	*binary.Process
	clients map[string]*http.Client
	teams   atomic.Int64
}

// startConsole starts a binary, signs in twice, and waits until the tenant is read.
func startConsole(ctx context.Context, path, database string, api *upstream) (*console, error) {
	process, err := binary.Start(ctx, path, "", []string{
		"CONSOLE_DATABASE=" + database, "CONSOLE_LOG=text,error",
		"CONSOLE_SECRET=the secret of a guard and of nothing else: 32 bytes or more",
		"CONSOLE_UPSTREAMS=" + quiet + ":Quiet=" + api.url + "," + busy + ":Busy=" + api.url,
	})
	if err != nil {
		return nil, err
	}
	c := &console{Process: process, clients: map[string]*http.Client{}}
	// Scans take their time, one call a second where no limit is named: both go at once.
	for _, step := range []func(string) error{
		func(environment string) error { return c.signIn(ctx, environment, api) },
		func(environment string) error { return c.scanned(ctx, environment, api) },
	} {
		for _, environment := range []string{quiet, busy} {
			if err := step(environment); err != nil {
				c.Stop()
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *console) signIn(ctx context.Context, environment string, api *upstream) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{
		Jar: jar, Timeout: 20 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: conns, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.clients[environment] = client
	return c.post(ctx, client, "/sign-in", url.Values{"environment": {environment}, "api_key": {api.key}, "operator": {"guard"}})
}

// scanned waits until a tenant is read, and has something done in the one environment.
func (c *console) scanned(ctx context.Context, environment string, api *upstream) error {
	client := c.clients[environment]
	for {
		var part bytes.Buffer
		if _, err := c.get(ctx, client, "/agents/progress?sort=name", "agents", &part); err != nil {
			return fmt.Errorf("the scan: %w", err)
		}
		if !bytes.Contains(part.Bytes(), []byte("data-poll")) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	if environment != busy {
		return nil
	}
	for i, agent := range api.agents[:changes] {
		if err := c.post(ctx, client, "/agents/"+agent+"/recording", url.Values{"enabled": {strconv.FormatBool(i%2 == 0)}}); err != nil {
			return err
		}
	}
	return nil
}

func (c *console) post(ctx context.Context, client *http.Client, path string, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("POST %s: HTTP %d", path, resp.StatusCode)
	}
	return nil
}

// get asks for a page as a browser does, compressed, unless somebody wants to read it.
func (c *console) get(ctx context.Context, client *http.Client, path, part string, to io.Writer) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+path, http.NoBody)
	if err != nil {
		return 0, err
	}
	if to == io.Discard {
		req.Header.Set("Accept-Encoding", "gzip")
	}
	if part != "" {
		req.Header.Set("HX-Request", "true")
		req.Header.Set("HX-Request-Type", "partial")
		req.Header.Set("HX-Target", "section#"+part)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(to, resp.Body); err != nil {
		return resp.StatusCode, err
	}
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode, fmt.Errorf("GET %s: HTTP %d, %w", path, resp.StatusCode, errStatus)
	}
	return resp.StatusCode, nil
}

// cost is what n requests of a page cost the process, in CPU seconds per 1,000. Those of
// the first round are asked for once more before that: what is made at the first request is
// no page's.
func (c *console) cost(ctx context.Context, p page, n, round int) (seconds float64, status int, err error) {
	if round == 0 {
		if status, err = c.load(ctx, p, n/4); err != nil {
			return 0, status, err
		}
	}
	start, err := c.cpu()
	if err != nil {
		return 0, 0, err
	}
	if status, err = c.load(ctx, p, n); err != nil {
		return 0, status, err
	}
	end, err := c.cpu()
	return (end - start) * 1000 / float64(n), status, err
}

// load asks for a page n times, over several connections. An error comes with the status of
// its answer.
func (c *console) load(ctx context.Context, p page, n int) (status int, err error) {
	client := c.clients[quiet]
	if p.full {
		client = c.clients[busy]
	}
	var left atomic.Int64
	left.Store(int64(n))
	var all sync.WaitGroup
	var once sync.Once
	for range conns {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				path := p.path
				if p.live {
					path += "&team_id=" + strconv.FormatInt(c.teams.Add(1), 10)
				}
				if s, failed := c.get(ctx, client, path, p.part, io.Discard); failed != nil {
					once.Do(func() { status, err = s, failed })
					return
				}
			}
		})
	}
	all.Wait()
	return status, err
}

// cpu is how many seconds the process has computed, for itself and in the kernel: what its
// threads have, to the nanosecond, where the process's own times are in hundredths.
func (c *console) cpu() (float64, error) {
	threads, err := filepath.Glob("/proc/" + strconv.Itoa(c.Pid) + "/task/*/schedstat")
	if err != nil {
		return 0, err
	}
	var sum float64
	for _, name := range threads {
		stat, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // a thread that has just ended
		}
		ran, _, _ := strings.Cut(string(stat), " ")
		nanoseconds, err := strconv.ParseFloat(ran, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		sum += nanoseconds / 1e9
	}
	if sum == 0 {
		return 0, errors.New("the kernel does not say how long a thread has run (CONFIG_SCHED_INFO)")
	}
	return sum, nil
}
