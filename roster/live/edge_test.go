package live_test

import (
	"slices"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// TestCalloutOfAnAgentAtAPagesEdge: what somebody else took away is gone, though the
// agent's rows may go on over the page's edge.
func TestCalloutOfAnAgentAtAPagesEdge(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.find("083").callout = []int64{50} })
	tenant.CrawlNow(t.Context(), u)
	u.edit(func() { u.find("083").callout = []int64{55} })
	tenant.CrawlNow(t.Context(), u)
	if a, _ := tenant.Known("083"); !slices.Equal(roster.IDs(a.Callout), []int64{55}) {
		t.Errorf("after a crawl: callout %v", roster.IDs(a.Callout))
	}
	u.edit(func() { u.find("083").callout = []int64{60} })
	a, err := tenant.Gather(t.Context(), u, "083", apiclient.Callout, 0)
	if got := roster.IDs(a.Callout); err != nil || !slices.Equal(got, []int64{60}) {
		t.Errorf("callout %v, %v", got, err)
	}
	u.edit(func() { u.find("083").callout = nil })
	out, err := tenant.Change(t.Context(), u, roster.AddIntent("083", apiclient.Callout, []int64{70}, nil), roster.Author{},
		roster.ConsentOf(true, "unsure:callout-one-shown", true))
	if err != nil || !slices.Equal(u.find("083").callout, []int64{70}) {
		t.Errorf("left in %v, %v %v", u.find("083").callout, out.Plan.Unsure, err)
	}
}

// TestSeveralCalloutQueuesAtAPagesEdge: the row shows two, and so hides none. What an
// older one showed is gone, and not asked about.
func TestSeveralCalloutQueuesAtAPagesEdge(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.find("083").callout, u.calloutAll = []int64{40, 41}, true })
	tenant.CrawlNow(t.Context(), u)
	u.edit(func() { u.find("083").callout = []int64{50, 51} })
	in := roster.EditIntent("083", apiclient.Callout, []int64{50, 51}, []int64{50, 51, 52}, nil)
	out, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{})
	if err != nil {
		t.Errorf("before %v, %v", roster.IDs(out.Plan.Before), err)
	}
}
