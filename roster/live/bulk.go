package live

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// PlanKnown plans many intents from what is known, in one pass and without a call. Who
// else is in the queues that an agent leaves is left out: that is for all the plans
// together to say. known is false, and the plan has no agent, where nothing is known of
// them.
func (t *Tenant) PlanKnown(intents []roster.Intent, each func(p roster.Plan, known bool)) {
	t.touch()
	s := t.now()
	for _, in := range intents {
		r := s.Record(in.Agent)
		if r == nil {
			each(roster.Plan{Intent: in, Agent: roster.Agent{ID: in.Agent}}, false)
			continue
		}
		each(roster.PlanChange(in, s.Facts().Knowledge(r, in.Type, r.LastReading(in.Type))), true)
	}
}

// ListOrder is a number by which agents sort as the API lists them, as far as is known:
// changes made in this order share what is read for them.
func (t *Tenant) ListOrder(id string) int {
	if n := t.pageOf(id); n >= 0 {
		return n
	}
	return maxPages
}

// Sweep reads, once for many, what changes rest on and what came of others: the rows of
// the agents, and the listings of the queues that their lists may have or that were
// written. The intents can then be carried out within EvidenceAge of its beginning without
// a read of their own (Intent.MaxAge). Of the outcomes, made with NoReadBack, each is
// settled by what the sweep shows of it, and the journal told.
//
// What cannot be read of one agent is left to that agent's change. Errors are the
// Source's.
func (t *Tenant) Sweep(ctx context.Context, src Source, intents []roster.Intent, outcomes []*roster.Outcome) error {
	t.touch()
	t.recall(ctx)
	for _, out := range outcomes {
		t.recallWrite(ctx, out)
	}
	s := sweep{
		asker: asker{t: t, src: src, patient: true, alone: true, kept: new(keptPages)},
		since: t.stamp(), intents: intents, outcomes: outcomes,
	}
	if err := s.readRows(ctx, s.agents()); err != nil {
		return err
	}
	if err := s.readListings(ctx); err != nil {
		return err
	}
	var left []*roster.Outcome
	var agents []string
	for _, out := range outcomes {
		if !s.settle(ctx, out) && s.stale(out.Plan.Agent.ID) {
			left, agents = append(left, out), append(agents, out.Plan.Agent.ID)
		}
	}
	if err := s.readRows(ctx, agents); err != nil {
		return err
	}
	for _, out := range left {
		s.settle(ctx, out)
	}
	return nil
}

// recallWrite enters the write of an outcome that another process or key sent, or this one
// in another life: the next reading says what came of it.
func (t *Tenant) recallWrite(ctx context.Context, out *roster.Outcome) {
	id, typ := out.Plan.Agent.ID, out.Plan.Type()
	if out.Plan.Intent.Verb == roster.Record || out.EntryID == "" {
		return
	}
	if rec := t.record(id); rec == nil || rec.LastWrite(typ) != nil && rec.LastWrite(typ).Entry == out.EntryID {
		return
	}
	if told := t.toldOf(ctx, id, typ, ""); told != nil && told.Entry == out.EntryID {
		t.mu.Lock()
		t.book.Told(id, typ, *told)
		t.mu.Unlock()
	}
}

// SweepCalls is about how many calls a sweep takes that serves so many agents, as far as
// is known.
func (t *Tenant) SweepCalls(agents int) int {
	all, per := max(t.agentCount(), 1), max(t.perPage(belief.FullSize), 1)
	pages := (t.rowCount(all)*10/9 + per - 1) / per // which overlap
	rows := min(pages, max(1, pages*agents/all+1))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.book.Style.RowsSuffice() {
		return rows
	}
	return rows + len(t.book.Asked())
}

// rowCount is how many rows a list of all agents has.
func (t *Tenant) rowCount(agents int) int { return max(t.Progress().Rows, agents) }

type sweep struct {
	asker
	since    belief.Stamp
	intents  []roster.Intent
	outcomes []*roster.Outcome
}

// agents are all whose rows are read in any case, each once: those of the intents, and
// those of the outcomes that only a row tells of.
func (s *sweep) agents() []string {
	var ids []string
	for _, in := range s.intents {
		ids = append(ids, in.Agent)
	}
	rows := s.t.style().RowsSuffice()
	for _, out := range s.outcomes {
		switch in := out.Plan.Intent; {
		case in.Verb == roster.Record && s.t.ShowsRecording(), in.Type == apiclient.Callout, in.Type == apiclient.Callin && rows:
			ids = append(ids, in.Agent)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// stale reports whether an agent's row was not read whole in this sweep.
func (s *sweep) stale(id string) bool {
	rec := s.t.record(id)
	return rec == nil || rec.RowAt() < s.since
}

// readRows reads pages that show all the agents, as they were last seen, with what lies
// beside them, then further ones for whoever has moved, and last what lies at edges.
func (s *sweep) readRows(ctx context.Context, ids []string) error {
	if s.t.style().Rows == belief.Apart {
		return s.readScattered(ctx, ids)
	}
	queries := s.whereSeen(ids)
	pages := make([]*belief.Page, len(queries))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(gatherers)
	for i, q := range queries {
		group.Go(func() (err error) {
			pages[i], err = s.ask(gctx, q, s.since)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	pages, err := s.followMoved(ctx, ids, pages)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !s.stale(id) {
			continue
		}
		if s.t.style().Rows == belief.Apart { // as what was just read has shown
			return s.readScattered(ctx, ids)
		}
		s.kept.put(pages...)
		if err := s.findRow(ctx, id, s.since); err != nil && !errors.Is(err, roster.ErrNoSuchAgent) {
			return err
		}
	}
	return nil
}

// whereSeen are the pages that show the agents whose rows are still to be read, as far as
// is known where they are.
func (s *sweep) whereSeen(ids []string) []apiclient.AgentQuery {
	total := s.t.rowCount(0)
	s.t.mu.Lock()
	defer s.t.mu.Unlock()
	var rows []stretch
	for _, id := range ids {
		rec := s.t.book.Record(id)
		if from, to := s.t.book.RowsOf(id); to > from && (rec == nil || rec.RowAt() < s.since) {
			rows = append(rows, stretch{from, to})
		}
	}
	return cover(rows, s.t.book.Capacity(), total)
}

// followMoved reads the pages that are not among those given as long as there are agents
// whom none of them shows, and returns them all.
func (s *sweep) followMoved(ctx context.Context, ids []string, pages []*belief.Page) ([]*belief.Page, error) {
	sought := make(map[string]bool)
	for _, id := range ids {
		if s.stale(id) && !slices.ContainsFunc(pages, func(p *belief.Page) bool { return p.Holds(id) }) {
			sought[id] = true
		}
	}
	for n := 0; len(sought) > 0 && n < maxPages; n++ {
		q := apiclient.AgentQuery{Page: n, Size: belief.FullSize}
		if slices.ContainsFunc(pages, func(p *belief.Page) bool { return p.Query == q }) {
			continue
		}
		p, err := s.ask(ctx, q, s.since)
		if err != nil {
			return nil, err
		}
		if p.Rows == 0 || slices.ContainsFunc(pages, func(q *belief.Page) bool { return p.Repeats(q) }) {
			break
		}
		pages = append(pages, p)
		for id := range p.Agents() {
			delete(sought, id)
		}
	}
	return pages, nil
}

// readScattered reads the whole list, as any page of it may have rows of anybody, for all
// of them at once.
func (s *sweep) readScattered(ctx context.Context, ids []string) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !s.stale(id) })
	since := s.since
	for range listingTries {
		if len(ids) == 0 {
			return nil
		}
		all := make([]scattered, len(ids))
		for i, id := range ids {
			all[i].id = id
		}
		end, err := s.t.walk(s.pages(ctx, 0, since), func(p *belief.Page) bool {
			for i := range all {
				all[i].add(p)
			}
			return false
		})
		if err != nil || !end.ended {
			return err
		}
		joined, _, err := s.join(ctx, toProve(all[0].pages, end), sameRows, nothing)
		if err != nil {
			return err
		}
		if joined {
			s.t.mu.Lock()
			defer s.t.mu.Unlock()
			for _, l := range all {
				if l.held {
					s.t.book.RowWhole(l.id, l.first, l.many && end.whole, l.outs && end.whole)
				}
			}
			return nil
		}
		since = s.t.stamp()
	}
	return nil
}

// readListings reads the listings that are missing of anybody, each once, until none is:
// one may reveal a queue that was not known before.
func (s *sweep) readListings(ctx context.Context) error {
	tried := make(map[int64]need)
	for {
		missing := s.missing()
		group, gctx := errgroup.WithContext(ctx)
		group.SetLimit(gatherers)
		some := false
		for _, queue := range slices.Sorted(maps.Keys(missing)) {
			why := missing[queue]
			if tried[queue] >= why {
				continue
			}
			some, tried[queue] = true, why
			group.Go(func() error { return s.readFor(gctx, queue, why) })
		}
		if err := group.Wait(); err != nil || !some {
			return err
		}
	}
}

// need is what a listing is read for, each with what comes before it.
type need uint8

const (
	toShow need = iota + 1 // that somebody is in it: where they are is all to be told
	toDeny                 // that somebody has left it by a change of ours
	toKnow                 // whatever changes rest on: its pages are proven to be of one moment
)

// overlap is how many rows a page of a listing shows of the one before it, at the least.
const overlap = 3

func (s *sweep) readFor(ctx context.Context, queue int64, why need) error {
	if why == toShow {
		_, err := s.t.walk(s.pages(ctx, queue, s.since), nothing)
		return err
	}
	if why == toDeny {
		if done, err := s.readOverlapping(ctx, queue); done || err != nil {
			return err
		}
	}
	return s.readWhole(ctx, queue, s.since, nothing)
}

// readOverlapping reads a listing in pages of which each shows some rows of the one before.
// It reports whether these are as they were, the claimed total stood still, and as many
// agents came as it says: then whoever was not shown is not there, unless somebody left and
// somebody came and a third moved from one page to another between two calls. That is enough
// to say what came of a change, and not noted as what another may rest on.
func (s *sweep) readOverlapping(ctx context.Context, queue int64) (done bool, err error) {
	was, err := s.ask(ctx, apiclient.AgentQuery{QueueID: queue, Size: belief.FullSize}, s.since)
	if err != nil {
		return false, err
	}
	s.t.mu.Lock()
	capacity := s.t.book.Capacity()
	s.t.mu.Unlock()
	if was.Rows >= was.Total || was.Rows < capacity || capacity < 4*overlap {
		s.kept.put(was)
		return false, nil
	}
	all := slices.Collect(was.Agents())
	for from, to := 0, was.Rows; to < was.Total; {
		q, begins, _ := pageFrom(to-overlap, capacity)
		q.QueueID = queue
		next, err := s.ask(ctx, q, s.since)
		if err != nil {
			return false, err
		}
		before, after := slices.Collect(was.Agents()), slices.Collect(next.Agents())
		shared := to - begins
		if next.Total != was.Total || len(before) != was.Rows || len(after) != next.Rows || len(after) <= shared ||
			!slices.Equal(before[begins-from:], after[:shared]) {
			return false, nil
		}
		all = append(all, after[shared:]...)
		was, from, to = next, begins, begins+next.Rows
	}
	slices.Sort(all)
	return len(slices.Compact(all)) == was.Total, nil
}

// missing are the listings that say something of one of the agents and were not read, and
// what for.
func (s *sweep) missing() map[int64]need {
	want := make(map[int64]need)
	s.t.mu.Lock()
	defer s.t.mu.Unlock()
	for _, in := range s.intents {
		if in.Type != apiclient.Callin {
			continue
		}
		s.t.book.Probe(in.Named()...)
		r := s.t.book.Record(in.Agent)
		if r == nil {
			continue
		}
		for _, q := range s.t.book.Missing(r, belief.SinceAll(s.since)) {
			want[q] = toKnow
		}
		// Who else is in a queue that loses somebody is said from its listing.
		has := belief.Queues(r.Callin)
		for _, q := range roster.Minus(has, in.Apply(has)) {
			if s.t.book.ListedAt(q) < s.since {
				want[q] = toKnow
			}
		}
	}
	for _, out := range s.outcomes {
		p := out.Plan
		r := s.t.book.Record(p.Agent.ID)
		if p.Type() != apiclient.Callin || r == nil {
			continue
		}
		missing, gone := s.t.book.Missing(r, belief.SinceAll(s.since)), p.Removed()
		for _, q := range roster.Both(missing, append(roster.IDs(p.Before), p.Added()...)) {
			if want[q] = max(want[q], toShow); slices.Contains(gone, q) {
				want[q] = max(want[q], toDeny)
			}
		}
	}
	return want
}

// settle says what came of a change by what this sweep read. It reports false where the
// agent's row may say more.
func (s *sweep) settle(ctx context.Context, out *roster.Outcome) (settled bool) {
	if out.EntryID == "" || out.Result != journal.Accepted && out.Result != journal.Unknown {
		return true
	}
	t, p := s.t, out.Plan
	if p.Intent.Verb == roster.Record {
		a, ok := t.Known(p.Agent.ID)
		if ok && a.Record != nil && *a.Record == p.Intent.Enabled && !s.stale(p.Agent.ID) {
			out.Result, out.Applied = journal.Verified, roster.AppliedYes
			out.Unnoted = !t.note(ctx, out.EntryID, journal.Settlement{Result: out.Result, Message: out.Message})
		}
		return true
	}
	t.mu.Lock()
	rec := t.book.Record(p.Agent.ID)
	// Somebody may have changed the agent here since: then a read tells of that.
	last := rec != nil && rec.LastWrite(p.Type()) != nil && rec.LastWrite(p.Type()).Entry == out.EntryID
	var (
		read  []int64
		found belief.Verdict
		sent  belief.Stamp
	)
	if last {
		sent = rec.LastWrite(p.Type()).SentAt
		read, found, last = t.book.LookBack(p, s.since)
	}
	t.mu.Unlock()
	if last && found != belief.AsSent && s.stale(p.Agent.ID) {
		return false
	}
	if last {
		t.seen(ctx, out, read, found)
		if out.Still && s.since >= sent+belief.Stamp(SureAfter) {
			t.giveUp(ctx, out)
		}
	}
	return true
}

// keptPages are answers of a sweep that whoever looks for an agent at the edge of one need
// not ask for again. Each is given once: who asks again wants another look.
type keptPages struct {
	mu sync.Mutex
	by map[apiclient.AgentQuery]*belief.Page
}

func (k *keptPages) put(pages ...*belief.Page) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.by == nil {
		k.by = make(map[apiclient.AgentQuery]*belief.Page)
	}
	for _, p := range pages {
		k.by[p.Query] = p
	}
}

func (k *keptPages) take(q apiclient.AgentQuery, since belief.Stamp) *belief.Page {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	p := k.by[q]
	delete(k.by, q)
	if p == nil || p.At < since {
		return nil
	}
	return p
}

// turnOf is what the lock on a tenant's turn is called among those on agents: it is no
// extension.
const turnOf = "run of the tenant"

// Turn waits until no other run of the tenant goes on, here or in another process, and
// returns what lets the next one go. Whom it waits for is told to waits. The context it
// returns ends where the turn is lost.
func (t *Tenant) Turn(ctx context.Context, by journal.Holder, waits func(journal.Holder)) (held context.Context, release func(), err error) {
	return t.locks.acquire(ctx, t.scopeNow(), turnOf, by, waits)
}
