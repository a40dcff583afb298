package web

import (
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// probes answers whoever watches the console.
type probes struct{ store pinger }

// pinger is what the probes need of the store.
type pinger interface {
	Ping(ctx context.Context) error
}

func (p *probes) health(c *fiber.Ctx) error { return c.SendString("ok\n") }

// ready asks the database: without it nothing can be changed.
func (p *probes) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
	defer cancel()
	if err := p.store.Ping(ctx); err != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("database unavailable\n")
	}
	return c.SendString("ok\n")
}

// quiet are the requests that would only fill the log.
func quiet(base string) func(string) bool {
	return func(path string) bool {
		path = strings.TrimPrefix(path, base)
		return path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/static/")
	}
}
