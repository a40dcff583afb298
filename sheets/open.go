package sheets

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/alohub/agentconsole/typed"
)

// Book is a file that was opened: a workbook, or CSV as a workbook of one sheet. It is not
// for concurrent use.
type Book struct {
	sheets []Sheet
	// rows begins to read a sheet.
	rows  func(sheet int) (reader, error)
	close func() error
}

// Sheet is one sheet of a book.
type Sheet struct {
	Name   string
	Hidden bool
}

// Row is one row in which something stands.
type Row struct {
	Number int  // as the sheet counts, from 1
	Hidden bool // by a filter, or by hand
	Cells  []Read
}

// Read is one cell as it is read.
type Read struct {
	// Text is what is shown, through typed.Clean line by line: several lines in a cell
	// stay lines, without the empty ones.
	Text    string
	Problem Problem
	// Number: a workbook has it as one number, so that a comma in its text separates
	// nothing: 1,120 is no 1 and 120.
	Number bool
}

// Problem says why the text of a cell is not what is meant.
type Problem string

// The problems; "" is none.
const (
	// Unvalued: a formula without a stored value. Nothing here works one out.
	Unvalued Problem = "formula"
	// Merged: covered by a merged block that begins elsewhere.
	Merged Problem = "merged"
	// ErrorValue: #N/A and its like.
	ErrorValue Problem = "error-value"
)

// reader gives the rows of a sheet in which something stands, one after the other; ok is
// false after the last.
type reader interface {
	next() (row Row, ok bool, err error)
}

// Open reads a file by what is in it, whatever its name says; the name is what a CSV
// file's one sheet is called. Errors are *UnreadableError. What is wrong with one sheet
// alone may be said only by Rows.
func Open(name string, data []byte) (book *Book, err error) {
	defer func() {
		if p := panicked(recover()); p != nil {
			book, err = nil, p
		}
	}()
	switch {
	case len(data) > MaxBytes:
		return nil, unreadable(TooLarge, nil)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, unreadable(Empty, nil)
	case bytes.HasPrefix(data, ole):
		return nil, unreadable(oleKind(data), nil)
	case len(data) > 4 && data[0] == 0x09 && data[3] == 0 && bytes.IndexByte([]byte{0x00, 0x02, 0x04, 0x08}, data[1]) >= 0:
		return nil, unreadable(OldXLS, nil) // BIFF as it is, without a container
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return openXLSX(data)
	}
	name = strings.ReplaceAll(name, `\`, "/")
	return openCSV(typed.Line(strings.TrimSuffix(path.Base(name), path.Ext(name)), maxName), data)
}

// Sheets are the book's sheets in their order, those with cells alone.
func (b *Book) Sheets() []Sheet { return b.sheets }

// Rows gives each row in which something stands to each, from above. It ends with each's
// error, or with an *UnreadableError; a sheet that the book does not have is no error of
// the file's and is said as ErrNoSheet.
func (b *Book) Rows(sheet string, each func(Row) error) error {
	for i, s := range b.sheets {
		if s.Name != sheet {
			continue
		}
		rows, err := b.begin(i)
		if err != nil {
			return err
		}
		for count := 0; ; count++ {
			row, ok, err := step(rows)
			if err != nil || !ok {
				return err
			}
			if count > MaxRows {
				return unreadable(TooManyRows, nil)
			}
			if err := each(row); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("%w: %q", ErrNoSheet, sheet)
}

// ErrNoSheet says that the book has no sheet of that name.
var ErrNoSheet = errors.New("no such sheet")

// Close lets go of what the book holds.
func (b *Book) Close() error { return b.close() }

// begin is rows, whatever the format's reader does with a file made to break it.
func (b *Book) begin(sheet int) (rows reader, err error) {
	defer func() {
		if p := panicked(recover()); p != nil {
			rows, err = nil, p
		}
	}()
	return b.rows(sheet)
}

func step(rows reader) (row Row, ok bool, err error) {
	defer func() {
		if p := panicked(recover()); p != nil {
			row, ok, err = Row{}, false, p
		}
	}()
	return rows.next()
}

// panicked is the error that a panic of a format's reader is.
func panicked(v any) error {
	if v == nil {
		return nil
	}
	return unreadable(Broken, fmt.Errorf("panic: %v", v))
}

// shown is a cell's text, clean, its lines apart.
func shown(s string) string {
	if !strings.ContainsAny(s, "\r\n\u2028\u2029\u0085\v\f") {
		return typed.Clean(s)
	}
	var lines []string
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("\r\n\u2028\u2029\u0085\v\f", r) }) {
		if line = typed.Clean(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// blank reports whether nothing stands in a row.
func blank(cells []Read) bool {
	for _, c := range cells {
		if c.Text != "" || c.Problem == Unvalued || c.Problem == ErrorValue {
			return false
		}
	}
	return true
}

// ole begins what Office wrote before 2007, and what it encrypts.
var ole = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// oleKind tells them apart by the names of their streams.
func oleKind(data []byte) Why {
	has := func(name string) bool {
		wide := make([]byte, 0, 2*len(name))
		for _, c := range []byte(name) {
			wide = append(wide, c, 0)
		}
		return bytes.Contains(data, wide)
	}
	switch {
	case has("EncryptedPackage"):
		return Encrypted
	case has("Workbook"), has("Book"):
		return OldXLS
	}
	return NotASheet
}
