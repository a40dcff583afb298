package roster

import "time"

// Knowledge is what a plan is made from.
type Knowledge struct {
	Agent Agent // with the union as its Callin and Callout
	// Unsure says why the list in question is not surely whole; empty: it is.
	Unsure []Unsure
	// Unread are the queues of which nothing was read that is young enough.
	Unread []int64
	// OldestAt is when the oldest fact was read that the list rests on.
	OldestAt time.Time
	// Earlier: of some queue nothing was read for this change, a replacement, but lately.
	Earlier bool
	// OneShown: a queue that no agent shows could be attached.
	OneShown bool
	// CalloutHides: callout queues may be attached that nothing shows.
	CalloutHides bool
	// PrioritiesDiffer: the agent's rows show more than one priority.
	PrioritiesDiffer bool
	// PrioritySent is the priority that our own last write sent and no row has shown
	// since, "" where there is none.
	PrioritySent string
	// Others says who else can take calls of the callin queues that the intent may
	// take the agent out of. A queue that is not in it is one of which nothing is
	// known.
	Others map[int64]Others
}

// Others is how many active, available agents other than the one at hand are in a
// queue, and when the oldest of what that is based on was read.
type Others struct {
	Available int
	At        time.Time
}
