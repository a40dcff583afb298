package sheets

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Tags are what a workbook costs: the library makes structures of all that is beside the
// sheets, many times the size of their tags, and goes through a sheet tag by tag.
const (
	maxTags      = 1_000_000 // beside the sheets: 200,000 different texts take 800,000
	maxSheetTags = 3_000_000 // of one sheet: 20,000 rows of 25 texts
	maxRun       = 1 << 20   // bytes between two tags, and of one cell: it can hold 32,767 characters
)

// maxParts bounds the files in a workbook.
const maxParts = 2000

// openXLSX opens a workbook. The library shows a cell's text; what it does not say of
// cells, and what it passes over in a broken sheet, is found out beside it (scan).
func openXLSX(data []byte) (*Book, error) {
	if why, err := measured(data); why != "" {
		return nil, unreadable(why, err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped})
	if err != nil {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
		return nil, unreadable(Broken, err)
	}
	w := &workbook{file: file, texts: -1}
	b := &Book{close: file.Close, rows: w.rows}
	if b.sheets, err = w.find(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return b, nil
}

// measured finds out what a zip file is, and what it takes, before anything makes
// structures of it.
func measured(data []byte) (Why, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Broken, err
	}
	if len(z.File) > maxParts {
		return Bomb, nil
	}
	size, isBook := uint64(0), false
	for _, f := range z.File {
		if size += f.UncompressedSize64; f.UncompressedSize64 > maxUnzipped || size > maxUnzipped {
			return Bomb, nil
		}
		isBook = isBook || strings.HasPrefix(strings.ToLower(f.Name), "xl/") && strings.HasSuffix(f.Name, ".xml")
	}
	if !isBook {
		return NotASheet, nil
	}
	tags := 0
	for _, f := range z.File {
		n, sheet, err := tagsOf(f)
		if err != nil {
			return Broken, err
		}
		if !sheet {
			tags += n
		}
		if tags > maxTags || n > maxSheetTags {
			return Bomb, nil
		}
	}
	return "", nil
}

var errRun = errors.New("more text in one piece than a cell can hold")

// tagsOf counts the tags in a part, and says whether it is a sheet.
func tagsOf(f *zip.File) (n int, sheet bool, err error) {
	name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
	if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
		return 0, false, nil
	}
	r, err := f.Open()
	if err != nil {
		return 0, false, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	buf := make([]byte, 32<<10)
	for first, run := true, 0; ; first = false {
		read, err := io.ReadFull(r, buf)
		if first {
			sheet = strings.HasPrefix(name, "xl/worksheets/sheet") && bytes.Contains(buf[:min(read, 4096)], []byte("worksheet"))
		}
		tags := bytes.Count(buf[:read], []byte("<"))
		if run += read; tags > 0 {
			run = 0
		}
		if n += tags; run > maxRun {
			return n, sheet, errRun
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF) && read < len(buf):
			return n, sheet, nil
		case err != nil:
			return n, sheet, err
		}
	}
}

// workbook is an open workbook.
type workbook struct {
	file  *excelize.File
	names []string
	parts []string // where each sheet is
	texts int      // shared ones; -1 before they were counted
}

// find lists the sheets, and where each is in the file.
func (w *workbook) find() (sheets []Sheet, err error) {
	var root, rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if err := w.decode("_rels/.rels", &root); err != nil {
		return nil, err
	}
	book := ""
	for _, r := range root.Relationship {
		if book == "" && strings.HasSuffix(r.Type, "/officeDocument") {
			book = strings.TrimPrefix(r.Target, "/")
		}
	}
	dir, base := path.Split(book)
	if err := w.decode(dir+"_rels/"+base+".rels", &rels); err != nil {
		return nil, err
	}
	var list struct {
		Sheets struct {
			Sheet []struct {
				Name  string     `xml:"name,attr"`
				State string     `xml:"state,attr"`
				Attrs []xml.Attr `xml:",any,attr"`
			} `xml:"sheet"`
		} `xml:"sheets"`
	}
	if err := w.decode(book, &list); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, s := range list.Sheets.Sheet {
		id := ""
		for _, a := range s.Attrs {
			if a.Name.Local == "id" {
				id = a.Value
			}
		}
		for _, r := range rels.Relationship {
			if r.ID != id || !strings.HasSuffix(r.Type, "/worksheet") {
				continue
			}
			at := path.Clean(dir + r.Target)
			if strings.HasPrefix(r.Target, "/") {
				at = path.Clean(r.Target)
			}
			// The library finds a sheet by its name, whatever the case.
			folded := strings.ToLower(s.Name)
			if seen[folded] {
				return nil, unreadable(Broken, fmt.Errorf("two sheets are called %q", s.Name))
			}
			seen[folded] = true
			sheets = append(sheets, Sheet{Name: s.Name, Hidden: s.State != "" && s.State != "visible"})
			w.names, w.parts = append(w.names, s.Name), append(w.parts, strings.TrimPrefix(at, "/"))
		}
	}
	if len(sheets) == 0 {
		return nil, unreadable(NotASheet, nil)
	}
	return sheets, nil
}

// decode reads a small part of the file.
func (w *workbook) decode(part string, into any) error {
	raw, ok := w.part(part)
	if !ok {
		return unreadable(NotASheet, fmt.Errorf("no part %q", part))
	}
	if err := xml.Unmarshal(raw, into); err != nil {
		return unreadable(Broken, fmt.Errorf("part %s: %w", part, err))
	}
	return nil
}

func (w *workbook) part(name string) ([]byte, bool) {
	v, ok := w.file.Pkg.Load(name)
	raw, _ := v.([]byte)
	return raw, ok && len(raw) > 0
}

// shared is how many shared texts there are.
func (w *workbook) shared() int {
	if w.texts >= 0 {
		return w.texts
	}
	w.texts = 0
	raw, _ := w.part("xl/sharedStrings.xml")
	for d := xml.NewDecoder(bytes.NewReader(raw)); ; {
		t, err := d.Token()
		if err != nil {
			return w.texts
		}
		if el, ok := t.(xml.StartElement); ok && el.Name.Local == "si" {
			w.texts++
		}
	}
}

// rows begins to read a sheet.
func (w *workbook) rows(sheet int) (reader, error) {
	raw, ok := w.part(w.parts[sheet])
	if !ok {
		return nil, unreadable(Broken, fmt.Errorf("no part %q", w.parts[sheet]))
	}
	merges, err := mergesOf(raw)
	if err != nil {
		return nil, unreadable(Broken, err)
	}
	texts, err := w.file.Rows(w.names[sheet])
	if err != nil {
		return nil, unreadable(Broken, err)
	}
	return &xlsxRows{book: w, scan: newScan(raw), merges: merges, texts: texts}, nil
}

// xlsxRows gives the rows of a sheet: the scan says which there are and what to think of
// their cells, the library what is shown in them.
type xlsxRows struct {
	book   *workbook
	scan   *scan
	merges *merges
	texts  *excelize.Rows
	at     int // the row that texts is at
}

func (r *xlsxRows) next() (Row, bool, error) {
	for {
		row, err := r.scan.next()
		if errors.Is(err, io.EOF) {
			return Row{}, false, r.texts.Close()
		}
		if err != nil {
			if !errors.As(err, new(*UnreadableError)) {
				err = unreadable(Broken, err)
			}
			return Row{}, false, errors.Join(err, r.texts.Close())
		}
		covered, err := r.merges.covering(row.number)
		if err != nil {
			return Row{}, false, unreadable(Broken, err)
		}
		out := Row{Number: row.number, Hidden: row.hidden}
		if out.Cells, err = r.cells(row, covered); err != nil {
			return Row{}, false, unreadable(Broken, err)
		}
		if !blank(out.Cells) {
			return out, true, nil
		}
	}
}

var errParted = errors.New("the rows of the sheet are not as they are listed")

// cells are a row's.
func (r *xlsxRows) cells(row scanned, covered []bool) ([]Read, error) {
	for ; r.at < row.number; r.at++ {
		if !r.texts.Next() {
			return nil, errors.Join(errParted, r.texts.Error())
		}
	}
	texts, err := r.texts.Columns()
	if err != nil {
		return nil, err
	}
	if len(texts) > MaxColumns {
		texts = texts[:MaxColumns] // nothing stands beyond: the scan has seen to that
	}
	cells := make([]Read, max(len(texts), len(covered), row.width()))
	for i, text := range texts {
		cells[i].Text = shown(text)
	}
	for _, c := range row.cells {
		i := c.column - 1
		if i < len(cells) {
			cells[i].Problem, cells[i].Number = c.problem, c.number
		}
		if c.shared >= 0 && (i >= len(cells) || cells[i].Text == "") && c.shared >= r.book.shared() {
			return nil, errors.New("a cell's text is not in the file")
		}
	}
	for i, is := range covered {
		if is {
			cells[i] = Read{Problem: Merged}
		}
	}
	return cells, nil
}
