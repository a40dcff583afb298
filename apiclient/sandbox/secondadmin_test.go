package sandbox_test

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestSecondAdminDoesWhatTheAPITakes: every deed is one difference in one agent, said
// as it is, and leaves a list that could have been sent.
func TestSecondAdminDoesWhatTheAPITakes(t *testing.T) {
	t.Parallel()
	r := setup(t)
	admin := r.SecondAdmin()
	joined, left, priorities, callouts, first := 0, 0, 0, 0, 0
	page := r.Agents(sandbox.AloHub)[:20]
	for range 600 {
		before := byID(r.Agents(sandbox.AloHub))
		d, ok := admin.Act()
		if !ok {
			t.Fatal("nothing was done")
		}
		want := before[d.Agent]
		list := &want.Callin
		if d.Kind == sandbox.Callout {
			list = &want.Callout
			callouts++
		}
		switch {
		case d.Priority != 0:
			if want.Priority != nil && *want.Priority == d.Priority {
				t.Errorf("%+v changes nothing", d)
			}
			want.Priority = new(d.Priority)
			priorities++
		case d.Joined:
			*list = append(slices.Clone(*list), d.Queue)
			joined++
		default:
			*list = slices.DeleteFunc(slices.Clone(*list), func(id int64) bool { return id == d.Queue })
			left++
		}
		if len(*list) == 0 || d.UserName != want.UserName || (d.Queue != 0) == (d.QueueName == "") {
			t.Errorf("%+v of %+v", d, want)
		}
		if slices.ContainsFunc(page, func(a sandbox.Agent) bool { return a.ID == d.Agent }) {
			first++
		}
		before[d.Agent] = want
		// Looked at in full only where they differ: that takes its time.
		if after := byID(r.Agents(sandbox.AloHub)); !reflect.DeepEqual(before, after) {
			t.Fatalf("%+v (-want +got):\n%s", d, cmp.Diff(before, after))
		}
	}
	if joined < 50 || left < 50 || priorities < 50 || callouts < 50 || first < 250 || first > 400 {
		t.Errorf("of 600: %d joined, %d left, %d priorities, %d callout, %d on the first page", joined, left, priorities, callouts, first)
	}
	if len(r.Calls()) != 0 {
		t.Error("what they did stands among the calls")
	}
}

func byID(agents []sandbox.Agent) map[string]sandbox.Agent {
	all := make(map[string]sandbox.Agent, len(agents))
	for _, a := range agents {
		all[a.ID] = a
	}
	return all
}

func TestSecondAdminFollowsTheSeed(t *testing.T) {
	t.Parallel()
	deeds := func(seed uint64) []sandbox.Deed {
		r := setup(t, func(c *sandbox.Config) { c.Seed = seed })
		for range 30 {
			r.SecondAdmin().Act()
		}
		return r.SecondAdmin().Deeds()
	}
	one := deeds(7)
	if diff := cmp.Diff(one, deeds(7)); diff != "" || len(one) != 20 {
		t.Errorf("%d deeds (-once +again):\n%s", len(one), diff)
	}
	if cmp.Equal(one, deeds(8)) {
		t.Error("another seed does the same")
	}
}

// TestSecondAdminIsBoundByTheLimit: theirs is the tenant's, and what they use of it
// others do not have.
func TestSecondAdminIsBoundByTheLimit(t *testing.T) {
	t.Parallel()
	r := setup(t, limited(sandbox.Limits{Tenant: 3}))
	for i, want := range []bool{true, true, true, false} {
		if _, ok := r.SecondAdmin().Act(); ok != want {
			t.Errorf("deed %d: %t", i, ok)
		}
	}
	if got := r.get("/v1/agents"); got.status != 429 {
		t.Errorf("a call after three deeds: %d", got.status)
	}
	r.Fail(sandbox.SystemError().On(sandbox.OpQueues))
	r.clock.Advance(10 * time.Second)
	if _, ok := r.SecondAdmin().Act(); !ok || len(r.Faults()) != 1 {
		t.Errorf("done %t, %d faults pending: a fault meant for a call struck them", ok, len(r.Faults()))
	}
}

func TestSecondAdminKeepsThePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		demo := sandbox.Demo(sandbox.DemoOptions{Quiet: true})
		admin := sandbox.New(demo.Config).SecondAdmin()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			admin.Run(ctx)
		}()
		for range 2 {
			for _, tt := range []struct {
				pace        sandbox.Pace
				least, most time.Duration
			}{
				{sandbox.PaceOff, 0, 0},
				{sandbox.PaceFast, time.Second, 2 * time.Second},
				{sandbox.PaceSlow, 4 * time.Second, 8 * time.Second},
			} {
				if err := admin.SetPace(tt.pace); err != nil || admin.Pace() != tt.pace {
					t.Errorf("%s: %v, %s", tt.pace, err, admin.Pace())
				}
				since := time.Now()
				time.Sleep(time.Minute)
				var at []time.Time
				for _, d := range admin.Deeds() {
					if d.At.After(since) {
						at = append(at, d.At)
					}
				}
				if tt.most == 0 {
					if len(at) > 0 {
						t.Errorf("%d deeds while off", len(at))
					}
					continue
				}
				if n := min(int(time.Minute/tt.most), 20); len(at) < n {
					t.Errorf("%s: %d deeds in a minute, want %d", tt.pace, len(at), n)
				}
				for i := range at[1:] {
					if rest := at[i].Sub(at[i+1]); rest < tt.least || rest > tt.most {
						t.Errorf("%s: %s between two deeds", tt.pace, rest)
					}
				}
			}
		}
		stop()
		<-ended
		if err := admin.SetPace("hurried"); err == nil {
			t.Error("a pace that is none was taken")
		}
	})
}

func TestSecondAdminOfNobody(t *testing.T) {
	t.Parallel()
	if d, ok := sandbox.New(sandbox.Config{}).SecondAdmin().Act(); ok {
		t.Errorf("%+v without a tenant", d)
	}
}
