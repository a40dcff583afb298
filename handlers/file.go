package handlers

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/requestid"
)

// sendFile streams a table as the file that the address names, XLSX or CSV.
func (d *Desk) sendFile(c *fiber.Ctx, name string, table sheets.Table) error {
	now, ctx := d.Now(), context.WithoutCancel(c.UserContext())
	between := separator(c)
	format, write := "csv", func(w io.Writer) error { return table.CSV(w, between) }
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	if isWorkbook(c) {
		format, write = "xlsx", func(w io.Writer) error { return table.XLSX(w) }
		c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+"-"+now.UTC().Format("2006-01-02")+"."+format+`"`)
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		rows := table.Rows
		table.Rows = func(to func([]sheets.Cell) error) error {
			return d.caught(ctx, func() error { return rows(to) }) // so that the file says that it is short
		}
		err := d.caught(ctx, func() error { return write(w) })
		if err != nil {
			// The status is long sent: the file itself says that it is short.
			d.Log.WarnContext(ctx, "a file was sent incomplete", "name", name, "error", err, "request_id", requestid.From(ctx))
		}
		_ = w.Flush()
	})
	return nil
}

// unmade answers where a file is asked for by filters that are not understood: it would have
// more in it than was meant, and say so to nobody who opens it. in is where the catalogue has
// the names of the filters, and back the list that is shown without them.
func (d *Desk) unmade(c *fiber.Ctx, in string, unread []paths.Unread, nav, back string) error {
	f := d.say(c, invalid("problem.file_unread"), nil)
	f.failure.Unread, f.failure.UnreadIn = unread, in
	return d.faultPage(c, f, nav, back, locale.From(c.UserContext()).T("file.list"))
}

// isWorkbook reports whether the address names an XLSX file.
func isWorkbook(c *fiber.Ctx) bool { return strings.HasSuffix(c.Path(), ".xlsx") }

// caught does what runs in fasthttp's goroutine, outside the chain's Recover: a panic would
// end the process, and every session's work with it.
func (d *Desk) caught(ctx context.Context, do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
			d.Log.ErrorContext(ctx, "panic", "value", v, "stack", string(debug.Stack()), "request_id", requestid.From(ctx))
		}
	}()
	return do()
}

// separator is what stands between the cells of a CSV file: a semicolon where it is asked
// for, as spreadsheets in Vietnamese expect it.
func separator(c *fiber.Ctx) rune {
	if c.Query(paths.SeparatorField) == paths.Semicolon {
		return ';'
	}
	return ','
}

// about is what a workbook says of itself: what of, when, and by which filters.
func (v *visit) about(filters ...[2]string) [][2]string {
	about := [][2]string{
		{v.say.T("file.environment"), v.session.Environment},
		{v.say.T("file.tenant"), cmp.Or(v.session.TenantName, v.session.Tenant)},
		{v.say.T("file.at"), v.desk.Now().UTC().Format("2006-01-02 15:04:05") + " UTC"},
	}
	for _, f := range filters {
		if f[1] != "" {
			about = append(about, [2]string{v.say.T("file.filter") + ": " + v.say.T(f[0]), f[1]})
		}
	}
	return about
}

// plain are cells of text.
func plain(words ...string) []sheets.Cell {
	cells := make([]sheets.Cell, len(words))
	for i, w := range words {
		cells[i] = sheets.Text(w)
	}
	return cells
}

func ids(chips []components.Chip) string {
	words := make([]int64, len(chips))
	for i, chip := range chips {
		words[i] = chip.ID
	}
	return idsCell(words)
}

// queueCell is the queue that a list is filtered by, "" for none.
func queueCell(id int64) string {
	if id == 0 {
		return ""
	}
	return idsCell([]int64{id})
}

// idsCell joins ids by spaces: a spreadsheet reads commas between digits as a
// decimal or as thousands.
func idsCell(ids []int64) string { return strings.ReplaceAll(list(ids), ",", " ") }
