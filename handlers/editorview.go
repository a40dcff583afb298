package handlers

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
)

// editor is the form as it opens on an agent.
func (v *visit) editor(a roster.Agent, typ apiclient.QueueType) partials.Editor {
	m := partials.Editor{
		Paths: v.desk.Paths, Agent: a.ID, Name: text(a.UserName), Type: string(typ), ReadAt: a.SeenAt,
	}
	ms := a.Memberships(typ)
	m.Base = list(roster.IDs(ms))
	for _, chip := range memberships(v.desk.Paths, typ, ms) {
		m.Chips = append(m.Chips, partials.EditorChip{Chip: chip, Kept: true})
	}
	if typ == apiclient.Callin {
		m.PriorityBase = text(a.Priority)
		m.Priority = m.PriorityBase
		m.Notes = v.unsureNotes(a.CallinUnsure)
	} else {
		m.Notes = append(m.Notes, v.say.T("warning."+string(roster.WarnCalloutShowsOne)))
	}
	if why := a.WhyNotEdit(typ); why != "" {
		m.WhyNot = v.say.T("whynot." + string(why))
	}
	for _, q := range v.tenant.Queues(typ) {
		m.Suggestions = append(m.Suggestions, components.Chip{ID: q.ID, Name: q.Name})
	}
	form := editorForm{typ: typ, base: m.Base, priority: m.Priority, priorityBase: &m.PriorityBase}
	m.Preview = v.preview(form, a.ID, roster.IDs(ms))
	return m
}

// fill puts what a person had typed back into the form. The base is the form's:
// what they looked at, not what is there by now.
func (v *visit) fill(m *partials.Editor, form editorForm, a roster.Agent) {
	want, bad := form.wanted(v.tenant)
	base := form.baseIDs()
	m.Base, m.Priority, m.Typed = form.base, form.priority, bad
	if form.priorityBase != nil {
		m.PriorityBase = *form.priorityBase
	}
	m.Chips = v.formChips(form.typ, base, want, a)
	m.Preview = v.preview(form, m.Agent, want)
}

// merge fills the form of a 409: the fresh list as its base, the merge as its
// content, so that sending it is the merge.
func (v *visit) merge(m *partials.Editor, form editorForm, p roster.Plan) {
	name, x := v.namer(form.typ), p.Conflict
	m.Conflict = &partials.Conflict{
		Base: name.chips(x.Base), Theirs: name.chips(x.Theirs), Yours: name.chips(x.Yours), Merged: name.chips(x.Merged),
		AddedByThem: name.chips(x.AddedByThem()), RemovedByThem: name.chips(x.RemovedByThem()),
	}
	m.Base = list(x.Theirs)
	if p.Intent.SetsPriority() {
		m.Priority = form.priority
	}
	m.Chips = v.formChips(form.typ, x.Theirs, x.Merged, p.Agent)
	form.base, form.priorityBase = m.Base, &m.PriorityBase
	m.Preview = v.preview(form, m.Agent, x.Merged)
}

// formChips are the queues of a form: those of its base, kept or not, then those
// that were added.
func (v *visit) formChips(typ apiclient.QueueType, base, want []int64, a roster.Agent) []partials.EditorChip {
	sure := map[int64]string{}
	for _, m := range a.Memberships(typ) {
		sure[m.QueueID] = m.Certainty.String()
	}
	name := v.namer(typ)
	var out []partials.EditorChip
	for _, id := range base {
		out = append(out, partials.EditorChip{
			Chip: components.Chip{ID: id, Name: name(id), Certainty: sure[id]}, Kept: slices.Contains(want, id),
		})
	}
	for _, id := range want {
		if !slices.Contains(base, id) {
			out = append(out, partials.EditorChip{Chip: components.Chip{ID: id, Name: name(id)}, Kept: true, Added: true})
		}
	}
	return out
}

// preview is what saving the form would send, without a call. Where the snapshot
// does not have the agent it still shows the difference to the form's base.
func (v *visit) preview(form editorForm, id string, want []int64) partials.Preview {
	priority, ok := form.priorityValue()
	intent := form.intent(id, want, priority)
	plan := v.tenant.Preview(intent)
	p := v.previewOf(plan)
	switch {
	case !ok:
		p.Closed = v.say.T("problem.priority.text")
	case len(want) == 0:
		p.Closed = v.say.T("problem.empty_list.text")
		p.Confirm, p.Nothing = nil, false
	}
	return p
}

// previewOf maps a plan to what stands beside Save.
func (v *visit) previewOf(plan roster.Plan) partials.Preview {
	name := v.namer(plan.Type())
	p := partials.Preview{
		Agent: plan.Agent.ID, Type: string(plan.Type()),
		Removed: name.chips(plan.Removed()), Added: name.chips(plan.Added()), Final: name.chips(plan.After),
		Nothing: plan.Nothing,
	}
	if plan.Nothing {
		p.Closed = v.say.T("preview.closed_nothing")
		return p
	}
	if plan.Priority != nil {
		p.Priority = strconv.Itoa(*plan.Priority)
		p.PriorityX = p.Priority != plan.PriorityBefore
	}
	if len(plan.After) > 0 {
		p.Curl = v.person.Curl(plan.Agent.ID, plan.Type(), plan.Assignment())
	}
	if len(plan.Questions()) > 0 {
		p.Confirm = v.question(plan)
	}
	for _, w := range plan.Warnings {
		switch w.Code {
		case roster.WarnLeavesQueue, roster.WarnPriorityUnreadable, roster.WarnCalloutShowsOne:
			// Asked in the question, or said above the form.
		default:
			p.Warnings = append(p.Warnings, v.warning(w))
		}
	}
	return p
}

// question names what and how many, and its button repeats the verb.
func (v *visit) question(plan roster.Plan) *partials.Confirm {
	q := &partials.Confirm{Question: v.say.T("confirm.unsure", "Agent", plan.Agent.ID), Button: v.say.T("confirm.button_send")}
	name := v.namer(plan.Type())
	q.Shown = roster.ShownBy(plan)
	removed := len(plan.Removed())
	if removed > 0 {
		q.Question = v.say.N("confirm.remove", removed, "Agent", plan.Agent.ID, "Names", names(name.chips(plan.Removed())))
		q.Button = v.say.N("confirm.button_remove", removed)
		if len(plan.Added()) > 0 {
			q.Button = v.say.T("confirm.button_both", "Removed", removed, "Added", len(plan.Added()))
		}
	}
	if plan.Asks(roster.ConfirmUnsure) {
		q.Reasons = append(q.Reasons, v.unsureNotes(plan.Unsure)...)
	}
	for _, w := range plan.Warnings {
		if w.Code == roster.WarnLeavesQueue || w.Code == roster.WarnPriorityUnreadable {
			q.Reasons = append(q.Reasons, v.warning(w))
		}
	}
	return q
}

func (v *visit) warning(w roster.Warning) string {
	queue := ""
	if w.Queue != 0 {
		queue = v.namer(apiclient.Callin).chips([]int64{w.Queue})[0].Label()
	}
	return v.say.T("warning."+string(w.Code), "Queue", queue, "Text", w.Text)
}

func (v *visit) unsureNotes(reasons []roster.Unsure) []string {
	var notes []string
	for _, u := range reasons {
		notes = append(notes, v.say.T("unsure."+string(u)))
	}
	return notes
}

// outcome says what came of a change just made.
func (v *visit) outcome(out roster.Outcome, typ apiclient.QueueType) *partials.Outcome {
	if out.Nothing {
		return &partials.Outcome{ChangeID: "", Result: "nothing", Title: v.say.T("outcome.nothing.title"), Text: v.say.T("outcome.nothing.text")}
	}
	name := v.namer(typ)
	o := &partials.Outcome{
		ChangeID: out.EntryID, Result: string(out.Result),
		Title: v.say.T(outcomeID(out.Result, out.Code) + ".title"), Text: v.say.T(outcomeID(out.Result, out.Code) + ".text"),
		Detail: detail(out.Result, out.Message), Removed: name.chips(out.Plan.Removed()), Added: name.chips(out.Plan.Added()),
	}
	if out.Cause != nil {
		// The answer was lost or an error; what reading found is what counts.
		o.Title = v.say.T("outcome.unknown_" + string(out.Applied) + ".title")
		o.Text = v.say.T("outcome.unknown_" + string(out.Applied) + ".text")
	}
	if out.Seen != nil && out.Result != journal.Verified {
		o.Seen, o.HasSeen = name.chips(out.Seen), true
	}
	if out.Plan.Sure() && (out.Result == journal.Verified || out.Result == journal.Accepted) {
		o.UndoURL = v.desk.Paths.UndoChange(out.EntryID)
	}
	return o
}

// outcomeOf says it of a change in the journal: the page a POST redirects to.
func (v *visit) outcomeOf(c *fiber.Ctx, id, agent string) *partials.Outcome {
	if id == "nothing" {
		return v.outcome(roster.Outcome{Nothing: true}, apiclient.Callin)
	}
	e, err := v.desk.Journal.Find(c.UserContext(), v.scope(), id)
	if err != nil || e.Agent != agent {
		return nil
	}
	return v.entryOutcome(e)
}

func (v *visit) entryOutcome(e journal.Entry) *partials.Outcome {
	item := v.change(e)
	o := &partials.Outcome{
		ChangeID: e.ID, Result: string(e.Result),
		Title: v.say.T(outcomeID(e.Result, e.Code) + ".title"), Text: v.say.T(outcomeID(e.Result, e.Code) + ".text"),
		Detail: detail(e.Result, e.Message), Removed: item.Removed, Added: item.Added, UndoURL: item.UndoURL,
	}
	if e.Kind == journal.Recording {
		o.Title = item.Sentence
		o.Text = v.say.T("outcome.recording_" + string(e.Result))
		if e.Code == roster.CodeNotSent {
			o.Text = v.say.T("outcome.not_sent.title")
		}
	}
	if e.Seen != nil && e.Result != journal.Verified {
		o.Seen, o.HasSeen = v.namer(apiclient.QueueType(e.Kind)).chips(e.Seen), true
	}
	return o
}

// outcomeID is the catalogue's word for how a change came out. Two codes are the
// console's own and say more than the result they come with.
func outcomeID(result journal.Result, code string) string {
	switch code {
	case roster.CodeNotSent:
		return "outcome.not_sent"
	case journal.CodeNotApplied:
		return "outcome.not_applied"
	}
	return "outcome." + string(result)
}

// detail is the API's own sentence where it tells people anything: not of a success.
func detail(result journal.Result, message string) string {
	if result == journal.Verified || result == journal.Accepted {
		return ""
	}
	return message
}

func names(chips []components.Chip) string {
	s := ""
	for i, c := range chips {
		if i > 0 {
			s += ", "
		}
		s += c.Label()
	}
	return s
}
