package web_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// nginxConf has nginx do what a gateway does: it knows the keys, lets calls through a bucket
// that leaks, and answers errors with pages of its own. %[1]s is a folder, %[2]s where it
// listens, %[3]s the API, %[4]s the key. Of limits no header of it tells.
const nginxConf = `
daemon off;
master_process off;
pid %[1]s/pid;
error_log %[1]s/error.log warn;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path %[1]s/body;
    proxy_temp_path %[1]s/proxy;
    fastcgi_temp_path %[1]s/fastcgi;
    uwsgi_temp_path %[1]s/uwsgi;
    scgi_temp_path %[1]s/scgi;
    default_type text/html;
    limit_req_zone $http_x_api_key zone=keys:1m rate=40r/s;
    map $http_x_api_key $known { default 0; "%[4]s" 1; }
    server {
        listen %[2]s;
        error_page 401 @unknown;
        error_page 404 @nowhere;
        error_page 429 @slower;
        error_page 502 504 @gone;
        location @unknown { return 401 "<html><body><h1>401 Authorization Required</h1><hr>nginx</body></html>"; }
        location @nowhere { return 404 "<html><body><h1>404 Not Found</h1><hr>nginx</body></html>"; }
        location @slower { return 429 "<html><body><h1>429 Too Many Requests</h1><hr>nginx</body></html>"; }
        location @gone { return 502 "<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"; }
        location /v1/ {
            if ($known = 0) { return 401; }
            limit_req zone=keys burst=60 nodelay;
            limit_req_status 429;
            proxy_pass %[3]s;
            proxy_hide_header X-RateLimit-Limit-Tenant;
            proxy_hide_header X-RateLimit-Remaining-Tenant;
            proxy_hide_header X-RateLimit-Limit-Route;
            proxy_hide_header X-RateLimit-Remaining-Route;
        }
        location / { return 404; }
    }
}
`

// startNginx starts one before an API, and returns where it is.
func startNginx(t *testing.T, api string) string {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program = "/usr/sbin/nginx"; exec.CommandContext(t.Context(), program, "-v").Run() != nil {
			if strings.Contains(os.Getenv("CONSOLE_REQUIRE"), "nginx") {
				t.Fatal("CONSOLE_REQUIRE has nginx, but there is none")
			}
			t.Skip("there is no nginx: a gateway of another make is not tried")
		}
	}
	dir := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	place := free.Addr().String()
	_ = free.Close()
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, dir, place, api, sandbox.DemoKey), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), program, "-p", dir, "-c", conf, "-e", filepath.Join(dir, "error.log"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-tick.C {
		conn, err := net.Dial("tcp", place)
		if err == nil {
			_ = conn.Close()
			return "http://" + place
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Fatalf("nginx does not answer: %v\n%s", err, log)
		}
	}
}

// TestBehindNginx does the documented job through a gateway that is not ours: its key check,
// its bucket and its pages in place of the page's envelope and headers.
func TestBehindNginx(t *testing.T) {
	t.Parallel()
	o := setup{demo: sandbox.DemoOptions{Agents: 60, Quiet: true}}
	api := newSandbox(o)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	gateway := startNginx(t, server.URL)
	s := newStand(t, func(o *setup) { o.api, o.upstream = api, gateway })

	wrong := s.browser().english()
	form := url.Values{"environment": {"sandbox"}, "api_key": {"sk_wrong_key_00000000"}}
	wrong.post("/sign-in", form).fails(http.StatusUnauthorized, "unauthorized").lacks("hr")

	p := s.signIn(sandbox.DemoKey) // waits for the scan, which paces itself without headers
	p.get("/agents?size=100").is(http.StatusOK).has(`table[data-total="60"] tr[data-agent-id="` + sandbox.DemoExample + `"]`)
	p.get("/agents?q=" + sandbox.DemoSeveral).has(`tr[data-agent-id="` + sandbox.DemoSeveral + `"]`)

	before := s.callin(sandbox.DemoSeveral)
	edit := p.editor(sandbox.DemoSeveral, "callin")
	edit.Add("queue_ids", "1000888")
	edit.Set("confirm", "yes")
	p.save(sandbox.DemoSeveral, "callin", edit).is(http.StatusSeeOther)
	if got, want := s.callin(sandbox.DemoSeveral), append(slices.Clone(before), 1000888); !slices.Equal(got, want) {
		t.Errorf("callin %v, want %v", got, want)
	}
	if e := s.last(sandbox.DemoSeveral); e.Result != journal.Verified {
		t.Errorf("the change is %s", e.Result)
	}
	out := p.editor(sandbox.DemoSeveral, "callout")
	out.Set("queue_ids", "13877")
	out.Set("confirm", "yes")
	p.save(sandbox.DemoSeveral, "callout", out).is(http.StatusSeeOther)
	if a, _ := api.Agent(sandbox.AloHub, sandbox.DemoSeveral); !slices.Equal(a.Callout, []int64{13877}) {
		t.Errorf("callout %v", a.Callout)
	}
	p.post("/agents/"+sandbox.DemoExample+"/recording", enabled("true")).is(http.StatusSeeOther)
	if a, _ := api.Agent(sandbox.AloHub, sandbox.DemoExample); a.Recording == nil || !*a.Recording {
		t.Error("recording was not sent")
	}
	if got := squeeze(p.get("/connection").find(`[data-trait="gateway"] .conduct-value`).Text()); !strings.HasPrefix(got, "nginx/") {
		t.Errorf("before the API stands %q", got)
	}

	// Others fill the bucket, whose 429 is a page without Retry-After.
	flood, stop := context.WithCancel(t.Context())
	defer stop()
	var others sync.WaitGroup
	for range 8 { // one alone is no faster than the bucket leaks, where the machine is busy
		others.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for flood.Err() == nil {
				r, err := http.NewRequestWithContext(flood, http.MethodGet, gateway+"/v1/agents?size=1", nil)
				if err != nil {
					return
				}
				r.Header.Set("X-Api-Key", sandbox.DemoKey)
				if resp, err := client.Do(r); err == nil {
					_ = resp.Body.Close()
				}
			}
		})
	}
	limited := (*answer)(nil)
	for deadline := time.Now().Add(time.Minute); limited == nil && time.Now().Before(deadline); {
		if a := p.get("/agents?size=50"); a.status == http.StatusTooManyRequests {
			limited = a
		}
	}
	stop()
	others.Wait()
	if limited == nil {
		t.Fatal("the bucket is never full")
	}
	limited.fails(http.StatusTooManyRequests, "rate-limited").has("[data-retry-after]").lacks("main hr")
	if limited.header.Get("Retry-After") == "" {
		t.Error("the page does not say when to come again")
	}
	again := p.get("/agents?size=50")
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); again.status != http.StatusOK && time.Now().Before(deadline); <-tick.C {
		again = p.get("/agents?size=50")
	}
	again.is(http.StatusOK).has("tr[data-agent-id]")

	// The API is gone; nginx is not.
	writes := len(s.puts())
	server.Close()
	gone := p.get("/agents?size=50&page=1")
	gone.fails(http.StatusBadGateway, "unreachable").lacks("main hr")
	edit = url.Values{"queue_ids": {"1001226"}, "base": {"1001226"}, "confirm": {"yes"}}
	p.save(sandbox.DemoSeveral, "callin", edit)
	if n := len(s.puts()); n != writes {
		t.Errorf("%d writes into the void", n-writes)
	}
	p.get("/changes").is(http.StatusOK).has(`[data-change-id]`)
}
