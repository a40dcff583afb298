package handlers

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/web/requestid"
)

// sendCSV streams a file that spreadsheets open as it is: UTF-8 with a byte order
// mark, CRLF.
func (d *Desk) sendCSV(c *fiber.Ctx, name string, rows func(write func([]string) error) error) error {
	now, ctx := d.Now(), context.WithoutCancel(c.UserContext())
	request := requestid.From(ctx)
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
					d.Log.ErrorContext(ctx, "panic", "value", v, "stack", string(debug.Stack()), "request_id", request)
				}
			}()
			return rows(out.Write)
		}()
		if err != nil {
			// The status is long sent: the file itself has to say that it is short.
			_ = out.Write([]string{"INCOMPLETE"})
			d.Log.WarnContext(ctx, "a file was sent incomplete", "name", name, "error", err, "request_id", request)
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
