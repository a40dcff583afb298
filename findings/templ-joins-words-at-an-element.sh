#!/usr/bin/env bash
#
# templ drops the blank at the beginning of an element, so that two words become one.
#
# Versions: github.com/a-h/templ v0.3.1118, golang.org/x/net v0.62.0. Seen on 2026-11-30.
#
# Expected: the white space that templ drops is what makes no difference on the page. In
#           "Save<b> now</b>" it makes one; html/template keeps it, and templ itself keeps the
#           blank at the end of an element, "<b>Save </b>now".
# Does:     what comes first in an element loses its blank, whether it is a text or an
#           expression, and also where the element is inline and there is a word before it.
#
# Output as seen:
#   at the beginning:                  templ "Savenow", html/template "Save now"
#   at the beginning, an expression:   templ "Savenow", html/template "Save now"
#   at the beginning, a line:          templ "Savenow", html/template "Save now"
#   at the end:                        templ "Save now", html/template "Save now"
#   between:                           templ "Save now", html/template "Save now"
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/a-h/templ@v0.3.1118 github.com/a-h/templ/cmd/templ@v0.3.1118 golang.org/x/net@v0.62.0 2>log || { cat log >&2; exit 2; }
cat >page.templ <<'EOF'
package main

templ beginning() {
	<p>Save<b> now</b></p>
}

templ expression(word string) {
	<p>Save<b> { word }</b></p>
}

templ line() {
	<p>
		Save<b>
			now</b>
	</p>
}

templ end() {
	<p><b>Save </b>now</p>
}

templ between() {
	<p><b>Save</b> <i>now</i></p>
}
EOF
cat >main.go <<'EOF'
package main

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// text is what a browser shows of a page: its texts, with white space as one blank.
func text(page io.Reader) string {
	doc, err := html.Parse(page)
	if err != nil {
		panic(err)
	}
	var all strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			all.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(all.String()), " ")
}

func main() {
	for _, c := range []struct {
		name      string
		component templ.Component
		source    string
	}{
		{"at the beginning", beginning(), "<p>Save<b> now</b></p>"},
		{"at the beginning, an expression", expression("now"), "<p>Save<b> {{.}}</b></p>"},
		{"at the beginning, a line", line(), "<p>\nSave<b>\n\tnow</b>\n</p>"},
		{"at the end", end(), "<p><b>Save </b>now</p>"},
		{"between", between(), "<p><b>Save</b> <i>now</i></p>"},
	} {
		var ours, theirs bytes.Buffer
		if err := c.component.Render(context.Background(), &ours); err != nil {
			panic(err)
		}
		if err := template.Must(template.New("").Parse(c.source)).Execute(&theirs, "now"); err != nil {
			panic(err)
		}
		fmt.Printf("%-34s templ %q, html/template %q\n", c.name+":", text(&ours), text(&theirs))
	}
}
EOF
go run github.com/a-h/templ/cmd/templ generate -log-level error >/dev/null
go run . | tee seen

cat >want <<'EOF'
at the beginning:                  templ "Savenow", html/template "Save now"
at the beginning, an expression:   templ "Savenow", html/template "Save now"
at the beginning, a line:          templ "Savenow", html/template "Save now"
at the end:                        templ "Save now", html/template "Save now"
between:                           templ "Save now", html/template "Save now"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
