package roster

import (
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// WarningCode is a code for the catalogues.
type WarningCode string

// The warnings of a plan.
const (
	// WarnLeavesQueue: Queue would have no active, available agent left (as of At).
	WarnLeavesQueue WarningCode = "leaves-queue-without-agent"
	// WarnPriorityUnreadable: the row shows a priority that is not a number (Text),
	// so it cannot be sent again; what omitting it does is not documented.
	WarnPriorityUnreadable WarningCode = "priority-unreadable"
	// WarnPriorityDiffers: the agent's rows show different priorities; the first
	// (Text) is sent for all.
	WarnPriorityDiffers WarningCode = "priority-differs"
	// WarnCalloutShowsOne: the API shows only one callout queue back.
	WarnCalloutShowsOne WarningCode = "callout-shows-one"
	// WarnInactive: the agent's status is inactive.
	WarnInactive WarningCode = "agent-inactive"
	// WarnOneShown: rows of this tenant show one queue each, so a queue that no
	// agent shows could be attached without anybody here knowing.
	WarnOneShown WarningCode = "one-shown"
	// WarnMoved: the list changed since the entry that is undone; those changes stay.
	WarnMoved WarningCode = "list-moved"
)

// Warning is something a person should know before a change is sent.
type Warning struct {
	Code  WarningCode
	Queue int64     // 0 where it is about no queue
	Text  string    // foreign text, "" where there is none
	At    time.Time // how old what it is based on is
}

// Confirm is a reason why a plan is not sent without a person's confirmation.
type Confirm string

// The reasons to confirm.
const (
	ConfirmUnsure   Confirm = "unsure"   // the list may be missing queues: Plan.Unsure
	ConfirmRemoval  Confirm = "removal"  // the agent is taken out of queues
	ConfirmQueue    Confirm = "queue"    // a queue is left without an agent
	ConfirmPriority Confirm = "priority" // the priority cannot be kept as it is
)

// Plan is one exact PUT and everything a person may want to know of it first.
type Plan struct {
	Intent Intent
	Agent  Agent // as read
	Type   apiclient.QueueType

	Before    []Membership // the fresh union, in the order shown
	After     []int64      // exactly what is sent
	Removed   []int64
	Added     []int64
	Unchanged []int64

	Priority       *int   // what is sent, nil where it is left out
	PriorityBefore string // what the row shows, "" where none

	Sure     bool
	Unsure   []Unsure // why not
	Warnings []Warning
	Confirm  []Confirm
	Nothing  bool      // the list and the priority are already so: nothing is sent
	Conflict *Conflict // the list moved since the person looked; nothing is sent
	Empty    bool      // After would be empty, which the API refuses; nothing is sent
}

// NeedsConfirm reports whether a person has to confirm before this is sent.
func (p Plan) NeedsConfirm() bool { return len(p.Confirm) > 0 }

// Assignment is the body of the PUT.
func (p Plan) Assignment() apiclient.QueueAssignment {
	return apiclient.QueueAssignment{QueueIDs: p.After, Priority: p.Priority}
}
