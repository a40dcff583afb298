package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
)

// unchangedID stands in an address for an edit that changed nothing: nothing was read
// for it either, so nothing is said of the list.
const unchangedID = "unchanged"

// consentOf is a person's answer as a form carries it.
func consentOf(c *fiber.Ctx) roster.Consent {
	return roster.ConsentOf(field(c, "confirm") == "yes", field(c, "shown"), fieldValues(c, "shown") != nil)
}

// nothingID stands in an address for the change that was none, cancelledID for one that the
// person ended while it waited.
const (
	nothingID   = "nothing"
	cancelledID = "cancelled"
)

// changed is what a page has to show of a change that somebody asked for. One of
// conflict, ask and fault is set where it did not simply work.
type changed struct {
	out roster.Outcome
	// conflict: the list moved since the form was made. Nothing was sent.
	conflict *roster.Plan
	// ask: a person has to be asked first. Nothing was sent.
	ask *roster.Plan
	// fault: it went wrong, before it was sent or after.
	fault *fault
	// saving: it goes on by itself, for the limit makes it wait.
	saving *live.Saving
	// cancelled: a person ended it before anything was sent.
	cancelled bool
	// outcome is what is known of what was sent; nil where nothing was, or where it was
	// refused, which the fault says.
	outcome *partials.Outcome
}

// sent reports whether anything left for the API.
func (done changed) sent() bool { return done.out.EntryID != "" }

// unnoted answers a change that was sent while the journal could not be told what came
// of it: the page that would show it may not open either, so this one says that it was
// sent. A change that is another's to show (nothing was sent, or htmx shows it) is not
// answered: ok is false.
func (d *Desk) unnoted(c *fiber.Ctx, done changed, back string) (err error, ok bool) {
	if !done.out.Unnoted || !done.sent() || done.out.Result == journal.Refused || render.HTMX(c) {
		return nil, false
	}
	say := locale.From(c.UserContext())
	f := d.say(c, problem.Problem{Status: fiber.StatusServiceUnavailable, Failure: problem.Failed, Message: "problem.unnoted"}, nil)
	return d.faultPage(c, f, "", back, say.T("common.look_again")), true
}

// id names the change in the address of the page that shows it.
func (done changed) id() string {
	switch {
	case done.out.Nothing && done.out.Plan.Intent.Idle():
		return unchangedID
	case done.out.Nothing:
		return nothingID
	}
	return done.out.EntryID
}

// change has the domain make a change, as far as the person's answer to its questions
// covers it.
func (v *visit) change(c *fiber.Ctx, intent roster.Intent, consent roster.Consent, amends ...amend) (changed, error) {
	s, over := v.begin(c, intent, consent)
	if !over {
		return changed{saving: s}, nil
	}
	return v.came(c, s, amends...)
}

// changed is what a page has to show of what the domain made of an intent.
func (v *visit) changed(c *fiber.Ctx, intent roster.Intent, out roster.Outcome, err error, amends ...amend) (changed, error) {
	done := changed{out: out}
	var conflict *roster.ConflictError
	var confirm *roster.ConfirmError
	switch {
	case errors.As(err, &confirm):
		done.ask = &confirm.Plan
	case errors.As(err, &conflict) && intent.Verb == roster.Edit:
		done.conflict = &conflict.Plan // the others' intents hold whatever is there
	case err != nil || out.Cause != nil:
		cause := out.Cause
		if cause == nil {
			cause = err
		}
		f, err := v.desk.fault(c, cause, amends...)
		if err != nil {
			return done, err
		}
		done.fault = f
		switch {
		case !done.sent():
			v.nothingSent(f)
		case out.Result != journal.Refused:
			done.troubled(v.outcome(out))
		}
	default:
		o := v.outcome(out)
		done.outcome = &o
	}
	return done, nil
}

// nothingSent says so of a change that was not sent for what went wrong.
func (p presenter) nothingSent(f *fault) {
	if f.Status >= fiber.StatusTooManyRequests {
		// It was a read that failed: of a change, people fear the worst.
		f.failure.Note = p.say.T("failure.unsent")
	}
}

// troubled shows what came of a change beside what went wrong. Whether it was applied is the
// news, whatever the page it comes on. What the API said, and why, stands below it once.
func (done *changed) troubled(o partials.Outcome) {
	done.fault.Toast = true
	o.Detail, done.fault.failure.Text = "", ""
	done.outcome = &o
}

// outcome says what came of a change just made.
func (p presenter) outcome(out roster.Outcome) partials.Outcome {
	if out.Nothing {
		return p.none((changed{out: out}).id())
	}
	name := p.namer(out.Plan.Type())
	o := partials.Outcome{
		ChangeID: out.EntryID, Result: string(out.Result), Detail: detail(out.Result, out.Message),
		Removed: name.chips(out.Plan.Removed()), Added: name.chips(out.Plan.Added()),
	}
	o.Title, o.Text = p.cameOut(out.Result, out.Code)
	if out.Cause != nil {
		// The answer was lost or an error; what reading found is what counts.
		o.Title, o.Text = p.said("unknown_" + string(out.Applied))
	}
	p.readBack(&o, out.Plan.Type(), out.Result, out.Seen, out.Plan.After)
	if out.Plan.Sure() && (out.Result == journal.Verified || out.Result == journal.Accepted) {
		o.UndoURL = p.paths.UndoChange(out.EntryID)
	}
	return o
}

// none says why nothing was sent: one of the words that stand in an address for it.
func (p presenter) none(why string) partials.Outcome {
	o := partials.Outcome{Result: nothingID}
	o.Title, o.Text = p.said(why)
	return o
}

// outcomeOf says it of a change in the journal, on the page that a POST redirects to.
func (p presenter) outcomeOf(e journal.Entry) partials.Outcome {
	item := p.entry(e)
	o := partials.Outcome{
		ChangeID: e.ID, Result: string(e.Result), Detail: detail(e.Result, e.Message),
		Removed: item.Removed, Added: item.Added, UndoURL: item.UndoURL,
	}
	o.Title, o.Text = p.cameOut(e.Result, e.Code)
	if e.Kind == journal.Recording {
		o.Title = item.Sentence
		o.Text = p.say.T("outcome.recording_" + string(e.Result))
		if e.Code == roster.CodeNotSent {
			o.Text, _ = p.cameOut(e.Result, e.Code)
		}
	}
	p.readBack(&o, apiclient.QueueType(e.Kind), e.Result, e.Seen, e.After)
	return o
}

// readBack adds what was read after a change, where that is not what its result says. What is
// just what was sent, of a change that was accepted, was there before, too.
func (p presenter) readBack(o *partials.Outcome, typ apiclient.QueueType, result journal.Result, seen, sent []int64) {
	switch {
	case seen == nil || result == journal.Verified:
	case result == journal.Accepted && roster.SameSet(seen, sent):
		o.Title, o.Text = p.said("unproven")
	default:
		if result == journal.Accepted && typ == apiclient.Callout && len(seen) == 1 && slices.Contains(sent, seen[0]) {
			o.Title, o.Text = p.said("one_of_them") // which waiting will not change
		}
		o.Seen, o.HasSeen = p.namer(typ).chips(seen), true
	}
}

// finder finds one change of the journal.
type finder interface {
	Find(ctx context.Context, scope journal.Scope, id string) (journal.Entry, error)
}

// shownChange is the outcome of the change that an address names, and whose list that
// change was of: nil where it names none, or where agent is given and it is another's.
func (v *visit) shownChange(c *fiber.Ctx, in finder, agent string) (shown *partials.Outcome, of string) {
	var o partials.Outcome
	switch id := c.Query("change"); id {
	case "":
		return nil, ""
	case nothingID, unchangedID, cancelledID:
		o = v.none(id)
	default:
		e, err := in.Find(c.UserContext(), v.scope(), id)
		if err != nil || agent != "" && e.Agent != agent {
			return nil, ""
		}
		o, of = v.outcomeOf(e), e.Agent
	}
	return &o, of
}

// changeWords say which queues a change took away and added, "" for neither.
func (p presenter) changeWords(o partials.Outcome) string {
	var words []string
	if len(o.Removed) > 0 {
		words = append(words, p.say.T("toast.removed", "Queues", names(o.Removed)))
	}
	if len(o.Added) > 0 {
		words = append(words, p.say.T("toast.added", "Queues", names(o.Added)))
	}
	return strings.Join(words, " ")
}
