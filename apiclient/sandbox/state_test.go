package sandbox_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
)

func TestStateIsACopy(t *testing.T) {
	t.Parallel()
	r := setup(t)
	a := r.agent(sandbox.DemoSeveral)
	a.Callin[0], *a.Priority, *a.FollowMe = 1, 99, true
	r.Agents(sandbox.AloHub)[0].Callin[0] = 1
	ids := []int64{1000888}
	r.SetQueues(sandbox.AloHub, sandbox.DemoSeveral, sandbox.Callout, ids, nil)
	ids[0] = 1
	got := r.agent(sandbox.DemoSeveral)
	if diff := cmp.Diff([]int64{1001226, 1000886, 1001002}, got.Callin); diff != "" || *got.Priority != 2 || *got.FollowMe || got.Callout[0] != 1000888 {
		t.Errorf("the server shares memory with its caller: %+v", got)
	}
}

func TestOneConfigMakesTwoServers(t *testing.T) {
	t.Parallel()
	c := sandbox.Demo(sandbox.DemoOptions{Quiet: true}).Config
	a, b := setupWith(t, c), setupWith(t, c)
	a.put(putQueues, `{"queue_ids":[1000888],"priority":5}`)
	a.EditAgent(sandbox.AloHub, "082018", func(a *sandbox.Agent) { *a.FollowMe = false })
	if got := b.agent("082018"); got.Callin[0] != 1001226 || *got.Priority != 1 || !*got.FollowMe {
		t.Errorf("a change went over to the other server: %+v", got)
	}
}

func TestStateSetters(t *testing.T) {
	t.Parallel()
	r := setup(t)
	const id = sandbox.DemoSeveral
	r.SetQueues(sandbox.AloHub, id, sandbox.Callin, nil, new(8))
	r.SetStatus(sandbox.AloHub, id, sandbox.NotAvailable, "")
	r.SetActive(sandbox.AloHub, id, false)
	r.EditAgent(sandbox.AloHub, id, func(a *sandbox.Agent) { a.ID = "other" })
	got := r.agent(id)
	if len(got.Callin) != 0 || *got.Priority != 8 || got.SystemStatus != sandbox.NotAvailable || got.UserStatus != "" || got.Active {
		t.Errorf("%+v", got)
	}
	if r.SetActive(sandbox.AloHub, "nobody", true) || r.SetStatus(1, id, "", "") || r.RemoveAgent(1, id) || r.AddAgent(1, got) {
		t.Error("a setter found what is not there")
	}
	if _, ok := r.Agent(1, id); ok || r.Agents(1) != nil {
		t.Error("found a tenant that is not there")
	}
	r.AddAgent(sandbox.AloHub, sandbox.Agent{ID: "000001", UserName: "mới", Active: true})
	if p := r.list("/v1/agents?size=1"); p.Data[0]["agentId"] != "000001" {
		t.Errorf("first row %v", p.Data[0])
	}
	r.AddAgent(sandbox.AloHub, sandbox.Agent{ID: "000001", UserName: "khác", Active: true})
	if !r.RemoveAgent(sandbox.AloHub, "000001") || r.RemoveAgent(sandbox.AloHub, "000001") {
		t.Error("an agent added twice is there twice")
	}
	if len(r.CallsOf(sandbox.OpQueues)) != 0 {
		t.Error("a setter was recorded as a call")
	}
}

func TestBeforeMayInterleave(t *testing.T) {
	t.Parallel()
	var r *rig
	r = setup(t, func(c *sandbox.Config) {
		c.Before = func(req *http.Request) {
			if req.Method == http.MethodGet {
				r.SetQueues(sandbox.AloHub, sandbox.DemoExample, sandbox.Callin, []int64{1000887}, nil)
			}
		}
	})
	only(r, sandbox.DemoExample)
	if got := r.list("/v1/agents").column("queueCallinId"); got[0] != "1000887" {
		t.Errorf("the row shows %v", got)
	}
	if got := r.put(putQueues, `{"queue_ids":[1000888]}`); got.status != 200 {
		t.Errorf("the hook took the body: %d %s", got.status, got.body)
	}
}

func TestCalls(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *sandbox.Config) { c.MaxCalls = 3 })
	r.get("/v1/agents?size=2", "X-Tenant-ID", "20260310")
	r.clock.Advance(time.Second)
	r.put("/api/v1/agents/082018/queues?type=callout", `{"queue_ids":[13877]}`)
	r.get("/nowhere", "X-Api-Key", "")

	calls := r.Calls()
	type essence struct {
		At           time.Duration
		Method, Path string
		Op           sandbox.Op
		Agent, Body  string
		Tenant       int64
		HasKey       bool
		Status       int
	}
	var got []essence
	for _, c := range calls {
		got = append(got, essence{c.Time.Sub(calls[0].Time), c.Method, c.Path, c.Op, c.Agent, c.Body, c.Tenant, c.HasKey, c.Status})
	}
	want := []essence{
		{0, "GET", "/v1/agents", sandbox.OpList, "", "", sandbox.AloHub, true, 200},
		{time.Second, "PUT", "/api/v1/agents/082018/queues", sandbox.OpQueues, "082018", `{"queue_ids":[13877]}`, sandbox.AloHub, true, 200},
		{time.Second, "GET", "/nowhere", "", "", "", 0, false, 404},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if calls[0].Query.Get("size") != "2" || calls[0].Header.Get("X-Tenant-ID") != "20260310" || calls[1].Query.Get("type") != "callout" {
		t.Errorf("query or header lost: %+v", calls)
	}
	r.get("/v1/agents?size=9")
	if calls := r.Calls(); len(calls) != 3 || calls[0].Op != sandbox.OpQueues || calls[2].Query.Get("size") != "9" {
		t.Errorf("the cap keeps %d calls, first %s", len(calls), calls[0].Op)
	}
	r.Fail(sandbox.RateLimited("1"))
	r.get("/v1/agents")
	if r.Count429() != 1 {
		t.Errorf("Count429 %d", r.Count429())
	}
	r.ResetCalls()
	if len(r.Calls()) != 0 || r.Count429() != 0 {
		t.Error("ResetCalls left something")
	}
}

// Worth its while only under -race.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *sandbox.Config) { c.Drift = time.Second; c.Style = sandbox.Varying }, limited(sandbox.Limits{Tenant: 1000}))
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			for i := range 10 {
				r.get("/v1/agents?queue_id=1001226")
				r.put(putQueues, fmt.Sprintf(`{"queue_ids":[%d],"priority":%d}`, n+1, i))
				r.Fail(sandbox.SystemError())
				r.SetQueues(sandbox.AloHub, "082018", sandbox.Callout, []int64{13876}, nil)
				r.SetStyle(sandbox.Style(i % 4))
				r.clock.Advance(time.Millisecond)
				r.Agents(sandbox.AloHub)
				r.Calls()
			}
		})
	}
	group.Wait()
	if n := len(r.Calls()); n != 160 {
		t.Errorf("%d calls recorded, want 160", n)
	}
}
