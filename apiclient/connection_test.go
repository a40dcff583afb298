package apiclient_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

const testKey = "sk_test_0123456789abcdef"

// TestNotSent: what certainly never reached the upstream leaves no write open.
func TestNotSent(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	selfSigned := httptest.NewUnstartedServer(http.NotFoundHandler())
	selfSigned.Config.ErrorLog = log.New(io.Discard, "", 0)
	selfSigned.StartTLS()
	t.Cleanup(selfSigned.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	for name, tc := range map[string]struct {
		url    string
		reason apiclient.Reach
	}{
		"refused":      {closed.URL, apiclient.ReachRefused},
		"dns":          {"http://no-such-host.invalid", apiclient.ReachDNS},
		"self-signed":  {selfSigned.URL, apiclient.ReachTLS},
		"wrong scheme": {"https" + strings.TrimPrefix(plain.URL, "http"), apiclient.ReachTLS},
	} {
		for _, m := range methods() {
			t.Run(name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				client := mustClient(t, apiclient.Config{BaseURL: tc.url})
				err := m.call(t.Context(), caller(client, testKey, apiclient.Person))
				var unreachable *apiclient.UnreachableError
				if unknown := (*apiclient.UnknownOutcomeError)(nil); errors.As(err, &unknown) || !errors.As(err, &unreachable) {
					t.Fatalf("got %T %v", err, err)
				}
				if unreachable.Reason != tc.reason || unreachable.Sent {
					t.Errorf("got %+v", *unreachable)
				}
				noKey(t, testKey, err)
			})
		}
	}
}

// TestWriteIsNeverRepeatedBelow: net/http repeats some requests by itself when a
// kept-alive connection turns out dead. A write must not be one of them.
func TestWriteIsNeverRepeatedBelow(t *testing.T) {
	t.Parallel()
	var writes atomic.Int32
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serveOneThenDrop(conn, &writes)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-served })

	client := mustClient(t, apiclient.Config{BaseURL: "http://" + l.Addr().String()})
	a := caller(client, testKey, apiclient.Person)
	if _, err := a.SetRecording(t.Context(), "1", true); err != nil {
		t.Fatal(err)
	}
	_, err = a.SetRecording(t.Context(), "1", false)
	if got := describe(err); got != "unknown unreachable reset" {
		t.Errorf("got %s (%v)", got, err)
	}
	if n := writes.Load(); n != 2 {
		t.Errorf("the upstream saw %d writes, want 2", n)
	}
}

// serveOneThenDrop answers a connection's first request, keeps it alive, and
// hangs up after having read the second.
func serveOneThenDrop(conn net.Conn, writes *atomic.Int32) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for i := range 2 {
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		writes.Add(1)
		if i == 0 {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n"+`{"success":"1"}`)
		}
	}
}

func TestMalformedAnswer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.Copy(io.Discard, req.Body)
			}
			_, _ = io.WriteString(conn, "SSH-2.0-"+testKey+"\r\n\r\n")
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-served })
	client := mustClient(t, apiclient.Config{BaseURL: "http://" + l.Addr().String()})
	for _, m := range methods() {
		err := m.call(t.Context(), caller(client, testKey, apiclient.Person))
		if got := strings.TrimPrefix(describe(err), "unknown "); got != "unreachable not-api" {
			t.Errorf("%s: got %s (%v)", m.name, got, err)
		}
		noKey(t, testKey, err)
	}
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	for _, m := range methods() {
		r := setup(t, small)
		r.api.Fail(sandbox.Silence().Repeat(sandbox.Always))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		err := m.call(ctx, r.person())
		want := "unreachable cancelled"
		if m.write {
			want = "unknown " + want
		}
		if got := describe(err); got != want || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %s (%v), want %s", m.name, got, err, want)
		}
		if n := len(r.api.Calls()); n != 1 {
			t.Errorf("%s: sent %d times", m.name, n)
		}
		// Cancelled before it began, nothing is open.
		if got := describe(m.call(ctx, r.person())); got != "unreachable cancelled" {
			t.Errorf("%s: a cancelled context gives %s", m.name, got)
		}
	}
}

func TestReadKeepsTheDeadline(t *testing.T) {
	t.Parallel()
	r := setup(t, func(_ *sandbox.Config, cfg *apiclient.Config) {
		cfg.AttemptTimeout, cfg.ReadTimeout = 100*time.Millisecond, 150*time.Millisecond
	})
	r.api.Fail(sandbox.Silence().Repeat(sandbox.Always))
	start := time.Now()
	_, err := r.person().ListAgents(t.Context(), apiclient.AgentQuery{})
	if got := describe(err); got != "unreachable timeout" {
		t.Errorf("got %s", got)
	}
	if took := time.Since(start); took > 400*time.Millisecond {
		t.Errorf("took %s", took)
	}
}

func TestSeeOtherLeavesAWriteOpen(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.api.Fail(sandbox.Fault{Status: http.StatusSeeOther, RedirectTo: "http://elsewhere.invalid/"})
	_, err := r.person().SetRecording(t.Context(), sandbox.DemoExample, true)
	if got := describe(err); got != "unknown unreachable redirect" {
		t.Errorf("got %s", got)
	}
}
