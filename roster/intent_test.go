package roster

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
)

// TestIntentsAndPlansCanBeStored: a run is a list of wishes that outlives the
// process, so nothing of one may be lost on paper.
func TestIntentsAndPlansCanBeStored(t *testing.T) {
	t.Parallel()
	entry := journal.Entry{
		ID: "7", Agent: "081", Kind: journal.Callin, BeforeKnown: true, Result: journal.Verified,
		Before: []int64{1, 2}, After: []int64{2, 3}, PriorityBefore: "1", PriorityAfter: "2",
	}
	undo, err := UndoIntent(entry)
	if err != nil {
		t.Fatal(err)
	}
	edit := EditIntent("081", apiclient.Callin, []int64{1}, []int64{1, 9}, new(3))
	edit.PriorityBase = new("1")
	for _, in := range []Intent{
		edit, undo, AddIntent("082", apiclient.Callout, []int64{5}, nil), RemoveIntent("081", apiclient.Callin, []int64{1}),
		ReplaceIntent("081", apiclient.Callin, []int64{4}, nil), RecordingIntent("081", true),
		MoveIntent("081", apiclient.Callin, []int64{2}, []int64{9}, new(4)), SwapIntent("081", apiclient.Callout, []int64{2, 9}, []int64{9}, nil),
	} {
		k := Knowledge{Agent: Agent{ID: in.Agent, Callin: []Membership{{QueueID: 2, Certainty: Confirmed}, {QueueID: 3}}, Priority: new("2")}}
		plan := PlanChange(in, k)
		stored, err := json.Marshal(plan)
		if err != nil {
			t.Fatal(err)
		}
		var read Plan
		if err := json.Unmarshal(stored, &read); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plan, read); diff != "" {
			t.Errorf("%s: %s", in.Verb, diff)
		}
		if again := PlanChange(read.Intent, k); !cmp.Equal(again, plan) {
			t.Errorf("%s: plans otherwise when read back: %+v", in.Verb, again)
		}
	}
}

func TestConsentCoversWhatWasShown(t *testing.T) {
	t.Parallel()
	k := Knowledge{
		Agent:  Agent{ID: "081", Callin: []Membership{{QueueID: 1}, {QueueID: 2}, {QueueID: 3}}},
		Others: map[int64]Others{1: {Available: 0}, 2: {Available: 4}},
		Unsure: []Unsure{OneShown},
	}
	plan := PlanChange(RemoveIntent("081", apiclient.Callin, []int64{1, 2}), k)
	if got := ShownBy(plan); got != "unsure:one-shown,removal:1,removal:2,queue:1" {
		t.Fatalf("asks %q", got)
	}
	for name, c := range map[string]struct {
		consent Consent
		want    bool
	}{
		"nobody":         {Consent{}, false},
		"a no":           {ConsentOf(false, "unsure:one-shown,removal:1,removal:2,queue:1", true), false},
		"all shown":      {ConsentOf(true, "unsure:one-shown,removal:1,removal:2,queue:1", true), true},
		"more than that": {ConsentOf(true, "unsure:one-shown,removal:1,removal:2,removal:3,queue:1,priority", true), true},
		"less":           {ConsentOf(true, "unsure:one-shown,removal:1,removal:2", true), false},
		"another queue":  {ConsentOf(true, "unsure:one-shown,removal:1,removal:3,queue:1", true), false},
		"nothing named":  {ConsentOf(true, "", false), true},
		"named nothing":  {ConsentOf(true, "", true), false},
		"to all":         {ConsentToAll(), true},
	} {
		err := plan.Obstacle(c.consent)
		if covered := err == nil; covered != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if confirm := (*ConfirmError)(nil); !c.want && !errors.As(err, &confirm) {
			t.Errorf("%s: %v is no question", name, err)
		}
	}
}

// TestFormSaysTheSameEverywhere: what stands beside Save comes from the form, so a
// console that has not read the agent shows what one that has does.
func TestFormSaysTheSameEverywhere(t *testing.T) {
	t.Parallel()
	unread := Knowledge{}
	read := Knowledge{Agent: Agent{ID: "081", Priority: new("7"), Callin: []Membership{{QueueID: 1, Certainty: Confirmed}, {QueueID: 5}}}}
	for name, c := range map[string]struct {
		base, want     []int64
		priority, from string
		nothing, empty bool
		sends          int
	}{
		"unchanged":        {base: []int64{1, 2}, want: []int64{2, 1}, priority: "2", from: "2", nothing: true, sends: 2},
		"added":            {base: []int64{1, 2}, want: []int64{1, 2, 3}, priority: "2", from: "2", sends: 2},
		"priority changed": {base: []int64{1, 2}, want: []int64{1, 2}, priority: "4", from: "2", sends: 4},
		"emptied":          {base: []int64{1, 2}, priority: "2", from: "2", empty: true, sends: 2},
	} {
		in := EditIntent("081", apiclient.Callin, c.base, c.want, nil)
		in.PriorityBase = &c.from
		n, _ := number(c.priority)
		in.Priority = &n
		for console, k := range map[string]Knowledge{"has not read it": unread, "has": read} {
			p := PlanForm(in, k)
			if p.Nothing != c.nothing || p.Conflict != nil || p.Empty() != c.empty || p.Agent.ID != "081" || p.Priority == nil || *p.Priority != c.sends {
				t.Errorf("%s, a console that %s: %+v", name, console, p)
			}
			if !SameSet(p.After, c.want) || !SameSet(p.Removed(), Minus(c.base, c.want)) {
				t.Errorf("%s, a console that %s: sends %v", name, console, p.After)
			}
		}
	}
}

// TestMoving: from A to B is one list to send, and who is not in A is not moved; who joins
// and leaves does both, wherever they are.
func TestMoving(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in      Intent
		has     []int64
		after   []int64
		nothing bool
	}{
		{MoveIntent("081", apiclient.Callin, []int64{1}, []int64{9}, nil), []int64{1, 2}, []int64{2, 9}, false},
		{MoveIntent("081", apiclient.Callin, []int64{1, 2}, []int64{9}, nil), []int64{2}, []int64{9}, false},
		{MoveIntent("081", apiclient.Callin, []int64{1}, []int64{9}, nil), []int64{1, 9}, []int64{9}, false},
		{MoveIntent("081", apiclient.Callin, []int64{1}, []int64{9}, nil), []int64{2}, []int64{2}, true},
		{MoveIntent("081", apiclient.Callin, []int64{1, 9}, []int64{9}, nil), []int64{2, 9}, []int64{2, 9}, true}, // 9 is to stay
		{SwapIntent("081", apiclient.Callin, []int64{1}, []int64{9}, nil), []int64{2}, []int64{2, 9}, false},
		{SwapIntent("081", apiclient.Callin, []int64{1}, []int64{9}, nil), []int64{9}, []int64{9}, true},
		{SwapIntent("081", apiclient.Callin, []int64{1, 9}, []int64{9}, nil), []int64{1}, []int64{9}, false},
	} {
		k := Knowledge{Agent: Agent{ID: "081"}}
		for _, q := range tt.has {
			k.Agent.Callin = append(k.Agent.Callin, Membership{QueueID: q, Certainty: Confirmed})
		}
		p := PlanChange(tt.in, k)
		if !SameSet(p.After, tt.after) || p.Nothing != tt.nothing {
			t.Errorf("%s %d to %d of %d: %d, nothing: %t", tt.in.Verb, tt.in.From, tt.in.Want, tt.has, p.After, p.Nothing)
		}
		if named := tt.in.Named(); !SameSet(named, append(append([]int64{}, tt.in.From...), tt.in.Want...)) {
			t.Errorf("named %d", named)
		}
		if gone := p.Removed(); len(gone) > 0 && !p.Asks(ConfirmRemoval) {
			t.Errorf("%s leaves %d unasked", tt.in.Verb, gone)
		}
	}
}
