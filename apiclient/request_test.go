package apiclient_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	r := setup(t, func(_ *sandbox.Config, cfg *apiclient.Config) { cfg.Version = "1.2.3" })
	a := r.client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(r.demo.Key), TenantID: "20260310"}, apiclient.Person)
	ctx := t.Context()
	if _, err := a.ListAgents(ctx, apiclient.AgentQuery{TeamID: "20260310", Status: "1", QueueID: 1001226, Page: 0, Size: 50}); err != nil {
		t.Error(err)
	}
	if _, err := a.ListAgents(ctx, apiclient.AgentQuery{}); err != nil {
		t.Error(err)
	}
	if _, err := a.ReplaceQueues(ctx, "082018", apiclient.Callin, apiclient.QueueAssignment{QueueIDs: []int64{1001226, 1000886}, Priority: new(1)}); err != nil {
		t.Error(err)
	}
	if _, err := a.ReplaceQueues(ctx, "082018", apiclient.Callout, apiclient.QueueAssignment{QueueIDs: []int64{13876}, Priority: new(1)}); err != nil {
		t.Error(err)
	}
	receipt, err := a.SetRecording(ctx, "082018", false)
	if err != nil || receipt.Message != "Recording disabled for agent 082018" || receipt.ReceivedAt.IsZero() {
		t.Errorf("receipt %+v, %v", receipt, err)
	}
	var got []string
	for _, c := range r.api.Calls() {
		got = append(got, strings.TrimSpace(c.Method+" "+c.Path+"?"+c.Query.Encode()+" "+c.Body))
		want := http.Header{
			"X-Api-Key": {r.demo.Key}, "Authorization": {r.demo.Key}, "X-Tenant-Id": {"20260310"},
			"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"AgentConsole/1.2.3"},
		}
		if c.Body != "" {
			want["Content-Type"] = []string{"application/json"}
			want["Content-Length"] = []string{fmt.Sprint(len(c.Body))}
		}
		if diff := cmp.Diff(want, c.Header); diff != "" {
			t.Errorf("%s headers (-want +got):\n%s", c.Path, diff)
		}
	}
	want := []string{
		`GET /v1/agents?page=0&queue_id=1001226&size=50&status=1&team_id=20260310`,
		`GET /v1/agents?page=0&size=20`,
		`PUT /v1/agents/082018/queues?type=callin {"queue_ids":[1001226,1000886],"priority":1}`,
		`PUT /v1/agents/082018/queues?type=callout {"queue_ids":[13876]}`,
		`PUT /v1/agents/082018/recording? {"enabled":false}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestBasePathAndHeadersByConfig(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		auth                  apiclient.AuthHeaders
		apiKey, authorization bool
	}{{"both", true, true}, {"x-api-key", true, false}, {"authorization", false, true}} {
		first := setup(t)
		r := setup(t, func(_ *sandbox.Config, cfg *apiclient.Config) {
			cfg.AuthHeaders = tc.auth
			cfg.BaseURL = first.client.BaseURLForTest() + "/api/"
		})
		if _, err := r.person().ListAgents(t.Context(), apiclient.AgentQuery{}); err != nil {
			t.Fatal(err)
		}
		c := first.api.Calls()[0]
		if c.Path != "/api/v1/agents" {
			t.Errorf("path %s", c.Path)
		}
		if (c.Header.Get("X-Api-Key") != "") != tc.apiKey || (c.Header.Get("Authorization") != "") != tc.authorization {
			t.Errorf("%s sends %v", tc.auth, c.Header)
		}
		if _, sent := c.Header["X-Tenant-Id"]; sent {
			t.Error("X-Tenant-ID is sent though nobody gave a tenant")
		}
	}
}

func TestRefusedHere(t *testing.T) {
	t.Parallel()
	r := setup(t)
	queues := apiclient.QueueAssignment{QueueIDs: []int64{1}}
	for _, key := range []string{"", "a\r\nX-Evil: 1", "khoá", "tab\there", " padded", "nul\x00", "del\x7f"} {
		a := caller(r.client, key, apiclient.Person)
		for _, m := range methods() {
			err := m.call(t.Context(), a)
			if got := describe(err); got != "refused unauthorized" {
				t.Errorf("key %q, %s: %s", key, m.name, got)
			}
		}
	}
	a := r.client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(testKey), TenantID: "1\n2"}, apiclient.Person)
	if _, err := a.SetRecording(t.Context(), "1", true); describe(err) != "refused input" {
		t.Errorf("tenant with a line break: %v", err)
	}
	a = r.person()
	for _, id := range []string{"", ".", "..", "1\x00"} {
		if _, err := a.SetRecording(t.Context(), id, true); describe(err) != "refused input" {
			t.Errorf("agent %q: %v", id, err)
		}
		if _, err := a.ReplaceQueues(t.Context(), id, apiclient.Callin, queues); describe(err) != "refused input" {
			t.Errorf("agent %q: %v", id, err)
		}
		if a.Curl(id, apiclient.Callin, queues) != "" || a.CurlSent(id, apiclient.Callin, queues) != "" || a.CurlRecordingSent(id, true) != "" {
			t.Errorf("agent %q has a curl command", id)
		}
	}
	if _, err := a.ReplaceQueues(t.Context(), "1", apiclient.Callin, apiclient.QueueAssignment{}); describe(err) != "refused input" {
		t.Errorf("empty list: %v", err)
	}
	if _, err := a.ReplaceQueues(t.Context(), "1", "both", queues); describe(err) != "refused input" {
		t.Errorf("type both: %v", err)
	}
	if calls := r.api.Calls(); len(calls) > 0 {
		t.Errorf("sent %+v", calls)
	}
}

func TestAgentIDIsOneSegment(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"082018":    "/v1/agents/082018/recording",
		"a/../b":    "/v1/agents/a%2F..%2Fb/recording",
		"1?x=1#f":   "/v1/agents/1%3Fx=1%23f/recording",
		"%2e%2e":    "/v1/agents/%252e%252e/recording",
		"số 1\r\n=": "/v1/agents/s%E1%BB%91%201%0D%0A=/recording",
	} {
		r := setup(t)
		_, _ = r.person().SetRecording(t.Context(), id, true)
		if calls := r.api.Calls(); len(calls) != 1 || calls[0].Path != want {
			t.Errorf("%q went to %+v, want %s", id, calls, want)
		}
	}
}

// TestCurl runs the command: it must say exactly what would be sent.
func TestCurl(t *testing.T) {
	t.Parallel()
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl here")
	}
	r := setup(t)
	a := r.client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(r.demo.Key), TenantID: "20260310'; rm -rf ~"}, apiclient.Person)
	as := apiclient.QueueAssignment{QueueIDs: []int64{1001226, 1000886}, Priority: new(3)}
	_, _ = a.ReplaceQueues(t.Context(), "08'2$(x)`y`", apiclient.Callin, as)
	_, _ = a.SetRecording(t.Context(), "082018", true)
	_, _ = a.ReplaceQueues(t.Context(), "082018", apiclient.Callout, as)
	for i, shows := range []struct{ command, key string }{
		{a.Curl("08'2$(x)`y`", apiclient.Callin, as), "••••51d8"},
		{a.CurlRecordingSent("082018", true), "••••"},
		{a.CurlSent("082018", apiclient.Callout, as), "••••"},
	} {
		command := shows.command
		if strings.Contains(command, r.demo.Key) || !strings.Contains(command, "X-Api-Key: "+shows.key+"'") {
			t.Errorf("the key is not masked:\n%s", command)
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(command, "curl", curl+" -s -o /dev/null", 1))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s\n%s", err, out, command)
		}
		calls := r.api.Calls()
		sent, shown := calls[i], calls[3+i]
		hide := []string{"X-Api-Key", "Authorization"}
		if shows.key == "••••" {
			hide = append(hide, "Accept", "Accept-Encoding", "User-Agent") // not what makes it that call
		}
		for _, h := range hide {
			sent.Header.Del(h)
			shown.Header.Del(h)
		}
		if diff := cmp.Diff(sent.Header, shown.Header); diff != "" {
			t.Errorf("headers (-sent +curl):\n%s", diff)
		}
		if sent.Path != shown.Path || sent.Body != shown.Body || sent.Method != shown.Method || sent.Query.Encode() != shown.Query.Encode() {
			t.Errorf("sent %+v, curl %+v", sent, shown)
		}
	}
	short := caller(r.client, "short", apiclient.Person).Curl("1", apiclient.Callin, as)
	if strings.Contains(short, "hort") || !strings.Contains(short, "X-Api-Key: ••••'") {
		t.Errorf("a short key is not masked whole:\n%s", short)
	}
}

// TestNothingPrintsTheKey prints everything that holds one, in every way.
func TestNothingPrintsTheKey(t *testing.T) {
	t.Parallel()
	r := setup(t)
	creds := apiclient.Credentials{Key: apiclient.NewSecret(r.demo.Key)}
	a := r.client.Caller(creds, apiclient.Background)
	if _, err := a.ListAgents(t.Context(), apiclient.AgentQuery{}); err != nil {
		t.Fatal(err)
	}
	type hidden struct{ creds apiclient.Credentials } // fmt cannot call Format in here
	var logged bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&logged, nil))
	for _, v := range []any{
		creds, &creds, creds.Key, &creds.Key, a, *a, r.client,
		hidden{creds},
		&hidden{creds},
		[]apiclient.Secret{creds.Key},
		map[apiclient.Secret]hidden{creds.Key: {creds}},
		a.Budget(), r.reported(),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, r.demo.Key) || strings.Contains(text, fmt.Sprintf("%x", r.demo.Key)) {
				t.Errorf("%s of %T shows the key: %s", verb, v, text)
			}
		}
		log.Info("value", "v", v)
	}
	if strings.Contains(logged.String(), r.demo.Key) {
		t.Errorf("slog shows the key: %s", logged.String())
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	var zero apiclient.Secret
	if !zero.IsZero() || zero.Reveal() != "" || zero != apiclient.NewSecret("") || zero.LastFour() != "" {
		t.Error("the zero Secret is not the absent key")
	}
	a, b := apiclient.NewSecret("sk_1234567890"), apiclient.NewSecret(strings.Clone("sk_1234567890"))
	if a != b || a.Reveal() != "sk_1234567890" || a.LastFour() != "7890" || a.IsZero() {
		t.Error("equal keys differ")
	}
	if a.Fingerprint([]byte("x")) != b.Fingerprint([]byte("x")) || a.Fingerprint([]byte("x")) == a.Fingerprint([]byte("y")) {
		t.Error("a fingerprint depends on key and salt alone")
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "xapi.alohub.vn", "ftp://h", "https://", "https://u:hunter2@h", "https://h?x=1", "https://h#f", "https://h/#", "http://h\x7f:hunter2", "https://h?", "https://:443",
	} {
		_, err := apiclient.New(apiclient.Config{BaseURL: bad})
		if err == nil {
			t.Errorf("%q is accepted", bad)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error repeats a password: %v", err)
		}
	}
	for text, want := range map[string]string{
		"https://h": "https://h", " http://h:8000/api// ": "http://h:8000/api", "HTTPS://h/": "https://h",
	} {
		if got, err := apiclient.ParseBaseURL(text); got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	_, err := apiclient.New(apiclient.Config{Name: "Production", BaseURL: "ftp://u@h?q#f", AuthHeaders: "cookie", Reserve: 1})
	for _, want := range []string{"Production", "http://", "user", "query", "fragment", "cookie", "reserve"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %q: %v", want, err)
		}
	}
	for word, want := range map[string]apiclient.AuthHeaders{"": "both", "BOTH": "both", " X-Api-Key ": "x-api-key", "authorization": "authorization"} {
		if got, err := apiclient.ParseAuthHeaders(word); got != want || err != nil {
			t.Errorf("%q: %q, %v", word, got, err)
		}
	}
}
