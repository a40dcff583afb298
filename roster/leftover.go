package roster

import (
	"context"
	"slices"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
)

// Codes of settlements that are the console's own, not the upstream's.
const (
	// CodeNotSent: the request never left.
	CodeNotSent = "NOT_SENT"
	// CodeRateLimited: the upstream's word, used for our own budget's no as well.
	CodeRateLimited = "RATE_LIMIT_EXCEEDED"
)

// leftoverAge is how old an entry without a result must be before a read settles
// it: a younger one may still be under way in another process.
const leftoverAge = time.Minute

// recent is how many entries are looked at to find the last that was not refused.
const recent = 5

// lastWrite returns the last change of a list that the journal has and that was
// not refused, nil where there is none or the journal cannot be read.
func (t *Tenant) lastWrite(ctx context.Context, id string, typ apiclient.QueueType) *write {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	entries, _, err := t.cfg.Journal.List(ctx, journal.Filter{
		Scope: t.scopeNow(), Agent: id, Kind: journal.Kind(typ), Limit: recent,
	})
	if err != nil {
		t.cfg.Logger.Warn("roster: last change not recalled", "error", err)
		return nil
	}
	i := slices.IndexFunc(entries, func(e journal.Entry) bool { return e.Result != journal.Refused })
	if i < 0 {
		return nil
	}
	e := entries[i]
	w := &write{entry: e.ID, before: e.Before, after: e.After, sentAt: stamp(e.At.UnixNano())}
	switch e.Result {
	case journal.Verified:
		w.applied, w.seen = true, true
	case journal.Accepted:
		w.applied = true
	case journal.Differs:
		w.seen = true
	}
	return w
}

// knowsWrite reports whether a record already has the write of that entry.
func (t *Tenant) knowsWrite(id string, typ apiclient.QueueType, entry string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return false
	}
	w := c.rec.wrote[slot(typ)]
	return w != nil && w.entry == entry
}

// adopt makes a write found in the journal the agent's last.
func (t *Tenant) adopt(id string, typ apiclient.QueueType, w *write) {
	if w == nil || t.knowsWrite(id, typ, w.entry) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return
	}
	r := *c.rec
	r.wrote[slot(typ)] = w
	if w.applied && !w.seen {
		r.setMembers(typ, sent(r.members(typ), w.after, w.at))
	}
	for _, queue := range w.after {
		t.knowOf(typ, queue)
	}
	t.replace(c, &r)
}

func (t *Tenant) knowOf(typ apiclient.QueueType, queue int64) {
	if typ == apiclient.Callout {
		t.book.callout[queue] = struct{}{}
		return
	}
	t.know(queue)
}

// sent notes that we wrote ids.
func sent(ms []member, ids []int64, at stamp) []member {
	out := slices.Clone(ms)
	for _, id := range ids {
		i := find(out, id)
		if i < 0 {
			out = append(out, member{queue: id})
			i = len(out) - 1
		}
		out[i].sent = at
	}
	return out
}

// settleLeftovers settles old entries of an agent without a result by a complete
// reading since floor. Only the last change of a list can be told from what is
// there now; an older one stays unknown.
func (t *Tenant) settleLeftovers(ctx context.Context, id string, typ apiclient.QueueType, floor stamp) {
	entries := t.unsettled(ctx, id, journal.Kind(typ))
	if len(entries) == 0 {
		return
	}
	t.mu.Lock()
	c := t.book.cells[id]
	if c == nil || typ == apiclient.Callin && c.rec.callinAt < floor {
		t.mu.Unlock()
		return
	}
	read, priority := evidence(c.rec.members(typ)), text(c.rec.priority)
	last := c.rec.wrote[slot(typ)]
	t.mu.Unlock()
	for _, e := range entries {
		s := journal.Settlement{Result: journal.Unknown, Seen: read}
		switch {
		case last == nil || e.ID != last.entry:
			s.Seen = nil
		case e.PriorityAfter != "" && e.PriorityAfter != priority:
			if e.PriorityBefore == priority && sameSet(read, e.Before) {
				s.Result, s.Code = journal.Differs, journal.CodeNotApplied
			}
		case sameSet(read, e.After):
			s.Result = journal.Verified
		case e.BeforeKnown && sameSet(read, e.Before):
			s.Result, s.Code = journal.Differs, journal.CodeNotApplied
		}
		if s.Result != e.Result {
			t.note(ctx, e.ID, s)
		}
		if s.Code == journal.CodeNotApplied {
			t.giveUp(id, typ, e.ID)
		}
	}
}

// giveUp stops waiting for a write of ours that the journal now calls not applied:
// reads alone count from here on, as they do for whoever learns of it from there.
func (t *Tenant) giveUp(id string, typ apiclient.QueueType, entry string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return
	}
	r := *c.rec
	w := r.wrote[slot(typ)]
	if w == nil || w.entry != entry {
		return
	}
	next := *w
	next.seen = true
	r.wrote[slot(typ)] = &next
	t.settleWrite(&r, typ)
	t.replace(c, &r)
}

// settleRecording settles old recording entries of an agent whose row carries
// isRecord.
func (t *Tenant) settleRecording(ctx context.Context, id string) {
	a, ok := t.Known(id)
	if !ok || a.Record == nil {
		return
	}
	for i, e := range t.unsettled(ctx, id, journal.Recording) {
		s := journal.Settlement{Result: journal.Unknown}
		if i == 0 {
			s.Result = journal.Differs
			if e.Enabled == *a.Record {
				s.Result = journal.Verified
			}
		}
		if s.Result != e.Result {
			t.note(ctx, e.ID, s)
		}
	}
}

// unsettled returns entries without a result that are old enough to be settled,
// newest first.
func (t *Tenant) unsettled(ctx context.Context, id string, kind journal.Kind) []journal.Entry {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	entries, err := t.cfg.Journal.Unsettled(ctx, t.scopeNow(), id)
	if err != nil {
		t.cfg.Logger.Warn("roster: unsettled changes not read", "error", err)
		return nil
	}
	before := t.cfg.Now().Add(-leftoverAge)
	return slices.DeleteFunc(entries, func(e journal.Entry) bool { return e.Kind != kind || e.At.After(before) })
}

// note writes what came of a change to the journal, even where the request that
// asked for it is gone. A failure leaves the entry to be settled by a later read.
func (t *Tenant) note(ctx context.Context, entry string, s journal.Settlement) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	s.At = t.cfg.Now().UTC()
	if err := t.cfg.Journal.Settle(ctx, entry, s); err != nil {
		t.cfg.Logger.Error("roster: result of a change not noted", "entry", entry, "result", s.Result, "error", err)
	}
}
