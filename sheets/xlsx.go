package sheets

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// The limits of the format.
const (
	maxCell = 32_767 // characters
	maxName = 31     // of a sheet
)

// XLSX writes the table as a workbook. Every cell is a text.
func (t Table) XLSX(w io.Writer) (err error) {
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	name := sheetName(t.Name)
	if err := book.SetSheetName(book.GetSheetName(0), name); err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	sheet, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := sheet.SetColWidth(1, max(len(t.Header), 1), columnWidth); err != nil {
		return err
	}
	row := 1
	write := func(cells []Cell) error {
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = c.xlsx(row == 1, bold)
		}
		at, err := excelize.CoordinatesToCellName(1, row)
		if err != nil {
			return err
		}
		row++
		return sheet.SetRow(at, values)
	}
	if err := write(texts(t.Header)); err != nil {
		return err
	}
	short := t.Rows(write)
	count := row - 2
	if short != nil {
		if err := write([]Cell{Text(incomplete)}); err != nil {
			return errors.Join(short, err)
		}
	}
	if err := sheet.Flush(); err != nil {
		return errors.Join(short, err)
	}
	if t.CountName != "" {
		t.About = append(slices.Clip(t.About), [2]string{t.CountName, strconv.Itoa(count)})
	}
	if err := t.about(book); err != nil {
		return errors.Join(short, err)
	}
	return errors.Join(short, book.Write(w))
}

// columnWidth is that of a column, in characters.
const columnWidth = 18

// about adds the second sheet.
func (t Table) about(book *excelize.File) error {
	if len(t.About) == 0 {
		return nil
	}
	name := sheetName(t.AboutName)
	if _, err := book.NewSheet(name); err != nil {
		return err
	}
	for i, pair := range t.About {
		for j, text := range pair {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := book.SetCellStr(name, at, cut(line(text), maxCell)); err != nil {
				return err
			}
		}
	}
	return book.SetColWidth(name, "A", "B", 2*columnWidth)
}

// xlsx is a cell as a stream writer takes it: never a number, never a formula.
func (c Cell) xlsx(head bool, bold int) any {
	s := cut(line(c.text), maxCell)
	switch {
	case head:
		return excelize.Cell{StyleID: bold, Value: s}
	case s == "":
		return nil
	}
	return s
}

// sheetName is a name that the format allows.
func sheetName(s string) string {
	out := []rune{}
	for _, r := range line(s) {
		switch r {
		case ':', '\\', '/', '?', '*', '[', ']', '\'':
			r = ' '
		}
		out = append(out, r)
	}
	return cut(string(out), maxName)
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
