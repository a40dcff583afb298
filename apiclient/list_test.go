package apiclient_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// answering serves one fixed answer to everything.
func answering(t *testing.T, h http.HandlerFunc) *apiclient.Caller {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	client := mustClient(t, apiclient.Config{BaseURL: server.URL, Rand: func() float64 { return 0 }, MaxBody: 1 << 20})
	return caller(client, testKey, apiclient.Person)
}

func TestWhatIsAPage(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"success":"1","error_code":"SUCCESS","totalRecord":0,"data":[]}`: "ok",
		`{"success":1,"data":[{"agentId":"1"}]}`:                           "ok",
		`{"success":"1","totalRecord":0,"data":null}`:                      "ok",
		`{"success":"1","totalRecord":5,"data":null}`:                      "unreachable not-api",
		`{"success":"1","data":null}`:                                      "unreachable not-api",
		`{"success":"1"}`:                                                  "unreachable not-api",
		`{"success":"1","data":{}}`:                                        "unreachable not-api",
		`{"success":"1","data":[{"id":7}]}`:                                "unreachable not-api",
		`{"success":"1","data":[{"id":7},{"agentId":"1"}]}`:                "ok",
		`{"success":"0","error_code":"FAIL","data":[]}`:                    "refused failed",
		`{"success":"0","error_code":"UNAUTHORIZED"}`:                      "refused unauthorized",
		`{"success":"0","error_code":"RATE_LIMIT_EXCEEDED"}`:               "limited 10s",
		`{"success":"maybe","data":[]}`:                                    "refused failed",
		`{"data":[{"agentId":"1"}]}`:                                       "unreachable not-api",
		`{"error_code":"SUCCESS","data":[]}`:                               "ok",
		`{"totalRecord":1,"data":[{"agentId":"1"}]}`:                       "ok",
		`{"message":"Hello"}`:                                              "unreachable not-api",
	} {
		a := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		page, err := a.ListAgents(t.Context(), apiclient.AgentQuery{})
		if got := describe(err); got != want {
			t.Errorf("%s: %s (%v), want %s", body, got, err, want)
		}
		if err == nil && (page.Rows == nil || page.ReceivedAt.IsZero()) {
			t.Errorf("%s: %+v", body, page)
		}
	}
}

func TestTotalRecordIsAClaim(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]int{`413`: 413, `"413"`: 413, `-5`: -1, `null`: -1, `1e99`: -1, `"many"`: -1, `0`: 0} {
		a := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"success":"1","data":[],"totalRecord":`+literal+`}`)
		})
		page, err := a.ListAgents(t.Context(), apiclient.AgentQuery{})
		if err != nil || page.TotalRecord != want {
			t.Errorf("%s: %+v, %v", literal, page, err)
		}
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	const page = `{"success":"1","data":[]}`
	zipped := func(w io.Writer, text string) {
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, text)
		_ = z.Close()
	}
	for name, tc := range map[string]struct {
		encoding string
		write    func(io.Writer)
		want     string
	}{
		"gzip":        {"gzip", func(w io.Writer) { zipped(w, page) }, "ok"},
		"x-gzip":      {"X-GZIP", func(w io.Writer) { zipped(w, page) }, "ok"},
		"two members": {"gzip", func(w io.Writer) { zipped(w, page[:9]); zipped(w, page[9:]) }, "ok"},
		"not gzip":    {"gzip", func(w io.Writer) { _, _ = io.WriteString(w, page+page) }, "unreachable not-api"},
		"cut short":   {"gzip", func(w io.Writer) { zipped(limited(w, 20), page) }, "unreachable reset"},
		"empty":       {"gzip", func(io.Writer) {}, "unreachable reset"},
		"brotli":      {"br", func(w io.Writer) { _, _ = io.WriteString(w, page) }, "unreachable not-api"},
		"identity":    {"identity", func(w io.Writer) { _, _ = io.WriteString(w, page) }, "ok"},
		"empty members for ever": {"gzip", func(w io.Writer) {
			var member strings.Builder
			zipped(&member, "")
			_, _ = io.WriteString(w, strings.Repeat(member.String(), 1<<17))
		}, "unreachable too-large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", tc.encoding)
				tc.write(w)
			})
			_, err := a.ListAgents(t.Context(), apiclient.AgentQuery{})
			if got := describe(err); got != tc.want {
				t.Errorf("got %s (%v), want %s", got, err, tc.want)
			}
		})
	}
}

// limited passes on the first n bytes only.
func limited(w io.Writer, n int) io.Writer { return &limitedWriter{w, n} }

type limitedWriter struct {
	w    io.Writer
	left int
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	_, err := l.w.Write(p[:n])
	return len(p), err
}

// TestHugeRefusal: the status of an endless error still decides.
func TestHugeRefusal(t *testing.T) {
	t.Parallel()
	a := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		for range 64 {
			if _, err := io.WriteString(w, strings.Repeat(testKey, 2000)); err != nil {
				return
			}
		}
	})
	_, err := a.ListAgents(t.Context(), apiclient.AgentQuery{})
	if describe(err) != "refused scope" {
		t.Errorf("got %v", err)
	}
	noKey(t, testKey, err)
}

func TestOddSuccessLeavesAWriteOpen(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"success":"1"}`:                      "ok",
		`{"success":"0","error_code":"FAIL"}`:  "refused failed",
		`{"success":"maybe","error_code":"X"}`: "unknown refused failed",
		// A no in a word that nobody documented says nothing of the list.
		`{"success":"0"}`:                                   "unknown refused failed",
		`{"success":"0","error_code":"SUCCESS"}`:            "unknown refused failed",
		`{"success":"0","error_code":"QUEUE_SYNC_PENDING"}`: "unknown refused failed",
		`{"success":0,"error_code":"fail"}`:                 "unknown refused failed",
		`{"success":"2","error_code":"PARTIAL"}`:            "unknown refused failed",
		`{"success":"0","error_code":"INVALID_INPUT"}`:      "refused input",
		`{"success":"0","error_code":"NOT_FOUND"}`:          "refused not-found",
		`{"success":"0","error_code":"UNAUTHORIZED"}`:       "refused unauthorized",
		`{"success":"0","error_code":"INSUFFICIENT_SCOPE"}`: "refused scope",
		`{"error_code":"SUCCESS"}`:                          "unknown unreachable not-api",
		`{}`:                                                "unknown unreachable not-api",
		`{"success":"1","success":"0"}`:                     "unknown unreachable not-api",
		`{"success":"1"`:                                    "unknown unreachable reset",
	} {
		a := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		_, err := a.SetRecording(t.Context(), "1", true)
		if got := describe(err); got != want {
			t.Errorf("%s: %s (%v), want %s", body, got, err, want)
		}
		if strings.HasSuffix(want, "refused failed") && !errors.Is(err, apiclient.ErrFailed) {
			t.Errorf("%s: the cause is lost: %v", body, err)
		}
	}
}

// TestEndpoints: the pattern that a call is reported by is the one of what it asked for.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	r := setup(t)
	_, _ = r.person().ListAgents(t.Context(), apiclient.AgentQuery{})
	_, _ = r.person().ReplaceQueues(t.Context(), "082019", apiclient.Callin, apiclient.QueueAssignment{QueueIDs: []int64{1000886}})
	_, _ = r.person().SetRecording(t.Context(), "082019", true)
	infos, calls := r.reported(), r.api.Calls()
	if len(infos) != 3 || len(calls) != 3 {
		t.Fatalf("%d reports of %d calls", len(infos), len(calls))
	}
	for i, info := range infos {
		method, path := info.Endpoint()
		if calls[i].Method != method || calls[i].Path != strings.Replace(path, "{agentId}", "082019", 1) {
			t.Errorf("%s %s is reported as %s %s", calls[i].Method, calls[i].Path, method, path)
		}
	}
	if method, path := (apiclient.CallInfo{Op: "dance"}).Endpoint(); method != "" || path != "" {
		t.Errorf("an endpoint %s %s", method, path)
	}
}

func TestOnCall(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.api.Fail(sandbox.Unavailable(""))
	_, _ = r.person().ListAgents(t.Context(), apiclient.AgentQuery{})
	_, _ = r.person().SetRecording(t.Context(), "", true)
	infos := r.reported()
	if len(infos) != 3 {
		t.Fatalf("%d reports: %+v", len(infos), infos)
	}
	for i, want := range []apiclient.CallInfo{
		{Op: apiclient.OpListAgents, Attempt: 1, Status: 503},
		{Op: apiclient.OpListAgents, Attempt: 2, Status: 200},
		{Op: apiclient.OpSetRecording},
	} {
		got := infos[i]
		if got.Environment != "test" || got.Op != want.Op || got.Attempt != want.Attempt || got.Status != want.Status ||
			(got.Err == nil) != (i == 1) || (got.Duration > 0) != (i < 2) {
			t.Errorf("report %d is %+v", i, got)
		}
	}
}
