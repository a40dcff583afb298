#!/usr/bin/env bash
#
# minify takes the unit from "rotate: 0deg", which a browser then refuses.
#
# Versions: github.com/tdewolff/minify/v2 v2.24.25, Chromium 156 headless (CHROMIUM=path for
#           another). Seen on 2026-11-30.
#
# Expected: the README says that the dimension of a zero is removed, and that only what is
#           safe is done. CSS takes a zero without a unit for a length; for an angle only
#           where it always did, as in transform: rotate(0), and not in the property rotate.
#           The times, of which that is so too, keep their unit: "0s" stays.
# Does:     rotate: 0deg becomes rotate: 0, which is no angle. The browser drops it, and what
#           an earlier rule says stays: an arrow that turns by 45 degrees does not turn back.
#           offset-rotate has it as well. No error.
#
# Output as seen:
#   as written 0deg from #box { rotate: 45deg } #box.open { rotate: 0deg }
#   minified   45deg from #box{rotate:45deg}#box.open{rotate:0}
#   as written 0deg from #box { rotate: 45deg } #box.open { rotate: 0turn }
#   minified   45deg from #box{rotate:45deg}#box.open{rotate:0}
#   as written 360deg from #box { rotate: 45deg } #box.open { rotate: 360deg }
#   minified   360deg from #box{rotate:45deg}#box.open{rotate:360deg}
#   as written none from #box { rotate: 45deg } #box.open { rotate: none }
#   minified   none from #box{rotate:45deg}#box.open{rotate:none}
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/tdewolff/minify/v2@v2.24.25 github.com/tdewolff/parse/v2@v2.8.20 2>log || { cat log >&2; exit 2; }
cat >sheets.txt <<'EOF'
#box { rotate: 45deg } #box.open { rotate: 0deg }
#box { rotate: 45deg } #box.open { rotate: 0turn }
#box { rotate: 45deg } #box.open { rotate: 360deg }
#box { rotate: 45deg } #box.open { rotate: none }
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
		const has = getComputedStyle(document.getElementById("box")).rotate;
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
as written 0deg from #box { rotate: 45deg } #box.open { rotate: 0deg }
minified   45deg from #box{rotate:45deg}#box.open{rotate:0}
as written 0deg from #box { rotate: 45deg } #box.open { rotate: 0turn }
minified   45deg from #box{rotate:45deg}#box.open{rotate:0}
as written 360deg from #box { rotate: 45deg } #box.open { rotate: 360deg }
minified   360deg from #box{rotate:45deg}#box.open{rotate:360deg}
as written none from #box { rotate: 45deg } #box.open { rotate: none }
minified   none from #box{rotate:45deg}#box.open{rotate:none}
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
