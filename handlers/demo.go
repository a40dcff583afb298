package handlers

import (
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/demo"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// Demo is the page that sets the upstream of a demo. It asks for no session: a demo
// whose upstream refuses every key must still be brought back to calm. It never calls
// the upstream's API.
type Demo struct {
	*Desk
	upstream demo.Upstream
}

// Show shows what is set, and what somebody else did.
func (r *Demo) Show(c *fiber.Ctx) error {
	m := r.model()
	switch {
	case render.For(c, pages.DemoDeedsID):
		return render.Parts(c, fiber.StatusOK, pages.DemoDeeds(m))
	case render.For(c, pages.DemoPendingID):
		return render.Parts(c, fiber.StatusOK, pages.DemoPending(m))
	}
	return r.show(c, m, nil)
}

// SetPace sets how often the second administrator changes something.
func (r *Demo) SetPace(c *fiber.Ctx) error {
	return r.done(c, r.model(), "#second", "pace", r.upstream.SetPace(field(c, "pace")))
}

// SetAnswers sets how rows show several queues, and the other habits of answers.
func (r *Demo) SetAnswers(c *fiber.Ctx) error {
	return r.done(c, r.model(), "#answers", "style", r.upstream.SetAnswers(field(c, "style"), fieldValues(c, "trait")))
}

// Fail adds a fault.
func (r *Demo) Fail(c *fiber.Ctx) error {
	m := r.model()
	m.Kind, m.Route, m.Times = field(c, "kind"), field(c, "route"), field(c, "times")
	times, err := strconv.Atoi(m.Times)
	if err != nil {
		return r.done(c, m, "#faults", "times", demo.ErrUnknown)
	}
	return r.done(c, m, "#faults", "route", r.upstream.Fail(demo.Fault{Kind: m.Kind, Route: m.Route, Times: times}))
}

// ClearFaults takes back the faults that are pending.
func (r *Demo) ClearFaults(c *fiber.Ctx) error {
	r.upstream.ClearFaults()
	return r.done(c, r.model(), "#faults", "", nil)
}

// SetLimits replaces the rate limits.
func (r *Demo) SetLimits(c *fiber.Ctx) error {
	m := r.model()
	m.Tenant, m.PerRoute, m.Window = field(c, "tenant"), field(c, "per_route"), field(c, "window")
	m.WindowKind = field(c, "window_kind")
	m.NoHeaders, m.NoRetryAfter = field(c, "no_headers") != "", field(c, "no_retry_after") != ""
	limits := demo.Limits{Kind: m.WindowKind, NoHeaders: m.NoHeaders, NoRetryAfter: m.NoRetryAfter}
	for _, n := range []struct {
		id, typed   string
		least, most int
		message     string
		into        func(int)
	}{
		{"tenant", m.Tenant, 0, 100_000, "problem.demo_calls", func(n int) { limits.Tenant = n }},
		{"per_route", m.PerRoute, 0, 100_000, "problem.demo_calls", func(n int) { limits.Route = n }},
		{"window", m.Window, 1, 3600, "problem.demo_window", func(n int) { limits.Window = time.Duration(n) * time.Second }},
	} {
		value, err := strconv.Atoi(n.typed)
		if err != nil || value < n.least || value > n.most {
			return r.refuse(c, m, n.id, invalid(n.message))
		}
		n.into(value)
	}
	return r.done(c, m, "#limits", "window_kind", r.upstream.SetLimits(limits))
}

// Calm takes back all that was set.
func (r *Demo) Calm(c *fiber.Ctx) error {
	r.upstream.Calm()
	return r.done(c, r.model(), "", "", nil)
}

// done goes back to the part of the page that was set, or says at its field why not.
func (r *Demo) done(c *fiber.Ctx, m pages.Demo, part, id string, err error) error {
	switch {
	case errors.Is(err, demo.ErrNeverStrikes):
		return r.refuse(c, m, id, invalid("problem.demo_never"))
	case errors.Is(err, demo.ErrUnknown):
		return r.refuse(c, m, id, invalid("problem.demo_unknown"))
	case err != nil:
		return err
	}
	return render.Redirect(c, r.Paths.Demo()+part)
}

func (r *Demo) refuse(c *fiber.Ctx, m pages.Demo, id string, p problem.Problem) error {
	f := r.say(c, p, nil)
	f.failure.FieldID = id
	m.Failure = f.box()
	return r.show(c, m, f)
}

func (r *Demo) show(c *fiber.Ctx, m pages.Demo, f *fault) error {
	say := locale.From(c.UserContext())
	return r.page(c, f.code(), r.chrome(c, say.T("demo.page.title"), "demo"), pages.DemoPage(m), f)
}

// model is the page as things are, with nothing typed.
func (r *Demo) model() pages.Demo {
	s := r.upstream.State()
	m := pages.Demo{
		Paths: r.Paths, Pace: s.Pace, Paces: s.Paces, Style: s.Style, Styles: s.Styles, Routes: s.Routes,
		Times: "1", Tenant: strconv.Itoa(s.Limits.Tenant), PerRoute: strconv.Itoa(s.Limits.Route),
		Window: strconv.Itoa(problem.Seconds(s.Limits.Window)), WindowKind: s.Limits.Kind, WindowKinds: s.Windows,
		NoHeaders: s.Limits.NoHeaders, NoRetryAfter: s.Limits.NoRetryAfter,
	}
	for _, d := range s.Deeds {
		m.Deeds = append(m.Deeds, pages.DemoDeed{
			At: d.At, Agent: d.Agent, AgentURL: r.Paths.Agent(d.Agent), Name: d.Name, Kind: d.Kind,
			QueueID: d.QueueID, Queue: d.Queue, QueueURL: r.Paths.Queue(d.QueueID, d.Kind), Joined: d.Joined, Priority: d.Priority,
		})
	}
	for _, t := range s.Traits {
		m.Traits = append(m.Traits, pages.DemoTrait{Name: t.Name, On: t.On})
	}
	for _, f := range s.Faults {
		m.Faults = append(m.Faults, pages.DemoFault{Kind: f.Kind, Route: f.Route, Times: f.Times})
	}
	for _, k := range s.Kinds {
		m.Groups = m.Groups.With(k.Group, k.Name)
	}
	return m
}
