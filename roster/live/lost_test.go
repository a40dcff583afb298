package live_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// TestLostAnswerOfACalloutWrite: the write was applied, and the API shows the first
// number of both lists. Neither the journal nor the page says that it was not, and what
// it added is asked about.
func TestLostAnswerOfACalloutWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u, tenant, store := bench(t)
		defer synctest.Wait()
		u.edit(func() { u.find("081").callout = []int64{50} })
		lost := true
		u.answer = func(_ int, write bool) error {
			if write && lost {
				return applied{&apiclient.UnknownOutcomeError{Cause: context.DeadlineExceeded}}
			}
			return nil
		}
		out, _ := tenant.Change(t.Context(), u, roster.EditIntent("081", apiclient.Callout, []int64{50}, []int64{50, 51}, nil), roster.Author{}, roster.ConsentOf(true, "unsure:callout-one-shown", true))
		if out.Result != journal.Unknown || out.Applied != roster.AppliedUnknown {
			t.Errorf("result %v, applied %v", out.Result, out.Applied)
		}
		lost = false
		time.Sleep(6 * time.Minute)
		_, err := tenant.Change(t.Context(), u, roster.EditIntent("081", apiclient.Callout, []int64{50}, []int64{60}, nil), roster.Author{}, roster.ConsentOf(true, "removal:50", true))
		var confirm *roster.ConfirmError
		if !errors.As(err, &confirm) || roster.ShownBy(confirm.Plan) != "unsure:callout-one-shown,doubtful:51,removal:50" {
			t.Errorf("not asked: left in %v, %v", u.find("081").callout, err)
		}
		if e := store.entries[0]; e.Code == journal.CodeNotApplied {
			t.Errorf("journalled as %v %s", e.Result, e.Code)
		}
	})
}
