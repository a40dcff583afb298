package handlers

import (
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/partials"
)

func TestPreview(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	two := 2
	plan := roster.Plan{
		Agent: roster.Agent{ID: "082018"}, Intent: roster.Intent{Type: apiclient.Callin},
		Before: []roster.Membership{{QueueID: 7}, {QueueID: 8}}, After: []int64{8, 11}, Priority: &two, PriorityBefore: "2",
		Warnings: []roster.Warning{{Code: roster.WarnLeavesQueue, Queue: 7}, {Code: roster.WarnInactive}, {Code: roster.WarnCalloutShowsOne}},
	}
	got := p.preview(plan)
	if got.Curl != "curl 082018 callin [8 11]" || got.Priority != "2" || got.PriorityX || got.Closed != "" ||
		names(got.Removed) != "test" || names(got.Added) != "11" || names(got.Final) != "CSKH, 11" {
		t.Errorf("%+v", got)
	}
	// What is asked, or said above the form, is not said beside Save too.
	if want := []string{p.say.T("warning.agent-inactive")}; !slices.Equal(got.Warnings, want) {
		t.Errorf("warns of %q", got.Warnings)
	}
	if got.Question == nil || got.Question.ButtonID != partials.ConfirmID || got.Question.Asked || len(got.Question.Final) > 0 {
		t.Errorf("asks %+v", got.Question)
	}
	plan.PriorityBefore = "1"
	if !p.preview(plan).PriorityX {
		t.Error("a priority that was 1 is not called changed")
	}
	if none := p.preview(roster.Plan{Nothing: true, After: []int64{7}}); !none.Nothing || none.Closed == "" || none.Curl != "" {
		t.Errorf("of no change: %+v", none)
	}
	if empty := p.preview(roster.Plan{Before: []roster.Membership{{QueueID: 7}}}); empty.Curl != "" {
		t.Errorf("of an empty list: %+v", empty)
	}
}

func TestQuestion(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	agent := roster.Agent{ID: "082018"}
	for _, tt := range []struct {
		name                string
		plan                roster.Plan
		text, button, shown string
		reasons             int
	}{
		{
			"unsure",
			roster.Plan{Unsure: []roster.Unsure{roster.RowOld, roster.OneShown}, After: []int64{7}},
			p.say.T("confirm.unsure", "Agent", "082018"), p.say.T("confirm.button_send"), "unsure:row-old,unsure:one-shown", 2,
		},
		{
			"removal",
			roster.Plan{Before: []roster.Membership{{QueueID: 7}, {QueueID: 8}}},
			"Remove 082018 from 2 queues: test, CSKH?", "Remove from 2 queues", "removal:7,removal:8", 0,
		},
		{
			"both ways, a queue left empty",
			roster.Plan{
				Before: []roster.Membership{{QueueID: 7}}, After: []int64{8},
				Warnings: []roster.Warning{{Code: roster.WarnLeavesQueue, Queue: 7}, {Code: roster.WarnInactive}},
			},
			"Remove 082018 from 1 queue: test?", "Remove from 1, add to 1", "removal:7,queue:7", 1,
		},
		{
			"priority and an undo that others came before",
			roster.Plan{
				Warnings: []roster.Warning{{Code: roster.WarnPriorityUnreadable, Text: "x"}, {Code: roster.WarnMoved}},
			},
			p.say.T("confirm.unsure", "Agent", "082018"), p.say.T("confirm.button_send"), "priority", 2,
		},
		{
			// Of an undo the removal itself is not asked about.
			"undo that leaves a queue empty",
			roster.Plan{
				Intent: roster.Intent{Verb: roster.Undo}, Before: []roster.Membership{{QueueID: 7}, {QueueID: 8}}, After: []int64{8},
				Warnings: []roster.Warning{{Code: roster.WarnLeavesQueue, Queue: 7}},
			},
			"Remove 082018 from 1 queue: test?", "Remove from 1 queue", "queue:7", 1,
		},
	} {
		tt.plan.Agent, tt.plan.Intent.Type = agent, apiclient.Callin
		got := p.question(tt.plan)
		if got.Text != tt.text || got.Button != tt.button || got.Shown != tt.shown || len(got.Reasons) != tt.reasons {
			t.Errorf("%s: %+v", tt.name, got)
		}
		// What was shown covers what is asked, and nothing else does.
		if !roster.ConsentOf(true, got.Shown, true).Covers(tt.plan) || roster.ConsentOf(false, got.Shown, true).Covers(tt.plan) ||
			!roster.ConsentOf(true, "", false).Covers(tt.plan) || roster.ConsentOf(true, "else", true).Covers(tt.plan) {
			t.Errorf("%s: consent to %q", tt.name, got.Shown)
		}
		if first, rest, ok := strings.Cut(got.Shown, ","); ok && (roster.ConsentOf(true, first, true).Covers(tt.plan) || roster.ConsentOf(true, rest, true).Covers(tt.plan)) {
			t.Errorf("%s: half an answer counts for all of %q", tt.name, got.Shown)
		}
	}
	alone := p.questionAlone(roster.Plan{
		Intent: roster.Intent{Type: apiclient.Callin}, Before: []roster.Membership{{QueueID: 7}, {QueueID: 8}}, After: []int64{8},
	}, "/back")
	if alone.Back != "/back" || !alone.Asked || names(alone.Removed) != "test" || names(alone.Final) != "CSKH" || alone.ButtonID != "" {
		t.Errorf("%+v", alone)
	}
}
