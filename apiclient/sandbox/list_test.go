package sandbox_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
)

// The one answer the vendor's page prints, byte for byte but for white space.
func TestListAnswersTheVendorsExample(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, a := range r.Agents(sandbox.AloHub) {
		if a.ID != sandbox.DemoExample {
			r.RemoveAgent(sandbox.AloHub, a.ID)
		}
	}
	r.Change(func(b *sandbox.Behaviour) { b.TotalRecord = func(int) int { return 413 } })

	got := r.get("/v1/agents")
	want := `{"success":"1","error_code":"SUCCESS","error_message":"SUCCESS","totalRecord":413,"data":[{"tenantId":20260310,"tenantName":"AloHub","agentId":"082018","status":1,"userName":"AloHub.admin","queueCallin":"1001226-test","queueCallout":13876,"queueCalloutName":"AloHub","queueCallinId":"1001226","isFollowMe":1,"priority":"1","systemStatus":"AVAILABLE","userStatus":"LOGOUT"}]}`
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if got.header.Get("Content-Type") != "application/json" {
		t.Errorf("Content-Type %q", got.header.Get("Content-Type"))
	}
}

func TestListShowsNullsAsNull(t *testing.T) {
	t.Parallel()
	r := setup(t)
	p := r.list("/v1/agents?size=100")
	i := slices.Index(p.column("agentId"), sandbox.DemoNone)
	if i < 0 {
		i = findOn(r, sandbox.DemoNone, &p)
	}
	want := map[string]any{
		"tenantId": json.Number("20260310"), "tenantName": "AloHub", "agentId": sandbox.DemoNone, "status": json.Number("1"),
		"userName": nil, "queueCallin": nil, "queueCallout": nil, "queueCalloutName": nil, "queueCallinId": nil,
		"isFollowMe": nil, "priority": nil, "systemStatus": nil, "userStatus": nil,
	}
	if diff := cmp.Diff(want, p.Data[i]); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
}

// findOn goes through the pages until the agent's first row, and leaves its page
// in p.
func findOn(r *rig, id string, p *page) int {
	r.tb.Helper()
	for n := 0; ; n++ {
		*p = r.list("/v1/agents?size=100&page=" + strconv.Itoa(n))
		if i := slices.Index(p.column("agentId"), id); i >= 0 {
			return i
		}
		if len(p.Data) == 0 {
			r.tb.Fatalf("agent %s on no page", id)
		}
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, tc := range []struct {
		query string
		rows  int
	}{
		{"", 20},
		{"?page=0&size=50", 50},
		{"?size=100", 100},
		{"?size=500", 100},
		{"?page=20", 13},
		{"?page=21", 0},
		{"?page=2147483647&size=100", 0},
	} {
		p := r.list("/v1/agents" + tc.query)
		if len(p.Data) != tc.rows || p.TotalRecord != json.Number("413") {
			t.Errorf("%q: %d rows of %v, want %d of 413", tc.query, len(p.Data), p.TotalRecord, tc.rows)
		}
	}
}

func TestListPagesAreDisjointAndOrdered(t *testing.T) {
	t.Parallel()
	for _, style := range []sandbox.Style{sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue} {
		t.Run(style.String(), func(t *testing.T) {
			t.Parallel()
			r := setup(t, func(c *sandbox.Config) { c.Style = style })
			var ids []string
			rows := 0
			for n := 0; ; n++ {
				p := r.list("/v1/agents?size=7&page=" + strconv.Itoa(n))
				if len(p.Data) == 0 {
					if p.TotalRecord != json.Number(strconv.Itoa(rows)) {
						t.Errorf("totalRecord %v, got %d rows", p.TotalRecord, rows)
					}
					break
				}
				rows += len(p.Data)
				ids = append(ids, p.column("agentId")...)
			}
			if !slices.IsSorted(ids) {
				t.Error("rows are not ordered by extension")
			}
			if style == sandbox.RowPerQueue && rows <= 413 {
				t.Errorf("%d rows, want more than agents", rows)
			}
			ids = slices.Compact(ids)
			var want []string
			for _, a := range r.Agents(sandbox.AloHub) {
				want = append(want, a.ID)
			}
			if diff := cmp.Diff(want, ids); diff != "" {
				t.Errorf("agents (-want +got):\n%s", diff)
			}
		})
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	r := setup(t)
	active, inactive := r.list("/v1/agents?status=1"), r.list("/v1/agents?status=0")
	a, _ := active.TotalRecord.(json.Number).Int64()
	i, _ := inactive.TotalRecord.(json.Number).Int64()
	if a+i != 413 || i == 0 {
		t.Errorf("active %d and inactive %d, want 413 together", a, i)
	}
	if slices.Contains(inactive.column("status"), "1") {
		t.Error("status=0 shows active agents")
	}
	members := r.QueueMembers(sandbox.AloHub, sandbox.Callin, 1001002)
	p := r.list("/v1/agents?queue_id=1001002&size=100")
	if diff := cmp.Diff(members, p.column("agentId")); diff != "" {
		t.Errorf("queue_id (-want +got):\n%s", diff)
	}
	if p := r.list("/v1/agents?queue_id=13876"); len(p.Data) != 0 {
		t.Error("queue_id matched a callout queue")
	}
	both := r.list("/v1/agents?queue_id=1000886&status=0&size=100")
	if !slices.Contains(both.column("agentId"), sandbox.DemoInactive) || slices.Contains(both.column("status"), "1") {
		t.Errorf("status and queue_id together: %v", both.column("agentId"))
	}
}

func TestListFilterOnTheShownQueueOnly(t *testing.T) {
	t.Parallel()
	r := setup(t, func(c *sandbox.Config) { c.QueueFilter = sandbox.MatchShown })
	p := r.list("/v1/agents?queue_id=1001002&size=100")
	if slices.Contains(p.column("agentId"), sandbox.DemoSeveral) {
		t.Error("found by a queue its row does not show")
	}
	for _, id := range p.column("queueCallinId") {
		if id != "1001002" {
			t.Errorf("row shows %s", id)
		}
	}
	if p := r.list("/v1/agents?queue_id=1001226&size=100"); !slices.Contains(p.column("agentId"), sandbox.DemoSeveral) {
		t.Error("not found by the queue its row shows")
	}
}

func TestListRefusesBadParameters(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for _, query := range []string{"status=2", "status=x", "queue_id=abc", "queue_id=0", "page=-1", "size=0", "size=1e3", "page=99999999999999999999", "team_id=x"} {
		wantRefusal(t, r.get("/v1/agents?"+query), http.StatusBadRequest, "INVALID_INPUT", query[:4])
	}
}

func TestListOptions(t *testing.T) {
	t.Parallel()
	r := setup(t)
	first := r.list("/v1/agents").column("agentId")

	r.Change(func(b *sandbox.Behaviour) { b.IgnoreSize = true })
	if n := len(r.list("/v1/agents?size=50").Data); n != 20 {
		t.Errorf("IgnoreSize: %d rows", n)
	}
	r.Change(func(b *sandbox.Behaviour) { *b = sandbox.Behaviour{MaxSize: 30} })
	if n := len(r.list("/v1/agents?size=50").Data); n != 30 {
		t.Errorf("MaxSize 30: %d rows", n)
	}
	r.Change(func(b *sandbox.Behaviour) { *b = sandbox.Behaviour{MaxSize: -1} })
	if n := len(r.list("/v1/agents?size=1000").Data); n != 413 {
		t.Errorf("MaxSize -1: %d rows", n)
	}
	r.Change(func(b *sandbox.Behaviour) { *b = sandbox.Behaviour{IgnorePage: true} })
	if diff := cmp.Diff(first, r.list("/v1/agents?page=3").column("agentId")); diff != "" {
		t.Errorf("IgnorePage (-want +got):\n%s", diff)
	}
	r.Change(func(b *sandbox.Behaviour) {
		*b = sandbox.Behaviour{TotalRecord: func(n int) int { return -n }}
	})
	if p := r.list("/v1/agents"); p.TotalRecord != json.Number("-413") {
		t.Errorf("TotalRecord: %v", p.TotalRecord)
	}
}
