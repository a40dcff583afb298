package journal

import (
	"context"
	"time"
)

const (
	// SavingLease is how long a saving counts as under way that was not noted again.
	SavingLease = 10 * time.Second
	// SavingsKept is how long what is known of one is kept after it was noted last.
	SavingsKept = time.Hour
)

// Saving is a change, or a rehearsal of one, that goes on by itself in one console, as it is
// told to the others that use the database: whichever a browser asks can say how far it is.
type Saving struct {
	ID    string // opaque, unique
	State []byte // a JSON document of the console that makes it
	Over  bool
	// Alive is of a saving that was found: it is over, or was noted within SavingLease. Of
	// one that is not, its console has died, or has lost the database.
	Alive bool
	Wish  SavingWish // of one that was found
}

// SavingWish is what a person wished of a saving at another console than its own.
type SavingWish string

// The wishes. Whoever wished to cancel is not overruled by one that comes later.
const (
	WishNone   SavingWish = ""
	WishNow    SavingWish = "now"
	WishCancel SavingWish = "cancel"
)

// Savings keeps the savings that outlive the request they began with, beside the changes in
// the same database.
type Savings interface {
	// NoteSaving keeps how far a saving is, and returns what was wished of it. It is under
	// way for SavingLease from now by the database's clock, or over for good.
	NoteSaving(ctx context.Context, scope Scope, s Saving) (SavingWish, error)
	// FindSaving returns one of the scope, or ErrNotFound.
	FindSaving(ctx context.Context, scope Scope, id string) (Saving, error)
	// WishSaving notes a wish for the console that makes the saving. ErrNotFound where the
	// scope has none of that id that is under way.
	WishSaving(ctx context.Context, scope Scope, id string, wish SavingWish) error
}
