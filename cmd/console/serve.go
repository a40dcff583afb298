package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/apiclient/sandbox/stage"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
	"github.com/alohub/agentconsole/web/traces"
)

// serve runs the console until ctx ends, then lets the requests under way finish.
func serve(ctx context.Context, cfg *Config, log *slog.Logger, spans trace.TracerProvider, out io.Writer) error {
	store, err := openStore(ctx, cfg, log, spans)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()

	// Whatever the reason to return, what was started has ended by then.
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	defer func() {
		stop()
		_ = group.Wait()
	}()
	opts := options(cfg, store, log)
	opts.Traces = spans
	if cfg.Demo {
		url, api, err := startSandbox(ctx, group)
		if err != nil {
			return err
		}
		opts.Upstreams = append([]web.Upstream{{Name: "Demo", Slug: "demo", BaseURL: url}}, opts.Upstreams...)
		opts.WriteRehearsal = append(opts.WriteRehearsal, "demo") // nobody's calls hang on it
		opts.Demo = stage.Of(api)
		opts.DemoKeys = []web.DemoKey{
			{ID: "demo-good", Key: sandbox.DemoKey, Label: "demo.good"},
			{ID: "demo-noscope", Key: sandbox.DemoKeyNoScope, Label: "demo.noscope"},
			{ID: "demo-another", Key: sandbox.DemoKeyAnother, Label: "demo.another"},
		}
	}
	if cfg.MetricsListen != "" {
		registry := prometheus.NewRegistry()
		registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
		opts.Metrics = registry
		if err := startMetrics(ctx, group, cfg.MetricsListen, registry); err != nil {
			return err
		}
	}
	console, err := web.New(opts)
	if err != nil {
		return err
	}
	defer console.Close()
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", cfg.Listen, err)
	}
	group.Go(func() error { return console.Serve(ctx, listener) })
	supervised(ctx, group, listener.Addr(), cfg.BasePath, log)
	group.Go(func() error {
		settle(ctx, log)
		return nil
	})
	fmt.Fprintf(out, "Agent Console is at http://%s%s/\n", listener.Addr(), cfg.BasePath)
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	log.Info("stopped")
	return nil
}

// openStore opens the database. Where another console has the file it waits, and says so
// on /readyz meanwhile.
func openStore(ctx context.Context, cfg *Config, log *slog.Logger, spans trace.TracerProvider) (*sqlstore.Store, error) {
	ctx, stop := context.WithCancel(ctx)
	var meanwhile errgroup.Group
	defer func() {
		stop()
		_ = meanwhile.Wait()
	}()
	var trip func(context.Context, string, string) func(error)
	if tracer := traces.New(spans, version()); tracer != nil {
		trip = tracer.Trip
	}
	return sqlstore.Open(ctx, sqlstore.Config{
		Database: cfg.Database, Wait: cfg.DatabaseWait, Trip: trip,
		Waiting: func(h sqlstore.Holder) {
			log.Warn("the database is in use by another console; waiting for it to end", "holder", h.String(), "at_most", cfg.DatabaseWait)
			listener, err := net.Listen("tcp", cfg.Listen)
			if err != nil {
				log.Warn("not on the network while waiting", "error", err) // it may be the other's port
				return
			}
			serveHTTP(ctx, &meanwhile, listener, waitingHandler(cfg.BasePath, h))
		},
	})
}

// waitingHandler answers while the database is another console's.
func waitingHandler(base string, h sqlstore.Holder) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+base+"/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "2")
		http.Error(w, "waiting for the database, which is in use by another console: "+h.String(), http.StatusServiceUnavailable)
	})
	return mux
}

func options(cfg *Config, store web.Store, log *slog.Logger) web.Options {
	o := web.Options{
		AuthHeaders: cfg.AuthHeaders, Secrets: cfg.Secrets, Store: store, BasePath: cfg.BasePath, PublicURL: cfg.PublicURL,
		TrustedProxies: cfg.TrustedProxies, OperatorHeader: cfg.OperatorHeader, FrameAncestors: cfg.FrameAncestors,
		HSTSSubDomains: cfg.HSTSSubDomains,
		SessionIdle:    cfg.SessionIdle, SessionMax: cfg.SessionMax, JournalRetention: cfg.Retention,
		EvidenceAge: evidenceAge(cfg.EvidenceAge), WriteRehearsal: cfg.WriteRehearsal,
		// Zero is the default there: a nanosecond waits for nobody.
		ShutdownTimeout: max(cfg.Shutdown, 1),
		Logger:          log, Version: version(),
	}
	for _, u := range cfg.Upstreams {
		o.Upstreams = append(o.Upstreams, web.Upstream{Name: u.Name, Slug: u.Slug, BaseURL: u.URL})
	}
	return o
}

// evidenceAge is the setting as web.Options has it, where zero is the default and
// negative is "read all".
func evidenceAge(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// startSandbox serves the demo's upstream on a free loopback port, so that the
// console talks to it as it would to the real one. Its second administrator is ready to
// begin.
func startSandbox(ctx context.Context, group *errgroup.Group) (url string, api *sandbox.Server, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("sandbox: %w", err)
	}
	api = sandbox.New(sandbox.Demo(sandbox.DemoOptions{}).Config)
	serveHTTP(ctx, group, listener, api)
	group.Go(func() error {
		api.SecondAdmin().Run(ctx)
		return nil
	})
	return "http://" + listener.Addr().String(), api, nil
}

func startMetrics(ctx context.Context, group *errgroup.Group, address string, registry *prometheus.Registry) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("metrics: listen on %s: %w", address, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	serveHTTP(ctx, group, listener, mux)
	return nil
}

// serveHTTP serves until ctx ends.
func serveHTTP(ctx context.Context, group *errgroup.Group, listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
}
