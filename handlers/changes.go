package handlers

import (
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
)

// changesLimit is how many entries a page of the journal shows.
const changesLimit = 50

// Changes is the journal of the tenant the session was answered for.
func (d *Desk) Changes(c *fiber.Ctx) error {
	v := entered(c)
	q := changesQuery(c)
	f := v.changesFilter(q)
	f.Limit = changesLimit
	entries, more, err := d.Journal.List(c.UserContext(), f)
	if errors.Is(err, journal.ErrNotFound) {
		// The page began below an entry that is no more: from the newest, then.
		q.Before, f.Before = "", ""
		entries, more, err = d.Journal.List(c.UserContext(), f)
	}
	if err != nil {
		return err
	}
	m := pages.Changes{Paths: d.Paths, Query: q, More: more, Queues: v.allQueues(q.QueueID)}
	for _, e := range entries {
		m.Items = append(m.Items, v.change(e))
	}
	if more {
		m.Older = entries[len(entries)-1].ID
	}
	if id := c.Query("change"); id != "" {
		if e, err := d.Journal.Find(c.UserContext(), v.scope(), id); err == nil {
			m.Outcome = v.entryOutcome(e)
		}
	}
	return render.Page(c, fiber.StatusOK, d.chrome(c, v.say.T("changes.title"), "changes"), pages.ChangesPage(m))
}

// UndoChange takes a queue change back by a planned, safe write of its own:
// what others did since stays. Where the list is not sure, or a queue would be
// left without an agent, it asks first.
func (d *Desk) UndoChange(c *fiber.Ctx) error {
	v := entered(c)
	e, err := d.Journal.Find(c.UserContext(), v.scope(), param(c, "id"))
	if err != nil {
		return err
	}
	if e, err = v.undoable(c, e); err != nil {
		return v.undoFailed(c, e, err, roster.Outcome{})
	}
	intent, err := roster.UndoIntent(e)
	if err != nil {
		return v.undoFailed(c, e, err, roster.Outcome{})
	}
	out, err := v.tenant.Change(c.UserContext(), v.person, intent, v.author(c), roster.ConsentOf(field(c, "confirm") == "yes", field(c, "shown")))
	var confirm *roster.ConfirmError
	switch {
	case errors.As(err, &confirm):
		question := v.question(confirm.Plan)
		m := pages.Undo{
			Paths: d.Paths, Item: v.change(e), Back: v.undoBack(),
			Question: question.Question, Reasons: question.Reasons, Shown: question.Shown, Preview: v.previewOf(confirm.Plan),
		}
		for _, w := range confirm.Plan.Warnings {
			if w.Code == roster.WarnMoved {
				m.Reasons = append(m.Reasons, v.warning(w))
			}
		}
		return v.showUndo(c, fiber.StatusOK, m)
	case err != nil:
		return v.undoFailed(c, e, err, out)
	case out.Nothing:
		m := pages.Undo{Paths: d.Paths, Item: v.change(e), Back: v.undoBack(), Outcome: &partials.Outcome{
			Result: "nothing", Title: v.say.T("problem.undo_nothing.title"), Text: v.say.T("problem.undo_nothing.text"),
		}}
		m.Item.UndoURL = ""
		return v.showUndo(c, fiber.StatusOK, m)
	}
	return render.Redirect(c, d.Paths.AgentChange(e.Agent, out.EntryID))
}

// errUndoOpen: an undo was sent, and whether it was applied is not known yet.
var errUndoOpen = errors.New("an undo of this change is still open")

// errChangeOpen: what came of the change itself is not known yet.
var errChangeOpen = errors.New("the change is still open")

func isOpen(r journal.Result) bool { return r == journal.Unknown || r == journal.Intent }

// undoable returns the entry as it is now, and why it cannot be taken back because
// of what is not known of it, or of an earlier try. What is open is settled by
// reading, where it can be.
func (v *visit) undoable(c *fiber.Ctx, e journal.Entry) (journal.Entry, error) {
	if e.Kind == journal.Recording {
		return e, nil // UndoIntent says why not
	}
	open := func() (bool, error) {
		if isOpen(e.Result) || e.UndoneBy == "" {
			return isOpen(e.Result), nil
		}
		last, err := v.desk.Journal.Find(c.UserContext(), v.scope(), e.UndoneBy)
		return err == nil && isOpen(last.Result), err
	}
	stillOpen, err := open()
	if stillOpen && err == nil {
		if _, err := v.gather(c, e.Agent, apiclient.QueueType(e.Kind), 0); err != nil {
			return e, err
		}
		again, err := v.desk.Journal.Find(c.UserContext(), v.scope(), e.ID)
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

func (v *visit) undoBack() string { return v.desk.Paths.Changes(paths.ChangesQuery{}) }

// undoFailed says why a change was not taken back, or that this is not known.
func (v *visit) undoFailed(c *fiber.Ctx, e journal.Entry, err error, out roster.Outcome) error {
	p := problemOf(err)
	switch {
	case p.SignIn:
		return v.leave(c)
	case errors.Is(err, roster.ErrEmptyList):
		p.Message = "problem.undo_empty"
	case errors.Is(err, errUndoOpen):
		p = invalid("problem.undo_open")
	case errors.Is(err, errChangeOpen):
		p = invalid("problem.change_open")
	case errors.Is(err, roster.ErrCannotUndo) && e.Code == journal.CodeNotApplied:
		p.Text = "outcome.not_applied.text"
	}
	v.desk.note(c, p, err)
	f := failure(c, p)
	m := pages.Undo{Paths: v.desk.Paths, Item: v.change(e), Failure: &f, Back: v.undoBack()}
	m.Item.UndoURL = ""
	switch {
	case out.EntryID != "" && out.Result != journal.Refused:
		// It was sent: what is known of it is said, and sending it again is not offered.
		m.Outcome = v.outcome(out, out.Plan.Type())
	case p.Retry || p.RetryAfter > 0:
		m.Item.UndoURL = v.desk.Paths.UndoChange(e.ID)
	}
	if p.RetryAfter > 0 {
		f.RetryButton = components.DOMID("undo", e.ID)
	}
	return v.showUndo(c, status(c, p), m, toasts(p, f)...)
}

func (v *visit) showUndo(c *fiber.Ctx, code int, m pages.Undo, toasts ...components.Toast) error {
	chrome := v.desk.chrome(c, v.say.T("undo.title"), "changes")
	chrome.Toasts = toasts
	return render.Page(c, code, chrome, pages.UndoPage(m))
}

// allQueues are the queues of both types, to filter by.
func (v *visit) allQueues(chosen int64) []components.Chip {
	out := v.queueOptions(chosen)
	for _, q := range v.tenant.Queues(apiclient.Callout) {
		out = append(out, components.Chip{ID: q.ID, Name: q.Name})
	}
	return out
}

func changesQuery(c *fiber.Ctx) paths.ChangesQuery {
	q := paths.ChangesQuery{
		AgentID:  oneLine(c.Query("agent_id"), 40),
		QueueID:  id64(c.Query("queue_id")),
		Operator: oneLine(c.Query("operator"), maxOperator),
		Kind:     among(c.Query("kind"), "callin", "callout", "recording"),
		Result:   among(c.Query("result"), "intent", "verified", "accepted", "differs", "refused", "unknown"),
		Before:   oneLine(c.Query("before"), 64),
	}
	if minutes, err := strconv.Atoi(c.Query("zone")); err == nil && minutes >= -14*60 && minutes <= 14*60 {
		q.Zone = strconv.Itoa(minutes)
	}
	for _, field := range []struct {
		name string
		to   *string
	}{{"from", &q.From}, {"to", &q.To}} {
		if _, err := moment(c.Query(field.name), q.Zone); err == nil {
			*field.to = c.Query(field.name)
		}
	}
	return q
}

// changesFilter is the query within the visit's scope. A day is a day where the
// browser is.
func (v *visit) changesFilter(q paths.ChangesQuery) journal.Filter {
	f := journal.Filter{
		Scope: v.scope(), Agent: q.AgentID, Queue: q.QueueID, Operator: q.Operator,
		Kind: journal.Kind(q.Kind), Result: journal.Result(q.Result), Before: q.Before,
	}
	if at, err := moment(q.From, q.Zone); err == nil {
		f.From = at
	}
	if at, err := moment(q.To, q.Zone); err == nil {
		if len(q.To) == len(time.DateOnly) {
			at = at.AddDate(0, 0, 1) // the day named belongs to the span
		}
		f.To = at
	}
	return f
}

// moment reads a day as typed in a browser of that zone, or an RFC 3339 time.
func moment(s, zone string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UTC(), nil
	}
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, err
	}
	minutes, _ := strconv.Atoi(zone)
	return at.Add(-time.Duration(minutes) * time.Minute), nil
}
