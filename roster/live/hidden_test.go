package live_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// TestWhatACalloutListMayHideIsNotSoAlready: the row shows what the person wishes, and what
// they took out may be behind it. It is asked and sent, and not called seen.
func TestWhatACalloutListMayHideIsNotSoAlready(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]roster.Intent{
		"edit":   roster.EditIntent("081", apiclient.Callout, []int64{50}, []int64{51}, nil),
		"remove": roster.RemoveIntent("081", apiclient.Callout, []int64{50}),
	} {
		u, tenant, _ := bench(t)
		u.edit(func() { u.find("081").callout = []int64{51, 50} }) // 51 is shown
		_, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{})
		if confirm := (*roster.ConfirmError)(nil); !errors.As(err, &confirm) || !slices.Contains(confirm.Plan.Unsure, roster.CalloutOneShown) {
			t.Errorf("%s: not asked: %v", name, err)
			continue
		}
		out, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll())
		if err != nil || out.Nothing || len(u.puts) != 1 || !slices.Equal(u.puts[0].ids, []int64{51}) || out.Result != journal.Accepted {
			t.Errorf("%s: %+v, sent %v, %v", name, out.Result, u.puts, err)
		}
	}
}

// TestAnotherCalloutNumberContradictsOurWrite, in the editor's list and by undo, also where
// the journal alone tells of the write: what is not shown is not brought back unasked.
func TestAnotherCalloutNumberContradictsOurWrite(t *testing.T) {
	t.Parallel()
	for _, restarted := range []bool{false, true} {
		u, tenant, store := bench(t)
		u.edit(func() { u.find("081").callout = []int64{50} })
		if _, err := tenant.Change(t.Context(), u, roster.AddIntent("081", apiclient.Callout, []int64{51}, nil), roster.Author{}, roster.ConsentToAll()); err != nil {
			t.Fatal(err)
		}
		u.edit(func() { u.find("081").callout = []int64{51} }) // another person took 50 away
		if restarted {
			tenant, _ = setup(t, u, func(cfg *live.Config) { cfg.Journal = store })
			tenant.CrawlNow(t.Context(), u)
		}
		_, err := tenant.Change(t.Context(), u, roster.AddIntent("081", apiclient.Callout, []int64{52}, nil), roster.Author{}, roster.Consent{})
		confirm := (*roster.ConfirmError)(nil)
		if !errors.As(err, &confirm) || !slices.ContainsFunc(confirm.Plan.Doubts, func(d roster.Doubt) bool { return d.Queue == 50 }) || len(u.puts) != 1 {
			t.Errorf("restarted %t: sent %v, %v", restarted, u.puts[1:], err)
		}
	}
}
