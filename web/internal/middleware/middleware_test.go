package middleware

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/requestid"
)

// house is an app with the whole chain and a few routes.
type house struct {
	app *fiber.App
	log *bytes.Buffer
}

// fiberTestPeer is where app.Test's requests seem to come from.
const fiberTestPeer = "0.0.0.0/32"

func newHouse(t *testing.T, proxies *Proxies, change func(*Config)) *house {
	t.Helper()
	h := &house{log: &bytes.Buffer{}}
	cfg := Config{Log: AccessLogConfig{
		Logger:  slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Proxies: proxies,
	}}
	if change != nil {
		change(&cfg)
	}
	h.app = fiber.New(NewFiberConfig(proxies, cfg.Headers, func(c *fiber.Ctx, err error) error {
		if err := c.UserContext().Err(); err != nil {
			return err // as rendering a page would
		}
		return c.Status(statusOf(err)).SendString("error page of " + requestid.From(c.UserContext()))
	}))
	if err := Use(h.app, cfg); err != nil {
		t.Fatal(err)
	}
	h.app.Get("/agents/:id", func(c *fiber.Ctx) error { return c.SendString(c.Params("id")) })
	h.app.Post("/agents/:id", func(c *fiber.Ctx) error { return c.SendString("changed " + c.FormValue("v")) })
	h.app.Get("/panic", func(c *fiber.Ctx) error {
		_, _ = c.WriteString("half a page")
		panic("boom")
	})
	h.app.Get("/slow", func(c *fiber.Ctx) error {
		<-c.UserContext().Done()
		return c.UserContext().Err()
	})
	return h
}

// do sends a request and returns the answer with its body.
func (h *house) do(t *testing.T, method, target string, header ...string) (*http.Response, string) {
	t.Helper()
	req := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := h.app.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func nobody() *Proxies { return NewProxies(nil, "") }

func trusting(networks ...string) *Proxies {
	prefixes := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		prefixes[i] = netip.MustParsePrefix(n)
	}
	return NewProxies(prefixes, "X-Forwarded-User")
}

func TestMethods(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nobody(), nil)
	for _, tt := range []struct {
		method, path string
		status       int
		allow, body  string
	}{
		{"GET", "/agents/082018", 200, "", "082018"},
		{"HEAD", "/agents/082018", 200, "", ""},
		{"POST", "/agents/082018", 200, "", "changed "},
		{"GET", "/agents/a%2Fb", 200, "", "a%2Fb"},
		{"DELETE", "/agents/082018", 405, "GET, HEAD, POST", "error page"},
		{"OPTIONS", "/agents/082018", 405, "GET, HEAD, POST", "error page"},
		{"PUT", "/slow", 405, "GET, HEAD", "error page"},
		{"GET", "/agents/082018/", 404, "", "error page"},
		{"GET", "/Agents/082018", 404, "", "error page"},
		{"DELETE", "/nowhere", 404, "", "error page"},
	} {
		resp, body := h.do(t, tt.method, tt.path)
		if resp.StatusCode != tt.status || resp.Header.Get("Allow") != tt.allow || !strings.HasPrefix(body, tt.body) {
			t.Errorf("%s %s: %d, Allow %q, %q", tt.method, tt.path, resp.StatusCode, resp.Header.Get("Allow"), body)
		}
		if resp.Header.Get("Content-Security-Policy") == "" || len(resp.Header.Get("X-Request-Id")) != 32 {
			t.Errorf("%s %s: headers missing: %v", tt.method, tt.path, resp.Header)
		}
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	var seen []string
	h := newHouse(t, nobody(), func(cfg *Config) {
		cfg.Log.Quiet = func(path string) bool { return path == "/agents/quiet" }
		cfg.Log.Observe = func(method, route string, status int, took time.Duration) {
			if took < 0 {
				t.Errorf("took %s", took)
			}
			seen = append(seen, method+" "+route+" "+http.StatusText(status))
		}
	})
	resp, _ := h.do(t, "GET", "/agents/1?q=nguyen", "Cookie", "console_session=cookie-secret", "X-Api-Key", "key-secret")
	h.do(t, "GET", "/agents/quiet")
	h.do(t, "GET", "/nowhere%0Alevel=ERROR")
	lines := strings.Split(strings.TrimSpace(h.log.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), h.log)
	}
	for _, want := range []string{"level=INFO", "method=GET", "path=/agents/1 ", "status=200", "took=", "bytes=1", "client=0.0.0.0", "request_id=" + resp.Header.Get("X-Request-Id")} {
		if !strings.Contains(lines[0], want) {
			t.Errorf("no %q in %s", want, lines[0])
		}
	}
	if !strings.Contains(lines[1], "level=DEBUG") {
		t.Errorf("a quiet path is not: %s", lines[1])
	}
	for _, secret := range []string{"nguyen", "cookie-secret", "key-secret"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, h.log)
		}
	}
	if seen[0] != "GET /agents/:id OK" {
		t.Errorf("observed %q", seen)
	}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nobody(), nil)
	resp, body := h.do(t, "GET", "/panic")
	if resp.StatusCode != 500 || body != "error page of "+resp.Header.Get("X-Request-Id") {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	if !strings.Contains(h.log.String(), "boom") || !strings.Contains(h.log.String(), "middleware_test.go") {
		t.Errorf("the log lacks the panic or its stack:\n%s", h.log)
	}
	if resp, _ := h.do(t, "GET", "/agents/1"); resp.StatusCode != 200 {
		t.Error("the app did not survive")
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nobody(), func(cfg *Config) { cfg.Deadline = time.Millisecond })
	if resp, body := h.do(t, "GET", "/slow"); resp.StatusCode != 500 || !strings.HasPrefix(body, "error page") {
		t.Errorf("status %d, %q", resp.StatusCode, body)
	}
}

func TestCompressedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nobody(), nil)
	for coding, want := range map[string]int{"gzip": 415, "br, gzip": 415, "identity": 200, "": 200} {
		if resp, _ := h.do(t, "POST", "/agents/1", "Content-Encoding", coding); resp.StatusCode != want {
			t.Errorf("Content-Encoding %q: %d", coding, resp.StatusCode)
		}
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		proxies *Proxies
		given   string
		kept    bool
	}{
		{"of anybody", nobody(), "0123456789abcdef", false},
		{"of a trusted proxy", trusting(fiberTestPeer), "0123456789abcdef", true},
		{"of a trusted proxy, a UUID", trusting(fiberTestPeer), "2f1f0b7e-6b1c-4f1a-9d7e-1f2a3b4c5d6e", true},
		{"with markup", trusting(fiberTestPeer), "<script>alert(1)</script>", false},
		{"too short", trusting(fiberTestPeer), "1", false},
		{"too long", trusting(fiberTestPeer), strings.Repeat("a", 65), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp, _ := newHouse(t, tt.proxies, nil).do(t, "GET", "/agents/1", "X-Request-Id", tt.given)
			if got := resp.Header.Get("X-Request-Id"); (got == tt.given) != tt.kept || len(got) < 16 {
				t.Errorf("id %q, kept %t", got, got == tt.given)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
	for _, tt := range []struct {
		name string
		cfg  HeadersConfig
		want map[string]string
	}{
		{"plain", HeadersConfig{}, map[string]string{
			"Content-Security-Policy":      csp + "'none'",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"X-Frame-Options":              "DENY",
			"Cache-Control":                "no-store",
			"Strict-Transport-Security":    "",
			"Server":                       "",
		}},
		{"https in a frame", HeadersConfig{HTTPS: true, FrameAncestors: []string{"https://a.vn", "https://b.vn"}}, map[string]string{
			"Content-Security-Policy":   csp + "https://a.vn https://b.vn",
			"X-Frame-Options":           "",
			"Strict-Transport-Security": "max-age=31536000",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, nobody(), func(cfg *Config) { cfg.Headers = tt.cfg })
			resp, _ := h.do(t, "GET", "/agents/1")
			for name, want := range tt.want {
				if got := resp.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
			if strings.Contains(resp.Header.Get("Content-Security-Policy"), "unsafe") {
				t.Error("the policy has unsafe parts")
			}
		})
	}
}

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	public := &url.URL{Scheme: "https", Host: "console.example.vn"}
	for _, tt := range []struct {
		name    string
		public  *url.URL
		proxies *Proxies
		method  string
		header  []string
		status  int
	}{
		{"reading from anywhere", nil, nobody(), "GET", []string{"Sec-Fetch-Site", "cross-site"}, 200},
		{"own form", nil, nobody(), "POST", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"typed address", nil, nobody(), "POST", []string{"Sec-Fetch-Site", "none"}, 200},
		{"script without a browser", nil, nobody(), "POST", nil, 200},
		{"other site", nil, nobody(), "POST", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"sibling domain", nil, nobody(), "POST", []string{"Sec-Fetch-Site", "same-site", "Origin", "https://evil.example.vn"}, 403},
		{"old browser, own form", nil, nobody(), "POST", []string{"Origin", "http://example.com"}, 200},
		{"old browser, other site", nil, nobody(), "POST", []string{"Origin", "https://evil.example"}, 403},
		{"sandboxed frame", nil, nobody(), "POST", []string{"Origin", "null"}, 403},
		{"proxy that rewrites Host", public, nobody(), "POST", []string{"Host", "10.0.0.7:8080", "Origin", "https://console.example.vn"}, 200},
		{"the same, other site", public, nobody(), "POST", []string{"Host", "10.0.0.7:8080", "Origin", "https://evil.example"}, 403},
		{"forwarded host of a trusted proxy", nil, trusting(fiberTestPeer), "POST", []string{"Host", "10.0.0.7", "X-Forwarded-Host", "c.vn", "Origin", "https://c.vn"}, 200},
		{"forwarded host of anybody", nil, nobody(), "POST", []string{"Host", "10.0.0.7", "X-Forwarded-Host", "evil.example", "Origin", "https://evil.example"}, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, tt.proxies, func(cfg *Config) { cfg.PublicURL = tt.public })
			if resp, _ := h.do(t, tt.method, "/agents/1", tt.header...); resp.StatusCode != tt.status {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.status)
			}
		})
	}
	if !errors.Is(ErrCrossOrigin, fiber.ErrForbidden) || statusOf(ErrCrossOrigin) != 403 {
		t.Error("ErrCrossOrigin is no 403")
	}
}
