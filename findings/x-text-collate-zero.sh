#!/usr/bin/env bash
#
# golang.org/x/text/collate with Numeric puts 0 after every other number.
#
# Versions: golang.org/x/text v0.44.0, Node 20 with its ICU (for comparison). Seen on
#           2026-11-30.
#
# Expected: collate.Numeric "specifies that numbers should sort numerically": 0 comes before
#           1, as it does in ICU with numeric: true, and as it does without the option.
# Does:     a 0 (00 too) that is followed by anything else than a digit sorts after all the
#           numbers, and before the letters: v0.9 after v1.0, 0:30 after 23:30, "0 hits"
#           after "99 hits". At the end of the text it is in its place, so a list of a1, a0,
#           a10 looks right. The project knows it as golang/go#25554, open since 2018; the
#           documentation does not say it.
#
# Output as seen:
#   x/text           v0.9 | v1.0 | v10.0 | v2.0
#   x/text, Numeric  v1.0 | v2.0 | v10.0 | v0.9
#   x/text           0:30 | 1:30 | 23:30 | 9:30
#   x/text, Numeric  1:30 | 9:30 | 23:30 | 0:30
#   x/text           0 hits | 1 hit | 2 hits | 99 hits | x hits
#   x/text, Numeric  1 hit | 2 hits | 99 hits | 0 hits | x hits
#   x/text           a0 | a1 | a10
#   x/text, Numeric  a0 | a1 | a10
#   ICU, numeric     v0.9 | v1.0 | v2.0 | v10.0
#   ICU, numeric     0:30 | 1:30 | 9:30 | 23:30
#   ICU, numeric     0 hits | 1 hit | 2 hits | 99 hits | x hits
#   ICU, numeric     a0 | a1 | a10
set -euo pipefail

command -v node >/dev/null || { echo "no node" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get golang.org/x/text@v0.44.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

func main() {
	for _, list := range []string{"v10.0|v1.0|v0.9|v2.0", "9:30|0:30|23:30|1:30", "2 hits|0 hits|99 hits|1 hit|x hits", "a1|a0|a10"} {
		words := strings.Split(list, "|")
		collate.New(language.English).SortStrings(words)
		fmt.Println("x/text          ", strings.Join(words, " | "))
		collate.New(language.English, collate.Numeric).SortStrings(words)
		fmt.Println("x/text, Numeric ", strings.Join(words, " | "))
	}
}
EOF
{
	go run .
	node -e '
		for (const list of ["v10.0|v1.0|v0.9|v2.0", "9:30|0:30|23:30|1:30", "2 hits|0 hits|99 hits|1 hit|x hits", "a1|a0|a10"]) {
			const words = list.split("|").sort(new Intl.Collator("en", { numeric: true }).compare);
			console.log("ICU, numeric     " + words.join(" | "));
		}
	'
} | tee seen

cat >want <<'EOF'
x/text           v0.9 | v1.0 | v10.0 | v2.0
x/text, Numeric  v1.0 | v2.0 | v10.0 | v0.9
x/text           0:30 | 1:30 | 23:30 | 9:30
x/text, Numeric  1:30 | 9:30 | 23:30 | 0:30
x/text           0 hits | 1 hit | 2 hits | 99 hits | x hits
x/text, Numeric  1 hit | 2 hits | 99 hits | 0 hits | x hits
x/text           a0 | a1 | a10
x/text, Numeric  a0 | a1 | a10
ICU, numeric     v0.9 | v1.0 | v2.0 | v10.0
ICU, numeric     0:30 | 1:30 | 9:30 | 23:30
ICU, numeric     0 hits | 1 hit | 2 hits | 99 hits | x hits
ICU, numeric     a0 | a1 | a10
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
