package handlers

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/sheets"
)

// paper is a log that another goroutine writes.
type paper struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.Write(b)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.String()
}

// TestAFileThatBreaksOff: what goes wrong in a row, a panic too, ends the file with a line
// that says so, and nothing else.
func TestAFileThatBreaksOff(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fail func() error
		file string
		log  []string
	}{
		"nothing":  {func() error { return nil }, "\uFEFFa\r\n1\r\n", nil},
		"an error": {func() error { return errors.New("disk full") }, "\uFEFFa\r\n1\r\nINCOMPLETE\r\n", []string{"disk full"}},
		"a panic": {
			func() error { panic("a row that cannot be made") },
			"\uFEFFa\r\n1\r\nINCOMPLETE\r\n",
			[]string{"a row that cannot be made", "level=ERROR msg=panic", "filebreak_test.go", "a file was sent incomplete"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &paper{}
			d := &Desk{Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))}
			app := fiber.New()
			app.Get("/x.csv", func(c *fiber.Ctx) error {
				return d.sendFile(c, "x", sheets.Table{Header: []string{"a"}, Rows: func(write func([]sheets.Cell) error) error {
					if err := write([]sheets.Cell{sheets.Text("1")}); err != nil {
						return err
					}
					return tt.fail()
				}})
			})
			resp, err := app.Test(httptest.NewRequest("GET", "/x.csv", nil), -1)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			file, err := io.ReadAll(resp.Body)
			if err != nil || string(file) != tt.file {
				t.Errorf("%q, %v; want %q", file, err, tt.file)
			}
			for _, want := range tt.log {
				if !strings.Contains(log.String(), want) {
					t.Errorf("the log has no %q: %s", want, log)
				}
			}
			if tt.log == nil && log.String() != "" {
				t.Errorf("logged: %s", log)
			}
		})
	}
}

// TestAPanicEndsAFileAlone, wherever it is made, in the writing of it too.
func TestAPanicEndsAFileAlone(t *testing.T) {
	t.Parallel()
	log := &paper{}
	d := &Desk{Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))}
	err := d.caught(t.Context(), func() error { panic("a library's") })
	if err == nil || !strings.Contains(log.String(), "a library's") {
		t.Errorf("%v: %s", err, log)
	}
}

// TestAWorkbookHasItsRows: what a row panics with is caught in a workbook, too.
func TestAWorkbookHasItsRows(t *testing.T) {
	t.Parallel()
	log := &paper{}
	d := &Desk{Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))}
	app := fiber.New()
	app.Get("/x.xlsx", func(c *fiber.Ctx) error {
		return d.sendFile(c, "x", sheets.Table{Name: "x", Header: []string{"a"}, Rows: func(func([]sheets.Cell) error) error { panic("a row") }})
	})
	resp, err := app.Test(httptest.NewRequest("GET", "/x.xlsx", nil), -1)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	file, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if rows, err := book.GetRows("x"); err != nil || len(rows) != 2 || rows[1][0] != "INCOMPLETE" {
		t.Errorf("%q, %v", rows, err)
	}
}
