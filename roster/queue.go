package roster

import (
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// Queue is what is known of one queue, derived from the agents in it.
type Queue struct {
	ID        int64
	Type      apiclient.QueueType
	Name      string // "" where no name was ever seen
	Members   int
	Active    int // members with status 1
	Available int // members that can take a call: see Agent.Available
	// Certainty is that of the least sure member; 0 for a queue without members.
	Certainty Certainty
	// ListedAt is when the queue_id listing was last read to its end; zero where
	// it never was, and always for callout, which has no filter.
	ListedAt time.Time
	// RowsAt is when the oldest of its members' rows was received, zero without any.
	RowsAt time.Time
}

// ReadAt is how old what is said of the queue's members is; zero where nothing was read.
func (q Queue) ReadAt() time.Time {
	if q.ListedAt.IsZero() {
		return q.RowsAt
	}
	return q.ListedAt
}
