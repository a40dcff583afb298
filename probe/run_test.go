package probe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/probe"
)

// plain is the API as it comes, and a probe of it.
func plain(change func(*world)) *world {
	demo := sandbox.Demo(sandbox.DemoOptions{Quiet: true})
	demo.Config.PathPrefix = ""
	demo.Config.Limits = sandbox.Limits{Tenant: 100, Route: 100}
	w := &world{config: demo.Config, base: "http://api.test", scopeless: true}
	w.wire = wire{dice: rand.New(rand.NewPCG(1, 2)), kept: true}
	if change != nil {
		change(w)
	}
	return w
}

// TestAsDocumented: nothing to remark on an API that is as its page has it.
func TestAsDocumented(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := plain(func(w *world) { w.config.MaxSize, w.config.Style = -1, sandbox.Joined })
		w.config.Tenants[0].Agents = withoutSecondCallout(w.config.Tenants[0].Agents)
		_, report := w.run(t)
		for _, f := range report.Findings {
			if f.Verdict == probe.Differs || f.Verdict == probe.Unusable {
				t.Errorf("%+v", f)
			}
		}
		if report.Worst() != probe.Documented || report.Stopped != "" {
			t.Errorf("%s, stopped: %q", report.Worst(), report.Stopped)
		}
	})
}

// withoutSecondCallout: two of them joined are a string, which the page does not know.
func withoutSecondCallout(agents []sandbox.Agent) []sandbox.Agent {
	for i := range agents {
		agents[i].Callout = agents[i].Callout[:min(1, len(agents[i].Callout))]
	}
	return agents
}

// TestUnusable: what keeps the console from being of any use, in few calls.
func TestUnusable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*world)
		code   probe.Code
		value  string
		most   int
	}{
		"elsewhere":   {func(w *world) { w.base += "/elsewhere" }, probe.BasePath, "", 2},
		"unknown key": {func(w *world) { w.config.Keys = nil }, probe.KeyHeader, "refused", 3},
		"key without scope": {func(w *world) {
			w.config.Keys = []sandbox.Key{{Secret: sandbox.DemoKey, Tenants: []int64{sandbox.AloHub}}}
		}, probe.MissingScope, "403 INSUFFICIENT_SCOPE", 1},
		"tenant missing":         {func(w *world) { w.config.Tenant = sandbox.TenantNeeded }, probe.TenantHeader, "needed", 1},
		"tenant of others":       {func(w *world) { w.tenant, w.config.Tenant = "7", sandbox.TenantNeeded }, probe.TenantHeader, "refused", 2},
		"numbers for extensions": {func(w *world) { w.config.NumericAgentID = true }, probe.Types, "agentId=number", 40},
		"one page":               {func(w *world) { w.config.IgnorePage = true }, probe.Numbering, "ignored", 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, report := plain(tc.change).run(t)
				if f := report.Find(tc.code); f.Verdict != probe.Unusable || f.Value != tc.value || f.Asked == "" || f.Answered == "" {
					t.Errorf("%+v", f)
				}
				if report.Worst() != probe.Unusable || report.Calls > tc.most {
					t.Errorf("%s after %d calls", report.Worst(), report.Calls)
				}
			})
		})
	}
}

// TestBadAnswers: an API that is none, fails, does not answer, or refuses for its limit,
// is asked a few times and no more.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault sandbox.Fault
		value string
		stop  probe.Stop
		most  int
	}{
		"portal":    {sandbox.CaptivePortal(), "not-the-api", probe.StopOther, 1},
		"500":       {sandbox.SystemError(), "not-the-api", probe.StopOther, 1},
		"bomb":      {sandbox.Bomb(), "not-the-api", probe.StopOther, 1},
		"truncated": {sandbox.Truncated(), "not-the-api", probe.StopOther, 1},
		"silence":   {sandbox.Silence(), "unreachable", probe.StopReach, 1},
		"429":       {sandbox.RateLimited("3"), "limited", probe.StopRefused, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := plain(nil)
				api := sandbox.New(w.config)
				api.Fail(tc.fault)
				w.wire.handler = api
				report, err := probe.Run(t.Context(), probe.Config{BaseURL: w.base, Key: apiclient.NewSecret(sandbox.DemoKey), Transport: &w.wire})
				if err != nil {
					t.Fatal(err)
				}
				f := report.Find(probe.BasePath)
				if f.Verdict != probe.Unusable || f.Value != tc.value || report.Stopped != tc.stop || report.Calls > tc.most {
					t.Errorf("%+v after %d calls, stopped: %q", f, report.Calls, report.Stopped)
				}
			})
		})
	}
}

// TestLimitMet: a 429 that came after all ends it, and is told.
func TestLimitMet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := plain(nil)
		api := sandbox.New(w.config)
		calls := 0
		w.wire.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if calls++; calls == 6 {
				api.Fail(sandbox.RateLimited("1"))
			}
			api.ServeHTTP(rw, r)
		})
		report, err := probe.Run(t.Context(), probe.Config{BaseURL: w.base, Key: apiclient.NewSecret(sandbox.DemoKey), Transport: &w.wire})
		if err != nil {
			t.Fatal(err)
		}
		if report.Calls != 6 || report.Limited != 1 || report.Stopped != probe.StopRefused {
			t.Errorf("%d calls, %d refused, stopped: %q", report.Calls, report.Limited, report.Stopped)
		}
		if f := report.Find(probe.PageSize); f.Verdict != probe.Unknown {
			t.Errorf("told without asking: %+v", f)
		}
	})
}

// TestOtherKeysLimits: what is left to the key without scope says nothing of ours.
func TestOtherKeysLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := plain(nil)
		api := sandbox.New(w.config)
		w.wire.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Api-Key") == sandbox.DemoKeyNoScope {
				rw.Header().Set("X-RateLimit-Limit-Tenant", "5000")
				rw.Header().Set("X-RateLimit-Remaining-Tenant", "4999")
			}
			api.ServeHTTP(rw, r)
		})
		time.Sleep(3300 * time.Millisecond) // into a window: begun with it, "first" would be as good
		report, err := probe.Run(t.Context(), probe.Config{
			BaseURL: w.base, Key: apiclient.NewSecret(sandbox.DemoKey), Scopeless: apiclient.NewSecret(sandbox.DemoKeyNoScope), Transport: &w.wire,
		})
		if err != nil {
			t.Fatal(err)
		}
		if limit, window := report.Find(probe.TenantLimit).Value, report.Find(probe.Window).Value; limit != "100/10s" || window != "clock" {
			t.Errorf("limit %q, window %q", limit, window)
		}
	})
}

// TestOverTLS: over a real connection it sees what it is.
func TestOverTLS(t *testing.T) {
	t.Parallel()
	api := sandbox.New(plain(nil).config)
	calls := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls++; calls == 9 {
			api.Fail(sandbox.RateLimited("1")) // nobody wants to wait for the rest
		}
		api.ServeHTTP(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	report, err := probe.Run(t.Context(), probe.Config{
		BaseURL: server.URL, Key: apiclient.NewSecret(sandbox.DemoKey), Transport: server.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[probe.Code]string{probe.TLS: "1.3", probe.HTTP2: "yes", probe.KeepAlive: "yes", probe.BasePath: "/v1", probe.Nulls: "null"} {
		if got := report.Find(code).Value; got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

// TestNothingLeft: a limit of which next to nothing is left is not touched again.
func TestNothingLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := plain(func(w *world) {
			w.config.Limits, w.before = sandbox.Limits{Tenant: 5, Window: time.Hour, Names: sandbox.KongNames}, 3
		})
		_, report := w.run(t)
		if report.Calls != 1 || report.Stopped != probe.StopLimit || report.Worst() == probe.Unusable {
			t.Errorf("%d calls, stopped: %q, %s", report.Calls, report.Stopped, report.Worst())
		}
	})
}

// TestInterrupted: what was found until then is the report.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := plain(func(w *world) { w.config.Limits.NoHeaders = true })
		w.wire.handler = sandbox.New(w.config)
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		report, err := probe.Run(ctx, probe.Config{BaseURL: w.base, Key: apiclient.NewSecret(sandbox.DemoKey), Transport: &w.wire})
		if err != nil || report.Stopped != probe.StopContext || report.Calls > 5 || report.Find(probe.Nulls).Value != "null" {
			t.Errorf("%v: %+v", err, report)
		}
	})
}

// TestNoSecrets: the report of an API that echoes all it can has no key, extension or name
// of an agent, and no tenant.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		synctest.Test(t, func(t *testing.T) {
			w := anyWorld(100 + seed)
			w.config.Limits = sandbox.Limits{}
			api := sandbox.New(w.config)
			w.wire.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				for _, name := range []string{"Server", "Via", "X-Echo", "X-Request-Id"} {
					rw.Header().Set(name, "nginx/1.2 ("+r.Header.Get("X-Api-Key")+" 082018 Nguyễn)")
				}
				api.ServeHTTP(rw, r)
			})
			for range 8 {
				api.Fail(sandbox.EchoedKey().On(sandbox.OpList))
			}
			cfg := probe.Config{
				BaseURL: w.base, Key: apiclient.NewSecret(sandbox.DemoKey), Scopeless: apiclient.NewSecret(sandbox.DemoKeyNoScope),
				Tenant: w.tenant, Transport: &w.wire,
			}
			for range 2 { // all answers echo, then few
				report, err := probe.Run(t.Context(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				raw, err := json.Marshal(report)
				if err != nil {
					t.Fatal(err)
				}
				for _, secret := range append(secretsOf(&w), sandbox.DemoKey, sandbox.DemoKeyNoScope, "Nguyễn", fmt.Sprint(sandbox.AloHub)) {
					if strings.Contains(string(raw), secret) {
						t.Errorf("the report has %q", secret)
					}
				}
			}
		})
	}
}

func secretsOf(w *world) []string {
	var out []string
	for _, a := range w.config.Tenants[0].Agents {
		if out = append(out, a.ID); a.UserName != "" {
			out = append(out, a.UserName)
		}
	}
	return out
}

// TestConfig: what cannot be asked with is said before anything is.
func TestConfig(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]probe.Config{
		"no key":        {BaseURL: "https://api.test"},
		"a broken key":  {BaseURL: "https://api.test", Key: apiclient.NewSecret("a\nb")},
		"no address":    {Key: apiclient.NewSecret("k")},
		"a bad tenant":  {BaseURL: "https://api.test", Key: apiclient.NewSecret("k"), Tenant: "a b"},
		"a bad 2nd key": {BaseURL: "https://api.test", Key: apiclient.NewSecret("k"), Scopeless: apiclient.NewSecret("\x00")},
	} {
		if report, err := probe.Run(t.Context(), cfg); err == nil || report != nil {
			t.Errorf("%s: %v", name, report)
		}
	}
}
