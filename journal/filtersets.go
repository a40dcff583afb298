package journal

import (
	"context"
	"errors"
	"time"
)

// How many filter sets are kept for everybody of a scope, and as many for each person of it;
// and how long a query may be, in bytes.
const (
	MostFilterSets    = 50
	MaxFilterSetQuery = 4096
)

// FilterSet is what the list of agents was narrowed to and sorted by, under a name.
type FilterSet struct {
	ID    string // assigned by KeepFilterSet
	Owner string // whose it is, as they were named; "" is everybody's of the scope
	Name  string
	Query string // as an address has it; nobody's business here

	MadeBy string    // the person's name, as given
	MadeAt time.Time // UTC
	// ChangedBy and ChangedAt are the last change's; zero where there was none.
	ChangedBy string
	ChangedAt time.Time
}

// Errors of FilterSets, for errors.Is.
var (
	// ErrNameTaken: whoever it is of has another one of that name.
	ErrNameTaken = errors.New("journal: a filter set of that name is there")
	// ErrTooMany: whoever it is of has MostFilterSets.
	ErrTooMany = errors.New("journal: too many filter sets")
)

// FilterSets keeps filter sets, beside the changes in the same database. An owner, and a
// name, are the same in any case of their letters; an accent makes another one. A name is
// no authentication: who gives another's sees theirs.
type FilterSets interface {
	// FilterSets returns those of the scope that are everybody's, and the owner's, by their
	// names. No owner has none but everybody's.
	FilterSets(ctx context.Context, scope Scope, owner string) ([]FilterSet, error)
	// KeepFilterSet keeps one and returns its ID. A zero MadeAt is now; what a change notes
	// is ignored. ErrNameTaken, ErrTooMany.
	KeepFilterSet(ctx context.Context, scope Scope, f FilterSet) (id string, err error)
	// ChangeFilterSet gives the one with f's ID, everybody's or the owner's, f's Name and
	// Query, where these are not empty, and notes f's ChangedBy and ChangedAt, of which a
	// zero one is now. ErrNotFound, ErrNameTaken.
	ChangeFilterSet(ctx context.Context, scope Scope, owner string, f FilterSet) error
	// DropFilterSet deletes the one with that ID, everybody's or the owner's. ErrNotFound.
	DropFilterSet(ctx context.Context, scope Scope, owner, id string) error
}
