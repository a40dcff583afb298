package web

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// probes answers whoever watches the console.
type probes struct {
	store readier
	now   func() time.Time

	mu  sync.Mutex
	at  time.Time // of the last try
	err error     // what came of it
}

// readier is what the probes need of the store.
type readier interface {
	Ready(ctx context.Context) error
}

const (
	// readyEvery is how often the database is tried at the most, whoever asks.
	readyEvery = time.Second
	// readyWithin is how long a try may take.
	readyWithin = 2 * time.Second
)

func (p *probes) health(c *fiber.Ctx) error { return c.SendString("ok\n") }

// ready asks the database to keep a row: where it cannot, nothing can be changed.
func (p *probes) ready(c *fiber.Ctx) error {
	if err := p.try(c.UserContext()); err != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("database unavailable\n")
	}
	return c.SendString("ok\n")
}

// try tries the database, or says what came of it a moment ago.
func (p *probes) try(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if age := now.Sub(p.at); !p.at.IsZero() && age >= 0 && age < readyEvery {
		return p.err
	}
	trying, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	err := p.store.Ready(trying)
	if ctx.Err() == nil { // else the asker went away, which says nothing of the database
		p.at, p.err = now, err
	}
	return err
}

// quiet are the requests that would only fill the log.
func quiet(base string) func(string) bool {
	return func(path string) bool {
		path = strings.TrimPrefix(path, base)
		return path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/static/")
	}
}
