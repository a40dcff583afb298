package web_test

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gofiber/fiber/v2"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
	"github.com/alohub/agentconsole/web/traces"
)

// recorder keeps spans as soon as they end.
type recorder struct {
	*tracetest.SpanRecorder
	provider *sdktrace.TracerProvider
}

func newRecorder() recorder {
	r := recorder{SpanRecorder: tracetest.NewSpanRecorder()}
	r.provider = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(r))
	return r
}

func (r recorder) named(name string) []sdktrace.ReadOnlySpan {
	return slices.DeleteFunc(r.Ended(), func(s sdktrace.ReadOnlySpan) bool { return s.Name() != name })
}

func value(s sdktrace.ReadOnlySpan, key string) attribute.Value {
	for _, a := range s.Attributes() {
		if string(a.Key) == key {
			return a.Value
		}
	}
	return attribute.Value{}
}

// headersSeen notes what calls upstream carry.
type headersSeen struct {
	mu    sync.Mutex
	names map[string]bool
}

func (h *headersSeen) front(next http.Handler) http.Handler {
	h.names = map[string]bool{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		for name := range r.Header {
			h.names[name] = true
		}
		h.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

const (
	theirTrace  = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceparent = "00-" + theirTrace + "-00f067aa0ba902b7-01"
)

// TestSpans: what a call was, without what the upstream said of it; a repeat; a refusal;
// a write of which nobody knows whether it was applied. Nothing of a trace goes upstream.
func TestSpans(t *testing.T) {
	t.Parallel()
	r := newRecorder()
	var seen headersSeen
	s := newStand(t, func(o *setup) {
		o.web.Traces, o.front = r.provider, seen.front
		o.web.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	p := s.signIn(sandbox.DemoKey)

	r.Reset()
	s.api.Fail(sandbox.Unavailable("").On(sandbox.OpList))
	p.get("/agents?status=1", "Traceparent", traceparent).is(http.StatusOK)
	calls := r.named("GET /v1/agents")
	if len(calls) < 2 {
		t.Fatalf("%d calls", len(calls))
	}
	first, second := calls[0], calls[1]
	if value(first, "http.response.status_code").AsInt64() != 503 || value(first, "error.type").AsString() != "gateway" ||
		first.Status().Code != codes.Error || first.Status().Description != "" {
		t.Errorf("a 503 is %v, %v", first.Attributes(), first.Status())
	}
	if value(second, "http.request.resend_count").AsInt64() != 1 || value(second, "error.type").AsString() != "" {
		t.Errorf("its repeat is %v", second.Attributes())
	}
	for _, key := range []string{"agentconsole.environment", "agentconsole.lane", "agentconsole.waited"} {
		if value(second, key).Type() == attribute.EMPTY {
			t.Errorf("a call has no %s", key)
		}
	}
	page := r.named("GET /agents")[0]
	if page.SpanContext().TraceID().String() != theirTrace || page.Parent().SpanID().String() != "00f067aa0ba902b7" || !page.Parent().IsRemote() {
		t.Errorf("a trusted proxy's trace does not go on: %s", page.Parent().TraceID())
	}
	if first.SpanContext().TraceID().String() != theirTrace {
		t.Error("the call upstream is of another trace")
	}

	r.Reset()
	s.api.Fail(sandbox.Documented(http.StatusNotFound, "NOT_FOUND", "agent 082019 of Nguyen").On(sandbox.OpRecording))
	p.post("/agents/082019/recording", enabled("true")).is(http.StatusNotFound)
	s.api.Fail(sandbox.Documented(http.StatusBadRequest, "agent 082019", "no").On(sandbox.OpRecording))
	p.post("/agents/082019/recording", enabled("true"))
	s.api.Fail(sandbox.SystemError().On(sandbox.OpRecording))
	p.post("/agents/082019/recording", enabled("true"))
	writes := r.named("PUT /v1/agents/{agentId}/recording")
	if len(writes) != 3 {
		t.Fatalf("%d writes", len(writes))
	}
	for i, want := range []string{"NOT_FOUND", "undocumented", "FAIL"} {
		if got := value(writes[i], "agentconsole.api_code").AsString(); got != want {
			t.Errorf("write %d has the code %q, want %q", i, got, want)
		}
		if open := value(writes[i], "agentconsole.outcome_unknown").AsBool(); open != (want == "FAIL") {
			t.Errorf("write %d: outcome unknown %t", i, open)
		}
	}
	for _, span := range r.Ended() {
		for _, a := range span.Attributes() {
			if text := a.Value.String(); strings.Contains(text, "082019") || strings.Contains(text, "Nguyen") {
				t.Errorf("%s has %s=%s", span.Name(), a.Key, text)
			}
		}
		if strings.Contains(span.Name(), "082019") || len(span.Events()) > 0 {
			t.Errorf("%s has events %v", span.Name(), span.Events())
		}
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	if len(seen.names) == 0 || seen.names["Traceparent"] || seen.names["Tracestate"] || seen.names["Baggage"] {
		t.Errorf("sent upstream: %v", seen.names)
	}
}

// TestSpansInAProgram: the program's own span is the parent, whatever a header says.
func TestSpansInAProgram(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"Handler", "Mount"} {
		r := newRecorder()
		console := embedded(t, "/console", func(o *web.Options) {
			o.Traces, o.TrustedProxies = r.provider, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		})
		tracer := r.provider.Tracer("the program's")
		var origin string
		if way == "Handler" {
			origin = hosted(t, console, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
					ctx, span := tracer.Start(in.Context(), "outer")
					defer span.End()
					next.ServeHTTP(w, in.WithContext(ctx))
				})
			}).URL
		} else {
			app := fiber.New(fiber.Config{DisableStartupMessage: true})
			app.Use(func(c *fiber.Ctx) error {
				ctx, span := tracer.Start(c.UserContext(), "outer")
				defer span.End()
				c.SetUserContext(ctx)
				return c.Next()
			})
			if err := console.Mount(app); err != nil {
				t.Fatal(err)
			}
			origin = outer(t, app)
		}
		in, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+"/console/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		in.Header.Set("Traceparent", traceparent)
		if resp, _ := ask(t, in); resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", way, resp.StatusCode)
		}
		inner, around := r.named("GET /console/sign-in"), r.named("outer")
		if len(inner) != 1 || len(around) != 1 {
			t.Fatalf("%s: %d spans in %d", way, len(inner), len(around))
		}
		if inner[0].Parent().SpanID() != around[0].SpanContext().SpanID() {
			t.Errorf("%s: the program's span is not the parent", way)
		}
	}
}

// TestSpansOfTrips: what a save asks of PostgreSQL is seen trip by trip, within the
// request; what nobody asked for is not.
func TestSpansOfTrips(t *testing.T) {
	t.Parallel()
	r := newRecorder()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: postgres(t), Trip: traces.New(r.provider, "").Trip})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s := newStand(t, func(o *setup) { o.web.Traces, o.store = r.provider, store })
	p := s.signIn(sandbox.DemoKey)
	p.post("/agents/082019/recording", enabled("true")).is(http.StatusSeeOther)
	r.Reset()
	p.post("/agents/082019/recording", enabled("false")).is(http.StatusSeeOther)
	page := r.named("POST /agents/:id/recording")
	if len(page) != 1 {
		t.Fatalf("%d requests", len(page))
	}
	verbs := map[string]int{}
	for _, span := range r.Ended() {
		if value(span, "db.system.name").AsString() != "postgresql" {
			continue
		}
		verbs[value(span, "db.operation.name").AsString()]++
		if span.SpanContext().TraceID() != page[0].SpanContext().TraceID() || span.SpanKind() != trace.SpanKindClient {
			t.Errorf("%s belongs to no request", span.Name())
		}
	}
	// Whether the session has ended; lock, intent, result; the lock's end.
	if want := map[string]int{"SELECT": 1, "WITH": 3, "DELETE": 1}; !maps.Equal(verbs, want) {
		t.Errorf("trips: %v", verbs)
	}
	r.Reset()
	if _, err := store.Environments(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(r.Ended()); n > 0 {
		t.Errorf("%d spans that nobody asked for", n)
	}
}
