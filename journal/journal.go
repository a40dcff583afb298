package journal

import (
	"context"
	"errors"
	"time"
)

// Kind is what a change changed.
type Kind string

// The kinds of change.
const (
	Callin    Kind = "callin"
	Callout   Kind = "callout"
	Recording Kind = "recording"
)

// Result is how far a change is known to have come.
type Result string

// The results of a change. An entry begins as Intent.
const (
	Intent   Result = "intent"   // written before the call; no answer noted yet
	Verified Result = "verified" // sent, and read back as sent
	Accepted Result = "accepted" // the API said yes, but it is not (or cannot be) seen
	Differs  Result = "differs"  // the API said yes, and something else was read back
	Refused  Result = "refused"  // the API said no: Code and Message say why
	Unknown  Result = "unknown"  // no usable answer: it may or may not have been applied
)

// Scope is the tenant of an environment. A session reads and writes only within
// the scope that the upstream has answered its key for.
type Scope struct {
	Environment string // slug: "production"
	Tenant      string // tenantId as digits, or "key:<fingerprint>" where none was ever seen
}

// Entry is one change. Queue lists are in the order sent; nil means "not known"
// (Before) or "not of this kind".
type Entry struct {
	ID    string // assigned by Intend; sorts by time
	Scope Scope
	At    time.Time // when the intent was written, UTC
	Agent string    // extension
	Kind  Kind

	Before         []int64
	BeforeKnown    bool // Before was surely the whole list: the change can be undone
	After          []int64
	PriorityBefore string // "" where none was known
	PriorityAfter  string // "" where none was sent
	Enabled        bool   // Kind Recording: what was sent
	Certainty      string // roster's word for how surely Before was known
	// EvidenceAt is when the oldest fact was read that the change rested on, UTC; zero
	// where that is not known, and for Kind Recording, which rests on none. At minus it
	// is that fact's age as the intent was written. Where the limit then kept the call
	// waiting, what it rests on was read again, and this stays as it was written.
	EvidenceAt time.Time

	Operator       string // the person's name, as given
	KeyFingerprint string
	RequestID      string
	RunID          string // shared by changes that are made together; "" for one alone
	UndoOf         string // the entry this one takes back
	UndoneBy       string // the entry that took this one back

	Result    Result
	Code      string // error_code of a refusal
	Message   string // what the API or the read-back said; foreign text
	Seen      []int64
	SettledAt time.Time // zero while Intent
}

// Settlement is what came of an intent.
type Settlement struct {
	Result  Result
	Code    string
	Message string
	Seen    []int64 // what was read back; nil where nothing was
	At      time.Time
}

// Filter selects entries of one scope, newest first. Zero fields do not filter.
type Filter struct {
	Scope Scope
	Agent string
	Queue int64 // in Before or After
	// Operator is a person's name, in any spelling: case, accents and composition aside.
	Operator string
	Kind     Kind
	Result   Result
	From, To time.Time // [From, To)
	RunID    string
	// Before is an entry's ID: only older ones are listed. With Limit it pages.
	Before string
	Limit  int // 0: 50; at most 1000
}

// RecordingState is what was last sent for an agent's recording.
type RecordingState struct {
	Agent    string
	Enabled  bool
	At       time.Time
	Operator string
	Result   Result // never Refused: a refusal changes nothing
	EntryID  string
}

// KnownQueues are the callin queue ids that an administrator keeps for a scope, because
// the API has no list of them.
type KnownQueues struct {
	IDs      []int64   // in the order given; empty where none are kept
	Operator string    // who kept them last, as given
	At       time.Time // when, UTC; zero where nobody ever did
}

// CodeNotApplied is the code, with Result Differs, of a change whose list, read
// later, was still as before it. As an undo it took nothing back.
const CodeNotApplied = "NOT_APPLIED"

// Errors of a Store, for errors.Is.
var (
	// ErrNotFound: no such entry in this scope.
	ErrNotFound = errors.New("journal: no such entry")
	// ErrUnavailable wraps any failure to read or write the database (disk full,
	// read-only, locked, connection lost).
	ErrUnavailable = errors.New("journal: database unavailable")
	// ErrNewerSchema: the database was written by a newer console.
	ErrNewerSchema = errors.New("journal: database is of a newer version of the console")
	// ErrLockLost: another process may change the agent by now.
	ErrLockLost = errors.New("journal: the lock on an agent was lost")
	// ErrAlreadyUndone: another entry that was not refused took this one back.
	ErrAlreadyUndone = errors.New("journal: already undone")
)

// Holder is who changes an agent.
type Holder struct {
	Operator string    // the person's name, "" where none was given
	Since    time.Time // UTC
}

// LockedError says that an agent was under another change for all the time there was to
// wait.
type LockedError struct{ Holder Holder }

func (e *LockedError) Error() string {
	return "journal: the agent is under another change since " + e.Holder.Since.Format(time.RFC3339)
}

// Store keeps the journal. All methods are safe for concurrent use, honour the
// context's deadline, and wrap failures of the database in ErrUnavailable. It is
// the whole contract, for who implements it: who uses it declares the few methods
// that they need. Whoever opened it closes it.
type Store interface {
	// Intend writes an intent durably and returns its ID. The change must not be
	// sent if it fails. A zero At is now; what Settle notes is ignored.
	//
	// With UndoOf set it takes back that entry, and the link is made both ways with
	// the intent, or neither is: ErrNotFound if the scope lacks the entry,
	// ErrAlreadyUndone unless whatever took it back before was refused or not
	// applied (settling an undo so clears UndoneBy). So two people cannot both send
	// the same undo.
	Intend(ctx context.Context, e Entry) (id string, err error)
	// Settle notes what came of an intent. Settling again overwrites (an unknown
	// outcome is settled by a later read). ErrNotFound if there is no such entry.
	Settle(ctx context.Context, id string, s Settlement) error
	// Find returns one entry of the scope, or ErrNotFound.
	Find(ctx context.Context, scope Scope, id string) (Entry, error)
	// List returns entries, newest first, and whether older ones exist.
	List(ctx context.Context, f Filter) (entries []Entry, more bool, err error)
	// Recordings returns the last recording change per agent of the scope that
	// was not refused. With no agents named, all of the scope's.
	Recordings(ctx context.Context, scope Scope, agents ...string) (map[string]RecordingState, error)
	// Unsettled returns entries of one agent whose Result is Intent or Unknown,
	// newest first, at most 50.
	Unsettled(ctx context.Context, scope Scope, agent string) ([]Entry, error)
	// Orphans turns every Intent older than before into Unknown, as a start of
	// the console does for what a killed process left, and says how many.
	Orphans(ctx context.Context, before time.Time) (int, error)
	// Prune deletes settled entries older than before and says how many. It keeps
	// what is Intent or Unknown, each agent's last recording change that was not
	// refused, and entries linked by undo to one that is kept.
	Prune(ctx context.Context, before time.Time) (int, error)

	// Lock waits until no other process changes the agent, and returns what lets it
	// go. Whom it waits for is told to waits, which may be nil, once for each. Where
	// it waited in vain its error wraps a *LockedError.
	//
	// A process that dies lets go within 5 seconds. Should the lock be lost while its
	// holder lives, the context it returns ends, and its cause is ErrLockLost. Where
	// one process alone uses the database it returns at once.
	Lock(ctx context.Context, scope Scope, agent string, by Holder, waits func(Holder)) (held context.Context, release func(), err error)

	// RememberQueues keeps queues seen and their names, newest name wins. A queue
	// without a name is remembered too, but takes no known name away. It writes
	// only what changed, so any page may call it.
	RememberQueues(ctx context.Context, scope Scope, kind Kind, names map[int64]string) error
	// QueueNames returns all remembered queues of the scope and kind, with "" for
	// the name of those that never showed one.
	QueueNames(ctx context.Context, scope Scope, kind Kind) (map[int64]string, error)

	// KeepKnownQueues makes a list the one that is kept for the scope. It replaces the
	// one before, of which nothing stays. A zero At is now.
	KeepKnownQueues(ctx context.Context, scope Scope, known KnownQueues) error
	// KnownQueues returns the list kept for the scope, the zero value where nobody ever
	// kept one.
	KnownQueues(ctx context.Context, scope Scope) (KnownQueues, error)

	// Ready writes a row and reads it back: a full, locked or read-only database is not
	// ready.
	Ready(ctx context.Context) error
}

// Sessions is the list of sessions that ended before their cookie did. It lives
// in the same database, so that every replica refuses a copied cookie. It goes by no
// clock: what ended stays so, wherever a clock is set.
type Sessions interface {
	// Generation is how often all sessions were ended, to be noted by one that begins.
	Generation(ctx context.Context) (int64, error)
	// End refuses session id until the time at which its cookie dies anyway.
	End(ctx context.Context, id string, until time.Time) error
	// EndAll refuses every session of this generation and of those before.
	EndAll(ctx context.Context) error
	// Ended reports whether the session with that id, begun in that generation, is
	// refused.
	Ended(ctx context.Context, id string, generation int64) (bool, error)
}
