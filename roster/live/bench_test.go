package live_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
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

// saveCost is the tenant that a plain add is measured in.
type saveCost struct {
	style  style
	queues int
	outs   int  // callout ids in use
	warm   bool // an editor has stood open for 25 s
}

func (c saveCost) String() string {
	return fmt.Sprintf("%s/%d/%s", manners[c.style], c.queues, map[bool]string{true: "open 25s", false: "cold"}[c.warm])
}

// reads is how many reads one add costs, the read-back included, under 60 calls in ten
// seconds, where all that a crawl read is too old by now.
func (c saveCost) reads(t *testing.T) int {
	t.Helper()
	u := newUpstream()
	for i := range max(c.queues, 12) {
		p := agentOf(fmt.Sprintf("08%03d", i), int64(7*i%c.queues)+1, int64((7*i+1)%c.queues)+1)
		if i < c.outs {
			p.callout = []int64{int64(900 + i)}
		}
		u.people = append(u.people, p)
	}
	u.style = always(c.style)
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	l := &limiter{limit: 60}
	u.answer, u.left = l.answer, l.left
	time.Sleep(10 * time.Minute)
	if c.warm {
		tenant.Warm(access("a", u))
		time.Sleep(25 * time.Second)
	}
	spent := func() int {
		u.mu.Lock()
		defer u.mu.Unlock()
		l.mu.Lock()
		defer l.mu.Unlock()
		return u.lists - l.refused
	}
	before := spent()
	id := "08005"
	s := tenant.Save(t.Context(), u, add(id, int64(c.queues/2)+2), roster.Author{}, roster.ConsentOf(true, "unsure:one-shown", true))
	<-s.Done()
	if out, err := s.Result(); err != nil || out.Result != journal.Verified || len(u.puts) != 1 {
		t.Fatalf("%s: %v, %v", c, out.Result, err)
	}
	return spent() - before
}

// measured runs a measurement by a clock of its own.
func (c saveCost) measured(t *testing.T) (n int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n = c.reads(t)
		synctest.Wait()
	})
	return n
}

// saveBars are what an add may cost at the most.
var saveBars = map[saveCost]int{
	{style: firstOnly, queues: 6, outs: 2}:        12,
	{style: firstOnly, queues: 100, warm: true}:   6,
	{style: joined, queues: 6}:                    2,
	{style: joined, queues: 15}:                   2,
	{style: joined, queues: 100}:                  2,
	{style: joined, queues: 300}:                  2,
	{style: joined, queues: 100, warm: true}:      2,
	{style: rowPerQueue, queues: 6}:               4,
	{style: rowPerQueue, queues: 15}:              4,
	{style: rowPerQueue, queues: 100}:             4,
	{style: rowPerQueue, queues: 300}:             4,
	{style: rowPerQueue, queues: 100, warm: true}: 4,
}

func TestASaveCostsNoMoreReads(t *testing.T) {
	t.Parallel()
	for c, most := range saveBars {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			if n := c.measured(t); n > most {
				t.Errorf("%d reads, at most %d", n, most)
			}
		})
	}
}

// BenchmarkSaveReads counts the reads of a plain add; the time is that of the model.
func BenchmarkSaveReads(b *testing.B) {
	for s := range styles {
		for _, queues := range []int{6, 15, 100, 300} {
			for _, warm := range []bool{false, true} {
				c := saveCost{style: s, queues: queues, outs: 2, warm: warm}
				b.Run(c.String(), func(b *testing.B) {
					reads := 0
					for b.Loop() {
						// A bubble needs a test to stand in.
						all := func(string, string) (bool, error) { return true, nil }
						ok := testing.RunTests(all, []testing.InternalTest{{Name: b.Name(), F: func(t *testing.T) { reads = c.measured(t) }}})
						if !ok {
							b.FailNow()
						}
					}
					b.ReportMetric(float64(reads), "reads/save")
				})
			}
		}
	}
}
