package roster

import (
	"testing"

	"github.com/alohub/agentconsole/apiclient"
)

// TestNothingIsSaidOfWhatWasRead: that a list is so already is not said where nothing
// was read of a queue that the intent is about.
func TestNothingIsSaidOfWhatWasRead(t *testing.T) {
	t.Parallel()
	k := Knowledge{
		Agent:  Agent{Callin: []Membership{{QueueID: 1, Certainty: Listed}, {QueueID: 2, Certainty: Listed}}},
		Unsure: []Unsure{EvidenceIncomplete}, Unread: []int64{2, 3},
	}
	for want, ins := range map[bool][]Intent{
		false: {
			ReplaceIntent("081", apiclient.Callin, []int64{1, 2}, nil), AddIntent("081", apiclient.Callin, []int64{2}, nil),
			RemoveIntent("081", apiclient.Callin, []int64{3}),
		},
		true: {AddIntent("081", apiclient.Callin, []int64{1}, nil), RemoveIntent("081", apiclient.Callin, []int64{4})},
	} {
		for _, in := range ins {
			if p := PlanChange(in, k); p.Nothing != want {
				t.Errorf("%s %v: nothing %t", in.Verb, in.Want, p.Nothing)
			}
		}
	}
}
