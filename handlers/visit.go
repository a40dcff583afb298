package handlers

import (
	"errors"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/session"
)

// visit is one request of a signed-in person: who acts, and what is the request's
// own. It ends with the request.
type visit struct {
	*actor
	presenter
	desk    *Desk
	session *session.Session
}

type visitKey struct{}

func newVisit(d *Desk, who *actor, s *session.Session, say *locale.Printer) *visit {
	return &visit{
		actor: who, desk: d, session: s,
		presenter: presenter{paths: d.Paths, say: say, now: d.Now, queueName: who.tenant.QueueName, agentName: who.tenant.AgentName, curl: who.person},
	}
}

// entered returns the request's visit, nil for somebody who is not signed in; the
// door put it there.
func entered(c *fiber.Ctx) *visit {
	v, _ := c.UserContext().Value(visitKey{}).(*visit)
	return v
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

// parts answers htmx with parts of a page and, out of band, the toast of what went
// wrong and the budget as it is now.
func (v *visit) parts(c *fiber.Ctx, code int, f *fault, parts ...templ.Component) error {
	for _, t := range f.toasts() {
		parts = append(parts, partials.ToastUpdate(t))
	}
	return render.Parts(c, code, append(parts, partials.BudgetUpdate(v.budget()), partials.OutageUpdate(v.outage()))...)
}

// outage is what is to be said of an API that does not answer, nil where it does. Who
// asks has it looked for, without waiting.
func (v *visit) outage() *components.Outage {
	since, down := v.person.Outage()
	if !down {
		return nil
	}
	return &components.Outage{Since: since, Whole: v.tenant.Progress().CompletedAt}
}

// isOutage reports whether a call was not made because the API does not answer: then a
// page shows what is known, and the bar over it says so.
func isOutage(err error) bool {
	outage := (*apiclient.OutageError)(nil)
	return errors.As(err, &outage)
}

// gather reads an agent for a page. Where that fails, what the snapshot has of them
// comes with the error.
func (v *visit) gather(c *fiber.Ctx, id string, typ apiclient.QueueType, maxAge time.Duration) (roster.Agent, error) {
	v.tenant.StartCrawl(v.access)
	agent, err := v.tenant.Gather(c.UserContext(), v.person, id, typ, maxAge)
	if err != nil {
		if known, ok := v.tenant.Known(id); ok {
			return known, err
		}
	}
	return agent, err
}

// crawl is the bar of the tenant's crawl as of now, nil where there is nothing to
// say; url is where it asks again.
func (v *visit) crawl(url string) *partials.Progress {
	return v.progress(v.tenant.Progress(), url, v.desk.Now())
}

// queueFilter is the queue filter of the list.
func (v *visit) queueFilter(chosen int64) partials.QueueFilter {
	return partials.QueueFilter{Queues: v.queueOptions(chosen), Chosen: chosen, Search: v.desk.Paths.QueueOptions("callin"), Any: "filters.any_queue"}
}

// queueOptions are the callin queues to filter by; one that nobody is known to be
// in stays in the list while it is the filter.
func (v *visit) queueOptions(chosen int64) []components.Chip {
	out := queueChips(v.tenant.Queues(apiclient.Callin))
	for _, chip := range out {
		if chip.ID == chosen {
			return out
		}
	}
	if chosen != 0 {
		out = append(out, components.Chip{ID: chosen})
	}
	return out
}
