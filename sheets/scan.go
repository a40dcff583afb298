package sheets

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// scan goes through the XML of a sheet for what the library does not say: formulas without
// a value, error values, rows that are hidden. The library passes over what is broken, and
// puts a cell that is out of order under another's column; the scan refuses both.
type scan struct {
	xml      *xml.Decoder
	inData   bool
	unshown  bool // rows are hidden where they do not say otherwise
	lastRow  int
	finished bool
}

func newScan(part []byte) *scan { return &scan{xml: xml.NewDecoder(bytes.NewReader(part))} }

// scanned is a row as the scan sees it.
type scanned struct {
	number int
	hidden bool
	cells  []mark // those with something to say, in order
}

// mark is what is to be said of a cell.
type mark struct {
	column  int
	problem Problem
	number  bool
	shared  int // the number of its shared text, -1 for none
}

// width is how many cells the row's marks need.
func (r scanned) width() (n int) {
	for _, c := range r.cells {
		if c.problem != "" {
			n = c.column
		}
	}
	return n
}

var errOrder = errors.New("rows or cells are out of order")

// next is the next row; io.EOF after the last.
func (s *scan) next() (scanned, error) {
	if s.finished {
		return scanned{}, io.EOF
	}
	for {
		t, err := s.xml.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				s.finished = true
			}
			return scanned{}, err
		}
		switch el := t.(type) {
		case xml.StartElement:
			switch el.Name.Local {
			case "sheetFormatPr":
				s.unshown = yes(attr(el, "zeroHeight"))
			case "sheetData":
				s.inData = true
			case "mergeCell", "c":
				return scanned{}, errOrder
			case "row":
				if !s.inData {
					return scanned{}, errOrder
				}
				return s.row(el)
			}
		case xml.EndElement:
			if el.Name.Local == "sheetData" {
				s.finished = true
				return scanned{}, io.EOF
			}
		}
	}
}

func (s *scan) row(start xml.StartElement) (row scanned, err error) {
	row.number = s.lastRow + 1
	if at := attr(start, "r"); at != "" {
		if row.number, err = strconv.Atoi(at); err != nil {
			return row, err
		}
	}
	if row.number <= s.lastRow || row.number > excelize.TotalRows {
		return row, errOrder
	}
	s.lastRow = row.number
	row.hidden = s.unshown
	if hidden := attr(start, "hidden"); hidden != "" {
		row.hidden = yes(hidden)
	}
	if height, err := strconv.ParseFloat(attr(start, "ht"), 64); err == nil && height == 0 {
		row.hidden = true
	}
	last := 0
	for {
		t, err := s.xml.Token()
		if err != nil {
			return row, inside(err)
		}
		switch el := t.(type) {
		case xml.StartElement:
			if el.Name.Local != "c" {
				if el.Name.Local == "row" {
					return row, errOrder
				}
				if err := s.xml.Skip(); err != nil {
					return row, err
				}
				continue
			}
			c, filled, err := s.cell(el)
			if err != nil {
				return row, err
			}
			if c.column, err = place(el, last+1, row.number); err != nil || c.column <= last {
				return row, errors.Join(errOrder, err)
			}
			if last = c.column; last > MaxColumns && (filled || c.problem != "") {
				return row, unreadable(TooWide, nil)
			}
			if last > excelize.MaxColumns {
				return row, errOrder
			}
			if c.problem != "" || c.shared >= 0 || c.number {
				row.cells = append(row.cells, c)
			}
		case xml.EndElement:
			return row, nil
		}
	}
}

// place is the column of a cell.
func place(el xml.StartElement, next, row int) (int, error) {
	at := attr(el, "r")
	if at == "" {
		return next, nil
	}
	column, r, err := excelize.CellNameToCoordinates(at)
	if err == nil && r != row {
		err = fmt.Errorf("cell %s is in row %d", at, row)
	}
	return column, err
}

// cell reads what a cell holds, to its end.
func (s *scan) cell(start xml.StartElement) (c mark, filled bool, err error) {
	c.shared = -1
	formula, value, kind := false, "", attr(start, "t")
	hasValue, begin := false, s.xml.InputOffset()
	for {
		t, err := s.xml.Token()
		if err != nil {
			return c, false, inside(err)
		}
		switch el := t.(type) {
		case xml.StartElement:
			switch el.Name.Local {
			case "v":
				hasValue = true
				if err := s.xml.DecodeElement(&value, &el); err != nil {
					return c, false, err
				}
				continue
			case "f":
				formula = true
			case "is":
				filled = true
			case "c", "row":
				return c, false, errOrder
			}
			if err := s.xml.Skip(); err != nil {
				return c, false, err
			}
		case xml.EndElement:
			if s.xml.InputOffset()-begin > maxRun {
				return c, false, errRun // the library would make structures of all its pieces
			}
			filled = filled || value != ""
			c.number = value != "" && (kind == "" || kind == "n")
			switch {
			case kind == "e":
				c.problem = ErrorValue
			case formula && !filled && (!hasValue || kind != "str"):
				c.problem = Unvalued
			case kind == "s" && value != "":
				if c.shared, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || c.shared < 0 {
					return c, false, errors.Join(errors.New("a shared text without a number"), err)
				}
			}
			return c, filled, nil
		}
	}
}

// inside is the error of a sheet that ends inside a row.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func attr(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func yes(s string) bool { return s == "1" || s == "true" }

// area is a merged block.
type area struct{ left, top, right, bottom int }

// merges are a sheet's merged blocks, as its rows go by.
type merges struct {
	waiting []area // by top
	open    []area
}

// maxMerges bounds the merged blocks of a sheet.
const maxMerges = 100_000

// mergesOf finds the merged blocks, which stand behind the rows.
func mergesOf(part []byte) (*merges, error) {
	m := &merges{}
	end := bytes.LastIndex(part, []byte("sheetData"))
	if end < 0 {
		return m, nil
	}
	// The piece begins inside a tag: it has tokens, but is no document.
	for d := xml.NewDecoder(bytes.NewReader(part[end:])); ; {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		el, ok := t.(xml.StartElement)
		if !ok || el.Name.Local != "mergeCell" {
			continue
		}
		from, to, ok := strings.Cut(attr(el, "ref"), ":")
		if !ok {
			continue // a block of one cell
		}
		var a area
		var bad [2]error
		a.left, a.top, bad[0] = excelize.CellNameToCoordinates(from)
		a.right, a.bottom, bad[1] = excelize.CellNameToCoordinates(to)
		if err := errors.Join(bad[:]...); err != nil {
			return nil, err
		}
		if m.waiting = append(m.waiting, a); len(m.waiting) > maxMerges {
			return nil, errors.New("more merged blocks than any table has")
		}
	}
	slices.SortFunc(m.waiting, func(a, b area) int { return cmp.Compare(a.top, b.top) })
	return m, nil
}

var errOverlap = errors.New("merged blocks overlap")

// covering says of each column of a row whether a merged block covers it that begins
// elsewhere. Rows have to come from above.
func (m *merges) covering(row int) (covered []bool, err error) {
	m.open = slices.DeleteFunc(m.open, func(a area) bool { return a.bottom < row })
	for len(m.waiting) > 0 && m.waiting[0].top <= row {
		if a := m.waiting[0]; a.bottom >= row && a.left <= MaxColumns {
			m.open = append(m.open, a)
		}
		m.waiting = m.waiting[1:]
	}
	if len(m.open) == 0 {
		return nil, nil
	}
	taken := make([]bool, MaxColumns)
	covered = make([]bool, MaxColumns)
	width := 0
	for _, a := range m.open {
		for column := a.left; column <= min(a.right, MaxColumns); column++ {
			if taken[column-1] {
				return nil, errOverlap // and each row would cost as much as all blocks
			}
			taken[column-1] = true
			if row != a.top || column != a.left {
				covered[column-1], width = true, max(width, column)
			}
		}
	}
	return covered[:width], nil
}
