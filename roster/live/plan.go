package live

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// Plan reads the agent afresh and says what an intent would send. Nothing is
// changed. A limit met while reading is waited out, as long as ctx lasts. Errors are
// ErrNoSuchAgent and those of the reads.
func (t *Tenant) Plan(ctx context.Context, src Source, in roster.Intent) (roster.Plan, error) {
	t.touch()
	return t.plan(ctx, t.reading(asker{t: t, src: src, patient: true}, in.Agent, in.Type), in)
}

func (t *Tenant) plan(ctx context.Context, r *reading, in roster.Intent) (roster.Plan, error) {
	if in.Verb == roster.Record {
		return t.planRecording(ctx, r, in)
	}
	if in.Idle() {
		known, _ := t.Known(in.Agent)
		return roster.Plan{Intent: in, Agent: known, Nothing: true}, nil
	}
	if err := t.fresh(ctx, r, in); err != nil {
		return roster.Plan{}, err
	}
	read := make(map[int64]bool)
	for {
		k, err := t.knowledge(in, r.since)
		if err != nil {
			return roster.Plan{}, err
		}
		k.Earlier = in.Verb == roster.Replace && in.MaxAge == 0 && in.Type == apiclient.Callin && len(t.missing(in.Agent, belief.SinceAll(r.begun))) > 0
		p := roster.PlanChange(in, k)
		left := slices.DeleteFunc(p.Removed(), func(q int64) bool { return read[q] })
		if in.Type != apiclient.Callin || p.Nothing || len(left) == 0 {
			return p, nil
		}
		// Who else is in a queue that loses somebody is said from a read made for it.
		for _, queue := range left {
			if read[queue] = true; in.MaxAge > 0 && t.listedSince(queue, r.since.Row) {
				continue
			}
			another := func(page *belief.Page) bool { return page.HasAvailable(in.Agent) }
			if err := r.readWhole(ctx, queue, r.since.Row, another); err != nil {
				return roster.Plan{}, err
			}
		}
		if err := r.gatherListings(ctx); err != nil { // of queues that this has revealed
			return roster.Plan{}, err
		}
		if err := r.rowAgain(ctx); err != nil {
			return roster.Plan{}, err
		}
		t.conclude(in.Agent, in.Type, r.since)
	}
}

// listedSince reports whether a queue's listing was read to its end since then.
func (t *Tenant) listedSince(queue int64, since belief.Stamp) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.ListedAt(queue) >= since
}

// planRecording reads the agent only where nothing is known of it: whether the id
// may be written to shows in its row alone.
func (t *Tenant) planRecording(ctx context.Context, r *reading, in roster.Intent) (roster.Plan, error) {
	a, ok := t.Known(in.Agent)
	if !ok {
		if err := r.findRow(ctx, in.Agent, t.stamp()); err != nil {
			return roster.Plan{}, err
		}
		a, _ = t.Known(in.Agent)
	}
	return roster.PlanChange(in, roster.Knowledge{Agent: a}), nil
}

// Preview plans an intent without a call. An edit is planned from the form it came
// in, as a page shows it beside Save: every console says the same of a form, whether
// or not it has read the agent, and that the list moved meanwhile is found, and
// said, when it is saved. Anything else is planned from what is known.
func (t *Tenant) Preview(in roster.Intent, by roster.Author) roster.Plan {
	t.touch()
	k, err := t.knowledge(in, t.lastRead(in))
	if err != nil {
		k = roster.Knowledge{Agent: roster.Agent{ID: in.Agent}}
	}
	if in.Verb == roster.Edit {
		return t.answered.plan(roster.PlanForm(in, k), by)
	}
	return t.answered.plan(roster.PlanChange(in, k), by)
}

// lastRead is since when what is known of the intent's list counts: its last
// complete reading.
func (t *Tenant) lastRead(in roster.Intent) belief.Since {
	r := t.record(in.Agent)
	if r == nil {
		return belief.Since{}
	}
	return r.LastReading(in.Type)
}

// knowledge returns what is known of an intent's agent whose list was to be read
// since then. ErrNoSuchAgent if the snapshot does not have the agent.
func (t *Tenant) knowledge(in roster.Intent, since belief.Since) (roster.Knowledge, error) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.book.Record(in.Agent)
	if r == nil {
		return roster.Knowledge{}, fmt.Errorf("agent %s: %w", in.Agent, roster.ErrNoSuchAgent)
	}
	k := t.book.Knowledge(r, in.Type, since)
	if t.book.Crawled && in.Type == apiclient.Callin {
		list := roster.AppendNew(roster.IDs(k.Agent.Callin), in.Base...)
		k.Others = make(map[int64]roster.Others)
		for _, queue := range roster.Minus(list, in.Apply(list)) {
			k.Others[queue] = now.Others(queue, in.Agent)
		}
	}
	return k, nil
}

// fresh reads what an intent is planned from. The row and the listings of the queues
// that the list or the intent names are read now; those of other queues may be
// EvidenceAge old when this returns. All are read now where that is cheap.
func (t *Tenant) fresh(ctx context.Context, r *reading, in roster.Intent) error {
	now := t.stamp()
	r.begun = now
	since := belief.SinceAll(now)
	since.Others = t.othersSince(now, r, in)
	t.mu.Lock()
	t.book.Probe(in.Named()...)
	t.mu.Unlock()
	if in.MaxAge > 0 {
		oldest := now - belief.Stamp(in.MaxAge)
		if !in.ReadSince.IsZero() {
			oldest = max(oldest, belief.Stamp(in.ReadSince.UnixNano()))
		}
		since = belief.SinceAll(oldest)
	}
	since = since.Naming(in.Named()...)
	// What was young enough at the beginning may be too old at the end, where the
	// limit made reading slow. That is read once more; what is too old even then was
	// at least read for this change, and a person is asked about it.
	for range 2 {
		if err := r.gather(ctx, since); err != nil {
			return err
		}
		if in.MaxAge > 0 || since.Others >= now || r.isEnough() {
			return t.lookAgain(ctx, r, in, since)
		}
		again := max(since.Others, t.stamp()-belief.Stamp(t.cfg.EvidenceAge))
		if len(t.missing(in.Agent, withOthers(r.since, again))) == 0 {
			return t.lookAgain(ctx, r, in, since)
		}
		since.Others = again
	}
	if err := t.lookAgain(ctx, r, in, since); err != nil {
		return err
	}
	r.since = withOthers(r.since, max(r.since.Others, t.stamp()-belief.Stamp(t.cfg.EvidenceAge)))
	return nil
}

// lookAge is how old the row and the listings that a change is about may be when all was
// read for it.
const lookAge = 2 * time.Second

// lookAgain reads the row and the listings that the change is about once more, where the
// limit held up the rest for so long: what somebody did to them meanwhile is there to be
// seen. Once: where even that takes long, to read for ever would end nowhere.
func (t *Tenant) lookAgain(ctx context.Context, r *reading, in roster.Intent, since belief.Since) error {
	now := t.stamp()
	if in.MaxAge > 0 || r.isEnough() || now-r.since.Row < belief.Stamp(lookAge) {
		return nil
	}
	since.Row, since.Listings = now, now
	since.Others = max(since.Others, r.since.Others)
	return r.gather(ctx, since)
}

func withOthers(s belief.Since, others belief.Stamp) belief.Since {
	s.Others = others
	return s
}

// othersSince is since when listings of queues count that a change does not concern.
func (t *Tenant) othersSince(now belief.Stamp, r *reading, in roster.Intent) belief.Stamp {
	if t.cfg.EvidenceAge < 0 {
		return now
	}
	left, known := r.src.Left()
	t.mu.Lock()
	asked := len(t.book.Asked())
	t.mu.Unlock()
	// Two reads of the row, before and after, and a listing a queue.
	if !known || asked+2 <= left/4 {
		return now
	}
	return now - belief.Stamp(t.cfg.EvidenceAge)
}
