package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// rig is a quiet demo behind a real listener, with a clock that only the test
// moves.
type rig struct {
	*sandbox.Server
	tb    testing.TB
	url   string
	clock *handClock
}

type handClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func setup(tb testing.TB, change ...func(*sandbox.Config)) *rig {
	tb.Helper()
	demo := sandbox.Demo(sandbox.DemoOptions{Quiet: true})
	return setupWith(tb, demo.Config, change...)
}

func setupWith(tb testing.TB, c sandbox.Config, change ...func(*sandbox.Config)) *rig {
	tb.Helper()
	clock := &handClock{now: time.Date(2026, 6, 2, 9, 0, 0, 0, time.UTC)}
	c.Clock = clock.Now
	for _, f := range change {
		f(&c)
	}
	api := sandbox.New(c)
	server := httptest.NewServer(api)
	tb.Cleanup(server.Close)
	return &rig{Server: api, tb: tb, url: server.URL, clock: clock}
}

// reply is what came back; err is set in place of the rest when nothing did, and
// beside it when the body broke off.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

func (r *rig) do(method, path, body string, headers ...string) reply {
	r.tb.Helper()
	req, err := http.NewRequestWithContext(r.tb.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.tb.Fatal(err)
	}
	req.Header.Set("X-Api-Key", sandbox.DemoKey)
	req.Header.Set("Accept", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Del(headers[i])
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	// A connection of its own: after a reset net/http would repeat a GET on
	// another one, and the fault would go unseen.
	transport := &http.Transport{DisableKeepAlives: true}
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return reply{status: resp.StatusCode, header: resp.Header, body: string(data), err: err}
}

func (r *rig) get(path string, headers ...string) reply {
	r.tb.Helper()
	return r.do(http.MethodGet, path, "", headers...)
}

func (r *rig) put(path, body string, headers ...string) reply {
	r.tb.Helper()
	return r.do(http.MethodPut, path, body, headers...)
}

type page struct {
	Success     any              `json:"success"`
	ErrorCode   string           `json:"error_code"`
	TotalRecord any              `json:"totalRecord"`
	Data        []map[string]any `json:"data"`
}

// list fails the test unless the path answers a documented page.
func (r *rig) list(path string, headers ...string) page {
	r.tb.Helper()
	got := r.get(path, headers...)
	if got.err != nil || got.status != http.StatusOK {
		r.tb.Fatalf("GET %s: %d %s %v", path, got.status, got.body, got.err)
	}
	var p page
	decoder := json.NewDecoder(bytes.NewReader([]byte(got.body)))
	decoder.UseNumber()
	if err := decoder.Decode(&p); err != nil {
		r.tb.Fatalf("GET %s: %v in %s", path, err, got.body)
	}
	return p
}

// column is one field of every row, "null" for null and "absent" where missing.
func (p page) column(name string) []string {
	var values []string
	for _, row := range p.Data {
		value, ok := row[name]
		encoded, _ := json.Marshal(value)
		text := strings.Trim(string(encoded), `"`)
		if !ok {
			text = "absent"
		}
		values = append(values, text)
	}
	return values
}

func (r *rig) agent(id string) sandbox.Agent {
	r.tb.Helper()
	a, ok := r.Agent(sandbox.AloHub, id)
	if !ok {
		r.tb.Fatalf("no agent %s", id)
	}
	return a
}

func wantRefusal(t *testing.T, got reply, status int, code, sentence string) {
	t.Helper()
	var e struct {
		Success   string `json:"success"`
		ErrorCode string `json:"error_code"`
		Message   string `json:"error_message"`
	}
	if err := json.Unmarshal([]byte(got.body), &e); err != nil {
		t.Fatalf("%d %q: %v", got.status, got.body, err)
	}
	if got.status != status || e.Success != "0" || e.ErrorCode != code || !strings.Contains(e.Message, sentence) {
		t.Errorf("got %d %s, want %d %s with %q", got.status, got.body, status, code, sentence)
	}
}
