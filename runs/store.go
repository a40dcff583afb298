package runs

import (
	"context"
	"errors"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// Errors of a Store, for errors.Is. Failures of the database come wrapped in
// journal.ErrUnavailable.
var (
	// ErrNotFound: no such run in this scope.
	ErrNotFound = errors.New("runs: no such run")
	// ErrMoved: the run is not in the state, or not of the revision, that this needs.
	ErrMoved = errors.New("runs: the run has moved on")
	// ErrLost: the process no longer has the run. It must send nothing more of it.
	ErrLost = errors.New("runs: the run is no longer this process's")
)

// Want is what somebody asked of a run that a process carries out.
type Want string

// What can be wanted.
const (
	WantNothing Want = ""
	WantPause   Want = "pause"
	WantCancel  Want = "cancel"
)

// LeaseFor is how long a run stays a process's that does not renew its lease; after that
// it is Interrupted and another may take it. LeaseRenew is how often the process renews it,
// LeaseLost how long it goes on where it cannot: less than LeaseFor, for the database may
// have counted from earlier.
const (
	LeaseFor   = 10 * time.Second
	LeaseRenew = 2 * time.Second
	LeaseLost  = 7 * time.Second
)

// ItemFilter selects items of a run, in the order of Seq.
type ItemFilter struct {
	States []ItemState // none: all
	Agents []string    // none: all
	After  int         // only items of a higher Seq
	Skip   int         // that many of what remains
	Limit  int         // 0: all
}

// Result is what came of an item.
type Result struct {
	Seq           int
	State         ItemState
	Why           string
	Message       string
	Before, After []int64 // nil leaves what was planned
	Certainty     string  // "" leaves what was planned
	ReadAt        time.Time
	Entry         string
	SettledAt     time.Time
}

// Store keeps runs and their items. All methods are safe for concurrent use and honour the
// context's deadline.
type Store interface {
	// Create keeps a new plan, with its items, and returns its ID. It is of revision 1,
	// Planned, and nobody's, whatever the caller says; a zero PlannedAt is now. The run's
	// Counts are those of the items. An item without a Seq has that of its place; they rise.
	Create(ctx context.Context, r Run, items []Item) (id string, err error)
	// Replan replaces the items of a run that is still planned, and of that revision, and
	// counts the revision up: else ErrMoved. The name it is kept under is Keep's alone.
	Replan(ctx context.Context, r Run, items []Item) error
	// Find returns a run with its Counts: ErrNotFound. One that is Running and whose lease
	// has ended is Interrupted.
	Find(ctx context.Context, scope journal.Scope, id string) (Run, error)
	// List returns runs, newest first, with their Counts, and whether older ones exist;
	// before is the ID of one, "" for the newest. Effects and Groups are left out.
	List(ctx context.Context, scope journal.Scope, before string, limit int) (list []Run, more bool, err error)
	// Kept returns the runs of the scope that have a name, by name, without Counts,
	// Effects and Groups.
	Kept(ctx context.Context, scope journal.Scope) ([]Run, error)
	// Keep names a run, or with "" takes its name away.
	Keep(ctx context.Context, scope journal.Scope, id, name string) error
	// Items returns items of a run; that it is the scope's has been seen by Find. Count is
	// how many the filter selects, its Limit, Skip and After aside.
	Items(ctx context.Context, id string, f ItemFilter) ([]Item, error)
	Count(ctx context.Context, id string, f ItemFilter) (int, error)
	// Tick takes items of a planned run out of it (ItemNotAttempted) or back in: ErrMoved
	// where it is not planned any more. Only items that are planned or unticked change.
	Tick(ctx context.Context, id string, seqs []int, in bool) error

	// Begin makes a run that is in one of the states from (of Planned, Paused and
	// Interrupted: nobody takes what another has) the owner's, for LeaseFor: Running,
	// without a reason, its Want cleared; StartedAt is set if it has none. ErrMoved where
	// another did first, or where revision (0: any) is not the plan's.
	Begin(ctx context.Context, scope journal.Scope, id string, from []State, revision int, owner string) error
	// Renew renews the owner's lease and returns what somebody wants: ErrLost where it is
	// not the owner's any more. As Settle and End it also works where the lease has ended,
	// as long as nobody took the run, ended it or forsook it.
	Renew(ctx context.Context, id, owner string) (Want, error)
	// Ask asks whoever carries the run out for something; who asked to cancel is not
	// overruled by who asks to pause. A run that nobody carries out is paused, interrupted
	// or planned: cancel ends it at once, its open items become ItemNotAttempted, and pause
	// is ErrMoved, for it stands still. ErrMoved where it is over.
	Ask(ctx context.Context, scope journal.Scope, id string, w Want) error
	// Settle notes what came of items, as long as the run is the owner's: ErrLost, and
	// nothing is noted. A zero SettledAt is now, but for an item that is open again.
	Settle(ctx context.Context, id, owner string, results []Result) error
	// End lets go of the run: it is paused, interrupted, cancelled or finished then. Cancelled: items
	// that are open become ItemNotAttempted. Where somebody asked to cancel and the owner
	// only meant to pause, or was stopped, it is cancelled, as asked. ErrLost where it is not the owner's
	// any more.
	End(ctx context.Context, id, owner string, to State, why Reason, detail string) error
	// Active returns the runs of a scope that are running, paused or interrupted, newest
	// first, with Counts, without Effects and Groups.
	Active(ctx context.Context, scope journal.Scope) ([]Run, error)
	// Forsake ends the leases of all runs whose owner is of a process that is gone, as a
	// start of the console does where it is the database's only process. It says how many.
	// In a database that several processes share nobody can tell, and it does nothing.
	Forsake(ctx context.Context) (int, error)
	// PauseAll asks every run that is carried out, of all scopes, to pause. Who was asked
	// to cancel cancels.
	PauseAll(ctx context.Context) error
	// PruneRuns deletes runs that were over before the one time, or planned before the
	// other and never started, but for those that have a name, and says how many. Of a
	// zero time: none.
	PruneRuns(ctx context.Context, over, planned time.Time) (int, error)
}
