package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/handlers"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/probe"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/static"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/internal/middleware"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/recent"
	"github.com/alohub/agentconsole/web/session"
	"github.com/alohub/agentconsole/web/traces"
)

// Console is a running console: reach it through Serve, Handler or Mount, one or
// several of them, and Close it at the end.
type Console struct {
	options      Options
	reads        *recent.Reads
	clients      []*apiclient.Client
	environments []handlers.Environment
	roster       *live.Roster
	runner       *runs.Runner
	rounds       *probe.Rounds
	catalogues   *locale.Catalogues
	failures     *middleware.SignInFailures
	meters       *meters
	tracer       *traces.Tracer
	salt         []byte
	front        *front // at BasePath
	door         entrance

	life       context.Context    // of the console: requests and background end with it
	stop       context.CancelFunc // ends life
	background sync.WaitGroup
}

// New puts a console together, or says in one error everything that is wrong with the
// options: an OptionError each, joined.
func New(o Options) (*Console, error) {
	if err := problems(o.Problems()).join(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	reads, store := recent.New(o.Store, o.Now, o.RecentFor)
	o.Store = store
	c := &Console{options: o, reads: reads, failures: middleware.NewSignInFailures(middleware.SignInFailuresConfig{Now: o.Now})}
	c.life, c.stop = context.WithCancel(context.Background())
	c.rounds = probe.NewRounds()
	if err := c.assemble(); err != nil {
		c.Close()
		return nil, err
	}
	c.forsake()
	house := newUpkeep(o.Store, o.Store.Runs(), o.JournalRetention, o.Now, o.Logger)
	c.background.Go(func() { house.run(c.life) })
	c.background.Go(func() { nameForsaken(c.life, o.Store, o.Upstreams, o.Logger) })
	return c, nil
}

// forsake ends what a process that is gone had of runs, where this one alone uses the
// database: nobody need wait for its leases to end.
func (c *Console) forsake() {
	if !c.options.Store.SingleProcess() {
		return
	}
	ctx, cancel := context.WithTimeout(c.life, 5*time.Second)
	defer cancel()
	if n, err := c.options.Store.Runs().Forsake(ctx); err != nil || n > 0 {
		c.options.Logger.WarnContext(ctx, "runs were interrupted when the console last ended", "runs", n, "error", err)
	}
}

func (c *Console) assemble() (err error) {
	o := c.options
	if c.catalogues, err = locale.Load(); err != nil {
		return err
	}
	if c.salt, err = session.DeriveSalt(o.Secrets, "key fingerprints of the journal"); err != nil {
		return err
	}
	if c.meters, err = newMeters(o.Metrics); err != nil {
		return err
	}
	c.tracer = traces.New(o.Traces, o.Version)
	budgets := make(map[string]*apiclient.Client, len(o.Upstreams))
	for _, u := range o.Upstreams {
		client, err := apiclient.New(clientConfig(o, u, c.meters, c.tracer))
		if err != nil {
			return fmt.Errorf("upstream %s: %w", u.Name, err)
		}
		c.clients, budgets[u.Slug] = append(c.clients, client), client
		c.environments = append(c.environments, handlers.Environment{
			Name: u.Name, Slug: u.Slug, Client: client, Production: isProduction(u.Slug),
		})
	}
	c.roster = live.New(rosterConfig(o, c.meters, c.tracer))
	c.runner = runs.New(runs.Config{
		Store: o.Store.Runs(), Journal: o.Store, Roster: c.roster, EvidenceAge: o.EvidenceAge, Now: o.Now, Logger: o.Logger,
	})
	if err := watch(o.Metrics, c.roster, budgets); err != nil {
		return err
	}
	c.front, err = c.newFront(o.BasePath)
	return err
}

// runsPath is the form that takes files, below the base path.
const runsPath = "/runs"

// front is the console as it stands at one base path, which is in its links, its
// cookies and its routes. All fronts of a console share everything else.
type front struct {
	base   string
	app    *fiber.App
	handle fasthttp.RequestHandler
	bare   middleware.HeadersConfig
}

// columns are the columns of the list that a browser may choose of.
func columns() (names []string) {
	for _, column := range partials.Columns() {
		names = append(names, string(column))
	}
	return names
}

func (c *Console) newFront(base string) (*front, error) {
	o := c.options
	framed := len(o.FrameAncestors) > 0
	headers := middleware.HeadersConfig{
		FrameAncestors: o.FrameAncestors, HTTPS: o.PublicURL != nil && o.PublicURL.Scheme == "https", SubDomains: o.HSTSSubDomains,
	}
	sessions, err := session.New(session.Config{
		Secrets: o.Secrets, PublicURL: o.PublicURL, BasePath: base, CrossSite: framed, Room: cookieRoom(headers),
		Idle: o.SessionIdle, Max: o.SessionMax, Languages: locale.Languages(), Columns: columns(), Now: o.Now, Ended: c.reads,
	})
	if err != nil {
		return nil, err
	}
	assets, err := static.New(base)
	if err != nil {
		return nil, err
	}
	files := layouts.Assets{
		CSS: asset(assets, "app.css"), Script: asset(assets, "app.js"), Icon: asset(assets, "favicon.svg"),
		HTMX: asset(assets, "vendor/htmx-4.0.1.min.js"),
	}
	if framed {
		files.Frame = asset(assets, "frame.js")
	}
	proxies := middleware.NewProxies(o.TrustedProxies, o.OperatorHeader)
	people := persons{Proxies: proxies, name: o.Operator, authenticate: o.Authenticate}
	desk := handlers.Config{
		Paths:        paths.New(base),
		Assets:       files,
		Environments: c.environments, Catalogues: c.catalogues, Sessions: sessions, Enders: ender{o.Store},
		Failures: c.failures, Clients: people, Handed: people.handover(), Roster: c.roster, Journal: o.Store, Recent: c.reads,
		Runs: o.Store.Runs(), Runner: c.runner, Traits: o.Store, FilterSets: o.Store,
		Asking:    handlers.Asking{Rounds: c.rounds, Lock: o.Store.Lock, Ended: c.reads.Ended, Version: o.Version, Transport: o.Transport},
		Rehearsal: o.WriteRehearsal,
		Salt:      c.salt, Now: o.Now, Log: o.Logger, Stage: o.Demo,
	}
	for _, k := range o.DemoKeys {
		desk.Demo = append(desk.Demo, pages.DemoKey{ID: k.ID, Key: k.Key, Label: k.Label})
	}
	resources := handlers.New(desk)
	app := fiber.New(middleware.NewFiberConfig(proxies, headers, resources.Door.Fail))
	// The language before the chain: error pages of the middleware itself speak it too.
	app.Use(receive, resources.Door.Locale)
	err = middleware.Use(app, middleware.Config{
		Log:     middleware.AccessLogConfig{Logger: o.Logger, Proxies: proxies, Quiet: quiet(base), Observe: c.meters.request},
		Headers: headers, PublicURL: o.PublicURL, Files: base + runsPath, Trace: c.tracer.Requests(proxies.Trust),
	})
	if err != nil {
		return nil, err
	}
	if framed {
		app.Use(resources.Preferences.FromHost)
	}
	routes(app, base, resources, &probes{store: o.Store, now: o.Now}, assets)
	return &front{base: base, app: app, handle: app.Handler(), bare: headers}, nil
}

func asset(all *static.Assets, name string) layouts.Asset {
	return layouts.Asset{URL: all.URL(name), Integrity: all.Integrity(name)}
}

// proxyBuffer is what proxies keep for the header of an answer (nginx: proxy_buffer_size).
// They make a 502 of a longer one.
const proxyBuffer = 4096

// otherHeaders is left for what stands beside cookie and security headers: status, date,
// type, length, request id, and a place to go on to of usual length.
const otherHeaders = 640

// cookieRoom is how long the session's cookie may be so that proxies pass it on.
func cookieRoom(headers middleware.HeadersConfig) int {
	room := proxyBuffer - otherHeaders
	for _, h := range middleware.SecurityHeaders(headers) {
		room -= len(h[0]) + len(": ") + len(h[1]) + len("\r\n")
	}
	return max(room, leastRoom)
}

// leastRoom holds a key of usual length, however many origins may frame the console.
const leastRoom = 1024

// ender sees the end of a session through where the browser leaves meanwhile: whoever
// signs out and closes the tab at once must be signed out.
type ender struct{ handlers.Enders }

func (e ender) End(ctx context.Context, id string, until time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return e.Enders.End(ctx, id, until)
}

// isProduction reports whether an environment of that slug is to be marked as one
// with live queues: any that does not say that it is something else.
func isProduction(slug string) bool {
	harmless := []string{"dev", "development", "test", "testing", "staging", "stage", "uat", "qa", "demo", "sandbox", "local", "non"}
	return !slices.ContainsFunc(strings.FieldsFunc(slug, func(r rune) bool { return r == '-' || r == '_' || r == '.' }),
		func(word string) bool { return slices.Contains(harmless, word) || strings.HasPrefix(word, "nonprod") })
}

// Close ends what goes on in the background and the contexts of requests under way,
// gives these a moment to return, and lets go of the connections upstream. The Store must
// still be open. Stop before it what is to end in peace: Serve by its context, Handler and
// Mount by Shutdown.
func (c *Console) Close() {
	emptied := c.door.close()
	c.stop()
	waitAtMost(emptied, cutOff)
	c.rounds.Close()
	if c.runner != nil {
		c.runner.Close()
	}
	c.background.Wait()
	if c.roster != nil {
		c.roster.Close()
	}
	for _, client := range c.clients {
		client.Close()
	}
}
