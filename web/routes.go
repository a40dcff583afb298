package web

import (
	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/handlers"
	"github.com/alohub/agentconsole/static"
	"github.com/alohub/agentconsole/web/internal/middleware"
)

// routes is the only route table. What is not here does not exist: an unlisted
// path is a 404, an unlisted method a 405 (Fiber answers it by itself, as long as
// no catch-all stands at the end).
func routes(app *fiber.App, base string, d *handlers.Desk, p *probes, assets *static.Assets) {
	r := app.Group(base)

	r.Get("/healthz", p.health)
	r.Get("/readyz", p.ready)
	r.Get("/static/*", middleware.Static(assets))

	if base != "" {
		app.Get(base, d.Home)
	}
	r.Get("/", d.Home)
	r.Get("/sign-in", d.SignInForm)
	r.Post("/sign-in", d.SignIn)
	r.Post("/sign-out", d.SignOut)
	r.Post("/preferences", d.Preferences)

	// Everything below needs a session. Glance is for what pages ask by themselves.
	r.Get("/agents", d.Enter, d.Agents)
	r.Get("/agents.csv", d.Enter, d.AgentsCSV)
	r.Get("/agents/live", d.Glance, d.AgentsLive)
	r.Get("/agents/progress", d.Glance, d.AgentsProgress)
	r.Get("/agents/:id", d.Enter, d.Agent)
	r.Get("/agents/:id/queues", d.Enter, d.Editor)
	r.Post("/agents/:id/queues", d.Enter, d.EditQueues)
	r.Post("/agents/:id/recording", d.Enter, d.Recording)

	r.Get("/queues", d.Enter, d.Queues)
	r.Get("/queues/progress", d.Glance, d.QueuesProgress)
	r.Get("/queues/:id", d.Enter, d.Queue)
	r.Post("/queues/:id/members", d.Enter, d.QueueMembers)

	r.Get("/changes", d.Enter, d.Changes)
	r.Get("/changes.csv", d.Enter, d.ChangesCSV)
	r.Post("/changes/:id/undo", d.Enter, d.UndoChange)
}
