package belief

import "github.com/alohub/agentconsole/roster"

// Write is a change of ours to a list.
type Write struct {
	Entry         string // of the journal
	Before, After []int64
	At            Stamp // reads begun before that say nothing of it
	SentAt        Stamp // when it was sent, to know how long ago
	State         WriteState
}

// WriteState is how far a write of ours is known to have come.
type WriteState uint8

// The states. A write begins as Unanswered or Answered, and ends, by advance, as
// Passed or Held.
const (
	// Unanswered: there was no usable answer; reads may come to show it.
	Unanswered WriteState = iota
	// Answered: the API said yes; no read shows it yet.
	Answered
	// Passed: it is waited for no longer, and nothing says that it was applied.
	Passed
	// Held: it is waited for no longer, and the API had said yes or a read has
	// shown it.
	Held
)

// Applied reports whether the API said yes, or a read showed it.
func (s WriteState) Applied() bool { return s == Answered || s == Held }

// advance is the state once a write is waited for no longer, for reads alone are
// the truth from then on. shown: a look back read exactly what was sent.
func (s WriteState) advance(shown bool) WriteState {
	if shown || s.Applied() {
		return Held
	}
	return Passed
}

// Pending reports whether reads do not show the write yet and may still come to.
func (w *Write) Pending() bool { return w != nil && (w.State == Unanswered || w.State == Answered) }

// held returns the write, waited for no longer.
func (w Write) over(shown bool) *Write {
	w.State = w.State.advance(shown)
	return &w
}

// bornOut reports whether a part of a write was read that cannot be explained
// without it. Where a list can hide, nothing but all of it will do.
func (w *Write) bornOut(read []int64, canHide bool) bool {
	if roster.SameSet(read, w.After) {
		return true
	}
	if canHide {
		return false
	}
	added, removed := roster.Minus(w.After, w.Before), roster.Minus(w.Before, w.After)
	return len(roster.Both(added, read)) > 0 || len(removed) > 0 && len(roster.Both(removed, read)) == 0
}
