package middleware

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/requestid"
)

// Config is what Use needs.
type Config struct {
	Log     AccessLogConfig
	Headers HeadersConfig
	// PublicURL is the origin people see, or nil.
	PublicURL *url.URL
	// Files is the path of the form that takes files.
	Files string
	// Trace makes a span of each request; nil: none is made.
	Trace fiber.Handler
	// Deadline limits a request: 28 s where zero, just under what proxies and
	// people wait for.
	Deadline time.Duration
}

// Use installs what every request passes, in the only order that works: the id
// first, since span and log name it; the log around everything, since it notes the
// outcome; headers before anything that can fail, so that error pages have them.
func Use(app fiber.Router, cfg Config) error {
	crossOrigin, err := CrossOrigin(cfg.PublicURL)
	if err != nil {
		return err
	}
	if cfg.Deadline == 0 {
		cfg.Deadline = 28 * time.Second
	}
	app.Use(RequestID(cfg.Log.Proxies))
	if cfg.Trace != nil {
		app.Use(cfg.Trace)
	}
	app.Use(
		AccessLog(cfg.Log),
		Headers(cfg.Headers),
		Compress(),
		Recover(cfg.Log.Logger),
		Limits(cfg.Files),
		PlainHeaders(),
		PlainBodies(),
		crossOrigin,
		Deadline(cfg.Deadline),
	)
	return nil
}

// AccessLogConfig says where requests are noted.
type AccessLogConfig struct {
	Logger  *slog.Logger
	Proxies *Proxies
	// Quiet requests are logged at debug level: probes and assets. May be nil.
	Quiet func(path string) bool
	// Observe is told of every request, for metrics. route is the pattern of the
	// route ("/agents/:id"), so it has few values. May be nil.
	Observe func(method, route string, status int, took time.Duration)
}

// AccessLog notes one line per request: method, path, status, duration, bytes,
// client and request id. Never the query, which holds searches for people's
// names, nor any header. It also turns a returned error into its page, through
// the app's error handler, because the status is not known before.
func AccessLog(cfg AccessLogConfig) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := time.Now()
		method, path := c.Method(), strings.Clone(c.Path())
		answer(c)
		took, status := time.Since(start), c.Response().StatusCode()
		level := slog.LevelInfo
		switch {
		case status >= fiber.StatusInternalServerError:
			level = slog.LevelWarn
		case cfg.Quiet != nil && cfg.Quiet(path):
			level = slog.LevelDebug
		}
		if ctx := c.UserContext(); cfg.Logger.Enabled(ctx, level) {
			cfg.Logger.LogAttrs(ctx, level, "request",
				slog.String("method", method),
				slog.String("path", path),
				slog.Int("status", status),
				slog.Duration("took", took),
				slog.Int("bytes", answerSize(c)),
				slog.String("client", cfg.Proxies.ClientIP(c)),
				slog.String("request_id", requestid.From(ctx)),
			)
		}
		if cfg.Observe != nil {
			cfg.Observe(method, strings.Clone(c.Route().Path), status, took)
		}
		return nil
	}
}

// ErrPanic is what Recover makes of a panic. The log has the stack; nobody else needs it.
var ErrPanic = errors.New("panic")

// Recover turns a panic into ErrPanic, which the error handler answers with 500.
func Recover(log *slog.Logger) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		defer func() {
			if v := recover(); v != nil {
				c.Response().ResetBody()
				log.LogAttrs(c.UserContext(), slog.LevelError, "panic",
					slog.Any("value", v),
					slog.String("stack", string(debug.Stack())),
					slog.String("request_id", requestid.From(c.UserContext())),
				)
				err = fmt.Errorf("%w: %v", ErrPanic, v)
			}
		}()
		return c.Next()
	}
}

// Deadline limits how long a request may take, through its user context: fasthttp
// never says that the browser left. What outlasts the request, as a crawl or a
// change that was sent does, must not end with that context.
func Deadline(limit time.Duration) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), limit)
		defer func() {
			cancel()
			// What it went wrong with is answered after this, with what the context
			// holds: a page must not fail because the time for making it is over.
			c.SetUserContext(context.WithoutCancel(c.UserContext()))
		}()
		c.SetUserContext(ctx)
		return c.Next()
	}
}

// BodyMost is how many bytes the body of a request may have; files is the path of the form
// that takes files.
func BodyMost(method, path, files string) int {
	if method == fiber.MethodPost && path == files {
		return FileLimit
	}
	return BodyLimit
}

// Limits refuses a header that is too large with 431, a body with 413: also where an app
// around the console lets it through.
func Limits(files string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		in := c.Request()
		most := BodyMost(c.Method(), c.Path(), files)
		switch {
		case len(in.Header.RawHeaders()) > HeaderLimit:
			return fiber.ErrRequestHeaderFieldsTooLarge
		case in.Header.ContentLength() > most, !in.IsBodyStream() && len(in.Body()) > most:
			c.Set(fiber.HeaderConnection, "close")
			return fiber.ErrRequestEntityTooLarge
		}
		return c.Next()
	}
}

// PlainHeaders refuses a header of which a line goes on in the next one, with 400:
// fasthttp joins them, a proxy in front may read two headers, and no browser sends them.
// net/http has joined them before Handler sees them.
func PlainHeaders() fiber.Handler {
	return func(c *fiber.Ctx) error {
		for line := range bytes.SplitSeq(c.Request().Header.RawHeaders(), []byte("\n")) {
			if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
				return fiber.ErrBadRequest
			}
		}
		return c.Next()
	}
}

// PlainBodies refuses bodies that browsers do not send. A compressed one gets 415:
// Fiber would unpack it into gigabytes. One with both a Content-Length
// and a Transfer-Encoding gets 400: fasthttp lets the encoding win and closes the
// connection, which is safe here, but a proxy that let the length win has already
// misread it.
func PlainBodies() fiber.Handler {
	return func(c *fiber.Ctx) error {
		if coding := c.Get(fiber.HeaderContentEncoding); coding != "" && !strings.EqualFold(coding, "identity") {
			return fiber.ErrUnsupportedMediaType
		}
		// As sent: once the body is read, fasthttp has replaced both headers.
		raw := c.Request().Header.RawHeaders()
		if sent(raw, "transfer-encoding:") && sent(raw, "content-length:") {
			return fiber.ErrBadRequest
		}
		return c.Next()
	}
}

// sent reports whether one of the header's lines begins with prefix, which is in
// lower case.
func sent(raw []byte, prefix string) bool {
	for line := range bytes.SplitSeq(raw, []byte("\n")) {
		if len(line) >= len(prefix) && bytes.EqualFold(line[:len(prefix)], []byte(prefix)) {
			return true
		}
	}
	return false
}

// answer runs the rest of the chain and turns its error into a page.
func answer(c *fiber.Ctx) {
	err := c.Next()
	if err == nil {
		return
	}
	if err := c.App().ErrorHandler(c, err); err != nil {
		_ = c.SendStatus(fiber.StatusInternalServerError)
	}
}

func answerSize(c *fiber.Ctx) int {
	if c.Response().IsBodyStream() {
		return c.Response().Header.ContentLength()
	}
	return len(c.Response().Body())
}
