package roster

import "time"

// Certainty is how surely an agent is known to be in a queue. A greater one is
// surer.
type Certainty uint8

// The certainties, from the least to the most.
const (
	// Sent: we wrote it, and no read has shown it yet.
	Sent Certainty = iota + 1
	// Listed: the queue_id filter lists the agent; its row does not show the queue.
	Listed
	// Seen: the agent's row shows it; the filter has not been asked, or does not
	// list it (which takes nothing away).
	Seen
	// Confirmed: row and filter agree, or our own write was read back.
	Confirmed
)

// String returns the word used in the catalogues, the journal and the markup.
func (c Certainty) String() string {
	switch c {
	case Sent:
		return "sent"
	case Listed:
		return "listed"
	case Seen:
		return "seen"
	case Confirmed:
		return "confirmed"
	default:
		return "unknown"
	}
}

// Membership is one queue of one agent.
type Membership struct {
	QueueID   int64
	Name      string // "" where no name was ever seen
	Certainty Certainty
	At        time.Time // of the newest evidence for it, UTC
}

// IDs returns the queue ids in order, never nil.
func IDs(ms []Membership) []int64 {
	ids := make([]int64, 0, len(ms))
	for _, m := range ms {
		ids = append(ids, m.QueueID)
	}
	return ids
}
