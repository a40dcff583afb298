package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
	"github.com/alohub/agentconsole/web/session"
)

// SignOut ends sessions that people end.
type SignOut struct {
	*Desk
	sessions     signOutSessions
	endings      *endings
	clients      Clients
	environments environments
	runner       interface {
		Of(session string) []string
		SignOut(session string)
	}
}

type signOutSessions interface {
	Load(c *fiber.Ctx) (*session.Session, error)
	Clear(c *fiber.Ctx)
	Tags
}

// Do ends the session, and every copy of its cookie.
func (r *SignOut) Do(c *fiber.Ctx) error {
	s, err := r.sessions.Load(c)
	if err == nil && s.Handed || errors.Is(err, session.ErrHanded) {
		// There is nothing of ours to end: the program around is signed out of.
		return render.Redirect(c, r.Paths.Home())
	}
	if err == nil {
		in := s.SignIn(operatorOf(c, r.clients, s))
		if sent := foreign(c, r.sessions, r.sessions.Tag(in), in); sent != "" {
			return r.otherSignIn(c, r.sessions, r.environments, sent, in)
		}
	}
	if err == nil {
		if going := r.runner.Of(s.ID); len(going) > 0 {
			switch field(c, runsField) {
			case "finish":
			case "pause":
				r.runner.SignOut(s.ID)
			default:
				return r.ask(c, len(going))
			}
		}
	}
	r.sessions.Clear(c)
	if err == nil {
		if err = r.endings.end(c, s); err == nil {
			r.Log.InfoContext(c.UserContext(), "signed out", "operator", s.Operator, "request_id", requestid.From(c.UserContext()))
		}
	}
	if err != nil && !errors.Is(err, session.ErrNoSession) {
		// The cookie is gone from this browser, but a copy of it would still open. That
		// is said, rather than claim more than was done.
		p := problem.Problem{Status: fiber.StatusServiceUnavailable, Failure: problem.Failed, Message: "problem.sign_out", Log: true}
		return r.showFault(c, r.say(c, p, err))
	}
	c.Set("Clear-Site-Data", r.traces())
	return render.Redirect(c, r.Paths.SignIn("")+"?reason=signed-out")
}

// runsField says what is to become of the runs of somebody who signs out.
const runsField = "runs"

// ask asks that.
func (r *SignOut) ask(c *fiber.Ctx, going int) error {
	say := locale.From(c.UserContext())
	m := pages.SignOutRuns{Paths: r.Paths, Going: going, Back: r.Paths.Runs("")}
	return r.page(c, fiber.StatusConflict, r.chrome(c, say.T("runs.signing_out"), ""), pages.SignOutRunsPage(m), nil)
}

// traces are what the browser is to forget: pages it kept to go back to, and, where the
// origin is the console's alone, what is stored. Cookies are not among them: those of
// other consoles on this host and its ports would go too.
func (r *SignOut) traces() string {
	if r.Paths.Home() != "/" {
		return `"cache"`
	}
	return `"cache", "storage"`
}
