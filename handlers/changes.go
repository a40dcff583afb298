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
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
)

// Changes answers for the journal of the tenant that the session was answered for.
type Changes struct {
	*Desk
	journal changesJournal
	runs    runs.Store
	shifts  notices // of any time: pages ask seldom
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
	rows, older, err := r.all(c.UserContext(), v, q)
	if errors.Is(err, journal.ErrNotFound) {
		// The page began below an entry that is no more: from the newest, then.
		q.Before = ""
		rows, older, err = r.all(c.UserContext(), v, q)
	}
	if err != nil {
		return err
	}
	// Queues of both types, to filter by.
	queues := v.queueFilter(q.QueueID)
	queues.Queues = append(queues.Queues, queueChips(v.tenant.Queues(apiclient.Callout))...)
	queues.Search, queues.Any = r.Paths.QueueOptions("all"), ""
	days(rows, q)
	m := pages.Changes{Paths: r.Paths, Query: q, Items: rows, Older: older, Queues: queues, Spans: r.spans(q), Unread: q.Unread(fieldsOf(c))}
	if q.From == "" {
		m.NoFrom = typed.Line(c.Query("from"), 40)
	}
	if q.To == "" {
		m.NoTo = typed.Line(c.Query("to"), 40)
	}
	if q.Run != "" {
		if run, err := r.runs.Find(c.UserContext(), v.scope(), q.Run); err == nil {
			row := v.runRow(run)
			m.Run = &row
		}
	}
	m.Outcome, _ = v.shownChange(c, r.journal, "")
	m.PutOff = r.undoPutOff(c, v)
	return r.page(c, fiber.StatusOK, r.chrome(c, v.say.T("changes.title"), "changes"), pages.ChangesPage(m), nil)
}

// mostGrouped is how many entries are gone through for a page of the journal, so that the
// changes of a run, which may be hundreds, are one row.
const mostGrouped = 2000

// all are a page of the journal with what the API did otherwise in the same time, and the
// entry below which the next page begins.
func (r *Changes) all(ctx context.Context, v *visit, q paths.ChangesQuery) (rows []partials.JournalRow, older string, err error) {
	from, until := q.Span()
	if q.Kind != paths.KindAPI {
		var last journal.Entry
		if rows, last, err = r.rows(ctx, v, q); err != nil {
			return nil, "", err
		}
		// Each shift is on one page: from the entry that ends this one to that which ended the
		// page before.
		older, from = last.ID, latest(from, last.At)
	}
	if !q.API() {
		return rows, older, nil
	}
	if q.Kind != paths.KindAPI && q.Before != "" {
		above, err := r.journal.Find(ctx, v.scope(), q.Before)
		if err != nil {
			return nil, "", err
		}
		if until.IsZero() || above.At.Before(until) {
			until = above.At
		}
	}
	shifts, err := r.shifts.Shifts(ctx, v.env.Slug, from, until)
	if err != nil {
		return nil, "", err
	}
	for _, line := range v.shifted(shifts) {
		rows = append(rows, partials.JournalRow{Shift: &partials.JournalShift{Code: line.Code, Text: line.Text, URL: r.Paths.Connection()}, At: line.At})
	}
	slices.SortStableFunc(rows, func(a, b partials.JournalRow) int { return b.At.Compare(a.At) })
	return rows, older, nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// rows are a page of the journal, and the entry below which the next one begins, the zero
// value where there is none. Where nothing is filtered by, the changes of a run are one row.
func (r *Changes) rows(ctx context.Context, v *visit, q paths.ChangesQuery) (rows []partials.JournalRow, last journal.Entry, err error) {
	f := changesFilter(v.scope(), q)
	f.Limit = changesLimit
	seen := make(map[string]bool)
	for gone := 0; ; {
		entries, more, err := r.journal.List(ctx, f)
		if err != nil {
			return nil, last, err
		}
		for i, e := range entries {
			if len(rows) == changesLimit {
				return rows, last, nil
			}
			f.Before, last = e.ID, e
			switch {
			case e.RunID == "" || q.Apart():
				rows = append(rows, v.journalRow(e))
			case !seen[e.RunID]:
				seen[e.RunID] = true
				rows = append(rows, r.runOf(ctx, v, e))
			}
			if i == len(entries)-1 && !more {
				return rows, journal.Entry{}, nil
			}
		}
		if gone += len(entries); len(entries) == 0 || !more {
			return rows, journal.Entry{}, nil
		} else if len(rows) == changesLimit || gone >= mostGrouped {
			return rows, last, nil
		}
		f.Limit = 500 // a run, most likely
	}
}

// runOf is the row of the run that an entry belongs to; the entry itself where the run is
// no more.
func (r *Changes) runOf(ctx context.Context, v *visit, e journal.Entry) partials.JournalRow {
	run, err := r.runs.Find(ctx, v.scope(), e.RunID)
	if err != nil {
		return v.journalRow(e)
	}
	m := v.run(run)
	return partials.JournalRow{Run: &m, At: e.At}
}

// journalRow is an entry as a row of its own.
func (p presenter) journalRow(e journal.Entry) partials.JournalRow {
	change := p.entry(e)
	return partials.JournalRow{Change: &change, At: e.At}
}

// days says of each row its time of day, and of the first of each day which day it is: where
// the browser is, as far as the query tells, else in UTC.
func days(rows []partials.JournalRow, q paths.ChangesQuery) {
	last, zone := "", ""
	if q.Zone == "" {
		zone = " UTC"
	}
	for i := range rows {
		at := q.In(rows[i].At)
		rows[i].Clock = at.Format("15:04")
		if day := at.Format("02/01/2006") + zone; day != last {
			rows[i].Day, last = day, day
		}
	}
}

// spans are the days that people mostly ask for, and which of them is shown.
func (r *Changes) spans(q paths.ChangesQuery) []pages.Span {
	spans := []pages.Span{
		{Label: "changes.all_days", URL: r.Paths.Changes(q.AllDays()), First: -1, Chosen: q.From+q.To == ""},
		{Label: "changes.today"},
		{Label: "changes.yesterday", First: 1, Last: 1},
		{Label: "changes.week", First: 6},
	}
	chosen := spans[0].Chosen
	for i := range spans[1:] {
		s := &spans[1+i]
		days := q.Days(r.Now(), s.First, s.Last)
		s.URL, s.Chosen = r.Paths.Changes(days), days.From == q.From && days.To == q.To
		chosen = chosen || s.Chosen
	}
	return append(spans, pages.Span{Label: "changes.range", URL: "#from", First: -1, Chosen: !chosen})
}

// changesFilter is the query within a scope.
func changesFilter(scope journal.Scope, q paths.ChangesQuery) journal.Filter {
	f := journal.Filter{
		Scope: scope, Agent: q.AgentID, Queue: q.QueueID, Operator: q.Operator,
		Kind: journal.Kind(q.Kind), Result: journal.Result(q.Result), RunID: q.Run, Before: q.Before,
	}
	f.From, f.To = q.Span()
	return f
}

// File is the journal as filtered, as a file.
func (r *Changes) File(c *fiber.Ctx) error {
	v := entered(c)
	q := paths.ParseChanges(fieldsOf(c))
	if unread := q.Unread(fieldsOf(c)); len(unread) > 0 {
		return r.unmade(c, "changes", unread, "changes", r.Paths.Changes(q))
	}
	if q.Kind == paths.KindAPI {
		return r.shiftsFile(c, v, q)
	}
	f := changesFilter(v.scope(), q)
	f.Before, f.Limit = "", 1000
	entries, more, err := r.journal.List(c.UserContext(), f)
	if err != nil {
		return err
	}
	// The pages after the first are read while the file is being sent; the
	// request's own deadline would cut a long journal off.
	ctx := context.WithoutCancel(c.UserContext())
	workbook := isWorkbook(c)
	header := changesHeader(workbook)
	rows := func(write func([]sheets.Cell) error) error {
		for {
			for _, e := range entries {
				cells := changeCells(e)
				if workbook {
					cells = append(cells, sheets.Text(e.RunID))
				}
				if err := write(cells); err != nil {
					return err
				}
			}
			if !more || len(entries) == 0 {
				return nil
			}
			f.Before = entries[len(entries)-1].ID
			pageCtx, cancel := context.WithTimeout(ctx, chunkTimeout)
			entries, more, err = r.journal.List(pageCtx, f)
			cancel()
			if err != nil {
				return err
			}
		}
	}
	return r.send(c, v, q, header, rows)
}

// changesHeader names the columns of the journal as a file.
func changesHeader(workbook bool) []string {
	header := []string{"time_utc", "agent_id", "kind", "before", "after", "priority_before", "priority_after", "enabled", "operator", "result", "code", "message", "change_id", "undo_of", "undone_by", "request_id", "evidence_at"}
	if workbook {
		header = append(header, "run_id") // scripts read the CSV by its columns
	}
	return header
}

func (r *Changes) send(c *fiber.Ctx, v *visit, q paths.ChangesQuery, header []string, rows func(write func([]sheets.Cell) error) error) error {
	return r.sendFile(c, "changes", sheets.Table{
		Name: v.say.T("changes.title"), Header: header, Rows: rows, AboutName: v.say.T("file.about"), CountName: v.say.T("file.count"),
		About: v.about(
			[2]string{"agents.col.extension", q.AgentID}, [2]string{"changes.queue", queueCell(q.QueueID)}, [2]string{"changes.operator", q.Operator},
			[2]string{"changes.kind", q.Kind}, [2]string{"changes.result", q.Result}, [2]string{"changes.from", q.From}, [2]string{"changes.to", q.To},
		),
	})
}

// shiftsFile is what the API did otherwise, as a file of the same columns. It is asked for by
// its kind alone: whoever reads the file of all changes reads what people sent.
func (r *Changes) shiftsFile(c *fiber.Ctx, v *visit, q paths.ChangesQuery) error {
	var shifts []journal.Shift
	if q.API() {
		from, until := q.Span()
		found, err := r.shifts.Shifts(c.UserContext(), v.env.Slug, from, until)
		if err != nil {
			return err
		}
		shifts = v.ours(found)
	}
	header := changesHeader(isWorkbook(c))
	return r.send(c, v, q, header, func(write func([]sheets.Cell) error) error {
		for _, t := range shifts {
			cells := make([]string, len(header))
			cells[0], cells[2], cells[3], cells[4] = t.At.UTC().Format(time.RFC3339), paths.KindAPI, t.Was, t.Now
			cells[10] = t.Code
			if err := write(plain(cells...)); err != nil {
				return err
			}
		}
		return nil
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
