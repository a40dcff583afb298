#!/usr/bin/env bash
#
# Which error handler a mounted Fiber app gets depends on the case of the address.
#
# Version: github.com/gofiber/fiber/v2 v2.52.15. Seen on 2026-11-30.
#
# Expected: an error from a handler of a mounted app goes to that app's ErrorHandler: the
#           comment of Mount says so of errors within the prefix. Routes are not case
#           sensitive unless Config.CaseSensitive is set, so /API/fail is /api/fail.
# Does:     the route is found in any case, and its handler in the mounted app runs, but the
#           error handler is looked up by comparing the path as it was asked for with the
#           prefix, letter by letter. After /API/fail the parent's handler answers: a client
#           that was promised JSON errors gets the parent's page.
#
# Output as seen:
#   /api/fail 500 {"error":"no"} (handlers of the mounted app that ran: 1)
#   /API/fail 500 <h1>no</h1> (handlers of the mounted app that ran: 1)
#   /api/FAIL 500 {"error":"no"} (handlers of the mounted app that ran: 1)
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/gofiber/fiber/v2@v2.52.15 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"errors"
	"fmt"
	"io"
	"net/http/httptest"

	"github.com/gofiber/fiber/v2"
)

func main() {
	app := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		return c.Status(500).SendString("<h1>" + err.Error() + "</h1>")
	}})
	sub := fiber.New(fiber.Config{ErrorHandler: func(c *fiber.Ctx, err error) error {
		return c.Status(500).JSON(fiber.Map{"error": err.Error()})
	}})
	ran := 0
	sub.Get("/fail", func(*fiber.Ctx) error { ran++; return errors.New("no") })
	app.Mount("/api", sub)

	for _, path := range []string{"/api/fail", "/API/fail", "/api/FAIL"} {
		ran = 0
		res, err := app.Test(httptest.NewRequest("GET", path, nil), 10_000)
		if err != nil {
			panic(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s %d %s (handlers of the mounted app that ran: %d)\n", path, res.StatusCode, body, ran)
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
/api/fail 500 {"error":"no"} (handlers of the mounted app that ran: 1)
/API/fail 500 <h1>no</h1> (handlers of the mounted app that ran: 1)
/api/FAIL 500 {"error":"no"} (handlers of the mounted app that ran: 1)
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
