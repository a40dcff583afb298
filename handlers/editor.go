package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// Editor is the queue editor of an agent, in the drawer and on a page of its own.
type Editor struct {
	*Desk
	journal editorJournal
}

type editorJournal interface {
	finder
	Recordings(ctx context.Context, scope journal.Scope, agents ...string) (map[string]journal.RecordingState, error)
}

// editorAge is how old the evidence may be that an editor opens on. The save reads
// again what it rests on, so that older evidence costs a conflict more, never a queue.
const editorAge = 5 * time.Minute

// Draft is the editor's page with the form's fields in it, "" where they cannot be read.
func (r *Editor) Draft(c *fiber.Ctx) string {
	form, err := readEditor(c)
	if err != nil {
		return ""
	}
	return r.draft(form)
}

func (r *Editor) draft(form editorForm) string {
	return r.Paths.Draft(form.agent, string(form.typ), form.raw, form.base, form.priority, form.priorityBase)
}

// Open opens the editor on everything known of the agent's list.
func (r *Editor) Open(c *fiber.Ctx) error {
	v := entered(c)
	form, err := readEditor(c)
	if err != nil {
		return err
	}
	agent, err := v.gather(c, param(c, "id"), form.typ, readAge(c, editorAge))
	known := isOutage(err) && agent.ID != ""
	if err != nil && !known {
		return r.failed(c, v, form, agent, err)
	}
	m := r.opened(v, agent, form.typ)
	if known { // a save reads again, and sends nothing before it could
		m.Notes = append(m.Notes, v.say.T("outage.editor"))
	}
	if form.draft {
		r.fill(&m, v, form, agent)
	}
	m.Outcome, _ = v.shownChange(c, r.journal, agent.ID)
	return r.show(c, v, fiber.StatusOK, m, nil)
}

// Save sends the editor's form, or only says what saving would send.
func (r *Editor) Save(c *fiber.Ctx) error {
	v := entered(c)
	id := param(c, "id")
	form, err := readEditor(c)
	if err != nil {
		return err
	}
	want, what := form.wanted(v.tenant)
	priority, priorityOK := form.priorityValue()
	if form.preview {
		// Whoever edits is likely to save: what that has to read is begun now.
		v.tenant.Warm(v.access)
	}
	switch {
	case form.preview && render.HTMX(c):
		return v.parts(c, fiber.StatusOK, nil, partials.PreviewBody(v.asking(v.planned(form, id, want), what, want), false))
	case what.open():
		return r.invalid(c, v, form, what.message(), "add-queue", "Text", what.text)
	case len(want) > maxQueues:
		return r.invalid(c, v, form, "problem.too_many_queues", "queue-field", "Count", len(want), "Most", maxQueues)
	case !priorityOK:
		return r.invalid(c, v, form, "problem.priority", "priority")
	case form.preview:
		agent, known := v.tenant.Known(id)
		if !known {
			if agent, err = v.gather(c, id, form.typ, editorAge); err != nil {
				return r.failed(c, v, form, agent, err)
			}
		}
		m := r.opened(v, agent, form.typ)
		r.fill(&m, v, form, agent)
		return r.show(c, v, fiber.StatusOK, m, nil)
	}

	done, err := v.change(c, form.intent(id, want, priority), consentOf(c))
	if err != nil {
		return err
	}
	return r.answer(c, v, form, done)
}

// answer shows what came of the form.
func (r *Editor) answer(c *fiber.Ctx, v *visit, form editorForm, done changed) error {
	switch {
	case done.saving != nil:
		return r.underway(c, v, done.saving)
	case done.cancelled:
		agent, _ := v.tenant.Known(form.agent)
		agent.ID = form.agent
		m := r.opened(v, agent, form.typ)
		r.fill(&m, v, form, agent)
		m.Notes = append([]string{v.say.T("saving.cancelled")}, m.Notes...)
		return r.show(c, v, fiber.StatusOK, m, nil)
	case done.conflict != nil:
		m := r.opened(v, done.conflict.Agent, form.typ)
		r.merge(&m, v, form, *done.conflict)
		return r.show(c, v, fiber.StatusConflict, m, nil)
	case done.ask != nil:
		m := r.opened(v, done.ask.Agent, form.typ)
		r.fill(&m, v, form, done.ask.Agent)
		m.Preview = v.preview(*done.ask)
		question := v.question(*done.ask)
		question.ButtonID, question.Asked = partials.ConfirmID, true
		m.Question = &question
		return r.show(c, v, fiber.StatusOK, m, nil)
	case done.fault != nil && done.sent():
		return r.uncertain(c, v, form, done)
	case done.fault != nil:
		agent, _ := v.tenant.Known(form.agent)
		return r.refused(c, v, form, agent, done.fault)
	}
	return r.saved(c, v, form, done)
}

// saved answers a change that was sent, or was no change.
func (r *Editor) saved(c *fiber.Ctx, v *visit, form editorForm, done changed) error {
	id := form.agent
	if err, ok := r.unnoted(c, done, r.Paths.AgentQueues(id, string(form.typ))); ok {
		return err
	}
	if !render.HTMX(c) {
		return render.Redirect(c, r.Paths.AgentQueuesResult(id, string(form.typ), done.id()))
	}
	m := r.opened(v, done.out.Agent, form.typ)
	m.Outcome = done.outcome
	parts := []templ.Component{partials.QueueEditor(m)}
	if sent, err := r.journal.Recordings(c.UserContext(), v.scope(), id); err == nil {
		parts = append(parts, partials.RowUpdate(v.row(done.out.Agent, sent[id]), r.listView(c)))
	}
	if done.out.Result == journal.Verified || done.out.Nothing {
		// Nothing is left to say that a toast cannot: the drawer closes.
		c.Set("HX-Trigger", "editor-saved")
		toast := components.Toast{Tone: "good", Text: strings.TrimSpace(v.say.T("toast.saved", "Agent", id, "Text", m.Outcome.Title) + " " + v.changeWords(*m.Outcome))}
		if m.Outcome.UndoURL != "" {
			toast.UndoURL, toast.UndoLabel = m.Outcome.UndoURL, v.say.T("change.undo")
		}
		// On the editor's own page the outcome stands already.
		if page, _, _ := strings.Cut(here(c), "?"); page != r.Paths.Editor(id) {
			parts = append(parts, partials.ToastUpdate(toast))
		}
	}
	return v.parts(c, fiber.StatusOK, nil, parts...)
}

// uncertain answers a write without a usable answer: the general error toast, and
// what reading again found. One that the API refused had an answer.
func (r *Editor) uncertain(c *fiber.Ctx, v *visit, form editorForm, done changed) error {
	agent := done.out.Agent
	if agent.ID == "" {
		agent = done.out.Plan.Agent
	}
	m := r.reopened(v, agent, form)
	if done.out.Applied != roster.AppliedYes {
		r.fill(&m, v, form, agent)
	}
	f := done.fault
	f.repeat(retryOf(m, form))
	m.Outcome = done.outcome
	if done.outcome == nil && f.Failure == problem.InvalidInput {
		f.failure.FieldID = "queue-field"
	}
	m.Failure = f.box()
	return r.show(c, v, f.code(), m, f)
}

// failed answers an error of a read.
func (r *Editor) failed(c *fiber.Ctx, v *visit, form editorForm, agent roster.Agent, err error) error {
	f, err := r.fault(c, err)
	if err != nil {
		return err
	}
	return r.refused(c, v, form, agent, f)
}

// refused answers what went wrong before anything was sent. What was typed stays.
func (r *Editor) refused(c *fiber.Ctx, v *visit, form editorForm, agent roster.Agent, f *fault) error {
	m := r.reopened(v, agent, form)
	if form.posted || form.draft {
		r.fill(&m, v, form, agent)
	}
	if form.posted {
		f.repeat(retryOf(m, form))
	} else {
		// What came of a change is said, whether or not the list can be read now.
		m.Outcome, _ = v.shownChange(c, r.journal, form.agent)
		f.again(c.OriginalURL())
	}
	m.Failure = f.box()
	return r.show(c, v, f.code(), m, f)
}

// reopened is the form as it opens on an agent, the zero value for one of whom nothing is
// known.
func (r *Editor) reopened(v *visit, agent roster.Agent, form editorForm) partials.Editor {
	if agent.ID == "" {
		return partials.Editor{Paths: r.Paths, Agent: form.agent, Type: string(form.typ), Base: form.base}
	}
	return r.opened(v, agent, form.typ)
}

// invalid answers what the console itself refuses, at the field it is about.
func (r *Editor) invalid(c *fiber.Ctx, v *visit, form editorForm, message, field string, data ...any) error {
	p := invalid(message)
	p.Data = data
	f := r.say(c, p, nil)
	f.failure.FieldID = field
	agent, _ := v.tenant.Known(form.agent)
	return r.refused(c, v, form, agent, f)
}

// retryOf is what repeats a save that was put off: the button that was pressed, if
// it still asks the same; else the form without an answer, so that a question which
// has come up since is asked and never answered by a countdown.
func retryOf(m partials.Editor, form editorForm) string {
	asks := m.Preview.Question
	switch {
	case asks == nil:
		return partials.SaveID
	case form.confirm && form.shown == asks.Shown:
		return partials.ConfirmID
	}
	return partials.EditorFormID
}

func (r *Editor) show(c *fiber.Ctx, v *visit, code int, m partials.Editor, f *fault) error {
	if render.HTMX(c) {
		if !render.For(c, "drawer-body") {
			render.Retarget(c, "#"+partials.EditorID, "outerHTML")
		}
		return v.parts(c, code, f, partials.QueueEditor(m))
	}
	title := m.Agent + " · " + v.typeName(m.Type)
	return r.page(c, code, r.chrome(c, title, "agents"), pages.EditorPage(m), f)
}

// opened is the form as it opens on an agent.
func (r *Editor) opened(v *visit, a roster.Agent, typ apiclient.QueueType) partials.Editor {
	ms := a.Memberships(typ)
	m := partials.Editor{
		Paths: r.Paths, Agent: a.ID, Name: text(a.UserName), Type: string(typ), ReadAt: a.SeenAt,
		Base: list(roster.IDs(ms)), WhyNot: v.whyNot(a.WhyNotEdit(typ)),
	}
	var all bool
	if m.Suggestions, all = v.suggested(a, typ, ""); !all {
		m.SuggestURL = r.Paths.EditorOptions(a.ID, string(typ))
	}
	for _, chip := range v.memberships(typ, ms) {
		m.Chips = append(m.Chips, partials.EditorChip{Chip: chip, Kept: true})
	}
	m.Chips = v.doubted(m.Chips, a.Doubts(typ))
	if typ == apiclient.Callin {
		m.PriorityBase = text(a.Priority)
		m.Priority = m.PriorityBase
		m.Doubts = v.doubts(a.CallinUnsure)
	} else {
		m.Notes = []string{v.warning(roster.Warning{Code: roster.WarnCalloutShowsOne})}
	}
	for _, d := range a.Doubts(typ) {
		m.Doubts = append(m.Doubts, v.doubtful(d)+" "+v.say.T("doubt."+string(d.Kind)+"_do"))
	}
	form := editorForm{agent: a.ID, typ: typ, base: m.Base, priority: m.Priority, priorityBase: &m.PriorityBase}
	m.Preview = v.planned(form, a.ID, roster.IDs(ms))
	return m
}

// suggested are queues to add to an agent's list of which what is typed may be the beginning;
// all is false where there are more.
func (v *visit) suggested(a roster.Agent, typ apiclient.QueueType, text string) (out []partials.EditorSuggestion, all bool) {
	found, total := v.tenant.FindQueues(typ, roster.QueueQuery{Q: text, Size: partials.MostChoices})
	in := roster.IDs(a.Memberships(typ))
	for _, q := range found {
		out = append(out, partials.EditorSuggestion{
			Chip: components.Chip{ID: q.ID, Name: q.Name}, Members: q.Members, Available: q.Available, In: slices.Contains(in, q.ID),
		})
	}
	return out, len(found) == total
}

// Options are queues that the editor suggests of what is typed into it.
func (r *Editor) Options(c *fiber.Ctx) error {
	v := entered(c)
	typ, err := queueType(c)
	if err != nil {
		return err
	}
	agent, _ := v.tenant.Known(param(c, "id"))
	found, _ := v.suggested(agent, typ, typed.Line(c.Query("queue_ids"), 200))
	return render.Parts(c, fiber.StatusOK, partials.EditorSuggestions(found))
}

// fill puts what a person had typed back into the form. The base is the form's:
// what they looked at, not what is there by now.
func (r *Editor) fill(m *partials.Editor, v *visit, form editorForm, a roster.Agent) {
	want, what := form.wanted(v.tenant)
	if what.answered {
		what = unclear{} // the queue stands in the list
	}
	m.Base, m.Priority, m.Typed = form.base, form.priority, what.text
	if form.priorityBase != nil {
		m.PriorityBase = *form.priorityBase
	}
	m.Chips = v.formChips(form.typ, form.baseIDs(), want, a)
	m.Preview = v.asking(v.planned(form, m.Agent, want), what, want)
}

// merge fills the form of a 409: the fresh list as its base, the merge as its
// content, so that sending it is the merge.
func (r *Editor) merge(m *partials.Editor, v *visit, form editorForm, p roster.Plan) {
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
	m.Preview = v.planned(form, m.Agent, x.Merged)
}

// formChips are the queues of a form: those of its base, kept or not, then those
// that were added.
func (p presenter) formChips(typ apiclient.QueueType, base, want []int64, a roster.Agent) []partials.EditorChip {
	sure := map[int64]string{}
	for _, m := range a.Memberships(typ) {
		sure[m.QueueID] = m.Certainty.String()
	}
	name := p.namer(typ)
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
	return p.doubted(out, a.Doubts(typ))
}

// doubted marks the queues that the API contradicts our own last write about. One
// that it does not show stands in the form too, not ticked, to be sent again.
func (p presenter) doubted(chips []partials.EditorChip, doubts []roster.Doubt) []partials.EditorChip {
	for _, d := range doubts {
		i := slices.IndexFunc(chips, func(c partials.EditorChip) bool { return c.ID == d.Queue })
		if i < 0 {
			chips = append(chips, partials.EditorChip{Chip: components.Chip{ID: d.Queue, Name: d.Name}})
			i = len(chips) - 1
		}
		chips[i].Doubt = string(d.Kind)
	}
	return chips
}
