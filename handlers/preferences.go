package handlers

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/session"
)

// Preferences sets language or theme and goes back to the page people were on.
func (d *Desk) Preferences(c *fiber.Ctx) error {
	prefs := d.Sessions.LoadPrefs(c)
	if lang := field(c, "lang"); lang != "" {
		prefs.Language = lang
	}
	if theme := field(c, "theme"); theme != "" {
		prefs.Theme = session.Theme(theme)
	}
	d.Sessions.SavePrefs(c, prefs)
	next := field(c, "next")
	// Filters and paging change the list's address without loading the page, whose
	// form still names the old one. Only the query may differ: the answer of a POST
	// is no page to come back to.
	was, _, _ := strings.Cut(next, "?")
	if now, _, _ := strings.Cut(here(c), "?"); now == was {
		next = here(c)
	}
	return render.Redirect(c, d.page(next))
}

// page is next if it is a page of this console, the key form included, and the
// start otherwise. Paths.Local refuses the key form, as a place to come back to
// after signing in; its own next, with the draft in it, is checked by the same rule.
func (d *Desk) page(next string) string {
	if d.Paths.Local(next) != "" {
		return next
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path != d.Paths.SignIn("") {
		return d.Paths.Home()
	}
	return d.Paths.SignIn(d.Paths.Local(u.Query().Get("next")))
}
