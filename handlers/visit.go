package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
	"github.com/alohub/agentconsole/web/session"
)

// visit is one request of a signed-in person: who they are, what they may see,
// and the means to call upstream on their behalf.
type visit struct {
	desk    *Desk
	session *session.Session
	// operator is who acts: whom the proxy names now, else whom the session does.
	operator string
	env      Environment
	person   *apiclient.Caller
	access   live.Access
	tenant   *live.Tenant
	say      *locale.Printer
}

type visitKey struct{}

// Locale puts the browser's language into the request's context. It stands before
// everything, so that error pages speak it too.
func (d *Desk) Locale(c *fiber.Ctx) error {
	prefs := d.Sessions.LoadPrefs(c)
	c.SetUserContext(locale.With(c.UserContext(), d.Catalogues.Printer(prefs.Language)))
	return c.Next()
}

// Enter lets only signed-in people pass; others are sent to the key form, which
// brings them back to where they were, with what they had typed.
func (d *Desk) Enter(c *fiber.Ctx) error { return d.enter(c, true) }

// Glance is Enter for what a page asks by itself: it is nobody's doing, so it does
// not put off the end of a session that nobody uses.
func (d *Desk) Glance(c *fiber.Ctx) error { return d.enter(c, false) }

func (d *Desk) enter(c *fiber.Ctx, used bool) error {
	s, err := d.Sessions.Load(c)
	if err != nil {
		reason := ""
		switch {
		case errors.Is(err, session.ErrExpired):
			reason = "expired"
		case errors.Is(err, session.ErrEnded):
			reason = "ended"
		case !errors.Is(err, session.ErrNoSession):
			return err
		}
		d.Sessions.Clear(c)
		return d.toSignIn(c, reason)
	}
	env, ok := d.environment(s.Environment)
	if !ok {
		// The environment was taken out of the settings since they signed in.
		d.Sessions.Clear(c)
		return d.toSignIn(c, "expired")
	}
	if used {
		if err := d.Sessions.Touch(c, s); err != nil {
			return err
		}
	}
	v := d.visit(c, s, env)
	v.say = locale.From(c.UserContext())
	c.SetUserContext(context.WithValue(c.UserContext(), visitKey{}, v))
	return c.Next()
}

func (d *Desk) visit(c *fiber.Ctx, s *session.Session, env Environment) *visit {
	creds := apiclient.Credentials{Key: s.Key, TenantID: s.TenantID}
	fingerprint := s.Key.Fingerprint(d.Salt)
	scope := journal.Scope{Environment: env.Slug, Tenant: s.Tenant}
	if scope.Tenant == "" {
		// No row ever named a tenant: what this key did is shown to this key alone.
		scope.Tenant = "key:" + fingerprint
	}
	v := &visit{desk: d, session: s, operator: s.Operator, env: env, person: env.Client.Caller(creds, apiclient.Person)}
	v.access = live.Access{
		Key:        live.Key{Environment: env.Slug, KeyFingerprint: fingerprint, TenantHeader: s.TenantID},
		Scope:      scope,
		Session:    s.ID,
		Person:     v.person,
		Background: env.Client.Caller(creds, apiclient.Background),
	}
	if name, fixed := d.Clients.Operator(c); fixed {
		v.operator = oneLine(name, maxOperator)
	}
	v.tenant = d.Roster.Tenant(v.access)
	return v
}

// entered returns the request's visit; Enter put it there.
func entered(c *fiber.Ctx) *visit {
	v, _ := c.UserContext().Value(visitKey{}).(*visit)
	return v
}

func (v *visit) scope() journal.Scope { return v.access.Scope }

func (v *visit) author(c *fiber.Ctx) roster.Author {
	return roster.Author{
		Operator:       v.operator,
		KeyFingerprint: v.access.Key.KeyFingerprint,
		RequestID:      requestid.From(c.UserContext()),
	}
}

// budget is the meter as of now.
func (v *visit) budget() components.Budget {
	b := v.person.Budget()
	out := components.Budget{
		Tenant: components.Gauge{Limit: b.Tenant.Limit, Remaining: b.Tenant.Remaining, Known: b.Tenant.Known},
		Route:  components.Gauge{Limit: b.Route.Limit, Remaining: b.Route.Remaining, Known: b.Route.Known},
	}
	if hold := b.HoldUntil.Sub(v.desk.Now()); hold > 0 {
		out.HoldSeconds = problem.Seconds(hold)
	}
	return out
}

// chrome is the shell of a page. Before sign-in there is no visit.
func (d *Desk) chrome(c *fiber.Ctx, title, nav string) layouts.Chrome {
	prefs := d.Sessions.LoadPrefs(c)
	chrome := layouts.Chrome{
		Title: title, Paths: d.Paths, Assets: d.Assets, Nav: nav,
		Lang: locale.From(c.UserContext()).Lang(), Theme: string(prefs.Theme),
		Here: here(c),
	}
	if v := entered(c); v != nil {
		tenant := v.session.TenantName
		if tenant == "" {
			tenant = v.session.Tenant
		}
		chrome.Person = &layouts.Person{
			Operator: v.operator, KeyLastFour: v.session.Key.LastFour(), Tenant: tenant,
			Environment: v.env.Name, Production: v.env.Production,
		}
		chrome.Budget = v.budget()
	}
	return chrome
}

// here is the page a person is on: of a POST, the page it came from.
func here(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodGet && !render.HTMX(c) && !strings.HasSuffix(c.Path(), ".csv") {
		return c.OriginalURL()
	}
	from := c.Get("HX-Current-URL")
	if from == "" {
		from = c.Get(fiber.HeaderReferer)
	}
	u, err := url.Parse(from)
	if err != nil || u.Path == "" {
		return ""
	}
	return u.RequestURI()
}

// toSignIn sends a person to the key form. next is where they were; what they had
// typed into the queue editor travels in it, so it is there when they come back,
// whichever replica answers then.
func (d *Desk) toSignIn(c *fiber.Ctx, reason string) error {
	next := ""
	if c.Method() == fiber.MethodPost {
		next = d.Paths.Local(d.draft(c))
	}
	next = cmp.Or(next, d.Paths.Local(here(c)), d.Paths.Local(d.behind(c)))
	if next == d.Paths.Home() {
		next = ""
	}
	target := d.Paths.SignIn(next)
	if reason != "" {
		if strings.Contains(target, "?") {
			target += "&reason=" + reason
		} else {
			target += "?reason=" + reason
		}
	}
	return render.Redirect(c, target)
}

// behind is the page that a request without a word of where it came from belongs to.
func (d *Desk) behind(c *fiber.Ctx) string {
	path := c.Path()
	switch last := path[strings.LastIndexByte(path, '/')+1:]; last {
	case "live", "progress", "recording", "queues", "members":
		return strings.TrimSuffix(path, "/"+last)
	case "undo", "changes.csv":
		return d.Paths.Changes(paths.ChangesQuery{})
	case "agents.csv":
		return strings.TrimSuffix(path, ".csv")
	}
	if c.Method() == fiber.MethodGet {
		return c.OriginalURL()
	}
	return path
}

// draft is the editor's URL with the form's fields in it, "" for other forms.
func (d *Desk) draft(c *fiber.Ctx) string {
	id := c.Params("id")
	if id == "" || !strings.HasSuffix(c.Path(), "/queues") {
		return ""
	}
	form, err := readEditor(c)
	if err != nil {
		return ""
	}
	return d.Paths.Draft(param(c, "id"), string(form.typ), form.raw, form.base, form.priority, form.priorityBase)
}

// leave ends a session whose key the upstream no longer accepts, and asks for a
// new key.
func (v *visit) leave(c *fiber.Ctx) error {
	v.desk.end(c, v.session)
	return v.desk.toSignIn(c, "unauthorized")
}

// end forgets a session everywhere: the cookie, the snapshots, and, by the list
// of ended sessions, every copy of the cookie.
func (d *Desk) end(c *fiber.Ctx, s *session.Session) {
	d.Sessions.Clear(c)
	d.forget(c, s)
}

// forget is end for a session whose cookie another has replaced.
func (d *Desk) forget(c *fiber.Ctx, s *session.Session) {
	d.Roster.EndSession(s.ID)
	if err := d.Enders.End(c.UserContext(), s.ID, d.Sessions.Until(s)); err != nil {
		d.Log.ErrorContext(c.UserContext(), "session not noted as ended", "error", err)
	}
}

// param returns a path parameter, unescaped.
func param(c *fiber.Ctx, name string) string {
	raw := c.Params(name)
	if s, err := url.PathUnescape(raw); err == nil {
		return s
	}
	return raw
}

// id64 reads a positive queue id, 0 where it is none.
func id64(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
