package journal

import (
	"context"
	"time"
)

// Trait is one thing that the API has shown a tenant of how it behaves.
type Trait struct {
	Code      string // what it is about: roster.TraitCode
	Value     string
	Sure      bool      // borne out by a whole reading, not only seen
	LearnedAt time.Time // when the value was first seen, UTC
	SeenAt    time.Time // and last
}

// Shift is a trait that has become another one.
type Shift struct {
	Scope    Scope // whose consoles noticed
	Code     string
	Was, Now string
	At       time.Time // UTC
}

// ShiftQuiet is how long the same shift of a tenant is not noted again: an API that answers
// now so, now so, would fill the journal with it.
const ShiftQuiet = 24 * time.Hour

// Traits keeps what the API has shown, beside the changes in the same database.
type Traits interface {
	// LearnTrait keeps a trait's value. Where another was kept, that it shifted is noted,
	// unless the same shift of the scope was within ShiftQuiet. SeenAt is when; LearnedAt
	// is ignored. What was seen before what is kept changes nothing.
	LearnTrait(ctx context.Context, scope Scope, f Trait) error
	// Traits returns what is kept for the scope, by code.
	Traits(ctx context.Context, scope Scope) (map[string]Trait, error)
	// Shifts returns what shifted for any tenant of an environment in [from, until), newest
	// first, at most 200; a zero time is no bound.
	Shifts(ctx context.Context, environment string, from, until time.Time) ([]Shift, error)

	// KeepTenantProbe keeps a report of the API that the scope's own key was answered, in
	// place of the one before. It is JSON, and nobody's business here.
	KeepTenantProbe(ctx context.Context, scope Scope, report []byte, at time.Time) error
	// TenantProbe returns it, nil where there is none.
	TenantProbe(ctx context.Context, scope Scope) (report []byte, at time.Time, err error)
	// Probe returns the report that whoever runs the console had kept for an environment,
	// nil where there is none. It may be of any tenant's key.
	Probe(ctx context.Context, environment string) (report []byte, at time.Time, err error)
}
