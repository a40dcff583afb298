package live

import (
	"context"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
)

// Source reads and writes one tenant with one key. Its errors are those of
// apiclient: *RefusedError, *RateLimitError, *UnreachableError, and
// *UnknownOutcomeError from the two writes. It must be safe for concurrent use.
type Source interface {
	ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error)
	ReplaceQueues(ctx context.Context, agentID string, typ apiclient.QueueType, a apiclient.QueueAssignment) (*apiclient.Receipt, error)
	SetRecording(ctx context.Context, agentID string, enabled bool) (*apiclient.Receipt, error)
	// Left is how many calls the limit leaves at this moment, if one is known.
	Left() (calls int, known bool)
	// WindowKind is the kind of the limit's window, as far as its counts have shown it.
	WindowKind() apiclient.WindowKind
}

// Key is the identity of a snapshot. Two keys never share one, even where they
// belong to the same tenant: what the one may see is not known to be what the
// other may see.
type Key struct {
	Environment    string
	KeyFingerprint string
	TenantHeader   string // X-Tenant-ID as given at sign-in, "" where none was
}

// Access is what one session brings along: whose snapshot it may see, whose
// journal, and the means to call upstream.
type Access struct {
	Key     Key
	Scope   journal.Scope
	Session string
	// Person is used for what somebody is waiting for.
	Person Source
	// Run is used by a run that the session has started, as long as it lasts.
	Run Source
	// Background is used by the crawl alone and is let go when it ends.
	Background Source
}
