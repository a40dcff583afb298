package handlers

import (
	"context"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/session"
)

// Environment is one upstream that people may sign in to.
type Environment struct {
	Name       string
	Slug       string
	Production bool
	Client     *apiclient.Client
}

// Sessions opens, saves and clears the cookie that holds the key.
// *session.Manager is one.
type Sessions interface {
	Load(c *fiber.Ctx) (*session.Session, error)
	Save(c *fiber.Ctx, s *session.Session) error
	Fits(s *session.Session) error
	Touch(c *fiber.Ctx, s *session.Session) error
	Clear(c *fiber.Ctx)
	Until(s *session.Session) time.Time
	LoadPrefs(c *fiber.Ctx) session.Prefs
	SavePrefs(c *fiber.Ctx, p session.Prefs) session.Prefs
}

// Attempts limits failed sign-ins.
type Attempts interface {
	Allow(client string) (ok bool, retryAfter time.Duration)
	Failed(client string)
	Succeeded(client string)
	Undecided(client string)
}

// Clients says who is at the other end of a request.
type Clients interface {
	ClientIP(c *fiber.Ctx) string
	// Operator is the person's name as a trusted proxy gives it. Where fixed, a
	// header is configured for it and nothing else counts, even if it is empty.
	Operator(c *fiber.Ctx) (name string, fixed bool)
}

// Enders notes sessions that ended before their cookie did. journal.Sessions is
// one.
type Enders interface {
	End(ctx context.Context, id string, until time.Time) error
}

// Desk is what all handlers share. All fields are required but Demo.
type Desk struct {
	Paths        paths.Paths
	Assets       layouts.Assets
	Environments []Environment // in the order people see them
	Catalogues   *locale.Catalogues
	Sessions     Sessions
	Enders       Enders
	Attempts     Attempts
	Clients      Clients
	Roster       *live.Roster
	Journal      journal.Store
	// Salt keys the fingerprints by which the journal tells keys apart.
	Salt []byte
	Now  func() time.Time
	Log  *slog.Logger
	// Demo offers these keys on the sign-in page.
	Demo []pages.DemoKey
}

// environment finds an upstream by its slug.
func (d *Desk) environment(slug string) (Environment, bool) {
	for _, e := range d.Environments {
		if e.Slug == slug {
			return e, true
		}
	}
	return Environment{}, false
}
