package web

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alohub/agentconsole/apiclient"
)

// meters are what /metrics shows. The zero value keeps none.
type meters struct {
	requests *prometheus.HistogramVec
	calls    *prometheus.HistogramVec
	waits    *prometheus.CounterVec
}

// newMeters registers the metrics; with a nil registry none are kept.
func newMeters(registry prometheus.Registerer) (*meters, error) {
	m := &meters{}
	if registry == nil {
		return m, nil
	}
	m.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "console_request_seconds", Help: "Time to answer a request of a browser.",
		Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
	}, []string{"method", "route", "status"})
	m.calls = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "console_upstream_call_seconds", Help: "Time of a call to the Agent Management API, waiting for the budget left out.",
		Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20},
	}, []string{"environment", "op", "lane", "status"})
	m.waits = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "console_upstream_wait_seconds_total", Help: "Time that calls waited for the shared rate limit.",
	}, []string{"environment", "lane"})
	return m, errors.Join(registry.Register(m.requests), registry.Register(m.calls), registry.Register(m.waits))
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
}
