package runs_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/sqlstore"
)

// latency is a transport with a network's latency.
type latency struct {
	under http.RoundTripper
	mu    sync.Mutex
	dice  *rand.Rand
}

func (t *latency) draw() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Duration(5+t.dice.ExpFloat64()*8) * time.Millisecond
}

func (t *latency) RoundTrip(r *http.Request) (*http.Response, error) {
	pause := func() error {
		select {
		case <-time.After(t.draw()):
			return nil
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
	if err := pause(); err != nil {
		return nil, err
	}
	resp, err := t.under.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := pause(); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// inProcess is a transport that calls a handler, so that whole runs fit into a synctest
// bubble.
type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	t.handler.ServeHTTP(rec, in)
	return rec.Result(), nil
}

// rig is a runner over the sandbox and a database in memory. It must be made and closed in
// a synctest bubble.
type rig struct {
	tb     testing.TB
	demo   sandbox.DemoFixture
	api    *sandbox.Server
	client *apiclient.Client
	store  *sqlstore.Store
	roster *live.Roster
	runner *runs.Runner
	access runs.Access
	tenant *live.Tenant
	age    time.Duration
	stop   func() // ends what serves the sandbox
}

type rigOptions struct {
	agents  int
	style   sandbox.Style
	limits  sandbox.Limits
	reserve float64 // -1: none
	age     time.Duration
	// callinAlone leaves the callout queues out, which the filter would be asked about too.
	callinAlone bool
	// wire has calls go over connections in memory, which can break.
	wire bool
	wrap func(http.Handler) http.Handler // stands before the sandbox; nil: nothing does
	api  func(*sandbox.Config)
}

func newRig(tb testing.TB, o rigOptions) *rig {
	tb.Helper()
	r := &rig{tb: tb, age: o.age, stop: func() {}, demo: sandbox.Demo(sandbox.DemoOptions{Agents: o.agents, Quiet: true})}
	r.demo.Config.Style, r.demo.Config.Limits, r.demo.Config.MaxCalls = o.style, o.limits, 100_000
	if o.callinAlone {
		agents := r.demo.Config.Tenants[0].Agents
		for i := range agents {
			agents[i].Callout = nil
		}
	}
	if o.api != nil {
		o.api(&r.demo.Config)
	}
	r.api = sandbox.New(r.demo.Config)
	handler := http.Handler(r.api)
	if o.wrap != nil {
		handler = o.wrap(handler)
	}
	transport := http.RoundTripper(inProcess{handler})
	if o.wire {
		transport, r.stop = sandbox.Pipe(handler)
	}
	var err error
	r.client, err = apiclient.New(apiclient.Config{
		BaseURL: "http://sandbox.test", Transport: &latency{under: transport, dice: rand.New(rand.NewPCG(1, 2))}, Reserve: o.reserve,
	})
	if err != nil {
		tb.Fatal(err)
	}
	if r.store, err = sqlstore.Open(tb.Context(), sqlstore.Config{Database: ":memory:"}); err != nil {
		tb.Fatal(err)
	}
	r.access = r.as(r.demo.Key, r.demo.Tenant)
	r.open()
	return r
}

// open makes the console's memory, as a start does: it knows nothing of the tenant.
func (r *rig) open() {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	r.roster = live.New(live.Config{Journal: r.store, Logger: log, EvidenceAge: r.age})
	r.runner = runs.New(runs.Config{Store: r.store.Runs(), Journal: r.store, Roster: r.roster, EvidenceAge: r.age, Logger: log})
	r.tenant = r.roster.Tenant(r.access.Access)
}

// restart stops the console and starts it again.
func (r *rig) restart() {
	r.runner.Close()
	r.roster.Close()
	r.open()
}

// as is the access of a key.
func (r *rig) as(key string, tenant int64) runs.Access {
	caller := func(lane apiclient.Lane) *apiclient.Caller {
		return r.client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(key)}, lane)
	}
	person, run := caller(apiclient.Person), caller(apiclient.Run)
	return runs.Access{
		Access: live.Access{
			Key: live.Key{Environment: "test", KeyFingerprint: key[:12]}, Session: "s-" + key,
			Scope:  journal.Scope{Environment: "test", Tenant: fmt.Sprint(tenant)},
			Person: person, Run: run, Background: caller(apiclient.Background),
		},
		By:   roster.Author{Operator: "An", Session: "s-" + key},
		Pace: func() runs.Pace { return runs.Pace{Limit: person.RunLimit()} },
		Wait: run.Wait,
	}
}

func (r *rig) close() {
	r.runner.Close()
	r.roster.Close()
	_ = r.store.Close()
	r.client.Close()
	r.stop()
}

// crawl reads the tenant once.
func (r *rig) crawl() {
	r.tenant.StartCrawl(r.access.Access)
	for r.tenant.Progress().Running() {
		time.Sleep(time.Second)
	}
	if p := r.tenant.Progress(); p.Err != nil || p.CompletedAt.IsZero() {
		r.tb.Fatalf("crawl: %+v", p)
	}
}

// plan keeps a plan of the intents and returns its id.
func (r *rig) plan(op runs.Operation, intents []roster.Intent) string {
	r.tb.Helper()
	run, items := runs.Plan(r.tenant, runs.Run{
		Scope: r.access.Scope, State: runs.Planned, Operation: op, PlannedAt: time.Now().UTC(), Operator: "An",
	}, intents, nil)
	id, err := r.store.Runs().Create(r.tb.Context(), run, items)
	if err != nil {
		r.tb.Fatal(err)
	}
	return id
}

func (r *rig) start(id string) {
	r.tb.Helper()
	if err := r.runner.Start(context.WithoutCancel(r.tb.Context()), r.access, id, []runs.State{runs.Planned}, 0); err != nil {
		r.tb.Fatal(err)
	}
}

// over waits for the end of a run and returns it.
func (r *rig) over(id string) runs.Run {
	r.tb.Helper()
	r.runner.Wait(context.WithoutCancel(r.tb.Context()), id, 24*time.Hour)
	run, err := r.store.Runs().Find(r.tb.Context(), r.access.Scope, id)
	if err != nil {
		r.tb.Fatal(err)
	}
	return run
}
