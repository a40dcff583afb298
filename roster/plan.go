package roster

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
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
	// WarnPriorityMoved: somebody changed the priority since the person looked at it
	// (to Text), and the person set another one.
	WarnPriorityMoved WarningCode = "priority-moved"
	// WarnPriorityDoubtful: the row shows a priority (Text) other than the one that our
	// own last write sent; it may only lag behind.
	WarnPriorityDoubtful WarningCode = "priority-doubtful"
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

// Plan is one exact PUT and everything a person may want to know of it first. It
// is plain data: what follows from its fields is a method.
type Plan struct {
	Intent Intent
	Agent  Agent // as read

	Before []Membership // the fresh union, in the order shown
	After  []int64      // exactly what is sent

	Priority       *int   // what is sent, nil where it is left out
	PriorityBefore string // what the row shows, "" where none

	Unsure   []Unsure // why the list may be missing queues; empty: it is sure
	Unread   []int64  // queues of which nothing was read that is young enough
	Answered []string // codes of questions that the person has answered before
	Doubts   []Doubt  // queues of which the API contradicts our own last write
	Warnings []Warning
	// EvidenceAt is when the oldest fact was read that the plan rests on; zero where
	// that is not known.
	EvidenceAt time.Time
	Nothing    bool      // the list and the priority are already so: nothing is sent
	Conflict   *Conflict // the list moved since the person looked; nothing is sent
}

// Type is the list the plan is about, "" where it is about recording.
func (p Plan) Type() apiclient.QueueType { return p.Intent.Type }

// Removed are the queues that the agent leaves.
func (p Plan) Removed() []int64 { return Minus(IDs(p.Before), p.After) }

// Added are the queues that the agent joins.
func (p Plan) Added() []int64 { return Minus(p.After, IDs(p.Before)) }

// MovesPriority reports whether the plan sends another priority than was shown.
func (p Plan) MovesPriority() bool {
	return p.Priority != nil && strconv.Itoa(*p.Priority) != p.PriorityBefore
}

// Sure reports whether the list before is surely all there is.
func (p Plan) Sure() bool { return len(p.Unsure) == 0 && len(p.Doubts) == 0 }

// Empty reports whether the list would be empty, which the API refuses.
func (p Plan) Empty() bool {
	return p.Intent.Verb != Record && !p.Nothing && len(p.After) == 0
}

// Sends reports whether the plan sends what another does, over the same list.
func (p Plan) Sends(q Plan) bool {
	return SameSet(p.After, q.After) && SameSet(IDs(p.Before), IDs(q.Before)) && text(p.priority()) == text(q.priority()) && !p.Nothing
}

func (p Plan) priority() *string {
	if p.Priority == nil {
		return nil
	}
	return new(strconv.Itoa(*p.Priority))
}

// Assignment is the body of the PUT.
func (p Plan) Assignment() apiclient.QueueAssignment {
	return apiclient.QueueAssignment{QueueIDs: p.After, Priority: p.Priority}
}

// Obstacle returns why the plan is not sent, nil where it may be:
// *NotEditableError, *ConflictError, an error that wraps ErrEmptyList, or
// *ConfirmError where it asks what the consent does not cover.
func (p Plan) Obstacle(consent Consent) error {
	why := p.Agent.WhyNotEdit(p.Type())
	switch {
	case why != "":
		return &NotEditableError{Agent: p.Agent.ID, Why: why}
	case p.Conflict != nil:
		return &ConflictError{Plan: p}
	case p.Nothing:
		return nil
	case p.Empty():
		return fmt.Errorf("change agent %s: %w", p.Agent.ID, ErrEmptyList)
	case !consent.Covers(p):
		return &ConfirmError{Plan: p}
	}
	return nil
}

// Entry is what the journal is told before the plan is sent. Scope and At are left
// to whoever writes it down.
func (p Plan) Entry(by Author) journal.Entry {
	e := journal.Entry{
		Agent: p.Agent.ID, Kind: p.Intent.Kind(), Enabled: p.Intent.Enabled,
		Operator: by.Operator, KeyFingerprint: by.KeyFingerprint, RequestID: by.RequestID, RunID: by.RunID,
	}
	if p.Intent.Verb == Record {
		return e
	}
	e.Before, e.BeforeKnown, e.After = IDs(p.Before), p.undoable(), p.After
	e.PriorityBefore, e.Certainty, e.UndoOf = p.PriorityBefore, p.Certainty(), p.Intent.Undoes.Entry
	e.EvidenceAt = p.EvidenceAt
	if p.Priority != nil {
		e.PriorityAfter = strconv.Itoa(*p.Priority)
	}
	return e
}

// certaintyDoubtful is the journal's word for a list of which the API contradicted
// our own last write.
const certaintyDoubtful = "doubtful"

// undoable reports whether what was read before is enough to take the change
// back: an undo adds and removes what this change did, so it is no worse for a
// queue that neither knew of.
func (p Plan) undoable() bool {
	return len(p.Doubts) == 0 && !slices.ContainsFunc(p.Unsure, func(u Unsure) bool {
		return u == RowOld || u == EvidenceIncomplete
	})
}

// Certainty is one word for how surely Before was known: why it was not sure, or
// the certainty of its least sure queue.
func (p Plan) Certainty() string {
	switch {
	case len(p.Unsure) > 0:
		return string(p.Unsure[0])
	case len(p.Doubts) > 0:
		return certaintyDoubtful
	}
	least := Confirmed
	for _, m := range p.Before {
		least = min(least, m.Certainty)
	}
	return least.String()
}
