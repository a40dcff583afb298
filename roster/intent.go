package roster

import (
	"slices"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
)

// Verb is what a person wants done to an agent.
type Verb string

// The verbs.
const (
	Edit    Verb = "edit"    // from Base to Want, as the editor showed and the person left it
	Add     Verb = "add"     // Want joins whatever is there
	Remove  Verb = "remove"  // Want leaves whatever is there
	Replace Verb = "replace" // Want becomes the list
	Move    Verb = "move"    // of who is in one of From: From leaves and Want joins; who is in none is not moved
	Swap    Verb = "swap"    // From leaves and Want joins, whatever is there
	Undo    Verb = "undo"    // take back what one entry of the journal did
	Record  Verb = "record"  // recording is sent on or off, as Enabled says
	// Rehearse sends what is there once more, to learn what only a write tells. It is sent
	// only where nothing has to be asked.
	Rehearse Verb = "rehearse"
)

// Intent is what a person wants, as distinct from what is sent for it. It is plain
// data, so that it can be stored and carried out later. Make one with EditIntent,
// AddIntent, RemoveIntent, ReplaceIntent, MoveIntent, SwapIntent, UndoIntent,
// RecordingIntent or RehearsalIntent.
//
// As JSON, which a run is kept in, what is empty is left out.
type Intent struct {
	Verb  Verb                `json:",omitzero"`
	Agent string              `json:",omitzero"`
	Type  apiclient.QueueType `json:",omitzero"` // "" of Record
	// Base is the list the person looked at (Edit, Rehearse). nil is the empty list.
	Base []int64 `json:",omitzero"`
	// Want is the list the person left (Edit, Replace) or the queues named (Add,
	// Remove), or where to (Move, Swap).
	Want []int64 `json:",omitzero"`
	// From is where from (Move, Swap); none of it is in Want.
	From []int64 `json:",omitzero"`
	// Priority is what the person set, nil where they set nothing. Callin only.
	Priority *int `json:",omitzero"`
	// PriorityBase is the priority the editor showed, nil where the form did not
	// carry it. A Priority equal to it is one the person did not touch, so the
	// fresh row's is sent again instead.
	PriorityBase *string `json:",omitzero"`
	// Omits leaves out the priority that the row shows (Rehearse).
	Omits bool `json:",omitzero"`
	// Enabled is what recording is to be (Record).
	Enabled bool `json:",omitzero"`
	// Undoes is the change to take back (Undo).
	Undoes Undone `json:",omitzero"`

	// Strict has nothing sent where the list is not as the change that is taken back left
	// it (Undo): a *ConflictError.
	Strict bool
	// MaxAge lets evidence be that old (a run over many agents shares its
	// listings). Zero: what the list or the change names is read after the request
	// began, the rest is bounded by live.Config.EvidenceAge.
	MaxAge time.Duration `json:",omitzero"`
	// ReadSince, beside a MaxAge, has nothing count that was read before: all that the
	// change rests on was read since, once for many. What an earlier reading showed may
	// have been taken away by then.
	ReadSince time.Time `json:"-"`
	// NoReadBack leaves out reading after writing; the result is then Accepted.
	NoReadBack bool `json:",omitzero"`
}

// Same reports whether two intents ask for the same, from the same list.
func (in Intent) Same(other Intent) bool {
	same := func(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
	number := func(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }
	return in.Verb == other.Verb && in.Agent == other.Agent && in.Type == other.Type && in.Enabled == other.Enabled && in.Omits == other.Omits &&
		in.Undoes.Entry == other.Undoes.Entry && slices.Equal(in.Base, other.Base) && slices.Equal(in.Want, other.Want) &&
		slices.Equal(in.From, other.From) &&
		number(in.Priority, other.Priority) && same(in.PriorityBase, other.PriorityBase) &&
		in.Strict == other.Strict && in.MaxAge == other.MaxAge && in.NoReadBack == other.NoReadBack
}

// Undone is what has to be known of a change to take it back.
type Undone struct {
	Entry                         string  `json:",omitzero"` // of the journal
	Before, After                 []int64 `json:",omitzero"`
	PriorityBefore, PriorityAfter string  `json:",omitzero"` // "" where none was known, or sent
	// PriorityThen is what the row showed after a change that left the priority out; nil
	// where nobody looked.
	PriorityThen *string `json:",omitzero"`
}

// omitted reports whether the change left out the priority that was there.
func (u Undone) omitted() bool {
	_, ok := number(u.PriorityBefore)
	return ok && u.PriorityAfter == ""
}

// EditIntent is the editor's: the person saw base and left want.
func EditIntent(agent string, typ apiclient.QueueType, base, want []int64, priority *int) Intent {
	return Intent{Verb: Edit, Agent: agent, Type: typ, Base: Distinct(base), Want: Distinct(want), Priority: priority}
}

// AddIntent adds queues to whatever the agent has.
func AddIntent(agent string, typ apiclient.QueueType, ids []int64, priority *int) Intent {
	return Intent{Verb: Add, Agent: agent, Type: typ, Want: Distinct(ids), Priority: priority}
}

// RemoveIntent takes queues away from whatever the agent has.
func RemoveIntent(agent string, typ apiclient.QueueType, ids []int64) Intent {
	return Intent{Verb: Remove, Agent: agent, Type: typ, Want: Distinct(ids)}
}

// ReplaceIntent makes want the list, whatever was there.
func ReplaceIntent(agent string, typ apiclient.QueueType, want []int64, priority *int) Intent {
	return Intent{Verb: Replace, Agent: agent, Type: typ, Want: Distinct(want), Priority: priority}
}

// MoveIntent takes an agent who is in one of the queues from out of them, and into the
// queues to, in one write. Of an agent who is in none of them it changes nothing.
func MoveIntent(agent string, typ apiclient.QueueType, from, to []int64, priority *int) Intent {
	in := SwapIntent(agent, typ, from, to, priority)
	in.Verb = Move
	return in
}

// SwapIntent takes queues away and adds others in one write, whatever the agent has. A
// queue that is named in both stays, or joins.
func SwapIntent(agent string, typ apiclient.QueueType, from, to []int64, priority *int) Intent {
	to = Distinct(to)
	return Intent{Verb: Swap, Agent: agent, Type: typ, From: Minus(Distinct(from), to), Want: to, Priority: priority}
}

// RecordingIntent sends recording on or off. The API does not show what it is, so
// there is nothing to compare: it is always sent.
func RecordingIntent(agent string, enabled bool) Intent {
	return Intent{Verb: Record, Agent: agent, Enabled: enabled}
}

// RehearsalIntent sends the list that the person was shown, as it is. omits: without the
// priority beside it.
func RehearsalIntent(agent string, base []int64, priority string, omits bool) Intent {
	return Intent{Verb: Rehearse, Agent: agent, Type: apiclient.Callin, Base: Distinct(base), PriorityBase: &priority, Omits: omits}
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
		SameSet(e.Before, e.After) && e.PriorityBefore == "":
		return Intent{}, ErrCannotUndo
	}
	return undoOf(e), nil
}

func undoOf(e journal.Entry) Intent {
	return Intent{Verb: Undo, Agent: e.Agent, Type: apiclient.QueueType(e.Kind), Undoes: Undone{
		Entry: e.ID, Before: e.Before, After: e.After, PriorityBefore: e.PriorityBefore, PriorityAfter: e.PriorityAfter,
	}}
}

// PutBackIntent takes back what a rehearsal sent, whatever is known to have come of it: to
// send what was there before is no worse where it did nothing. then is the priority that
// the row showed after it.
func PutBackIntent(rehearsed Plan, entry, then string) Intent {
	e := rehearsed.Entry(Author{})
	e.ID = entry
	in := undoOf(e)
	in.Undoes.PriorityThen = &then
	return in
}

// Kind is what the journal calls what the intent changes.
func (in Intent) Kind() journal.Kind {
	if in.Verb == Record {
		return journal.Recording
	}
	return journal.Kind(in.Type)
}

// Idle reports whether an edit changes nothing the person saw.
func (in Intent) Idle() bool {
	return in.Verb == Edit && SameSet(in.Base, in.Want) && !in.SetsPriority()
}

// SetsPriority reports whether the person chose a priority other than the one
// they were shown.
func (in Intent) SetsPriority() bool {
	if in.Type == apiclient.Callout || in.Priority == nil {
		return false
	}
	shown, ok := number(text(in.PriorityBase))
	return in.PriorityBase == nil || !ok || shown != *in.Priority
}

// names reports whether the intent itself adds or removes a queue.
func (in Intent) names(queue int64) (adds, removes bool) {
	holds := func(ids []int64) bool { return len(Both(ids, []int64{queue})) > 0 }
	switch in.Verb {
	case Edit:
		return holds(Minus(in.Want, in.Base)), holds(Minus(in.Base, in.Want))
	case Add, Replace:
		return holds(in.Want), false
	case Remove:
		return false, holds(in.Want)
	case Move, Swap:
		return holds(in.Want), holds(in.From)
	case Undo:
		return holds(Minus(in.Undoes.Before, in.Undoes.After)), holds(Minus(in.Undoes.After, in.Undoes.Before))
	}
	return false, false
}

// removesUnseen reports whether the intent takes away a queue that the list does not show:
// where a list may hide queues it may be there.
func (in Intent) removesUnseen(fresh []int64) bool {
	return in.Verb != Move && slices.ContainsFunc(Minus(in.Named(), fresh), func(queue int64) bool {
		_, removes := in.names(queue)
		return removes
	})
}

// Named are the queues that the intent is about.
func (in Intent) Named() []int64 {
	return AppendNew(Distinct(in.Base), slices.Concat(in.Want, in.From, in.Undoes.Before, in.Undoes.After)...)
}

// Apply returns the list the intent makes of what is there.
func (in Intent) Apply(fresh []int64) []int64 {
	switch in.Verb {
	case Edit:
		return apply(fresh, Minus(in.Want, in.Base), Minus(in.Base, in.Want))
	case Add:
		return apply(fresh, in.Want, nil)
	case Remove:
		return apply(fresh, nil, in.Want)
	case Replace:
		return Distinct(in.Want)
	case Move:
		if len(Both(fresh, in.From)) == 0 {
			return Distinct(fresh)
		}
		return apply(fresh, in.Want, in.From)
	case Swap:
		return apply(fresh, in.Want, in.From)
	case Undo:
		return apply(fresh, Minus(in.Undoes.Before, in.Undoes.After), Minus(in.Undoes.After, in.Undoes.Before))
	}
	return Distinct(fresh)
}

// Author is who is behind a change, for the journal.
type Author struct {
	Operator       string
	KeyFingerprint string
	RequestID      string
	RunID          string
	// Session is the sign-in that asks, "" for none. It is not journalled: what was
	// answered once is not asked again within it.
	Session string
}
