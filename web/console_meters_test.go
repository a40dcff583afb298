package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestMeters: after a save everything that is counted has been, under names as Prometheus
// wants them, one name for an environment, and no label that says who.
func TestMeters(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	s := newStand(t, func(o *setup) {
		o.web.Metrics, o.name = registry, "Một môi trường"
		o.sandbox = func(cfg *sandbox.Config) { cfg.Limits = sandbox.Limits{Tenant: 9000, Route: 8000} }
	})
	p := s.signIn(sandbox.DemoKey)
	s.api.Fail(sandbox.RateLimited("1").On(sandbox.OpRecording))
	p.post("/agents/082018/recording", enabled("true"))
	p.get("/agents?status=1").is(http.StatusOK)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.NewWithMetricFamilies(families).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promtool would say: %v, %v", problems, err)
	}
	values := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				if l.GetName() == "environment" && l.GetValue() != "sandbox" {
					t.Errorf("%s has the environment %q", f.GetName(), l.GetValue())
				}
				if strings.Contains(l.GetValue(), "08201") || strings.Contains(l.GetValue(), "20260310") {
					t.Errorf("%s has the label %s", f.GetName(), l)
				}
				s.noKeyIn(f.GetName(), l.GetValue())
				if l.GetName() == "limit" || l.GetName() == "result" {
					name += " " + l.GetValue()
				}
			}
			values[name] += figure(m)
		}
	}
	for name, want := range map[string]float64{
		"console_upstream_budget_limit_calls tenant": 9000, "console_upstream_budget_limit_calls list": 8000,
		"console_upstream_limited_total": 1, "console_changes_total refused": 1,
	} {
		if values[name] != want {
			t.Errorf("%s is %v, want %v", name, values[name], want)
		}
	}
	for _, name := range []string{
		"console_http_request_duration_seconds", "console_upstream_call_duration_seconds", "console_snapshot_age_seconds",
	} {
		if _, ok := values[name]; !ok {
			t.Errorf("there is no %s", name)
		}
	}
	if left := values["console_upstream_budget_remaining_calls list"]; left < 1 || left >= 8000 {
		t.Errorf("%v calls are left of a limit that was just used", left)
	}
	// No answer has named it.
	if _, ok := values["console_upstream_budget_limit_calls queues"]; ok {
		t.Error("the limit of an endpoint that nobody has called is known")
	}
}

func figure(m *dto.Metric) float64 {
	switch {
	case m.GetGauge() != nil:
		return m.GetGauge().GetValue()
	case m.GetCounter() != nil:
		return m.GetCounter().GetValue()
	}
	return float64(m.GetHistogram().GetSampleCount())
}
