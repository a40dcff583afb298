#!/usr/bin/env bash
#
# templ joins the last word of one turn of a loop and the first of the next.
#
# Versions: github.com/a-h/templ v0.3.1118, golang.org/x/net v0.62.0. Seen on 2026-11-30.
#
# Expected: what stands on lines of its own is apart on the page, in each turn of a "for" as
#           it is for what follows an "if" or an expression; html/template with "range" over
#           the same lines has a blank between the turns.
# Does:     within one turn there is a blank at the end of a line, but not at the end of the
#           turn: a list of names is one long word, and so are badges in <b> or <span>, which
#           have a blank between them where they are written out one after another. A loop
#           that is tried with one item looks right.
#
# Output as seen:
#   names in a loop:          templ "AnBìnhChi", html/template "An Bình Chi"
#   elements in a loop:       templ "AnBìnhChi", html/template "An Bình Chi"
#   lines in a loop:          templ "Mr AnMr BìnhMr Chi", html/template "Mr An Mr Bình Mr Chi"
#   written out:              templ "An Bình Chi", html/template "An Bình Chi"
#   after an if:              templ "An Bình", html/template "An Bình"
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/a-h/templ@v0.3.1118 github.com/a-h/templ/cmd/templ@v0.3.1118 golang.org/x/net@v0.62.0 2>log || { cat log >&2; exit 2; }
cat >page.templ <<'EOF'
package main

templ names(all []string) {
	<p>
		for _, name := range all {
			{ name }
		}
	</p>
}

templ elements(all []string) {
	<p>
		for _, name := range all {
			<b>{ name }</b>
		}
	</p>
}

templ lines(all []string) {
	<p>
		for _, name := range all {
			Mr
			{ name }
		}
	</p>
}

templ written(all []string) {
	<p>
		<b>{ all[0] }</b>
		<b>{ all[1] }</b>
		{ all[2] }
	</p>
}

templ choice(all []string) {
	<p>
		if len(all) > 1 {
			{ all[0] }
		}
		{ all[1] }
	</p>
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
	all := []string{"An", "Bình", "Chi"}
	for _, c := range []struct {
		name      string
		component templ.Component
		source    string
	}{
		{"names in a loop", names(all), "<p>\n{{range .}}\n{{.}}\n{{end}}\n</p>"},
		{"elements in a loop", elements(all), "<p>\n{{range .}}\n<b>{{.}}</b>\n{{end}}\n</p>"},
		{"lines in a loop", lines(all), "<p>\n{{range .}}\nMr\n{{.}}\n{{end}}\n</p>"},
		{"written out", written(all), "<p>\n<b>{{index . 0}}</b>\n<b>{{index . 1}}</b>\n{{index . 2}}\n</p>"},
		{"after an if", choice(all), "<p>\n{{if .}}\n{{index . 0}}\n{{end}}\n{{index . 1}}\n</p>"},
	} {
		var ours, theirs bytes.Buffer
		if err := c.component.Render(context.Background(), &ours); err != nil {
			panic(err)
		}
		if err := template.Must(template.New("").Parse(c.source)).Execute(&theirs, all); err != nil {
			panic(err)
		}
		fmt.Printf("%-25s templ %q, html/template %q\n", c.name+":", text(&ours), text(&theirs))
	}
}
EOF
go run github.com/a-h/templ/cmd/templ generate -log-level error >/dev/null
go run . | tee seen

cat >want <<'EOF'
names in a loop:          templ "AnBìnhChi", html/template "An Bình Chi"
elements in a loop:       templ "AnBìnhChi", html/template "An Bình Chi"
lines in a loop:          templ "Mr AnMr BìnhMr Chi", html/template "Mr An Mr Bình Mr Chi"
written out:              templ "An Bình Chi", html/template "An Bình Chi"
after an if:              templ "An Bình", html/template "An Bình"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
