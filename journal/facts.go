package journal

import (
	"context"
	"time"
)

// Fact is one thing that the API has shown a tenant of how it behaves.
type Fact struct {
	Code      string // what it is about: roster.FactCode
	Value     string
	Sure      bool      // borne out by a whole reading, not only seen
	LearnedAt time.Time // when the value was first seen, UTC
	SeenAt    time.Time // and last
}

// Turn is a fact that has become another one.
type Turn struct {
	Scope    Scope // whose consoles noticed
	Code     string
	Was, Now string
	At       time.Time // UTC
}

// TurnQuiet is how long the same turn of a tenant is not noted again: an API that answers
// now so, now so, would fill the journal with it.
const TurnQuiet = 24 * time.Hour

// Facts keeps what the API has shown, beside the changes in the same database.
type Facts interface {
	// LearnFact keeps a fact's value. Where another was kept, that it turned is noted,
	// unless the same turn of the scope was within TurnQuiet. SeenAt is when; LearnedAt
	// is ignored. What was seen before what is kept changes nothing.
	LearnFact(ctx context.Context, scope Scope, f Fact) error
	// Facts returns what is kept for the scope, by code.
	Facts(ctx context.Context, scope Scope) (map[string]Fact, error)
	// Turns returns what turned for any tenant of an environment at that time or later,
	// newest first, at most 50.
	Turns(ctx context.Context, environment string, since time.Time) ([]Turn, error)

	// KeepTenantProbe keeps a report of the API that the scope's own key was answered, in
	// place of the one before. It is JSON, and nobody's business here.
	KeepTenantProbe(ctx context.Context, scope Scope, report []byte, at time.Time) error
	// TenantProbe returns it, nil where there is none.
	TenantProbe(ctx context.Context, scope Scope) (report []byte, at time.Time, err error)
	// Probe returns the report that whoever runs the console had kept for an environment,
	// nil where there is none. It may be of any tenant's key.
	Probe(ctx context.Context, environment string) (report []byte, at time.Time, err error)
}
