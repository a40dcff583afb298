package runs

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/alohub/agentconsole/journal"
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
	// lastLook is beyond all of them.
	lastLook = 1 << 20
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

	asking context.Context //nolint:containedctx // it ends when the work is to end early
	stop   context.CancelFunc
	over   chan struct{} // closed when it has ended

	mu      sync.Mutex
	want    Want
	why     Reason
	detail  string
	behind  journal.Holder
	reading bool
	looking int // changes that are waited for to be looked at
	agents  map[string]int
	failed  int // in a row
	left    int // items still open, as of the last batch
}

// ask has the work end within one item. What was asked first counts, but for a cancel.
func (w *work) ask(want Want, why Reason) { w.end(want, why, "") }

func (w *work) end(want Want, why Reason, detail string) {
	w.mu.Lock()
	if w.want == WantNothing || want == WantCancel {
		w.want, w.why, w.detail = want, why, detail
	}
	w.mu.Unlock()
	w.stop()
}

func (w *work) ended() bool { return w.asking.Err() != nil }

func (w *work) live() Live {
	w.mu.Lock()
	l := Live{Behind: w.behind, Reading: w.reading, Looking: w.looking, Stopping: w.ended()}
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
	// What is asked ends whatever waits; what has left is seen through.
	defer context.AfterFunc(w.asking, cancel)()
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

// close lets go of the run.
func (w *work) close(err error) {
	w.mu.Lock()
	want, why, detail := w.want, w.why, w.detail
	w.mu.Unlock()
	if want == WantNothing && err != nil && w.r.base.Err() != nil {
		want, why = WantPause, Stopped // what waited heard of it first
	}
	to := Finished
	switch {
	case want == WantCancel:
		to = Cancelled
	case want == WantPause && why == Stopped:
		to, why = Interrupted, Stopped
	case want == WantPause:
		to = Paused
	case err != nil:
		to, why, detail = Paused, stops(err), foreign(err)
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
