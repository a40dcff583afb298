// Package traces makes OpenTelemetry spans of what a console does: a request, a call
// upstream, a trip to the database, a crawl. What is in a span is listed here and nowhere
// else: patterns, statuses, times, documented words. Never a key, a tenant, an extension,
// a person, a query, or any text of the upstream's.
//
// Where spans go is no matter of this package: it takes a TracerProvider, and knows no SDK.
package traces

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/alohub/agentconsole/apiclient"
)

// Scope is the instrumentation scope of all spans.
const Scope = "github.com/alohub/agentconsole"

// Names of attributes that OpenTelemetry's conventions have, and our own.
const (
	method      = attribute.Key("http.request.method")
	statusCode  = attribute.Key("http.response.status_code")
	resendCount = attribute.Key("http.request.resend_count")
	route       = attribute.Key("http.route")
	template    = attribute.Key("url.template")
	errorType   = attribute.Key("error.type")

	environment = attribute.Key("agentconsole.environment")
	lane        = attribute.Key("agentconsole.lane")
	waited      = attribute.Key("agentconsole.waited") // seconds, for the rate limit
	apiCode     = attribute.Key("agentconsole.api_code")
	unknown     = attribute.Key("agentconsole.outcome_unknown")
	requestID   = attribute.Key("agentconsole.request_id")
)

// Tracer makes the spans. A nil Tracer makes none.
type Tracer struct {
	spans trace.Tracer
	now   func() time.Time
}

// New returns a Tracer whose spans go to the provider, nil where that is nil.
func New(provider trace.TracerProvider, version string) *Tracer {
	if provider == nil {
		return nil
	}
	return &Tracer{spans: provider.Tracer(Scope, trace.WithInstrumentationVersion(version)), now: time.Now}
}

// Call is the span of an attempt that was made to call the upstream, told when it is over.
// A call that was refused here is an event of the span that it was wanted in: nothing was
// sent.
func (t *Tracer) Call(ctx context.Context, i apiclient.CallInfo) {
	if t == nil {
		return
	}
	verb, path := i.Endpoint()
	attributes := []attribute.KeyValue{
		environment.String(i.Environment), lane.String(i.Lane.String()), waited.Float64(i.Waited.Seconds()),
	}
	what := errorTypeOf(i.Err)
	if what != "" {
		attributes = append(attributes, errorType.String(what))
	}
	if i.Attempt == 0 {
		trace.SpanFromContext(ctx).AddEvent("not sent: "+i.Op, trace.WithAttributes(attributes...))
		return
	}
	attributes = append(attributes, method.String(verb), template.String(path))
	if i.Status != 0 {
		attributes = append(attributes, statusCode.Int(i.Status))
	}
	if i.Attempt > 1 {
		attributes = append(attributes, resendCount.Int(i.Attempt-1))
	}
	if code := codeOf(i.Err); code != "" {
		attributes = append(attributes, apiCode.String(code))
	}
	if errors.As(i.Err, new(*apiclient.UnknownOutcomeError)) {
		attributes = append(attributes, unknown.Bool(true))
	}
	end := t.now()
	// Made after the fact, so that nothing of it can be in what is sent upstream.
	_, span := t.spans.Start(ctx, verb+" "+path, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithTimestamp(end.Add(-i.Duration)), trace.WithAttributes(attributes...))
	if what != "" {
		span.SetStatus(codes.Error, "")
	}
	span.End(trace.WithTimestamp(end))
}

// Crawl begins the span of a crawl, in which its calls are.
func (t *Tracer) Crawl(ctx context.Context) (crawling context.Context, ended func(error)) {
	if t == nil {
		return ctx, func(error) {}
	}
	ctx, span := t.spans.Start(ctx, "crawl")          //nolint:spancheck // the caller ends it
	return ctx, func(err error) { finish(span, err) } //nolint:spancheck // likewise
}

// Trip begins the span of a statement that goes to a database on another machine; it is
// sqlstore.Config.Trip. Statements that nobody asked for, as those of upkeep, have none:
// they would be most of what there is.
func (t *Tracer) Trip(ctx context.Context, system, verb string) (ended func(error)) {
	if t == nil || !trace.SpanContextFromContext(ctx).IsValid() {
		return func(error) {}
	}
	_, span := t.spans.Start(ctx, verb+" "+system, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes( //nolint:spancheck // the caller ends it
		attribute.String("db.system.name", system), attribute.String("db.operation.name", verb),
	))
	return func(err error) { finish(span, err) } //nolint:spancheck // likewise
}

// Follow returns base with asker's span: what is done there belongs to it.
func Follow(base, asker context.Context) context.Context {
	if span := trace.SpanFromContext(asker); span.SpanContext().IsValid() {
		return trace.ContextWithSpan(base, span)
	}
	return base
}

func finish(span trace.Span, err error) {
	if what := errorTypeOf(err); what != "" {
		span.SetAttributes(errorType.String(what))
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// errorTypeOf is what an error is, in a word of few: "" for none. An error's text is never
// in a span, for it may quote the upstream, which names agents.
func errorTypeOf(err error) string {
	var (
		unreachable *apiclient.UnreachableError
		limited     *apiclient.RateLimitError
		refused     *apiclient.RefusedError
		database    interface{ SQLState() string }
	)
	switch {
	case err == nil:
		return ""
	case errors.As(err, new(*apiclient.OutageError)):
		return "outage"
	case errors.As(err, &unreachable):
		return string(unreachable.Reason)
	case errors.As(err, &limited) && limited.Local:
		return "rate-limited here"
	case errors.As(err, &limited):
		return "rate-limited"
	case errors.As(err, &refused):
		return kindOf(refused)
	case errors.As(err, &database):
		return "SQLSTATE " + database.SQLState()
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "_OTHER"
}

func kindOf(err error) string {
	for _, kind := range []error{
		apiclient.ErrUnauthorized, apiclient.ErrUnconfirmed, apiclient.ErrInsufficientScope, apiclient.ErrInvalidInput,
		apiclient.ErrNotFound, apiclient.ErrNoRoute, apiclient.ErrRequestShape, apiclient.ErrFailed,
	} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return "_OTHER"
}

// codeOf is the error_code of an answer where the vendor's page has it; any other is
// foreign text, and called undocumented.
func codeOf(err error) string {
	if limited := (*apiclient.RateLimitError)(nil); errors.As(err, &limited) && !limited.Local {
		return "RATE_LIMIT_EXCEEDED"
	}
	refused := (*apiclient.RefusedError)(nil)
	if !errors.As(err, &refused) || refused.Code == "" {
		return ""
	}
	switch refused.Code {
	case apiclient.CodeFail, "UNAUTHORIZED", "INSUFFICIENT_SCOPE", "INVALID_INPUT", "NOT_FOUND", "RATE_LIMIT_EXCEEDED":
		return refused.Code
	}
	return "undocumented"
}
