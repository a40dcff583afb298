package belief

import (
	"slices"
	"strconv"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// conclusion is what was found out about one list of an agent.
type conclusion struct {
	// since: a complete reading was made of calls that began then; nil: none was.
	since *Since
	// shown: a look back read exactly what our write sent.
	shown bool
	// otherwise: a look back read, at that time, something else than our write sent.
	otherwise Stamp
	// over: our write is waited for no longer.
	over bool
}

// conclude makes of what was found out what is believed of the list. It is the one
// place that does: older evidence which a complete reading does not bear out is
// dropped, our own last write stays or ends, and what it alone vouches for with it.
func (b *Book) conclude(r *Record, typ apiclient.QueueType, c conclusion) {
	ms, w := r.Members(typ), r.LastWrite(typ)
	if c.since != nil && typ == apiclient.Callin {
		ms = slices.Clone(ms)
		for i := range ms {
			if m := &ms[i]; m.Row < c.since.Row && m.Filter < c.since.Of(m.Queue) {
				m.Row, m.Filter = 0, 0
			}
		}
		r.callinAt, r.othersAt = max(r.callinAt, c.since.Fresh()), max(r.othersAt, min(c.since.Fresh(), c.since.Others))
	}
	if c.shown {
		ms = keep(ms, func(m Member) bool { return slices.Contains(w.After, m.Queue) })
	}
	read := evidence(ms)
	switch {
	case w == nil:
	case c.over:
		w = w.over(c.shown)
	case c.otherwise != 0 && w.Pending():
		w = w.contested(c.otherwise)
	case c.since == nil:
	case w.Pending():
		w = b.weigh(w, read, typ, c.since.Fresh()).keeping(text(r.Priority))
	case typ != apiclient.Callout || w.State != Held || roster.SameSet(read, w.After):
	case b.CanHide(typ) && w.partOf(read):
		w = w.showingPart(read[0])
	default:
		w = w.contested(c.since.Fresh())
	}
	if w != nil && w.Earlier != nil && (c.since != nil || w.State.Applied()) {
		still := *w
		still.Earlier = b.earlier(w, read, typ, c.since)
		w = &still
	}
	r.wrote[slot(typ)] = w
	vouched := b.vouches(w, typ, read)
	r.setMembers(typ, keep(ms, func(m Member) bool {
		return m.read() || m.Sent != 0 && vouched && slices.Contains(w.After, m.Queue)
	}))
}

// vouches reports whether what our write sent counts though nothing shows it: it is
// waited for and not contradicted, or of a callout list of which all that can be shown
// was.
func (b *Book) vouches(w *Write, typ apiclient.QueueType, shown []int64) bool {
	if w == nil || w.Contested != 0 {
		return false
	}
	return w.Pending() || typ == apiclient.Callout && b.CanHide(typ) && w.partOf(shown)
}

// weigh decides what a complete reading, begun after a write of ours that is waited
// for, says of it: it shows the write, may show no more of it, comes so late that
// reads alone count, or contradicts it.
func (b *Book) weigh(w *Write, read []int64, typ apiclient.QueueType, since Stamp) *Write {
	canHide := b.CanHide(typ)
	old := typ == apiclient.Callin && since-w.SentAt > Stamp(b.limits.SentFor)
	switch {
	case roster.SameSet(read, w.After) && roster.SameSet(read, w.Before) && !old:
		return w // reads had shown just that before it
	case roster.SameSet(read, w.After):
		return w.over(false)
	case canHide && w.partOf(read):
		return w.showingPart(read[0])
	case old:
		return w.over(false)
	}
	return w.contested(since)
}

// earlier is what a complete reading leaves of the write of ours before one that may not
// have been carried out.
func (b *Book) earlier(w *Write, read []int64, typ apiclient.QueueType, since *Since) *Write {
	e := w.Earlier
	if e == nil || since == nil || w.State.Applied() {
		return nil
	}
	if roster.SameSet(read, w.After) && !roster.SameSet(w.Before, w.After) && !roster.SameSet(read, e.Before) {
		return nil // it has come to show, and replaced the list
	}
	if e = b.weigh(e, read, typ, since.Fresh()); !e.Pending() {
		return nil
	}
	// Where the API may show one of several it is not contradicted, but no longer
	// believed either, for the one after it may have been carried out.
	still := *e.contested(since.Fresh())
	still.Earlier = b.earlier(e, read, typ, since)
	return &still
}

// Conclude makes what was read since then the truth about a list, if it was a
// complete reading. now is the present moment.
func (b *Book) Conclude(id string, typ apiclient.QueueType, since Since, now Stamp) {
	b.last = max(b.last, now)
	b.change(id, func(r *Record) {
		if w := r.LastWrite(typ); w.Pending() && w.At >= since.Fresh() {
			return // the reading began before our write, and tells nothing of it
		}
		if typ == apiclient.Callin && r.rowAt < since.Row {
			return
		}
		if typ == apiclient.Callin && len(b.Missing(r, since)) > 0 {
			b.dropDenied(r, since)
			return
		}
		b.conclude(r, typ, conclusion{since: &since})
	})
}

// dropDenied drops, of an incomplete reading, the queues that it was complete of: the
// row does not show them, and their own listing, read to its end, denies them.
func (b *Book) dropDenied(r *Record, since Since) {
	ms, waits := slices.Clone(r.Callin), r.LastWrite(apiclient.Callin).Pending()
	for i := range ms {
		if m := &ms[i]; m.Row < since.Row && m.Filter < since.Of(m.Queue) && b.listed[m.Queue].at >= since.Of(m.Queue) {
			m.Row, m.Filter = 0, 0
		}
	}
	r.Callin = keep(ms, func(m Member) bool { return m.read() || m.Sent != 0 && waits })
}

// LookedBack draws what a look back at our own write found.
func (b *Book) LookedBack(id string, typ apiclient.QueueType, v Verdict) {
	if v != AsSent && v != Otherwise {
		return
	}
	b.change(id, func(r *Record) {
		if r.LastWrite(typ) == nil {
			return
		}
		if v == Otherwise {
			b.conclude(r, typ, conclusion{otherwise: b.last})
			return
		}
		b.conclude(r, typ, conclusion{shown: true, over: true})
		r.wrote[slot(typ)] = r.LastWrite(typ).settled() // what came before it shows, too
	})
}

// GiveUp stops waiting for a write of ours that the journal now calls not applied:
// reads alone count from here on, as they do for whoever learns of it from there.
func (b *Book) GiveUp(id string, typ apiclient.QueueType, entry string) {
	b.change(id, func(r *Record) {
		if w := r.LastWrite(typ); w != nil && w.Entry == entry {
			b.conclude(r, typ, conclusion{over: true})
			r.wrote[slot(typ)] = r.LastWrite(typ).settled()
		}
	})
}

// Wrote enters a write of ours. An applied one is believed: what it removed is gone
// until a read shows it again.
func (b *Book) Wrote(id string, typ apiclient.QueueType, w Write, priority *int) {
	b.enter(id, typ, w)
	b.change(id, func(r *Record) {
		r.overtaken[slot(typ)] = 0
		if !w.State.Applied() {
			return
		}
		ms := keep(sent(r.Members(typ), w.After, w.At), func(m Member) bool { return slices.Contains(w.After, m.Queue) })
		order(ms, w.After)
		r.setMembers(typ, ms)
		if priority != nil {
			r.Priority = b.shared.intern(new(strconv.Itoa(*priority)))
		}
	})
}

// Told enters a write that the journal told of: another process or key sent it. What
// it added is counted in while no read shows it.
func (b *Book) Told(id string, typ apiclient.QueueType, w Write) {
	b.enter(id, typ, w)
	b.change(id, func(r *Record) {
		r.overtaken[slot(typ)] = w.At
		if w.State == Answered || w.State == Held && typ == apiclient.Callout && b.CanHide(typ) {
			ms := sent(r.Members(typ), w.After, w.At)
			for i := range ms { // what we had sent before has been replaced
				if m := &ms[i]; !slices.Contains(w.After, m.Queue) {
					m.Sent = 0
				}
			}
			r.setMembers(typ, keep(ms, func(m Member) bool { return m.read() || m.Sent != 0 }))
		}
	})
}

func (b *Book) enter(id string, typ apiclient.QueueType, w Write) {
	b.change(id, func(r *Record) { r.wrote[slot(typ)] = w.after(r.wrote[slot(typ)]) })
	if b.cells[id] == nil {
		return
	}
	for _, queue := range w.After {
		b.Know(typ, queue)
		b.newNames = b.newNames || b.Name(typ, queue) == ""
	}
}
