package live_test

import (
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

func office(tb testing.TB) *live.Tenant {
	tb.Helper()
	u := newUpstream(
		&person{id: "082018", name: "Nguyễn Thị Ánh", status: 1, callin: []int64{10}, system: "AVAILABLE", user: "AVAILABLE", priority: "2"},
		&person{id: "0100", name: "Nguyen Van Binh", status: 1, callin: []int64{20, 10}, system: "AVAILABLE", user: "LOGOUT", priority: "10"},
		&person{id: "99", name: "Đặng Đình Đức", status: 0, callin: []int64{20}, system: "NOT AVAILABLE", user: "LOGOUT", priority: "1"},
		&person{id: "100", name: "nguyễn an", status: 1},
		&person{id: "1018", status: 1, callin: []int64{10}},
	)
	u.names = func(q int64) string { return map[int64]string{10: "Chăm sóc khách hàng", 20: "Kỹ thuật"}[q] }
	tenant, _ := setup(tb, u)
	tenant.CrawlNow(tb.Context(), u)
	return tenant
}

func TestSearch(t *testing.T) {
	t.Parallel()
	tenant := office(t)
	for name, c := range map[string]struct {
		q    roster.Query
		want string
	}{
		"all, by extension":     {roster.Query{}, "99 100 0100 1018 082018"},
		"folded":                {roster.Query{Q: "nguyen"}, "0100 100 082018"},
		"accents typed first":   {roster.Query{Q: "Nguyễn"}, "100 082018 0100"},
		"đ":                     {roster.Query{Q: "dinh dang"}, "99"},
		"Đ typed":               {roster.Query{Q: "ĐỨC"}, "99"},
		"prefix before inside":  {roster.Query{Q: "18"}, "1018 082018"},
		"extension first":       {roster.Query{Q: "10"}, "100 1018 0100 082018"},
		"all words":             {roster.Query{Q: "nguyen 082"}, "082018"},
		"queue name":            {roster.Query{Q: "ky thuat"}, "99 0100"},
		"name and queue":        {roster.Query{Q: "nguyen cham"}, "0100 082018"},
		"nothing":               {roster.Query{Q: "zzz"}, ""},
		"queue":                 {roster.Query{Queue: 20}, "99 0100"},
		"status":                {roster.Query{Status: "0"}, "99"},
		"system":                {roster.Query{System: "AVAILABLE"}, "0100 082018"},
		"user":                  {roster.Query{User: "LOGOUT", Status: "1"}, "0100"},
		"active without callin": {roster.Query{Health: roster.HealthNoCallin}, "100"},
		"inactive but queued":   {roster.Query{Health: roster.HealthInactiveQueued}, "99"},
		"kept":                  {roster.Query{Keep: func(id string, _ *bool) bool { return len(id) == 3 }}, "100"},
		"by extension down":     {roster.Query{Sort: "-extension"}, "082018 1018 0100 100 99"},
		// ê is a letter of its own in Vietnamese, after e.
		"by name":      {roster.Query{Sort: "name"}, "99 0100 100 082018 1018"},
		"by name down": {roster.Query{Sort: "-name"}, "082018 100 0100 99 1018"},
		"by priority":  {roster.Query{Sort: "priority"}, "99 082018 0100 100 1018"},
		"by queue":     {roster.Query{Sort: "queue"}, "1018 082018 99 0100 100"},
		"by status":    {roster.Query{Sort: "status"}, "99 100 0100 1018 082018"},
		"second page":  {roster.Query{Page: 1, Size: 2}, "0100 1018"},
		"beyond":       {roster.Query{Page: 9, Size: 2}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tenant.Search(c.q)
			ids := make([]string, 0, len(got.Agents))
			for _, a := range got.Agents {
				ids = append(ids, a.ID)
			}
			if s := strings.Join(ids, " "); s != c.want {
				t.Errorf("found %q, want %q", s, c.want)
			}
		})
	}
}

func TestQueues(t *testing.T) {
	t.Parallel()
	tenant := office(t)
	queues := tenant.Queues(apiclient.Callin)
	if len(queues) != 2 || queues[0].Name != "Chăm sóc khách hàng" || queues[0].Members != 3 || queues[0].Active != 3 || queues[0].Available != 1 {
		t.Errorf("%+v", queues)
	}
	q, ok := tenant.Queue(apiclient.Callin, 20)
	if !ok || len(q.Agents) != 2 || q.Agents[0].Agent.ID != "99" || q.Agents[0].Certainty != roster.Confirmed || q.Available != 0 {
		t.Errorf("%+v", q)
	}
	if _, ok := tenant.Queue(apiclient.Callin, 30); ok {
		t.Error("a queue nobody knows")
	}
}

func TestReadersKeepWhatTheyHave(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2), agentOf("082", 2))
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	before := tenant.Search(roster.Query{})
	u.edit(func() { u.find("081").name = "Somebody else" })
	if _, err := tenant.List(t.Context(), u, apiclient.AgentQuery{Size: 20}); err != nil {
		t.Fatal(err)
	}
	if *before.Agents[0].UserName != "An 081" {
		t.Error("a result changed under its reader")
	}
	if after := tenant.Search(roster.Query{Q: "somebody"}); after.Total != 1 {
		t.Error("the change is not found")
	}
}
