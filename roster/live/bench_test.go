package live_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

var sizes = []int{413, 5000, 20000}

var (
	families = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Bùi", "Đỗ", "Hồ"}
	middles  = []string{"Thị", "Văn", "Đình", "Ngọc", "Minh"}
	givens   = []string{"Ánh", "Bình", "Châu", "Dũng", "Đức", "Hạnh", "Hương", "Khánh", "Linh", "Mỹ", "Nguyệt", "Phương"}
)

// tenantOf is a tenant of n agents in 40 queues, up to three each.
func tenantOf(n int) *upstream {
	people := make([]*person, 0, n)
	for i := range n {
		p := &person{
			id:   fmt.Sprintf("08%05d", i),
			name: fmt.Sprintf("%s %s %s %d", families[i%8], middles[i%5], givens[i%12], i%97), status: 1,
			priority: fmt.Sprint(1 + i%5), system: "AVAILABLE", user: []string{"AVAILABLE", "LOGOUT"}[i%2],
		}
		for k := range 1 + i%3 {
			p.callin = append(p.callin, int64(1001200+(i*7+k*13)%40))
		}
		people = append(people, p)
	}
	return newUpstream(people...)
}

func forSizes(b *testing.B, f func(b *testing.B, n int, u *upstream, t *live.Tenant)) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			u := tenantOf(n)
			tenant, _ := setup(b, u)
			tenant.CrawlNow(b.Context(), u)
			tenant.MakeSnapshot()
			b.ReportAllocs()
			f(b, n, u, tenant)
		})
	}
}

// canned is an upstream that costs nothing: its answers were made beforehand.
type canned struct {
	*upstream
	pages map[apiclient.AgentQuery]*apiclient.AgentPage
}

func canAnswers(tb testing.TB, u *upstream, r *live.Tenant) canned {
	tb.Helper()
	c := canned{u, make(map[apiclient.AgentQuery]*apiclient.AgentPage)}
	r.CrawlNow(tb.Context(), &filling{c})
	return c
}

type filling struct{ canned }

func (f *filling) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	p, err := f.upstream.ListAgents(ctx, q)
	f.pages[q] = p
	return p, err
}

func (c canned) ListAgents(_ context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	return c.pages[q], nil
}

// BenchmarkCrawl is a whole crawl but for the upstream's own time, and what an
// agent then takes in memory, indexes for searching and sorting included.
func BenchmarkCrawl(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			u := tenantOf(n)
			first, _ := setup(b, u)
			src := canAnswers(b, u, first)
			b.ReportAllocs()
			var kept uint64
			for b.Loop() {
				b.StopTimer()
				before := heap()
				tenant, _ := setup(b, src)
				b.StartTimer()
				tenant.CrawlNow(b.Context(), src)
				tenant.MakeSnapshot()
				b.StopTimer()
				kept = heap() - before
				runtime.KeepAlive(tenant)
				b.StartTimer()
			}
			b.ReportMetric(float64(kept)/float64(n), "bytes/agent")
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkSearch(b *testing.B) {
	for name, q := range map[string]roster.Query{
		"folded":    {Q: "nguyen binh", Size: 50},
		"accented":  {Q: "Nguyễn Ánh", Size: 50},
		"extension": {Q: "0801", Size: 50},
		"queue":     {Q: "q1001207", Size: 50},
		"nothing":   {Q: "zzzzzz", Size: 50},
		"health":    {Health: roster.HealthNoCallin, Size: 50},
		"by name":   {Q: "duc", Sort: "-name", Size: 50},
	} {
		b.Run(name, func(b *testing.B) {
			forSizes(b, func(b *testing.B, _ int, _ *upstream, t *live.Tenant) {
				for b.Loop() {
					t.Search(q)
				}
			})
		})
	}
}

// BenchmarkSearchAfterAChange includes what a change of the book costs the next
// reader: a view, and the order by name.
func BenchmarkSearchAfterAChange(b *testing.B) {
	forSizes(b, func(b *testing.B, _ int, u *upstream, t *live.Tenant) {
		for b.Loop() {
			b.StopTimer()
			_, _ = t.List(b.Context(), u, apiclient.AgentQuery{Size: 20})
			b.StartTimer()
			t.Search(roster.Query{Q: "nguyen binh", Sort: "name", Size: 50})
		}
	})
}

// BenchmarkListPage is a page of the list from the snapshot.
func BenchmarkListPage(b *testing.B) {
	forSizes(b, func(b *testing.B, n int, _ *upstream, t *live.Tenant) {
		for b.Loop() {
			t.Search(roster.Query{Page: n / 200, Size: 100})
		}
	})
}

func BenchmarkQueues(b *testing.B) {
	forSizes(b, func(b *testing.B, _ int, _ *upstream, t *live.Tenant) {
		for b.Loop() {
			t.Queues(apiclient.Callin)
		}
	})
}

func BenchmarkPlan(b *testing.B) {
	forSizes(b, func(b *testing.B, _ int, _ *upstream, t *live.Tenant) {
		a, _ := t.Known("0800002")
		base := roster.IDs(a.Callin)
		in := roster.EditIntent(a.ID, apiclient.Callin, base, append(base[1:len(base):len(base)], 7), nil)
		for b.Loop() {
			if p := t.Preview(in, roster.Author{}); len(p.After) == 0 {
				b.Fatal(p)
			}
		}
	})
}
