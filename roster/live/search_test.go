package live_test

import (
	"strconv"
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
		&person{id: "0100", name: "Nguyen Van Binh", status: 1, callin: []int64{20, 10}, callout: []int64{7}, system: "AVAILABLE", user: "LOGOUT", priority: "10"},
		&person{id: "99", name: "Đặng Đình Đức", status: 0, callin: []int64{20}, system: "NOT AVAILABLE", user: "LOGOUT", priority: "1"},
		&person{id: "100", name: "nguyễn an", status: 1},
		&person{id: "1018", status: 1, callin: []int64{10}, callout: []int64{7}},
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
		"i for y in a queue":    {roster.Query{Q: "Kĩ thuật"}, "99 0100"},
		"a word's beginning":    {roster.Query{Q: "Ngu"}, "100 0100 082018"},
		"from a spreadsheet":    {roster.Query{Q: `="082018"`}, "082018"},
		"full-width":            {roster.Query{Q: "０８２０１８\u200b"}, "082018"},
		"as a Mac types it":     {roster.Query{Q: "A\u0301nh"}, "082018"},
		"queue":                 {roster.Query{Queue: 20}, "99 0100"},
		"status":                {roster.Query{Status: "0"}, "99"},
		"system":                {roster.Query{System: "AVAILABLE"}, "0100 082018"},
		"user":                  {roster.Query{User: "LOGOUT", Status: "1"}, "0100"},
		"active without callin": {roster.Query{Health: roster.HealthNoCallin}, "100"},
		"inactive but queued":   {roster.Query{Health: roster.HealthInactiveQueued}, "99"},
		"kept":                  {roster.Query{Keep: func(id string, _ *bool) bool { return len(id) == 3 }}, "100"},
		"by extension down":     {roster.Query{Sort: "-extension"}, "082018 1018 0100 100 99"},
		// An, Ánh, Binh, Đức: the given names.
		"by name":      {roster.Query{Sort: "name"}, "100 082018 0100 99 1018"},
		"by name down": {roster.Query{Sort: "-name"}, "99 0100 082018 100 1018"},
		"by priority":  {roster.Query{Sort: "priority"}, "99 082018 0100 100 1018"},
		"by queue":     {roster.Query{Sort: "queue"}, "1018 082018 99 0100 100"},
		"by status":    {roster.Query{Sort: "status"}, "99 100 0100 1018 082018"},
		"callout":      {roster.Query{Callout: 7}, "0100 1018"},
		"people":       {roster.Query{Q: "ky thuat", PeopleOnly: true}, ""},
		"one of them":  {roster.Query{Q: "nguyen", PeopleOnly: true, Queue: 10}, "0100 082018"},
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
	in := tenant.Search(roster.Query{Queue: 20}).Agents
	if !ok || len(in) != 2 || in[0].ID != "99" || q.Members != 2 || q.Certainty != roster.Confirmed || q.Available != 0 {
		t.Errorf("%+v with %+v", q, in)
	}
	if _, ok := tenant.Queue(apiclient.Callin, 30); ok {
		t.Error("a queue nobody knows")
	}
}

func TestFindQueues(t *testing.T) {
	t.Parallel()
	u := newUpstream(
		&person{id: "1", status: 1, callin: []int64{1001, 21, 30}, system: "AVAILABLE"},
		&person{id: "2", status: 1, callin: []int64{1001, 21}, system: "AVAILABLE", user: "LOGOUT"},
		&person{id: "3", status: 0, callin: []int64{1001, 2001}},
	)
	u.names = func(q int64) string {
		return map[int64]string{1001: "Kỹ thuật", 21: "Đặt lịch", 2001: "Chăm sóc"}[q]
	}
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	for name, c := range map[string]struct {
		q     roster.QueueQuery
		want  string
		total int
	}{
		"by id":                 {roster.QueueQuery{}, "21 30 1001 2001", 4},
		"by name, none last":    {roster.QueueQuery{Sort: "name"}, "2001 21 1001 30", 4},
		"down, none last still": {roster.QueueQuery{Sort: "-name"}, "1001 21 2001 30", 4},
		"by need":               {roster.QueueQuery{Sort: "available"}, "2001 21 30 1001", 4},
		"by members down":       {roster.QueueQuery{Sort: "-members"}, "1001 21 30 2001", 4},
		"by active":             {roster.QueueQuery{Sort: "active"}, "2001 30 21 1001", 4},
		"the id's beginning":    {roster.QueueQuery{Q: "2"}, "21 2001", 2},
		"not its middle":        {roster.QueueQuery{Q: "001"}, "", 0},
		"folded":                {roster.QueueQuery{Q: "dat lich"}, "21", 1},
		"i for y":               {roster.QueueQuery{Q: "Kĩ"}, "1001", 1},
		"all words":             {roster.QueueQuery{Q: "20 cham"}, "2001", 1},
		"a page":                {roster.QueueQuery{Page: 1, Size: 3}, "2001", 4},
		"beyond":                {roster.QueueQuery{Page: 9, Size: 3}, "", 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, total := tenant.FindQueues(apiclient.Callin, c.q)
			ids := make([]string, 0, len(page))
			for _, q := range page {
				ids = append(ids, strconv.FormatInt(q.ID, 10))
			}
			if got := strings.Join(ids, " "); got != c.want || total != c.total {
				t.Errorf("found %q of %d, want %q of %d", got, total, c.want, c.total)
			}
		})
	}
}

func TestOutside(t *testing.T) {
	t.Parallel()
	tenant := office(t)
	ids := func(agents []roster.Agent) string {
		var out []string
		for _, a := range agents {
			out = append(out, a.ID)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"", 9, "99 100"}, {"", 1, "99"}, {"nguyen", 9, "100"}, {"ky thuat", 9, ""}} {
		if got := ids(tenant.Outside(apiclient.Callin, 10, c.text, c.most)); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	if got := tenant.PeopleNamed("NGUYEN AN"); len(got) != 1 || got[0] != "100" {
		t.Errorf("named: %v", got)
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

// TestLostZerosAreSuggested, where one extension alone is meant.
func TestLostZerosAreSuggested(t *testing.T) {
	t.Parallel()
	tenant := office(t)
	for text, want := range map[string]string{"82018": "082018", "0082018": "082018", "082018": "", "100": "0100", "0100": "100", "00100": "", "82019": "", "": "", "x": ""} {
		if got := tenant.ExtensionLike(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestQueuesByName: a name is one queue's however it is typed, and two queues' where two
// have it; what is no one's offers those that may be meant.
func TestQueuesByName(t *testing.T) {
	t.Parallel()
	u := newUpstream(&person{id: "1", status: 1, callin: []int64{10, 20, 24, 25, 30, 31}})
	u.style = func(int) style { return joined }
	u.names = func(q int64) string {
		return map[int64]string{10: "Chăm sóc khách hàng", 20: "Kỹ thuật", 24: "Ca đêm", 25: "24-7 Support", 30: "Bảo hành", 31: "Bảo hành"}[q]
	}
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	ids := func(queues []roster.Queue) (out string) {
		for _, q := range queues {
			out += " " + strconv.FormatInt(q.ID, 10)
		}
		return strings.TrimSpace(out)
	}
	for text, want := range map[string][2]string{
		"Kỹ thuật": {"20", "20"}, "KĨ\u00a0THUẬT": {"20", "20"}, "ky thuat": {"20", "20"}, "Bảo hành": {"30 31", "30 31"},
		"khách hàng": {"", "10"}, "24-7 Sup": {"", "24 25"}, "Ca đêm (cũ)": {"", "24"}, "": {"", "10 20 24 25 30 31"}, "xyz": {"", ""},
	} {
		named, like := ids(tenant.QueuesNamed(apiclient.Callin, text)), ids(tenant.QueuesLike(apiclient.Callin, text))
		if named != want[0] || like != want[1] {
			t.Errorf("%q: named %q, like %q; want %q", text, named, like, want)
		}
	}
}
