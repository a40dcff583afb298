package handlers

import (
	"cmp"
	"log/slog"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/session"
)

// Prefs reads the language and theme a browser has chosen.
type Prefs interface {
	LoadPrefs(c *fiber.Ctx) session.Prefs
}

// Desk is what every resource needs to answer: where things are, what stands around
// a page, and how an error becomes an answer. It knows no key and no tenant.
type Desk struct {
	Paths  paths.Paths
	Assets layouts.Assets
	Prefs  Prefs
	Now    func() time.Time
	Log    *slog.Logger
	// Notices finds what the API does otherwise than before.
	Notices notices
	// DemoURL is the page that sets a demo's upstream, "" where this is no demo.
	DemoURL string
}

// chrome is the shell of a page. Before sign-in there is no visit.
func (d *Desk) chrome(c *fiber.Ctx, title, nav string) layouts.Chrome {
	prefs := d.Prefs.LoadPrefs(c)
	chrome := layouts.Chrome{
		Title: title, Paths: d.Paths, Assets: d.Assets, Nav: nav,
		Lang: locale.From(c.UserContext()).Lang(), Theme: string(prefs.Theme),
		Here: here(c), At: d.Now(), DemoURL: d.DemoURL,
	}
	if v := entered(c); v != nil {
		chrome.Person = &layouts.Person{
			Operator: v.operator, KeyLastFour: v.session.Key.LastFour(),
			Tenant:      cmp.Or(v.session.TenantName, v.session.Tenant),
			Environment: v.env.Name, Production: v.env.Production, Handed: v.session.Handed,
		}
		chrome.Budget, chrome.Outage = v.budget(), v.outage()
		chrome.Shifted = d.shifted(c, v, prefs.Told)
	}
	return chrome
}

// page answers with a whole page. Where something went wrong, its toast is over it,
// and a page that was asked for is asked for again when the wait is over, or the
// database may be back.
func (d *Desk) page(c *fiber.Ctx, code int, chrome layouts.Chrome, body templ.Component, f *fault) error {
	chrome.Toasts = append(chrome.Toasts, f.toasts()...)
	if f != nil && !f.over && c.Method() == fiber.MethodGet {
		chrome.RefreshAfter = cmp.Or(f.Reload, chrome.RefreshAfter)
		if f.box().GoesOn() {
			chrome.RefreshAfter = f.RetryAfter
		}
	}
	return render.Page(c, code, chrome, body)
}

// here is the page a person is on: of what is no page of its own, the one it came
// from.
func here(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodGet && !render.HTMX(c) && belongingOf(c).own {
		return c.OriginalURL()
	}
	from := cmp.Or(c.Get("HX-Current-URL"), c.Get(fiber.HeaderReferer))
	u, err := url.Parse(from)
	if err != nil || u.Path == "" {
		return ""
	}
	return u.RequestURI()
}
