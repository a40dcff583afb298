package web_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestRunPageWeight: the plan of very many agents is one light page.
func TestRunPageWeight(t *testing.T) {
	t.Parallel()
	_, p := runStand(t, func(o *setup) { o.demo.Agents = 2_000 })
	page := p.get(p.plan("operation", "move", "from_ids", "1001226", "queue_ids", "1001010", "all", "matching")).is(http.StatusOK)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(page.body)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if packed.Len() > 30_000 {
		t.Errorf("the page weighs %d bytes compressed", packed.Len())
	}
}

// BenchmarkRunPlan plans a run of 20,000 agents by the list's filters, and opens its page.
func BenchmarkRunPlan(b *testing.B) {
	_, p := runStand(b, func(o *setup) {
		o.demo.Agents = 20_000
		o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.Joined }
	})
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, began := heap(), time.Now()
	var page *answer
	for b.Loop() {
		page = p.get(p.plan("operation", "add", "queue_ids", "1001010", "all", "matching")).is(http.StatusOK)
	}
	b.ReportMetric(time.Since(began).Seconds()/float64(b.N), "s/plan")
	b.ReportMetric((float64(heap())-float64(before))/1e6/float64(b.N), "MB/plan")
	b.ReportMetric(float64(len(page.body)), "B/page")
}
