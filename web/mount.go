package web

import (
	"context"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/internal/middleware"
)

// Mount puts the console into another Fiber app, or into a group of one. People see it
// at the group's prefix followed by BasePath: of app.Group("/intra") and "/console" that
// is /intra/console. At "" it takes every path, so mount it last. The app's own routes
// keep their headers and error pages. What is the app's server's is the app's to set:
// ReadBufferSize to 16 KiB or more, ReadTimeout, WriteTimeout; what is missing there is
// logged. Requests are limited as in Serve, or as the app does where that is less. Mount
// before the app listens, and stop the console before it: see Shutdown.
//
// A prefix with parameters is refused, for links need one that is known; so is an app
// that is mounted in another, and a Router that is neither App nor Group of Fiber's.
func (c *Console) Mount(into fiber.Router) error {
	prefix := ""
	switch r := into.(type) {
	case *fiber.App:
		if r.MountPath() != "" {
			return fmt.Errorf("web: mount: the app is itself mounted, at %q: mount the console into the outer one", r.MountPath())
		}
		c.missing(r.Config())
	case *fiber.Group:
		prefix = strings.TrimRight(r.Prefix, "/")
	default:
		return fmt.Errorf("web: mount: a %T does not say which prefix it has; mount into a *fiber.App or *fiber.Group", into)
	}
	base := prefix + c.options.BasePath
	f := c.front
	if base != f.base {
		if err := checkBasePath(base); err != nil {
			return fmt.Errorf("web: mount at a group: the path %w", err)
		}
		var err error
		if f, err = c.newFront(base); err != nil {
			return fmt.Errorf("web: mount: %w", err)
		}
	}
	into.Use(c.options.BasePath, func(outer *fiber.Ctx) error {
		// Use matches by letters: "/consoles" is not below "/console".
		rest, below := strings.CutPrefix(outer.Path(), base)
		if !below || rest != "" && rest[0] != '/' {
			return outer.Next()
		}
		leave, ok := c.door.enter()
		if !ok {
			outer.Set(fiber.HeaderRetryAfter, stoppingFor)
			outer.Set(fiber.HeaderConnection, "close")
			return f.refuseMounted(outer, fiber.StatusServiceUnavailable)
		}
		defer leave()
		// The outer context goes on, but ends with the console.
		was := outer.UserContext()
		ctx, cancel := context.WithCancel(was)
		defer cancel()
		defer context.AfterFunc(c.life, cancel)()
		outer.SetUserContext(ctx)
		f.handle(outer.Context())
		outer.SetUserContext(was)
		return nil
	})
	return nil
}

// missing logs what an app's server lacks that the console's own has.
func (c *Console) missing(app fiber.Config) {
	var lacks []string
	// Zero is Fiber's 4 KiB.
	if app.ReadBufferSize < middleware.HeaderLimit {
		lacks = append(lacks, "ReadBufferSize of 16 KiB: people with a long key get a 431")
	}
	if app.ReadTimeout == 0 {
		lacks = append(lacks, "ReadTimeout: a request that never ends holds its connection")
	}
	if app.WriteTimeout == 0 {
		lacks = append(lacks, "WriteTimeout: an answer that nobody reads holds its connection")
	}
	if len(lacks) > 0 {
		c.options.Logger.Warn("the app that the console is mounted in lacks a setting of its server", "lacks", lacks)
	}
}

// refuseMounted is refuse for an outer app.
func (f *front) refuseMounted(c *fiber.Ctx, status int) error {
	for _, h := range middleware.SecurityHeaders(f.bare) {
		c.Set(h[0], h[1])
	}
	return c.SendStatus(status)
}
