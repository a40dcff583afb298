package handlers

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/session"
)

func TestProblemOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err           error
		status        int
		failure, says string
	}{
		{fiber.ErrNotFound, 404, problem.NotFound, "problem.no_page"},
		{fiber.ErrMethodNotAllowed, 404 + 1, problem.NotFound, "problem.method"},
		{fiber.ErrForbidden, 403, problem.InvalidInput, "problem.cross_origin"},
		{fiber.ErrRequestEntityTooLarge, 413, problem.InvalidInput, "problem.too_large"},
		{fiber.ErrUnprocessableEntity, 422, problem.InvalidInput, "problem.bad_request"},
		{fiber.ErrUnsupportedMediaType, 415, problem.InvalidInput, "problem.bad_request"},
		{fiber.ErrServiceUnavailable, 503, problem.Failed, "problem.unavailable"},
		{fiber.ErrTeapot, 418, problem.Failed, "problem.internal"},
		{fmt.Errorf("list: %w", errTeamSearch), 422, problem.InvalidInput, "problem.team_search"},
		{fmt.Errorf("x: %w", session.ErrUnavailable), 503, problem.Failed, "problem.database"},
		{fmt.Errorf("x: %w", journal.ErrNotFound), 404, problem.NotFound, "problem.no_change"},
		{&roster.NotEditableError{Agent: "1", Why: roster.NotOtherTenant}, 422, problem.InvalidInput, "problem.not_editable"},
		{errors.New("inside"), 500, problem.Failed, "problem.internal"},
	} {
		if p := problemOf(tt.err); p.Status != tt.status || p.Failure != tt.failure || p.Message != tt.says || p.Log != (tt.status >= 500) {
			t.Errorf("%v: %+v", tt.err, p)
		}
	}
	if p := problemOf(&roster.NotEditableError{Why: roster.NotIDIsNumber}); p.Text != "whynot.id-is-number" {
		t.Errorf("does not say why: %+v", p)
	}
	if p := problemOf(apiclient.ErrUnauthorized); !p.SignIn {
		t.Errorf("a refused key is not asked for again: %+v", p)
	}
}

func TestFault(t *testing.T) {
	t.Parallel()
	var none *fault
	if none.code() != 200 || none.box() != nil || none.toasts() != nil {
		t.Error("of no fault something is shown")
	}
	f := &fault{
		Problem: problem.Problem{Status: 502, Toast: true, Retry: true},
		failure: components.Failure{Kind: "failed", Title: "Broken.", Text: "Wait.", Detail: "d", Code: "C", RequestID: "r"},
	}
	want := components.Toast{Tone: "bad", Text: "Broken. Wait.", Detail: "d", Code: "C", Failure: "failed", RequestID: "r"}
	if got := f.toasts(); len(got) != 1 || !reflect.DeepEqual(got[0], want) || f.code() != 502 || f.box().Title != "Broken." {
		t.Errorf("%+v", got)
	}
	f.repeat("button")
	f.again("/page")
	if f.failure.RetryButton != "" || f.failure.RetryURL != "/page" {
		t.Errorf("without a wait: %+v", f.failure)
	}
	f = &fault{Problem: problem.Problem{RetryAfter: 3}}
	f.repeat("button")
	f.again("/page")
	if f.failure.RetryButton != "button" || f.failure.RetryURL != "" || f.toasts() != nil {
		t.Errorf("that cannot be asked again: %+v", f.failure)
	}
}
