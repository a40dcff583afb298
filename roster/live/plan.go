package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// Plan reads the agent afresh and says what an intent would send. Nothing is
// changed. Errors are ErrNoSuchAgent and those of the reads. A rate limit met while
// reading keeps what was read: the same change asked again within a minute goes on
// from there.
func (t *Tenant) Plan(ctx context.Context, src Source, in roster.Intent) (roster.Plan, error) {
	t.touch()
	if in.Verb == roster.Record {
		return t.planRecording(ctx, src, in)
	}
	if in.Idle() {
		known, _ := t.Known(in.Agent)
		return roster.Plan{Intent: in, Agent: known, Nothing: true}, nil
	}
	since, err := t.fresh(ctx, src, in)
	if err != nil {
		return roster.Plan{}, err
	}
	k, err := t.knowledge(in, since)
	if err != nil {
		return roster.Plan{}, err
	}
	return roster.PlanChange(in, k), nil
}

// planRecording reads the agent only where nothing is known of it: whether the id
// may be written to shows in its row alone.
func (t *Tenant) planRecording(ctx context.Context, src Source, in roster.Intent) (roster.Plan, error) {
	a, ok := t.Known(in.Agent)
	if !ok {
		if err := t.findRow(ctx, src, in.Agent, t.stamp()); err != nil {
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
func (t *Tenant) Preview(in roster.Intent) roster.Plan {
	t.touch()
	k, err := t.knowledge(in, t.lastRead(in))
	if err != nil {
		k = roster.Knowledge{Agent: roster.Agent{ID: in.Agent}}
	}
	if in.Verb == roster.Edit {
		return roster.PlanForm(in, k)
	}
	return roster.PlanChange(in, k)
}

// lastRead is since when what is known of the intent's list counts: its last
// complete reading.
func (t *Tenant) lastRead(in roster.Intent) belief.Since {
	r := t.record(in.Agent)
	if r == nil {
		return belief.Since{}
	}
	return belief.SinceBoth(max(r.LastRead(in.Type), 1))
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

// cut is a change whose reads a rate limit cut short.
type cut struct {
	since belief.Stamp
	until time.Time
}

// cutFor is how long listings read for a change that was cut short count for the
// next try of it. The row is read again in any case.
const cutFor = time.Minute

// fresh reads what an intent is planned from, and says since when that counts.
func (t *Tenant) fresh(ctx context.Context, src Source, in roster.Intent) (belief.Since, error) {
	since, key := belief.SinceBoth(t.stamp()), listOf{in.Agent, in.Type}
	t.mu.Lock()
	if c, ok := t.cut[key]; ok {
		if t.cfg.Now().Before(c.until) {
			since.Listings = c.since
		}
		delete(t.cut, key)
	}
	t.mu.Unlock()
	if in.MaxAge > 0 {
		since.Row -= belief.Stamp(in.MaxAge)
		since.Listings = since.Earliest()
	}
	since, err := t.gather(ctx, src, in.Agent, in.Type, since)
	if limited := (*apiclient.RateLimitError)(nil); errors.As(err, &limited) {
		t.mu.Lock()
		if t.cut == nil {
			t.cut = make(map[listOf]cut)
		}
		// Not everybody tries again.
		maps.DeleteFunc(t.cut, func(_ listOf, c cut) bool { return !t.cfg.Now().Before(c.until) })
		t.cut[key] = cut{since: since.Listings, until: t.cfg.Now().Add(cutFor)}
		t.mu.Unlock()
	}
	return since, err
}
