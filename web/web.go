package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/handlers"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/static"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/session"
)

// Upstream is one Agent Management API that people may sign in to.
type Upstream struct {
	Name    string // as people see it: "Production"
	Slug    string // in forms, the journal and the cookie: "production"
	BaseURL string // may carry a path: "https://host/api"
}

// Store is the database that a console works with: what an embedder hands in.
// sqlstore.Store is one. A store that wraps another answers for it in everything,
// SingleProcess included. No part of the console uses all of it: roster intends,
// settles, locks, and remembers queues (Intend, Settle, List, Unsettled, Lock,
// RememberQueues, QueueNames); handlers show (List, Find, Recordings) and sign out
// (End); sessions ask Ended; upkeep calls Orphans and Prune; the probe calls Ping.
type Store interface {
	journal.Store
	journal.Sessions
	// SingleProcess reports whether this process alone uses the database. Then
	// whatever is open in it when a console starts was left by a dead one.
	SingleProcess() bool
}

// DemoKey is a key that the sign-in page offers. Never set one of a real upstream.
type DemoKey struct {
	ID    string // id of its button
	Key   string
	Label string // catalogue id
}

// Options is what a console is made of. Upstreams, Secrets and Store are required.
type Options struct {
	Upstreams      []Upstream
	AuthHeaders    apiclient.AuthHeaders
	Secrets        []string // newest first, each of at least 32 bytes
	Store          Store    // not closed by the console
	BasePath       string   // "" or "/x"
	PublicURL      *url.URL // the origin people see, nil where not known
	TrustedProxies []netip.Prefix
	OperatorHeader string
	FrameAncestors []string
	SessionIdle    time.Duration // 30 min where zero
	SessionMax     time.Duration // 12 h where zero
	// JournalRetention is how long settled changes are kept; 0 is for ever.
	JournalRetention time.Duration
	Logger           *slog.Logger
	Metrics          prometheus.Registerer // nil: none are kept
	Version          string
	DemoKeys         []DemoKey
	Now              func() time.Time // time.Now where nil
	// Roster tunes the snapshots; its Journal, Now and Logger are set by New.
	Roster live.Config
	// Client tunes the upstream calls; its Name, BaseURL, AuthHeaders, Version, Now
	// and OnCall are set by New.
	Client apiclient.Config
}

// Console is a running console. Close it when its server has stopped.
type Console struct {
	base    string
	app     *fiber.App
	clients []*apiclient.Client
	roster  *live.Roster

	stop       context.CancelFunc // ends background
	background sync.WaitGroup
}

// New puts a console together, or says in one error everything that is missing.
func New(o Options) (*Console, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.SessionIdle == 0 {
		o.SessionIdle = 30 * time.Minute
	}
	if o.SessionMax == 0 {
		o.SessionMax = 12 * time.Hour
	}
	o.BasePath = strings.TrimRight(o.BasePath, "/")
	if o.Store == nil {
		return nil, errors.New("web: a Store is required")
	}
	if len(o.Upstreams) == 0 {
		return nil, errors.New("web: at least one Upstream is required")
	}
	catalogues, err := locale.Load()
	if err != nil {
		return nil, err
	}
	sessions, err := session.New(session.Config{
		Secrets: o.Secrets, PublicURL: o.PublicURL, BasePath: o.BasePath, CrossSite: len(o.FrameAncestors) > 0,
		Idle: o.SessionIdle, Max: o.SessionMax, Languages: locale.Languages(), Now: o.Now, Ended: o.Store,
	})
	if err != nil {
		return nil, err
	}
	salt, err := session.DeriveSalt(o.Secrets, "key fingerprints of the journal")
	if err != nil {
		return nil, err
	}
	assets, err := static.New(o.BasePath)
	if err != nil {
		return nil, err
	}
	meters, err := newMeters(o.Metrics)
	if err != nil {
		return nil, err
	}
	c := &Console{base: o.BasePath}
	environments, err := c.environments(o, meters)
	if err != nil {
		return nil, err
	}
	o.Roster.Journal, o.Roster.Now, o.Roster.Logger = o.Store, o.Now, o.Logger
	if o.Roster.Idle == 0 {
		o.Roster.Idle = o.SessionIdle
	}
	c.roster = live.New(o.Roster)

	proxies := NewProxies(o.TrustedProxies, o.OperatorHeader)
	desk := handlers.Config{
		Paths: paths.New(o.BasePath),
		Assets: layouts.Assets{
			CSS: assets.URL("app.css"), Script: assets.URL("app.js"), Icon: assets.URL("favicon.svg"),
			HTMX: assets.URL("vendor/htmx-4.0.1.min.js"),
		},
		Environments: environments, Catalogues: catalogues, Sessions: sessions, Enders: o.Store,
		Attempts: NewAttempts(AttemptsConfig{Now: o.Now}), Clients: proxies, Roster: c.roster, Journal: o.Store,
		Salt: salt, Now: o.Now, Log: o.Logger,
	}
	for _, k := range o.DemoKeys {
		desk.Demo = append(desk.Demo, pages.DemoKey{ID: k.ID, Key: k.Key, Label: k.Label})
	}
	headers := HeadersConfig{FrameAncestors: o.FrameAncestors, HTTPS: o.PublicURL != nil && o.PublicURL.Scheme == "https"}
	resources := handlers.New(desk)
	c.app = fiber.New(NewFiberConfig(proxies, headers, resources.Door.Fail))
	// The language first: error pages of the middleware itself speak it too.
	c.app.Use(resources.Door.Locale)
	err = Use(c.app, MiddlewareConfig{
		Log:     AccessLogConfig{Logger: o.Logger, Proxies: proxies, Quiet: quiet(o.BasePath), Observe: meters.request},
		Headers: headers, PublicURL: o.PublicURL,
	})
	if err != nil {
		c.Close()
		return nil, err
	}
	routes(c.app, o.BasePath, resources, &probes{store: o.Store}, assets)
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	c.background.Go(assets.Warm)
	house := newUpkeep(o.Store, o.JournalRetention, o.Now, o.Logger)
	c.background.Go(func() { house.run(ctx) })
	return c, nil
}

// environments makes a client for each upstream.
func (c *Console) environments(o Options, m *meters) ([]handlers.Environment, error) {
	var out []handlers.Environment
	var problems []error
	for _, u := range o.Upstreams {
		cfg := o.Client
		cfg.Name, cfg.BaseURL, cfg.AuthHeaders, cfg.Version = u.Name, u.BaseURL, o.AuthHeaders, o.Version
		cfg.Now, cfg.OnCall = o.Now, m.call
		client, err := apiclient.New(cfg)
		if err != nil {
			problems = append(problems, fmt.Errorf("upstream %s: %w", u.Name, err))
			continue
		}
		c.clients = append(c.clients, client)
		out = append(out, handlers.Environment{
			Name: u.Name, Slug: u.Slug, Client: client, Production: isProduction(u.Slug),
		})
	}
	return out, errors.Join(problems...)
}

// isProduction reports whether an environment of that slug is to be marked as one
// with live queues: any that does not say that it is something else.
func isProduction(slug string) bool {
	harmless := []string{"dev", "development", "test", "testing", "staging", "stage", "uat", "qa", "demo", "sandbox", "local", "non"}
	return !slices.ContainsFunc(strings.FieldsFunc(slug, func(r rune) bool { return r == '-' || r == '_' || r == '.' }),
		func(word string) bool { return slices.Contains(harmless, word) || strings.HasPrefix(word, "nonprod") })
}

// App is the console as a Fiber app, to listen with. To put it into another, see Mount.
func (c *Console) App() *fiber.App { return c.app }

// Mount puts the console into another Fiber app, at its BasePath; at "" it takes every
// path, so mount it last. The app's own routes keep their headers and error pages; its
// ReadBufferSize has to be 16 KiB, and its BodyLimit counts.
func (c *Console) Mount(into fiber.Router) {
	handler := c.app.Handler()
	into.Use(c.base, func(outer *fiber.Ctx) error {
		// Use matches by letters: "/consoles" is not below "/console".
		rest, below := strings.CutPrefix(outer.Path(), c.base)
		if !below || rest != "" && rest[0] != '/' {
			return outer.Next()
		}
		handler(outer.Context())
		return nil
	})
}

// Handler is the console for a net/http server. Mount it at its BasePath, which it
// expects to see in the request's path.
func (c *Console) Handler() http.Handler {
	app := adaptor.FiberApp(c.app)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The app's own limit is its server's, which does not run here: the adaptor
		// would read a body of any size into memory.
		if r.ContentLength > bodyLimit {
			w.Header().Set("Connection", "close")
			http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		app(w, r)
	})
}

// Close stops the crawls and the upkeep, and lets go of the connections upstream.
// The server must have stopped; the Store must still be open.
func (c *Console) Close() {
	if c.stop != nil {
		c.stop()
	}
	c.background.Wait()
	if c.roster != nil {
		c.roster.Close()
	}
	for _, client := range c.clients {
		client.Close()
	}
}

// probes answers whoever watches the console.
type probes struct{ store pinger }

// pinger is what the probes need of the store.
type pinger interface {
	Ping(ctx context.Context) error
}

func (p *probes) health(c *fiber.Ctx) error { return c.SendString("ok\n") }

// ready asks the database: without it nothing can be changed.
func (p *probes) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
	defer cancel()
	if err := p.store.Ping(ctx); err != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("database unavailable\n")
	}
	return c.SendString("ok\n")
}

// quiet are the requests that would only fill the log.
func quiet(base string) func(string) bool {
	return func(path string) bool {
		path = strings.TrimPrefix(path, base)
		return path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/static/")
	}
}
