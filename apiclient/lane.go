package apiclient

import (
	"fmt"
	"time"
)

// Lane says who is waiting for a call. People go first: a Run or Background call waits
// for as long as the budget asks, a Person or Refresh call waits for a moment and is then
// told how long it would take (*RateLimitError with Local set).
type Lane uint8

// The lanes, in the order in which they go.
const (
	Person     Lane = iota
	Run             // what somebody started and looks in on: it goes before crawls
	Refresh         // what an open page asks by itself: it comes again
	Background      // what nobody waits for
)

// String returns the lane's name, "person" say.
func (l Lane) String() string {
	if all := lanes(); int(l) < len(all) {
		return all[l].name
	}
	return fmt.Sprintf("Lane(%d)", uint8(l))
}

// conduct is how the calls of a lane behave towards the budget.
type conduct struct {
	name string
	// hang is as long as a call may hang before it is told how long it would
	// take. 0: it waits, whatever it takes, and its waiting costs it no time.
	hang time.Duration
	// yields says that a lane leaves the reserve to the tenant's other clients,
	// sends its first call alone, for that tells the limits, and spreads its
	// calls while the limits are in doubt.
	yields bool
	// watches says that a lane sends some of a window's calls late, to see what others do.
	watches bool
	// keeps is what a lane leaves of a limit instead of the reserve: room for our own
	// people, or what others are expected to use if that is more. The zero value: the
	// reserve.
	keeps keeps
	// pace is how often a lane calls while no answer names a limit; 0: at once.
	pace time.Duration
	// patience is how long a lane lets itself be put off by the lanes before it
	// and by the reserve; after that one call goes ahead, so that nobody starves.
	// 0: not at all.
	patience time.Duration
}

// keeps is a share of a limit, and how many calls at least.
type keeps struct {
	share float64
	least int
}

// lanes describes every Lane, by its number: a lane goes before those below it.
func lanes() []conduct {
	return []conduct{
		Person:     {name: "person", hang: 1500 * time.Millisecond},
		Run:        {name: "run", yields: true, watches: true, keeps: keeps{share: 0.05, least: 2}, pace: time.Second, patience: 2 * window},
		Refresh:    {name: "refresh", hang: 3 * time.Second, yields: true, patience: 2 * window},
		Background: {name: "background", yields: true, pace: time.Second, patience: 2 * window},
	}
}
