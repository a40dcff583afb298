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
func routes(app *fiber.App, base string, h *handlers.Handlers, p *probes, assets *static.Assets) {
	r := app.Group(base)

	r.Get("/healthz", p.health)
	r.Get("/readyz", p.ready)
	r.Get("/static/*", middleware.Static(assets))

	if base != "" {
		app.Get(base, h.Agents.Home)
	}
	r.Get("/", h.Agents.Home)
	r.Get("/sign-in", h.SignIn.Form)
	r.Post("/sign-in", h.SignIn.Try)
	r.Post("/sign-out", h.SignOut.Do)
	r.Post("/preferences", h.Preferences.Set)

	if demo := h.Demo; demo != nil {
		r.Get("/_demo", h.Door.Either, demo.Show)
		r.Post("/_demo/second-admin", h.Door.Either, demo.SetPace)
		r.Post("/_demo/answers", h.Door.Either, demo.SetAnswers)
		r.Post("/_demo/faults", h.Door.Either, demo.Fail)
		r.Post("/_demo/faults/clear", h.Door.Either, demo.ClearFaults)
		r.Post("/_demo/limits", h.Door.Either, demo.SetLimits)
		r.Post("/_demo/calm", h.Door.Either, demo.Calm)
	}

	// Everything below needs a session. The way in says what the request is, and the
	// page it belongs to, where whoever has to sign in again comes back to.
	in := h.Door
	agents, editor, queues, changes := h.Agents, h.Editor, h.Queues, h.Changes

	r.Get("/agents", in.Page, agents.List)
	r.Get("/agents.csv", in.From(agents.ListPlace), agents.File)
	r.Get("/agents.xlsx", in.From(agents.ListPlace), agents.File)
	r.Get("/agents/live", in.Glance(agents.ListPlace), agents.Live)
	r.Get("/agents/progress", in.Glance(agents.ListPlace), agents.Progress)
	r.Post("/agents/read", in.From(agents.ListPlace), agents.Read)
	r.Get("/agents/:id", in.Page, agents.Show)
	r.Post("/agents/:id/read", in.From(agents.Place), agents.ReadOne)
	r.Get("/agents/:id/queues", in.Page, editor.Open)
	r.Get("/agents/:id/queues/options", in.Glance(agents.Place), editor.Options)
	r.Post("/agents/:id/queues", in.Draft(editor.Draft, agents.Place), editor.Save)
	r.Post("/agents/:id/recording", in.Draft(h.Recording.Draft, agents.Place), h.Recording.Set)

	filters := h.FilterSets
	r.Get("/filters", in.Page, filters.List)
	r.Post("/filters", in.Draft(filters.SaveDraft, filters.SavePlace), filters.Save)
	r.Get("/filters/new", in.Page, filters.New)
	r.Get("/filters/menu", in.Glance(filters.ListPlace), filters.Menu)
	r.Post("/filters/replace", in.From(filters.SavePlace), filters.Replace)
	r.Get("/filters/:id", in.Page, filters.Show)
	r.Post("/filters/:id", in.Draft(filters.RenameDraft, filters.Place), filters.Rename)
	r.Post("/filters/:id/delete", in.From(filters.Place), filters.Delete)

	r.Get("/queues", in.Page, queues.List)
	r.Get("/queues/progress", in.Glance(queues.ListPlace), queues.Progress)
	r.Post("/queues/read", in.From(queues.ListPlace), queues.Read)
	r.Get("/queues/options", in.Glance(queues.ListPlace), queues.Options)
	r.Get("/queues/known", in.Page, queues.List)
	r.Post("/queues/known", in.Draft(queues.KnownDraft, queues.ListPlace), queues.Keep)
	r.Get("/queues/:id", in.Page, queues.Show)
	r.Get("/queues/:id/progress", in.Glance(queues.Place), queues.ProgressOne)
	r.Get("/queues/:id/candidates", in.Glance(queues.Place), queues.Candidates)
	r.Post("/queues/:id/read", in.From(queues.Place), queues.ReadOne)
	r.Post("/queues/:id/members", in.Draft(queues.Draft, queues.Place), queues.Edit)

	r.Get("/palette", in.Glance(agents.ListPlace), h.Palette.Find)

	savings := h.Savings
	r.Get("/savings/:id", in.Page, savings.Show)
	r.Post("/savings/:id/now", in.From(savings.Place), savings.Now)
	r.Post("/savings/:id/cancel", in.From(savings.Place), savings.Cancel)

	connection := h.Connection
	r.Get("/connection", in.Page, connection.Show)
	r.Get("/connection/live", in.Glance(connection.Place), connection.Live)
	r.Post("/connection/probe", in.From(connection.Place), connection.Ask)
	r.Post("/connection/told", in.From(connection.Place), connection.Told)

	if rehearsal := h.Rehearsal; rehearsal != nil {
		r.Get("/connection/rehearsal", in.Page, rehearsal.Show)
		r.Post("/connection/rehearsal", in.From(rehearsal.Place), rehearsal.Begin)
		r.Get("/connection/rehearsals/:id", in.Page, rehearsal.Came)
	}

	runs := h.Runs
	r.Get("/runs", in.Page, runs.List)
	r.Post("/runs", in.From(runs.NewPlace), runs.Create)
	r.Get("/runs/new", in.Page, runs.New)
	r.Post("/runs/new", in.From(runs.NewPlace), runs.New)
	r.Get("/runs/template.xlsx", in.From(runs.NewPlace), runs.Template)
	r.Get("/runs/agents.xlsx", in.From(runs.NewPlace), runs.Chosen)
	r.Post("/runs/agents.xlsx", in.From(runs.NewPlace), runs.Chosen)
	r.Get("/runs/:id.csv", in.From(runs.Place), runs.File)
	r.Get("/runs/:id.xlsx", in.From(runs.Place), runs.File)
	r.Get("/runs/:id", in.Page, runs.Show)
	r.Get("/runs/:id/live", in.Glance(runs.Place), runs.Live)
	r.Post("/runs/:id/start", in.From(runs.Place), runs.Start)
	r.Post("/runs/:id/pause", in.From(runs.Place), runs.Pause)
	r.Post("/runs/:id/resume", in.From(runs.Place), runs.Resume)
	r.Post("/runs/:id/cancel", in.From(runs.Place), runs.Cancel)
	r.Post("/runs/:id/retry", in.From(runs.Place), runs.Retry)
	r.Post("/runs/:id/undo", in.From(runs.Place), runs.Undo)
	r.Post("/runs/:id/again", in.From(runs.Place), runs.Again)
	r.Post("/runs/:id/reverse", in.From(runs.Place), runs.Reverse)
	r.Post("/runs/:id/keep", in.From(runs.Place), runs.Keep)
	r.Post("/runs/:id/tick", in.From(runs.Place), runs.Tick)

	r.Get("/changes", in.Page, changes.List)
	r.Get("/changes.csv", in.From(changes.ListPlace), changes.File)
	r.Get("/changes.xlsx", in.From(changes.ListPlace), changes.File)
	r.Post("/changes/:id/undo", in.Draft(changes.UndoDraft, changes.Place), changes.Undo)
}
