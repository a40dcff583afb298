package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web"
)

// TestMountOnGroups: on a group people see the console at its prefix and BasePath, and
// can work there: every link, redirect and cookie is below.
func TestMountOnGroups(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		base string
		into func(*fiber.App) fiber.Router
		seen string
	}{
		"an app":               {"/console", func(a *fiber.App) fiber.Router { return a }, "/console"},
		"an app, at its root":  {"", func(a *fiber.App) fiber.Router { return a }, ""},
		"a group":              {"/console", func(a *fiber.App) fiber.Router { return a.Group("/intra") }, "/intra/console"},
		"a group, at its root": {"", func(a *fiber.App) fiber.Router { return a.Group("/intra") }, "/intra"},
		"a group with a slash": {"", func(a *fiber.App) fiber.Router { return a.Group("/intra/") }, "/intra"},
		"a group of a group":   {"/console", func(a *fiber.App) fiber.Router { return a.Group("/intra").Group("/v1") }, "/intra/v1/console"},
		"a group of the app":   {"/console", func(a *fiber.App) fiber.Router { return a.Group("/") }, "/console"},
		"a group of that name": {"/intra", func(a *fiber.App) fiber.Router { return a.Group("/intra") }, "/intra/intra"},
		"a group with handlers": {"/console", func(a *fiber.App) fiber.Router {
			return a.Group("/intra", func(c *fiber.Ctx) error { return c.Next() })
		}, "/intra/console"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStand(t, func(o *setup) {
				o.web.BasePath = tt.base
				o.enter = func(c *web.Console) string {
					app := fiber.New(fiber.Config{DisableStartupMessage: true, ReadBufferSize: 16 << 10})
					app.Get("/host", func(c *fiber.Ctx) error { return c.SendString("host") })
					if err := c.Mount(tt.into(app)); err != nil {
						t.Fatal(err)
					}
					app.Get(tt.seen+"s", func(c *fiber.Ctx) error { return c.SendString("host too") })
					return outer(t, app)
				}
			})
			s.base = tt.seen
			p := s.signIn(sandbox.DemoKey)
			form := p.editor("082019", "callin")
			form.Add("queue_ids", "1000887")
			saved := p.save("082019", "callin", form).is(http.StatusSeeOther)
			for _, a := range []*answer{saved, p.get("/agents").is(http.StatusOK), p.get("/").is(http.StatusSeeOther), p.get("/nowhere").is(http.StatusNotFound)} {
				for _, link := range append(links(a), a.location()) {
					if !below(tt.seen, link) {
						t.Errorf("%s: %q leaves %s", a.what, link, tt.seen)
					}
				}
				for _, c := range a.header.Values("Set-Cookie") {
					if tt.seen != "" && !strings.Contains(c+";", "; Path="+tt.seen+";") {
						t.Errorf("%s: a cookie for %s", a.what, c[strings.Index(c, ";"):])
					}
				}
			}
			for _, css := range p.get("/agents").attrs("link[rel=stylesheet]", "href") {
				if code := status(s.origin + css); code != http.StatusOK {
					t.Errorf("%s: %d", css, code)
				}
			}
			for _, path := range []string{"/host", tt.seen + "s"} {
				if tt.seen == "" {
					break // all paths but those mounted before are the console's
				}
				resp, text := ask(t, request(t, "GET", s.origin+path, nil))
				if !strings.HasPrefix(text, "host") || resp.Header.Get("Content-Security-Policy") != "" {
					t.Errorf("%s beside the console: %d %.40q", path, resp.StatusCode, text)
				}
			}
		})
	}
}

// TestMountRefuses: where links could not be right, Mount says so at once.
func TestMountRefuses(t *testing.T) {
	t.Parallel()
	sub := fiber.New()
	fiber.New().Mount("/sub", sub)
	for name, tt := range map[string]struct {
		into fiber.Router
		want string
	}{
		"a parameter":           {fiber.New().Group("/:tenant"), `"/:tenant/console" must begin`},
		"a parameter below":     {fiber.New().Group("/a").Group("/:tenant"), `"/a/:tenant/console"`},
		"a wildcard":            {fiber.New().Group("/a/*"), `"/a/*/console"`},
		"two slashes":           {fiber.New().Group("/a//b"), "two in a row"},
		"an app that is in one": {sub, `itself mounted, at "/sub"`},
		"another router":        {struct{ fiber.Router }{fiber.New()}, "mount into a *fiber.App or *fiber.Group"},
		"nothing":               {nil, "mount into"},
	} {
		if err := embedded(t, "/console").Mount(tt.into); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// TestSharedMetrics: two consoles of a program count into one registry.
func TestSharedMetrics(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	for _, slug := range []string{"one", "two"} {
		console := embedded(t, "", func(o *web.Options) { o.Metrics, o.Upstreams[0].Slug = registry, slug })
		server := hosted(t, console, nil)
		ask(t, request(t, "POST", server.URL+"/preferences", strings.NewReader(url.Values{"theme": {"dark"}}.Encode()),
			"Content-Type", "application/x-www-form-urlencoded"))
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	count := uint64(0)
	for _, f := range families {
		if f.GetName() == "console_http_request_duration_seconds" {
			for _, m := range f.GetMetric() {
				count += m.GetHistogram().GetSampleCount()
			}
		}
	}
	if count != 2 {
		t.Errorf("%d requests counted, want those of both consoles", count)
	}

	// Somebody else's metric of that name is no reason to be silent.
	taken := prometheus.NewRegistry()
	taken.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: "console_http_request_duration_seconds"}))
	o := sound(t)
	o.Metrics = taken
	if console, err := web.New(o); err == nil {
		console.Close()
		t.Error("another metric of the same name is accepted")
	}
}
