package session

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Theme is how a page looks.
type Theme string

// The themes. System follows the browser.
const (
	System Theme = "system"
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// Themes lists the allowed themes, the default first.
func Themes() []Theme { return []Theme{System, Light, Dark} }

// Prefs are a browser's preferences. They are not part of the session: they hold
// before signing in and after signing out.
type Prefs struct {
	Language string // one of Config.Languages
	Theme    Theme
	// Comfortable: rows of the list of agents are as high as they need.
	Comfortable bool
	// Columns of the list of agents, each one of Config.Columns.
	Columns Columns
	// Told is up to when this browser was told of what has turned about the API; zero for
	// nothing.
	Told time.Time
}

// Columns are columns of a list in the order in which they are shown, as the cookie has
// them; "" for all in the usual order.
type Columns string

// JoinColumns makes them of their names.
func JoinColumns(names []string) Columns { return Columns(strings.Join(names, columnEnd)) }

// Split returns their names, none for the usual ones.
func (c Columns) Split() []string {
	if c == "" {
		return nil
	}
	return strings.Split(string(c), columnEnd)
}

// columnEnd is a character that a cookie's value may have, and no name.
const columnEnd = "-"

const prefsCookie = "console_prefs"

// comfortable stands in the cookie for Prefs.Comfortable.
const comfortable = "comfortable"

// yearSeconds is how long preferences are remembered.
const yearSeconds = 365 * 24 * 60 * 60

// LoadPrefs returns the request's preferences. What the cookie lacks, or has with
// a value that is not on the list, is the default.
func (m *Manager) LoadPrefs(c *fiber.Ctx) Prefs {
	language, rest, _ := strings.Cut(c.Cookies(prefsCookie), ".")
	theme, rest, _ := strings.Cut(rest, ".")
	told, rest, _ := strings.Cut(rest, ".")
	density, columns, _ := strings.Cut(rest, ".")
	p := Prefs{Language: language, Theme: Theme(theme), Comfortable: density == comfortable, Columns: Columns(columns)}
	if micros, err := strconv.ParseInt(told, 10, 64); err == nil && micros > 0 {
		p.Told = time.UnixMicro(micros)
	}
	return m.allowed(p)
}

// SavePrefs writes the preferences' cookie and returns what was saved: values
// that are not on the list become the default.
func (m *Manager) SavePrefs(c *fiber.Ctx, p Prefs) Prefs {
	p = m.allowed(p)
	opts := *m.store.Options
	value := p.Language + "." + string(p.Theme)
	view := ""
	if p.Comfortable {
		view = comfortable
	}
	if p.Columns != "" {
		view += "." + string(p.Columns)
	}
	if !p.Told.IsZero() {
		value += "." + strconv.FormatInt(p.Told.UnixMicro(), 10)
	}
	if view != "" {
		if p.Told.IsZero() {
			value += "."
		}
		value += "." + view
	}
	cookie := &http.Cookie{
		Name:        prefsCookie,
		Value:       value,
		Path:        opts.Path,
		MaxAge:      yearSeconds,
		HttpOnly:    true,
		Secure:      opts.Secure,
		SameSite:    opts.SameSite,
		Partitioned: opts.Partitioned,
	}
	c.Response().Header.DelCookie(prefsCookie)
	c.Response().Header.Add(fiber.HeaderSetCookie, cookie.String())
	return p
}

// allowed returns values of the lists themselves, never of the request.
func (m *Manager) allowed(p Prefs) Prefs {
	out := Prefs{Language: m.languages[0], Theme: System, Comfortable: p.Comfortable, Columns: m.allowedColumns(p.Columns)}
	if now := m.now(); p.Told.After(time.UnixMicro(0)) && !p.Told.After(now) {
		out.Told = p.Told // one of tomorrow would hide what turns until then
	}
	if i := slices.Index(m.languages, p.Language); i >= 0 {
		out.Language = m.languages[i]
	}
	themes := Themes()
	if i := slices.Index(themes, p.Theme); i >= 0 {
		out.Theme = themes[i]
	}
	return out
}

// allowedColumns are those of the columns that there are, each once; none where they are all
// of them in the usual order.
func (m *Manager) allowedColumns(chosen Columns) Columns {
	var out []string
	for _, name := range chosen.Split() {
		if i := slices.Index(m.columns, name); i >= 0 && !slices.Contains(out, name) {
			out = append(out, m.columns[i])
		}
	}
	if slices.Equal(out, m.columns) {
		return ""
	}
	return JoinColumns(out)
}
