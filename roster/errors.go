package roster

import (
	"errors"
	"fmt"
)

// Errors, for errors.Is.
var (
	// ErrNoSuchAgent: the whole list was read and the agent is not in it.
	ErrNoSuchAgent = errors.New("roster: no such agent")
	// ErrEmptyList: the change would leave no queue, and the API refuses an empty
	// list ("must not be empty").
	ErrEmptyList = errors.New("roster: a queue list must not be empty")
	// ErrNotEditable: the agent must not be written to; *NotEditableError says why.
	ErrNotEditable = errors.New("roster: agent cannot be written to")
	// ErrNotWritten: the intent could not be written to the journal, so nothing was
	// sent. It comes wrapped together with journal.ErrUnavailable or
	// journal.ErrAlreadyUndone.
	ErrNotWritten = errors.New("roster: the intent could not be written to the journal")
	// ErrCannotUndo: the entry is not of a queue change whose state before was known.
	ErrCannotUndo = errors.New("roster: this change cannot be undone")
)

// NotEditableError carries the reason of ErrNotEditable.
type NotEditableError struct {
	Agent string
	Why   WhyNot
}

func (e *NotEditableError) Error() string {
	return fmt.Sprintf("roster: agent %s cannot be written to: %s", e.Agent, e.Why)
}

// Unwrap returns ErrNotEditable.
func (e *NotEditableError) Unwrap() error { return ErrNotEditable }

// ConflictError says that the list moved since the person looked at it. Nothing
// was written. Plan.Conflict holds the three-way merge; its Theirs is the base
// and its Merged the list of the form that accepts the merge.
type ConflictError struct {
	Plan Plan
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("roster: the list of agent %s changed meanwhile", e.Plan.Agent.ID)
}

// ConfirmError says that the plan needs a person's confirmation. Nothing was
// written. Plan.Questions says what for.
type ConfirmError struct {
	Plan Plan
}

func (e *ConfirmError) Error() string {
	return fmt.Sprintf("roster: the change of agent %s needs to be confirmed: %s", e.Plan.Agent.ID, ShownBy(e.Plan))
}
