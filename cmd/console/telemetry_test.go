package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
	collectlogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	collect "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// collector takes what OTLP brings, by HTTP and by gRPC.
type collector struct {
	collect.UnimplementedTraceServiceServer

	mu      sync.Mutex
	raw     [][]byte
	spans   []*spans.Span
	service map[string]string // attributes of the process
	lines   []*logs.LogRecord
	paths   []string
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	c.paths = append(c.paths, r.URL.Path+" "+r.Header.Get("X-Token"))
	c.mu.Unlock()
	switch r.URL.Path {
	case "/v1/traces":
		in := &collect.ExportTraceServiceRequest{}
		if err := proto.Unmarshal(body, in); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.take(body, in)
	case "/v1/logs":
		in := &collectlogs.ExportLogsServiceRequest{}
		if err := proto.Unmarshal(body, in); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, r := range in.GetResourceLogs() {
			for _, s := range r.GetScopeLogs() {
				c.lines = append(c.lines, s.GetLogRecords()...)
			}
		}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// Export implements the service over gRPC.
func (c *collector) Export(_ context.Context, in *collect.ExportTraceServiceRequest) (*collect.ExportTraceServiceResponse, error) {
	raw, err := proto.Marshal(in)
	c.take(raw, in)
	return &collect.ExportTraceServiceResponse{}, err
}

func (c *collector) take(raw []byte, in *collect.ExportTraceServiceRequest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw = append(c.raw, raw)
	for _, r := range in.GetResourceSpans() {
		c.service = map[string]string{}
		for _, a := range r.GetResource().GetAttributes() {
			c.service[a.GetKey()] = a.GetValue().GetStringValue()
		}
		for _, s := range r.GetScopeSpans() {
			c.spans = append(c.spans, s.GetSpans()...)
		}
	}
}

func (c *collector) named(name string) []*spans.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.spans), func(s *spans.Span) bool { return s.GetName() != name })
}

func attributeOf(s *spans.Span, name string) (text string, number int64) {
	for _, a := range s.GetAttributes() {
		if a.GetKey() == name {
			return a.GetValue().GetStringValue(), a.GetValue().GetIntValue()
		}
	}
	return "", 0
}

// click signs in to a demo, opens an agent, and adds a queue to another.
func click(t *testing.T, place string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	stranger := "00-11111111111111111111111111111111-2222222222222222-01"
	do := func(method, path string, form url.Values) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, place+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Traceparent", stranger)
		resp, err := client.Do(r)
		_, text := read(t, resp, err)
		return text
	}
	do(http.MethodPost, "sign-in", url.Values{
		"environment": {"demo"}, "api_key": {sandbox.DemoKey}, "operator": {"Tran Thi Thu"}, "tenant_id": {"20260310"},
	})
	do(http.MethodGet, "agents?q=Nguyen%20Van%20Kin", nil)
	do(http.MethodGet, "agents/082019", nil)
	do(http.MethodPost, "agents/082019/recording", url.Values{"enabled": {"true"}})
	do(http.MethodGet, "agents/999999", nil)
	do(http.MethodGet, "nowhere/082019", nil)
}

// forSecrets fails the test where anything of a person, a key or an agent is in what was
// sent.
func forSecrets(t *testing.T, c *collector) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	everything := bytes.Join(c.raw, nil)
	for _, secret := range []string{
		sandbox.DemoKey, sandbox.DemoKey[len(sandbox.DemoKey)-8:], "082019", "999999", "20260310", "Thi Thu", "Nguyen", "agents?q=", "nowhere", goodSecret,
	} {
		if bytes.Contains(everything, []byte(secret)) {
			t.Errorf("%q was sent", secret)
		}
	}
}

// TestTelemetry: with the variables set, what people do is seen in a collector: requests
// by their pattern, calls upstream and crawls with them, log lines that name their span,
// and nothing of a key, an agent, a tenant or a person in any span. All of it has arrived
// when the process ends. The SDK reads the process's own variables, so this is not
// parallel.
func TestTelemetry(t *testing.T) {
	for _, protocol := range []string{overHTTP, overGRPC} {
		t.Run(protocol, func(t *testing.T) {
			c := &collector{}
			if protocol == overHTTP {
				server := httptest.NewServer(c)
				defer server.Close()
				t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
				t.Setenv("OTEL_LOGS_EXPORTER", "otlp")
			} else {
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				server := grpc.NewServer()
				collect.RegisterTraceServiceServer(server, c)
				go func() { _ = server.Serve(listener) }()
				defer server.Stop()
				t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://"+listener.Addr().String())
			}
			t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
			t.Setenv("OTEL_SERVICE_NAME", "console-of-a-test")
			t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-token=of%20a%20test")
			var log strings.Builder
			place, stop := startWith(t, os.Environ(), &log, "-demo", "-listen", "127.0.0.1:0", "-log", "json")
			click(t, place)
			if code := stop(); code != 0 {
				t.Errorf("exit code %d: %s", code, log.String())
			}
			c.lookAtSpans(t)
			forSecrets(t, c)
			if protocol == overHTTP {
				c.lookAtLines(t, log.String())
				if !slices.Contains(c.paths, "/v1/traces of a test") {
					t.Errorf("asked at %q", c.paths)
				}
			}
		})
	}
}

func (c *collector) lookAtSpans(t *testing.T) {
	t.Helper()
	if c.service["service.name"] != "console-of-a-test" || c.service["service.version"] == "" || c.service["process.command_args"] != "" {
		t.Errorf("the process is %v", c.service)
	}
	for name, want := range map[string]int64{
		"POST /sign-in": 303, "GET /agents": 200, "GET /agents/:id": 200, "POST /agents/:id/recording": 303, "GET": 404,
	} {
		found := c.named(name)
		if len(found) == 0 {
			t.Errorf("there is no span %s", name)
			continue
		}
		s := found[0]
		if _, status := attributeOf(s, "http.response.status_code"); status != want || s.GetKind() != spans.Span_SPAN_KIND_SERVER {
			t.Errorf("%s: status %d, kind %s", name, status, s.GetKind())
		}
		if len(s.GetParentSpanId()) > 0 || hex.EncodeToString(s.GetTraceId()) == strings.Repeat("1", 32) {
			t.Errorf("%s goes on from a stranger's", name)
		}
		if id, _ := attributeOf(s, "agentconsole.request_id"); id == "" {
			t.Errorf("%s has no request id", name)
		}
	}
	// The call belongs to the request, although another goroutine makes it.
	sent := c.named("PUT /v1/agents/{agentId}/recording")
	asked := c.named("POST /agents/:id/recording")
	if len(sent) != 1 || len(asked) != 1 || !bytes.Equal(sent[0].GetParentSpanId(), asked[0].GetSpanId()) {
		t.Fatalf("%d calls of %d requests", len(sent), len(asked))
	}
	if lane, _ := attributeOf(sent[0], "agentconsole.lane"); lane != "person" {
		t.Errorf("the lane is %q", lane)
	}
	reads := c.named("GET /v1/agents")
	for _, of := range []string{"GET /agents/:id", "crawl"} {
		if !slices.ContainsFunc(reads, func(s *spans.Span) bool {
			return slices.ContainsFunc(c.named(of), func(p *spans.Span) bool { return bytes.Equal(s.GetParentSpanId(), p.GetSpanId()) })
		}) {
			t.Errorf("%d reads, none in a span %s", len(reads), of)
		}
	}
}

func (c *collector) lookAtLines(t *testing.T, log string) {
	t.Helper()
	asked := c.named("POST /agents/:id/recording")
	if len(asked) != 1 {
		t.Fatal("no span to find the line of")
	}
	id := asked[0].GetTraceId()
	if !strings.Contains(log, `"trace_id":"`+hex.EncodeToString(id)+`"`) {
		t.Error("no line of the log has the span's trace_id")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.ContainsFunc(c.lines, func(r *logs.LogRecord) bool {
		return r.GetBody().GetStringValue() == "request" && bytes.Equal(r.GetTraceId(), id)
	}) {
		t.Errorf("%d lines were sent, none of the request", len(c.lines))
	}
}

// TestTelemetryIsOff unless it is asked for, whatever else is set: nothing is started, and
// what runs has the log as it is.
func TestTelemetryIsOff(t *testing.T) {
	c := &collector{}
	server := httptest.NewServer(c)
	defer server.Close()
	for name, environ := range map[string][]string{
		"nothing":     {},
		"a name":      {"OTEL_SERVICE_NAME=x", "OTEL_TRACES_SAMPLER=always_on"},
		"logs' place": {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=" + server.URL},
		"no exporter": {"OTEL_EXPORTER_OTLP_ENDPOINT=" + server.URL, "OTEL_TRACES_EXPORTER=none"},
		"disabled":    {"OTEL_EXPORTER_OTLP_ENDPOINT=" + server.URL, "OTEL_LOGS_EXPORTER=otlp", "OTEL_SDK_DISABLED=TRUE"},
	} {
		cfg := parse(t, []string{"-demo"}, environ)
		if err := cfg.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		was := slog.New(slog.DiscardHandler)
		err := observed(t.Context(), cfg, was, func(log *slog.Logger, provider trace.TracerProvider) error {
			if log != was || provider != nil {
				t.Errorf("%s: something was started", name)
			}
			return io.EOF
		})
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
		for _, line := range environ {
			variable, value, _ := strings.Cut(line, "=")
			t.Setenv(variable, value)
		}
	}
	// All of it at once, the switch included.
	place, stop := startWith(t, os.Environ(), io.Discard, "-demo", "-listen", "127.0.0.1:0")
	click(t, place)
	if code := stop(); code != 0 || len(c.paths) > 0 {
		t.Errorf("exit code %d; sent to %q", code, c.paths)
	}
}

// TestTelemetryHoldsNobodyUp: a collector that takes everything and never answers delays
// no page, and the end by no more than its limit.
func TestTelemetryHoldsNobodyUp(t *testing.T) {
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	defer server.Close()
	defer close(over)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	t.Setenv("OTEL_LOGS_EXPORTER", "otlp")
	var log strings.Builder
	place, stop := startWith(t, os.Environ(), &log, "-demo", "-listen", "127.0.0.1:0")
	click(t, place)
	begun := time.Now()
	if code := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	// Loaded machines are slow; without the limit it is the exporter's, which repeats for
	// a minute.
	if took := time.Since(begun); took > flushFor+20*time.Second {
		t.Errorf("the end took %s", took)
	}
	if !strings.Contains(log.String(), "the last of the telemetry was not sent") {
		t.Errorf("nothing is said of what was lost: %s", log.String())
	}
}

// TestTelemetryIsChecked: each wrong value is said with the name of its variable, and no
// secret is repeated.
func TestTelemetryIsChecked(t *testing.T) {
	t.Parallel()
	on := "OTEL_EXPORTER_OTLP_ENDPOINT=https://collector.example:4318/base"
	for _, tt := range []struct {
		environ []string
		says    string // of a problem, "" for none
		shows   string // by Print
		warns   string
	}{
		{environ: nil, shows: "OpenTelemetry is off."},
		{environ: []string{on}, shows: "sends traces to https://collector.example:4318/base/v1/traces (http/protobuf)."},
		{environ: []string{"OTEL_TRACES_EXPORTER=otlp"}, shows: "traces to http://localhost:4318/v1/traces"},
		{environ: []string{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, shows: "traces to http://localhost:4317 (grpc)"},
		{environ: []string{"OTEL_LOGS_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://l.example/in"}, shows: "sends logs to http://l.example/in (http/protobuf)."},
		{environ: []string{on, "OTEL_SDK_DISABLED=yes"}, says: `OTEL_SDK_DISABLED: "yes"`},
		{environ: []string{on, "OTEL_TRACES_EXPORTER=zipkin"}, says: `OTEL_TRACES_EXPORTER: there is otlp and none, not "zipkin"`},
		{environ: []string{on, "OTEL_LOGS_EXPORTER=console"}, says: "OTEL_LOGS_EXPORTER: there is"},
		{environ: []string{on, "OTEL_EXPORTER_OTLP_PROTOCOL=http/json"}, says: "OTEL_EXPORTER_OTLP_PROTOCOL: there is http/protobuf and grpc"},
		{environ: []string{on, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=udp"}, says: "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: there is"},
		{environ: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318"}, says: "OTEL_EXPORTER_OTLP_ENDPOINT: must begin with"},
		{environ: []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://"}, says: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: names no host"},
		{environ: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://u:hunter2@c.example"}, says: "must not carry a user"},
		{environ: []string{on, "OTEL_EXPORTER_OTLP_HEADERS=hunter2"}, says: "OTEL_EXPORTER_OTLP_HEADERS: part 1"},
		{environ: []string{on, "OTEL_RESOURCE_ATTRIBUTES=a=b,=hunter2"}, says: "OTEL_RESOURCE_ATTRIBUTES: part 2"},
		{environ: []string{on, "OTEL_EXPORTER_OTLP_COMPRESSION=zip"}, says: "OTEL_EXPORTER_OTLP_COMPRESSION"},
		{environ: []string{on, "OTEL_EXPORTER_OTLP_INSECURE=1"}, says: "OTEL_EXPORTER_OTLP_INSECURE"},
		{environ: []string{on, "OTEL_EXPORTER_OTLP_CERTIFICATE=/nowhere/ca.pem"}, says: "OTEL_EXPORTER_OTLP_CERTIFICATE: "},
		{environ: []string{on, "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=10s"}, says: "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"},
		{environ: []string{on, "OTEL_BSP_MAX_QUEUE_SIZE=many"}, says: "OTEL_BSP_MAX_QUEUE_SIZE"},
		{environ: []string{on, "OTEL_SPAN_EVENT_COUNT_LIMIT=few"}, says: "OTEL_SPAN_EVENT_COUNT_LIMIT"},
		{environ: []string{on, "OTEL_TRACES_SAMPLER=sometimes"}, says: "OTEL_TRACES_SAMPLER: there is no sampler"},
		{environ: []string{on, "OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=2"}, says: "OTEL_TRACES_SAMPLER_ARG"},
		{environ: []string{on, "OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.1"}},
		{environ: []string{on, "OTEL_METRICS_EXPORTER=otlp"}, warns: "OTEL_METRICS_EXPORTER"},
		{environ: []string{on, "OTEL_PROPAGATORS=b3"}, warns: "OTEL_PROPAGATORS"},
		{environ: []string{on, "OTEL_CONFIG_FILE=x.yaml"}, warns: "OTEL_CONFIG_FILE"},
	} {
		c := parse(t, nil, append(tt.environ, "CONSOLE_SECRET="+goodSecret))
		err, said := c.Validate(), ""
		if err != nil {
			said = err.Error()
		}
		if (said == "") != (tt.says == "") || !strings.Contains(said, tt.says) {
			t.Errorf("%q: %q, want %q", tt.environ, said, tt.says)
		}
		warned := strings.Join(c.Warnings, "\n")
		if (warned == "") != (tt.warns == "") || !strings.Contains(warned, tt.warns) {
			t.Errorf("%q: warned %q, want %q", tt.environ, warned, tt.warns)
		}
		if !strings.Contains(c.String(), tt.shows) {
			t.Errorf("%q: %q is not shown in\n%s", tt.environ, tt.shows, c)
		}
		if strings.Contains(said+warned+c.String(), "hunter2") {
			t.Errorf("%q: a secret is repeated", tt.environ)
		}
	}
}

// TestComplaints: a collector that is down fills no log.
func TestComplaints(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	now := time.Unix(0, 0)
	c := &complaints{log: slog.New(slog.NewTextHandler(&text, nil)), now: func() time.Time { return now }}
	for range 30 {
		c.Handle(io.EOF)
		now = now.Add(5 * time.Second)
	}
	if n := strings.Count(text.String(), "telemetry not sent"); n != 3 || !strings.Contains(text.String(), "times_before=11") {
		t.Errorf("%d lines:\n%s", n, text.String())
	}
}
