package live_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// TestSweepServesMany: after one sweep a whole tenant is changed without a read more than
// the writes, and another says what came of each.
func TestSweepServesMany(t *testing.T) {
	t.Parallel()
	for _, style := range []sandbox.Style{sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue} {
		t.Run(fmt.Sprint(style), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rig := newRig(t, 413, func(c *sandbox.Config) { c.Style, c.Limits = style, sandbox.Limits{Tenant: 10_000, Route: 10_000} })
				store := &memory{}
				ros := live.New(live.Config{Journal: store, Logger: quiet()})
				defer ros.Close()
				a := rig.access(rig.demo.Key, "s")
				a.Run = rig.caller(rig.demo.Key, apiclient.Run)
				tenant := ros.Tenant(a)
				tenant.CrawlNow(t.Context(), a.Background)
				time.Sleep(5 * time.Minute)

				var intents []roster.Intent
				for _, id := range tenant.Matching(roster.Query{}) {
					in := roster.AddIntent(id, apiclient.Callin, []int64{777}, nil)
					in.MaxAge, in.NoReadBack = time.Minute, true
					intents = append(intents, in)
				}
				before := len(rig.api.Calls())
				if err := tenant.Sweep(t.Context(), a.Run, intents, nil); err != nil {
					t.Fatal(err)
				}
				first := len(rig.api.Calls()) - before
				var outs []*roster.Outcome
				consent := roster.ConsentOf(true, "unsure:one-shown", true)
				skipped := 0
				for _, in := range intents {
					out, err := tenant.Change(t.Context(), a.Run, in, roster.Author{RunID: "r1"}, consent)
					if err != nil {
						skipped++
						if skipped < 5 {
							t.Logf("%s: %v", in.Agent, err)
						}
						continue
					}
					outs = append(outs, &out)
				}
				sent := len(rig.api.Calls()) - before - first
				if err := tenant.Sweep(t.Context(), a.Run, nil, outs); err != nil {
					t.Fatal(err)
				}
				last := len(rig.api.Calls()) - before - first - sent
				verified := 0
				for _, out := range outs {
					if out.Result == journal.Verified {
						verified++
					}
				}
				if skipped > 0 || sent != len(intents) || verified != len(intents) {
					t.Errorf("%d agents: %d skipped, %d calls, %d verified", len(intents), skipped, sent, verified)
				}
				most := map[sandbox.Style]int{sandbox.FirstOnly: 48, sandbox.RowPerQueue: 32, sandbox.Joined: 14}[style]
				if first+last > most || tenant.SweepCalls(len(intents)) > first+5 || tenant.SweepCalls(len(intents)) < first-5 {
					t.Errorf("%d reads before and %d after, at most %d; said %d", first, last, most, tenant.SweepCalls(len(intents)))
				}
			})
		})
	}
}
