#!/usr/bin/env bash
#
# Fiber's Accepts gives a type that the client has refused, or wants least, by a wildcard.
#
# Versions: github.com/gofiber/fiber/v2 v2.52.15, npm accepts 2.0.0. Seen on 2026-11-30.
#
# Expected: the quality of a type is that of the most specific range that names it (RFC 9110,
#           12.5.1), and one of 0 means "not acceptable" (12.4.2): with
#           "text/html;q=0, */*" JSON is given. So does Node's accepts, from Express, and
#           getOffer names the RFC's section.
# Does:     ranges are gone through by their quality, each for itself, and those of 0 are left
#           out at once: the wildcard matches the first offer, whatever was said of it. Of
#           "gzip;q=0, *" for an encoding it is gzip. A refused type alone is refused well.
#
# Output as seen:
#   Accept: text/html;q=0                        Fiber "", accepts ""
#   Accept: text/html;q=0, */*                   Fiber "html", accepts "json"
#   Accept: text/html;q=0.1, */*                 Fiber "html", accepts "json"
#   Accept: text/html;q=0.1, application/json    Fiber "json", accepts "json"
#   Accept-Encoding: gzip;q=0, *                 Fiber "gzip", accepts "identity"
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts accepts@2.0.0 || exit 2
go mod init finding >/dev/null 2>&1
go get github.com/gofiber/fiber/v2@v2.52.15 2>log || { cat log >&2; exit 2; }
cat >cases.json <<'EOF'
[
	{"header": "Accept", "value": "text/html;q=0"},
	{"header": "Accept", "value": "text/html;q=0, */*"},
	{"header": "Accept", "value": "text/html;q=0.1, */*"},
	{"header": "Accept", "value": "text/html;q=0.1, application/json"},
	{"header": "Accept-Encoding", "value": "gzip;q=0, *"}
]
EOF
cat >main.js <<'EOF'
const accepts = require("accepts");
for (const { header, value } of require("./cases.json")) {
	const of = accepts({ headers: { [header.toLowerCase()]: value } });
	const given = header === "Accept" ? of.type(["html", "json"]) : of.encoding(["gzip", "identity"]);
	console.log(JSON.stringify(given || ""));
}
EOF
cat >main.go <<'EOF'
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/gofiber/fiber/v2"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	var cases []struct{ Header, Value string }
	if err := json.Unmarshal(must(os.ReadFile("cases.json")), &cases); err != nil {
		panic(err)
	}
	node := strings.Fields(string(must(os.ReadFile("said"))))
	app := fiber.New()
	app.Get("/Accept", func(c *fiber.Ctx) error { return c.SendString(c.Accepts("html", "json")) })
	app.Get("/Accept-Encoding", func(c *fiber.Ctx) error { return c.SendString(c.AcceptsEncodings("gzip", "identity")) })
	for i, one := range cases {
		r := httptest.NewRequest("GET", "/"+one.Header, nil)
		r.Header.Set(one.Header, one.Value)
		given := must(io.ReadAll(must(app.Test(r, 10_000)).Body))
		fmt.Printf("%-44s Fiber %q, accepts %s\n", one.Header+": "+one.Value, given, node[i])
	}
}
EOF
node main.js >said
go run . | tee seen

cat >want <<'EOF'
Accept: text/html;q=0                        Fiber "", accepts ""
Accept: text/html;q=0, */*                   Fiber "html", accepts "json"
Accept: text/html;q=0.1, */*                 Fiber "html", accepts "json"
Accept: text/html;q=0.1, application/json    Fiber "json", accepts "json"
Accept-Encoding: gzip;q=0, *                 Fiber "gzip", accepts "identity"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
