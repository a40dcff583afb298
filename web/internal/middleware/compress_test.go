package middleware

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/valyala/fasthttp"

	"github.com/alohub/agentconsole/static"
)

func TestCompress(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("<p>Tổng đài</p>", 500)
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: func(c *fiber.Ctx, _ error) error {
		c.Set("Content-Type", "text/html; charset=utf-8")
		return c.Status(404).SendString(page)
	}})
	app.Use(Compress())
	app.Get("/page", func(c *fiber.Ctx) error { return c.Type("html").SendString(page) })
	app.Get("/csv", func(c *fiber.Ctx) error {
		c.Set("Content-Type", "text/csv; charset=utf-8")
		return c.SendString(page)
	})
	app.Get("/small", func(c *fiber.Ctx) error { return c.Type("html").SendString("<p>") })
	app.Get("/image", func(c *fiber.Ctx) error {
		c.Set("Content-Type", "image/png")
		return c.SendString(page)
	})
	app.Get("/encoded", func(c *fiber.Ctx) error {
		c.Set("Content-Encoding", "br")
		return c.Type("html").SendString(page)
	})
	for _, tt := range []struct {
		method, path, accept string
		status               int
		coding               string
		vary                 bool
	}{
		{"GET", "/page", "gzip, deflate, br, zstd", 200, "zstd", true},
		{"GET", "/page", "gzip, deflate, br, zstd;q=0", 200, "gzip", true},
		{"GET", "/csv", "zstd", 200, "zstd", true},
		{"GET", "/small", "zstd", 200, "", true},
		{"GET", "/nowhere", "zstd, gzip", 404, "zstd", true},
		{"GET", "/page", "br", 200, "", true},
		{"GET", "/page", "", 200, "", true},
		{"GET", "/page", "gzip;q=0, br", 200, "", true},
		{"GET", "/page", "GZIP; q=0.5", 200, "gzip", true},
		{"HEAD", "/page", "gzip", 200, "gzip", true},
		{"GET", "/csv", "gzip", 200, "gzip", true},
		{"GET", "/small", "gzip", 200, "", true},
		{"GET", "/image", "gzip", 200, "", false},
		{"GET", "/encoded", "gzip", 200, "br", false},
		{"GET", "/nowhere", "gzip", 404, "gzip", true},
	} {
		req := httptest.NewRequest(tt.method, tt.path, nil)
		if tt.accept != "" {
			req.Header.Set("Accept-Encoding", tt.accept)
		}
		resp, err := app.Test(req, -1)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != tt.status || resp.Header.Get("Content-Encoding") != tt.coding || (resp.Header.Get("Vary") == "Accept-Encoding") != tt.vary {
			t.Errorf("%s %s with %q: %d %v", tt.method, tt.path, tt.accept, resp.StatusCode, resp.Header)
		}
		if tt.coding != "" && tt.coding != "br" && tt.method == "GET" {
			var unpacked io.Reader
			if tt.coding == "zstd" {
				unpacked, err = zstd.NewReader(resp.Body)
			} else {
				unpacked, err = gzip.NewReader(resp.Body)
			}
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(unpacked); err != nil || string(body) != page {
				t.Errorf("%s does not unpack to the page: %v", tt.path, err)
			}
		}
		resp.Body.Close()
	}
}

func TestStatic(t *testing.T) {
	t.Parallel()
	assets, err := static.New("/x")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, nobody(), nil)
	h.app.Get("/x/static/*", Static(assets))
	const htmx = "vendor/htmx-4.0.1.min.js"
	for _, coding := range []string{"br", "gzip", ""} {
		resp, body := h.do(t, "GET", assets.URL(htmx), "Accept-Encoding", coding)
		want := map[string]string{
			"Content-Type":           "text/javascript; charset=utf-8",
			"Content-Encoding":       coding,
			"Cache-Control":          "public, max-age=31536000, immutable",
			"Vary":                   "Accept-Encoding",
			"X-Content-Type-Options": "nosniff",
		}
		for name, value := range want {
			if got := resp.Header.Get(name); got != value {
				t.Errorf("%s, %s: %q, want %q", coding, name, got, value)
			}
		}
		if resp.StatusCode != 200 || len(body) < 10_000 || coding != "" && len(body) > 16_000 {
			t.Errorf("%s: %d, %d bytes", coding, resp.StatusCode, len(body))
		}
		again, body := h.do(t, "GET", assets.URL(htmx), "Accept-Encoding", coding, "If-None-Match", resp.Header.Get("ETag"))
		if again.StatusCode != 304 || body != "" || again.Header.Get("ETag") != resp.Header.Get("ETag") {
			t.Errorf("%s: revalidation: %d with %d bytes", coding, again.StatusCode, len(body))
		}
		if head, body := h.do(t, "HEAD", assets.URL(htmx), "Accept-Encoding", coding); head.StatusCode != 200 || body != "" {
			t.Errorf("%s: HEAD: %d", coding, head.StatusCode)
		}
	}
	for path, cache := range map[string]string{
		"/x/static/app.css":              "no-cache",
		"/x/static/app.0123456789ab.css": "no-cache",
	} {
		if resp, _ := h.do(t, "GET", path); resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != cache {
			t.Errorf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Cache-Control"))
		}
	}
	for _, path := range []string{
		"/x/static/", "/x/static/nothing.css", "/x/static/nothing.0123456789ab.css", "/x/static/../embed.go",
		"/x/static/embed.go", "/x/static/%2e%2e/embed.go", "/x/static/vendor", "/x/static/vendor/SHA256SUMS",
	} {
		if resp, _ := h.do(t, "GET", path); resp.StatusCode != 404 || resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s", path, resp.StatusCode, resp.Header.Get("Cache-Control"))
		}
	}
	if resp, _ := h.do(t, "POST", "/x/static/app.css"); resp.StatusCode != 405 {
		t.Errorf("POST: %d", resp.StatusCode)
	}
}

func TestAccepts(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "br": true, "gzip, br": true, "gzip;q=1.0,br;q=0.9": true, "br;q=0": false, "br;q=0.000": false,
		"br; q=rubbish": false, "*": false, "brotli": false, "BR": true,
	} {
		if got := accepts(header, "br"); got != want {
			t.Errorf("accepts(%q) = %t", header, got)
		}
	}
}

// TestCompressedBodiesAreTheirOwn: the buffers are pooled, and an answer that shared one
// would turn into the next person's page.
func TestCompressedBodiesAreTheirOwn(t *testing.T) {
	t.Parallel()
	app := fiber.New()
	handler := Compress()
	text := ""
	app.Use(handler, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "text/html")
		return c.SendString(text)
	})
	serve := app.Handler()
	ask := func(letter, coding string) *fasthttp.RequestCtx {
		text = strings.Repeat(letter, 4096)
		ctx := &fasthttp.RequestCtx{}
		ctx.Request.Header.Set(fiber.HeaderAcceptEncoding, coding)
		serve(ctx)
		return ctx
	}
	for _, coding := range []string{"gzip", "zstd"} {
		first := ask("a", coding)
		before := string(first.Response.Body())
		for range 50 {
			ask("b", coding)
		}
		if string(first.Response.Body()) != before || string(first.Response.Header.ContentEncoding()) != coding {
			t.Errorf("an answer in %s changed when others were made", coding)
		}
	}
}
