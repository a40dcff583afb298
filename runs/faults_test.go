package runs_test

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// TestFaultsBesideASecondAdministrator strikes every fault that the sandbox can play, in
// reads and in writes, during a run over agents whose other queues somebody else changes
// meanwhile. Whatever it is: nothing is lost, nothing is done twice, and the counts are true
// by the sandbox's own record. A run that was paused by it goes on afterwards.
func TestFaultsBesideASecondAdministrator(t *testing.T) {
	t.Parallel()
	for i, preset := range sandbox.Presets() {
		for _, op := range []sandbox.Op{sandbox.OpList, sandbox.OpQueues} {
			if !preset.Fault.Concerns(op) {
				continue
			}
			t.Run(string(op)+"/"+preset.Name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					struck(t, sandbox.Styles()[i%3], preset.Fault.On(op).After(3).Repeat(2), uint64(i))
				})
			})
		}
	}
}

func struck(t *testing.T, style sandbox.Style, fault sandbox.Fault, seed uint64) {
	t.Helper()
	w := watched(func(wrap func(http.Handler) http.Handler) *rig {
		return newRig(t, rigOptions{
			agents: 60, style: style, limits: sandbox.Limits{Tenant: 60, Route: 90, Kind: sandbox.SlidingExact}, age: time.Minute, wire: true, wrap: wrap,
		})
	})
	r := w.rig
	defer r.close()
	r.crawl()
	time.Sleep(time.Minute)
	dice := rand.New(rand.NewPCG(seed, 11))
	ids := r.tenant.Matching(roster.Query{})
	intents := mixed(r, dice.IntN)
	id := r.plan(runs.File, intents)
	stop := make(chan struct{})
	go w.meddle(ids, busy, dice.IntN, 200*time.Millisecond, stop)
	time.Sleep(2 * time.Second)
	r.api.Fail(fault)
	first := len(r.api.Calls())
	r.start(id)
	run := r.over(id)
	for range 5 {
		if run.State != runs.Paused {
			break
		}
		w.expect(t, id, intents, first)
		time.Sleep(time.Minute)
		if err := r.runner.Start(t.Context(), r.access, id, []runs.State{runs.Paused}, 0); err != nil {
			t.Fatal(err)
		}
		run = r.over(id)
	}
	close(stop)
	synctest.Wait()
	if len(r.api.Faults()) > 0 {
		t.Errorf("not struck: %v", r.api.Faults())
	}
	if run.State != runs.Finished || run.Counts.Open() > 0 {
		t.Errorf("%s %s: %v", run.State, run.Reason, run.Counts)
	}
	w.expect(t, id, intents, first)
}
