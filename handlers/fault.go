package handlers

import (
	"cmp"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
	"github.com/alohub/agentconsole/web/session"
)

// fault is an error on its way to a person: what it becomes, said in their language.
// nil is none.
type fault struct {
	problem.Problem
	failure components.Failure
	over    bool // of what has ended: to ask for the page again finds the same
}

// amend says a problem more exactly than the table does, where a resource can.
type amend func(err error, p *problem.Problem)

// fault makes an error into what a resource answers with: logged where somebody
// should look, said in the request's language, its wait in the headers. What no
// resource answers, a key that has to be given again, comes back as the error, which
// the handler returns.
func (d *Desk) fault(c *fiber.Ctx, err error, amends ...amend) (*fault, error) {
	p := problemOf(err)
	if p.SignIn {
		return nil, err
	}
	for _, amend := range amends {
		amend(err, &p)
	}
	return d.say(c, p, err), nil
}

// say is fault of a problem that is found already; err is its cause, nil where the
// console itself refuses.
func (d *Desk) say(c *fiber.Ctx, p problem.Problem, err error) *fault {
	request := requestid.From(c.UserContext())
	if p.Log {
		// For whoever runs the console. People see none of it but the request id.
		d.Log.ErrorContext(c.UserContext(), "request failed", "error", err, "path", c.Path(), "request_id", request)
	}
	if p.RetryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.RetryAfter))
	}
	say := locale.From(c.UserContext())
	f := &fault{Problem: p, failure: components.Failure{
		Kind:       p.Failure,
		Title:      say.T(p.Message+".title", p.Data...),
		Text:       say.T(cmp.Or(p.Text, p.Message+".text"), p.Data...),
		Detail:     p.Detail,
		Code:       p.Code,
		RetryAfter: p.RetryAfter,
		Ask:        p.Ask,
	}}
	if p.Log || p.Status >= 500 {
		f.failure.RequestID = request
	}
	return f
}

// box is what stands in the page, nil where nothing went wrong.
func (f *fault) box() *components.Failure {
	if f == nil {
		return nil
	}
	return &f.failure
}

// code is the answer's status.
func (f *fault) code() int {
	if f == nil {
		return fiber.StatusOK
	}
	return f.Status
}

// again offers the page to be asked for once more, where that makes sense.
func (f *fault) again(url string) {
	if f.Retry {
		f.failure.RetryURL = url
	}
}

// repeat has the wait, if there is one, end in pressing the button with that id.
func (f *fault) repeat(button string) {
	if f.RetryAfter > 0 {
		f.failure.RetryButton = button
	}
}

// toasts are what stands over the page: the general error toast, or nothing.
func (f *fault) toasts() []components.Toast {
	if f == nil || !f.Toast {
		return nil
	}
	return []components.Toast{f.toast()}
}

func (f *fault) toast() components.Toast {
	text := f.failure.Title
	if f.failure.Text != "" {
		text += " " + f.failure.Text
	}
	return components.Toast{
		Tone: "bad", Text: text, Detail: f.failure.Detail, Code: f.failure.Code, Failure: f.failure.Kind,
		RequestID: f.failure.RequestID, Ways: f.failure.Ways,
	}
}

// showFault is a page, or over a page a toast, that only says what went wrong.
func (d *Desk) showFault(c *fiber.Ctx, f *fault) error {
	f.failure.RequestID = requestid.From(c.UserContext())
	if c.Method() == fiber.MethodGet {
		f.again(c.OriginalURL())
	}
	if render.HTMX(c) {
		// Over the page as it is.
		render.Retarget(c, "#toasts", "beforeend")
		return render.Parts(c, f.code(), components.ToastBox(f.toast()))
	}
	say := locale.From(c.UserContext())
	if b := belongingOf(c); c.Method() != fiber.MethodGet && b.draft != nil {
		// What was typed is in the page that is left; it opens again with it.
		if back := d.backTo(c); back != "" {
			f.failure.Ways = append(f.failure.Ways, components.Way{URL: back, Text: say.T("common.typed_again"), Keeps: true})
		}
	}
	return d.faultPage(c, f, "", d.Paths.Home(), say.T("common.home"))
}

// faultPage is a page of a fault alone, with the way back and what it is called.
func (d *Desk) faultPage(c *fiber.Ctx, f *fault, nav, back, backText string) error {
	body := pages.ProblemPage(pages.Problem{Failure: f.failure, Back: back, BackText: backText})
	return d.page(c, f.code(), d.chrome(c, f.failure.Title, nav), body, f)
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
		p.Text = whyNotID(notEditable.Why)
		return p
	case errors.As(err, &e):
		return ownProblem(e.Code)
	case errors.Is(err, errTeamSearch):
		return invalid("problem.team_search")
	case errors.Is(err, session.ErrUnavailable):
		return problem.From(journal.ErrUnavailable)
	}
	return problem.From(err)
}

// invalid is what the console itself refuses.
func invalid(message string) problem.Problem {
	return problem.Problem{Status: fiber.StatusUnprocessableEntity, Failure: problem.InvalidInput, Message: message}
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
