package handlers

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
	"github.com/alohub/agentconsole/web/session"
)

const (
	maxOperator = 80
	maxTenant   = 32
)

type signInForm struct {
	environment string
	key         apiclient.Secret
	tenant      string
	operator    string
	next        string
}

// SignInForm shows the key form.
func (d *Desk) SignInForm(c *fiber.Ctx) error {
	form := signInForm{next: d.Paths.Local(c.Query("next"))}
	if len(d.Environments) > 0 {
		form.environment = d.Environments[0].Slug
	}
	m := d.signIn(c, form)
	switch reason := c.Query("reason"); reason {
	case "expired", "ended", "unauthorized", "signed-out":
		m.Reason = reason
	}
	return d.showSignIn(c, fiber.StatusOK, m)
}

// SignIn tries the key before it keeps it.
func (d *Desk) SignIn(c *fiber.Ctx) error {
	form := signInForm{
		environment: field(c, "environment"),
		key:         apiclient.NewSecret(field(c, "api_key")),
		tenant:      field(c, "tenant_id"),
		operator:    oneLine(field(c, "operator"), maxOperator),
		next:        d.Paths.Local(field(c, "next")),
	}
	if name, fixed := d.Clients.Operator(c); fixed {
		form.operator = oneLine(name, maxOperator)
	}
	env, ok := d.environment(form.environment)
	switch {
	case !ok:
		return d.refuseSignIn(c, form, invalid("problem.environment"), "")
	case form.key.IsZero():
		return d.refuseSignIn(c, form, invalid("problem.key_missing"), "api_key")
	case errors.Is(d.Sessions.Fits(&session.Session{Environment: env.Slug, Key: form.key, TenantID: form.tenant, Operator: form.operator}), session.ErrTooLarge):
		return d.refuseSignIn(c, form, invalid("problem.key_too_long"), "api_key")
	case !printable(form.key.Reveal()):
		// Such a key cannot even be asked about: it is no key of anybody.
		p := problem.Problem{Status: fiber.StatusUnauthorized, Failure: problem.Unauthorized, Message: "problem.key_characters"}
		return d.refuseSignIn(c, form, p, "api_key")
	case len(form.tenant) > maxTenant || strings.Trim(form.tenant, "0123456789") != "":
		return d.refuseSignIn(c, form, invalid("problem.tenant_digits"), "tenant_id")
	}

	client := d.Clients.ClientIP(c)
	if ok, wait := d.Attempts.Allow(client); !ok {
		p := problem.Problem{
			Status: fiber.StatusTooManyRequests, Failure: problem.RateLimited,
			Message: "problem.attempts", RetryAfter: problem.Seconds(wait),
		}
		return d.refuseSignIn(c, form, p, "")
	}
	creds := apiclient.Credentials{Key: form.key, TenantID: form.tenant}
	page, err := env.Client.Caller(creds, apiclient.Person).ListAgents(c.UserContext(), apiclient.AgentQuery{Size: 20})
	if err != nil {
		p := problemOf(err)
		switch {
		case p.Status == fiber.StatusUnauthorized:
			p.Message = "problem.key_wrong"
			d.Attempts.Failed(client)
		case p.Message == "problem.scope":
			p.Message = "problem.scope_signin"
			d.Attempts.Failed(client)
		default:
			d.Attempts.Undecided(client)
		}
		d.note(c, p, err)
		d.Log.InfoContext(c.UserContext(), "sign-in refused", "environment", env.Slug, "failure", p.Failure,
			"request_id", requestid.From(c.UserContext()))
		return d.refuseSignIn(c, form, p, "")
	}
	d.Attempts.Succeeded(client)

	s := &session.Session{
		Environment: env.Slug, Key: form.key, TenantID: form.tenant, Operator: form.operator,
		Created: d.Now().UTC(),
	}
	for _, row := range page.Rows {
		if row.TenantID != nil {
			s.Tenant, s.TenantName = strconv.FormatInt(*row.TenantID, 10), row.TenantName
			break
		}
	}
	old, oldErr := d.Sessions.Load(c)
	if err := d.Sessions.Save(c, s); err != nil {
		if errors.Is(err, session.ErrTooLarge) {
			return d.refuseSignIn(c, form, invalid("problem.key_too_long"), "api_key")
		}
		return err
	}
	if oldErr == nil {
		// Whoever signs in again leaves the old session, and so do its copies.
		d.forget(c, old)
	}
	v := d.visit(c, s, env)
	v.tenant.StartCrawl(v.access)
	d.Log.InfoContext(c.UserContext(), "signed in", "environment", env.Slug, "tenant", s.Tenant,
		"key", v.access.Key.KeyFingerprint, "operator", s.Operator, "request_id", requestid.From(c.UserContext()))
	if form.next != "" {
		return render.Redirect(c, form.next)
	}
	return render.Redirect(c, d.Paths.Agents(paths.AgentsQuery{}))
}

// SignOut ends the session, and every copy of its cookie.
func (d *Desk) SignOut(c *fiber.Ctx) error {
	s, err := d.Sessions.Load(c)
	d.Sessions.Clear(c)
	switch {
	case errors.Is(err, session.ErrNoSession):
	case err != nil:
		return d.signOutFailed(c, err)
	default:
		d.Roster.EndSession(s.ID)
		if err := d.Enders.End(c.UserContext(), s.ID, d.Sessions.Until(s)); err != nil {
			return d.signOutFailed(c, err)
		}
		d.Log.InfoContext(c.UserContext(), "signed out", "operator", s.Operator, "request_id", requestid.From(c.UserContext()))
	}
	return render.Redirect(c, d.Paths.SignIn("")+"?reason=signed-out")
}

// signOutFailed: the cookie is gone from this browser, but a copy of it would still
// open. That is said, rather than claim more than was done.
func (d *Desk) signOutFailed(c *fiber.Ctx, err error) error {
	p := problem.Problem{Status: fiber.StatusServiceUnavailable, Failure: problem.Failed, Message: "problem.sign_out", Log: true}
	d.note(c, p, err)
	return d.showProblem(c, p)
}

// printable reports whether a key can travel in a header: a key has no spaces and
// no letters beyond ASCII.
func printable(key string) bool {
	return !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

func invalid(message string) problem.Problem {
	return problem.Problem{Status: fiber.StatusUnprocessableEntity, Failure: problem.InvalidInput, Message: message}
}

func (d *Desk) refuseSignIn(c *fiber.Ctx, form signInForm, p problem.Problem, field string) error {
	m := d.signIn(c, form)
	f := failure(c, p)
	f.FieldID = field
	if p.RetryAfter > 0 {
		f.RetryButton = "sign-in"
	}
	m.Failure = &f
	if render.For(c, pages.SignInNoticeID) {
		// Only the notice: the key that was typed stays where it is.
		return render.Parts(c, status(c, p), pages.SignInNotice(m))
	}
	return d.showSignIn(c, status(c, p), m)
}

// signIn is the form's model. The key is never in it: a page is cached, saved and
// looked at over shoulders.
func (d *Desk) signIn(c *fiber.Ctx, form signInForm) pages.SignIn {
	m := pages.SignIn{
		Paths: d.Paths, Environment: form.environment, TenantID: form.tenant,
		Operator: form.operator, Next: form.next, Demo: d.Demo,
	}
	_, m.FixedOperator = d.Clients.Operator(c)
	for _, e := range d.Environments {
		m.Environments = append(m.Environments, pages.Environment{Slug: e.Slug, Name: e.Name, Production: e.Production})
	}
	if len(d.Demo) > 0 {
		m.Key = d.Demo[0].Key
	}
	return m
}

func (d *Desk) showSignIn(c *fiber.Ctx, code int, m pages.SignIn) error {
	say := locale.From(c.UserContext())
	return render.Page(c, code, d.chrome(c, say.T("signin.title"), ""), pages.SignInPage(m))
}

// oneLine trims foreign text to one line of at most n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
