package runs

import (
	"maps"
	"slices"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// Operation is what a run does to its agents.
type Operation string

// The operations. The outside contract has the first eight; an undo is planned from
// what another run did.
const (
	Add          Operation = "add"           // callin queues join whatever is there
	Remove       Operation = "remove"        // callin queues leave
	Move         Operation = "move"          // from queues to others, in one write
	Replace      Operation = "replace"       // the callin list becomes this
	Callout      Operation = "callout"       // the callout list becomes this
	RecordingOn  Operation = "recording-on"  //
	RecordingOff Operation = "recording-off" //
	File         Operation = "file"          // whatever its rows ask for
	Undo         Operation = "undo"          // takes back what another run did
)

// State is where a run is.
type State string

// The states. The last two are its ends.
const (
	Planned     State = "planned"     // looked at; nothing was sent
	Running     State = "running"     // a process carries it out, or waits for its turn
	Paused      State = "paused"      // somebody, or what went wrong, stopped it
	Interrupted State = "interrupted" // the process that carried it out is gone
	Cancelled   State = "cancelled"   // what was not attempted by then will not be
	Finished    State = "finished"    // every item was attempted
)

// Over reports whether a run has ended.
func (s State) Over() bool { return s == Cancelled || s == Finished }

// Reason says why a run is not running, "" where it says itself.
type Reason string

// The reasons.
const (
	Asked        Reason = "asked"        // somebody pressed pause or cancel
	Unauthorized Reason = "unauthorized" // the API no longer accepts the key
	Forbidden    Reason = "forbidden"    // the key may not do this
	Outage       Reason = "outage"       // one failure after the other
	Database     Reason = "database"     // no intent could be written, so nothing was sent
	SignedOut    Reason = "signed-out"   // the person signed out, and chose this
	Stopped      Reason = "stopped"      // the console was stopped
	TooLong      Reason = "too-long"     // it had its time
)

// ItemState is where one change of one agent is.
type ItemState string

// The states of an item.
const (
	ItemPlanned      ItemState = "planned"
	ItemUnchanged    ItemState = "unchanged"  // it is so already: no call
	ItemImpossible   ItemState = "impossible" // Item.Why says why
	ItemRunning      ItemState = "running"
	ItemVerified     ItemState = "verified"
	ItemAccepted     ItemState = "accepted" // the API said yes; not (or not yet) to be seen
	ItemDiffers      ItemState = "differs"
	ItemRefused      ItemState = "refused"
	ItemUnknown      ItemState = "unknown"
	ItemAside        ItemState = "aside"         // it needs a person's answer: Item.Why
	ItemNotAttempted ItemState = "not-attempted" // unticked, or the run was cancelled first
)

// ItemStates are all of them, as they are shown.
func ItemStates() []ItemState {
	return []ItemState{
		ItemPlanned, ItemRunning, ItemVerified, ItemAccepted, ItemDiffers, ItemRefused, ItemUnknown,
		ItemAside, ItemUnchanged, ItemImpossible, ItemNotAttempted,
	}
}

// OpenStates are those of items that are still to be carried out.
func OpenStates() []ItemState { return []ItemState{ItemPlanned, ItemRunning} }

// Open reports whether the item is one of them.
func (s ItemState) Open() bool { return slices.Contains(OpenStates(), s) }

// Left reports whether a run is over without the item having been carried out as planned,
// so that it can be planned once more.
func (s ItemState) Left() bool {
	switch s {
	case ItemRefused, ItemUnknown, ItemAside, ItemNotAttempted, ItemDiffers, ItemImpossible:
		return true
	}
	return false
}

// Sent reports whether a write of the item left, or may have.
func (s ItemState) Sent() bool {
	switch s {
	case ItemVerified, ItemAccepted, ItemDiffers, ItemUnknown:
		return true
	}
	return false
}

// Counts is how many items are in each state.
type Counts map[ItemState]int

// Total is all items.
func (c Counts) Total() int {
	n := 0
	for _, k := range c {
		n += k
	}
	return n
}

// Wanted is how many items a run has to carry out, or had: those that change something.
func (c Counts) Wanted() int {
	return c.Total() - c[ItemUnchanged] - c[ItemImpossible] - c[ItemNotAttempted]
}

// Open is how many are still to be carried out.
func (c Counts) Open() int { return c[ItemPlanned] + c[ItemRunning] }

// Done is how many were attempted.
func (c Counts) Done() int { return max(c.Wanted()-c.Open(), 0) }

// Add returns the counts with one item more in a state.
func (c Counts) Add(s ItemState, n int) Counts {
	out := maps.Clone(c)
	if out == nil {
		out = make(Counts)
	}
	if out[s] += n; out[s] == 0 {
		delete(out, s)
	}
	return out
}

// Choice is how the agents of a run were chosen, for people to read.
type Choice struct {
	By    string // "picked", "pasted", "matching", "queue", "file", "run"
	Query string // of "matching": the list's address, its filters in it
	File  string // of "file": its name, foreign text
	Count int    // how many were chosen, unknown ones aside
	Left  int    // rows of a file that were hidden in it, and left out
	// LeftRows are the numbers of those rows, the first MostNamed of them.
	LeftRows []int `json:",omitempty"`
	// Ignored are the headers of columns of a file that were not read, foreign text;
	// Headless the letters of those that hold something and have no header. Doubled is how
	// many extensions were given more than once, Twice the first MostNamed of them.
	Ignored  []string
	Headless []string `json:",omitempty"`
	Doubled  int
	Twice    []string `json:",omitempty"`
}

// MostNamed is how many rows or extensions a Choice names.
const MostNamed = 20

// Run is one of them.
type Run struct {
	ID    string // assigned by Store.Create; sorts by time
	Scope journal.Scope
	// Revision counts the plans made of it: whoever starts says which one they saw.
	Revision int

	State  State
	Reason Reason
	Detail string // foreign text that goes with the reason, "" for none

	Operation Operation
	QueueIDs  []int64
	FromIDs   []int64 // of Move
	Priority  *int
	Choice    Choice
	// Name is what a run is kept under to be done again, "" where it is not.
	Name string
	// Of is the run that this one retries, repeats or (Operation Undo) takes back.
	Of string

	Operator       string
	KeyFingerprint string

	PlannedAt time.Time
	StartedAt time.Time // zero while planned
	EndedAt   time.Time // zero until it is over
	// OldestAt is when the oldest fact was read that the plan rests on, zero where that is
	// not known.
	OldestAt time.Time

	Effects []Effect
	Groups  []Group
	Counts  Counts
	// Owner names the process that carries it out, "" where none does.
	Owner string
}

// Effect is what a run does to one queue, as far as is known when it is planned.
type Effect struct {
	Queue         int64
	Type          apiclient.QueueType
	Name          string
	Before, After Staff
	Joins, Leaves int // of agents
}

// Staff is who is in a queue.
type Staff struct{ Members, Active, Available int }

// Deserted reports whether the queue is left without anybody available who was there.
func (e Effect) Deserted() bool {
	return e.Leaves > 0 && e.Before.Available > 0 && e.After.Available == 0
}

// Group is how many items make the same change.
type Group struct {
	Kind    journal.Kind
	Removed []int64
	Added   []int64
	Enabled bool // of Kind Recording
	Agents  int  // that are to be carried out
}

// Item is one change of one agent in a run.
type Item struct {
	// Seq is its place: from 1, in the order in which items are carried out.
	Seq       int
	Agent     string
	AgentName string
	Intent    roster.Intent
	State     ItemState
	// Why is a code: of Impossible, Aside and Refused.
	Why     string
	Message string // foreign text

	// As planned, and as it was when it was carried out.
	Before, After []int64
	Enabled       bool // Kind Recording
	Certainty     string
	ReadAt        time.Time // the oldest fact of Before; zero where not known
	// Asks are the codes of the questions that the plan showed: starting it answers them.
	Asks []string

	Entry     string // of the journal, "" where nothing was written
	SettledAt time.Time
}

// Kind is what it changes.
func (it Item) Kind() journal.Kind { return it.Intent.Kind() }

// Removed and Added are what it changes, in order.
func (it Item) Removed() []int64 { return roster.Minus(it.Before, it.After) }

// Added are the queues that the agent joins.
func (it Item) Added() []int64 { return roster.Minus(it.After, it.Before) }
