#!/usr/bin/env bash
#
# Fiber's RedirectToRoute sends a query's values as they are, so that they arrive as others.
#
# Version: github.com/gofiber/fiber/v2 v2.52.15. Seen on 2026-11-30.
#
# Expected: what is given as "queries", a map[string]string, is what the other route reads
#           with c.Query: the names and values are made fit for an address, as url.Values
#           does.
# Does:     they are put together with = and & alone. A value with an & ends there, what comes
#           after it is a query of its own, a + arrives as a blank, and what is after a #
#           never arrives. There is no error.
#
# Output as seen:
#   RedirectToRoute  "Kho & Van"  read "Kho ", queries [" Van" "name"]
#   RedirectToRoute  "+84 28"     read " 84 28", queries ["name"]
#   RedirectToRoute  "may #2"     read "may ", queries ["name"]
#   RedirectToRoute  "100%25"     read "100%", queries ["name"]
#   url.Values       "Kho & Van"  read "Kho & Van", queries ["name"]
#   url.Values       "+84 28"     read "+84 28", queries ["name"]
#   url.Values       "may #2"     read "may #2", queries ["name"]
#   url.Values       "100%25"     read "100%25", queries ["name"]
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/gofiber/fiber/v2@v2.52.15 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	var value string
	app.Get("/list", func(c *fiber.Ctx) error {
		return c.SendString(fmt.Sprintf("read %q, queries %q", c.Query("name"), slices.Sorted(maps.Keys(c.Queries()))))
	}).Name("list")
	app.Get("/route", func(c *fiber.Ctx) error {
		return c.RedirectToRoute("list", fiber.Map{"queries": map[string]string{"name": value}})
	})
	app.Get("/values", func(c *fiber.Ctx) error {
		return c.Redirect("/list?" + url.Values{"name": {value}}.Encode())
	})
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	go func() {
		if err := app.Listener(listener); err != nil {
			panic(err)
		}
	}()
	for _, way := range []struct{ name, path string }{{"RedirectToRoute", "/route"}, {"url.Values", "/values"}} {
		for _, value = range []string{"Kho & Van", "+84 28", "may #2", "100%25"} {
			res := must(http.Get("http://" + listener.Addr().String() + way.path))
			fmt.Printf("%-16s %-12q %s\n", way.name, value, must(io.ReadAll(res.Body)))
		}
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
RedirectToRoute  "Kho & Van"  read "Kho ", queries [" Van" "name"]
RedirectToRoute  "+84 28"     read " 84 28", queries ["name"]
RedirectToRoute  "may #2"     read "may ", queries ["name"]
RedirectToRoute  "100%25"     read "100%", queries ["name"]
url.Values       "Kho & Van"  read "Kho & Van", queries ["name"]
url.Values       "+84 28"     read "+84 28", queries ["name"]
url.Values       "may #2"     read "may #2", queries ["name"]
url.Values       "100%25"     read "100%25", queries ["name"]
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
