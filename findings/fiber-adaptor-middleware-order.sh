#!/usr/bin/env bash
#
# A net/http middleware under Fiber's adaptor is over before the handler it wraps begins.
#
# Version: github.com/gofiber/fiber/v2 v2.52.15. Seen on 2026-11-30.
#
# Expected: adaptor.HTTPMiddleware takes any func(http.Handler) http.Handler and, as its
#           comment says, wraps it. So next.ServeHTTP(w, r) runs what comes next: what is
#           after it runs afterwards, and the w that was handed on sees status and body. A
#           logger, a timer, a compressor and http.TimeoutHandler work.
# Does:     next.ServeHTTP only notes that it was called and returns at once; Fiber goes on
#           when the whole middleware has returned. A logger reports status 0, 0 bytes and
#           no time at all for every request, a header set "after" is set before, and
#           http.TimeoutHandler lets a slow handler through with 200. Nothing says so.
#
# Output as seen:
#   -- net/http
#   middleware: before
#   handler
#   middleware: after, status 201, 5 bytes, took a while: true
#   answer: 201 hello
#   answer under a timeout of 50 ms: 503 too slow
#   -- fiber
#   middleware: before
#   middleware: after, status 0, 0 bytes, took a while: false
#   handler
#   answer: 201 hello
#   answer under a timeout of 50 ms: 201 hello
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
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
)

const slow = 400 * time.Millisecond

type recorder struct {
	http.ResponseWriter
	status, bytes int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.bytes += len(b)
	return r.ResponseWriter.Write(b)
}

func logger(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("middleware: before")
		start, rec := time.Now(), &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		fmt.Printf("middleware: after, status %d, %d bytes, took a while: %v\n",
			rec.status, rec.bytes, time.Since(start) >= slow)
	})
}

func timeout(next http.Handler) http.Handler {
	return http.TimeoutHandler(next, 50*time.Millisecond, "too slow")
}

func say(what string, res *http.Response) {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s: %d %s\n", what, res.StatusCode, body)
}

func main() {
	request := func() *http.Request { return httptest.NewRequest("GET", "/", nil) }

	fmt.Println("-- net/http")
	plain := func(note string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Print(note)
			time.Sleep(slow)
			w.WriteHeader(201)
			io.WriteString(w, "hello")
		})
	}
	rec := httptest.NewRecorder()
	logger(plain("handler\n")).ServeHTTP(rec, request())
	say("answer", rec.Result())
	rec = httptest.NewRecorder()
	timeout(plain("")).ServeHTTP(rec, request())
	say("answer under a timeout of 50 ms", rec.Result())

	fmt.Println("-- fiber")
	app := func(mw func(http.Handler) http.Handler, note string) *http.Response {
		a := fiber.New()
		a.Use(adaptor.HTTPMiddleware(mw))
		a.Get("/", func(c *fiber.Ctx) error {
			fmt.Print(note)
			time.Sleep(slow)
			return c.Status(201).SendString("hello")
		})
		res, err := a.Test(request(), 30_000)
		if err != nil {
			panic(err)
		}
		return res
	}
	say("answer", app(logger, "handler\n"))
	say("answer under a timeout of 50 ms", app(timeout, ""))
}
EOF
go run . | tee seen

cat >want <<'EOF'
-- net/http
middleware: before
handler
middleware: after, status 201, 5 bytes, took a while: true
answer: 201 hello
answer under a timeout of 50 ms: 503 too slow
-- fiber
middleware: before
middleware: after, status 0, 0 bytes, took a while: false
handler
answer: 201 hello
answer under a timeout of 50 ms: 201 hello
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
