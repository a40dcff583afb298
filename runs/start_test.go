package runs_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// slowToBegin is a store far away.
type slowToBegin struct{ runs.Store }

func (s slowToBegin) Begin(ctx context.Context, scope journal.Scope, id string, from []runs.State, revision int, owner string) error {
	time.Sleep(time.Second)
	return s.Store.Begin(ctx, scope, id, from, revision, owner)
}

// TestSecondToStart: who presses start a moment after another finds the run started.
func TestSecondToStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, rigOptions{agents: 20, style: sandbox.Joined, limits: sandbox.Limits{Tenant: 100, Route: 200}, age: time.Minute})
		defer r.close()
		r.crawl()
		id := r.plan(runs.Add, runs.Intents(runs.Add, r.tenant.Matching(roster.Query{}), []int64{1001010}, nil, nil))
		runner := runs.New(runs.Config{Store: slowToBegin{r.store.Runs()}, Journal: r.store, Roster: r.roster, EvidenceAge: time.Minute})
		defer runner.Close()
		first := make(chan error)
		go func() {
			first <- runner.Start(context.WithoutCancel(t.Context()), r.access, id, []runs.State{runs.Planned}, 0)
		}()
		time.Sleep(time.Millisecond)
		err := runner.Start(t.Context(), r.access, id, []runs.State{runs.Planned}, 0)
		run, findErr := r.store.Runs().Find(t.Context(), r.access.Scope, id)
		if !errors.Is(err, runs.ErrMoved) || findErr != nil || run.State != runs.Running {
			t.Errorf("the second: %v, and the run is %s, %v", err, run.State, findErr)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		runner.Wait(t.Context(), id, time.Hour)
	})
}
