#!/usr/bin/env bash
#
# Fiber reads a range after a comma and a space as a range from the end.
#
# Version: github.com/gofiber/fiber/v2 v2.52.15. Seen on 2026-11-30.
#
# Expected: c.Range gives the ranges that were asked for. In a list the blank after a comma
#           means nothing: RFC 9110 has "bytes=500-600, 601-999" for an example, and
#           net/http's ServeContent takes it.
# Does:     of "bytes=0-9, 20-29" in a hundred bytes the second is 71 to 99, as if the last 29
#           had been asked for: " 20" is not a number, so that its place counts as empty.
#           There is no error. Without the blank it is 20 to 29.
#
# Output as seen:
#   Fiber     bytes=0-9,20-29            0-9 20-29
#   Fiber     bytes=0-9, 20-29           0-9 71-99
#   net/http  bytes=0-9,20-29            0-9 20-29
#   net/http  bytes=0-9, 20-29           0-9 20-29
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/gofiber/fiber/v2@v2.52.15 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func asked(header string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Range", header)
	return r
}

func ofFiber(header string) string {
	app := fiber.New()
	app.Get("/", func(c *fiber.Ctx) error {
		r, err := c.Range(100)
		if err != nil {
			return err
		}
		var all []string
		for _, one := range r.Ranges {
			all = append(all, fmt.Sprintf("%d-%d", one.Start, one.End))
		}
		return c.SendString(strings.Join(all, " "))
	})
	res := must(app.Test(asked(header), 10_000))
	return string(must(io.ReadAll(res.Body)))
}

func ofNetHTTP(header string) string {
	rec := httptest.NewRecorder()
	http.ServeContent(rec, asked(header), "x.bin", time.Time{}, bytes.NewReader(make([]byte, 100)))
	_, params, err := mime.ParseMediaType(rec.Header().Get("Content-Type"))
	if err != nil {
		panic(err)
	}
	var all []string
	for parts := multipart.NewReader(rec.Body, params["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return strings.Join(all, " ")
		} else if err != nil {
			panic(err)
		}
		span, _, _ := strings.Cut(strings.TrimPrefix(part.Header.Get("Content-Range"), "bytes "), "/")
		all = append(all, span)
	}
}

func main() {
	for _, server := range []struct {
		name string
		of   func(string) string
	}{{"Fiber", ofFiber}, {"net/http", ofNetHTTP}} {
		for _, header := range []string{"bytes=0-9,20-29", "bytes=0-9, 20-29"} {
			fmt.Printf("%-9s %-26s %s\n", server.name, header, server.of(header))
		}
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
Fiber     bytes=0-9,20-29            0-9 20-29
Fiber     bytes=0-9, 20-29           0-9 71-99
net/http  bytes=0-9,20-29            0-9 20-29
net/http  bytes=0-9, 20-29           0-9 20-29
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
