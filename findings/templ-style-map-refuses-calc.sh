#!/usr/bin/env bash
#
# templ takes calc(...), var(...) and rgb(...) in a style text, and refuses them in a map.
#
# Version: github.com/a-h/templ v0.3.1118. Seen on 2026-11-30.
#
# Expected: style={ "width: calc(100% - 2rem)" } and style={ map[string]string{"width":
#           "calc(100% - 2rem)"} } are two ways to say one thing. The guide lists them side by
#           side, and has templ.SafeCSS for the one and templ.SafeCSSProperty for the other
#           where a value is not to be sanitized; so both take it, or neither.
# Does:     the value from a map, and from templ.KV of two strings, has another filter, to
#           which a round bracket is unsafe (url(...) as background-image apart): in its
#           place stands zTemplUnsafeCSSPropertyValue, which a browser drops. Render has no
#           error, and "templ generate" and a test of the status see nothing. It is the
#           modern half of CSS: calc, var, min, clamp, rgb, minmax, translate.
#
# Output as seen:
#   text <p style="width: 50%;"></p> <nil>
#   map  <p style="width:50%;"></p> <nil>
#   pair <p style="width:50%;"></p> <nil>
#   text <p style="width: calc(100% - 2rem);"></p> <nil>
#   map  <p style="width:zTemplUnsafeCSSPropertyValue;"></p> <nil>
#   pair <p style="width:zTemplUnsafeCSSPropertyValue;"></p> <nil>
#   text <p style="color: var(--accent);"></p> <nil>
#   map  <p style="color:zTemplUnsafeCSSPropertyValue;"></p> <nil>
#   pair <p style="color:zTemplUnsafeCSSPropertyValue;"></p> <nil>
#   text <p style="color: rgb(0 0 0 / 50%);"></p> <nil>
#   map  <p style="color:zTemplUnsafeCSSPropertyValue;"></p> <nil>
#   pair <p style="color:zTemplUnsafeCSSPropertyValue;"></p> <nil>
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/a-h/templ@v0.3.1118 github.com/a-h/templ/cmd/templ@v0.3.1118 2>log || { cat log >&2; exit 2; }
cat >page.templ <<'EOF'
package main

templ text(property, value string) {
	<p style={ property + ": " + value }></p>
}

templ mapped(property, value string) {
	<p style={ map[string]string{property: value} }></p>
}

templ pair(property, value string) {
	<p style={ templ.KV(property, value) }></p>
}
EOF
cat >main.go <<'EOF'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/a-h/templ"
)

func main() {
	for _, c := range []struct{ property, value string }{
		{"width", "50%"}, {"width", "calc(100% - 2rem)"}, {"color", "var(--accent)"}, {"color", "rgb(0 0 0 / 50%)"},
	} {
		for _, way := range []struct {
			name string
			templ.Component
		}{
			{"text", text(c.property, c.value)}, {"map", mapped(c.property, c.value)}, {"pair", pair(c.property, c.value)},
		} {
			fmt.Printf("%-4s ", way.name)
			err := way.Render(context.Background(), os.Stdout)
			fmt.Println("", err)
		}
	}
}
EOF
go run github.com/a-h/templ/cmd/templ generate -log-level error >/dev/null
go run . | tee seen

cat >want <<'EOF'
text <p style="width: 50%;"></p> <nil>
map  <p style="width:50%;"></p> <nil>
pair <p style="width:50%;"></p> <nil>
text <p style="width: calc(100% - 2rem);"></p> <nil>
map  <p style="width:zTemplUnsafeCSSPropertyValue;"></p> <nil>
pair <p style="width:zTemplUnsafeCSSPropertyValue;"></p> <nil>
text <p style="color: var(--accent);"></p> <nil>
map  <p style="color:zTemplUnsafeCSSPropertyValue;"></p> <nil>
pair <p style="color:zTemplUnsafeCSSPropertyValue;"></p> <nil>
text <p style="color: rgb(0 0 0 / 50%);"></p> <nil>
map  <p style="color:zTemplUnsafeCSSPropertyValue;"></p> <nil>
pair <p style="color:zTemplUnsafeCSSPropertyValue;"></p> <nil>
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
