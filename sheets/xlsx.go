package sheets

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of the format.
const (
	maxCell = 32_767 // characters
	maxName = 31     // of a sheet
)

// columnWidth is that of a column, in characters.
const columnWidth = 18

// XLSX writes the table as a workbook, row by row as the rows come: what is written is not
// kept. Every cell is a text. See ADR 39 for why this is not a library's.
func (t Table) XLSX(w io.Writer) error {
	book := zip.NewWriter(w)
	sheets := []string{sheetName(t.Name)}
	if len(t.About) > 0 {
		sheets = append(sheets, sheetName(t.AboutName))
	}
	for _, part := range frame(sheets) {
		if err := addPart(book, part.name, func(out *bufio.Writer) error {
			_, err := out.WriteString(part.text)
			return err
		}); err != nil {
			return err
		}
	}
	count, short, err := t.rows(book)
	if err != nil {
		return errors.Join(short, err)
	}
	if len(t.About) > 0 {
		about := slices.Clip(t.About)
		if t.CountName != "" {
			about = append(about, [2]string{t.CountName, strconv.Itoa(count)})
		}
		err = addPart(book, sheetPath(2), func(out *bufio.Writer) error { return aboutSheet(out, about) })
	}
	return errors.Join(short, err, book.Close())
}

// rows writes the first sheet: its head, which stays in sight, and the rows. short is why
// they are not whole, err why nothing more can be written.
func (t Table) rows(book *zip.Writer) (count int, short, err error) {
	err = addPart(book, sheetPath(1), func(out *bufio.Writer) error {
		s := sheet{out: out}
		s.raw(xml.Header + `<worksheet xmlns="` + nsMain + `"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`)
		s.columns(max(len(t.Header), 1), columnWidth)
		s.raw(`<sheetData>`)
		s.row(texts(t.Header), true)
		short = t.Rows(func(cells []Cell) error {
			s.row(cells, false)
			return s.err
		})
		count = s.rows - 1
		if short != nil {
			s.row([]Cell{Text(incomplete)}, false)
		}
		s.raw(`</sheetData></worksheet>`)
		return s.err
	})
	return count, short, err
}

func aboutSheet(out *bufio.Writer, about [][2]string) error {
	s := sheet{out: out}
	s.raw(xml.Header + `<worksheet xmlns="` + nsMain + `">`)
	s.columns(2, 2*columnWidth)
	s.raw(`<sheetData>`)
	for _, pair := range about {
		s.row([]Cell{Text(pair[0]), Text(pair[1])}, false)
	}
	s.raw(`</sheetData></worksheet>`)
	return s.err
}

// sheet is a worksheet while it is written. After an error it writes nothing more.
type sheet struct {
	out  *bufio.Writer
	rows int
	err  error
}

func (s *sheet) raw(parts ...string) {
	for _, p := range parts {
		if s.err == nil {
			_, s.err = s.out.WriteString(p)
		}
	}
}

func (s *sheet) columns(n, width int) {
	s.raw(`<cols><col min="1" max="`, strconv.Itoa(n), `" width="`, strconv.Itoa(width), `" customWidth="1"/></cols>`)
}

// row writes cells, never a number and never a formula; of a head in bold.
func (s *sheet) row(cells []Cell, head bool) {
	s.rows++
	number := strconv.Itoa(s.rows)
	s.raw(`<row r="`, number, `">`)
	for i, c := range cells {
		text := cut(line(c.text), maxCell)
		if strings.Contains(text, "_x") {
			text = escapes().ReplaceAllString(text, "_x005F$0")
		}
		if text == "" && !head {
			continue
		}
		s.raw(`<c r="`, columnName(i), number)
		if head {
			s.raw(`" s="1`)
		}
		s.raw(`" t="inlineStr"><is><t xml:space="preserve">`)
		if s.err == nil {
			s.err = xml.EscapeText(s.out, []byte(text))
		}
		s.raw(`</t></is></c>`)
	}
	s.raw(`</row>`)
}

// escapes are what a reader of the format takes for the code of a character (ECMA-376,
// ST_Xstring): "_x0041_" in a name stays that.
func escapes() *regexp.Regexp { return regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`) }

// columnName is the letters of a column, from 0: A, B, …, Z, AA.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// addPart writes one part of the workbook, through a buffer: rows come in small pieces.
func addPart(book *zip.Writer, name string, write func(out *bufio.Writer) error) error {
	part, err := book.Create(name)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(part)
	return errors.Join(write(out), out.Flush())
}

const (
	nsMain     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	nsPackage  = "http://schemas.openxmlformats.org/package/2006/"
	nsRelation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	typeSheet  = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

func sheetPath(n int) string { return "xl/worksheets/sheet" + strconv.Itoa(n) + ".xml" }

type part struct{ name, text string }

// frame are the parts that say what a workbook of these sheets is made of (ECMA-376, part 1,
// annex A of a minimal package).
func frame(sheets []string) []part {
	var types, list, relations string
	for i, name := range sheets {
		n := strconv.Itoa(i + 1)
		types += `<Override PartName="/` + sheetPath(i+1) + `" ContentType="` + typeSheet + `worksheet+xml"/>`
		list += `<sheet name="` + attribute(name) + `" sheetId="` + n + `" r:id="rId` + n + `"/>`
		relations += `<Relationship Id="rId` + n + `" Type="` + nsRelation + `/worksheet" Target="worksheets/sheet` + n + `.xml"/>`
	}
	return []part{
		{"[Content_Types].xml", xml.Header + `<Types xmlns="` + nsPackage + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + typeSheet + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + typeSheet + `styles+xml"/>` + types + `</Types>`},
		{"_rels/.rels", xml.Header + `<Relationships xmlns="` + nsPackage + `relationships"><Relationship Id="rId1" Type="` + nsRelation + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", xml.Header + `<workbook xmlns="` + nsMain + `" xmlns:r="` + nsRelation + `"><sheets>` + list + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", xml.Header + `<Relationships xmlns="` + nsPackage + `relationships">` + relations + `<Relationship Id="rIdStyles" Type="` + nsRelation + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", xml.Header + `<styleSheet xmlns="` + nsMain + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`},
	}
}

// attribute is a text as the value of an attribute.
func attribute(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // to memory
	return out.String()
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
