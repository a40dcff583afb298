package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/paths"
)

// Changes answers for the journal of the tenant that the session was answered for.
type Changes struct {
	*Desk
	journal changesJournal
}

type changesJournal interface {
	finder
	List(ctx context.Context, f journal.Filter) (entries []journal.Entry, more bool, err error)
}

// changesLimit is how many entries a page of the journal shows.
const changesLimit = 50

// Place is the journal.
func (r *Changes) Place(*fiber.Ctx) string { return r.Paths.Changes(paths.ChangesQuery{}) }

// ListPlace is the journal under the filters of the address.
func (r *Changes) ListPlace(c *fiber.Ctx) string {
	return r.Paths.Changes(paths.ParseChanges(fieldsOf(c)))
}

// List is a page of the journal.
func (r *Changes) List(c *fiber.Ctx) error {
	v := entered(c)
	q := paths.ParseChanges(fieldsOf(c))
	f := changesFilter(v.scope(), q)
	f.Limit = changesLimit
	entries, more, err := r.journal.List(c.UserContext(), f)
	if errors.Is(err, journal.ErrNotFound) {
		// The page began below an entry that is no more: from the newest, then.
		q.Before, f.Before = "", ""
		entries, more, err = r.journal.List(c.UserContext(), f)
	}
	if err != nil {
		return err
	}
	// Queues of both types, to filter by.
	queues := append(v.queueOptions(q.QueueID), queueChips(v.tenant.Queues(apiclient.Callout))...)
	m := pages.Changes{Paths: r.Paths, Query: q, More: more, Queues: queues}
	for _, e := range entries {
		m.Items = append(m.Items, v.entry(e))
	}
	if more {
		m.Older = entries[len(entries)-1].ID
	}
	m.Outcome, _ = v.shownChange(c, r.journal, "")
	m.PutOff = r.undoPutOff(c, v)
	return r.page(c, fiber.StatusOK, r.chrome(c, v.say.T("changes.title"), "changes"), pages.ChangesPage(m), nil)
}

// changesFilter is the query within a scope.
func changesFilter(scope journal.Scope, q paths.ChangesQuery) journal.Filter {
	f := journal.Filter{
		Scope: scope, Agent: q.AgentID, Queue: q.QueueID, Operator: q.Operator,
		Kind: journal.Kind(q.Kind), Result: journal.Result(q.Result), Before: q.Before,
	}
	f.From, f.To = q.Span()
	return f
}

// File is the journal as filtered, as a file.
func (r *Changes) File(c *fiber.Ctx) error {
	v := entered(c)
	q := paths.ParseChanges(fieldsOf(c))
	f := changesFilter(v.scope(), q)
	f.Before, f.Limit = "", 1000
	entries, more, err := r.journal.List(c.UserContext(), f)
	if err != nil {
		return err
	}
	// The pages after the first are read while the file is being sent; the
	// request's own deadline would cut a long journal off.
	ctx := context.WithoutCancel(c.UserContext())
	header := []string{"time_utc", "agent_id", "kind", "before", "after", "priority_before", "priority_after", "enabled", "operator", "result", "code", "message", "change_id", "undo_of", "undone_by", "request_id", "evidence_at"}
	rows := func(write func([]sheets.Cell) error) error {
		for {
			for _, e := range entries {
				if err := write(changeCells(e)); err != nil {
					return err
				}
			}
			if !more || len(entries) == 0 {
				return nil
			}
			f.Before = entries[len(entries)-1].ID
			pageCtx, cancel := context.WithTimeout(ctx, 20*time.Second)
			entries, more, err = r.journal.List(pageCtx, f)
			cancel()
			if err != nil {
				return err
			}
		}
	}
	return r.sendFile(c, "changes", sheets.Table{
		Name: v.say.T("changes.title"), Header: header, Rows: rows, AboutName: v.say.T("file.about"), CountName: v.say.T("file.count"),
		About: v.about(
			[2]string{"agents.col.extension", q.AgentID}, [2]string{"changes.queue", queueCell(q.QueueID)}, [2]string{"changes.operator", q.Operator},
			[2]string{"changes.kind", q.Kind}, [2]string{"changes.result", q.Result}, [2]string{"changes.from", q.From}, [2]string{"changes.to", q.To},
		),
	})
}

func changeCells(e journal.Entry) []sheets.Cell {
	enabled := ""
	if e.Kind == journal.Recording {
		enabled = "false"
		if e.Enabled {
			enabled = "true"
		}
	}
	before := idsCell(e.Before)
	if !e.BeforeKnown && e.Kind != journal.Recording {
		before = strings.TrimSpace(before + " ?")
	}
	evidence := ""
	if !e.EvidenceAt.IsZero() {
		// Finer than the second that time_utc has: often it is the same one.
		evidence = e.EvidenceAt.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return slices.Concat(
		plain(e.At.UTC().Format(time.RFC3339)), []sheets.Cell{sheets.ID(e.Agent)},
		plain(
			string(e.Kind), before, idsCell(e.After), e.PriorityBefore, e.PriorityAfter, enabled, e.Operator, string(e.Result),
			e.Code, e.Message, e.ID, e.UndoOf, e.UndoneBy, e.RequestID, evidence,
		),
	)
}
