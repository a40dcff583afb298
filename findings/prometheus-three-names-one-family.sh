#!/usr/bin/env bash
#
# Metrics "a.b", "a_b" and "a-b" can all be registered, and are then one name three times.
#
# Versions: github.com/prometheus/client_golang v1.25.0, github.com/prometheus/common
#           v0.72.0. Seen on 2026-11-30.
#
# Expected: a registry sees to it that a name is there once, with one type and one help:
#           Register refuses what collides, and what promhttp serves can be parsed.
# Does:     names may have any UTF-8 now, so the three are different to the registry (a
#           pedantic one too), and Gather has no complaint. A client that does not ask for
#           UTF-8 names gets dots and dashes as underscores, and the page of status 200 has
#           three families a_b, of two types, and three different values of a_b. The text
#           parser of the same project refuses the whole page. A client that asks with
#           escaping=allow-utf-8 gets three names: it depends on who scrapes.
#
# Output as seen:
#   register a.b: <nil>
#   register a_b: <nil>
#   register a-b: <nil>
#   gather: <nil>
#   asked without a word: 200
#     # TYPE a_b gauge
#     a_b 3
#     # TYPE a_b counter
#     a_b 1
#     # TYPE a_b counter
#     a_b 2
#     parsed: text format parsing error in line 4: second HELP line for metric name "a_b"
#   asked for UTF-8: 200
#     # TYPE "a-b" gauge
#     {"a-b"} 3
#     # TYPE "a.b" counter
#     {"a.b"} 1
#     # TYPE a_b counter
#     a_b 2
#     parsed: <nil>
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/prometheus/client_golang@v1.25.0 github.com/prometheus/common@v0.72.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func main() {
	reg := prometheus.NewPedanticRegistry()
	dot := prometheus.NewCounter(prometheus.CounterOpts{Name: "a.b", Help: "With a dot."})
	line := prometheus.NewCounter(prometheus.CounterOpts{Name: "a_b", Help: "With a line."})
	dash := prometheus.NewGauge(prometheus.GaugeOpts{Name: "a-b", Help: "With a dash."})
	fmt.Println("register a.b:", reg.Register(dot))
	fmt.Println("register a_b:", reg.Register(line))
	fmt.Println("register a-b:", reg.Register(dash))
	dot.Add(1)
	line.Add(2)
	dash.Set(3)
	_, err := reg.Gather()
	fmt.Println("gather:", err)

	for _, ask := range []struct{ how, accept string }{
		{"without a word", ""},
		{"for UTF-8", "text/plain;version=1.0.0;escaping=allow-utf-8"},
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		if ask.accept != "" {
			r.Header.Set("Accept", ask.accept)
		}
		w := httptest.NewRecorder()
		promhttp.HandlerFor(reg, promhttp.HandlerOpts{}).ServeHTTP(w, r)
		fmt.Printf("asked %s: %d\n", ask.how, w.Code)
		for l := range strings.Lines(w.Body.String()) {
			if !strings.HasPrefix(l, "# HELP") {
				fmt.Print("  ", l)
			}
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		_, err := parser.TextToMetricFamilies(bytes.NewReader(w.Body.Bytes()))
		fmt.Println("  parsed:", err)
	}
}
EOF
go get . 2>log || { cat log >&2; exit 2; }
go run . | tee seen

cat >want <<'EOF'
register a.b: <nil>
register a_b: <nil>
register a-b: <nil>
gather: <nil>
asked without a word: 200
  # TYPE a_b gauge
  a_b 3
  # TYPE a_b counter
  a_b 1
  # TYPE a_b counter
  a_b 2
  parsed: text format parsing error in line 4: second HELP line for metric name "a_b"
asked for UTF-8: 200
  # TYPE "a-b" gauge
  {"a-b"} 3
  # TYPE "a.b" counter
  {"a.b"} 1
  # TYPE a_b counter
  a_b 2
  parsed: <nil>
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
