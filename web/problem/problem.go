// Package problem turns an error into the documented behaviour: the HTTP status,
// the failure's name in the markup, and which sentences people see. The table is
// data; docs/api/README.md's error table is its source.
package problem

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// Values of data-failure, from the outside contract.
const (
	Unauthorized      = "unauthorized"
	InsufficientScope = "insufficient-scope"
	InvalidInput      = "invalid-input"
	NotFound          = "not-found"
	RateLimited       = "rate-limited"
	Failed            = "failed"
	Unreachable       = "unreachable"
	Conflict          = "conflict"
	OtherSession      = "other-session"
)

// Problem is what an error becomes.
type Problem struct {
	Status  int
	Failure string
	// Message is a catalogue id: Message+".title" and Message+".text".
	Message string
	Text    string // a catalogue id in the place of Message+".text", where not ""
	Data    []any  // placeholders of the messages
	// Detail is the upstream's own sentence, to be shown as such, Code its
	// error_code.
	Detail, Code string
	// RetryAfter is in whole seconds, rounded up; 0 where nothing counts down.
	RetryAfter int
	// Ask: the wait was cut to what people can be asked to sit through, so that the
	// end of it is no promise: then a person decides.
	Ask bool
	// Reload is after how many seconds a page without script that could not be had for
	// this asks again by itself: 0 where that would cost the API a call.
	Reload int
	SignIn bool // the key has to be given again
	Toast  bool // the general error toast
	Retry  bool // asking again makes sense
	Log    bool // somebody who runs the console should look
}

type row struct {
	is      error
	problem Problem
}

// table lists the sentinels, surest first.
func table() []row {
	return []row{
		{apiclient.ErrUnauthorized, Problem{Status: 401, Failure: Unauthorized, Message: "problem.unauthorized", SignIn: true}},
		{apiclient.ErrUnconfirmed, Problem{Status: 502, Failure: Failed, Message: "problem.unconfirmed", Retry: true, Log: true}},
		{apiclient.ErrInsufficientScope, Problem{Status: 403, Failure: InsufficientScope, Message: "problem.scope"}},
		{apiclient.ErrInvalidInput, Problem{Status: 422, Failure: InvalidInput, Message: "problem.invalid"}},
		{apiclient.ErrNotFound, Problem{Status: 404, Failure: NotFound, Message: "problem.gone"}},
		{apiclient.ErrNoRoute, Problem{Status: 404, Failure: NotFound, Message: "problem.no_route", Log: true}},
		{apiclient.ErrRequestShape, Problem{Status: 502, Failure: Failed, Message: "problem.request_shape", Log: true}},
		{apiclient.ErrFailed, Problem{Status: 502, Failure: Failed, Message: "problem.failed", Toast: true, Retry: true}},
		{roster.ErrNoSuchAgent, Problem{Status: 404, Failure: NotFound, Message: "problem.no_agent"}},
		{roster.ErrEmptyList, Problem{Status: 422, Failure: InvalidInput, Message: "problem.empty_list"}},
		{roster.ErrNotEditable, Problem{Status: 422, Failure: InvalidInput, Message: "problem.not_editable"}},
		{roster.ErrCannotUndo, Problem{Status: 422, Failure: InvalidInput, Message: "problem.cannot_undo"}},
		{journal.ErrAlreadyUndone, Problem{Status: 422, Failure: InvalidInput, Message: "problem.already_undone"}},
		{journal.ErrLockLost, Problem{Status: 503, Failure: Failed, Message: "problem.lock_lost", Retry: true, Log: true}},
		{roster.ErrNotWritten, Problem{Status: 503, Failure: Failed, Message: "problem.not_written", Retry: true, Log: true}},
		{journal.ErrNotFound, Problem{Status: 404, Failure: NotFound, Message: "problem.no_change"}},
		{journal.ErrUnavailable, Problem{Status: 503, Failure: Failed, Message: "problem.database", Retry: true, Reload: 5, Log: true}},
		// The deadline of the request itself, while it waited for another one.
		{context.DeadlineExceeded, Problem{Status: 504, Failure: Unreachable, Message: "problem.reach.timeout", Retry: true, Log: true}},
		{context.Canceled, Problem{Status: 503, Failure: Failed, Message: "problem.unavailable", Retry: true}},
	}
}

// From says what an error becomes. An error nobody knows is an internal one: 500,
// without a word of it.
func From(err error) Problem {
	if locked := (*journal.LockedError)(nil); errors.As(err, &locked) {
		p := Problem{
			Status: 409, Failure: Conflict, Message: "problem.locked", Retry: true,
			Data: []any{"Operator", locked.Holder.Operator, "Since", locked.Holder.Since.Format("15:04:05")},
		}
		if locked.Holder.Operator == "" {
			p.Text = "problem.locked.nobody"
		}
		return p
	}
	if limited := (*apiclient.RateLimitError)(nil); errors.As(err, &limited) {
		return Problem{
			Status: 429, Failure: RateLimited, Message: "problem.limited",
			RetryAfter: Seconds(limited.RetryAfter), Ask: limited.RetryAfter >= apiclient.MaxRetryAfter, Retry: true,
		}
	}
	if unreachable := (*apiclient.UnreachableError)(nil); errors.As(err, &unreachable) {
		p := Problem{
			Status: 502, Failure: Unreachable,
			Message: "problem.reach." + string(unreachable.Reason), Retry: true, Log: true,
		}
		if outage := (*apiclient.OutageError)(nil); errors.As(err, &outage) {
			p.Message, p.Log = "problem.outage", false // what it began with was logged
		}
		if unreachable.TLS != apiclient.TLSNone {
			p.Message += "_" + string(unreachable.TLS)
		}
		if unreachable.Reason == apiclient.ReachTimeout {
			p.Status = 504
		}
		if unreachable.Status == 504 {
			p.Status = 504
		}
		return p
	}
	for _, r := range table() {
		if !errors.Is(err, r.is) {
			continue
		}
		p := r.problem
		if refused := (*apiclient.RefusedError)(nil); errors.As(err, &refused) {
			p.Detail, p.Code = refused.Message, refused.Code
			switch {
			case refused.Local:
				p.Detail, p.Code = "", "" // our own words, not the API's
			case refused.Code == "SUCCESS":
				p.Code = ""
			case errors.Is(r.is, apiclient.ErrFailed) && refused.Status < 500 && isUnknown(err):
				// An answer that says no, in a way that does not tell what was done.
				p.Message = "problem.denied"
			case errors.Is(r.is, apiclient.ErrFailed) && p.Status == 502 && refused.Status < 500:
				// An answer that says no, with a code of its own: nothing broke.
				p.Message = "problem.refused"
			case errors.Is(r.is, apiclient.ErrNotFound) && refused.Op == apiclient.OpListAgents:
				p.Message = "problem.not_found" // of nobody in particular
			case refused.Gateway && p.Status == 403:
				// An address or a group that the gateway turns away says nothing of
				// the key's scope.
				p.Message = "problem.forbidden"
			}
		}
		return p
	}
	return Problem{Status: 500, Failure: Failed, Message: "problem.internal", Log: true}
}

func isUnknown(err error) bool {
	unknown := (*apiclient.UnknownOutcomeError)(nil)
	return errors.As(err, &unknown)
}

// Seconds rounds up to whole seconds, at least one.
func Seconds(d time.Duration) int {
	return max(1, int(math.Ceil(d.Seconds())))
}
