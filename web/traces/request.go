package traces

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/alohub/agentconsole/web/requestid"
)

// Requests makes a span of each request, named by its method and the pattern of its
// route; nil of a nil Tracer. It stands inside the request's id and around everything else.
//
// A span that the program around has put into the context is its parent. Else a
// traceparent is, where a trusted proxy sent it: anybody else could put spans into
// somebody's trace, and decide what is sampled (docs/adr/0033-traces.md).
func (t *Tracer) Requests(trusted func(*fiber.Ctx) bool) fiber.Handler {
	if t == nil {
		return nil
	}
	return func(c *fiber.Ctx) error {
		ctx := c.UserContext()
		if !trace.SpanContextFromContext(ctx).IsValid() && trusted(c) {
			ctx = propagation.TraceContext{}.Extract(ctx, headers{c})
		}
		verb := c.Method()
		ctx, span := t.spans.Start(ctx, verb, trace.WithSpanKind(trace.SpanKindServer),
			trace.WithAttributes(method.String(verb), requestID.String(requestid.From(ctx))))
		defer span.End()
		c.SetUserContext(ctx)
		err := c.Next()
		status := c.Response().StatusCode()
		if pattern := patternOf(c); pattern != "" {
			span.SetName(verb + " " + pattern)
			span.SetAttributes(route.String(pattern))
		}
		span.SetAttributes(statusCode.Int(status))
		if status >= fiber.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		return err
	}
}

// patternOf is the pattern of the route that answered, "" where none did: then Fiber
// names the last of the middleware, which stands at "/".
func patternOf(c *fiber.Ctx) string {
	pattern := strings.Clone(c.Route().Path)
	if pattern == "/" && c.Path() != "/" {
		return ""
	}
	return pattern
}

// headers are a request's, for the propagator to read.
type headers struct{ c *fiber.Ctx }

var _ propagation.TextMapCarrier = headers{}

// Get implements propagation.TextMapCarrier.
func (h headers) Get(name string) string { return strings.Clone(h.c.Get(name)) }

// Set implements propagation.TextMapCarrier. Nothing is ever set in a request.
func (h headers) Set(string, string) {}

// Keys implements propagation.TextMapCarrier; the one propagator that is used asks for
// none.
func (h headers) Keys() []string { return nil }
