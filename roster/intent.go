package roster

import (
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
)

// Verb is what a person wants done to a list.
type Verb string

// The verbs.
const (
	Edit    Verb = "edit"    // from Base to Want, as the editor showed and the person left it
	Add     Verb = "add"     // Want joins whatever is there
	Remove  Verb = "remove"  // Want leaves whatever is there
	Replace Verb = "replace" // Want becomes the list
	Undo    Verb = "undo"    // take back what one entry of the journal did
)

// Intent is what a person wants, as distinct from the list that is sent for it.
// Make one with EditIntent, AddIntent, RemoveIntent, ReplaceIntent or UndoIntent.
type Intent struct {
	Verb  Verb
	Agent string
	Type  apiclient.QueueType
	// Base is the list the person looked at (Edit). nil is the empty list.
	Base []int64
	// Want is the list the person left (Edit, Replace) or the queues named (Add,
	// Remove).
	Want []int64
	// Priority is what the person set, nil where they set nothing. Callin only.
	Priority *int
	// PriorityBase is the priority the editor showed, nil where the form did not
	// carry it. A Priority equal to it is one the person did not touch, so the
	// fresh row's is sent again instead.
	PriorityBase *string

	// MaxAge lets evidence be that old (a run over many agents shares its
	// listings). Zero: everything is read after the request began.
	MaxAge time.Duration
	// NoReadBack leaves out reading after writing; the result is then Accepted.
	NoReadBack bool

	undo journal.Entry
}

// EditIntent is the editor's: the person saw base and left want.
func EditIntent(agent string, typ apiclient.QueueType, base, want []int64, priority *int) Intent {
	return Intent{Verb: Edit, Agent: agent, Type: typ, Base: distinct(base), Want: distinct(want), Priority: priority}
}

// AddIntent adds queues to whatever the agent has.
func AddIntent(agent string, typ apiclient.QueueType, ids []int64, priority *int) Intent {
	return Intent{Verb: Add, Agent: agent, Type: typ, Want: distinct(ids), Priority: priority}
}

// RemoveIntent takes queues away from whatever the agent has.
func RemoveIntent(agent string, typ apiclient.QueueType, ids []int64) Intent {
	return Intent{Verb: Remove, Agent: agent, Type: typ, Want: distinct(ids)}
}

// ReplaceIntent makes want the list, whatever was there.
func ReplaceIntent(agent string, typ apiclient.QueueType, want []int64, priority *int) Intent {
	return Intent{Verb: Replace, Agent: agent, Type: typ, Want: distinct(want), Priority: priority}
}

// UndoIntent takes back what an entry did: its additions are removed, its
// removals added, and everything others did since stays. ErrCannotUndo if the
// entry is of another kind, was refused or never applied, its outcome or the state
// before it is not known, or it set a priority where none was known.
func UndoIntent(e journal.Entry) (Intent, error) {
	switch {
	case e.Kind != journal.Callin && e.Kind != journal.Callout,
		!e.BeforeKnown,
		e.Result == journal.Refused, e.Result == journal.Unknown, e.Result == journal.Intent,
		e.Code == journal.CodeNotApplied,
		sameSet(e.Before, e.After) && e.PriorityBefore == "":
		return Intent{}, ErrCannotUndo
	}
	return Intent{Verb: Undo, Agent: e.Agent, Type: apiclient.QueueType(e.Kind), undo: e}, nil
}

// Author is who is behind a change, for the journal.
type Author struct {
	Operator       string
	KeyFingerprint string
	RequestID      string
	RunID          string
}
