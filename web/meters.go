package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster/live"
)

// meters are what /metrics shows. The zero value keeps none.
type meters struct {
	requests *prometheus.HistogramVec
	calls    *prometheus.HistogramVec
	waits    *prometheus.CounterVec
	limited  *prometheus.CounterVec
	changes  *prometheus.CounterVec
}

// newMeters registers the metrics; with a nil registry none are kept.
func newMeters(registry prometheus.Registerer) (*meters, error) {
	if registry == nil {
		return &meters{}, nil
	}
	requests := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "console_http_request_duration_seconds", Help: "Time to answer a request of a browser.",
		Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
	}, []string{"method", "route", "status"})
	calls := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "console_upstream_call_duration_seconds", Help: "Time of a call to the Agent Management API, waiting for the budget left out.",
		Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
	}, []string{"environment", "op", "lane", "status"})
	waits := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "console_upstream_wait_seconds_total", Help: "Time that calls waited for the shared rate limit.",
	}, []string{"environment", "lane"})
	limited := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "console_upstream_limited_total", Help: "Calls that the Agent Management API answered with 429.",
	}, []string{"environment", "lane"})
	changes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "console_changes_total", Help: "Changes that were sent or tried, by what came of them.",
	}, []string{"environment", "kind", "result"})
	var errs [5]error
	m := &meters{}
	m.requests, errs[0] = register(registry, requests)
	m.calls, errs[1] = register(registry, calls)
	m.waits, errs[2] = register(registry, waits)
	m.limited, errs[3] = register(registry, limited)
	m.changes, errs[4] = register(registry, changes)
	return m, errors.Join(errs[:]...)
}

// register returns the collector to count with: another console's, where the registry
// has it already. Consoles of one program are counted together.
func register[C prometheus.Collector](registry prometheus.Registerer, c C) (C, error) {
	err := registry.Register(c)
	if twice := (prometheus.AlreadyRegisteredError{}); errors.As(err, &twice) {
		if same, ok := twice.ExistingCollector.(C); ok {
			return same, nil
		}
	}
	return c, err
}

func (m *meters) request(method, route string, status int, took time.Duration) {
	if m.requests != nil {
		m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
	}
}

func (m *meters) call(i apiclient.CallInfo) {
	if m.calls == nil {
		return
	}
	lane := i.Lane.String()
	m.calls.WithLabelValues(i.Environment, i.Op, lane, strconv.Itoa(i.Status)).Observe(i.Duration.Seconds())
	m.waits.WithLabelValues(i.Environment, lane).Add(i.Waited.Seconds())
	if i.Status == http.StatusTooManyRequests {
		m.limited.WithLabelValues(i.Environment, lane).Inc()
	}
}

func (m *meters) change(environment string, kind journal.Kind, result journal.Result) {
	if m.changes != nil {
		m.changes.WithLabelValues(environment, string(kind), string(result)).Inc()
	}
}

// gauges tell how one console stands when somebody asks.
type gauges struct {
	roster  *live.Roster
	budgets map[string]*apiclient.Client // by the environment's slug

	age, left, limit *prometheus.Desc
}

// watch shows how old what people search is, and what is left of the API's limits. Of
// several consoles in one registry the first is shown.
func watch(registry prometheus.Registerer, roster *live.Roster, budgets map[string]*apiclient.Client) error {
	if registry == nil {
		return nil
	}
	err := registry.Register(&gauges{
		roster: roster, budgets: budgets,
		age: prometheus.NewDesc("console_snapshot_age_seconds",
			"How long ago the oldest snapshot of an environment's tenants was read whole.", []string{"environment"}, nil),
		left: prometheus.NewDesc("console_upstream_budget_remaining_calls",
			"Calls that a limit of ten seconds leaves now, to the key in use that has the smallest share left.", []string{"environment", "limit"}, nil),
		limit: prometheus.NewDesc("console_upstream_budget_limit_calls",
			"That limit, as the API last named it.", []string{"environment", "limit"}, nil),
	})
	if twice := (prometheus.AlreadyRegisteredError{}); errors.As(err, &twice) {
		return nil
	}
	return err
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{g.age, g.left, g.limit} {
		to <- d
	}
}

// Collect implements prometheus.Collector. A limit that no answer has named is left out:
// a guess would look like a figure.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	tell := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for environment, age := range g.roster.Ages() {
		tell(g.age, age.Seconds(), environment)
	}
	for environment, client := range g.budgets {
		b := client.Tightest()
		for limit, gauge := range map[string]apiclient.Gauge{"tenant": b.Tenant, "list": b.List, "queues": b.Queues, "recording": b.Recording, "gateway": b.Gateway} {
			if gauge.Known {
				tell(g.left, float64(gauge.Remaining), environment, limit)
				tell(g.limit, float64(gauge.Limit), environment, limit)
			}
		}
	}
}
