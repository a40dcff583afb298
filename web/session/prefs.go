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
	// Told is up to when this browser was told of what has turned about the API; zero for
	// nothing.
	Told time.Time
}

const prefsCookie = "console_prefs"

// yearSeconds is how long preferences are remembered.
const yearSeconds = 365 * 24 * 60 * 60

// LoadPrefs returns the request's preferences. What the cookie lacks, or has with
// a value that is not on the list, is the default.
func (m *Manager) LoadPrefs(c *fiber.Ctx) Prefs {
	language, rest, _ := strings.Cut(c.Cookies(prefsCookie), ".")
	theme, told, _ := strings.Cut(rest, ".")
	p := Prefs{Language: language, Theme: Theme(theme)}
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
	if !p.Told.IsZero() {
		value += "." + strconv.FormatInt(p.Told.UnixMicro(), 10)
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
	out := Prefs{Language: m.languages[0], Theme: System}
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
