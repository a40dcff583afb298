#!/usr/bin/env bash
#
# minify makes "flex: 1" of "flex: 1 1 0px", which is another height in a column.
#
# Versions: github.com/tdewolff/minify/v2 v2.24.25, Chromium 156 headless (CHROMIUM=path for
#           another). Seen on 2026-11-30.
#
# Expected: what is left out of "flex" is what a browser puts in by itself. For the basis it
#           puts in 0%, and that is not 0px: a part of a height that nobody has set is the
#           height of what is within. flex-basis keeps its zero.
# Does:     a basis of 0px, or of 0 with any unit, is left out. A box that may shrink to
#           nothing, in a column without a height, is as high as its content: 40px where
#           it was 0. In a row, and in a column with a height, it makes no difference, so a
#           try there says nothing. No error.
#
# Output as seen:
#   as written 0px, 0px high, from #box { flex: 1 1 0px; min-height: 0 }
#   minified   0%, 40px high, from #box{flex:1;min-height:0}
#   as written 0px, 0px high, from #box { flex: 0 0 0px; overflow: hidden }
#   minified   0%, 40px high, from #box{flex:0 0;overflow:hidden}
#   as written 0px, 0px high, from #box { flex-grow: 1; flex-shrink: 1; flex-basis: 0px; min-height: 0 }
#   minified   0px, 0px high, from #box{flex-grow:1;flex-shrink:1;flex-basis:0;min-height:0}
#   as written 0%, 40px high, from #box { flex: 1 1 0%; min-height: 0 }
#   minified   0%, 40px high, from #box{flex:1;min-height:0}
#   as written 1px, 1px high, from #box { flex: 1 1 1px; min-height: 0 }
#   minified   1px, 1px high, from #box{flex:1 1 1px;min-height:0}
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/tdewolff/minify/v2@v2.24.25 github.com/tdewolff/parse/v2@v2.8.20 2>log || { cat log >&2; exit 2; }
cat >sheets.txt <<'EOF'
#box { flex: 1 1 0px; min-height: 0 }
#box { flex: 0 0 0px; overflow: hidden }
#box { flex-grow: 1; flex-shrink: 1; flex-basis: 0px; min-height: 0 }
#box { flex: 1 1 0%; min-height: 0 }
#box { flex: 1 1 1px; min-height: 0 }
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
<div style="display: flex; flex-direction: column"><div id="box"><p style="height: 40px; margin: 0"></p></div></div>
<script>
	// became is what the element has under a sheet.
	const became = (text) => {
		const sheet = document.createElement("style");
		sheet.textContent = text;
		document.head.append(sheet);
		const box = document.getElementById("box");
		const has = `${getComputedStyle(box).flexBasis}, ${box.offsetHeight}px high,`;
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
as written 0px, 0px high, from #box { flex: 1 1 0px; min-height: 0 }
minified   0%, 40px high, from #box{flex:1;min-height:0}
as written 0px, 0px high, from #box { flex: 0 0 0px; overflow: hidden }
minified   0%, 40px high, from #box{flex:0 0;overflow:hidden}
as written 0px, 0px high, from #box { flex-grow: 1; flex-shrink: 1; flex-basis: 0px; min-height: 0 }
minified   0px, 0px high, from #box{flex-grow:1;flex-shrink:1;flex-basis:0;min-height:0}
as written 0%, 40px high, from #box { flex: 1 1 0%; min-height: 0 }
minified   0%, 40px high, from #box{flex:1;min-height:0}
as written 1px, 1px high, from #box { flex: 1 1 1px; min-height: 0 }
minified   1px, 1px high, from #box{flex:1 1 1px;min-height:0}
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
