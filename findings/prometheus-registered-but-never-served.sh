#!/usr/bin/env bash
#
# Register says nil to a metric that makes every later scrape a 500.
#
# Version: github.com/prometheus/client_golang v1.25.0. Seen on 2026-11-30.
#
# Expected: what collides is refused by Register (as the same name with another help is), so
#           that MustRegister at the start of a process is the test of it; what Register has
#           taken is served.
# Does:     Register compares descriptors, and those know neither the type nor the names
#           that a histogram makes up. It takes a counter "wait_count" beside a histogram
#           "wait", and a counter and a gauge of one name with different constant labels.
#           The first scrape finds out: 500 with the complaint, and none of the metrics of
#           the process, also those of others in it, as promhttp's default is to serve all or
#           nothing. With label vectors it begins only when the second gets its first value.
#
# Output as seen:
#   same name, other help: register refuses: true
#   histogram wait and counter wait_count: register: <nil>; scrape 500, bystander served: false
#   gauge and counter of one name: register: <nil>; scrape 500, bystander served: false
#   the same as vectors, one without values: register: <nil>; scrape 200, bystander served: true
#   the same after its first value: scrape 500, bystander served: false
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/prometheus/client_golang@v1.25.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func scrape(reg *prometheus.Registry) string {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(reg, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return fmt.Sprintf("scrape %d, bystander served: %v", w.Code, strings.Contains(w.Body.String(), "bystander 0"))
}

func registry(cs ...prometheus.Collector) (*prometheus.Registry, error) {
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "bystander", Help: "Of another package."}))
	var errs []error
	for _, c := range cs {
		errs = append(errs, reg.Register(c))
	}
	return reg, errors.Join(errs...)
}

func main() {
	_, err := registry(
		prometheus.NewCounter(prometheus.CounterOpts{Name: "x", Help: "One."}),
		prometheus.NewCounter(prometheus.CounterOpts{Name: "x", Help: "Two."}))
	fmt.Println("same name, other help: register refuses:", err != nil)

	reg, err := registry(
		prometheus.NewHistogram(prometheus.HistogramOpts{Name: "wait", Help: "Seconds."}),
		prometheus.NewCounter(prometheus.CounterOpts{Name: "wait_count", Help: "Waits."}))
	fmt.Printf("histogram wait and counter wait_count: register: %v; %s\n", err, scrape(reg))

	reg, err = registry(
		prometheus.NewGauge(prometheus.GaugeOpts{Name: "jobs", Help: "Jobs.", ConstLabels: prometheus.Labels{"of": "a"}}),
		prometheus.NewCounter(prometheus.CounterOpts{Name: "jobs", Help: "Jobs.", ConstLabels: prometheus.Labels{"of": "b"}}))
	fmt.Printf("gauge and counter of one name: register: %v; %s\n", err, scrape(reg))

	gauges := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "jobs", Help: "Jobs.", ConstLabels: prometheus.Labels{"of": "a"}}, []string{"queue"})
	counters := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jobs", Help: "Jobs.", ConstLabels: prometheus.Labels{"of": "b"}}, []string{"queue"})
	reg, err = registry(gauges, counters)
	gauges.WithLabelValues("q").Set(1)
	fmt.Printf("the same as vectors, one without values: register: %v; %s\n", err, scrape(reg))
	counters.WithLabelValues("q").Inc()
	fmt.Printf("the same after its first value: %s\n", scrape(reg))
}
EOF
go get . 2>log || { cat log >&2; exit 2; }
go run . | tee seen

cat >want <<'EOF'
same name, other help: register refuses: true
histogram wait and counter wait_count: register: <nil>; scrape 500, bystander served: false
gauge and counter of one name: register: <nil>; scrape 500, bystander served: false
the same as vectors, one without values: register: <nil>; scrape 200, bystander served: true
the same after its first value: scrape 500, bystander served: false
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
