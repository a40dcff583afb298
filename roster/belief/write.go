package belief

import (
	"slices"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// Write is a change of ours to a list.
type Write struct {
	Entry         string // of the journal
	Before, After []int64
	At            Stamp // reads begun before that say nothing of it
	SentAt        Stamp // when it was sent, to know how long ago
	State         WriteState
	// Contested is when a complete reading, begun after the write, first said
	// otherwise than it; 0: none has.
	Contested Stamp
	// Priority is the one that was sent, at PriorityAt, and that no row has shown since,
	// "" for none. PriorityKept: it is the one that rows had shown before, so that showing it again
	// says nothing.
	Priority     string
	PriorityAt   Stamp
	PriorityKept bool
	// Shown is the one queue of it that reads have shown since, of a list that may hide the
	// others; 0: none yet. Where another is shown, somebody has changed the list.
	Shown int64
	// Earlier is one of ours before it that reads did not show yet, where this one may
	// not have been carried out; nil where there is none.
	Earlier *Write
	// Unseen are the queues of those of ours that reads did not show yet when this one was
	// answered: where it comes to nothing, the list may be as they made it.
	Unseen []int64
	// Clear: it, or one between it and those known of before, was seen as it was sent, so
	// that those do not matter any more.
	Clear bool
}

// WriteState is how far a write of ours is known to have come.
type WriteState uint8

// The states. A write begins as Unanswered or Answered, and ends, by advance, as
// Passed or Held.
const (
	// Unanswered: there was no usable answer; reads may come to show it.
	Unanswered WriteState = iota
	// Answered: the API said yes; no read shows it yet.
	Answered
	// Passed: it is waited for no longer, and nothing says that it was applied.
	Passed
	// Held: it is waited for no longer, and the API had said yes or a read has
	// shown it.
	Held
)

// Applied reports whether the API said yes, or a read showed it.
func (s WriteState) Applied() bool { return s == Answered || s == Held }

// advance is the state once a write is waited for no longer, for reads alone are
// the truth from then on. shown: a look back read exactly what was sent.
func (s WriteState) advance(shown bool) WriteState {
	if shown || s.Applied() {
		return Held
	}
	return Passed
}

// Pending reports whether reads do not show the write yet and may still come to.
func (w *Write) Pending() bool { return w != nil && (w.State == Unanswered || w.State == Answered) }

// Waited reports whether anything of the write, its priority at least, is still waited for.
func (w *Write) Waited() bool { return w.Pending() || w.awaitsPriority() }

// after returns the write, made while another was waited for: where this one, or one
// before it that the journal told of as well, may not have been carried out, the other
// is still to be seen.
func (w Write) after(other *Write) *Write {
	switch {
	case w.Clear:
		return &w
	case other != nil && other.Entry == w.Entry:
		w.Unseen, other = other.Unseen, other.Earlier // the same, and the journal knows more of it
	}
	if w.Priority == "" && w.State != Held && other.awaitsPriority() {
		w.Priority, w.PriorityAt = other.Priority, other.PriorityAt // this one left it as it was
	}
	switch {
	case w.State.Applied():
		w.Earlier = nil
		if other.Pending() {
			w.Unseen = roster.AppendNew(slices.Clip(w.Unseen), other.Changed()...)
		}
	case w.Earlier != nil:
		w.Earlier = w.Earlier.after(other)
	case other.Pending():
		w.Earlier = other
	}
	return &w
}

// Changed are the queues that the write, and those before it that may still come to be
// seen, had before or after.
func (w *Write) Changed() []int64 {
	var out []int64
	for ; w != nil; w = w.Earlier {
		out = roster.AppendNew(roster.AppendNew(roster.AppendNew(out, w.Before...), w.After...), w.Unseen...)
	}
	return out
}

// awaitsPriority reports whether a row that shows another priority than the write sent
// may only lag behind.
func (w *Write) awaitsPriority() bool {
	return w != nil && w.Priority != "" && (!w.PriorityKept || w.Pending())
}

// settled returns the write, whose priority is waited for no longer.
func (w Write) settled() *Write {
	w.Priority = ""
	return &w
}

// showing returns the write after a row begun at that time has shown a priority.
func (w *Write) showing(priority string, at Stamp) *Write {
	if w == nil || w.Priority != priority || w.PriorityKept || at <= w.At {
		return w
	}
	return w.settled()
}

// keeping returns the write, which kept the priority there was, beside a row that shows one.
// Where its list has come to show beside another priority than it kept, that one may be
// somebody's since, or the row one from before it: that it kept its own is still to be seen.
func (w *Write) keeping(shown string) *Write {
	if w.Pending() || !w.PriorityKept || w.Priority == shown {
		return w
	}
	still := *w
	still.PriorityKept = false
	return &still
}

// over returns the write, waited for no longer.
func (w Write) over(shown bool) *Write {
	w.State, w.Contested = w.State.advance(shown), 0
	return &w
}

// partOf reports whether what was read may be all that the API can show of the write,
// where it shows one queue.
func (w *Write) partOf(read []int64) bool {
	return w.State.Applied() && len(read) == 1 && slices.Contains(w.After, read[0]) && (w.Shown == 0 || w.Shown == read[0])
}

// showingPart returns the write after a read has shown that queue of it.
func (w Write) showingPart(queue int64) *Write {
	w.Shown = queue
	return &w
}

// doubts are the queues of which what was read of a list contradicts the write.
func (w *Write) doubts(typ apiclient.QueueType, ms []Member) (out []roster.Doubt) {
	if w.Contested == 0 {
		return nil
	}
	doubt := func(queues []int64, kind roster.DoubtKind) {
		for _, id := range queues {
			out = append(out, roster.Doubt{Queue: id, Kind: kind, SentAt: w.SentAt.Time()})
		}
	}
	shown := evidence(ms)
	doubt(roster.Minus(w.After, shown), roster.DoubtSent)
	if !w.Pending() {
		return out
	}
	// A write replaces the list: what nobody had seen before it went, too.
	read := evidence(keep(ms, func(m Member) bool { return max(m.Row, m.Filter) > w.At }))
	doubt(roster.Minus(read, w.After), roster.DoubtRemoved)
	if typ == apiclient.Callout && w.State == Unanswered && len(shown) < 2 {
		// It may not have been applied, and then the API may show one of several.
		doubt(roster.Minus(roster.Minus(w.Before, w.After), shown), roster.DoubtSent)
	}
	return out
}

// contested returns the write, contested since then.
func (w Write) contested(since Stamp) *Write {
	if w.Contested == 0 {
		w.Contested = since
	}
	return &w
}
