#!/usr/bin/env bash
#
# %.3g of golang.org/x/text/message prints four digits, and %.1g makes 0.1 of 0.75.
#
# Version: golang.org/x/text v0.44.0. Seen on 2026-11-30.
#
# Expected: a Printer's Sprintf is "like fmt.Sprintf, but using language-specific
#           formatting": other signs, the same digits. The precision of %g is the number of
#           significant digits (fmt), and that of %.1f and %.2e is kept by both.
# Does:     %.Ng has up to N+1 digits, in every language, as if the precision were that of
#           %e, which counts those after the point. 12.345 with %.3g is 12.3 in fmt, and
#           12.35 here. The choice between the two notations is still made with N, so
#           1234 with %.3g is 1.234×10⁰³: all its digits, in the notation for when they do
#           not fit. With %.1g, 0.25 is written as 0 and 0.75 as 0.1. %f and %e have the
#           digits of fmt, and a number with few digits mostly has, too, so a try with 2.5
#           says nothing.
#
# Output as seen:
#   %.3g of 12.345  fmt "12.3", message "12.35" (vi "12,35")
#   %.3g of 0.12345 fmt "0.123", message "0.1235" (vi "0,1235")
#   %.3g of 99.95   fmt "100", message "99.95" (vi "99,95")
#   %.3G of 1234    fmt "1.23E+03", message "1.234×10⁰³" (vi "1,234×10⁰³")
#   %.1g of 0.25    fmt "0.2", message "0" (vi "0")
#   %.1g of 0.75    fmt "0.8", message "0.1" (vi "0,1")
#   %.3g of 2.5     fmt "2.5", message "2.5" (vi "2,5")
#   %.1f of 12.345  fmt "12.3", message "12.3" (vi "12,3")
#   %.2e of 12.345  fmt "1.23e+01", message "1.23×10⁰¹" (vi "1,23×10⁰¹")
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get golang.org/x/text@v0.44.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"fmt"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

func main() {
	en, vi := message.NewPrinter(language.English), message.NewPrinter(language.Vietnamese)
	for _, c := range []struct {
		format string
		v      float64
	}{
		{"%.3g", 12.345}, {"%.3g", 0.12345}, {"%.3g", 99.95}, {"%.3G", 1234}, {"%.1g", 0.25}, {"%.1g", 0.75},
		{"%.3g", 2.5}, {"%.1f", 12.345}, {"%.2e", 12.345},
	} {
		fmt.Printf("%s of %-7v fmt %q, message %q (vi %q)\n", c.format, c.v,
			fmt.Sprintf(c.format, c.v), en.Sprintf(c.format, c.v), vi.Sprintf(c.format, c.v))
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
%.3g of 12.345  fmt "12.3", message "12.35" (vi "12,35")
%.3g of 0.12345 fmt "0.123", message "0.1235" (vi "0,1235")
%.3g of 99.95   fmt "100", message "99.95" (vi "99,95")
%.3G of 1234    fmt "1.23E+03", message "1.234×10⁰³" (vi "1,234×10⁰³")
%.1g of 0.25    fmt "0.2", message "0" (vi "0")
%.1g of 0.75    fmt "0.8", message "0.1" (vi "0,1")
%.3g of 2.5     fmt "2.5", message "2.5" (vi "2,5")
%.1f of 12.345  fmt "12.3", message "12.3" (vi "12,3")
%.2e of 12.345  fmt "1.23e+01", message "1.23×10⁰¹" (vi "1,23×10⁰¹")
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
