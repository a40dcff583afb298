// Command load measures the console against a bare reverse proxy of the same API
// call, and prints ratios, for absolute figures drift with the machine. Everything
// runs in this process and on the loopback interface: a stub upstream that answers
// a page of 20 rows, the proxy, the console, and a bounded number of requests.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

func main() {
	n := flag.Int("n", 6000, "requests per target")
	conns := flag.Int("c", 64, "connections")
	flag.Parse()
	if err := run(*n, *conns, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(n, conns int, out io.Writer) error {
	upstream, err := stub()
	if err != nil {
		return err
	}
	defer upstream.Close()
	target, err := url.Parse(upstream.URL)
	if err != nil {
		return err
	}
	reverse := httputil.NewSingleHostReverseProxy(target)
	reverse.Transport = &http.Transport{MaxIdleConnsPerHost: conns}
	proxy := httptest.NewServer(reverse)
	defer proxy.Close()
	base, cookie, stop, err := console(upstream.URL)
	if err != nil {
		return err
	}
	defer stop()

	header := http.Header{"Cookie": {cookie}, "Accept-Encoding": {"gzip"}}
	part := header.Clone()
	part.Set("HX-Request", "true")
	part.Set("HX-Target", "section#agents")
	results := []struct {
		name   string
		url    string
		header http.Header
		rate   float64
	}{
		{"bare reverse proxy, the API's JSON", proxy.URL + "/v1/agents?page=0&size=20", http.Header{}, 0},
		{"the stub alone", upstream.URL + "/v1/agents?page=0&size=20", http.Header{}, 0},
		{"agents page, live call, session", base + "/agents", header, 0},
		{"filter change, live call, session", base + "/agents?status=1", part, 0},
		{"search from the snapshot, session", base + "/agents?q=nguyen", part, 0},
		{"sign-in page", base + "/sign-in", http.Header{"Accept-Encoding": {"gzip"}}, 0},
	}
	for i := range results {
		r := &results[i]
		if r.rate, err = load(r.url, r.header, n, conns); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	fmt.Fprintf(out, "%-40s %10s %8s\n", "", "requests/s", "ratio")
	for _, r := range results {
		fmt.Fprintf(out, "%-40s %10.0f %8.2f\n", r.name, r.rate, r.rate/results[0].rate)
	}
	return nil
}

// stub answers every list call with one page of 20 rows, taken from the sandbox.
func stub() (*httptest.Server, error) {
	demo := sandbox.Demo(sandbox.DemoOptions{Quiet: true})
	demo.Config.Limits = sandbox.Limits{}
	rec := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodGet, "/v1/agents?page=0&size=20", nil)
	req.Header.Set("X-Api-Key", demo.Key)
	sandbox.New(demo.Config).ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		return nil, fmt.Errorf("sandbox: HTTP %d", rec.Code)
	}
	page := rec.Body.Bytes()
	empty := []byte(`{"success":"1","error_code":"SUCCESS","error_message":"SUCCESS","totalRecord":20,"data":[]}`)
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if q := r.URL.Query(); q.Get("page") != "0" {
			_, _ = w.Write(empty)
			return
		}
		_, _ = w.Write(page)
	})), nil
}

// console starts the console on a free port and signs in.
func console(upstream string) (base, cookie string, stop func(), err error) {
	store, err := sqlstore.Open(context.Background(), sqlstore.Config{Database: ":memory:"})
	if err != nil {
		return "", "", nil, err
	}
	c, err := web.New(web.Options{
		Upstreams: []web.Upstream{{Name: "Stub", Slug: "stub", BaseURL: upstream}},
		Secrets:   []string{"a secret of the benchmark alone, 32 bytes"},
		Store:     store, Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError})),
		Client: apiclient.Config{Reserve: -1},
	})
	if err != nil {
		return "", "", nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", nil, err
	}
	go func() { _ = c.App().Listener(listener) }()
	stop = func() {
		_ = c.App().Shutdown()
		c.Close()
		_ = store.Close()
	}
	base = "http://" + listener.Addr().String()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", "", nil, err
	}
	client := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	resp, err := client.PostForm(base+"/sign-in", url.Values{"environment": {"stub"}, "api_key": {"sk_benchmark_000000"}})
	if err != nil {
		return "", "", nil, err
	}
	_ = resp.Body.Close()
	u, _ := url.Parse(base)
	var b bytes.Buffer
	for _, k := range jar.Cookies(u) {
		fmt.Fprintf(&b, "%s=%s; ", k.Name, k.Value)
	}
	return base, b.String(), stop, nil
}

// load sends n requests over conns connections and returns requests per second.
func load(target string, header http.Header, n, conns int) (float64, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns, DisableCompression: true}
	defer transport.CloseIdleConnections()
	client := &http.Client{
		Transport: transport, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	var left, failed atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	start := time.Now()
	for range conns {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				req, err := http.NewRequest(http.MethodGet, target, nil)
				if err != nil {
					failed.Add(1)
					return
				}
				req.Header = header
				resp, err := client.Do(req)
				if err != nil {
					failed.Add(1)
					continue
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	if f := failed.Load(); f > 0 {
		return 0, fmt.Errorf("%d of %d requests failed", f, n)
	}
	return float64(n) / took.Seconds(), nil
}
