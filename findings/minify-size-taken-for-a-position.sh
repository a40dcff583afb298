#!/usr/bin/env bash
#
# minify shortens the size in "background: center / 100% 50%" as it does a position.
#
# Versions: github.com/tdewolff/minify/v2 v2.24.25, Chromium 156 headless (CHROMIUM=path for
#           another). Seen on 2026-11-30.
#
# Expected: what is left out of "background" is what a browser puts in by itself. Of a
#           position that is 50% for what is missing, of a size it is "auto". In
#           background-size, and in the shorthand mask, nothing is left out.
# Does:     a height of 50% is left out of the size as well, so that the picture has its own
#           height in place of half of the box's. Of "0 0", which is the beginning as a
#           position, nothing is left but the slash: the browser drops the declaration,
#           with the picture. Other sizes stay as they are. No error.
#
# Output as seen:
#   as written 100% 50% from #box { background: url(a.png) center / 100% 50% }
#   minified   100% auto from #box{background:url(a.png)50%/100%}
#   as written 50% 50% from #box { background: url(a.png) center / 50% 50% no-repeat }
#   minified   50% auto from #box{background:url(a.png)50%/50% no-repeat}
#   as written 0px 0px from #box { background: url(a.png) center / 0 0 no-repeat }
#   minified   auto from #box{background:url(a.png)50%/no-repeat}
#   as written 100% 40% from #box { background: url(a.png) center / 100% 40% }
#   minified   100% 40% from #box{background:url(a.png)50%/100% 40%}
#   as written 100% 50% from #box { background-size: 100% 50% }
#   minified   100% 50% from #box{background-size:100% 50%}
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/tdewolff/minify/v2@v2.24.25 github.com/tdewolff/parse/v2@v2.8.20 2>log || { cat log >&2; exit 2; }
cat >sheets.txt <<'EOF'
#box { background: url(a.png) center / 100% 50% }
#box { background: url(a.png) center / 50% 50% no-repeat }
#box { background: url(a.png) center / 0 0 no-repeat }
#box { background: url(a.png) center / 100% 40% }
#box { background-size: 100% 50% }
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
		const has = getComputedStyle(document.getElementById("box")).backgroundSize;
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
as written 100% 50% from #box { background: url(a.png) center / 100% 50% }
minified   100% auto from #box{background:url(a.png)50%/100%}
as written 50% 50% from #box { background: url(a.png) center / 50% 50% no-repeat }
minified   50% auto from #box{background:url(a.png)50%/50% no-repeat}
as written 0px 0px from #box { background: url(a.png) center / 0 0 no-repeat }
minified   auto from #box{background:url(a.png)50%/no-repeat}
as written 100% 40% from #box { background: url(a.png) center / 100% 40% }
minified   100% 40% from #box{background:url(a.png)50%/100% 40%}
as written 100% 50% from #box { background-size: 100% 50% }
minified   100% 50% from #box{background-size:100% 50%}
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
