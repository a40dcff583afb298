package handlers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/session"
)

// Preferences are a browser's language and theme, and how it has the list shown.
type Preferences struct {
	*Desk
	sessions preferencesSessions
}

type preferencesSessions interface {
	LoadPrefs(c *fiber.Ctx) session.Prefs
	SavePrefs(c *fiber.Ctx, p session.Prefs) session.Prefs
}

// Set sets what of them the form has and goes back to the page people were on.
func (r *Preferences) Set(c *fiber.Ctx) error {
	prefs := r.sessions.LoadPrefs(c)
	if lang := field(c, "lang"); lang != "" {
		prefs.Language = lang
	}
	if theme := field(c, "theme"); theme != "" {
		prefs.Theme = session.Theme(theme)
	}
	if density := field(c, "density"); density != "" {
		prefs.Comfortable = density == "comfortable"
	}
	if order := fieldValues(c, "column_order"); len(order) > 0 {
		prefs.Columns = chosenColumns(c, order)
	}
	r.sessions.SavePrefs(c, prefs)
	next := field(c, "next")
	// Filters and paging change the list's address without loading the page, whose
	// form still names the old one. Only the query may differ: the answer of a POST
	// is no page to come back to.
	was, _, _ := strings.Cut(next, "?")
	if now, _, _ := strings.Cut(here(c), "?"); now == was {
		next = here(c)
	}
	return render.Redirect(c, r.comeBack(next))
}

// FromHost takes the theme and language that a page around the console asks for in the
// address of its frame (?theme=dark&lang=en), as the person's own choice, and leads to
// the same address without them: the next choice is the person's again.
func (r *Preferences) FromHost(c *fiber.Ctx) error {
	dest := c.Get("Sec-Fetch-Dest")
	if c.Method() != fiber.MethodGet || render.HTMX(c) || dest != "" && dest != "iframe" && dest != "frame" {
		return c.Next()
	}
	path, query, _ := strings.Cut(c.OriginalURL(), "?")
	prefs, rest, asked := r.sessions.LoadPrefs(c), []string(nil), false
	for pair := range strings.SplitSeq(query, "&") {
		switch name, value, _ := strings.Cut(pair, "="); name {
		case "theme":
			prefs.Theme, asked = session.Theme(value), true
		case "lang":
			prefs.Language, asked = value, true
		default:
			rest = append(rest, pair)
		}
	}
	to := path
	if len(rest) > 0 {
		to += "?" + strings.Join(rest, "&")
	}
	if !asked || r.comeBack(to) != to {
		return c.Next()
	}
	r.sessions.SavePrefs(c, prefs)
	return render.Redirect(c, to)
}

// comeBack is next if it is a page of this console, the key form included, and the
// start otherwise. Paths.Local refuses the key form, as a place to come back to
// after signing in; its own next, with the draft in it, is checked by the same rule.
func (r *Preferences) comeBack(next string) string {
	if r.Paths.Local(next) != "" {
		return next
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path != r.Paths.SignIn("") {
		return r.Paths.Home()
	}
	return r.Paths.SignIn(r.Paths.Local(u.Query().Get("next")))
}

// chosenColumns are the columns that a form has chosen, in the order that it has them, after
// the move that its button stands for. What is not a column is left out when it is kept.
func chosenColumns(c *fiber.Ctx, order []string) session.Columns {
	if field(c, "columns_set") == "usual" {
		return ""
	}
	for name, by := range map[string]int{"column_up": -1, "column_down": 1} {
		at := slices.Index(order, field(c, name))
		if to := at + by; at >= 0 && to >= 0 && to < len(order) {
			order[at], order[to] = order[to], order[at]
		}
	}
	shown := fieldValues(c, "columns")
	return session.JoinColumns(slices.DeleteFunc(order, func(column string) bool { return !slices.Contains(shown, column) }))
}

// listView is how the browser has the list shown.
func (d *Desk) listView(c *fiber.Ctx) partials.ListView {
	prefs := d.Prefs.LoadPrefs(c)
	view := partials.ListView{Comfortable: prefs.Comfortable}
	for _, column := range prefs.Columns.Split() {
		view.Columns = append(view.Columns, partials.Column(column))
	}
	return view
}
