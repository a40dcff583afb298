package middleware

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// ErrCrossOrigin says that another site tried to make a browser change something. It is
// also a fiber.ErrForbidden.
var ErrCrossOrigin = fmt.Errorf("cross-origin request: %w", fiber.ErrForbidden)

// CrossOrigin refuses every request that could change something and was made by
// another origin's page, with ErrCrossOrigin. It is net/http's own check of
// Sec-Fetch-Site and Origin, which needs no token in a page and no state shared
// by replicas.
//
// publicURL is the origin people see, nil where it is the Host they ask for. It
// counts as our own even where a proxy rewrites the Host header.
func CrossOrigin(publicURL *url.URL) (fiber.Handler, error) {
	check := http.NewCrossOriginProtection()
	if publicURL != nil {
		if err := check.AddTrustedOrigin(origin(publicURL)); err != nil {
			return nil, fmt.Errorf("public URL: %w", err)
		}
	}
	return func(c *fiber.Ctx) error {
		r := &http.Request{
			Method: c.Method(),
			// The Host a trusted proxy was asked for, else our own.
			Host: strings.Clone(c.Hostname()),
			Header: http.Header{
				"Sec-Fetch-Site":   {strings.Clone(c.Get("Sec-Fetch-Site"))},
				fiber.HeaderOrigin: {strings.Clone(c.Get(fiber.HeaderOrigin))},
			},
		}
		if err := check.Check(r); err != nil {
			return errors.Join(ErrCrossOrigin, err)
		}
		return c.Next()
	}, nil
}

// origin is the scheme and host of u, which may carry a path.
func origin(u *url.URL) string {
	return strings.ToLower(u.Scheme + "://" + u.Host)
}
