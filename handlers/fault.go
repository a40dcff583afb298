package handlers

import (
	"cmp"
	"errors"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
	"github.com/alohub/agentconsole/web/session"
)

// failure says a problem in the request's language.
func failure(c *fiber.Ctx, p problem.Problem) components.Failure {
	say := locale.From(c.UserContext())
	f := components.Failure{
		Kind:       p.Failure,
		Title:      say.T(p.Message+".title", p.Data...),
		Text:       say.T(cmp.Or(p.Text, p.Message+".text"), p.Data...),
		Detail:     p.Detail,
		Code:       p.Code,
		RetryAfter: p.RetryAfter,
		Ask:        p.Ask,
	}
	if p.Log || p.Status >= 500 {
		f.RequestID = requestid.From(c.UserContext())
	}
	return f
}

// status prepares the answer of a problem: the status, and Retry-After with it.
func status(c *fiber.Ctx, p problem.Problem) int {
	if p.RetryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.RetryAfter))
	}
	return p.Status
}

// note logs what somebody who runs the console should look at. People see none
// of it but the request id.
func (d *Desk) note(c *fiber.Ctx, p problem.Problem, err error) {
	if p.Log {
		d.Log.ErrorContext(c.UserContext(), "request failed", "error", err,
			"path", c.Path(), "request_id", requestid.From(c.UserContext()))
	}
}

// problemOf is what an error becomes: the documented table, and the errors of the
// console's own routing and pages.
func problemOf(err error) problem.Problem {
	var (
		e           *fiber.Error
		notEditable *roster.NotEditableError
	)
	switch {
	case errors.As(err, &notEditable):
		p := problem.From(err)
		p.Text = "whynot." + string(notEditable.Why)
		return p
	case errors.As(err, &e):
		return ownProblem(e.Code)
	case errors.Is(err, errTeamSearch):
		return invalid("problem.team_search")
	case errors.Is(err, session.ErrUnavailable):
		return problem.Problem{Status: 503, Failure: problem.Failed, Message: "problem.database", Retry: true, Log: true}
	}
	return problem.From(err)
}

// Fail answers an error that a handler did not answer itself: a page that says
// what went wrong and has a request id, without a word of the inside. It is the
// app's error handler.
func (d *Desk) Fail(c *fiber.Ctx, err error) error {
	p := problemOf(err)
	if p.SignIn {
		if v := entered(c); v != nil {
			return v.leave(c)
		}
	}
	d.note(c, p, err)
	return d.showProblem(c, p)
}

// showProblem is a page, or over a page a toast, that only says what went wrong.
func (d *Desk) showProblem(c *fiber.Ctx, p problem.Problem) error {
	f := failure(c, p)
	f.RequestID = requestid.From(c.UserContext())
	if p.Retry && c.Method() == fiber.MethodGet {
		f.RetryURL = c.OriginalURL()
	}
	code := status(c, p)
	if render.HTMX(c) {
		return d.toast(c, code, f)
	}
	chrome := d.chrome(c, f.Title, "")
	if f.GoesOn() && c.Method() == fiber.MethodGet {
		chrome.RefreshAfter = p.RetryAfter
	}
	chrome.Toasts = toasts(p, f)
	return render.Page(c, code, chrome, pages.ProblemPage(pages.Problem{
		Failure: f, Back: d.Paths.Home(), BackText: locale.From(c.UserContext()).T("common.home"),
	}))
}

// toast puts a failure over the page as it is.
func (d *Desk) toast(c *fiber.Ctx, code int, f components.Failure) error {
	render.Retarget(c, "#toasts", "beforeend")
	return render.Parts(c, code, components.ToastBox(failureToast(f)))
}

// toasts are what a problem puts over the page: the general error toast, or nothing.
func toasts(p problem.Problem, f components.Failure) []components.Toast {
	if !p.Toast {
		return nil
	}
	return []components.Toast{failureToast(f)}
}

func failureToast(f components.Failure) components.Toast {
	text := f.Title
	if f.Text != "" {
		text += " " + f.Text
	}
	return components.Toast{Tone: "bad", Text: text, Detail: f.Detail, Code: f.Code, Failure: f.Kind, RequestID: f.RequestID}
}

// ownProblem is an error of the console's own routing.
func ownProblem(code int) problem.Problem {
	p := problem.Problem{Status: code, Failure: problem.Failed, Message: "problem.internal", Log: code >= 500}
	switch code {
	case fiber.StatusNotFound:
		p.Failure, p.Message = problem.NotFound, "problem.no_page"
	case fiber.StatusMethodNotAllowed:
		p.Failure, p.Message = problem.NotFound, "problem.method"
	case fiber.StatusForbidden:
		p.Failure, p.Message = problem.InvalidInput, "problem.cross_origin"
	case fiber.StatusRequestEntityTooLarge:
		p.Failure, p.Message = problem.InvalidInput, "problem.too_large"
	case fiber.StatusBadRequest, fiber.StatusUnprocessableEntity, fiber.StatusUnsupportedMediaType:
		p.Failure, p.Message = problem.InvalidInput, "problem.bad_request"
	case fiber.StatusServiceUnavailable:
		p.Message, p.Retry = "problem.unavailable", true
	}
	return p
}

// parts answers htmx with parts of a page and, out of band, the budget as it is
// now.
func (v *visit) parts(c *fiber.Ctx, code int, parts ...templ.Component) error {
	return render.Parts(c, code, append(parts, partials.BudgetUpdate(v.budget()))...)
}
