package sheets_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/sheets"
)

// TestLibreOffice: what a spreadsheet that is no library makes of the files, cell by cell.
// A workbook is itself. Of CSV, converted without anybody to choose the encoding, the
// letters are lost and the first cell has the byte order mark in front, which is why the
// workbook is offered first; but zeros and formulas are as they were meant.
func TestLibreOffice(t *testing.T) {
	t.Parallel()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed (apt-get install libreoffice-calc)")
	}
	rows := append(odd(), []sheets.Cell{sheets.ID("082024"), sheets.Text("a_x0041_b  two spaces ")})
	dir := t.TempDir()
	convert := func(name, to string, write func(*bytes.Buffer) error) string {
		t.Helper()
		var b bytes.Buffer
		must(t, write(&b))
		from := filepath.Join(dir, name)
		must(t, os.WriteFile(from, b.Bytes(), 0o600))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		out := filepath.Join(dir, "out-"+name)
		cmd := exec.CommandContext(ctx, office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", to, "--outdir", out, from)
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		ext, _, _ := strings.Cut(to, ":")
		return filepath.Join(out, strings.TrimSuffix(name, filepath.Ext(name))+"."+ext)
	}

	// Of a workbook to UTF-8, with commas, as shown, and all in quotes.
	path := convert("book.xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false", func(b *bytes.Buffer) error { return table(rows, nil).XLSX(b) })
	text, err := os.ReadFile(path)
	must(t, err)
	got, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	must(t, err)
	want := [][]string{
		{"Máy nhánh", "Tên"},
		{"082018", "Nguyễn Thị Ánh"},
		{"0", "=cmd|'/c calc'!A0"},
		{"ext-7", `two lines , "quoted"; more`},
		{"=1+1", ""},
		{"०१", "12 345"},
		{"", "2026-11-01"},
		{"082024", "a_x0041_b  two spaces "},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("the workbook:\n%q\nwant\n%q", got, want)
	}

	// Of CSV to a workbook.
	path = convert("list.csv", "xlsx", func(b *bytes.Buffer) error { return table(rows, nil).CSV(b, ',') })
	book, err := excelize.OpenFile(path)
	must(t, err)
	defer book.Close()
	cells, err := book.GetRows(book.GetSheetName(0))
	must(t, err)
	for i, id := range []string{"", "082018", "0", "ext-7", "'=1+1", "", "", "082024"} {
		if id != "" && (i >= len(cells) || len(cells[i]) == 0 || cells[i][0] != id) {
			t.Errorf("CSV, row %d is not of %s: %q", i+1, id, cells[min(i, len(cells)-1)])
		}
	}
	if got := cells[1][1]; !strings.HasPrefix(got, "Nguyá»…n") {
		t.Errorf("CSV is read as what it is by now (%q): then it may be offered first", got)
	}
	if got := cells[2][1]; got != "'=cmd|'/c calc'!A0" {
		t.Errorf("a formula: %q", got)
	}
}
