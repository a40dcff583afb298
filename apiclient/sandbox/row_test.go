package sandbox_test

import (
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
)

// only keeps one agent of AloHub, so that the list is its rows.
func only(r *rig, id string) {
	for _, a := range r.Agents(sandbox.AloHub) {
		if a.ID != id {
			r.RemoveAgent(sandbox.AloHub, a.ID)
		}
	}
}

type shown struct{ CallinID, Callin, Callout, CalloutName []string }

func shownOf(p page) shown {
	return shown{p.column("queueCallinId"), p.column("queueCallin"), p.column("queueCallout"), p.column("queueCalloutName")}
}

func TestStylesOfAnAgentInSeveralQueues(t *testing.T) {
	t.Parallel()
	first := shown{[]string{"1001226"}, []string{"1001226-test"}, []string{"13876"}, []string{"AloHub"}}
	joined := shown{
		[]string{"1001226,1000886,1001002"},
		[]string{"1001226-test,1000886-CSKH Miền Bắc,1001002-Kỹ thuật"},
		[]string{"13876,13877"},
		[]string{"AloHub,Telesale Hà Nội"},
	}
	rows := shown{
		[]string{"1001226", "1001226", "1000886", "1000886", "1001002", "1001002"},
		[]string{"1001226-test", "1001226-test", "1000886-CSKH Miền Bắc", "1000886-CSKH Miền Bắc", "1001002-Kỹ thuật", "1001002-Kỹ thuật"},
		[]string{"13876", "13877", "13876", "13877", "13876", "13877"},
		[]string{"AloHub", "Telesale Hà Nội", "AloHub", "Telesale Hà Nội", "AloHub", "Telesale Hà Nội"},
	}
	r := setup(t)
	only(r, sandbox.DemoSeveral)
	for _, tc := range []struct {
		style sandbox.Style
		want  shown
	}{{sandbox.FirstOnly, first}, {sandbox.Joined, joined}, {sandbox.RowPerQueue, rows}} {
		r.SetStyle(tc.style)
		if diff := cmp.Diff(tc.want, shownOf(r.list("/v1/agents"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.style, diff)
		}
	}
}

func TestVaryingGoesThroughTheStyles(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *sandbox.Config) { c.Style = sandbox.Varying })
	only(r, sandbox.DemoSeveral)
	var rows []int
	var ids []string
	for range 4 {
		p := r.list("/v1/agents")
		rows, ids = append(rows, len(p.Data)), append(ids, p.column("queueCallinId")[0])
	}
	if diff := cmp.Diff([]int{1, 1, 6, 1}, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1001226", "1001226,1000886,1001002", "1001226", "1001226"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

func TestQueueFilterLeavesTheRowsOfThatQueue(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *sandbox.Config) { c.Style = sandbox.RowPerQueue })
	only(r, sandbox.DemoSeveral)
	p := r.list("/v1/agents?queue_id=1000886")
	want := shown{
		[]string{"1000886", "1000886"},
		[]string{"1000886-CSKH Miền Bắc", "1000886-CSKH Miền Bắc"},
		[]string{"13876", "13877"},
		[]string{"AloHub", "Telesale Hà Nội"},
	}
	if diff := cmp.Diff(want, shownOf(p)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	r.SetStyle(sandbox.FirstOnly)
	if diff := cmp.Diff([]string{"1001226"}, r.list("/v1/agents?queue_id=1000886").column("queueCallinId")); diff != "" {
		t.Errorf("first only shows its first queue whatever the filter (-want +got):\n%s", diff)
	}
}

func TestRowPerQueuePagesWithinAnAgent(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *sandbox.Config) { c.Style = sandbox.RowPerQueue })
	only(r, sandbox.DemoSeveral)
	var got []string
	for _, page := range []string{"0", "1", "2"} {
		p := r.list("/v1/agents?size=4&page=" + page)
		got = append(got, strings.Join(p.column("queueCallinId"), " "))
	}
	want := []string{"1001226 1001226 1000886 1000886", "1001002 1001002", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func TestQueuesWithoutAName(t *testing.T) {
	t.Parallel()
	r := setup(t)
	only(r, sandbox.DemoExample)
	r.SetQueues(sandbox.AloHub, sandbox.DemoExample, sandbox.Callin, []int64{999}, nil)
	r.SetQueues(sandbox.AloHub, sandbox.DemoExample, sandbox.Callout, []int64{998}, nil)
	want := shown{[]string{"999"}, []string{"null"}, []string{"998"}, []string{"null"}}
	if diff := cmp.Diff(want, shownOf(r.list("/v1/agents"))); diff != "" {
		t.Errorf("lone (-want +got):\n%s", diff)
	}
	r.SetStyle(sandbox.Joined)
	r.SetQueues(sandbox.AloHub, sandbox.DemoExample, sandbox.Callin, []int64{999, 1001226}, nil)
	r.SetQueues(sandbox.AloHub, sandbox.DemoExample, sandbox.Callout, []int64{998, 13876}, nil)
	want = shown{[]string{"999,1001226"}, []string{"999-,1001226-test"}, []string{"998,13876"}, []string{",AloHub"}}
	if diff := cmp.Diff(want, shownOf(r.list("/v1/agents"))); diff != "" {
		t.Errorf("joined (-want +got):\n%s", diff)
	}
}

func TestTypesOfTheRows(t *testing.T) {
	t.Parallel()
	r := setup(t)
	only(r, sandbox.DemoExample)
	r.EditAgent(sandbox.AloHub, sandbox.DemoExample, func(a *sandbox.Agent) { a.UserName = "" })

	for _, tc := range []struct {
		name   string
		change sandbox.Behaviour
		want   []string
		not    []string
	}{
		{
			"documented",
			sandbox.Behaviour{},
			[]string{`"agentId":"082018"`, `"tenantId":20260310`, `"userName":null`},
			[]string{"isRecord"},
		},
		{
			"numeric agentId",
			sandbox.Behaviour{NumericAgentID: true},
			[]string{`"agentId":82018,`},
			nil,
		},
		{
			"numbers as strings",
			sandbox.Behaviour{NumbersAsStrings: true},
			[]string{`"totalRecord":"1"`, `"tenantId":"20260310"`, `"status":"1"`, `"queueCallout":"13876"`, `"isFollowMe":"1"`},
			nil,
		},
		{
			"nulls omitted",
			sandbox.Behaviour{OmitNulls: true},
			[]string{`"agentId":"082018"`, `"tenantId":20260310`},
			[]string{"userName"},
		},
		{
			"isRecord never set",
			sandbox.Behaviour{ShowRecording: true},
			[]string{`"isRecord":null`, `"userStatus":"LOGOUT"`},
			nil,
		},
	} {
		r.Change(func(b *sandbox.Behaviour) { *b = tc.change })
		body := r.get("/v1/agents").body
		for _, want := range tc.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s in %s", tc.name, want, body)
			}
		}
		for _, not := range tc.not {
			if strings.Contains(body, not) {
				t.Errorf("%s: %s in %s", tc.name, not, body)
			}
		}
	}
	r.put("/v1/agents/082018/recording", `{"enabled":true}`)
	if got := r.list("/v1/agents").column("isRecord"); got[0] != "1" {
		t.Errorf("isRecord %s after recording was switched on", got[0])
	}
}
