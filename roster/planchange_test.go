package roster

import (
	"testing"

	"github.com/alohub/agentconsole/apiclient"
)

// TestPrioritiesDifferIsAsked: one priority is sent for all rows, so a person decides.
func TestPrioritiesDifferIsAsked(t *testing.T) {
	t.Parallel()
	k := Knowledge{Agent: Agent{ID: "081", Priority: new("1")}, PrioritiesDiffer: true}
	plan := PlanChange(AddIntent("081", apiclient.Callin, []int64{9}, nil), k)
	if !plan.Asks(ConfirmPriority) {
		t.Errorf("asks %v", plan.Questions())
	}
}
