#!/usr/bin/env bash
#
# templ's spread attributes leave out a value whose type is a named string type.
#
# Version: github.com/a-h/templ v0.3.1118. Seen on 2026-11-30.
#
# Expected: { attrs... } writes what data-kind={ kind } writes, where kind is of a type such
#           as "type Kind string"; or Render returns an error, as the value is of a type that
#           it does not know. The guide says what is added for a string, a bool and types of
#           templ's own, and nothing of others; numbers are written.
# Does:     the whole attribute is gone: no value, no name, no error. So it is with named
#           numbers and bools, with time.Duration, with whatever has a String method, and
#           with a *Kind, while a *string is followed. An id, a data- or an aria- attribute
#           disappears from the page when a constant gets a type, and all still compiles.
#
# Output as seen:
#   written, kind and count:   <p data-kind="a" data-count="1"></p> <nil>
#   spread, string:            <p data-x="a" id="p"></p> <nil>
#   spread, main.kind:         <p id="p"></p> <nil>
#   spread, *string:           <p data-x="a" id="p"></p> <nil>
#   spread, *main.kind:        <p id="p"></p> <nil>
#   spread, int:               <p data-x="1" id="p"></p> <nil>
#   spread, main.count:        <p id="p"></p> <nil>
#   spread, bool:              <p data-x id="p"></p> <nil>
#   spread, time.Duration:     <p id="p"></p> <nil>
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/a-h/templ@v0.3.1118 github.com/a-h/templ/cmd/templ@v0.3.1118 2>log || { cat log >&2; exit 2; }
cat >page.templ <<'EOF'
package main

type kind string
type count int

templ written(k kind, n count) {
	<p data-kind={ k } data-count={ n }></p>
}

templ spread(attrs templ.Attributes) {
	<p { attrs... }></p>
}
EOF
cat >main.go <<'EOF'
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/a-h/templ"
)

func show(what string, c templ.Component) {
	fmt.Printf("%-26s ", what)
	err := c.Render(context.Background(), os.Stdout)
	fmt.Println("", err)
}

func main() {
	show("written, kind and count:", written("a", 1))
	s, k := "a", kind("a")
	for _, v := range []any{s, k, &s, &k, 1, count(1), true, time.Second} {
		show(fmt.Sprintf("spread, %T:", v), spread(templ.Attributes{"data-x": v, "id": "p"}))
	}
}
EOF
go run github.com/a-h/templ/cmd/templ generate -log-level error >/dev/null
go run . | tee seen

cat >want <<'EOF'
written, kind and count:   <p data-kind="a" data-count="1"></p> <nil>
spread, string:            <p data-x="a" id="p"></p> <nil>
spread, main.kind:         <p id="p"></p> <nil>
spread, *string:           <p data-x="a" id="p"></p> <nil>
spread, *main.kind:        <p id="p"></p> <nil>
spread, int:               <p data-x="1" id="p"></p> <nil>
spread, main.count:        <p id="p"></p> <nil>
spread, bool:              <p data-x id="p"></p> <nil>
spread, time.Duration:     <p id="p"></p> <nil>
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
