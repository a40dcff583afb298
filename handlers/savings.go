package handlers

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
)

const (
	// savingWait is how long a click waits for a change that the limit holds up, before
	// it is shown how far that is; workWait for one that is only at work. glanceWait is
	// how long a page that asks again does.
	savingWait = 2 * time.Second
	workWait   = 20 * time.Second
	glanceWait = 900 * time.Millisecond
)

// Savings answers for changes that the limit makes wait, and that go on by themselves.
type Savings struct {
	*Desk
	editor  *Editor
	queues  *Queues
	changes *Changes
}

// Place is where somebody comes back to who has to sign in meanwhile.
func (r *Savings) Place(c *fiber.Ctx) string { return r.Paths.Saving(param(c, "id")) }

// Show says how far a change is, or what came of it, on the page it was made on.
func (r *Savings) Show(c *fiber.Ctx) error {
	v := entered(c)
	s := v.tenant.Saving(param(c, "id"))
	if s == nil {
		return r.elsewhere(c, v, param(c, "id"))
	}
	if !awaited(c.UserContext(), s, glanceWait, glanceWait) {
		return r.underway(c, v, s)
	}
	r.belongs(c, s.Intent)
	if _, err := s.Result(); err != nil && problemOf(err).SignIn && s.By().Session != v.session.ID {
		// The key has been given again since: the new one is not to blame.
		return r.answer(c, v, s.Intent, r.endedBy(c, "problem.saving_unsent"))
	}
	done, err := v.came(c, s, r.amends(v, s.Intent)...)
	if err != nil {
		return err
	}
	return r.answer(c, v, s.Intent, done)
}

// belongs has who must sign in now find what they had asked for, not the address of what
// failed: the change is over.
func (r *Savings) belongs(c *fiber.Ctx, in roster.Intent) {
	c.Locals(belongingKey{}, belonging{own: true, draft: func(*fiber.Ctx) string { return r.draft(in) }})
}

func (r *Savings) answer(c *fiber.Ctx, v *visit, in roster.Intent, done changed) error {
	if done.fault != nil {
		done.fault.over = true
	}
	switch in.Verb {
	case roster.Edit:
		return r.editor.answer(c, v, formOf(in), done)
	case roster.Undo:
		return r.changes.answer(c, v, in.Undoes.Entry, done)
	default:
		return r.queues.answer(c, v, in, done)
	}
}

// draft is the page that a change was asked for on, with what was asked for in it.
func (r *Savings) draft(in roster.Intent) string {
	switch in.Verb {
	case roster.Edit:
		return r.editor.draft(formOf(in))
	case roster.Undo:
		return r.Paths.UndoDraft(in.Undoes.Entry)
	case roster.Add:
		return r.Paths.QueueDraft(in.Want[0], string(in.Type), paths.RowsQuery{}, in.Agent)
	}
	return r.Paths.QueueRows(in.Want[0], string(in.Type), paths.RowsQuery{})
}

// amends say what went wrong with a change as the page does that it was asked for on.
func (r *Savings) amends(v *visit, in roster.Intent) []amend {
	switch in.Verb {
	case roster.Edit:
		return nil
	case roster.Undo:
		return []amend{undoEmpties}
	}
	return []amend{lastQueue(in.Agent), lostZeros(v, in.Agent)}
}

// anothers says that a change is not for this person to end, or to send on older evidence:
// what it may rest on is asked of whoever is named for it in the journal.
func (r *Savings) anothers(c *fiber.Ctx, v *visit, by roster.Author) error {
	p := problem.Problem{Status: fiber.StatusConflict, Failure: problem.Conflict, Message: "problem.saving_anothers", Data: []any{"Operator", by.Operator}}
	if by.Operator == "" {
		p.Text = "problem.saving_anothers.unnamed"
	}
	return r.instead(c, v, r.say(c, p, nil), r.Place(c), v.say.T("saving.show"))
}

// Now has a change go on with what is known.
func (r *Savings) Now(c *fiber.Ctx) error { return r.steer(c, (*live.Saving).Now, journal.WishNow) }

// Cancel ends a change that was not sent yet.
func (r *Savings) Cancel(c *fiber.Ctx) error {
	return r.steer(c, (*live.Saving).Cancel, journal.WishCancel)
}

func (r *Savings) steer(c *fiber.Ctx, how func(*live.Saving), wish journal.SavingWish) error {
	v, id := entered(c), param(c, "id")
	s := v.tenant.Saving(id)
	var by roster.Author
	if s != nil {
		by = s.By()
	} else {
		told, err := v.tenant.Told(c.UserContext(), id)
		switch {
		case errors.Is(err, journal.ErrNotFound), told.Intent.Verb == roster.Rehearse:
			return r.gone(c, v)
		case err != nil:
			return err
		}
		by = told.By
	}
	if !v.is(by) {
		return r.anothers(c, v, by)
	}
	if s != nil {
		how(s)
	} else if err := v.tenant.Wish(c.UserContext(), id, wish); err != nil && !errors.Is(err, journal.ErrNotFound) {
		return err
	}
	if render.HTMX(c) {
		return r.Show(c)
	}
	return render.Redirect(c, r.Place(c))
}

// underway shows a change that goes on: in the place of the editor, or on a page that
// asks again by itself.
func (d *Desk) underway(c *fiber.Ctx, v *visit, s *live.Saving) error {
	if c.Method() == fiber.MethodPost && !render.HTMX(c) {
		return render.Redirect(c, d.Paths.Saving(s.ID))
	}
	return d.goesOn(c, v, s.ID, live.Told{Intent: s.Intent, Progress: s.Progress(), By: s.By()})
}

func (d *Desk) goesOn(c *fiber.Ctx, v *visit, id string, told live.Told) error {
	m := v.saving(id, told, d.Now())
	m.Anothers, m.Whose = !v.is(told.By), told.By.Operator
	if render.HTMX(c) {
		render.Retarget(c, "#"+partials.EditorID, "outerHTML")
		return v.parts(c, fiber.StatusOK, nil, partials.SavingBox(m))
	}
	chrome := d.chrome(c, v.say.T("saving.title", "Agent", told.Intent.Agent), "agents")
	chrome.RefreshAfter = 2
	return d.page(c, fiber.StatusOK, chrome, pages.SavingPage(m), nil)
}

// saving is the model of a change that goes on.
func (p presenter) saving(id string, told live.Told, now time.Time) partials.Saving {
	in, at := told.Intent, told.Progress
	m := partials.Saving{
		Paths: p.paths, ID: id, Agent: in.Agent, Type: string(in.Type),
		Done: at.Read, Total: at.Total, Left: max(at.Total-at.Read, 0), Sending: at.Sending,
	}
	m.Wish = string(told.Wish)
	if at.Now && told.Wish == journal.WishNone {
		m.Wish = string(journal.WishNow)
	}
	m.Behind, m.BehindSince = at.Behind.Operator, at.Behind.Since
	if at.WaitingUntil.After(now) {
		m.WaitSeconds = problem.Seconds(at.WaitingUntil.Sub(now))
	}
	if !at.OldestAt.IsZero() {
		m.Oldest = p.ago(now.Sub(at.OldestAt))
	}
	return m
}

// awaited waits for a change to come to its end. It is false where it goes on: after
// held, if the limit holds it up, and after most in any case.
func awaited(ctx context.Context, s *live.Saving, held, most time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	looks := time.NewTicker(held)
	defer looks.Stop()
	for {
		select {
		case <-s.Done():
			return true
		case <-looks.C:
			if at := s.Progress(); at.WaitingUntil.IsZero() && at.Behind.Since.IsZero() {
				continue
			}
		case <-ctx.Done():
		}
		select {
		case <-s.Done():
			return true
		default:
			return false
		}
	}
}

// came is what a page has to show of a change that is over.
func (v *visit) came(c *fiber.Ctx, s *live.Saving, amends ...amend) (changed, error) {
	out, err := s.Result()
	if errors.Is(err, context.Canceled) {
		return changed{cancelled: true}, nil
	}
	return v.changed(c, s.Intent, out, err, amends...)
}

// begin has the domain make a change, and waits a moment for it.
func (v *visit) begin(c *fiber.Ctx, intent roster.Intent, consent roster.Consent) (s *live.Saving, over bool) {
	s = v.tenant.Save(c.UserContext(), v.person, intent, v.author(requestid.From(c.UserContext())), consent)
	if over = awaited(c.UserContext(), s, savingWait, workWait); !over {
		// Whichever console is asked next has to know of it.
		select {
		case <-s.Told():
		case <-time.After(savingWait):
		}
	}
	return s, over
}
