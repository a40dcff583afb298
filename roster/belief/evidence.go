package belief

import (
	"slices"
	"time"

	"github.com/alohub/agentconsole/roster"
)

// What the truth about a callin list is taken to be:
//
// A complete reading of one agent is its unfiltered row, to both edges of its page,
// and the queue_id listing, to its end, of every known queue that the row does not
// show. The row and the listings of the queues that the list or the change names are
// read for the change; the listing of any other queue may be older, by a bound that
// is the same for every change (Since). What it yields is the union: a queue the row shows is in, whether or not
// the filter lists the agent there; a queue the filter lists is in, whether or not
// the row shows it. (The listings are left out where rows make them pointless:
// see Facts.rowsSuffice.)
//
// A complete reading replaces what was known before. Older evidence it does not
// bear out is dropped, for a queue that somebody else took away must not come
// back through our memory and be written again. An incomplete reading adds,
// and takes away only what it was complete of: a queue that the row, read whole, does
// not show, and whose own listing denies it.
//
// Our own last write is believed until a complete reading that began after it says
// otherwise, queue by queue. What the reading shows is then the list, and each queue
// that it contradicts is in doubt (roster.Doubt): reads may lag, the API may have
// said yes and done nothing, or somebody changed it since. It is neither dropped nor
// written back unasked. An incomplete reading that shows what the write took out
// doubts nothing, and counts that as unread. Where a write may not have been carried
// out, for its answer was lost, one before it that reads did not show yet stays in doubt
// with it (Write.Earlier); where it was answered, the queues of those before it are read
// for each change until it shows (Write.Unseen). For callin, where row and filter together show every queue
// known, the doubt ends after Limits.SentFor; for callout, where the API shows one
// number, it never does.
//
// Where the API can never show a whole list (no row and no filter of the tenant
// ever showed a second queue; and callout), what is shown contradicts our write only
// if it is no part of it: one of several that we wrote is as much as can be shown.
//
// A read that shows what reads had shown before a write, too, proves nothing of it; nor
// does one of what was there and one of what was sent, mixed, say that somebody changed
// the list. What cannot be known all the same is in docs/safe-write.md.
//
// Known queues are all callin queues any row or listing has shown, any name
// remembered from before, and any queue we have written.

// Stamp is a moment in Unix nanoseconds that a book never hands out twice, so
// that it orders evidence even where the clock stands still. A read carries the
// stamp of its beginning, a write that of its end. 0 is never.
type Stamp int64

// Time is the stamp as a time, UTC; the zero time for never.
func (s Stamp) Time() time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(s)).UTC()
}

// Since says from when on evidence counts: the agent's row, the listings of the
// queues that a change is about, and those of all others.
type Since struct {
	Row, Listings Stamp
	Others        Stamp
	Named         []int64 // the queues that Listings is for
}

// SinceAll is the same moment for everything.
func SinceAll(s Stamp) Since { return Since{Row: s, Listings: s, Others: s} }

// Of is from when on the listing of a queue counts.
func (s Since) Of(queue int64) Stamp {
	if slices.Contains(s.Named, queue) {
		return max(s.Listings, s.Others)
	}
	return s.Others
}

// Fresh is from when on a reading counts that says something of a write.
func (s Since) Fresh() Stamp { return min(s.Row, max(s.Listings, s.Others)) }

// After is s with what concerns the change itself no earlier than a moment. What
// the listings of other queues said before stays as true as it was: a list that was
// written meanwhile holds what the write names, and nothing else.
func (s Since) After(at Stamp) Since {
	s.Row, s.Listings = max(s.Row, at), max(s.Listings, at)
	return s
}

// Naming is s with further queues named.
func (s Since) Naming(queues ...int64) Since {
	s.Named = roster.AppendNew(slices.Clip(s.Named), queues...)
	return s
}

// Member is one queue of an agent and the newest evidence of each sort for it; 0
// where there is none.
type Member struct {
	Queue             int64
	Row, Filter, Sent Stamp
	// page is the page of the queue's listing at FullSize that the agent was last on.
	page int32
}

// Newest is when the newest evidence of any sort is from.
func (m Member) Newest() Stamp { return max(m.Row, m.Filter, m.Sent) }

// read reports whether any read has shown the queue.
func (m Member) read() bool { return m.Row != 0 || m.Filter != 0 }

// Certainty is how surely the agent is in the queue.
func (m Member) Certainty() roster.Certainty {
	switch {
	case !m.read():
		return roster.Sent
	case m.Row != 0 && m.Filter != 0, m.Sent != 0 && max(m.Row, m.Filter) > m.Sent:
		return roster.Confirmed
	case m.Row != 0:
		return roster.Seen
	default:
		return roster.Listed
	}
}

// Find returns where a queue is in ms, -1 where it is not.
func Find(ms []Member, queue int64) int {
	return slices.IndexFunc(ms, func(m Member) bool { return m.Queue == queue })
}

// Queues are those of the members, in order.
func Queues(ms []Member) []int64 {
	ids := make([]int64, 0, len(ms))
	for _, m := range ms {
		ids = append(ids, m.Queue)
	}
	return ids
}

// evidence returns the queues any read has shown, without those merely sent.
func evidence(ms []Member) []int64 {
	ids := make([]int64, 0, len(ms))
	for _, m := range ms {
		if m.read() {
			ids = append(ids, m.Queue)
		}
	}
	return ids
}

// note returns a copy of ms in which each queue of ids has been changed by how,
// new ones at the end.
func note(ms []Member, ids []int64, how func(*Member)) []Member {
	out := slices.Clone(ms)
	for _, id := range ids {
		i := Find(out, id)
		if i < 0 {
			out = append(out, Member{Queue: id})
			i = len(out) - 1
		}
		how(&out[i])
	}
	return out
}

// shows notes that a row shows ids. The order is the row's where it shows every
// queue known, else what was known first stays first.
func shows(ms []Member, ids []int64, at Stamp) []Member {
	out := note(ms, ids, func(m *Member) { m.Row = max(m.Row, at) })
	if len(out) == len(ids) {
		order(out, ids)
	}
	return out
}

// shownSince reports whether rows have shown just these queues since then.
func shownSince(ms []Member, since Stamp, ids []int64) bool {
	n := 0
	for _, m := range ms {
		if m.Row < since {
			continue
		}
		if n++; !slices.Contains(ids, m.Queue) {
			return false
		}
	}
	return n == len(ids)
}

// lists notes that the filter lists the agent in a queue.
func lists(ms []Member, queue int64, at Stamp, page int) []Member {
	return note(ms, []int64{queue}, func(m *Member) { m.Filter, m.page = max(m.Filter, at), int32(page) })
}

// sent notes that we wrote ids.
func sent(ms []Member, ids []int64, at Stamp) []Member {
	return note(ms, ids, func(m *Member) { m.Sent = at })
}

// order arranges members as ids are, others after them as they were.
func order(ms []Member, ids []int64) {
	rank := func(m Member) int {
		if i := slices.Index(ids, m.Queue); i >= 0 {
			return i
		}
		return len(ids)
	}
	slices.SortStableFunc(ms, func(a, b Member) int { return rank(a) - rank(b) })
}

// keep returns a copy of ms with those that which reports true for.
func keep(ms []Member, which func(Member) bool) []Member {
	return slices.DeleteFunc(slices.Clone(ms), func(m Member) bool { return !which(m) })
}
