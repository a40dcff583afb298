package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
)

// control sends to the control endpoint and decodes its answer.
func (r *rig) control(method, path, body string, headers ...string) (status int, answer map[string]any, raw string) {
	r.tb.Helper()
	req := httptest.NewRequestWithContext(r.tb.Context(), method, sandbox.ControlPath+path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	r.Control().ServeHTTP(rec, req)
	data, err := io.ReadAll(rec.Body)
	if err != nil {
		r.tb.Fatal(err)
	}
	_ = json.Unmarshal(data, &answer)
	return rec.Code, answer, string(data)
}

func TestControlFaults(t *testing.T) {
	t.Parallel()
	r := setup(t)
	status, _, raw := r.control("POST", "faults", `[{"preset":"reset-after-apply","op":"queues","agent":"082019","skip":1,"times":3},{"op":"list","status":503,"body":"zu","headers":{"X-A":"b"},"retry_after":"4","delay":"1.5s","drip":"2ms","apply":false}]`)
	if status != http.StatusOK || !strings.Contains(raw, `"status":503`) {
		t.Fatalf("%d %s", status, raw)
	}
	want := []sandbox.Fault{
		{Name: "reset-after-apply", Op: sandbox.OpQueues, Agent: "082019", Skip: 1, Times: 3, Reset: true, Apply: true},
		{Op: sandbox.OpList, Times: 1, Status: 503, Body: "zu", Headers: http.Header{"X-A": {"b"}}, RetryAfter: "4", Delay: 1500 * time.Millisecond, Drip: 2 * time.Millisecond},
	}
	if diff := cmp.Diff(want, r.Faults()); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if _, _, raw := r.control("DELETE", "faults", ""); !strings.Contains(raw, `"pending":[]`) || len(r.Faults()) != 0 {
		t.Errorf("after DELETE: %s", raw)
	}
	for _, bad := range []string{
		``, `{`, `{"preset":"no such"}`, `{"stauts":500}`, `{"status":99}`, `{"op":"lists"}`, `{"delay":"2"}`,
		`[{"preset":"500"},{"preset":"no such"}]`,
	} {
		if status, answer, raw := r.control("POST", "faults", bad); status != http.StatusBadRequest || answer["error"] == nil {
			t.Errorf("%s: %d %s", bad, status, raw)
		}
	}
	if n := len(r.Faults()); n != 0 {
		t.Errorf("%d faults of refused requests", n)
	}
}

func TestControlPresets(t *testing.T) {
	t.Parallel()
	r := setup(t)
	_, _, raw := r.control("GET", "presets", "")
	var names []string
	if err := json.Unmarshal([]byte(raw), &names); err != nil || !slices.Contains(names, "captive-portal") {
		t.Fatalf("%v %s", err, raw)
	}
	for _, name := range names {
		if status, _, raw := r.control("POST", "faults", `{"preset":"`+name+`"}`); status != http.StatusOK {
			t.Errorf("%s: %d %s", name, status, raw)
		}
	}
}

func TestControlStyle(t *testing.T) {
	t.Parallel()
	r := setup(t)
	only(r, sandbox.DemoSeveral)
	for word, rows := range map[string]int{"rows": 6, "joined": 1} {
		if status, _, raw := r.control("POST", "style", `{"style":"`+word+`"}`); status != http.StatusOK {
			t.Errorf("%d %s", status, raw)
		}
		if n := len(r.list("/v1/agents").Data); n != rows {
			t.Errorf("%s: %d rows", word, n)
		}
	}
	if status, _, _ := r.control("POST", "style", `{"style":"both"}`); status != http.StatusBadRequest {
		t.Errorf("unknown style: %d", status)
	}
}

func TestControlCallsHideTheKey(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.get("/v1/agents", "Authorization", "Bearer "+sandbox.DemoKey)
	_, answer, raw := r.control("GET", "calls", "")
	calls, _ := answer["calls"].([]any)
	if len(calls) != 1 || !strings.Contains(raw, `"has_key":true`) || !strings.Contains(raw, `"status":200`) {
		t.Errorf("calls %s", raw)
	}
	if strings.Contains(raw, sandbox.DemoKey) {
		t.Errorf("the key is in %s", raw)
	}
	if r.Calls()[0].Header.Get("X-Api-Key") != sandbox.DemoKey {
		t.Error("hiding the key changed the record")
	}
	if _, _, raw := r.control("DELETE", "calls", ""); !strings.Contains(raw, `"calls":[]`) || len(r.Calls()) != 0 {
		t.Errorf("after DELETE: %s", raw)
	}
}

func TestControlAgents(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const path = "agents/20260310/082019"
	want := r.agent(sandbox.DemoSeveral)
	status, _, raw := r.control("POST", path, `{"callin":[1000888],"recording":true,"user_status":"LOGOUT"}`)
	want.Callin, want.Recording, want.UserStatus = []int64{1000888}, new(true), sandbox.Logout
	if diff := cmp.Diff(want, r.agent(sandbox.DemoSeveral)); diff != "" || status != http.StatusOK {
		t.Errorf("%d %s (-want +got):\n%s", status, raw, diff)
	}
	r.control("POST", path, `{"callout":[],"priority":9,"active":false,"system_status":""}`)
	want.Callout, want.Priority, want.Active, want.SystemStatus = []int64{}, new(9), false, ""
	var got sandbox.Agent
	_, _, raw = r.control("GET", path, "")
	if err := json.Unmarshal([]byte(raw), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("GET (-want +got):\n%s", diff)
	}
	for path, status := range map[string]int{"agents/20260310/1": 404, "agents/x/082019": 400} {
		if got, _, _ := r.control("GET", path, ""); got != status {
			t.Errorf("GET %s: %d", path, got)
		}
		if got, _, _ := r.control("POST", path, `{}`); got != status {
			t.Errorf("POST %s: %d", path, got)
		}
	}
	if got, _, _ := r.control("POST", path, `{"calin":[]}`); got != http.StatusBadRequest {
		t.Errorf("misspelt field: %d", got)
	}
}

func TestControlRefusesOtherOrigins(t *testing.T) {
	t.Parallel()
	r := setup(t)
	if status, _, _ := r.control("POST", "style", `{"style":"rows"}`, "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
		t.Errorf("%d", status)
	}
}

func TestControlState(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Tenant: 9}))
	_, made, _ := r.control("GET", "state", "")
	for _, tt := range []struct{ path, body, want string }{
		{"style", `{"style":"rows"}`, `"style":"rows"`},
		{"traits", `{"omit-nulls":true,"drift":true}`, `"omit-nulls":true`},
		{"limits", `{"route":3,"window":"2s","kind":"sliding","no_headers":true,"names":"kong"}`, `"limits":{"tenant":0,"route":3,"window":"2s","kind":"sliding","names":"kong","no_headers":true,"no_retry_after":false}`},
		{"second-admin", `{"pace":"slow"}`, `"pace":"slow"`},
	} {
		if status, _, raw := r.control("POST", tt.path, tt.body); status != http.StatusOK || !strings.Contains(raw, tt.want) {
			t.Errorf("%s: %d %s", tt.path, status, raw)
		}
	}
	if got, want := r.Limits(), (sandbox.Limits{Route: 3, Window: 2 * time.Second, Kind: sandbox.SlidingExact, Names: sandbox.KongNames, NoHeaders: true}); got != want {
		t.Errorf("limits %+v", got)
	}
	r.Fail(sandbox.SystemError())
	if status, _, _ := r.control("POST", "calm", ""); status != http.StatusOK || len(r.Faults()) != 0 || r.SecondAdmin().Pace() != sandbox.PaceOff {
		t.Errorf("calm: %d, %d faults, pace %s", status, len(r.Faults()), r.SecondAdmin().Pace())
	}
	_, calm, _ := r.control("GET", "state", "")
	if diff := cmp.Diff(made, calm); diff != "" {
		t.Errorf("calm is not as it was made (-made +calm):\n%s", diff)
	}
	for path, bad := range map[string]string{
		"traits": `{"omit-nulls":true,"good-looks":true}`, "limits": `{"kind":"round"}`, "second-admin": `{"pace":"hurried"}`,
	} {
		if status, answer, raw := r.control("POST", path, bad); status != http.StatusBadRequest || answer["error"] == nil {
			t.Errorf("%s %s: %d %s", path, bad, status, raw)
		}
	}
	for _, bad := range []string{`{"tenant":-1}`, `{"window":"2"}`, `{"window":"-2s"}`, `{"limit":1}`} {
		if status, _, raw := r.control("POST", "limits", bad); status != http.StatusBadRequest {
			t.Errorf("limits %s: %d %s", bad, status, raw)
		}
	}
	if _, still, _ := r.control("GET", "state", ""); !cmp.Equal(made, still) {
		t.Errorf("a refused request changed the state: %v", still)
	}
}
