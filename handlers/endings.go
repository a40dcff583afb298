package handlers

import (
	"context"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/session"
)

// Enders notes sessions that ended before their cookie did. journal.Sessions is
// one.
type Enders interface {
	End(ctx context.Context, id string, until time.Time) error
}

// endings ends sessions everywhere but in the cookie: the snapshots let go of them,
// and, by the list of ended sessions, every copy of the cookie is refused.
type endings struct {
	sessions interface {
		Until(s *session.Session) time.Time
	}
	snapshots interface{ EndSession(session string) }
	probes    interface{ EndSession(session string) }
	enders    Enders
	log       *slog.Logger
}

func (e *endings) end(c *fiber.Ctx, s *session.Session) error {
	e.snapshots.EndSession(s.ID)
	e.probes.EndSession(s.ID)
	return e.enders.End(c.UserContext(), s.ID, e.sessions.Until(s))
}

// forget is end where a person goes on, whether or not it could be noted.
func (e *endings) forget(c *fiber.Ctx, s *session.Session) {
	if err := e.end(c, s); err != nil {
		e.log.ErrorContext(c.UserContext(), "session not noted as ended", "error", err)
	}
}
