#!/usr/bin/env bash
#
# chromedp's Evaluate says of a number such as Math.round(-0.2) that it is null.
#
# Versions: github.com/chromedp/chromedp v0.23.0, Chromium 156 headless (CHROMIUM=path for
#           another). Seen on 2026-11-30.
#
# Expected: Evaluate[int] and Evaluate[float64] give the number, and ErrJSNull is for null, as
#           the comment of Evaluate says. A zero with a minus is a number like any other in
#           Go and in JSON, and comes out of plain sums: of rounding, of 0 * -1, of the
#           remainder of -4 by 2. NaN and Infinity are float64s.
# Does:     for these the browser says the number in another field of its answer, which is
#           not looked at. A test that reads a position fails now and then with "encountered
#           a null value"; as an any or a pointer the number is nil without an error. Within
#           a list the same numbers are 0, and a big integer is nil, too.
#
# Output as seen:
#   Math.round(0.2)    as int 0, <nil>; as float64 0, <nil>; as any 0, <nil>
#   Math.round(-0.2)   as int 0, encountered a null value; as float64 0, encountered a null value; as any <nil>, <nil>
#   -4 % 2             as int 0, encountered a null value; as float64 0, encountered a null value; as any <nil>, <nil>
#   1 / 0              as float64 0, encountered a null value; as any <nil>, <nil>
#   10n                as any <nil>, <nil>
#   null               as int 0, encountered a null value; as float64 0, encountered a null value; as any <nil>, <nil>
#   [-4 % 2, 1 / 0]    as list [0 0], <nil>
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/chromedp/chromedp@v0.23.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

func as[T any](ctx context.Context, name, expression string) string {
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	return fmt.Sprintf("as %s %v, %v", name, v, err)
}

func main() {
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(os.Args[1]), chromedp.NoSandbox, chromedp.UserDataDir(os.Args[2])))
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()

	say := func(expression string, read ...string) {
		fmt.Printf("%-18s %s\n", expression, strings.Join(read, "; "))
	}
	for _, e := range []string{"Math.round(0.2)", "Math.round(-0.2)", "-4 % 2"} {
		say(e, as[int](ctx, "int", e), as[float64](ctx, "float64", e), as[any](ctx, "any", e))
	}
	say("1 / 0", as[float64](ctx, "float64", "1 / 0"), as[any](ctx, "any", "1 / 0"))
	say("10n", as[any](ctx, "any", "10n"))
	say("null", as[int](ctx, "int", "null"), as[float64](ctx, "float64", "null"), as[any](ctx, "any", "null"))
	say("[-4 % 2, 1 / 0]", as[[]float64](ctx, "list", "[-4 % 2, 1 / 0]"))
}
EOF
go get . 2>log || { cat log >&2; exit 2; }
go run . "$CHROMIUM" "$dir/profile" | tee seen

cat >want <<'EOF'
Math.round(0.2)    as int 0, <nil>; as float64 0, <nil>; as any 0, <nil>
Math.round(-0.2)   as int 0, encountered a null value; as float64 0, encountered a null value; as any <nil>, <nil>
-4 % 2             as int 0, encountered a null value; as float64 0, encountered a null value; as any <nil>, <nil>
1 / 0              as float64 0, encountered a null value; as any <nil>, <nil>
10n                as any <nil>, <nil>
null               as int 0, encountered a null value; as float64 0, encountered a null value; as any <nil>, <nil>
[-4 % 2, 1 / 0]    as list [0 0], <nil>
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
