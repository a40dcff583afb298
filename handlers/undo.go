package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// Undo takes a queue change back by a planned, safe write of its own: what others did
// since stays. Where the list is not sure, or a queue would be left without an agent,
// it asks first.
func (r *Changes) Undo(c *fiber.Ctx) error {
	v := entered(c)
	e, err := r.journal.Find(c.UserContext(), v.scope(), param(c, "id"))
	if err != nil {
		return err
	}
	why := func(err error, p *problem.Problem) {
		undoEmpties(err, p)
		switch {
		case errors.Is(err, errUndoOpen):
			*p = invalid("problem.undo_open")
		case errors.Is(err, errChangeOpen):
			*p = invalid("problem.change_open")
		case errors.Is(err, roster.ErrCannotUndo) && e.Code == journal.CodeNotApplied:
			p.Text = "outcome.not_applied.text"
		}
	}
	e, err = r.undoable(c, v, e)
	var intent roster.Intent
	if err == nil {
		intent, err = roster.UndoIntent(e)
	}
	if err != nil {
		f, err := r.fault(c, err, why)
		if err != nil {
			return err
		}
		return r.notUndone(c, v, e, changed{fault: f})
	}
	done, err := v.change(c, intent, consentOf(c), why)
	if err != nil {
		return err
	}
	return r.undone(c, v, e, done)
}

// undoEmpties says that an undo would leave the agent in no queue.
func undoEmpties(err error, p *problem.Problem) {
	if errors.Is(err, roster.ErrEmptyList) {
		p.Message = "problem.undo_empty"
	}
}

// UndoDraft is the journal with the question whether to take the change back.
func (r *Changes) UndoDraft(c *fiber.Ctx) string { return r.Paths.UndoDraft(param(c, "id")) }

// undoPutOff is that question, nil where the address does not ask it, or the change can
// no longer be taken back.
func (r *Changes) undoPutOff(c *fiber.Ctx, v *visit) *partials.PutOff {
	id := c.Query("undo")
	if id == "" {
		return nil
	}
	e, err := r.journal.Find(c.UserContext(), v.scope(), id)
	if err != nil {
		return nil
	}
	item := v.entry(e)
	if item.UndoURL == "" {
		return nil
	}
	return &partials.PutOff{
		Text: v.say.T("put_off.undo", "Agent", e.Agent, "What", item.Sentence), Button: v.say.T("change.undo"),
		URL: item.UndoURL, Back: r.Place(c),
	}
}

// answer shows what came of taking back the change with that id.
func (r *Changes) answer(c *fiber.Ctx, v *visit, entry string, done changed) error {
	e, err := r.journal.Find(c.UserContext(), v.scope(), entry)
	if err != nil {
		return err
	}
	return r.undone(c, v, e, done)
}

func (r *Changes) undone(c *fiber.Ctx, v *visit, e journal.Entry, done changed) error {
	m := pages.Undo{Item: v.entry(e)}
	switch {
	case done.saving != nil:
		return r.underway(c, v, done.saving)
	case done.cancelled:
		o := v.none(cancelledID)
		m.Outcome = &o
		return r.showUndo(c, v, m, nil)
	case done.fault != nil:
		return r.notUndone(c, v, e, done)
	case done.ask != nil:
		question := v.questionAlone(*done.ask, r.Place(c))
		question.Button = v.say.T("change.undo")
		m.Question, m.Item.UndoURL = &question, "" // it is asked for by the question's own button
		return r.showUndo(c, v, m, nil)
	case done.out.Nothing:
		m.Outcome = &partials.Outcome{Result: nothingID}
		m.Outcome.Title, m.Outcome.Text = v.say.T("problem.undo_nothing.title"), v.say.T("problem.undo_nothing.text")
		m.Item.UndoURL = ""
		return r.showUndo(c, v, m, nil)
	}
	if err, ok := r.unnoted(c, done, r.Paths.Agent(e.Agent)); ok {
		return err
	}
	return render.Redirect(c, r.Paths.AgentChange(e.Agent, done.id()))
}

// errUndoOpen: an undo was sent, and whether it was applied is not known yet.
var errUndoOpen = errors.New("an undo of this change is still open")

// errChangeOpen: what came of the change itself is not known yet.
var errChangeOpen = errors.New("the change is still open")

// undoable returns the entry as it is now, and why it cannot be taken back because
// of what is not known of it, or of an earlier try. What is open is settled by
// reading, where it can be.
func (r *Changes) undoable(c *fiber.Ctx, v *visit, e journal.Entry) (journal.Entry, error) {
	if e.Kind == journal.Recording {
		return e, nil // UndoIntent says why not
	}
	open := func() (bool, error) {
		if isOpen(e.Result) || e.UndoneBy == "" {
			return isOpen(e.Result), nil
		}
		last, err := r.journal.Find(c.UserContext(), v.scope(), e.UndoneBy)
		return err == nil && isOpen(last.Result), err
	}
	stillOpen, err := open()
	if stillOpen && err == nil {
		if _, err := v.gather(c, e.Agent, apiclient.QueueType(e.Kind), 0); err != nil {
			return e, err
		}
		again, err := r.journal.Find(c.UserContext(), v.scope(), e.ID)
		if err != nil {
			return e, err
		}
		e = again
		stillOpen, err = open()
		if err != nil {
			return e, err
		}
	}
	switch {
	case err != nil:
		return e, err
	case stillOpen && isOpen(e.Result):
		return e, errChangeOpen
	case stillOpen:
		return e, errUndoOpen
	case e.UndoneBy != "":
		return e, journal.ErrAlreadyUndone
	}
	return e, nil
}

// notUndone says why a change was not taken back, or that this is not known.
func (r *Changes) notUndone(c *fiber.Ctx, v *visit, e journal.Entry, done changed) error {
	f := done.fault
	m := pages.Undo{Item: v.entry(e), Outcome: done.outcome}
	m.Item.UndoURL = ""
	// What was sent is not offered again: what is known of it is said.
	if done.outcome == nil && (f.Retry || f.RetryAfter > 0) {
		m.Item.UndoURL = r.Paths.UndoChange(e.ID)
	}
	f.repeat(components.DOMID("undo", e.ID))
	m.Failure = f.box()
	return r.showUndo(c, v, m, f)
}

func (r *Changes) showUndo(c *fiber.Ctx, v *visit, m pages.Undo, f *fault) error {
	m.Paths, m.Back = r.Paths, r.Place(c)
	return r.page(c, f.code(), r.chrome(c, v.say.T("undo.title"), "changes"), pages.UndoPage(m), f)
}
