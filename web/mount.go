package web

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Mount puts the console into another Fiber app, or into a group of one. People see it
// at the group's prefix followed by BasePath: of app.Group("/intra") and "/console" that
// is /intra/console. At "" it takes every path, so mount it last. The app's own routes
// keep their headers and error pages; its ReadBufferSize has to be 16 KiB, and its
// BodyLimit counts. Mount before the app listens.
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
		f.handle(outer.Context())
		return nil
	})
	return nil
}
