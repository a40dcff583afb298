#!/usr/bin/env bash
#
# Fiber's Mount takes a prefix with a parameter, and then gives parameters wrong values.
#
# Version: github.com/gofiber/fiber/v2 v2.52.15. Seen on 2026-11-30.
#
# Expected: app.Mount("/team/:team", sub) does what app.Group and app.Route do with that
#           prefix (they share the way of joining paths, and the joined route is listed as
#           /team/:team/member/:member): the sub-app's routes match below it, and
#           c.Params knows both names; MountPath is said to have path patterns. Or Mount
#           refuses the prefix.
# Does:     neither. No error; a route of the sub-app without a parameter of its own is
#           never found (404), and one with a parameter is found, but the names of the
#           prefix are not counted: c.Params("team") is empty and c.Params("member") has
#           the team, not the member.
#
# Output as seen:
#   group /team/red/list      200 team="red"
#   group /team/red/member/7  200 team="red" member="7" route=/team/:team/member/:member
#   mount /team/red/list      404 Cannot GET /team/red/list
#   mount /team/red/member/7  200 team="" member="red" route=/team/:team/member/:member
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
	"net/http/httptest"

	"github.com/gofiber/fiber/v2"
)

func routes(r fiber.Router) {
	r.Get("/list", func(c *fiber.Ctx) error {
		return c.SendString(fmt.Sprintf("team=%q", c.Params("team")))
	})
	r.Get("/member/:member", func(c *fiber.Ctx) error {
		return c.SendString(fmt.Sprintf("team=%q member=%q route=%s",
			c.Params("team"), c.Params("member"), c.Route().Path))
	})
}

func main() {
	grouped := fiber.New()
	routes(grouped.Group("/team/:team"))

	mounted, sub := fiber.New(), fiber.New()
	routes(sub)
	mounted.Mount("/team/:team", sub)

	for _, app := range []struct {
		name string
		*fiber.App
	}{{"group", grouped}, {"mount", mounted}} {
		for _, path := range []string{"/team/red/list", "/team/red/member/7"} {
			res, err := app.Test(httptest.NewRequest("GET", path, nil), 10_000)
			if err != nil {
				panic(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				panic(err)
			}
			fmt.Printf("%s %-19s %d %s\n", app.name, path, res.StatusCode, body)
		}
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
group /team/red/list      200 team="red"
group /team/red/member/7  200 team="red" member="7" route=/team/:team/member/:member
mount /team/red/list      404 Cannot GET /team/red/list
mount /team/red/member/7  200 team="" member="red" route=/team/:team/member/:member
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
