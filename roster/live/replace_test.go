package live_test

import (
	"errors"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// TestReplacementOfARowThatIsOldIsNotAlreadySo: every page is the first one, and the
// agent's rows go on beyond it.
func TestReplacementOfARowThatIsOldIsNotAlreadySo(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1), agentOf("082", 1, 2))
	u.style, u.cap, u.stuck = always(rowPerQueue), 2, true
	tenant, _ := setup(t, u)
	in := roster.ReplaceIntent("082", apiclient.Callin, []int64{1}, nil)
	out, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{})
	if !errors.As(err, new(*roster.ConfirmError)) {
		t.Errorf("nothing %t, left in %v, %v", out.Nothing, u.find("082").callin, err)
	}
}

// TestReplacementOfWhatIsInDoubtIsNotAlreadySo: we put the agent into 2, and reads do
// not show it. That the list is to be 1 alone is no "already so": 2 is asked about.
func TestReplacementOfWhatIsInDoubtIsNotAlreadySo(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1), agentOf("082", 1, 2))
	src := lagging{u, map[string][]int64{"081": {1}}}
	tenant, _ := setup(t, src)
	tenant.CrawlNow(t.Context(), src)
	if _, err := tenant.Change(t.Context(), src, add("081", 2), roster.Author{}, roster.ConsentToAll()); err != nil {
		t.Fatal(err)
	}
	in := roster.ReplaceIntent("081", apiclient.Callin, []int64{1}, nil)
	out, err := tenant.Change(t.Context(), src, in, roster.Author{}, roster.Consent{})
	var confirm *roster.ConfirmError
	if !errors.As(err, &confirm) || roster.ShownBy(confirm.Plan) != "doubtful:2" {
		t.Errorf("nothing %t, left in %v, %v", out.Nothing, u.find("081").callin, err)
	}
}
