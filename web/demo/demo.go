// Package demo is what a console knows of an upstream that its demo brings along: what
// can be set of it while it runs. It is a leaf. Whoever starts a demo implements
// Upstream; the console has the page that sets it, and no page where there is none.
package demo

import (
	"errors"
	"time"
)

// Errors of Upstream.
var (
	// ErrUnknown is returned for a name that State does not list.
	ErrUnknown = errors.New("no such name")
	// ErrNeverStrikes is returned for a fault that no call of that route can suffer.
	ErrNeverStrikes = errors.New("the fault cannot strike there")
)

// Upstream is the API of a demo. It must be safe for concurrent use. A setter that
// returns an error has changed nothing.
//
// Names are the upstream's own. People read a message for each: demo.pace.NAME and so
// on, by the field of State that lists it.
type Upstream interface {
	// State is all that can be set, as it is now.
	State() State
	// SetPace sets how often somebody else changes an agent. ErrUnknown.
	SetPace(pace string) error
	// SetAnswers sets how rows show an agent of several queues, and which traits
	// answers have: those named, and no other. ErrUnknown.
	SetAnswers(style string, traits []string) error
	// Fail adds a fault after those that are pending. ErrUnknown, ErrNeverStrikes.
	Fail(f Fault) error
	// ClearFaults takes back all that are pending.
	ClearFaults()
	// SetLimits replaces the rate limits, and starts counting anew. ErrUnknown.
	SetLimits(l Limits) error
	// Calm takes back everything that was set. Agents stay as they are.
	Calm()
}

// State is what can be set of an upstream, and what it is set to.
type State struct {
	Pace  string
	Paces []string // demo.pace
	Deeds []Deed   // what somebody else did last, newest first

	Style  string
	Styles []string // demo.style
	Traits []Trait  // demo.trait

	Faults []Fault  // pending; the first that fits a call strikes it
	Kinds  []Kind   // of faults there are: demo.fault
	Routes []string // demo.route

	Limits  Limits
	Windows []string // kinds of Limits.Window: demo.window
}

// Deed is one change that somebody else made.
type Deed struct {
	At    time.Time
	Agent string
	Name  string // the agent's, "" where there is none
	Kind  string // of the list: "callin" or "callout"

	QueueID  int64 // that was joined or left; 0 where the priority was set
	Queue    string
	Joined   bool
	Priority int // that was set, else 0
}

// Trait is a habit of answers that is either so or not.
type Trait struct {
	Name string
	On   bool
}

// Kind is a kind of fault. Kinds of one group stand together: demo.group.
type Kind struct{ Name, Group string }

// Always as Fault.Times is until it is taken back.
const Always = -1

// Fault is what goes wrong.
type Fault struct {
	Kind  string
	Route string
	Times int // how many calls are still to be struck
}

// Limits are calls per window, 0 being no limit.
type Limits struct {
	Tenant, Route int
	Window        time.Duration
	Kind          string // how calls are counted
	NoHeaders     bool   // the limit headers are not sent
	NoRetryAfter  bool   // a refusal does not say how long to wait
}
