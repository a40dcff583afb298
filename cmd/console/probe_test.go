package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/probe"
	"github.com/alohub/agentconsole/sqlstore"
)

// handled is a transport that calls a handler, for a synctest bubble.
type handled struct{ http.Handler }

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.GotConn(httptrace.GotConnInfo{Reused: true})
	}
	in := r.Clone(r.Context())
	in.Body = http.NoBody
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, in)
	return rec.Result(), nil
}

// probed runs `console probe`. Input is what stands on standard input.
func probed(t *testing.T, api http.Handler, input string, environ []string, args ...string) (code int, out, problems string) {
	t.Helper()
	var said, wrong strings.Builder
	env := Environment{Args: args, Environ: environ, Usage: &said, Input: strings.NewReader(input)}
	code = runProbe(t.Context(), env, probe.Config{Transport: handled{api}}, &said, &wrong)
	for _, key := range []string{sandbox.DemoKey, sandbox.DemoKeyNoScope} {
		if strings.Contains(said.String()+wrong.String(), key) {
			t.Errorf("%q prints the key:\n%s%s", args, said.String(), wrong.String())
		}
	}
	return code, said.String(), wrong.String()
}

func quiet(change func(*sandbox.Config)) *sandbox.Server {
	c := sandbox.Demo(sandbox.DemoOptions{Quiet: true, Agents: 60}).Config
	c.PathPrefix, c.MaxSize, c.Style = "", -1, sandbox.FirstOnly
	c.Limits = sandbox.Limits{Tenant: 200, Route: 200}
	if change != nil {
		change(&c)
	}
	return sandbox.New(c)
}

const onlyOne = "CONSOLE_UPSTREAMS=prod:Sản xuất=http://api.test"

// TestProbeExitCodes: what was found, and who asks in a way that cannot be.
func TestProbeExitCodes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change  func(*sandbox.Config)
		input   string
		environ []string
		args    []string
		code    int
		says    []string
	}{
		"documented": {nil, sandbox.DemoKey + "\n", []string{onlyOne}, nil, probeDocumented, []string{"All that could be told", "CONSOLE_AUTH_HEADERS=both", "CONSOLE_UPSTREAMS=…=http://api.test"}},
		"findings": {
			func(c *sandbox.Config) { c.AuthHeaders = sandbox.OneHeader }, "",
			[]string{onlyOne, probeKey + "=" + sandbox.DemoKey, probeScopelessKey + "=" + sandbox.DemoKeyNoScope},
			nil, probeFindings,
			[]string{"CONSOLE_AUTH_HEADERS=x-api-key", "403 INSUFFICIENT_SCOPE", "Usable."},
		},
		"wrong key":       {nil, "sk_wrong\n", []string{onlyOne}, nil, probeUnusable, []string{"Not usable", "it is wrong, or of another environment"}},
		"another address": {nil, sandbox.DemoKey, []string{onlyOne}, []string{"-base-url", "http://api.test/nowhere"}, probeUnusable, []string{"no such route"}},
		"no key":          {nil, "\n", []string{onlyOne}, nil, probeNotAsked, []string{"no key on standard input"}},
		"a broken key":    {nil, "a\x01b", []string{onlyOne}, nil, probeNotAsked, []string{"characters"}},
		"key as argument": {nil, "", []string{onlyOne}, []string{sandbox.DemoKey}, probeNotAsked, []string{"standard input or CONSOLE_PROBE_KEY"}},
		"key as flag":     {nil, "", []string{onlyOne}, []string{"-key=" + sandbox.DemoKey}, probeNotAsked, []string{"standard input or CONSOLE_PROBE_KEY"}},
		"which one":       {nil, sandbox.DemoKey, nil, nil, probeNotAsked, []string{"production | development"}},
		"no such one":     {nil, sandbox.DemoKey, nil, []string{"-environment", "staging"}, probeNotAsked, []string{"production | development"}},
		"saved for whom":  {nil, sandbox.DemoKey, nil, []string{"-save", "-base-url", "http://api.test"}, probeNotAsked, []string{"-environment"}},
		"no database":     {nil, sandbox.DemoKey, []string{onlyOne}, []string{"-save", "-database", "/nowhere/at/all.db"}, probeNotAsked, []string{"CONSOLE_DATABASE"}},
		"bad address":     {nil, sandbox.DemoKey, nil, []string{"-base-url", "ftp://api.test"}, probeNotAsked, []string{"http"}},
		"help":            {nil, "", nil, []string{"-help"}, 0, []string{"at most 40 calls", "Exit code"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := quiet(tc.change)
				code, out, problems := probed(t, api, tc.input, tc.environ, tc.args...)
				if code != tc.code {
					t.Errorf("exit code %d, want %d", code, tc.code)
				}
				for _, words := range tc.says {
					if !strings.Contains(out+problems, words) {
						t.Errorf("%q is not in\n%s%s", words, out, problems)
					}
				}
				if asked := len(api.Calls()); code == probeNotAsked && asked > 0 {
					t.Errorf("%d calls were made", asked)
				}
			})
		})
	}
}

// TestProbeJSON: the report for machines has every code, with what follows.
func TestProbeJSON(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		code, out, _ := probed(t, quiet(nil), sandbox.DemoKey, []string{onlyOne}, "-json")
		var got struct {
			BaseURL  string `json:"base_url"`
			Verdict  string
			Exit     int
			Calls    int
			Findings []struct{ Code, Verdict, Value, Asked, Answered, Question, Setting string }
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		if code != got.Exit || got.Verdict != string(probe.Documented) || got.BaseURL != "http://api.test" || got.Calls == 0 || len(got.Findings) != len(probe.Codes()) {
			t.Errorf("%d: %+v", code, got)
		}
		for _, f := range got.Findings {
			if f.Question == f.Code || f.Question == "" {
				t.Errorf("%s has no words", f.Code)
			}
			if f.Code == "key-header" && (f.Value != "either" || f.Setting != "CONSOLE_AUTH_HEADERS=both" || !strings.HasPrefix(f.Asked, "GET /v1/agents") || f.Answered == "") {
				t.Errorf("%+v", f)
			}
		}
	})
}

// TestProbeSave: the environment's answers are in the database, the same as were printed.
func TestProbeSave(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "console.db")
	var printed string
	synctest.Test(t, func(t *testing.T) {
		code, out, problems := probed(t, quiet(nil), sandbox.DemoKey, []string{onlyOne, "CONSOLE_DATABASE=" + path}, "-json", "-save")
		if code != probeDocumented {
			t.Fatalf("%d: %s", code, problems)
		}
		printed = out
	})
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: path, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	report, at, err := store.Probe(t.Context(), "prod")
	if err != nil || at.IsZero() || string(report) != strings.TrimSpace(printed) {
		t.Errorf("%s, %v:\n%s\nwas printed:\n%s", at, err, report, printed)
	}
}

// TestProbeAsksForTheKey: whoever starts it at a terminal learns what it waits for.
func TestProbeAsksForTheKey(t *testing.T) {
	t.Parallel()
	device, err := os.Open(os.DevNull) // a terminal, as far as can be told, at its end
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	var said strings.Builder
	env := Environment{Environ: []string{onlyOne}, Usage: &said, Input: device}
	if code := runProbe(t.Context(), env, probe.Config{}, &said, &said); code != probeNotAsked || !strings.Contains(said.String(), "press Enter") {
		t.Errorf("%d: %s", code, said.String())
	}
}

// TestSentences: every sentence is of a code that there is.
func TestSentences(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for _, code := range probe.Codes() {
		codes[string(code)] = true
	}
	for key := range sentences("https://api.test") {
		if code, _, _ := strings.Cut(key, " "); !codes[code] {
			t.Errorf("%q is of no code", key)
		}
	}
	unknown := probe.Finding{Code: probe.KeyHeader, Verdict: probe.Unknown, Value: "either"}
	if got := follows(unknown, ""); got != "" {
		t.Errorf("of what cannot be told follows %q", got)
	}
}

// TestRunDispatches: the commands that read no configuration are reached from run.
func TestRunDispatches(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	code := run(t.Context(), Environment{Args: []string{"probe", "-nonsense"}, Usage: io.Discard}, &said, &said)
	if code != probeNotAsked || !strings.Contains(said.String(), "console probe") {
		t.Errorf("%d: %s", code, said.String())
	}
}
