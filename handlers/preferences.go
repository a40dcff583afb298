package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/session"
)

// Preferences sets language or theme and goes back to the page people were on.
func (d *Desk) Preferences(c *fiber.Ctx) error {
	prefs := d.Sessions.LoadPrefs(c)
	if lang := c.FormValue("lang"); lang != "" {
		prefs.Language = lang
	}
	if theme := c.FormValue("theme"); theme != "" {
		prefs.Theme = session.Theme(theme)
	}
	d.Sessions.SavePrefs(c, prefs)
	next := c.FormValue("next")
	// Filters and paging change the list's address without loading the page, whose
	// form still names the old one. Only the query may differ: the answer of a POST
	// is no page to come back to.
	was, _, _ := strings.Cut(next, "?")
	if now, _, _ := strings.Cut(here(c), "?"); now == was {
		next = here(c)
	}
	if d.Paths.Local(next) == "" {
		// Local refuses the key form as a place to come back to after signing in;
		// here it is just the page people are on.
		if next = d.Paths.Home(); c.FormValue("next") != "" && entered(c) == nil {
			next = d.Paths.SignIn("")
		}
	}
	return render.Redirect(c, next)
}
