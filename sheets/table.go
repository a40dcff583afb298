package sheets

import (
	"strings"
	"unicode"
)

// Table is what a file holds.
type Table struct {
	Name   string // of the sheet
	Header []string
	// Rows gives the rows to write, one after the other, and ends with write's error. What
	// else goes wrong, or is not whole, it returns: the file then ends in a row that says
	// INCOMPLETE, for its status was sent long before.
	Rows func(write func([]Cell) error) error
	// About is what a workbook's second sheet says of the first, in pairs of a name and a
	// value; AboutName is its name.
	AboutName string
	About     [][2]string
	// CountName is what the number of rows is called there, "" where it is not said.
	CountName string
}

// Cell is one value.
type Cell struct {
	text string
	id   bool
}

// Text is any text.
func Text(s string) Cell { return Cell{text: s} }

// ID is what may be all digits and is no number: its zeros stand for something.
func ID(s string) Cell { return Cell{text: s, id: true} }

// incomplete ends a file from which something may be missing.
const incomplete = "INCOMPLETE"

// line is s without what a cell of one line cannot hold.
func line(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\n' || r == 0:
			return ' '
		case unicode.IsControl(r) && r != '\t', r == '\ufffe', r == '\uffff':
			return -1
		}
		return r
	}, s)
}
