package runs

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

const (
	// workers is how many changes of a run go on at once: the limit sets the pace, and this
	// hides the way to the API and back.
	workers = 4
	// failuresInARow pause a run.
	failuresInARow = 5
	// looks is how often a change is looked at that cannot be seen yet.
	looks = 2
	// tries is how often an item is tried again that was not sent for a passing reason.
	tries = 3
	// endTime is how long a run that ends may take to write that down and to look at what
	// it sent last.
	endTime = 30 * time.Second
)

// work is one run that is carried out here.
type work struct {
	r      *Runner
	run    Run
	access Access
	tenant *live.Tenant
	owner  string

	once  sync.Once
	asked chan struct{} // closed when it is to end early
	over  chan struct{} // closed when it has ended

	mu      sync.Mutex
	want    Want
	why     Reason
	detail  string
	behind  journal.Holder
	reading bool
	agents  map[string]int
	failed  int // in a row
	left    int // items still open, as of the last batch
}

// pending is a change that was sent and is still to be looked at.
type pending struct {
	seq  int
	out  *roster.Outcome
	seen int // how often it was looked at
	// before this process, or this turn of it: what it rested on is stored already.
	before bool
}

// ask has the work end within one item. What was asked first counts, but for a cancel.
func (w *work) ask(want Want, why Reason) { w.end(want, why, "") }

func (w *work) end(want Want, why Reason, detail string) {
	w.mu.Lock()
	if w.want == WantNothing || want == WantCancel {
		w.want, w.why, w.detail = want, why, detail
	}
	w.mu.Unlock()
	w.once.Do(func() { close(w.asked) })
}

func (w *work) ended() bool {
	select {
	case <-w.asked:
		return true
	default:
		return false
	}
}

func (w *work) live() Live {
	w.mu.Lock()
	l := Live{Behind: w.behind, Reading: w.reading}
	for id := range w.agents {
		l.Agents = append(l.Agents, id)
	}
	left, tenant := w.left, w.tenant
	w.mu.Unlock()
	slices.Sort(l.Agents)
	if tenant != nil {
		l.Estimate = Estimated(left, tenant.SweepCalls(left), w.access.Pace(), w.r.EvidenceAge())
	}
	return l
}

// carryOut is the whole of it. It ends with the base, by what was asked, or when nothing is
// left to do.
func (w *work) carryOut(base context.Context) {
	tenant, release := w.r.cfg.Roster.Hold(w.access.Access)
	defer release()
	w.mu.Lock()
	w.tenant = tenant
	w.mu.Unlock()

	left := Longest
	if !w.run.StartedAt.IsZero() {
		left -= w.r.cfg.Now().Sub(w.run.StartedAt)
	}
	ctx, cancel := context.WithTimeout(base, max(left, 0))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			w.end(WantCancel, TooLong, "")
		} else {
			w.end(WantPause, Stopped, "")
		}
	})()
	var renewal sync.WaitGroup
	renewing, stopRenewing := context.WithCancel(context.WithoutCancel(base))
	renewal.Go(func() { w.renew(renewing) })

	err := w.inTurn(ctx)
	stopRenewing()
	renewal.Wait()
	w.close(err)
}

// renew keeps the run this process's, and hears what is wanted of it.
func (w *work) renew(ctx context.Context) {
	tick := time.NewTicker(LeaseRenew)
	defer tick.Stop()
	for renewed := w.r.cfg.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		began := w.r.cfg.Now()
		trip, cancel := context.WithTimeout(ctx, LeaseLost-LeaseRenew)
		want, err := w.r.cfg.Store.Renew(trip, w.run.ID, w.owner)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrLost), err != nil && w.r.cfg.Now().Sub(renewed) >= LeaseLost:
			w.end(WantPause, Database, "")
			return
		case err == nil:
			renewed = began
			if want != WantNothing {
				w.ask(want, Asked)
			}
		}
	}
}

// inTurn waits for the other runs of the tenant, and carries this one out.
func (w *work) inTurn(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := make(chan struct{})
	defer close(stop)
	go func() { // what is asked ends whatever waits; what has left is seen through
		select {
		case <-w.asked:
			cancel()
		case <-stop:
		}
	}()
	by := journal.Holder{Operator: w.access.By.Operator, Since: w.r.cfg.Now().UTC()}
	held, release, err := w.tenant.Turn(ctx, by, func(other journal.Holder) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.behind = other
	})
	w.mu.Lock()
	w.behind = journal.Holder{}
	w.mu.Unlock()
	if err != nil {
		return err
	}
	defer release()
	return w.batches(held)
}

// batches carries the items out. Between two batches a sweep says what came of the one
// before, and is what the next one rests on.
func (w *work) batches(ctx context.Context) error {
	sent, err := w.unseen(ctx)
	if err != nil {
		return err
	}
	tried := make(map[int]int)
	for {
		batch, begun, err := w.prepare(ctx, sent)
		if err != nil || len(batch) == 0 && len(sent) == 0 {
			return w.lookOnce(ctx, sent, err)
		}
		if sent, err = w.settleSeen(ctx, sent); err != nil {
			return err
		}
		if len(batch) == 0 {
			if len(sent) > 0 && !pause(ctx, w.r.cfg.LookPause) {
				return w.lookOnce(ctx, sent, ctx.Err())
			}
			continue
		}
		more, err := w.carry(ctx, batch, begun, tried)
		sent = append(sent, more...)
		if err != nil {
			return w.lookOnce(ctx, sent, err)
		}
	}
}

// unseen are the changes that left before the run was stopped, and that nobody has seen
// yet.
func (w *work) unseen(ctx context.Context) (sent []*pending, err error) {
	items, err := w.r.cfg.Store.Items(ctx, w.run.ID, ItemFilter{States: []ItemState{ItemAccepted, ItemUnknown}})
	for _, it := range items {
		if it.Kind() == journal.Recording || it.Entry == "" {
			continue
		}
		before := make([]roster.Membership, len(it.Before))
		for i, q := range it.Before {
			before[i].QueueID = q
		}
		result := journal.Accepted
		if it.State == ItemUnknown {
			result = journal.Unknown
		}
		p := roster.Plan{Intent: it.Intent, Agent: roster.Agent{ID: it.Agent}, Before: before, After: it.After, Priority: it.Intent.Priority}
		sent = append(sent, &pending{seq: it.Seq, before: true, out: &roster.Outcome{
			Plan: p, EntryID: it.Entry, Result: result, Code: it.Why, Message: it.Message,
		}})
	}
	return sent, err
}

// prepare is the next batch, with what it rests on read, and what was sent looked at.
func (w *work) prepare(ctx context.Context, sent []*pending) (batch []Item, begun time.Time, err error) {
	open := ItemFilter{States: []ItemState{ItemPlanned, ItemRunning}}
	n, err := w.r.cfg.Store.Count(ctx, w.run.ID, open)
	if err != nil {
		return nil, begun, err
	}
	w.mu.Lock()
	w.left = n
	w.mu.Unlock()
	e := Estimated(n, w.tenant.SweepCalls(n), w.access.Pace(), w.r.EvidenceAge())
	if open.Limit = max(e.Batch, 1); n > 0 {
		if batch, err = w.r.cfg.Store.Items(ctx, w.run.ID, open); err != nil {
			return nil, begun, err
		}
	}
	if w.ended() {
		return nil, begun, context.Canceled
	}
	intents := make([]roster.Intent, 0, len(batch))
	for i := range batch {
		if e.Age > 0 {
			batch[i].Intent.MaxAge, batch[i].Intent.NoReadBack = e.Age, true
		}
		if batch[i].Kind() != journal.Recording {
			intents = append(intents, batch[i].Intent)
		}
	}
	begun = w.r.cfg.Now()
	if e.Age > 0 && (len(intents) > 0 || len(sent) > 0) {
		err = w.sweep(ctx, intents, sent)
	}
	return batch, begun, err
}

func (w *work) sweep(ctx context.Context, intents []roster.Intent, sent []*pending) error {
	w.mu.Lock()
	w.reading = true
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.reading = false
	}()
	outs := make([]*roster.Outcome, len(sent))
	for i, p := range sent {
		outs[i] = p.out
	}
	for try := 1; ; try++ {
		err := w.tenant.Sweep(ctx, w.access.Run, intents, outs)
		if err == nil || !w.passes(ctx, err) || try == failuresInARow {
			return err
		}
	}
}

// passes reports whether a failure of reads may be over soon, and waits a moment then.
func (w *work) passes(ctx context.Context, err error) bool {
	if stops(err) != "" || ctx.Err() != nil {
		return false
	}
	return pause(ctx, time.Second)
}

// settleSeen notes what a sweep said of changes, and returns those to be looked at again.
func (w *work) settleSeen(ctx context.Context, sent []*pending) (again []*pending, err error) {
	var results []Result
	for _, p := range sent {
		p.seen++
		recording := p.out.Plan.Intent.Verb == roster.Record
		if (p.out.Result == journal.Accepted || p.out.Result == journal.Unknown) && !recording && p.seen < looks {
			again = append(again, p)
			continue
		}
		res := w.resultOf(p.seq, p.out)
		if p.before {
			res.Before, res.After, res.Certainty, res.ReadAt = nil, nil, "", time.Time{}
		}
		results = append(results, res)
	}
	return again, w.settle(ctx, results...)
}

// lookOnce looks at what was sent a last time where a run ends early, and returns why it
// does.
func (w *work) lookOnce(ctx context.Context, sent []*pending, why error) error {
	// What a person asked for breaks off whatever goes on, with an error that says nothing.
	if len(sent) == 0 || errors.Is(why, ErrLost) || w.isStopped() || (stops(why) != "" || isOutage(why)) && !w.wasAsked() {
		return why
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if err := w.sweep(ctx, nil, sent); err != nil {
		return why
	}
	for _, p := range sent {
		p.seen = looks
	}
	_, err := w.settleSeen(ctx, sent)
	return errors.Join(why, err)
}

// wasAsked reports whether a person had it end.
func (w *work) wasAsked() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.why == Asked || w.why == SignedOut
}

// isStopped reports whether the console is being stopped: nobody waits then.
func (w *work) isStopped() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.why == Stopped
}

// carry makes the changes of a batch, as long as what they rest on is young enough. What
// is left is the next batch's.
func (w *work) carry(ctx context.Context, batch []Item, begun time.Time, tried map[int]int) (sent []*pending, err error) {
	var mu sync.Mutex
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for _, it := range batch {
		if w.ended() || gctx.Err() != nil || !w.inTime(it, begun) {
			break
		}
		group.Go(func() error {
			if w.ended() {
				return nil
			}
			mu.Lock()
			n := tried[it.Seq]
			mu.Unlock()
			out, res, again, err := w.change(gctx, it, n >= tries)
			mu.Lock()
			defer mu.Unlock()
			if again {
				tried[it.Seq]++
			}
			if out != nil {
				sent = append(sent, &pending{seq: it.Seq, out: out})
			}
			if err == nil && res.State != "" {
				err = w.settle(ctx, res)
			}
			return err
		})
	}
	err = group.Wait()
	w.mu.Lock()
	w.left = max(w.left-len(sent), 0)
	w.mu.Unlock()
	return sent, err
}

// inTime reports whether a change that begins now will have left before what it rests on
// is too old.
func (w *work) inTime(it Item, begun time.Time) bool {
	if it.Intent.MaxAge <= 0 || it.Intent.Verb == roster.Record {
		return true
	}
	wait := 500 * time.Millisecond
	if w.access.Wait != nil {
		wait += w.access.Wait()
	}
	return w.r.cfg.Now().Add(wait).Before(begun.Add(it.Intent.MaxAge))
}

// change makes one change. out is what is still to be looked at, res what came of it; where
// both are empty it is still to be done, again: for a passing reason of its own. An error
// ends the run.
func (w *work) change(ctx context.Context, it Item, last bool) (out *roster.Outcome, res Result, again bool, err error) {
	w.under(it.Agent, 1)
	defer w.under(it.Agent, -1)
	got, err := w.tenant.Change(ctx, w.access.Run, it.Intent, w.access.By, it.Consent())
	if err != nil && got.EntryID == "" {
		return w.notSent(ctx, it, got, err, last)
	}
	if err != nil && ctx.Err() != nil && got.Result == journal.Refused && got.Code == roster.CodeNotSent {
		return nil, Result{}, false, nil // it did not leave, for the run was to end
	}
	limited := (*apiclient.RateLimitError)(nil)
	if errors.Is(err, apiclient.ErrUnconfirmed) {
		w.judge(got, err) // of the key, not of the agent
	}
	if errors.As(err, &limited) || errors.Is(err, apiclient.ErrUnconfirmed) || got.Result == journal.Refused && got.Code == roster.CodeNotSent {
		if last {
			return nil, w.resultOf(it.Seq, &got), false, nil
		}
		return nil, Result{}, true, nil
	}
	w.judge(got, err)
	switch {
	case got.Nothing:
		if notThere(got.Plan) {
			return nil, w.aside(it.Seq, got.Plan, WhyNotThere, ""), false, nil
		}
		return nil, w.already(ctx, it, got), false, nil
	case got.Result == journal.Accepted && it.Intent.NoReadBack, got.Result == journal.Unknown && it.Kind() != journal.Recording:
		// Of what is unknown the read beside it may have failed with the write.
		return &got, w.resultOf(it.Seq, &got), false, stopping(err)
	}
	return nil, w.resultOf(it.Seq, &got), false, stopping(err)
}

// notSent says what becomes of an item of which nothing was sent.
func (w *work) notSent(ctx context.Context, it Item, got roster.Outcome, err error, last bool) (*roster.Outcome, Result, bool, error) {
	var (
		conflict *roster.ConflictError
		confirm  *roster.ConfirmError
		closed   *roster.NotEditableError
		locked   *journal.LockedError
	)
	aside := func(why, message string) (*roster.Outcome, Result, bool, error) {
		w.judge(got, nil)
		return nil, w.aside(it.Seq, got.Plan, why, message), false, nil
	}
	switch {
	case errors.As(err, &conflict) && it.Intent.Verb == roster.Undo:
		return aside(WhyTouched, "")
	case errors.As(err, &conflict):
		return aside(WhyMoved, "")
	case errors.As(err, &confirm):
		if notThere(confirm.Plan) {
			return aside(WhyNotThere, "")
		}
		return aside(WhyQuestion, roster.ShownBy(confirm.Plan))
	case errors.Is(err, roster.ErrEmptyList):
		return aside(WhyEmpty, "")
	case errors.Is(err, roster.ErrNoSuchAgent):
		return aside(WhyGone, "")
	case errors.As(err, &closed):
		return aside(string(closed.Why), "")
	case errors.Is(err, journal.ErrAlreadyUndone), errors.Is(err, roster.ErrCannotUndo):
		return aside(WhyCannotUndo, "")
	case errors.As(err, &locked) && ctx.Err() == nil:
		if last {
			return aside(WhyBusy, locked.Holder.Operator)
		}
		return nil, Result{}, true, nil
	case ctx.Err() != nil:
		return nil, Result{}, false, nil //nolint:nilerr // the run ends, or its turn is lost
	case stopping(err) != nil:
		return nil, Result{}, false, err
	}
	// Reads failed: it may pass.
	w.judge(got, err)
	pause(ctx, time.Second)
	return nil, Result{}, false, nil
}

// judge counts failures in a row.
func (w *work) judge(out roster.Outcome, err error) {
	w.mu.Lock()
	failure := err != nil || out.Result == journal.Unknown
	if refused := (*apiclient.RefusedError)(nil); errors.As(err, &refused) && out.Result == journal.Refused {
		failure = errors.Is(err, apiclient.ErrUnconfirmed) // else an answer, and about this agent
	}
	if !failure {
		w.failed = 0
	} else {
		w.failed++
	}
	open := w.failed >= failuresInARow
	w.mu.Unlock()
	if open {
		detail := ""
		if err != nil {
			detail = err.Error()
		}
		why := Outage
		if errors.Is(err, apiclient.ErrUnconfirmed) {
			why = Unauthorized // reads may be granted to a key that writes are not
		}
		w.end(WantPause, why, detail)
	}
}

func (w *work) under(agent string, by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.agents == nil {
		w.agents = make(map[string]int)
	}
	if w.agents[agent] += by; w.agents[agent] <= 0 {
		delete(w.agents, agent)
	}
}

// already is the result of an item that turned out to be so: by another, or by this run
// before it was interrupted, and then its entry is in the journal.
func (w *work) already(ctx context.Context, it Item, out roster.Outcome) Result {
	res := Result{
		Seq: it.Seq, State: ItemUnchanged, Before: roster.IDs(out.Plan.Before), After: out.Plan.After,
		Certainty: out.Plan.Certainty(), ReadAt: out.Plan.EvidenceAt, SettledAt: w.r.cfg.Now().UTC(),
	}
	entries, _, err := w.r.cfg.Journal.List(ctx, journal.Filter{Scope: w.run.Scope, Agent: it.Agent, Kind: it.Kind(), RunID: w.run.ID, Limit: 5})
	if err != nil {
		return res
	}
	for _, e := range entries {
		if e.Result != journal.Refused && e.Result != journal.Intent || e.Result == journal.Intent && roster.SameSet(e.After, res.After) {
			res.State, res.Entry = ItemVerified, e.ID
			res.Before, res.After = e.Before, e.After
			break
		}
	}
	return res
}

func (w *work) aside(seq int, p roster.Plan, why, message string) Result {
	res := Result{Seq: seq, State: ItemAside, Why: why, Message: message, SettledAt: w.r.cfg.Now().UTC()}
	if p.Agent.ID != "" && len(p.Before) > 0 {
		res.Before, res.After = roster.IDs(p.Before), p.After
		res.Certainty, res.ReadAt = p.Certainty(), p.EvidenceAt
	}
	return res
}

// resultOf is what came of a change, for the store.
func (w *work) resultOf(seq int, out *roster.Outcome) Result {
	res := Result{
		Seq: seq, State: stateOf(out.Result), Why: out.Code, Message: out.Message, Entry: out.EntryID, SettledAt: w.r.cfg.Now().UTC(),
	}
	if out.Plan.Intent.Verb != roster.Record {
		res.Before, res.After = roster.IDs(out.Plan.Before), out.Plan.After
		res.Certainty, res.ReadAt = out.Plan.Certainty(), out.Plan.EvidenceAt
	}
	return res
}

func stateOf(r journal.Result) ItemState {
	switch r {
	case journal.Verified:
		return ItemVerified
	case journal.Accepted:
		return ItemAccepted
	case journal.Differs:
		return ItemDiffers
	case journal.Refused:
		return ItemRefused
	}
	return ItemUnknown
}

// settle notes results, even where the run is to end.
func (w *work) settle(ctx context.Context, results ...Result) error {
	if len(results) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	return w.r.cfg.Store.Settle(ctx, w.run.ID, w.owner, results)
}

// stops says what a failure means for the whole run, "" where it is one agent's, or may
// pass.
func stops(err error) Reason {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, apiclient.ErrUnauthorized):
		return Unauthorized
	case errors.Is(err, apiclient.ErrInsufficientScope):
		return Forbidden
	case errors.Is(err, journal.ErrUnavailable), errors.Is(err, ErrLost):
		return Database
	}
	return ""
}

// isOutage reports that nothing answers. One failure is enough for that to be said, and the
// next call may find it over; so it ends a run only where it lasts.
func isOutage(err error) bool {
	outage := (*apiclient.OutageError)(nil)
	return errors.As(err, &outage)
}

// stopping is err where it ends the run, else nil.
func stopping(err error) error {
	if stops(err) == "" {
		return nil
	}
	return err
}

// close lets go of the run.
func (w *work) close(err error) {
	w.mu.Lock()
	want, why, detail := w.want, w.why, w.detail
	w.mu.Unlock()
	to := Finished
	switch {
	case want == WantCancel:
		to = Cancelled
	case want == WantPause && why == Stopped:
		to, why = Interrupted, Stopped
	case want == WantPause:
		to = Paused
	case err != nil:
		to, why, detail = Paused, stops(err), err.Error()
		if why == "" {
			why = Outage
		}
	default:
		why = ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	if endErr := w.r.cfg.Store.End(ctx, w.run.ID, w.owner, to, why, detail); endErr != nil {
		// Its lease ends by itself: it is interrupted then.
		w.r.cfg.Logger.WarnContext(ctx, "runs: end of a run not noted", "run", w.run.ID, "state", to, "error", errors.Join(endErr, err))
	}
}

// pause reports whether d passed before ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
