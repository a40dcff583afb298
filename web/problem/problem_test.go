package problem_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/web/problem"
)

// TestFrom pins the rows that no upstream answer plays in the console's own tests.
func TestFrom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err     error
		status  int
		failure string
		message string
	}{
		{fmt.Errorf("wait: %w", context.DeadlineExceeded), 504, problem.Unreachable, "problem.reach.timeout"},
		{context.Canceled, 503, problem.Failed, "problem.unavailable"},
		{fmt.Errorf("x: %w: %w", roster.ErrNotWritten, journal.ErrUnavailable), 503, problem.Failed, "problem.not_written"},
		{fmt.Errorf("x: %w: %w", roster.ErrNotWritten, journal.ErrAlreadyUndone), 422, problem.InvalidInput, "problem.already_undone"},
		{journal.ErrUnavailable, 503, problem.Failed, "problem.database"},
		{&apiclient.RefusedError{Kind: apiclient.ErrInsufficientScope, Status: 403, Gateway: true}, 403, problem.InsufficientScope, "problem.forbidden"},
		{&apiclient.RefusedError{Kind: apiclient.ErrFailed, Status: 200, Code: "FAIL"}, 502, problem.Failed, "problem.refused"},
		{&apiclient.UnknownOutcomeError{Cause: &apiclient.RefusedError{Kind: apiclient.ErrFailed, Status: 200, Code: "X"}}, 502, problem.Failed, "problem.denied"},
		{&apiclient.RefusedError{Kind: apiclient.ErrFailed, Status: 500, Code: "FAIL"}, 502, problem.Failed, "problem.failed"},
		{&apiclient.RefusedError{Kind: apiclient.ErrNotFound, Status: 404, Op: apiclient.OpListAgents}, 404, problem.NotFound, "problem.not_found"},
		{&apiclient.UnreachableError{Reason: apiclient.ReachTLS, TLS: apiclient.TLSVersion}, 502, problem.Unreachable, "problem.reach.tls_version"},
		{&apiclient.UnreachableError{Reason: apiclient.ReachTLS}, 502, problem.Unreachable, "problem.reach.tls"},
		{errors.New("anything"), 500, problem.Failed, "problem.internal"},
	} {
		p := problem.From(tt.err)
		if p.Status != tt.status || p.Failure != tt.failure || p.Message != tt.message {
			t.Errorf("%v: %d %s %s", tt.err, p.Status, p.Failure, p.Message)
		}
	}
	local := problem.From(&apiclient.RefusedError{Kind: apiclient.ErrInvalidInput, Local: true, Message: "our own words"})
	if local.Detail != "" {
		t.Errorf("our own words are quoted as the API's: %q", local.Detail)
	}
}
