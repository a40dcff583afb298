package handlers

import (
	"slices"
	"strconv"

	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
)

// planned is what saving the form would send, without a call.
func (v *visit) planned(form editorForm, id string, want []int64) partials.Preview {
	priority, ok := form.priorityValue()
	plan := v.tenant.Preview(form.intent(id, want, priority), v.author(""))
	p := v.preview(plan)
	switch {
	case !ok:
		p.Closed = v.say.T("problem.priority.text")
	case len(want) == 0:
		p.Closed = v.say.T("problem.empty_list.text")
		p.Question, p.Nothing = nil, false
	}
	return p
}

// message is what is said of a text that is no one queue's.
func (u unclear) message() string {
	if len(u.candidates) > 0 {
		return "problem.which_queue"
	}
	return "problem.unknown_queue"
}

// asking adds to what saving would send which queue a typed text is meant to be.
func (p presenter) asking(m partials.Preview, what unclear, want []int64) partials.Preview {
	if what.text == "" {
		return m
	}
	if what.open() {
		m.Closed = p.say.T(what.message()+".text", "Text", what.text)
	}
	m.Unclear = what.text
	for _, q := range what.candidates {
		m.Candidates = append(m.Candidates, partials.EditorChip{
			Chip: components.Chip{ID: q.ID, Name: q.Name}, Kept: slices.Contains(want, q.ID), Added: true,
		})
	}
	return m
}

// preview maps a plan to what stands beside Save.
func (p presenter) preview(plan roster.Plan) partials.Preview {
	name := p.namer(plan.Type())
	m := partials.Preview{
		Agent: plan.Agent.ID, Type: string(plan.Type()), Back: p.paths.Agent(plan.Agent.ID),
		Removed: name.chips(plan.Removed()), Added: name.chips(plan.Added()), Final: name.chips(plan.After),
		Nothing: plan.Nothing,
	}
	if plan.Nothing {
		m.Closed = p.say.T("preview.closed_nothing")
		return m
	}
	if plan.Priority != nil {
		m.Priority = strconv.Itoa(*plan.Priority)
		m.PriorityX = m.Priority != plan.PriorityBefore
	}
	if len(plan.After) > 0 {
		m.Curl = p.curl.Curl(plan.Agent.ID, plan.Type(), plan.Assignment())
	}
	if len(plan.Questions()) > 0 {
		q := p.question(plan)
		q.ButtonID = partials.ConfirmID
		m.Question = &q
	}
	for _, w := range plan.Warnings {
		if w.Code != roster.WarnCalloutShowsOne && !inQuestion(w) { // that one is said above the form
			m.Warnings = append(m.Warnings, p.warning(w))
		}
	}
	return m
}

// question names what and how many, and its button repeats the verb.
func (p presenter) question(plan roster.Plan) partials.Question {
	name := p.namer(plan.Type())
	q := partials.Question{
		Text: p.say.T("confirm.unsure", "Agent", plan.Agent.ID), Button: p.say.T("confirm.button_send"),
		Shown: roster.ShownBy(plan),
	}
	if removed := len(plan.Removed()); removed > 0 {
		q.Text = p.say.N("confirm.remove", removed, "Agent", plan.Agent.ID, "Names", names(name.chips(plan.Removed())))
		q.Button = p.say.N("confirm.button_remove", removed)
		if len(plan.Added()) > 0 {
			q.Button = p.say.T("confirm.button_both", "Removed", removed, "Added", len(plan.Added()))
		}
	}
	q.Reasons = p.reasons(plan)
	for _, w := range plan.Warnings {
		if inQuestion(w) {
			q.Reasons = append(q.Reasons, p.warning(w))
		}
	}
	return q
}

// questionAlone is the question of a page that has no preview: it says itself what
// would be sent, and leads back where the person came from.
func (p presenter) questionAlone(plan roster.Plan, back string) partials.Question {
	q, name := p.question(plan), p.namer(plan.Type())
	q.Asked, q.Back = true, back
	q.Removed, q.Added, q.Final = name.chips(plan.Removed()), name.chips(plan.Added()), name.chips(plan.After)
	return q
}

// inQuestion reports whether a warning belongs to the question: it is what is asked,
// or what an undo finds.
func inQuestion(w roster.Warning) bool {
	return w.Code == roster.WarnLeavesQueue || w.Code == roster.WarnPriorityUnreadable || w.Code == roster.WarnPriorityMoved || w.Code == roster.WarnPriorityDoubtful || w.Code == roster.WarnMoved
}
