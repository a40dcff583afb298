package handlers

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
	"github.com/alohub/agentconsole/web/session"
	"github.com/alohub/agentconsole/web/tag"
)

const maxTenant = 32

// SignIn is the key form, and begins sessions.
type SignIn struct {
	*Desk
	sessions     signInSessions
	endings      *endings
	actors       *actors
	environments environments
	failures     SignInFailures
	salt         []byte
	handed       Handover
	clients      Clients
	demo         []pages.DemoKey
}

type signInSessions interface {
	Load(c *fiber.Ctx) (*session.Session, error)
	Save(c *fiber.Ctx, s *session.Session) error
	Fits(s *session.Session) error
	Tags
}

// SignInFailures limits failed sign-ins, by address and by what was tried.
type SignInFailures interface {
	Allow(client, fingerprint string) (ok bool, retryAfter time.Duration)
	Failed(client, fingerprint string)
	Succeeded(client, fingerprint string)
	Undecided(client, fingerprint string)
}

type signInForm struct {
	environment string
	key         apiclient.Secret
	tenant      string
	operator    string
	next        string
}

// fingerprint tells what is tried from anything else: a key that is refused at one
// tenant or environment may be good at another.
func (f signInForm) fingerprint(salt []byte) string {
	return f.key.Fingerprint(salt) + " " + f.environment + " " + f.tenant
}

// Form shows the key form.
func (r *SignIn) Form(c *fiber.Ctx) error {
	form := signInForm{next: r.Paths.Local(c.Query("next"))}
	if _, handed := r.handed(c); handed {
		return render.Redirect(c, cmp.Or(form.next, r.Paths.Agents(paths.AgentsQuery{})))
	}
	if len(r.environments) > 0 {
		form.environment = r.environments[0].Slug
	}
	if in, ok := r.sessions.ReadTag(tag.Of(form.next)); ok {
		// What was typed waits for the sign-in that it was typed in.
		if _, there := r.environments.find(in.Environment); there {
			form.environment = in.Environment
		}
		form.operator = in.Operator
	}
	m := r.model(c, form)
	switch reason := c.Query("reason"); reason {
	case "expired", "ended", "unauthorized", "signed-out":
		m.Reason = reason
	}
	return r.show(c, fiber.StatusOK, m)
}

// Try tries the key before it keeps it.
func (r *SignIn) Try(c *fiber.Ctx) error {
	if _, handed := r.handed(c); handed {
		return render.Redirect(c, r.Paths.Agents(paths.AgentsQuery{}))
	}
	form := signInForm{
		environment: field(c, "environment"),
		key:         apiclient.NewSecret(typed.Clean(field(c, "api_key"))),
		tenant:      typed.Clean(field(c, "tenant_id")),
		operator:    typed.Line(field(c, "operator"), paths.MaxOperator),
		next:        r.Paths.Local(field(c, "next")),
	}
	if name, fixed := r.clients.Operator(c); fixed {
		form.operator = typed.Line(name, paths.MaxOperator)
	}
	env, ok := r.environments.find(form.environment)
	switch {
	case !ok:
		return r.refuse(c, form, r.say(c, invalid("problem.environment"), nil), "")
	case form.key.IsZero():
		return r.refuse(c, form, r.say(c, invalid("problem.key_missing"), nil), "api_key")
	case errors.Is(r.sessions.Fits(&session.Session{Environment: env.Slug, Key: form.key, TenantID: form.tenant, Operator: form.operator}), session.ErrTooLarge):
		return r.refuse(c, form, r.say(c, invalid("problem.key_too_long"), nil), "api_key")
	case !form.key.Sendable():
		// Such a key cannot even be asked about: it is no key of anybody.
		p := problem.Problem{Status: fiber.StatusUnauthorized, Failure: problem.Unauthorized, Message: "problem.key_characters"}
		return r.refuse(c, form, r.say(c, p, nil), "api_key")
	case len(form.tenant) > maxTenant || strings.Trim(form.tenant, "0123456789") != "":
		return r.refuse(c, form, r.say(c, invalid("problem.tenant_digits"), nil), "tenant_id")
	}

	client, tried := r.clients.ClientIP(c), form.fingerprint(r.salt)
	if ok, wait := r.failures.Allow(client, tried); !ok {
		p := problem.Problem{
			Status: fiber.StatusTooManyRequests, Failure: problem.RateLimited,
			Message: "problem.attempts", RetryAfter: problem.Seconds(wait),
		}
		return r.refuse(c, form, r.say(c, p, nil), "")
	}
	creds := apiclient.Credentials{Key: form.key, TenantID: form.tenant}
	page, err := env.Client.Caller(creds, apiclient.Person).ListAgents(c.UserContext(), apiclient.AgentQuery{Size: 20})
	if err != nil {
		p := problemOf(err)
		switch {
		case p.Status == fiber.StatusUnauthorized:
			p.Message = "problem.key_wrong"
			r.failures.Failed(client, tried)
		case p.Message == "problem.scope":
			p.Message = "problem.scope_signin"
			r.failures.Failed(client, tried)
		default:
			r.failures.Undecided(client, tried)
		}
		r.Log.InfoContext(c.UserContext(), "sign-in refused", "environment", env.Slug, "failure", p.Failure,
			"request_id", requestid.From(c.UserContext()))
		return r.refuse(c, form, r.say(c, p, err), "")
	}
	r.failures.Succeeded(client, tried)

	s := &session.Session{
		Environment: env.Slug, Key: form.key, TenantID: form.tenant, Operator: form.operator,
		Created: r.Now().UTC(),
	}
	s.Tenant, s.TenantName = tenantOf(page)
	old, oldErr := r.sessions.Load(c)
	if errors.Is(oldErr, session.ErrUnavailable) {
		return oldErr // to ask the same database for a new one would only take longer
	}
	if err := r.sessions.Save(c, s); err != nil {
		if errors.Is(err, session.ErrTooLarge) {
			return r.refuse(c, form, r.say(c, invalid("problem.key_too_long"), nil), "api_key")
		}
		return err
	}
	if oldErr == nil {
		// Whoever signs in again leaves the old session, and so do its copies.
		r.endings.forget(c, old)
	}
	who := r.actors.of(s, env, form.operator)
	who.tenant.StartCrawl(who.access)
	r.Log.InfoContext(c.UserContext(), "signed in", "environment", env.Slug, "tenant", s.Tenant,
		"key", who.access.Key.KeyFingerprint, "operator", s.Operator, "request_id", requestid.From(c.UserContext()))
	if form.next != "" {
		return render.Redirect(c, form.next)
	}
	return render.Redirect(c, r.Paths.Agents(paths.AgentsQuery{}))
}

func (r *SignIn) refuse(c *fiber.Ctx, form signInForm, f *fault, field string) error {
	m := r.model(c, form)
	f.failure.FieldID = field
	f.repeat("sign-in")
	m.Failure = f.box()
	if render.For(c, pages.SignInNoticeID) {
		// Only the notice: the key that was typed stays where it is.
		return render.Parts(c, f.code(), pages.SignInNotice(m))
	}
	return r.show(c, f.code(), m)
}

// model is the form's model. The key is never in it: a page is cached, saved and
// looked at over shoulders.
func (r *SignIn) model(c *fiber.Ctx, form signInForm) pages.SignIn {
	m := pages.SignIn{
		Paths: r.Paths, Environment: form.environment, TenantID: form.tenant,
		Operator: form.operator, Next: form.next, Demo: r.demo, DemoURL: r.DemoURL,
	}
	_, m.FixedOperator = r.clients.Operator(c)
	for _, e := range r.environments {
		m.Environments = append(m.Environments, pages.Environment{Slug: e.Slug, Name: e.Name, Production: e.Production})
	}
	if len(r.demo) > 0 {
		m.Key = r.demo[0].Key
	}
	return m
}

func (r *SignIn) show(c *fiber.Ctx, code int, m pages.SignIn) error {
	say := locale.From(c.UserContext())
	return render.Page(c, code, r.chrome(c, say.T("signin.title"), ""), pages.SignInPage(m))
}
