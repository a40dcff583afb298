package sheets

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// openCSV opens text in which lines are rows.
func openCSV(name string, data []byte) (*Book, error) {
	text, why := decoded(data)
	if why != "" {
		return nil, unreadable(why, nil)
	}
	if strings.TrimSpace(text) == "" {
		return nil, unreadable(Empty, nil)
	}
	if markup(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1a", r) }) {
		return nil, unreadable(NotASheet, nil)
	}
	text, separator := separated(strings.TrimRight(text, "\x1a"))
	b := &Book{
		sheets: []Sheet{{Name: name}},
		rows:   func(int) (reader, error) { return &csvRows{records: records{text, separator}}, nil },
		close:  func() error { return nil },
	}
	// All of it is here anyway: what is wrong is said at once.
	if err := b.Rows(name, func(Row) error { return nil }); err != nil {
		return nil, err
	}
	return b, nil
}

// decoded is a file's text, whatever system wrote it.
func decoded(data []byte) (text string, why Why) {
	wide := func(order xunicode.Endianness) (string, Why) {
		out, err := xunicode.UTF16(order, xunicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil || len(data)%2 != 0 || bytes.Contains(out, []byte("\uFFFD")) {
			return "", Encoding
		}
		return string(out), ""
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		if data = data[3:]; !utf8.Valid(data) {
			return "", Encoding
		}
		return string(data), ""
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return wide(xunicode.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return wide(xunicode.BigEndian)
	}
	// In UTF-16 every letter of a header in English, and every separator, has a NUL.
	even, odd := 0, 0
	for i, c := range data {
		switch {
		case c != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	switch {
	case odd > len(data)/10 && even == 0:
		return wide(xunicode.LittleEndian)
	case even > len(data)/10 && odd == 0:
		return wide(xunicode.BigEndian)
	case utf8.Valid(data):
		return string(data), ""
	}
	return vietnamese(charmap.Windows1258, data)
}

// vietnamese is what a spreadsheet with Vietnamese settings writes as plain "CSV": its
// tones are characters of their own, which are put back on their letters.
func vietnamese(page encoding.Encoding, data []byte) (string, Why) {
	out, err := page.NewDecoder().Bytes(data)
	if err != nil || bytes.Contains(out, []byte("\uFFFD")) {
		if bytes.IndexByte(data, 0) >= 0 {
			return "", NotASheet
		}
		return "", Encoding
	}
	return norm.NFC.String(string(out)), ""
}

// markup reports whether the text is a page or XML: some programs call that .xls.
func markup(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text[:min(len(text), 512)]))
	return slices.ContainsFunc([]string{"<!doctype", "<html", "<?xml", "<table", "<head", "%pdf-", "{\\rtf"}, func(begin string) bool { return strings.HasPrefix(text, begin) })
}

// separated finds out what separates cells: what a line "sep=;" before all others says,
// which is then no row, or else what makes the most cells of the first row.
func separated(text string) (rest string, separator rune) {
	if said, ok := strings.CutPrefix(text, "sep="); ok {
		if r, n := utf8.DecodeRuneInString(said); strings.ContainsRune(",;\t|", r) {
			if after := strings.TrimLeft(said[n:], "\r\n"); len(after) < len(said[n:]) {
				return afterLine(said[n:]), r
			}
		}
	}
	most, header := 1, 1
	separator = ','
	for _, try := range ";\t," {
		least, first := widths(records{text, try})
		if cmp.Or(cmp.Compare(least, most), cmp.Compare(first, header)) > 0 {
			most, header, separator = least, first, try
		}
	}
	return text, separator
}

// looked is how many rows are looked at to find out what separates.
const looked = 5

// widths are the number of cells in the narrowest of the first rows, and in the first.
func widths(r records) (least, first int) {
	for rows := 0; rows < looked; {
		cells, ok, err := r.next()
		if u := (*UnreadableError)(nil); errors.As(err, &u) && u.Why == TooWide {
			cells = make([]string, MaxColumns)
		} else if err != nil || !ok {
			break
		}
		if strings.Join(cells, "") == "" {
			continue
		}
		if rows++; rows == 1 {
			least, first = len(cells), len(cells)
		}
		least = min(least, len(cells))
		if err != nil {
			break
		}
	}
	return least, first
}

// afterLine is what follows the first end of a line.
func afterLine(s string) string {
	i := strings.IndexAny(s, "\r\n")
	if strings.HasPrefix(s[i:], "\r\n") {
		i++
	}
	return s[i+1:]
}

// records cuts a text into rows as spreadsheets do: unlike encoding/csv it counts empty
// ones, knows all three ends of a line, and takes a quote inside a cell for itself.
type records struct {
	text      string
	separator rune
}

var errQuote = errors.New("a quoted cell does not end")

// next is the next row, which may be empty; ok is false at the end.
func (r *records) next() (cells []string, ok bool, err error) {
	if r.text == "" {
		return nil, false, nil
	}
	for {
		cell, end, err := r.cell()
		if err != nil {
			return nil, false, err
		}
		if len(cells) < MaxColumns {
			cells = append(cells, cell)
		} else if cell != "" {
			return nil, false, unreadable(TooWide, nil)
		}
		if end {
			return cells, true, nil
		}
	}
}

// cell takes the next cell, with the separator or the end of the line after it.
func (r *records) cell() (cell string, end bool, err error) {
	if quoted, ok := strings.CutPrefix(r.text, `"`); ok {
		// Its end is the first quote that is not one of two.
		i := 0
		for {
			n := strings.IndexByte(quoted[i:], '"')
			if n < 0 {
				return "", false, unreadable(Broken, errQuote)
			}
			if i += n; !strings.HasPrefix(quoted[i:], `""`) {
				break
			}
			i += 2
		}
		cell, r.text = strings.ReplaceAll(quoted[:i], `""`, `"`), quoted[i+1:]
	}
	i := strings.IndexFunc(r.text, func(c rune) bool { return c == r.separator || c == '\r' || c == '\n' })
	if i < 0 {
		cell, r.text = cell+r.text, ""
		return cell, true, nil
	}
	cell += r.text[:i]
	switch r.text = r.text[i:]; {
	case strings.HasPrefix(r.text, "\r\n"):
		r.text, end = r.text[2:], true
	case r.text[0] == '\r', r.text[0] == '\n':
		r.text, end = r.text[1:], true
	default:
		r.text = r.text[utf8.RuneLen(r.separator):]
		end = r.text == "" // the empty cell after the last separator is none
	}
	return cell, end, nil
}

// csvRows gives the rows of a CSV file.
type csvRows struct {
	records records
	number  int
}

func (r *csvRows) next() (Row, bool, error) {
	for {
		texts, ok, err := r.records.next()
		if err != nil || !ok {
			return Row{}, false, err
		}
		r.number++
		row := Row{Number: r.number, Cells: make([]Read, len(texts))}
		for i, text := range texts {
			row.Cells[i] = csvCell(text)
		}
		if !blank(row.Cells) {
			return row, true, nil
		}
	}
}

// csvCell is what a spreadsheet would show. What begins with "=" it would work out; the
// apostrophe that CSV puts before what would begin so is taken off again.
func csvCell(text string) Read {
	c := Read{Text: shown(text)}
	if bare, ok := strings.CutPrefix(strings.TrimLeftFunc(text, unicode.IsSpace), "'"); ok && bare != "" && strings.ContainsRune("=+-@|%", []rune(bare)[0]) {
		c.Text = shown(bare)
		return c
	}
	switch {
	case strings.HasPrefix(c.Text, "="):
		c.Problem = Unvalued
	case errorValues[c.Text]:
		c.Problem = ErrorValue
	}
	return c
}

// errorValues are what spreadsheets show for what they could not work out.
var errorValues = map[string]bool{
	"#N/A": true, "#REF!": true, "#VALUE!": true, "#NAME?": true, "#DIV/0!": true, "#NULL!": true, "#NUM!": true, "#SPILL!": true, "#CALC!": true,
}
