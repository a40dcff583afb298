package apiclient_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// expectation is what one fault becomes. Where a write differs from a read it
// says so.
type expectation struct {
	read, write string
	attempts    int // of a read, while the fault lasts; 0 is 1
}

func same(s string) expectation { return expectation{read: s, write: s} }

// open is a failure that leaves a write's outcome open.
func open(s string) expectation { return expectation{read: s, write: "unknown " + s} }

// again is one that a read is repeated for, too.
func again(s string) expectation {
	return expectation{read: s, write: "unknown " + s, attempts: 3}
}

// expectations has an entry for every preset of the sandbox, by name.
func expectations() map[string]expectation {
	return map[string]expectation{
		"slow":                  again("unreachable timeout"),
		"drip":                  again("unreachable timeout"),
		"silence":               again("unreachable timeout"),
		"silence-after-apply":   {read: "ok", write: "unknown unreachable timeout"},
		"reset":                 again("unreachable reset"),
		"reset-after-apply":     {read: "ok", write: "unknown unreachable reset"},
		"truncated":             again("unreachable reset"),
		"cut-off":               again("unreachable reset"),
		"empty-body":            again("unreachable reset"),
		"captive-portal":        open("unreachable not-api"),
		"other-json":            open("unreachable not-api"),
		"json-array":            open("unreachable not-api"),
		"gzip":                  same("ok"),
		"gzip-bomb":             open("unreachable too-large"),
		"endless":               open("unreachable too-large"),
		"success-0":             same("refused failed"),
		"success-number":        same("ok"),
		"success-true":          same("ok"),
		"success-absent":        {read: "ok", write: "unknown unreachable not-api"},
		"unknown-fields":        same("ok"),
		"redirect":              same("unreachable redirect"),
		"429":                   same("limited 3s"),
		"429-no-retry-after":    same("limited 10s"),
		"429-date":              same("limited 2m0s"),
		"429-date-rfc850":       same("limited 2m0s"),
		"429-date-asctime":      same("limited 2m0s"),
		"429-zero":              same("limited 1s"),
		"429-negative":          same("limited 1s"),
		"429-huge":              same("limited 2m0s"),
		"429-text":              same("limited 10s"),
		"gateway-429":           same("limited 7s"),
		"gateway-429-bare":      same("limited 10s"),
		"limits-missing":        same("ok"),
		"limits-zero":           same("ok"),
		"limits-negative":       same("ok"),
		"limits-nan":            same("ok"),
		"limits-differ":         same("ok"),
		"401":                   same("refused unauthorized"),
		"gateway-401":           same("refused unauthorized"),
		"gateway-401-no-key":    same("refused unauthorized"),
		"gateway-401-invalid":   same("refused unauthorized"),
		"gateway-401-duplicate": same("refused unauthorized"),
		"403":                   same("refused scope"),
		"gateway-403":           same("refused scope"),
		"gateway-403-ip":        same("refused scope"),
		"404":                   same("refused not-found"),
		"no-route":              same("refused no-route"),
		"400":                   same("refused input"),
		"411":                   same("refused shape"),
		"413":                   same("refused shape"),
		"417":                   same("refused shape"),
		"500":                   open("refused failed"),
		"500-after-apply":       {read: "ok", write: "unknown refused failed"},
		"502":                   again("unreachable gateway"),
		"502-after-apply":       {read: "ok", write: "unknown unreachable gateway"},
		"502-html":              again("unreachable gateway"),
		"503":                   again("unreachable gateway"),
		"503-no-service":        again("unreachable gateway"),
		"503-dns":               again("unreachable gateway"),
		"504":                   again("unreachable gateway"),
		"504-after-apply":       {read: "ok", write: "unknown unreachable gateway"},
		"ignored-write":         same("ok"),
		"echoed-key":            open("refused failed"),
		"duplicate-keys":        open("unreachable not-api"),
		"invalid-utf8":          same("ok"),
		"deep-nesting":          open("unreachable not-api"),
		"migration":             {read: "ok", write: "unknown refused failed"},
	}
}

// describe reduces an error to the words of expectations.
func describe(err error) string {
	var (
		unknown     *apiclient.UnknownOutcomeError
		refused     *apiclient.RefusedError
		limited     *apiclient.RateLimitError
		unreachable *apiclient.UnreachableError
	)
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &unknown):
		return "unknown " + describe(unknown.Cause)
	case errors.As(err, &limited):
		return "limited " + limited.RetryAfter.String()
	case errors.As(err, &unreachable):
		return "unreachable " + string(unreachable.Reason)
	case errors.As(err, &refused):
		for word, kind := range map[string]error{
			"unauthorized": apiclient.ErrUnauthorized, "scope": apiclient.ErrInsufficientScope,
			"input": apiclient.ErrInvalidInput, "not-found": apiclient.ErrNotFound,
			"no-route": apiclient.ErrNoRoute, "shape": apiclient.ErrRequestShape, "unconfirmed": apiclient.ErrUnconfirmed, "failed": apiclient.ErrFailed,
		} {
			if errors.Is(refused, kind) {
				return "refused " + word
			}
		}
	}
	return fmt.Sprintf("%T", err)
}

// TestFaults puts every method through every fault, for ever: what comes out is
// typed, tried as often as is right, and without the key.
func TestFaults(t *testing.T) {
	t.Parallel()
	want := expectations()
	for _, preset := range sandbox.Presets() {
		for _, m := range methods() {
			if preset.Name == "migration" && m.name == "queues" {
				continue
			}
			t.Run(preset.Name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				expected, ok := want[preset.Name]
				if !ok {
					t.Fatal("the sandbox has a fault this table does not know")
				}
				r := setup(t, small)
				if strings.Contains(expected.read+expected.write, "timeout") {
					r = setup(t, impatient)
				}
				r.api.Fail(preset.Fault.Repeat(sandbox.Always))
				err := m.call(t.Context(), r.person())

				outcome, attempts := expected.read, max(expected.attempts, 1)
				if m.write {
					outcome, attempts = expected.write, 1
				}
				if got := describe(err); got != outcome {
					t.Errorf("got %q (%v), want %q", got, err, outcome)
				}
				if calls := r.api.CallsOf(m.op); len(calls) != attempts {
					t.Errorf("sent %d times, want %d", len(calls), attempts)
				}
				if infos := r.reported(); len(infos) != attempts {
					t.Errorf("reported %d attempts, want %d", len(infos), attempts)
				}
				noKey(t, r.demo.Key, err)
			})
		}
	}
}

func small(_ *sandbox.Config, cfg *apiclient.Config) { cfg.MaxBody = 1 << 20 }

// impatient is for faults that are a silence; whatever else is tried must not hang on how
// busy the machine is.
func impatient(_ *sandbox.Config, cfg *apiclient.Config) {
	cfg.AttemptTimeout, cfg.WriteTimeout = 150*time.Millisecond, 150*time.Millisecond
}

// noKey fails if err shows key anywhere along its chain, in any verb.
func noKey(t *testing.T, key string, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			if text := fmt.Sprintf(verb, err); strings.Contains(strings.ToLower(text), strings.ToLower(key)) {
				t.Errorf("%s of %T shows the key: %s", verb, err, text)
			}
		}
	}
}

func TestEchoedKeyLeavesItsSentence(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.api.Fail(sandbox.EchoedKey())
	_, err := r.person().ListAgents(t.Context(), apiclient.AgentQuery{})
	var refused *apiclient.RefusedError
	if !errors.As(err, &refused) || refused.Message != "cannot resolve tenant of key [redacted]" {
		t.Errorf("got %v", err)
	}
}

func TestGatewayShapesAreTold(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault   sandbox.Fault
		status  int
		gateway bool
		code    string
		message string
	}{
		"scope":  {sandbox.InsufficientScope(), 403, false, "INSUFFICIENT_SCOPE", "API key does not have scope agent"},
		"acl":    {sandbox.GatewayForbidden(""), 403, true, "", "You cannot consume this service"},
		"route":  {sandbox.NoRoute(), 404, true, "", "no Route matched with those values"},
		"html":   {sandbox.Fault{Status: 404, Body: "<html><TITLE>404 &amp; gone</TITLE>"}, 404, true, "", "404 & gone"},
		"bare":   {sandbox.Fault{Status: 404}, 404, true, "", ""},
		"input":  {sandbox.InvalidInput("priority <b>"), 400, false, "INVALID_INPUT", "priority <b>"},
		"spring": {sandbox.Fault{Status: 404, Body: `{"status":404,"error":"Not Found","path":"/v1"}`}, 404, true, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := setup(t)
			r.api.Fail(tc.fault)
			_, err := r.person().SetRecording(t.Context(), sandbox.DemoExample, true)
			var refused *apiclient.RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("got %v", err)
			}
			if refused.Status != tc.status || refused.Gateway != tc.gateway || refused.Code != tc.code || refused.Message != tc.message {
				t.Errorf("got %+v", *refused)
			}
			if tc.gateway && name == "acl" && refused.RequestID == "" {
				t.Error("the gateway's request_id is lost")
			}
		})
	}
}

func TestReadRecovers(t *testing.T) {
	t.Parallel()
	for _, fault := range []sandbox.Fault{
		sandbox.Reset(), sandbox.Truncated(), sandbox.EmptyBody(), sandbox.BadGateway(), sandbox.Silence(), sandbox.CutOff(),
	} {
		r := setup(t)
		if fault.Hang {
			r = setup(t, impatient)
		}
		r.api.Fail(fault.Repeat(2))
		page, err := r.person().ListAgents(t.Context(), apiclient.AgentQuery{})
		if err != nil || len(page.Rows) != 20 {
			t.Errorf("%+v: %v", fault, err)
		}
	}
}

func TestRedirectTargetGetsNothing(t *testing.T) {
	t.Parallel()
	elsewhere := setup(t)
	for _, m := range methods() {
		for _, status := range []int{301, 302, 307, 308} {
			r := setup(t, func(_ *sandbox.Config, cfg *apiclient.Config) {
				cfg.Transport = http.DefaultTransport.(*http.Transport).Clone()
			})
			r.api.Fail(sandbox.Fault{Status: status, RedirectTo: elsewhere.client.BaseURLForTest() + "/v1/agents"})
			if got := describe(m.call(t.Context(), r.person())); got != "unreachable redirect" {
				t.Errorf("%s, %d: %s", m.name, status, got)
			}
		}
	}
	if calls := elsewhere.api.Calls(); len(calls) > 0 {
		t.Errorf("the other host was called: %+v", calls)
	}
}
