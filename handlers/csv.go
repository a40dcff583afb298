package handlers

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/requestid"
)

// AgentsCSV is the list as filtered, all pages. The first page is read before the
// answer begins, so that what goes wrong is said as an error and not as a file
// that ends early; so is the rest, since a status cannot be taken back.
func (d *Desk) AgentsCSV(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c)
	agents, whole, err := v.everyAgent(c.UserContext(), q)
	if err != nil {
		return err
	}
	sent, err := d.Journal.Recordings(c.UserContext(), v.scope())
	if err != nil {
		return err
	}
	say, p := v.say, d.Paths
	header := []string{
		"agents.col.extension", "agents.col.name", "agents.col.status", "csv.callin_ids", "agents.col.callin",
		"agents.col.priority", "csv.callout_ids", "agents.col.callout", "agents.col.follow_me", "agents.col.system",
		"agents.col.user", "agents.col.recording",
	}
	for i, id := range header {
		header[i] = say.T(id)
	}
	rows := func(write func([]string) error) error {
		if err := write(header); err != nil {
			return err
		}
		for _, a := range agents {
			r := row(p, say, a, sent[a.ID])
			err := write([]string{
				extensionCell(a.ID), cell(r.Name), statusWord(a.Status), ids(r.Callin), cell(names(r.Callin)),
				cell(r.Priority), ids(r.Callout), cell(names(r.Callout)), flag(r.FollowMe), cell(r.System),
				cell(r.User), r.Recording.State,
			})
			if err != nil {
				return err
			}
		}
		if !whole {
			return errIncomplete
		}
		return nil
	}
	return d.sendCSV(c, "agents", rows)
}

// errIncomplete: the file has all there was, and somebody may be missing from that.
var errIncomplete = errors.New("the list may not be whole")

// everyAgent reads all pages of a query: from the snapshot where the API cannot
// answer it, else page by page, people's lane, going by what comes back. whole is
// false where somebody may be missing.
func (v *visit) everyAgent(ctx context.Context, q paths.AgentsQuery) (all []roster.Agent, whole bool, err error) {
	v.tenant.StartCrawl(v.access)
	if q.NeedsSnapshot() {
		if err := v.searchable(q); err != nil {
			return nil, false, err
		}
		ledger, err := v.recordings(ctx, q)
		if err != nil {
			return nil, false, err
		}
		s := searchQuery(q, 0, ledger)
		s.Page = 0
		found := v.tenant.Search(s)
		return found.Agents, found.Complete && !v.tenant.Progress().Incomplete, nil
	}
	seen, rows, most := map[string]bool{}, 0, 0
	for page := 0; page < maxPages; page++ {
		listing, err := v.tenant.List(ctx, v.person, apiclient.AgentQuery{
			TeamID: q.TeamID, Status: q.Status, QueueID: q.QueueID, Page: page, Size: maxSize,
		})
		if err != nil {
			return nil, false, err
		}
		rows += listing.Rows
		fresh := 0
		for _, a := range listing.Agents {
			if !seen[a.ID] {
				seen[a.ID] = true
				fresh++
				all = append(all, a)
			}
		}
		// A claim alone never ends it, where the pages so far may have been full ones.
		most = max(most, listing.Rows)
		if fresh == 0 || !listing.HasMore && (listing.Rows < most || listing.Rows < listing.Total) {
			// A claim may count rows or agents.
			return all, listing.Total <= max(rows, len(all)), nil
		}
	}
	return all, false, nil
}

// maxPages bounds an export: 50,000 agents.
const maxPages = 500

// ChangesCSV is the journal as filtered.
func (d *Desk) ChangesCSV(c *fiber.Ctx) error {
	v := entered(c)
	f := v.changesFilter(changesQuery(c))
	f.Before, f.Limit = "", 1000
	entries, more, err := d.Journal.List(c.UserContext(), f)
	if err != nil {
		return err
	}
	// The pages after the first are read while the file is being sent; the
	// request's own deadline would cut a long journal off.
	ctx := context.WithoutCancel(c.UserContext())
	header := []string{"time_utc", "agent_id", "kind", "before", "after", "priority_before", "priority_after", "enabled", "operator", "result", "code", "message", "change_id", "undo_of", "undone_by", "request_id"}
	rows := func(write func([]string) error) error {
		if err := write(header); err != nil {
			return err
		}
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
			entries, more, err = d.Journal.List(pageCtx, f)
			cancel()
			if err != nil {
				return err
			}
		}
	}
	return d.sendCSV(c, "changes", rows)
}

func changeCells(e journal.Entry) []string {
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
	return []string{
		e.At.UTC().Format(time.RFC3339), extensionCell(e.Agent), string(e.Kind), before, idsCell(e.After),
		cell(e.PriorityBefore), cell(e.PriorityAfter), enabled, cell(e.Operator), string(e.Result), cell(e.Code),
		cell(e.Message), e.ID, e.UndoOf, e.UndoneBy, e.RequestID,
	}
}

// sendCSV streams a file that spreadsheets open as it is: UTF-8 with a byte order
// mark, CRLF.
func (d *Desk) sendCSV(c *fiber.Ctx, name string, rows func(write func([]string) error) error) error {
	now, request := d.Now(), requestid.From(c.UserContext())
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+"-"+now.UTC().Format("2006-01-02")+`.csv"`)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		_, _ = w.WriteString("\uFEFF")
		out := csv.NewWriter(w)
		out.UseCRLF = true
		// This runs in fasthttp's goroutine, outside the chain's Recover: a panic would
		// end the process, and every session's work with it.
		err := func() (err error) {
			defer func() {
				if v := recover(); v != nil {
					err = fmt.Errorf("panic: %v", v)
					d.Log.Error("panic", "value", v, "stack", string(debug.Stack()), "request_id", request)
				}
			}()
			return rows(out.Write)
		}()
		if err != nil {
			// The status is long sent: the file itself has to say that it is short.
			_ = out.Write([]string{"INCOMPLETE"})
			d.Log.Warn("a file was sent incomplete", "name", name, "error", err, "request_id", request)
		}
		out.Flush()
		_ = w.Flush()
	})
	return nil
}

// cell neutralises what a spreadsheet would take for a formula, and keeps a cell
// on its line.
func cell(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == 0 {
			return ' '
		}
		return r
	}, s)
	if s != "" && strings.ContainsRune("=+-@\t|%", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// extensionCell keeps an extension's leading zeros: a spreadsheet reads ="082018"
// as text. An id of other characters goes as plain text.
func extensionCell(id string) string {
	if id == "" || strings.Trim(id, "0123456789") != "" {
		return cell(id)
	}
	return `="` + id + `"`
}

func ids(chips []components.Chip) string {
	words := make([]int64, len(chips))
	for i, chip := range chips {
		words[i] = chip.ID
	}
	return idsCell(words)
}

// idsCell joins ids by spaces: a spreadsheet reads commas between digits as a
// decimal or as thousands.
func idsCell(ids []int64) string { return strings.ReplaceAll(list(ids), ",", " ") }

func statusWord(status *int) string {
	if status == nil {
		return ""
	}
	if *status == 1 {
		return "1"
	}
	return "0"
}

func flag(on *bool) string {
	switch {
	case on == nil:
		return ""
	case *on:
		return "1"
	default:
		return "0"
	}
}
