package apiclient_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// line is an upstream that can be cut off: then how says what becomes of a call.
type line struct {
	mu     sync.Mutex
	how    func(*http.Request) (*http.Response, error) // nil: it answers
	calls  int
	puts   int
	flying int
	most   int // at once, while it was cut off
}

func (l *line) cut(how func(*http.Request) (*http.Response, error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.how, l.calls, l.puts, l.most = how, 0, 0, 0
}

func (l *line) counts() (calls, puts, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls, l.puts, l.most
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	how := l.how
	l.calls++
	if r.Method == http.MethodPut {
		l.puts++
	}
	l.flying++
	l.most = max(l.most, l.flying)
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		l.flying--
		l.mu.Unlock()
	}()
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	if how != nil {
		return how(r)
	}
	return says(http.StatusOK, `{"success":"1","error_code":"SUCCESS","totalRecord":0,"data":[]}`)(r)
}

func says(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// blackHole takes a call and never says anything.
func blackHole(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func refuses(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
}

func lined(t *testing.T) (*line, *apiclient.Client) {
	l := &line{}
	client := mustClient(t, apiclient.Config{BaseURL: "http://api.invalid", Transport: l, Rand: func() float64 { return 0 }})
	if _, err := caller(client, testKey, apiclient.Person).ListAgents(t.Context(), apiclient.AgentQuery{}); err != nil {
		t.Fatal(err)
	}
	return l, client
}

func outageOf(err error) *apiclient.OutageError {
	outage := (*apiclient.OutageError)(nil)
	if !errors.As(err, &outage) {
		return nil
	}
	return outage
}

// TestBlackHole: after the first call nobody waits for an API that says nothing, one
// probe at a time looks whether it is back, and the first call after that is answered.
func TestBlackHole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, client := lined(t)
		person := caller(client, testKey, apiclient.Person)
		l.cut(blackHole)
		began := time.Now()
		_, err := person.ListAgents(t.Context(), apiclient.AgentQuery{})
		if describe(err) != "unreachable timeout" || outageOf(err) != nil {
			t.Fatalf("the first call: %v", err)
		}
		if since, down := client.Outage(); !down || !since.Equal(began) {
			t.Errorf("down %t since %s, want %s", down, since, began)
		}
		l.cut(blackHole)
		begun := time.Now()
		for time.Since(begun) < 5*time.Minute {
			for _, m := range methods() {
				at := time.Now()
				err := m.call(t.Context(), person)
				if took := time.Since(at); took > time.Second {
					t.Fatalf("%s took %s", m.name, took)
				}
				outage := outageOf(err)
				if outage == nil || describe(err) != "unreachable timeout" || !outage.Since.Equal(began) {
					t.Fatalf("%s: %v", m.name, err)
				}
				unreachable := (*apiclient.UnreachableError)(nil)
				if !errors.As(err, &unreachable) || unreachable.Sent || errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("%s: %+v", m.name, unreachable)
				}
			}
			time.Sleep(time.Second)
		}
		calls, puts, most := l.counts()
		if puts > 0 || most > 1 || calls < 8 || calls > 40 {
			t.Errorf("%d calls, %d writes, %d at once", calls, puts, most)
		}
		l.cut(nil)
		time.Sleep(30 * time.Second)
		for _, m := range methods() {
			if err := m.call(t.Context(), person); err != nil {
				t.Errorf("%s when it is back: %v", m.name, err)
			}
		}
		if _, down := client.Outage(); down {
			t.Error("still counts as down")
		}
	})
}

// TestWhateverTheFirstCallWas: a write waits longer than an attempt of a read, and is
// made once; what comes after it waits no more than after any.
func TestWhateverTheFirstCallWas(t *testing.T) {
	t.Parallel()
	for _, first := range methods() {
		synctest.Test(t, func(t *testing.T) {
			l, client := lined(t)
			person := caller(client, testKey, apiclient.Person)
			l.cut(blackHole)
			_ = first.call(t.Context(), person)
			for _, m := range methods() {
				at := time.Now()
				if err := m.call(t.Context(), person); outageOf(err) == nil || time.Since(at) > time.Second {
					t.Errorf("%s after %s: %v after %s", m.name, first.name, err, time.Since(at))
				}
			}
		})
	}
	// Where others have found out meanwhile, a read is not repeated for nothing.
	synctest.Test(t, func(t *testing.T) {
		l, client := lined(t)
		l.cut(blackHole)
		var all sync.WaitGroup
		begun := time.Now()
		for _, key := range []string{testKey, "another_key_0000000", "a_third_key_0000000"} {
			all.Go(func() { _ = methods()[0].call(t.Context(), caller(client, key, apiclient.Person)) })
		}
		all.Wait()
		if took := time.Since(begun); took > 16*time.Second {
			t.Errorf("took %s", took)
		}
		if calls, _, _ := l.counts(); calls > 4 {
			t.Errorf("%d calls", calls)
		}
	})
}

// TestPagesThatCallNothing find it again too, but leave looking to those that call: a
// page that has just failed must not use up the probe of the next.
func TestPagesThatCallNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, client := lined(t)
		person := caller(client, testKey, apiclient.Person)
		l.cut(says(http.StatusBadGateway, ""))
		_, _ = person.ListAgents(t.Context(), apiclient.AgentQuery{})
		l.cut(says(http.StatusBadGateway, ""))
		time.Sleep(2 * time.Second) // a slow machine
		if _, down := person.Outage(); !down {
			t.Fatal("it counts as up")
		}
		synctest.Wait()
		if calls, _, _ := l.counts(); calls > 0 {
			t.Errorf("%d probes of a page that has just failed", calls)
		}
		l.cut(nil)
		time.Sleep(5 * time.Second)
		_, _ = person.Outage()
		synctest.Wait()
		if _, down := person.Outage(); down {
			t.Error("nobody has looked")
		}
		if calls, _, _ := l.counts(); calls != 1 {
			t.Errorf("%d probes", calls)
		}
	})
}

// TestBackAtOnce: what was a moment's matter costs nobody a refusal: the first call
// after it looks, and then is made.
func TestBackAtOnce(t *testing.T) {
	t.Parallel()
	for _, m := range methods() {
		synctest.Test(t, func(t *testing.T) {
			l, client := lined(t)
			person := caller(client, testKey, apiclient.Person)
			l.cut(says(http.StatusBadGateway, ""))
			_, _ = person.ListAgents(t.Context(), apiclient.AgentQuery{})
			l.cut(nil)
			if err := m.call(t.Context(), person); err != nil {
				t.Errorf("%s: %v", m.name, err)
			}
		})
	}
}

// TestWhatOpensTheBreaker: two calls in a row that nobody answered; no answer does,
// however bad it is.
func TestWhatOpensTheBreaker(t *testing.T) {
	t.Parallel()
	reset := func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
	dns := func(*http.Request) (*http.Response, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "api.invalid", IsNotFound: true}
	}
	envelope := `{"success":"0","error_code":"FAIL","error_message":"x"}`
	for name, tc := range map[string]struct {
		how  func(*http.Request) (*http.Response, error)
		down bool
	}{
		"no answer": {blackHole, true}, "refused": {refuses, true}, "reset": {reset, true}, "dns": {dns, true},
		"502": {says(502, "<html>"), true}, "503": {says(503, ""), true}, "504": {says(504, ""), true},
		"500": {says(500, envelope), false}, "401": {says(401, envelope), false}, "403": {says(403, envelope), false},
		"404": {says(404, ""), false}, "429": {says(429, envelope), false}, "a portal": {says(200, "<html>"), false},
		"a 200 that says no": {says(200, envelope), false},
	} {
		synctest.Test(t, func(t *testing.T) {
			l, client := lined(t)
			person := caller(client, testKey, apiclient.Person)
			l.cut(tc.how)
			for range 2 {
				_, _ = person.ListAgents(t.Context(), apiclient.AgentQuery{})
			}
			if _, down := client.Outage(); down != tc.down {
				t.Errorf("%s: down %t", name, down)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		l, client := lined(t)
		person := caller(client, testKey, apiclient.Person)
		for range 5 { // now and then, with answers between
			l.cut(refuses)
			_, _ = person.ListAgents(t.Context(), apiclient.AgentQuery{})
			l.cut(nil)
			_, _ = person.ListAgents(t.Context(), apiclient.AgentQuery{})
		}
		l.cut(blackHole) // people who leave say nothing of the API
		for range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, _ = person.ListAgents(ctx, apiclient.AgentQuery{})
			cancel()
		}
		if _, down := client.Outage(); down {
			t.Error("down, though it answers between")
		}
	})
}

// TestOutageConcernsOneEnvironment and every key of it, in every lane.
func TestOutageConcernsOneEnvironment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, client := lined(t)
		_, other := lined(t)
		l.cut(blackHole)
		_, _ = caller(client, testKey, apiclient.Person).ListAgents(t.Context(), apiclient.AgentQuery{})
		if err := methods()[0].call(t.Context(), caller(client, "another_key_0000000", apiclient.Person)); outageOf(err) == nil {
			t.Errorf("another key: %v", err)
		}
		at := time.Now()
		if err := methods()[0].call(t.Context(), caller(client, testKey, apiclient.Background)); outageOf(err) == nil || time.Since(at) > 0 {
			t.Errorf("in the background after %s: %v", time.Since(at), err)
		}
		if err := methods()[0].call(t.Context(), caller(other, testKey, apiclient.Person)); err != nil {
			t.Errorf("another environment: %v", err)
		}
		// Whoever has no time to wait for a probe is told at once.
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := methods()[1].call(ctx, caller(client, testKey, apiclient.Person)); outageOf(err) == nil {
			t.Errorf("with no time: %v", err)
		}
	})
}

// TestOutageIsReported to OnCall, as every call that is refused here.
func TestOutageIsReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var refused int
		l := &line{}
		client := mustClient(t, apiclient.Config{
			BaseURL: "http://api.invalid", Transport: l,
			OnCall: func(_ context.Context, info apiclient.CallInfo) {
				if info.Attempt == 0 && outageOf(info.Err) != nil {
					refused++
				}
			},
		})
		l.cut(refuses)
		for range 5 {
			_ = methods()[1].call(t.Context(), caller(client, testKey, apiclient.Person))
		}
		if refused != 3 {
			t.Errorf("%d reports", refused)
		}
	})
}
