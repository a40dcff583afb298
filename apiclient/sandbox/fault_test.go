package sandbox_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
)

const putQueues = "/v1/agents/082018/queues"

func TestFaultMatching(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.Fail(
		sandbox.BadGateway().On(sandbox.OpQueues).For("082019"),
		sandbox.SystemError().On(sandbox.OpList).After(1).Repeat(2),
		sandbox.Fault{Status: 418, Match: func(r *http.Request) bool { return r.URL.Query().Get("size") == "7" }},
	)
	var got []int
	for _, path := range []string{"/v1/agents", "/v1/agents", "/v1/agents", "/v1/agents", "/v1/agents?size=7"} {
		got = append(got, r.get(path).status)
	}
	got = append(got, r.put(putQueues, `{"queue_ids":[1]}`).status, r.put("/v1/agents/082019/queues", `{"queue_ids":[1]}`).status)
	if diff := cmp.Diff([]int{200, 500, 500, 200, 418, 200, 502}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if left := r.Faults(); len(left) != 0 {
		t.Errorf("still pending: %+v", left)
	}
	r.Fail(sandbox.SystemError().Repeat(sandbox.Always))
	for range 3 {
		if got := r.get("/v1/agents"); got.status != 500 {
			t.Errorf("Always: %d", got.status)
		}
	}
	r.ClearFaults()
	if got := r.get("/v1/agents"); got.status != 200 {
		t.Errorf("after ClearFaults: %d", got.status)
	}
}

// The four ways a write may end, told apart by what the agent has afterwards.
func TestFaultsAndWrites(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		fault  sandbox.Fault
		status int // 0: no answer
		done   bool
	}{
		{"reset", sandbox.Reset(), 0, false},
		{"reset after", sandbox.ResetAfterApply(), 0, true},
		{"500", sandbox.SystemError(), 500, false},
		{"500 after", sandbox.ApplyThenStatus(500), 500, true},
		{"502 after", sandbox.ApplyThenStatus(502), 502, true},
		{"504 after", sandbox.ApplyThenStatus(504), 504, true},
		{"503 after", sandbox.ApplyThenStatus(503), 503, true},
		{"ignored", sandbox.IgnoredWrite(), 200, false},
		{"success 0", sandbox.Refused("FAIL", "no"), 200, false},
		{"portal", sandbox.CaptivePortal(), 200, false},
		{"portal after", sandbox.CaptivePortal().Applied(), 200, true},
		{"empty body", sandbox.EmptyBody(), 200, true},
		{"truncated", sandbox.Truncated(), 200, true},
		{"cut off", sandbox.CutOff(), 200, true},
		{"gzip", sandbox.Gzipped(), 200, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := setup(t)
			r.Fail(tc.fault.On(sandbox.OpQueues))
			got := r.put(putQueues, `{"queue_ids":[1000888]}`)
			if (got.status == 0) != (tc.status == 0) || got.status != tc.status {
				t.Errorf("status %d %v, want %d", got.status, got.err, tc.status)
			}
			if done := r.agent("082018").Callin[0] == 1000888; done != tc.done {
				t.Errorf("write done: %t, want %t", done, tc.done)
			}
			if calls := r.CallsOf(sandbox.OpQueues); len(calls) != 1 || calls[0].Status != tc.status {
				t.Errorf("recorded %+v", calls)
			}
		})
	}
}

// A fault of a write that the API would refuse anyway must not turn the refusal
// into "applied", nor be used up.
func TestFaultsOfWritesWaitForAValidOne(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.Fail(sandbox.ApplyThenStatus(504))
	if got := r.get("/v1/agents"); got.status != 200 {
		t.Errorf("a read was struck: %d", got.status)
	}
	wantRefusal(t, r.put(putQueues, `{"queue_ids":[]}`), 400, "INVALID_INPUT", "empty")
	if got := r.put(putQueues, `{"queue_ids":[1000888]}`); got.status != 504 {
		t.Errorf("%d", got.status)
	}
	r.Fail(sandbox.IgnoredWrite())
	r.get("/v1/agents")
	r.put(putQueues, `{"queue_ids":[]}`)
	r.put(putQueues, `{"queue_ids":[1000887]}`)
	if got := r.agent("082018").Callin; got[0] != 1000888 || len(r.Faults()) != 0 {
		t.Errorf("the write was not ignored: %v, %d pending", got, len(r.Faults()))
	}
}

func TestEdgeFaultsAreNotCountedAndBackendFaultsAre(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Tenant: 1}))
	r.Fail(sandbox.BadGateway(), sandbox.SystemError(), sandbox.SystemError())
	edge := r.get("/v1/agents")
	backend := r.get("/v1/agents")
	if edge.status != 502 || edge.header.Get("X-RateLimit-Remaining-Tenant") != "" {
		t.Errorf("edge: %d %v", edge.status, edge.header)
	}
	if backend.status != 500 || backend.header.Get("X-RateLimit-Remaining-Tenant") != "0" {
		t.Errorf("backend: %d %v", backend.status, backend.header)
	}
	if got := r.get("/v1/agents"); got.status != 429 || len(r.Faults()) != 1 {
		t.Errorf("%d with %d faults pending, want the gateway's own 429 and one", got.status, len(r.Faults()))
	}
}

func TestDocumentedErrors(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, tc := range []struct {
		fault    sandbox.Fault
		status   int
		code     string
		sentence string
	}{
		{sandbox.Unauthorized(), 401, "UNAUTHORIZED", "API key"},
		{sandbox.InsufficientScope(), 403, "INSUFFICIENT_SCOPE", "scope agent"},
		{sandbox.InvalidInput("quá nhiều <b>"), 400, "INVALID_INPUT", "quá nhiều <b>"},
		{sandbox.NotFound(), 404, "NOT_FOUND", "not found"},
		{sandbox.RateLimited("3"), 429, "RATE_LIMIT_EXCEEDED", ""},
		{sandbox.SystemError(), 500, "FAIL", ""},
		{sandbox.Refused("FAIL", "locked"), 200, "FAIL", "locked"},
		{sandbox.EchoedKey(), 500, "FAIL", sandbox.DemoKey},
	} {
		r.Fail(tc.fault)
		got := r.get("/v1/agents")
		wantRefusal(t, got, tc.status, tc.code, tc.sentence)
		if tc.status == 429 && got.header.Get("Retry-After") != "3" {
			t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
		}
	}
	r.Fail(sandbox.MigrationMissing())
	wantRefusal(t, r.put("/v1/agents/082018/recording", `{"enabled":true}`), 500, "FAIL", "is_record")
}

func TestGatewayErrors(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, tc := range []struct {
		fault   sandbox.Fault
		status  int
		message string
	}{
		{sandbox.GatewayUnauthorized("Duplicate API key found"), 401, "Duplicate API key found"},
		{sandbox.GatewayForbidden(""), 403, "You cannot consume this service"},
		{sandbox.NoRoute(), 404, "no Route matched with those values"},
		{sandbox.LengthRequired(), 411, "A valid Content-Length header is required"},
		{sandbox.TooLarge(), 413, "Request size limit exceeded"},
		{sandbox.ExpectationFailed(), 417, "Request size limit exceeded"},
		{sandbox.GatewayRateLimited("7"), 429, "API rate limit exceeded"},
		{sandbox.BadGateway(), 502, "An invalid response was received from the upstream server"},
		{sandbox.Unavailable(""), 503, "The upstream server is currently unavailable"},
		{sandbox.GatewayTimeout(), 504, "The upstream server is timing out"},
	} {
		r.Fail(tc.fault)
		got := r.get("/v1/agents")
		var body map[string]string
		if err := json.Unmarshal([]byte(got.body), &body); err != nil {
			t.Errorf("%d %q: %v", got.status, got.body, err)
			continue
		}
		if got.status != tc.status || body["message"] != tc.message || len(body["request_id"]) != 32 || len(body) != 2 {
			t.Errorf("%d %s, want %d %s", got.status, got.body, tc.status, tc.message)
		}
		if tc.status == 429 && (got.header.Get("RateLimit-Reset") != "7" || got.header.Get("Retry-After") != "") {
			t.Errorf("429 headers %v", got.header)
		}
	}
}

func TestBrokenBodies(t *testing.T) {
	t.Parallel()
	r := setup(t)
	whole := r.get("/v1/agents")

	r.Fail(sandbox.Truncated())
	if got := r.get("/v1/agents"); got.err != nil || got.body != whole.body[:len(whole.body)/2] {
		t.Errorf("truncated: %d of %d bytes, %v", len(got.body), len(whole.body), got.err)
	}
	r.Fail(sandbox.CutOff())
	if got := r.get("/v1/agents"); !errors.Is(got.err, io.ErrUnexpectedEOF) || len(got.body) != len(whole.body)/2 {
		t.Errorf("cut off: %d of %d bytes, %v", len(got.body), len(whole.body), got.err)
	}
	r.Fail(sandbox.EmptyBody())
	if got := r.get("/v1/agents"); got.status != 200 || got.body != "" {
		t.Errorf("empty: %d %q", got.status, got.body)
	}
	r.Fail(sandbox.CaptivePortal())
	if got := r.get("/v1/agents"); got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("portal: %d %v", got.status, got.header)
	}
	// Go's client decompresses by itself what it asked for by itself.
	r.Fail(sandbox.Gzipped())
	if got := r.get("/v1/agents"); got.body != whole.body {
		t.Errorf("gzip: %q", got.body)
	}
	r.Fail(sandbox.Gzipped())
	if got := r.get("/v1/agents", "Accept-Encoding", "identity"); got.header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(got.body, "\x1f\x8b") {
		t.Errorf("gzip unasked: %v", got.header)
	}
	r.Fail(sandbox.InvalidUTF8())
	if got := r.get("/v1/agents"); !strings.Contains(got.body, "\xff\xfe") {
		t.Error("no invalid UTF-8")
	}
	r.Fail(sandbox.UnknownFields())
	if got := r.get("/v1/agents"); !json.Valid([]byte(got.body)) || strings.Count(got.body, `"skill"`) != 20 || !strings.Contains(got.body, `"traceId"`) {
		t.Errorf("unknown fields: %s", got.body)
	}
	for literal, want := range map[string]string{"1": `{"success":1,`, "true": `{"success":true,`, "": `{"error_code"`} {
		r.Fail(sandbox.SuccessAs(literal))
		if got := r.get("/v1/agents"); !strings.HasPrefix(got.body, want) || !json.Valid([]byte(got.body)) {
			t.Errorf("success as %q: %.60s", literal, got.body)
		}
	}
}

func TestFloods(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for name, fault := range map[string]sandbox.Fault{"bomb": sandbox.Bomb(), "endless": sandbox.Endless()} {
		r.Fail(fault)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/v1/agents", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		const read = 9 << 20
		n, err := io.CopyN(io.Discard, resp.Body, read)
		resp.Body.Close()
		if err != nil || n != read || resp.StatusCode != 200 {
			t.Errorf("%s: %d, %d bytes, %v", name, resp.StatusCode, n, err)
		}
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.Fail(sandbox.Redirected("http://elsewhere.invalid/x"))
	if got := r.get("/v1/agents"); got.status != 302 || got.header.Get("Location") != "http://elsewhere.invalid/x" {
		t.Errorf("%d %v", got.status, got.header)
	}
}

func TestLimitHeaderFaults(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Tenant: 50, Route: 40}))
	r.Fail(sandbox.LimitHeaders("NaN", "-1", "", "2"), sandbox.NoLimitHeaders())
	got := r.get("/v1/agents")
	var values []string
	for _, name := range []string{"Limit-Tenant", "Remaining-Tenant", "Limit-Route", "Remaining-Route"} {
		values = append(values, got.header.Get("X-RateLimit-"+name))
	}
	if diff := cmp.Diff([]string{"NaN", "-1", "", "2"}, values); diff != "" || got.status != 200 || !strings.Contains(got.body, `"totalRecord":413`) {
		t.Errorf("%d (-want +got):\n%s", got.status, diff)
	}
	if got := r.get("/v1/agents"); got.header.Get("X-RateLimit-Limit-Tenant") != "" {
		t.Errorf("headers %v", got.header)
	}
}
