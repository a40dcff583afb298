package sheets

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/alohub/agentconsole/typed"
)

// CSV writes the table for spreadsheets that open it as it is: UTF-8 with a byte order
// mark, CRLF. The separator is a comma or, for languages that put one into numbers, a
// semicolon.
func (t Table) CSV(w io.Writer, separator rune) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF, out.Comma = true, separator
	record := make([]string, 0, len(t.Header))
	write := func(cells []Cell) error {
		record = record[:0]
		for _, c := range cells {
			record = append(record, c.csv())
		}
		return out.Write(record)
	}
	err := write(texts(t.Header))
	if err == nil {
		if err = t.Rows(write); err != nil {
			_ = out.Write([]string{incomplete})
		}
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

func texts(words []string) []Cell {
	cells := make([]Cell, len(words))
	for i, w := range words {
		cells[i] = Text(w)
	}
	return cells
}

// csv is a cell as CSV has to have it. An extension is written ="082018", which a
// spreadsheet reads as text; what it would take for a formula begins with an apostrophe.
func (c Cell) csv() string {
	s := line(c.text)
	switch {
	case c.id && typed.Digits(s):
		return `="` + s + `"`
	case s != "" && strings.ContainsRune("=+-@\t|%", []rune(s)[0]):
		return "'" + s
	}
	return s
}
