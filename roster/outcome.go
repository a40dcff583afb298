package roster

import "github.com/alohub/agentconsole/journal"

// Applied says whether a write is known to have taken effect.
type Applied string

// The values of Applied.
const (
	AppliedYes     Applied = "yes"     // read back
	AppliedNo      Applied = "no"      // refused or never sent, or the list still reads as before
	AppliedUnknown Applied = "unknown" // neither could be seen
)

// Codes of settlements that are the console's own, not the upstream's.
const (
	// CodeNotSent: the request never left, for our own budget or for the network.
	CodeNotSent = "NOT_SENT"
	// CodeRateLimited: the upstream said no to a call by its limit.
	CodeRateLimited = "RATE_LIMIT_EXCEEDED"
)

// Outcome is what came of a change.
type Outcome struct {
	Nothing bool // it was so already; nothing was sent or journalled
	Result  journal.Result
	Applied Applied
	EntryID string
	Plan    Plan
	Seen    []int64 // what was read back, nil where nothing was
	Agent   Agent   // as known afterwards
	Code    string  // of a refusal
	Message string  // the upstream's sentence: foreign text
	// Cause is the failure of a write without a usable answer, even where reading
	// settled it (Result Verified) and Change returned no error.
	Cause error
	// Still: the API said yes, and the list read back is all that can be seen of it and is
	// as before. Reads may lag, or nothing was done.
	Still bool
	// Unnoted: what came of it could not be written to the journal, whose intent
	// stands. Whoever shows the outcome must not leave that to the journal.
	Unnoted bool
}
