package live_test

import (
	"errors"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// TestWhatOldReadsAloneShowIsNamed: where the agent's row cannot be read whole, or a
// number may hide others, each queue that only an older read has shown is asked about by
// name before it is written again.
func TestWhatOldReadsAloneShowIsNamed(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2, 3), agentOf("082", 1, 2))
	u.cap, u.calloutAll = 1, true
	u.find("081").callout = []int64{50, 51}
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	u.edit(func() {
		u.find("081").callin, u.find("081").callout = []int64{1, 2}, []int64{50}
		u.stuck = true
	})
	for code, in := range map[string]roster.Intent{
		"unread:3": add("081", 9), "unread:51": roster.AddIntent("081", apiclient.Callout, []int64{60}, nil),
	} {
		_, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{})
		var confirm *roster.ConfirmError
		if !errors.As(err, &confirm) {
			t.Fatalf("%s: not asked: %v", code, err)
		}
		named := false
		for _, q := range confirm.Plan.Questions() {
			named = named || q.Code() == code
		}
		if !named {
			t.Errorf("asked %s, not %s", roster.ShownBy(confirm.Plan), code)
		}
	}
}
