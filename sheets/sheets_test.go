package sheets_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/alohub/agentconsole/sheets"
)

func table(rows [][]sheets.Cell, end error) sheets.Table {
	return sheets.Table{
		Name: "Tổng đài viên: [1/2]", Header: []string{"Máy nhánh", "Tên"}, AboutName: "Thông tin",
		About: [][2]string{{"Bộ lọc", "=1+1"}, {"Lúc", "3"}}, CountName: "Số dòng",
		Rows: func(write func([]sheets.Cell) error) error {
			for _, r := range rows {
				if err := write(r); err != nil {
					return err
				}
			}
			return end
		},
	}
}

// odd is what spreadsheets change or run, or cannot hold.
func odd() [][]sheets.Cell {
	return [][]sheets.Cell{
		{sheets.ID("082018"), sheets.Text("Nguyễn Thị Ánh")},
		{sheets.ID("0"), sheets.Text("=cmd|'/c calc'!A0")},
		{sheets.ID("ext-7"), sheets.Text("two\r\nlines\x0b\x00, \"quoted\"; more")},
		{sheets.ID("=1+1"), sheets.Text("")},
		{sheets.ID("०१"), sheets.Text("12 345")},
		{sheets.ID(""), sheets.Text("2026-11-01")},
	}
}

// TestCSV: each cell is protected, in either separator.
func TestCSV(t *testing.T) {
	t.Parallel()
	want := [][]string{
		{"Máy nhánh", "Tên"},
		{`="082018"`, "Nguyễn Thị Ánh"},
		{`="0"`, "'=cmd|'/c calc'!A0"},
		{"ext-7", `two lines , "quoted"; more`},
		{"'=1+1", ""},
		{"०१", "12 345"},
		{"", "2026-11-01"},
	}
	for _, separator := range []rune{',', ';'} {
		var b bytes.Buffer
		if err := table(odd(), nil).CSV(&b, separator); err != nil {
			t.Fatal(err)
		}
		text, ok := strings.CutPrefix(b.String(), "\uFEFF")
		if !ok || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
			t.Errorf("%q", b.String())
		}
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = separator
		got, err := r.ReadAll()
		if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%c: %q, %v", separator, got, err)
		}
	}
}

// TestCSVCells in detail.
func TestCSVCells(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "+84 28": "'+84 28", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "|x": "'|x", "%x": "'%x",
		"a=b": "a=b", "two\r\nlines\nand\rmo": "two lines and mo", "\n=x": " =x", "a\x00b": "a b",
	} {
		var b bytes.Buffer
		if err := table([][]sheets.Cell{{sheets.Text(in), sheets.Text("z")}}, nil).CSV(&b, ';'); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF")))
		r.Comma = ';'
		if rows, err := r.ReadAll(); err != nil || rows[1][0] != want {
			t.Errorf("%q: %q, %v; want %q", in, rows, err, want)
		}
	}
}

// TestXLSX: every cell is the text that was given, in a text cell.
func TestXLSX(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := table(odd(), nil).XLSX(&b); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if names := book.GetSheetList(); len(names) != 2 || names[0] != "Tổng đài viên   1 2 " || names[1] != "Thông tin" {
		t.Errorf("sheets %q", names)
	}
	name := book.GetSheetName(0)
	rows, err := book.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Máy nhánh", "Tên"},
		{"082018", "Nguyễn Thị Ánh"},
		{"0", "=cmd|'/c calc'!A0"},
		{"ext-7", `two lines , "quoted"; more`},
		{"=1+1"},
		{"०१", "12 345"},
		{"", "2026-11-01"},
	}
	if !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("%q", rows)
	}
	for _, at := range []string{"A2", "A3", "B3", "A5", "B7"} {
		kind, err := book.GetCellType(name, at)
		formula, ferr := book.GetCellFormula(name, at)
		if err != nil || ferr != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString || formula != "" {
			t.Errorf("%s: type %v, formula %q, %v", at, kind, formula, err)
		}
	}
	about, err := book.GetRows("Thông tin")
	if err != nil || !slices.EqualFunc(about, [][]string{{"Bộ lọc", "=1+1"}, {"Lúc", "3"}, {"Số dòng", "6"}}, slices.Equal) {
		t.Errorf("about: %q, %v", about, err)
	}
}

// TestEscapesOfTheFormat: a name that looks like the code of a character stays itself,
// here and in what others read.
func TestEscapesOfTheFormat(t *testing.T) {
	t.Parallel()
	const name = "a_x0041_b _x005F_ _xyz_"
	var b bytes.Buffer
	if err := table([][]sheets.Cell{{sheets.Text(name)}}, nil).XLSX(&b); err != nil {
		t.Fatal(err)
	}
	if got := openRead(t, b.Bytes()); !strings.Contains(got, name) {
		t.Errorf("read here: %s", got)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got, err := book.GetCellValue(book.GetSheetName(0), "A2"); err != nil || got != name {
		t.Errorf("read by others: %q, %v", got, err)
	}
}

// TestFilesAreStreamed: what is written of a file leaves while its rows are still coming.
func TestFilesAreStreamed(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(sheets.Table, *bytes.Buffer) error{
		"CSV":  func(t sheets.Table, to *bytes.Buffer) error { return t.CSV(to, ',') },
		"XLSX": func(t sheets.Table, to *bytes.Buffer) error { return t.XLSX(to) },
	} {
		var out bytes.Buffer
		left := 0
		long := sheets.Table{Name: "x", Header: []string{"a"}, Rows: func(row func([]sheets.Cell) error) error {
			for i := range 50_000 {
				if err := row([]sheets.Cell{sheets.Text(strconv.Itoa(i * i))}); err != nil {
					return err
				}
			}
			left = out.Len()
			return nil
		}}
		if err := write(long, &out); err != nil || left < out.Len()*8/10 {
			t.Errorf("%s: %d of %d bytes had left with the last row, %v", name, left, out.Len(), err)
		}
	}
}

// TestFilesThatBreakOff say so in their last row.
func TestFilesThatBreakOff(t *testing.T) {
	t.Parallel()
	failure := errors.New("disk full")
	var text, binary bytes.Buffer
	if err := table(odd()[:1], failure).CSV(&text, ','); !errors.Is(err, failure) || !strings.HasSuffix(text.String(), "\r\nINCOMPLETE\r\n") {
		t.Errorf("%v: %q", err, text.String())
	}
	if err := table(odd()[:1], failure).XLSX(&binary); !errors.Is(err, failure) {
		t.Errorf("%v", err)
	}
	book, err := excelize.OpenReader(&binary)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if rows, err := book.GetRows(book.GetSheetName(0)); err != nil || rows[len(rows)-1][0] != "INCOMPLETE" {
		t.Errorf("%q, %v", rows, err)
	}
}
