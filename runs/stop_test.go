package runs_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// TestResumedAfterARestart: a console that has just been started knows nothing of the
// tenant. A run that is resumed there waits until it does, and sets nobody aside for it.
func TestResumedAfterARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, rigOptions{agents: 40, style: sandbox.FirstOnly, limits: sandbox.Limits{Tenant: 100, Route: 200}, age: time.Minute})
		defer r.close()
		r.crawl()
		id := r.plan(runs.Add, runs.Intents(runs.Add, r.tenant.Matching(roster.Query{}), []int64{1001010}, nil, nil))
		r.restart()
		r.start(id)
		if run := r.over(id); run.State != runs.Finished || run.Counts[runs.ItemVerified] != run.Counts.Wanted() || run.Counts.Wanted() == 0 {
			t.Errorf("%s %s: %v", run.State, run.Reason, run.Counts)
		}
	})
}

// TestResumedAfterAScanThatWasRefused: what had the reading of the tenant fail is no reason
// to stop a run that is resumed after it was mended.
func TestResumedAfterAScanThatWasRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, rigOptions{agents: 20, style: sandbox.Joined, limits: sandbox.Limits{Tenant: 100, Route: 200}, age: time.Minute})
		defer r.close()
		r.crawl()
		id := r.plan(runs.Add, runs.Intents(runs.Add, r.tenant.Matching(roster.Query{}), []int64{1001010}, nil, nil))
		r.restart()
		r.api.Fail(sandbox.InsufficientScope().Repeat(sandbox.Always))
		r.start(id)
		if run := r.over(id); run.State != runs.Paused || run.Reason != runs.Forbidden {
			t.Fatalf("%s %s: %v", run.State, run.Reason, run.Counts)
		}
		r.api.ClearFaults()
		if err := r.runner.Start(t.Context(), r.access, id, []runs.State{runs.Paused}, 0); err != nil {
			t.Fatal(err)
		}
		if run := r.over(id); run.State != runs.Finished || run.Counts[runs.ItemVerified] != run.Counts.Wanted() {
			t.Errorf("%s %s: %v", run.State, run.Reason, run.Counts)
		}
	})
}

// TestStopsWithinAnItem: what waits for the limit is not sent any more once a run is asked
// to pause, and is still to be done afterwards.
func TestStopsWithinAnItem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, rigOptions{agents: 40, style: sandbox.Joined, limits: sandbox.Limits{Tenant: 20, Route: 40, Kind: sandbox.FixedFromFirst}, age: time.Minute})
		defer r.close()
		r.crawl()
		time.Sleep(time.Minute)
		id := r.plan(runs.Add, runs.Intents(runs.Add, r.tenant.Matching(roster.Query{}), []int64{1001010}, nil, nil))
		r.start(id)
		for writes(r) == 0 {
			time.Sleep(100 * time.Millisecond)
		}
		for n := -1; n != writes(r); time.Sleep(500 * time.Millisecond) { // until the limit holds it up
			n = writes(r)
		}
		sent, asked := writes(r), time.Now()
		if err := r.runner.Ask(t.Context(), r.access.Scope, id, runs.WantPause); err != nil {
			t.Fatal(err)
		}
		if run := r.over(id); run.State != runs.Paused || run.Counts.Open() != run.Counts.Wanted()-sent {
			t.Errorf("%s %s after %d writes: %v", run.State, run.Reason, sent, run.Counts)
		}
		if n := writes(r); n != sent {
			t.Errorf("%d writes left after it was asked to stop, %s before", n-sent, time.Since(asked))
		}
		if err := r.runner.Start(t.Context(), r.access, id, []runs.State{runs.Paused}, 0); err != nil {
			t.Fatal(err)
		}
		if run := r.over(id); run.State != runs.Finished || run.Counts[runs.ItemVerified] != run.Counts.Wanted() || writes(r) != run.Counts.Wanted() {
			t.Errorf("%s %s after %d writes: %v", run.State, run.Reason, writes(r), run.Counts)
		}
	})
}

// writes is how many writes the API has had.
func writes(r *rig) (n int) {
	for _, c := range r.api.CallsOf(sandbox.OpQueues) {
		if c.Method == http.MethodPut {
			n++
		}
	}
	return n
}

// TestDoubtsArePlanned: whom the API contradicts our last write about is not promised.
func TestDoubtsArePlanned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, rigOptions{agents: 20, style: sandbox.Joined, limits: sandbox.Limits{Tenant: 1000, Route: 1000}, age: time.Minute})
		defer r.close()
		r.crawl()
		id := sandbox.DemoSeveral
		r.api.Fail(sandbox.Fault{IgnoreWrite: true}.On(sandbox.OpQueues))
		consent := roster.ConsentToAll()
		if _, err := r.tenant.Change(t.Context(), r.access.Person, roster.RemoveIntent(id, apiclient.Callin, []int64{1000886}), r.access.By, consent); err != nil {
			t.Fatal(err)
		}
		_, items := runs.Plan(r.tenant, runs.Run{}, []roster.Intent{roster.AddIntent(id, apiclient.Callin, []int64{1001010}, nil)}, nil)
		if it := items[0]; it.State != runs.ItemImpossible || it.Why != runs.WhyQuestion || it.Message != "doubtful:1000886" {
			t.Errorf("%s %s %q", it.State, it.Why, it.Message)
		}
	})
}

// TestIgnoredWrites: what the API said yes to, did not do, and shows as it was, is what
// differs from what was sent. That is surely so when no read lags any more, and then it can
// be planned once more. What shows later than that was to be expected is done.
func TestIgnoredWrites(t *testing.T) {
	t.Parallel()
	for style, s := range styles {
		for _, age := range []time.Duration{time.Minute, -1} {
			t.Run(style+"/"+age.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := newRig(t, rigOptions{agents: 20, style: s, limits: sandbox.Limits{Tenant: 1000, Route: 1000}, age: age})
					defer r.close()
					r.crawl()
					time.Sleep(2 * time.Minute)
					wishes := runs.Intents(runs.Add, r.tenant.Matching(roster.Query{}), []int64{1001010}, nil, nil)
					id := r.plan(runs.Add, wishes)
					r.api.Fail(sandbox.IgnoredWrite().On(sandbox.OpQueues).After(3).Repeat(4))
					began := time.Now()
					r.start(id)
					run := r.over(id)
					if run.State != runs.Finished || run.Counts[runs.ItemDiffers] != 4 || run.Counts[runs.ItemVerified] != run.Counts.Wanted()-4 {
						t.Errorf("%s %s: %v", run.State, run.Reason, run.Counts)
					}
					if took := time.Since(began); took > 75*time.Second {
						t.Errorf("it took %s", took)
					}
					items, err := r.store.Runs().Items(t.Context(), id, runs.ItemFilter{States: []runs.ItemState{runs.ItemDiffers}})
					if err != nil {
						t.Fatal(err)
					}
					for _, it := range items {
						e, err := r.store.Find(t.Context(), r.access.Scope, it.Entry)
						if it.Why != journal.CodeNotApplied || err != nil || e.Result != journal.Differs || e.Code != journal.CodeNotApplied {
							t.Errorf("agent %s: %q, and the journal has %+v, %v", it.Agent, it.Why, e, err)
						}
					}
					again := r.plan(runs.Add, runs.Wishes(items))
					if run := r.carried(again); run.Counts[runs.ItemVerified] != 4 || run.Counts.Total() != 4 {
						t.Errorf("retried: %s %s: %v", run.State, run.Reason, run.Counts)
					}
				})
			})
		}
	}
}

// carried starts a run and returns it when it is over.
func (r *rig) carried(id string) runs.Run {
	r.tb.Helper()
	r.start(id)
	return r.over(id)
}
