package roster

import "time"

// DoubtKind is how the API contradicts our own last write of a list.
type DoubtKind string

// The kinds of doubt.
const (
	// DoubtSent: we wrote the queue, and no reading since shows it.
	DoubtSent DoubtKind = "sent"
	// DoubtRemoved: we took the agent out of the queue, and readings still show it.
	DoubtRemoved DoubtKind = "removed"
)

// Doubt is a queue of which a complete reading, begun after our own last write of
// the list, says otherwise than the write did. It may be that reads lag, that the
// API said yes and did nothing, that it cannot show the queue, or that somebody
// changed it since. What the API shows is what an edit starts from; which of the two
// is meant, a person decides.
type Doubt struct {
	Queue  int64
	Name   string // "" where no name was ever seen
	Kind   DoubtKind
	SentAt time.Time // when our write was sent
}

// settledBy reports whether an intent says itself what is to become of the queue.
func (d Doubt) settledBy(in Intent) bool {
	adds, removes := in.names(d.Queue)
	return adds || removes
}

// open reports whether a plan would do something about the queue that nobody said:
// leave one out that may be there, or write one back that may be gone.
func (d Doubt) open(p Plan) bool {
	if d.settledBy(p.Intent) {
		return false
	}
	kept := false
	for _, id := range p.After {
		kept = kept || id == d.Queue
	}
	return kept == (d.Kind == DoubtRemoved)
}
