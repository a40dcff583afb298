package handlers

import (
	"cmp"
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/session"
	"github.com/alohub/agentconsole/web/tag"
)

// Door lets only signed-in people pass. Others are sent to the key form, which
// brings them back to the page that their request belongs to, with what they had
// typed. How a route is entered says which page that is.
type Door struct {
	*Desk
	catalogues   *locale.Catalogues
	sessions     doorSessions
	endings      *endings
	actors       *actors
	environments environments
	clients      Clients
}

type doorSessions interface {
	Load(c *fiber.Ctx) (*session.Session, error)
	Touch(c *fiber.Ctx, s *session.Session) error
	Clear(c *fiber.Ctx)
	Tags
}

// Clients says who is at the other end of a request.
type Clients interface {
	ClientIP(c *fiber.Ctx) string
	// Operator is the person's name as a trusted proxy gives it. Where fixed, a
	// header is configured for it and nothing else counts, even if it is empty.
	Operator(c *fiber.Ctx) (name string, fixed bool)
}

// Place is the page of this console that a request belongs to, "" where it cannot
// tell.
type Place func(c *fiber.Ctx) string

// belonging is what a route says of its requests.
type belonging struct {
	own   bool  // the address is a page itself
	draft Place // the page that keeps what was typed; counts before any other
	page  Place // counts where the browser does not say where it was
}

type belongingKey struct{}

// belongingOf is what the route of a request said. What is outside the door is a
// page: the key form, and whatever is not found.
func belongingOf(c *fiber.Ctx) belonging {
	if b, ok := c.Locals(belongingKey{}).(belonging); ok {
		return b
	}
	return belonging{own: true}
}

// Locale puts the browser's language into the request's context. It stands before
// everything, so that error pages speak it too.
func (d *Door) Locale(c *fiber.Ctx) error {
	prefs := d.Prefs.LoadPrefs(c)
	c.SetUserContext(locale.With(c.UserContext(), d.catalogues.Printer(prefs.Language)))
	return c.Next()
}

// Page is the way to a page, which belongs to itself.
func (d *Door) Page(c *fiber.Ctx) error {
	return d.enter(c, belonging{own: true, page: (*fiber.Ctx).OriginalURL}, true)
}

// From is the way to what a page offers, a file or what its form does. It belongs to
// the page it was asked from; where the browser does not say, to the one named.
func (d *Door) From(page Place) fiber.Handler {
	return func(c *fiber.Ctx) error { return d.enter(c, belonging{page: page}, true) }
}

// Glance is the way to what a page asks by itself: it is nobody's doing, so it does
// not put off the end of a session that nobody uses.
func (d *Door) Glance(page Place) fiber.Handler {
	return func(c *fiber.Ctx) error { return d.enter(c, belonging{page: page}, false) }
}

// Draft is From for a form too long to be typed again: it belongs to the page that
// opens on what was typed.
func (d *Door) Draft(draft, page Place) fiber.Handler {
	return func(c *fiber.Ctx) error { return d.enter(c, belonging{draft: draft, page: page}, true) }
}

func (d *Door) enter(c *fiber.Ctx, b belonging, used bool) error {
	c.Locals(belongingKey{}, b)
	s, err := d.sessions.Load(c)
	if err != nil {
		switch {
		case errors.Is(err, session.ErrExpired):
			d.sessions.Clear(c)
			return d.toSignIn(c, "expired")
		case errors.Is(err, session.ErrEnded):
			d.sessions.Clear(c)
			return d.toSignIn(c, "ended")
		case errors.Is(err, session.ErrNoSession):
			// A cookie that cannot be read may be another console's: it is left alone.
			return d.toSignIn(c, "")
		}
		return err
	}
	env, ok := d.environments.find(s.Environment)
	if !ok {
		// The environment was taken out of the settings since they signed in.
		d.sessions.Clear(c)
		return d.toSignIn(c, "expired")
	}
	in := d.admit(c, s, env)
	if sent := foreign(c, d.sessions, tag.From(c.UserContext()), in); sent != "" {
		return d.otherSignIn(c, d.sessions, d.environments, sent, in)
	}
	if used {
		if err := d.sessions.Touch(c, s); err != nil {
			return err
		}
	}
	return c.Next()
}

// admit makes the request a visit, and returns the sign-in it is of.
func (d *Door) admit(c *fiber.Ctx, s *session.Session, env Environment) session.SignIn {
	operator := operatorOf(c, d.clients, s)
	in := s.SignIn(operator)
	v := newVisit(d.Desk, d.actors.of(s, env, operator), s, locale.From(c.UserContext()))
	c.SetUserContext(tag.With(context.WithValue(c.UserContext(), visitKey{}, v), d.sessions.Tag(in)))
	return in
}

// Either is the way to what is open to anybody and is nobody's in particular. It tells
// who is signed in, which puts off no session's end, and lets everybody else pass too.
func (d *Door) Either(c *fiber.Ctx) error {
	if s, err := d.sessions.Load(c); err == nil {
		if env, ok := d.environments.find(s.Environment); ok {
			d.admit(c, s, env)
		}
	}
	return c.Next()
}

// operatorOf is the person's name: whom a trusted proxy names now, else whom the
// session does.
func operatorOf(c *fiber.Ctx, clients Clients, s *session.Session) string {
	if name, fixed := clients.Operator(c); fixed {
		return typed.Line(name, paths.MaxOperator)
	}
	return s.Operator
}

// Fail answers an error that a handler did not answer itself: a key that the
// upstream no longer accepts has to be given again; for the rest, a page says what
// went wrong and has a request id, without a word of the inside. It is the app's
// error handler.
func (d *Door) Fail(c *fiber.Ctx, err error) error {
	p := problemOf(err)
	v := entered(c)
	if errors.Is(err, session.ErrHanded) || v != nil && v.session.Handed {
		if p.SignIn {
			// Not to the key form, which nobody needs here: it would lead back.
			d.sessions.Clear(c)
			p.SignIn, p.Message = false, "problem.handed"
		}
		return d.showFault(c, d.say(c, p, err))
	}
	if v != nil && p.SignIn {
		d.sessions.Clear(c)
		d.endings.forget(c, v.session)
		return d.toSignIn(c, "unauthorized")
	}
	return d.showFault(c, d.say(c, p, err))
}

// toSignIn sends a person to the key form.
func (d *Door) toSignIn(c *fiber.Ctx, reason string) error {
	target := d.Paths.SignIn(d.backTo(c))
	if reason != "" {
		target = paths.With(target, "reason", reason)
	}
	return render.Redirect(c, target)
}

// backTo is the page to come back to after signing in, "" for the first one. What was
// typed into a form that is kept travels in its address, so it is there whichever
// replica answers then, with the tag of the sign-in that it was typed for.
func (d *Desk) backTo(c *fiber.Ctx) string {
	b := belongingOf(c)
	next := ""
	if b.draft != nil {
		if draft := b.draft(c); draft != "" {
			next = d.Paths.Local(tag.Add(draft, named(c)))
		}
	}
	next = cmp.Or(next, d.Paths.Local(here(c)))
	if next == "" && b.page != nil {
		next = d.Paths.Local(b.page(c))
	}
	if next == d.Paths.Home() {
		next = ""
	}
	return next
}
