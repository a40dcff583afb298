package roster

import (
	"errors"
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

// TestAPriorityAlone: to add no queue and set a priority sends the list as it is, with
// the priority; nothing where it is that already, and nothing for an agent without queues.
func TestAPriorityAlone(t *testing.T) {
	t.Parallel()
	in := AddIntent("081", apiclient.Callin, nil, new(3))
	k := Knowledge{Agent: Agent{ID: "081", Priority: new("1"), Callin: []Membership{{QueueID: 7}, {QueueID: 9}}}}
	plan := PlanChange(in, k)
	if plan.Nothing || len(plan.Added()) > 0 || len(plan.Removed()) > 0 || !SameSet(plan.After, []int64{7, 9}) || plan.Priority == nil || *plan.Priority != 3 {
		t.Errorf("%+v", plan)
	}
	k.Agent.Priority = new("3")
	if plan := PlanChange(in, k); !plan.Nothing {
		t.Errorf("%+v", plan)
	}
	in.Priority, k.Agent.Callin = new(4), nil
	if err := PlanChange(in, k).Obstacle(Consent{}); !errors.Is(err, ErrEmptyList) {
		t.Error(err)
	}
	remove := RemoveIntent("081", apiclient.Callin, []int64{7})
	remove.Priority, k.Agent.Callin = new(5), []Membership{{QueueID: 7}, {QueueID: 9}}
	if plan := PlanChange(remove, k); !SameSet(plan.After, []int64{9}) || plan.Priority == nil || *plan.Priority != 5 {
		t.Errorf("%+v", plan)
	}
}
