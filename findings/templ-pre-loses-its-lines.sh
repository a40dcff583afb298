#!/usr/bin/env bash
#
# templ folds the lines and spaces of a <pre> into single spaces.
#
# Versions: github.com/a-h/templ v0.3.1118, golang.org/x/net v0.62.0. Seen on 2026-11-30.
#
# Expected: templ drops the white space that makes no difference on a page. In <pre> it does
#           make one, so that stays as it is written; html/template, given the same source,
#           keeps it, and what is shown as code or as an address in lines stays in lines.
# Does:     it treats <pre> as any block: lines and runs of spaces become one space, without
#           a word from "templ generate". What comes from an expression keeps its lines,
#           so a page that is tried with lines from a variable looks right.
#
# Output as seen:
#   templ, written:         "key: value list: - one"
#   html/template, written: "key: value\n  list:\n    - one\n"
#   templ, from a variable: "key: value\n  list:\n    - one\n"
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/a-h/templ@v0.3.1118 github.com/a-h/templ/cmd/templ@v0.3.1118 golang.org/x/net@v0.62.0 2>log || { cat log >&2; exit 2; }
{
	printf 'package main\n\ntempl written() {\n'
	printf '\t<pre>\nkey: value\n  list:\n    - one\n</pre>\n}\n\n'
	printf 'templ variable(text string) {\n\t<pre>{ text }</pre>\n}\n'
} >page.templ
cat >main.go <<'EOF'
package main

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// text is what a browser has in the pre.
func text(page io.Reader) string {
	doc, err := html.Parse(page)
	if err != nil {
		panic(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "pre" {
			return n.FirstChild.Data
		}
	}
	panic("no pre")
}

func rendered(c templ.Component) io.Reader {
	var page bytes.Buffer
	if err := c.Render(context.Background(), &page); err != nil {
		panic(err)
	}
	return &page
}

func main() {
	const lines = "key: value\n  list:\n    - one\n"
	fmt.Printf("templ, written:         %q\n", text(rendered(written())))
	var page bytes.Buffer
	if err := template.Must(template.New("").Parse("<pre>\n"+lines+"</pre>")).Execute(&page, nil); err != nil {
		panic(err)
	}
	fmt.Printf("html/template, written: %q\n", text(&page))
	fmt.Printf("templ, from a variable: %q\n", text(rendered(variable(lines))))
}
EOF
go run github.com/a-h/templ/cmd/templ generate -log-level error >/dev/null
go run . | tee seen

cat >want <<'EOF'
templ, written:         "key: value list: - one"
html/template, written: "key: value\n  list:\n    - one\n"
templ, from a variable: "key: value\n  list:\n    - one\n"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
