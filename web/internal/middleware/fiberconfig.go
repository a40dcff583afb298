package middleware

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/requestid"
)

// What one connection may take.
const (
	// BodyLimit is how many bytes a request's body may have, far above the largest form:
	// an agent's queues, the list they were edited on and what was asked about them,
	// below 100 bytes a queue.
	BodyLimit = 2 << 20
	// FileLimit is how many one with a file may have: the largest file that a run may be
	// asked for by (5 MB), and so much more that one somewhat larger is answered by a page
	// that says so.
	FileLimit = 8 << 20
	// HeaderLimit bounds a request's header. Fiber's 4 KiB cannot hold a full
	// session cookie: the browser would be shut out with a 431.
	HeaderLimit = 16 << 10
	// ReadTimeout is how long a request may take to arrive, WriteTimeout an answer to
	// leave.
	ReadTimeout  = 30 * time.Second
	WriteTimeout = 60 * time.Second
	idleTimeout  = 2 * time.Minute
)

// NewFiberConfig returns how the app is set up. onError answers the errors of
// requests that reached the middleware; those that did not (a malformed or too
// large request) get a bare status here, with the security headers, since
// nothing that a page needs exists for them.
func NewFiberConfig(proxies *Proxies, headers HeadersConfig, onError fiber.ErrorHandler) fiber.Config {
	bare := SecurityHeaders(headers)
	return fiber.Config{
		// Without it a string taken from a request turns into another request's
		// text once the handler has returned: another person's key, for example.
		Immutable: true,
		// "/agents/" is not "/agents", and "/Agents" is neither: one URL per page.
		StrictRouting: true,
		CaseSensitive: true,
		// Off, so that an agent id with an escaped slash stays one path segment.
		UnescapePath: false,

		BodyLimit:      FileLimit, // Limits knows which routes take files
		ReadBufferSize: HeaderLimit,
		ReadTimeout:    ReadTimeout,
		WriteTimeout:   WriteTimeout,
		IdleTimeout:    idleTimeout,

		// Fiber believes everybody's X-Forwarded-* unless told whom. ProxyHeader
		// stays empty: c.IP() would return the forgeable left end of the list.
		EnableTrustedProxyCheck: true,
		TrustedProxies:          proxies.strings(),

		DisableStartupMessage: true,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			if requestid.From(c.UserContext()) != "" {
				return onError(c, err)
			}
			for _, h := range bare {
				c.Set(h[0], h[1])
			}
			c.Set(fiber.HeaderConnection, "close")
			return c.SendStatus(statusOf(err))
		},
	}
}

// statusOf is the HTTP status of a Fiber error, 500 for any other.
func statusOf(err error) int {
	if e := (*fiber.Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return fiber.StatusInternalServerError
}
