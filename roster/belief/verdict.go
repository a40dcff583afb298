package belief

import (
	"slices"
	"strconv"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// Verdict is what a list read after a write looks like.
type Verdict uint8

// The verdicts.
const (
	AsSent    Verdict = iota
	AsBefore          // nothing of the change is seen
	Hidden            // a part of what was sent, and the API may never show more
	Partly            // nothing but of what was there and what was sent: not all is seen yet
	Otherwise         // something nobody here sent
)

// LookBack compares what was read of an agent since then with what a plan sent. ok
// is false where the book does not have the agent.
func (b *Book) LookBack(p roster.Plan, since Stamp) (read []int64, v Verdict, ok bool) {
	r := b.Record(p.Agent.ID)
	if r == nil {
		return nil, 0, false
	}
	together := true // what the newest row, or a listing, shows is all
	for _, m := range r.Members(p.Type()) {
		if max(m.Row, m.Filter) >= since {
			read = append(read, m.Queue)
			together = together && (m.Row >= r.rowAt || m.Filter >= since)
		}
	}
	v = judge(p, read, b.CanHide(p.Type()))
	if v == AsSent && !together {
		v = Partly // no reading showed all of it at once
	}
	if v == AsSent && roster.SameSet(roster.IDs(p.Before), p.After) && (r.rowAt < since || b.sentForOthers(p, r, since) || p.Type() == apiclient.Callout && b.CanHide(p.Type())) {
		v = Partly // it was sent for what there may be besides, and that is not read
	}
	if p.Type() == apiclient.Callin && p.Priority != nil {
		v = judgePriority(v, p, text(r.Priority))
	}
	return read, v, true
}

// sentForOthers reports whether a plan replaces a list that was shown as it was to be, of
// which some listing was older, and is older than what was read since then still. Where
// the priority was another, that it is seen tells that the write was carried out.
func (b *Book) sentForOthers(p roster.Plan, r *Record, since Stamp) bool {
	return p.Type() == apiclient.Callin && p.Intent.Verb == roster.Replace && p.Intent.MaxAge == 0 &&
		!p.MovesPriority() && len(b.Missing(r, SinceAll(since))) > 0
}

// judge compares what was read after a write with what was there and what was sent.
func judge(p roster.Plan, read []int64, canHide bool) Verdict {
	before, after := roster.IDs(p.Before), p.After
	missing, extra := roster.Minus(after, read), roster.Minus(read, after)
	switch {
	case len(missing) == 0 && len(extra) == 0:
		changes := len(p.Doubts) > 0 || !roster.SameSet(before, after)
		if changes && roster.SameSet(read, roster.Minus(before, unread(p))) {
			return Partly // it was shown before the write, and so says nothing of it
		}
		return AsSent
	case len(extra) == 0 && len(read) > 0 && canHide && !roster.SameSet(read, before):
		return Hidden
	case roster.SameSet(read, before):
		return AsBefore
	case len(roster.Minus(missing, append(p.Added(), unread(p)...))) == 0 && len(roster.Minus(extra, before)) == 0:
		return Partly
	}
	return Otherwise
}

// unread are the queues that the list had before a plan by an own write or older reads
// alone.
func unread(p roster.Plan) (out []int64) {
	for _, m := range p.Before {
		if m.Certainty == roster.Sent || slices.Contains(p.Unread, m.QueueID) {
			out = append(out, m.QueueID)
		}
	}
	return out
}

// judgePriority adds what the row shows of a priority that was sent.
func judgePriority(v Verdict, p roster.Plan, shown string) Verdict {
	switch {
	case v != AsSent || shown == strconv.Itoa(*p.Priority):
		return v
	case shown != p.PriorityBefore:
		return Otherwise
	case roster.SameSet(roster.IDs(p.Before), p.After):
		return AsBefore
	}
	return Partly
}
