#!/usr/bin/env bash
#
# minify makes a green of the brown hsl(30 50 50).
#
# Versions: github.com/tdewolff/minify/v2 v2.24.25, Chromium 156 headless (CHROMIUM=path for
#           another). Seen on 2026-11-30.
#
# Expected: the README says that hsl() is written as a hex colour, so as that colour. In CSS
#           Color 4 the numbers in hsl(30 50 50) are percentages whose sign is left out, as
#           in hwb(), which is left alone.
# Does:     a number without a sign is taken for a part of one, so that 50 is far more than
#           all there is, and the colour is worked out with it: #61ce3c. With the signs it is
#           right, and so it is with an opacity, as then the colour is left as it is. No
#           error.
#
# Output as seen:
#   as written rgb(191, 128, 64) from #box { color: hsl(30 50 50) }
#   minified   rgb(97, 206, 60) from #box{color:#61ce3c}
#   as written rgb(102, 117, 133) from #box { color: hsl(210 13 46) }
#   minified   rgb(137, 210, 28) from #box{color:#89d21c}
#   as written rgb(191, 128, 64) from #box { color: hsl(30 50% 50%) }
#   minified   rgb(191, 128, 64) from #box{color:#bf8040}
#   as written rgba(191, 128, 64, 0.5) from #box { color: hsl(30 50 50 / 50%) }
#   minified   rgba(191, 128, 64, 0.5) from #box{color:hsl(30 50 50/.5)}
#   as written rgb(191, 128, 64) from #box { color: hwb(30 25 25) }
#   minified   rgb(191, 128, 64) from #box{color:hwb(30 25 25)}
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/tdewolff/minify/v2@v2.24.25 github.com/tdewolff/parse/v2@v2.8.20 2>log || { cat log >&2; exit 2; }
cat >sheets.txt <<'EOF'
#box { color: hsl(30 50 50) }
#box { color: hsl(210 13 46) }
#box { color: hsl(30 50% 50%) }
#box { color: hsl(30 50 50 / 50%) }
#box { color: hwb(30 25 25) }
EOF
cat >main.go <<'EOF'
// Writes a page that has what a browser makes of each sheet and of the same sheet minified.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
)

func main() {
	text, err := os.ReadFile("sheets.txt")
	if err != nil {
		panic(err)
	}
	m := minify.New()
	m.Add("text/css", &css.Minifier{})
	var sheets [][2]string
	for sheet := range strings.Lines(string(text)) {
		small, err := m.String("text/css", sheet)
		if err != nil {
			panic(err)
		}
		sheets = append(sheets, [2]string{strings.TrimSpace(sheet), small})
	}
	list, err := json.Marshal(sheets)
	if err != nil {
		panic(err)
	}
	page, err := os.ReadFile("page.html")
	if err != nil {
		panic(err)
	}
	fmt.Print(strings.Replace(string(page), "SHEETS", string(list), 1))
}
EOF
cat >page.html <<'EOF'
<!doctype html><title>Page</title>
<div id="box" class="open"></div>
<script>
	// became is what the element has under a sheet.
	const became = (text) => {
		const sheet = document.createElement("style");
		sheet.textContent = text;
		document.head.append(sheet);
		const has = getComputedStyle(document.getElementById("box")).color;
		sheet.remove();
		return has;
	};
	const lines = SHEETS.flatMap(([written, small]) => [
		`as written ${became(written)} from ${written}`,
		`minified   ${became(small)} from ${small}`,
	]);
	document.body.insertAdjacentHTML("beforeend", `\n<pre id="out">${lines.join("\n")}\n</pre>`);
</script>
EOF
go run . >made.html
timeout 120 "$CHROMIUM" --headless --no-sandbox --user-data-dir="$dir/profile" --dump-dom "file://$dir/made.html" >dom 2>log ||
	{ cat log >&2; exit 2; }
sed -n '/^<pre id="out">/,/<\/pre>/p' dom | sed -e 's/^<pre id="out">//' -e 's/<\/pre>.*//' -e '/^$/d' | tee seen

cat >want <<'EOF'
as written rgb(191, 128, 64) from #box { color: hsl(30 50 50) }
minified   rgb(97, 206, 60) from #box{color:#61ce3c}
as written rgb(102, 117, 133) from #box { color: hsl(210 13 46) }
minified   rgb(137, 210, 28) from #box{color:#89d21c}
as written rgb(191, 128, 64) from #box { color: hsl(30 50% 50%) }
minified   rgb(191, 128, 64) from #box{color:#bf8040}
as written rgba(191, 128, 64, 0.5) from #box { color: hsl(30 50 50 / 50%) }
minified   rgba(191, 128, 64, 0.5) from #box{color:hsl(30 50 50/.5)}
as written rgb(191, 128, 64) from #box { color: hwb(30 25 25) }
minified   rgb(191, 128, 64) from #box{color:hwb(30 25 25)}
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
