package roster

import (
	"context"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
)

// lookBack reads the list after a write and settles the entry by what it shows:
//
//   - exactly what was sent: Verified, whatever the answer to the write was;
//   - the list as before, or additions missing: the upstream's yes stays Accepted,
//     and an unknown outcome stays Unknown, with Applied AppliedNo where the list
//     is as before. It is not called a failure: the write may yet come through,
//     and a read a minute or more later settles it (leftover.go);
//   - anything else: Differs after a yes, Unknown otherwise.
//
// Reads that fail leave everything as it was.
func (t *Tenant) lookBack(ctx context.Context, src Source, out *Outcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.WriteTimeout)
	defer cancel()
	p := out.Plan
	var (
		read  []int64
		found verdict
		some  bool
	)
	for look := 0; ; look++ {
		again, verdict, err := t.readBack(ctx, src, p)
		if err != nil {
			t.cfg.Logger.Info("roster: change not read back", "agent", p.Agent.ID, "error", err)
			break
		}
		read, found, some = again, verdict, true
		if found == asSent || found == hidden || look > 0 || t.cfg.ReadBackPause < 0 || !sleep(ctx, t.cfg.ReadBackPause) {
			break
		}
	}
	if !some {
		return
	}
	out.Seen = read
	s := journal.Settlement{Result: out.Result, Code: out.Code, Message: out.Message, Seen: read}
	switch {
	case found == asSent:
		s.Result, out.Applied = journal.Verified, AppliedYes
	case found == asBefore && out.Result == journal.Unknown:
		out.Applied = AppliedNo
	case found == otherwise && out.Result == journal.Accepted:
		s.Result = journal.Differs
	}
	out.Result = s.Result
	t.note(ctx, out.EntryID, s)
	t.settleLook(p, found)
}

// verdict is what a list read after a write looks like.
type verdict uint8

const (
	asSent    verdict = iota
	asBefore          // nothing of the change is seen
	hidden            // a part of what was sent, and the API may never show more
	partly            // the additions are not seen yet
	otherwise         // something nobody here sent
)

// readBack reads the agent's row and the listings of the queues concerned.
func (t *Tenant) readBack(ctx context.Context, src Source, p Plan) (read []int64, v verdict, err error) {
	id, floor := p.Agent.ID, t.stamp()
	if err := t.findRow(ctx, src, id, floor); err != nil {
		return nil, 0, err
	}
	if p.Type == apiclient.Callin {
		concerned := append(IDs(p.Before), p.Added...)
		group, gctx := errgroup.WithContext(ctx)
		group.SetLimit(gatherers)
		for _, queue := range both(concerned, t.missing(id, floors{floor, floor})) {
			group.Go(func() error { return t.gatherListing(gctx, src, id, queue, floor) })
		}
		if err := group.Wait(); err != nil {
			return nil, 0, err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[id]
	if c == nil {
		return nil, 0, ErrNoSuchAgent
	}
	for _, m := range c.rec.members(p.Type) {
		if max(m.row, m.filter) >= floor {
			read = append(read, m.queue)
		}
	}
	v = judge(IDs(p.Before), p.After, read, t.book.canHide(p.Type))
	if p.Type == apiclient.Callin && p.Priority != nil {
		v = judgePriority(v, p.PriorityBefore, *p.Priority, text(c.rec.priority))
	}
	return read, v, nil
}

// judge compares what was read after a write with what was there and what was sent.
func judge(before, after, read []int64, canHide bool) verdict {
	missing, extra := minus(after, read), minus(read, after)
	switch {
	case len(missing) == 0 && len(extra) == 0:
		return asSent
	case len(extra) == 0 && len(read) > 0 && canHide && !sameSet(read, before):
		return hidden
	case sameSet(read, before):
		return asBefore
	case len(extra) == 0 && len(minus(missing, minus(after, before))) == 0:
		return partly
	}
	return otherwise
}

// judgePriority adds what the row shows of a priority that was sent.
func judgePriority(v verdict, before string, sent int, shown string) verdict {
	switch shown {
	case strconv.Itoa(sent):
		return v
	case before:
		if v == asSent {
			return asBefore
		}
		return v
	}
	if v == asSent {
		return otherwise
	}
	return v
}

// settleLook draws the conclusions of a look back for the book.
func (t *Tenant) settleLook(p Plan, v verdict) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.book.cells[p.Agent.ID]
	if c == nil {
		return
	}
	r := *c.rec
	w := r.wrote[slot(p.Type)]
	if w == nil || v != asSent && v != otherwise {
		return
	}
	next := *w
	next.seen, next.applied = true, next.applied || v == asSent
	r.wrote[slot(p.Type)] = &next
	if v == asSent {
		r.setMembers(p.Type, slices.DeleteFunc(slices.Clone(r.members(p.Type)), func(m member) bool {
			return !slices.Contains(p.After, m.queue)
		}))
	}
	t.settleWrite(&r, p.Type)
	t.replace(c, &r)
}
