package sqlstore

import (
	"errors"
	"fmt"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// invalid is an argument that no database could keep: a mistake of the caller.
type invalid string

func (e invalid) Error() string { return string(e) }

// wrap names the operation, and says journal.ErrUnavailable of everything that is
// not an answer of the journal or the runs themselves. The cause stays reachable, so that a
// context's end can be told from a full disk.
func wrap(op string, err error) error {
	var wrong invalid
	switch {
	case err == nil:
		return nil
	case errors.Is(err, journal.ErrUnavailable):
		return err
	case errors.Is(err, journal.ErrNotFound), errors.Is(err, journal.ErrAlreadyUndone),
		errors.Is(err, journal.ErrNameTaken), errors.Is(err, journal.ErrTooMany),
		errors.Is(err, runs.ErrNotFound), errors.Is(err, runs.ErrMoved), errors.Is(err, runs.ErrLost),
		errors.Is(err, journal.ErrNewerSchema), errors.Is(err, ErrNotEmpty), errors.Is(err, ErrNoBackup), errors.As(err, &wrong):
		return fmt.Errorf("%s: %w", op, err)
	}
	return fmt.Errorf("%w: %s: %w", journal.ErrUnavailable, op, err)
}
