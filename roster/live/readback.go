package live

import (
	"context"
	"errors"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// lookBack reads the list after a write and settles the entry by what it shows:
//
//   - exactly what was sent: Verified, whatever the answer to the write was, unless
//     reads that contradicted our own last write showed just that before, too;
//   - the list as before, or some of what was there and some of what was sent: the
//     upstream's yes stays Accepted, and an unknown outcome stays Unknown, with Applied
//     AppliedNo where the list is as before. It is not called a failure, nor
//     another's doing: reads may lag, the write may yet come through, and a read a
//     minute or more later settles it (leftover.go);
//   - anything else: Differs after a yes, Unknown otherwise.
//
// Reads that fail leave everything as it was.
func (t *Tenant) lookBack(ctx context.Context, src Source, out *roster.Outcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.WriteTimeout)
	defer cancel()
	p := out.Plan
	var (
		read  []int64
		found belief.Verdict
		some  bool
		look  int
	)
	for ; ; look++ {
		again, verdict, err := t.readBack(ctx, src, p)
		if err != nil {
			t.cfg.Logger.InfoContext(ctx, "roster: change not read back", "agent", p.Agent.ID, "error", err)
			break
		}
		read, found, some = again, verdict, true
		if found == belief.AsSent || found == belief.Hidden || look > 0 || t.cfg.ReadBackPause < 0 || !sleep(ctx, t.cfg.ReadBackPause) {
			break
		}
	}
	if !some {
		return
	}
	if found == belief.AsSent && out.Result == journal.Accepted && shows(p) {
		t.sawReadBack(look > 0)
	}
	t.seen(ctx, out, read, found)
}

// shows reports whether what a plan sends can be told from what was there before it, by a
// list of which nothing is in doubt.
func shows(p roster.Plan) bool {
	if p.Type() != apiclient.Callin || !p.Sure() {
		return false
	}
	return len(p.Added())+len(p.Removed()) > 0 || p.MovesPriority()
}

// seen settles a change by what was read after it.
func (t *Tenant) seen(ctx context.Context, out *roster.Outcome, read []int64, found belief.Verdict) {
	p := out.Plan
	out.Seen = read
	out.Still = found == belief.AsBefore && out.Result == journal.Accepted && !t.mayHide(p.Type(), read, p.After)
	switch {
	case found == belief.AsSent:
		out.Result, out.Applied = journal.Verified, roster.AppliedYes
	case found == belief.AsBefore && out.Result == journal.Unknown && !t.mayHide(p.Type(), read, p.After):
		out.Applied = roster.AppliedNo
	case found == belief.Otherwise && out.Result == journal.Accepted:
		out.Result = journal.Differs
	}
	out.Unnoted = !t.note(ctx, out.EntryID, settled(*out))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.book.LookedBack(p.Agent.ID, p.Type(), found)
}

// giveUp settles a change that the API said yes to, and whose list is as before so long
// after it that no read lags so far: it does not hold what was sent.
func (t *Tenant) giveUp(ctx context.Context, out *roster.Outcome) {
	out.Result, out.Code, out.Still, out.Applied = journal.Differs, journal.CodeNotApplied, false, roster.AppliedNo
	out.Unnoted = !t.note(ctx, out.EntryID, settled(*out))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.book.GiveUp(out.Plan.Agent.ID, out.Plan.Type(), out.EntryID)
}

// readBack reads the agent's row and the listings of the queues concerned.
func (t *Tenant) readBack(ctx context.Context, src Source, p roster.Plan) (read []int64, v belief.Verdict, err error) {
	id, since := p.Agent.ID, t.stamp()
	r := asker{t: t, src: src, patient: true}
	if err := r.findRow(ctx, id, since); err != nil {
		return nil, 0, err
	}
	if p.Type() == apiclient.Callin {
		concerned := append(roster.IDs(p.Before), p.Added()...)
		unread := roster.Both(concerned, t.missing(id, belief.SinceAll(since)))
		if err := r.readListings(ctx, id, unread, func(int64) belief.Stamp { return since }, nil); err != nil {
			return nil, 0, err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	read, v, ok := t.book.LookBack(p, since)
	if !ok {
		return nil, 0, roster.ErrNoSuchAgent
	}
	return read, v, nil
}

// lookAtRecording reads isRecord back.
func (t *Tenant) lookAtRecording(ctx context.Context, src Source, out *roster.Outcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.cfg.WriteTimeout)
	defer cancel()
	in := out.Plan.Intent
	if err := (asker{t: t, src: src, patient: true}).findRow(ctx, in.Agent, t.stamp()); err != nil {
		if !errors.Is(err, roster.ErrNoSuchAgent) {
			t.cfg.Logger.InfoContext(ctx, "roster: recording not read back", "agent", in.Agent, "error", err)
		}
		return
	}
	a, _ := t.Known(in.Agent)
	switch {
	case a.Record == nil:
		return
	case *a.Record == in.Enabled:
		out.Result, out.Applied = journal.Verified, roster.AppliedYes
	case out.Result == journal.Unknown:
		out.Applied = roster.AppliedNo
	}
	out.Unnoted = !t.note(ctx, out.EntryID, settled(*out))
}
