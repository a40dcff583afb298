#!/usr/bin/env bash
#
# golang.org/x/text/number writes 9.96 as 1 and 99.6 as 10 when it is asked for two digits.
#
# Version: golang.org/x/text v0.44.0. Seen on 2026-11-30.
#
# Expected: number.Decimal(9.96, number.Precision(2)), "the maximum number of significant
#           digits", is 10, as number.Scientific with the same option has it (1×10¹) and as
#           strconv has it with 'g' and 2.
# Does:     where rounding up ends at a power of ten, Decimal forgets the new place and
#           writes a tenth of the number: 0.996 as 0.1, 9.96 as 1, 996 as 100. Its
#           neighbours are right, so it takes a value such as a rate that is nearly whole to
#           see it, and what is seen is a plain number without an error. Scale and
#           MaxFractionDigits are right. The project knows it as golang/go#31254, open
#           since 2019; the documentation does not say it.
#
# Output as seen:
#   0.0996 strconv 0.1, Scientific 1×10⁻¹, Decimal 0.01
#   0.994 strconv 0.99, Scientific 9.9×10⁻¹, Decimal 0.99
#   0.996 strconv 1, Scientific 1×10⁰, Decimal 0.1
#   1.96  strconv 2, Scientific 2×10⁰, Decimal 2
#   9.94  strconv 9.9, Scientific 9.9×10⁰, Decimal 9.9
#   9.96  strconv 10, Scientific 1×10¹, Decimal 1
#   99.6  strconv 1e+02, Scientific 1×10², Decimal 10
#   996   strconv 1e+03, Scientific 1×10³, Decimal 100
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
	"strconv"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

func main() {
	p := message.NewPrinter(language.English)
	for _, v := range []float64{0.0996, 0.994, 0.996, 1.96, 9.94, 9.96, 99.6, 996} {
		fmt.Printf("%-5v strconv %s, Scientific %s, Decimal %s\n", v, strconv.FormatFloat(v, 'g', 2, 64),
			p.Sprint(number.Scientific(v, number.Precision(2))),
			p.Sprint(number.Decimal(v, number.Precision(2))))
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
0.0996 strconv 0.1, Scientific 1×10⁻¹, Decimal 0.01
0.994 strconv 0.99, Scientific 9.9×10⁻¹, Decimal 0.99
0.996 strconv 1, Scientific 1×10⁰, Decimal 0.1
1.96  strconv 2, Scientific 2×10⁰, Decimal 2
9.94  strconv 9.9, Scientific 9.9×10⁰, Decimal 9.9
9.96  strconv 10, Scientific 1×10¹, Decimal 1
99.6  strconv 1e+02, Scientific 1×10², Decimal 10
996   strconv 1e+03, Scientific 1×10³, Decimal 100
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
