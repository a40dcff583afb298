package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/alohub/agentconsole/web/traces"
)

// flushFor is how long the last spans and log lines may take to be sent at the end:
// together with the default of CONSOLE_SHUTDOWN_TIMEOUT less than supervisors wait.
const flushFor = 5 * time.Second

// observed calls do with what the OTEL_* variables ask for: with a logger that knows the
// spans, and where spans go. Where they ask for nothing, nothing is started, do has log as
// it is, and no provider. What is left is sent before observed returns.
func observed(ctx context.Context, cfg *Config, log *slog.Logger, do func(*slog.Logger, trace.TracerProvider) error) error {
	on := cfg.Telemetry
	if !on.Traces && !on.Logs {
		return do(log, nil)
	}
	// The SDK has one place for what goes wrong while it sends. Its errors never go to
	// the collector: they would be the next thing that cannot be sent.
	otel.SetErrorHandler(&complaints{log: log, now: time.Now})
	about, err := about(ctx)
	if err != nil {
		return fmt.Errorf("telemetry: %w", err)
	}
	plain := log
	var (
		spans trace.TracerProvider
		stops []func(context.Context) error
	)
	if on.Traces {
		exporter, err := spanExporter(ctx, on.TracesProtocol)
		if err != nil {
			return fmt.Errorf("telemetry: traces: %w", err)
		}
		provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
		spans, stops = provider, append(stops, provider.Shutdown)
		log = slog.New(traces.Log(log.Handler()))
	}
	if on.Logs {
		exporter, err := logExporter(ctx, on.LogsProtocol)
		if err != nil {
			return fmt.Errorf("telemetry: logs: %w", err)
		}
		provider := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(exporter)), sdklog.WithResource(about))
		stops = append(stops, provider.Shutdown)
		bridge := otelslog.NewHandler(traces.Scope, otelslog.WithLoggerProvider(provider), otelslog.WithVersion(version()))
		log = slog.New(slog.NewMultiHandler(log.Handler(), level{bridge, cfg.LogLevel}))
	}
	defer flush(context.WithoutCancel(ctx), plain, stops)
	return do(log, spans)
}

// flush sends what is left, all of it at once and within one limit.
func flush(ctx context.Context, log *slog.Logger, stops []func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, flushFor)
	defer cancel()
	var all sync.WaitGroup
	for _, stop := range stops {
		all.Go(func() {
			if err := stop(ctx); err != nil {
				log.Warn("the last of the telemetry was not sent", "error", err)
			}
		})
	}
	all.Wait()
}

// spanExporter and logExporter read the rest of the variables themselves: address,
// headers, certificates, compression, time limit.
func spanExporter(ctx context.Context, protocol string) (sdktrace.SpanExporter, error) {
	if protocol == overGRPC {
		return otlptracegrpc.New(ctx)
	}
	return otlptracehttp.New(ctx)
}

func logExporter(ctx context.Context, protocol string) (sdklog.Exporter, error) {
	if protocol == overGRPC {
		return otlploggrpc.New(ctx)
	}
	return otlploghttp.New(ctx)
}

// about says which process it is. The command line is left out: it may hold secrets.
func about(ctx context.Context) (*resource.Resource, error) {
	return resource.New(
		ctx,
		resource.WithAttributes(
			attribute.String("service.name", "agent-console"), attribute.String("service.version", version()),
			attribute.String("service.instance.id", rand.Text()),
		),
		resource.WithTelemetrySDK(),
		resource.WithHost(),
		resource.WithFromEnv(), // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win
	)
}

// level keeps a handler to the lines that the log has.
type level struct {
	slog.Handler
	least slog.Level
}

// Enabled implements slog.Handler.
func (l level) Enabled(ctx context.Context, at slog.Level) bool {
	return at >= l.least && l.Handler.Enabled(ctx, at)
}

// WithAttrs implements slog.Handler.
func (l level) WithAttrs(attrs []slog.Attr) slog.Handler {
	return level{l.Handler.WithAttrs(attrs), l.least}
}

// WithGroup implements slog.Handler.
func (l level) WithGroup(name string) slog.Handler { return level{l.Handler.WithGroup(name), l.least} }

// complaintsEvery is how often the log says that the collector is not there.
const complaintsEvery = time.Minute

// complaints logs what goes wrong while telemetry is sent, which is every few seconds
// where the collector is down.
type complaints struct {
	log *slog.Logger
	now func() time.Time

	mu     sync.Mutex
	at     time.Time
	missed int
}

// Handle implements otel.ErrorHandler.
func (c *complaints) Handle(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); !c.at.IsZero() && now.Sub(c.at) < complaintsEvery {
		c.missed++
		return
	}
	c.log.Warn("telemetry not sent", "error", err, "times_before", c.missed)
	c.at, c.missed = c.now(), 0
}
