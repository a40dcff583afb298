package web_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web"
)

// embedded is a console for another program.
func embedded(t *testing.T, base string, changes ...func(*web.Options)) *web.Console {
	t.Helper()
	o := web.Options{
		Upstreams: []web.Upstream{{Name: "Spare", Slug: "spare", BaseURL: "http://127.0.0.1:1"}},
		Secrets:   []string{secret}, Store: memoryStore(t), BasePath: base,
		Logger: slog.New(slog.DiscardHandler),
	}
	for _, change := range changes {
		change(&o)
	}
	console, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(console.Close)
	return console
}

// TestHandlerLimitsBodies: in a net/http server nobody else does.
func TestHandlerLimitsBodies(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(embedded(t, "").Handler())
	t.Cleanup(server.Close)
	post := func(body io.Reader) int {
		t.Helper()
		resp, err := http.Post(server.URL+"/sign-in", "application/x-www-form-urlencoded", body)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	large := "x=" + strings.Repeat("y", 8<<20)
	if code := post(strings.NewReader(large)); code != http.StatusRequestEntityTooLarge {
		t.Errorf("8 MiB: %d", code)
	}
	if code := post(io.MultiReader(strings.NewReader(large))); code < 400 { // of no announced length
		t.Errorf("8 MiB in chunks: %d", code)
	}
	if code := post(strings.NewReader("environment=spare&api_key=")); code != http.StatusUnprocessableEntity {
		t.Errorf("a small one: %d", code)
	}
}

// TestMount: below its base path the console answers, beside it the app is itself.
func TestMount(t *testing.T) {
	t.Parallel()
	app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadBufferSize: 16 << 10})
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("host") })
	if err := embedded(t, "/console").Mount(app); err != nil {
		t.Fatal(err)
	}
	app.Get("/consoles", func(c *fiber.Ctx) error { return c.SendString("host too") })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(listener) }()
	t.Cleanup(func() {
		_ = app.Shutdown()
		<-done
	})
	for path, want := range map[string]string{
		"/": "host", "/consoles": "host too", "/console/healthz": "ok\n", "/console/sign-in": "api_key", "/console/nowhere": "data-failure",
	} {
		resp, err := http.Get("http://" + listener.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %d %.80q, %v", path, resp.StatusCode, text, err)
		}
		if ours := strings.HasPrefix(path, "/console/"); ours != (resp.Header.Get("Content-Security-Policy") != "") {
			t.Errorf("%s: policy %q", path, resp.Header.Get("Content-Security-Policy"))
		}
	}
}
