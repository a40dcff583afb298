#!/usr/bin/env bash
#
# promhttp counts an answer as 103 that begins with a hint and is a 200.
#
# Version: github.com/prometheus/client_golang v1.25.0. Seen on 2026-11-30.
#
# Expected: the label "code" of the Instrument… handlers is the status of the answer. A
#           handler may send 1xx answers before it, as often as it likes (net/http's comment
#           of WriteHeader); a 200 need not be said, Write does it.
# Does:     the first status that is said, whichever it is, ends the waiting for one: after
#           early hints the 200 of Write is not seen, and the answer with its size is counted
#           under 103. InstrumentHandlerTimeToWriteHeader takes its time at the hint, which is
#           sent before the work, also where a 404 is said after it. The project knows it as
#           client_golang#1772, of 2025; the documentation does not say it.
#
# Output as seen:
#   200 without a hint:   the client sees 200; counted under 200, 5 bytes under 200; header under 200 after the work: true
#   hint, then Write:     the client sees 200; counted under 103, 5 bytes under 103; header under 103 after the work: false
#   hint, 200, Write:     the client sees 200; counted under 200, 5 bytes under 200; header under 103 after the work: false
#   hint, then 404:       the client sees 404; counted under 404, 0 bytes under 404; header under 103 after the work: false
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/prometheus/client_golang@v1.25.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// only is the one metric of a vector, and the code that it has for its label.
func only(c prometheus.Collector) (m dto.Metric, code string) {
	reg := prometheus.NewRegistry()
	reg.MustRegister(c)
	families, err := reg.Gather()
	if err != nil || len(families) != 1 || len(families[0].Metric) != 1 {
		panic(fmt.Sprint(families, err))
	}
	one := families[0].Metric[0]
	m.Counter, m.Histogram = one.Counter, one.Histogram
	return m, one.Label[0].GetValue()
}

const work = 200 * time.Millisecond

func try(what string, answer http.HandlerFunc) {
	count := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "answers"}, []string{"code"})
	size := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "size"}, []string{"code"})
	header := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "header"}, []string{"code"})
	server := httptest.NewServer(promhttp.InstrumentHandlerTimeToWriteHeader(header,
		promhttp.InstrumentHandlerResponseSize(size, promhttp.InstrumentHandlerCounter(count, answer))))
	resp, err := http.Get(server.URL)
	if err != nil {
		panic(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		panic(err)
	}
	server.Close() // waits for the handlers

	_, counted := only(count)
	sized, of := only(size)
	began, at := only(header)
	fmt.Printf("%-21s the client sees %d; counted under %s, %v bytes under %s; header under %s after the work: %v\n",
		what+":", resp.StatusCode, counted, sized.Histogram.GetSampleSum(), of, at,
		began.Histogram.GetSampleSum() >= work.Seconds())
}

func main() {
	hint := func(w http.ResponseWriter) {
		w.Header().Set("Link", "</app.css>; rel=preload; as=style")
		w.WriteHeader(http.StatusEarlyHints)
		time.Sleep(work)
	}
	try("200 without a hint", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(work)
		io.WriteString(w, "hello")
	})
	try("hint, then Write", func(w http.ResponseWriter, _ *http.Request) {
		hint(w)
		io.WriteString(w, "hello")
	})
	try("hint, 200, Write", func(w http.ResponseWriter, _ *http.Request) {
		hint(w)
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, "hello")
	})
	try("hint, then 404", func(w http.ResponseWriter, _ *http.Request) {
		hint(w)
		w.WriteHeader(http.StatusNotFound)
	})
}
EOF
go get . 2>log || { cat log >&2; exit 2; }
go run . | tee seen

cat >want <<'EOF'
200 without a hint:   the client sees 200; counted under 200, 5 bytes under 200; header under 200 after the work: true
hint, then Write:     the client sees 200; counted under 103, 5 bytes under 103; header under 103 after the work: false
hint, 200, Write:     the client sees 200; counted under 200, 5 bytes under 200; header under 103 after the work: false
hint, then 404:       the client sees 404; counted under 404, 0 bytes under 404; header under 103 after the work: false
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
