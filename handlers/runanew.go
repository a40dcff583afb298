package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
)

// Tick takes agents of a page out of a plan, or back in.
func (r *Runs) Tick(c *fiber.Ctx) error {
	v, id := entered(c), param(c, "id")
	run, err := r.store.Find(c.UserContext(), v.scope(), id)
	if err != nil {
		return r.gone(c, v, err)
	}
	var in, out []int
	ticked := fieldValues(c, "in")
	for _, text := range fieldValues(c, "seq") {
		seq, err := strconv.Atoi(text)
		switch {
		case err != nil:
		case slices.Contains(ticked, text):
			in = append(in, seq)
		default:
			out = append(out, seq)
		}
	}
	for _, part := range []struct {
		seqs []int
		in   bool
	}{{in, true}, {out, false}} {
		if len(part.seqs) == 0 {
			continue
		}
		if err := r.store.Tick(c.UserContext(), id, part.seqs, part.in); err != nil {
			return r.steer(c, v, id, err)
		}
	}
	// What it does to the queues is another by now.
	moved, err := r.replan(c, v, run)
	if err != nil {
		return r.steer(c, v, id, err)
	}
	if moved != "" {
		return r.show(c, nil, moved)
	}
	page, _ := strconv.Atoi(field(c, "page"))
	return render.Redirect(c, r.Paths.Run(id, stateFilter(field(c, "state")), max(page, 0)))
}

// Retry plans what is left of a run.
func (r *Runs) Retry(c *fiber.Ctx) error {
	return r.from(c, func(run *runs.Run, items []runs.Item) (intents []roster.Intent, not []runs.Item, err error) {
		left := slices.DeleteFunc(items, func(it runs.Item) bool { return !it.State.Left() })
		return runs.Wishes(left), nil, nil
	})
}

// Again plans the same once more.
func (r *Runs) Again(c *fiber.Ctx) error {
	return r.from(c, func(run *runs.Run, items []runs.Item) (intents []roster.Intent, not []runs.Item, err error) {
		return runs.Wishes(items), nil, nil
	})
}

// Reverse plans the way back of a move, for the same agents.
func (r *Runs) Reverse(c *fiber.Ctx) error {
	return r.from(c, func(run *runs.Run, items []runs.Item) (intents []roster.Intent, not []runs.Item, err error) {
		if run.Operation != runs.Move {
			return nil, nil, nil // nothing else has a way back
		}
		run.QueueIDs, run.FromIDs, run.Priority = run.FromIDs, run.QueueIDs, nil
		for _, it := range items {
			intents = append(intents, roster.MoveIntent(it.Agent, apiclient.Callin, it.Intent.Want, it.Intent.From, nil))
		}
		return intents, nil, nil
	})
}

// Undo plans what takes a run back.
func (r *Runs) Undo(c *fiber.Ctx) error {
	v := entered(c)
	return r.from(c, func(run *runs.Run, items []runs.Item) ([]roster.Intent, []runs.Item, error) {
		run.Operation = runs.Undo
		entries, err := r.entries(c.UserContext(), journal.Filter{Scope: v.scope(), RunID: run.Of, Limit: 1000})
		if err != nil {
			return nil, nil, err
		}
		intents, not := runs.UndoIntents(items, func(id string) (journal.Entry, bool) {
			e, ok := entries[id]
			return e, ok && e.UndoneBy == ""
		})
		return intents, not, nil
	})
}

// entries are all of a run's, by their ids: a trip for a thousand, not for each.
func (r *Runs) entries(ctx context.Context, f journal.Filter) (map[string]journal.Entry, error) {
	by := make(map[string]journal.Entry)
	for {
		page, more, err := r.journal.List(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			by[e.ID], f.Before = e, e.ID
		}
		if !more {
			return by, nil
		}
	}
}

// from plans a run from what another was.
func (r *Runs) from(c *fiber.Ctx, intents func(run *runs.Run, items []runs.Item) ([]roster.Intent, []runs.Item, error)) error {
	v, id := entered(c), param(c, "id")
	was, err := r.store.Find(c.UserContext(), v.scope(), id)
	if err != nil {
		return r.gone(c, v, err)
	}
	if was.State == runs.Running || was.State == runs.Planned {
		return r.steer(c, v, id, runs.ErrMoved)
	}
	if err := r.read(c.UserContext(), v); err != nil {
		return r.unread(c, err)
	}
	items, err := r.store.Items(c.UserContext(), id, runs.ItemFilter{})
	if err != nil {
		return err
	}
	next := runs.Run{
		Operation: was.Operation, QueueIDs: was.QueueIDs, FromIDs: was.FromIDs,
		Priority: was.Priority, Choice: runs.Choice{By: "run"}, Of: was.ID,
	}
	wanted, not, err := intents(&next, items)
	if err != nil {
		return err
	}
	if len(wanted)+len(not) == 0 {
		return r.show(c, r.say(c, invalid("runs.nothing_left"), nil), "")
	}
	next.Choice.Count = len(wanted) + len(not)
	return r.plan(c, v, next, wanted, not, onWord)
}

// Keep keeps a run under a name, or no longer.
func (r *Runs) Keep(c *fiber.Ctx) error {
	v, id := entered(c), param(c, "id")
	return r.steer(c, v, id, r.store.Keep(c.UserContext(), v.scope(), id, typed.Line(field(c, "name"), paths.MaxOperator)))
}

// unread shows the run where nothing can be planned yet, for the tenant is only being read.
func (r *Runs) unread(c *fiber.Ctx, err error) error {
	if errors.Is(err, errBeingRead) {
		return r.show(c, r.say(c, beingRead(), nil), "")
	}
	return err
}
