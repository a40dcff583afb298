package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/probe"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/render"
)

// Traits is what the page of the API reads, and keeps of a probe. journal.Traits is one.
type Traits interface {
	Traits(ctx context.Context, scope journal.Scope) (map[string]journal.Trait, error)
	Shifts(ctx context.Context, environment string, from, until time.Time) ([]journal.Shift, error)
	Probe(ctx context.Context, environment string) (report []byte, at time.Time, err error)
	TenantProbe(ctx context.Context, scope journal.Scope) (report []byte, at time.Time, err error)
	KeepTenantProbe(ctx context.Context, scope journal.Scope, report []byte, at time.Time) error
}

// Asking is what a probe in the background needs. Its fields are required but Transport.
type Asking struct {
	Rounds *probe.Rounds
	// Lock keeps two consoles of one database from asking at once, as of an agent.
	Lock func(ctx context.Context, scope journal.Scope, agent string, by journal.Holder, waits func(journal.Holder)) (held context.Context, release func(), err error)
	// Ended reports whether a session has ended, here or at another console.
	Ended     func(ctx context.Context, id string, generation int64) (bool, error)
	Version   string
	Transport http.RoundTripper // nil: the probe's own
}

// Connection answers for what is known of the API.
type Connection struct {
	*Desk
	traits Traits
	asking Asking
	log    *slog.Logger
	// browsers keeps up to when each was told of what has shifted.
	browsers  preferencesSessions
	rehearsal *Rehearsal
}

// The agent under whose name a tenant's probe is locked. No extension has a space.
const probeLock = "the API itself"

var (
	errElsewhere = errors.New("another console is asking")
	errNoSession = errors.New("the session has ended")
)

// Place is where it stands.
func (r *Connection) Place(*fiber.Ctx) string { return r.Paths.Connection() }

// Show is the page.
func (r *Connection) Show(c *fiber.Ctx) error {
	v := entered(c)
	v.tenant.StartCrawl(v.access)
	kept, err := r.traits.Traits(c.UserContext(), v.scope())
	if err != nil {
		return err
	}
	shifts, err := r.traits.Shifts(c.UserContext(), v.env.Slug, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	asked, err := r.probe(c.UserContext(), v)
	if err != nil {
		return err
	}
	m := pages.Connection{
		Environment: v.env.Name, Probe: asked, Shifted: v.shifted(shifts),
		Groups: v.conduct(kept, v.env.Client.Wire(), v.env.Client.AuthHeaders()),
	}
	m.Edit, m.EditPlain = v.editCost()
	if r.rehearsal.in(v.env) {
		m.Rehearsal = &partials.RehearsalChoice{Paths: r.Paths}
	}
	chrome := r.chrome(c, v.say.T("connection.title"), "connection")
	if asked.Going {
		chrome.RefreshAfter = 3
	}
	return r.page(c, fiber.StatusOK, chrome, pages.ConnectionPage(m), nil)
}

// Live is how far a probe is.
func (r *Connection) Live(c *fiber.Ctx) error { return r.box(c, entered(c)) }

func (r *Connection) box(c *fiber.Ctx, v *visit) error {
	m, err := r.probe(c.UserContext(), v)
	if err != nil {
		return err
	}
	return v.parts(c, fiber.StatusOK, nil, partials.ProbeBox(m))
}

// Ask has the API asked, in the background, with the session's own key. Where that goes on
// already nothing else is begun.
func (r *Connection) Ask(c *fiber.Ctx) error {
	v := entered(c)
	cfg := probe.Config{
		BaseURL: v.env.Client.BaseURL(), Key: v.session.Key, Tenant: v.access.Key.TenantHeader, Version: r.asking.Version,
		Now: r.Now, Transport: r.asking.Transport,
	}
	asker := probing{actor: v.actor, session: v.access.Session, generation: v.session.Generation, handed: v.session.Handed, desk: r}
	cfg.Admit = asker.admit
	r.asking.Rounds.Begin(v.probeID(), v.access.Session, cfg, asker.work)
	if render.HTMX(c) {
		return r.box(c, v)
	}
	return render.Redirect(c, r.Paths.Connection())
}

// probeID names the tenant whose API is asked.
func (a *actor) probeID() string { return a.scope().Environment + "\x00" + a.scope().Tenant }

// probing is one probe. It outlives the request that began it.
type probing struct {
	*actor
	session    string
	generation int64
	handed     bool
	desk       *Connection
}

// admit waits in the background's lane for leave to make a call, unless the session has
// ended meanwhile, wherever that was.
func (p probing) admit(ctx context.Context) (func(*http.Response), error) {
	if !p.handed {
		ended, err := p.desk.asking.Ended(ctx, p.session, p.generation)
		if err != nil {
			return nil, err
		}
		if ended {
			p.desk.asking.Rounds.EndSession(p.session)
			return nil, errNoSession
		}
	}
	return p.background.Admit(ctx)
}

func (p probing) work(ctx context.Context, cfg probe.Config) error {
	locking, cancel := context.WithCancel(ctx)
	defer cancel()
	_, release, err := p.desk.asking.Lock(locking, p.scope(), probeLock, journal.Holder{Operator: p.operator}, func(journal.Holder) { cancel() })
	if err != nil {
		if locked := (*journal.LockedError)(nil); errors.As(err, &locked) {
			return errElsewhere
		}
		return p.failed(ctx, err)
	}
	defer release()
	report, err := probe.Run(ctx, cfg)
	if err != nil {
		return p.failed(ctx, err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	raw, err := json.Marshal(report)
	if err != nil {
		return p.failed(ctx, err)
	}
	if err := p.desk.traits.KeepTenantProbe(ctx, p.scope(), raw, report.At); err != nil {
		return p.failed(ctx, err)
	}
	p.desk.log.InfoContext(ctx, "the API was asked", "environment", p.env.Slug, "calls", report.Calls, "verdict", string(report.Worst()))
	return nil
}

func (p probing) failed(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		p.desk.log.WarnContext(ctx, "the API was not asked", "environment", p.env.Slug, "error", err)
	}
	return fmt.Errorf("probe: %w", err)
}

// probe is what was found out by asking. Of two reports the newer one is shown.
func (r *Connection) probe(ctx context.Context, v *visit) (partials.Probe, error) {
	m := partials.Probe{Paths: r.Paths, Most: probe.MostCalls}
	going, ok := r.asking.Rounds.Going(v.probeID())
	m.Going, m.BegunAt, m.Asked = ok, going.BegunAt, going.Asked
	switch err := r.asking.Rounds.Failed(v.probeID()); {
	case errors.Is(err, errElsewhere):
		m.Why = v.say.T("connection.failed.elsewhere")
	case errors.Is(err, context.DeadlineExceeded):
		m.Why = v.say.T("connection.failed.late")
	case errors.Is(err, journal.ErrUnavailable):
		m.Why = v.say.T("connection.failed.database")
	case err != nil:
		m.Why = v.say.T("connection.failed.unknown")
	}
	own, at, err := r.traits.TenantProbe(ctx, v.scope())
	if err != nil {
		return m, err
	}
	others, since, err := r.traits.Probe(ctx, v.env.Slug)
	if err != nil {
		return m, err
	}
	raw, foreign := own, false
	if own == nil || since.After(at) && others != nil {
		raw, foreign = others, true
	}
	if report := readReport(raw); report != nil {
		m.Report = v.report(report, foreign)
	}
	return m, nil
}

// readReport reads what was kept of a probe. What cannot be read is as good as none.
func readReport(raw []byte) *probe.Report {
	var report probe.Report
	if raw == nil || json.Unmarshal(raw, &report) != nil {
		return nil
	}
	return &report
}

// Told notes in the browser up to when its person was told of what has shifted.
func (r *Connection) Told(c *fiber.Ctx) error {
	if micros, err := strconv.ParseInt(field(c, "upto"), 10, 64); err == nil {
		prefs := r.browsers.LoadPrefs(c)
		if at := time.UnixMicro(micros); at.After(prefs.Told) {
			prefs.Told = at
			r.browsers.SavePrefs(c, prefs)
		}
	}
	next := r.Paths.Local(field(c, "next"))
	if next == "" {
		next = r.Paths.Connection()
	}
	return render.Redirect(c, next)
}
