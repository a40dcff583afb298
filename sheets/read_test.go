package sheets_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/alohub/agentconsole/sheets"
)

// read is a sheet as one text: a row a line, "number: cell|cell", with what is odd of it.
func read(b *sheets.Book, sheet string) (string, error) {
	var out strings.Builder
	err := b.Rows(sheet, func(r sheets.Row) error {
		fmt.Fprint(&out, r.Number)
		if r.Hidden {
			out.WriteString(" hidden")
		}
		for i, c := range r.Cells {
			out.WriteString(map[bool]string{true: ": ", false: "|"}[i == 0])
			out.WriteString(strings.ReplaceAll(c.Text, "\n", "⏎"))
			if c.Problem != "" {
				out.WriteString("!" + string(c.Problem))
			}
		}
		out.WriteString("\n")
		return nil
	})
	return strings.TrimSuffix(out.String(), "\n"), err
}

func openRead(t *testing.T, data []byte) string {
	t.Helper()
	b, err := sheets.Open("tệp.csv", data)
	if err != nil {
		t.Fatalf("%.80q: %v", data, err)
	}
	defer b.Close()
	out, err := read(b, b.Sheets()[0].Name)
	if err != nil {
		t.Fatalf("%.80q: %v", data, err)
	}
	return out
}

func why(err error) sheets.Why {
	var u *sheets.UnreadableError
	if errors.As(err, &u) {
		return u.Why
	}
	return ""
}

func wide(s string, bom, big bool) []byte {
	var out []byte
	if bom {
		s = "\uFEFF" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// TestReadCSV: encodings, separators, ends of lines and quotes as spreadsheets take them.
func TestReadCSV(t *testing.T) {
	t.Parallel()
	const plain = "1: Máy nhánh|Tên\n2: 082018|Ánh"
	windows, err := charmap.Windows1258.NewEncoder().Bytes([]byte("Ma\u0301y nha\u0301nh;Tên\n082018;A\u0301nh"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"UTF-8":             {[]byte("Máy nhánh,Tên\n082018,Ánh"), plain},
		"with a BOM":        {[]byte("\uFEFFMáy nhánh,Tên\r\n082018,Ánh\r\n"), plain},
		"in pieces":         {[]byte(norm.NFD.String("Máy nhánh;Tên\n082018;Ánh")), plain},
		"UTF-16, Excel's":   {wide("Máy nhánh\tTên\r\n082018\tÁnh\r\n", true, false), plain},
		"UTF-16, big":       {wide("Máy nhánh\tTên\r\n082018\tÁnh\r\n", true, true), plain},
		"no BOM":            {wide("Máy nhánh\tTên\r\n082018\tÁnh\r\n", false, false), plain},
		"no BOM, big":       {wide("Máy nhánh\tTên\r\n082018\tÁnh\r\n", false, true), plain},
		"windows-1258":      {windows, plain},
		"old Mac's lines":   {[]byte("Máy nhánh;Tên\r082018;Ánh\r"), plain},
		"sep=":              {[]byte("sep=|\r\nMáy nhánh|Tên\r\n082018|Ánh"), plain},
		"sep=, empty first": {[]byte("sep=;\n\na;b"), "2: a|b"},
		"empty rows":        {[]byte("\n;;\nMáy;a,b\n\n\n1;2\n;\n"), "3: Máy|a,b\n6: 1|2"},
		"quotes": {
			[]byte("a;b\n\"1;\"\"2\"\"\r\n\r\n3\";'x\n=\"082018\";\"=\"\"082019\"\"\"\n5\" x; \"y\"\n\"q\"z;"),
			"1: a|b\n2: 1;\"2\"⏎3|'x\n3: 082018|082019\n4: 5\" x|\"y\"\n5: qz",
		},
		"what would run":       {[]byte("a,b\n=A1+1,#N/A\n'=A1,'+84"), "1: a|b\n2: =A1+1!formula|#N/A!error-value\n3: =A1|+84"},
		"a comma that is none": {[]byte("a;b\n1,5;2,5"), "1: a|b\n2: 1,5|2,5"},
		"one column":           {[]byte("082018\n082019\n"), "1: 082018\n2: 082019"},
		"quoted header":        {[]byte("\"a;b;c\",d\n1,2"), "1: a;b;c|d\n2: 1|2"},
		"full-width":           {[]byte("ａ；b,０８２\u200b"), "1: a;b|082"},
		"commas in a header":   {[]byte("a;b (1, 2, 3, 4)\n1;2\n1;2,3"), "1: a|b (1, 2, 3, 4)\n2: 1|2\n3: 1|2,3"},
		"ragged rows":          {[]byte("a;b;c\n1\n1;2"), "1: a|b|c\n2: 1\n3: 1|2"},
		"an end of DOS":        {[]byte("a,b\x1a"), "1: a|b"},
	} {
		if got := openRead(t, tt.data); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, tt.want)
		}
	}
	b, err := sheets.Open(`C:\tmp\Danh sách.csv`, []byte("a"))
	if err != nil || !slices.Equal(b.Sheets(), []sheets.Sheet{{Name: "Danh sách"}}) {
		t.Errorf("%v, %v", b, err)
	}
	if _, err := read(b, "x"); !errors.Is(err, sheets.ErrNoSheet) {
		t.Error(err)
	}
}

func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// minimal is a workbook around the XML of a sheet, and more parts.
func minimal(t testing.TB, sheet string, more ...string) []byte {
	t.Helper()
	const (
		rel  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
		main = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	)
	return zipped(t, append([]string{
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + rel + `"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + main + `">` + sheet + `</worksheet>`,
	}, more...)...)
}

func bytesOf(t testing.TB, f *excelize.File, opts ...excelize.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, opts...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// TestReadXLSX: what is shown counts, and what is not meant is said.
func TestReadXLSX(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	zeros, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("000000")})
	must(t, err)
	_, err = f.NewSheet("Ẩn")
	must(t, err,
		f.SetSheetRow("Sheet1", "A2", &[]any{"Máy nhánh", "Thêm", nil, "Ghi âm"}),
		f.SetCellInt("Sheet1", "A3", 82018), f.SetCellStyle("Sheet1", "A3", "A3", zeros),
		f.SetCellStr("Sheet1", "B3", "1000886\n 1000887 \n"), f.SetCellBool("Sheet1", "D3", true),
		f.SetCellFormula("Sheet1", "A4", `"08"&"2018"`),
		f.SetCellInt("Sheet1", "A5", 1000886), f.SetCellFloat("Sheet1", "B5", 1000886.5, -1, 64),
		f.SetCellStr("Sheet1", "A6", "x"), f.SetRowVisible("Sheet1", 6, false),
		f.SetCellStr("Sheet1", "A8", "top"), f.SetCellStr("Sheet1", "A9", "under"), f.SetCellStr("Sheet1", "D9", "y"), f.MergeCell("Sheet1", "A8", "B10"),
		f.SetCellStr("Sheet1", "D10", "z"),
		f.SetCellStyle("Sheet1", "XFD3", "XFD3", zeros),
		f.SetSheetVisible("Ẩn", false),
	)
	b, err := sheets.Open("x", bytesOf(t, f))
	must(t, err)
	defer b.Close()
	if want := []sheets.Sheet{{Name: "Sheet1"}, {Name: "Ẩn", Hidden: true}}; !slices.Equal(b.Sheets(), want) {
		t.Errorf("%v", b.Sheets())
	}
	want := "2: Máy nhánh|Thêm||Ghi âm\n3: 082018|1000886⏎1000887||TRUE\n4: !formula\n5: 1000886|1000886.5\n6 hidden: x\n" +
		"8: top|!merged\n9: !merged|!merged||y\n10: !merged|!merged||z"
	for range 2 { // a book can be read again
		if got, err := read(b, "Sheet1"); err != nil || got != want {
			t.Errorf("%v:\n%s\nwant\n%s", err, got, want)
		}
	}
	if got, err := read(b, "Ẩn"); err != nil || got != "" {
		t.Errorf("%q, %v", got, err)
	}
	stop := errors.New("stop")
	if err := b.Rows("Sheet1", func(sheets.Row) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

// TestReadSheetXML: what other programs write, and what none should.
func TestReadSheetXML(t *testing.T) {
	t.Parallel()
	data := func(rows string) string { return "<sheetData>" + rows + "</sheetData>" }
	for name, tt := range map[string]struct{ xml, want string }{
		"openpyxl's formula":     {data(`<row r="1"><c r="A1"><f>1+1</f><v/></c></row>`), "1: !formula"},
		"a formula with a value": {data(`<row r="1"><c r="A1" t="str"><f>B1</f><v>082018</v></c><c r="B1" t="str"><f>A2</f><v></v></c></row>`), "1: 082018|"},
		"a formula's number":     {data(`<row r="1"><c r="A1"><f>B1</f><v>7</v></c></row>`), "1: 7"},
		"an error":               {data(`<row r="1"><c r="B1" t="e"><f>VLOOKUP(1)</f><v>#N/A</v></c></row>`), "1: |#N/A!error-value"},
		"no references":          {data(`<row><c t="inlineStr"><is><t>a</t></is></c><c><v>2</v></c></row><row r="5"><c><v>1</v></c></row><row><c><v>3</v></c></row>`), "1: a|2\n5: 1\n6: 3"},
		"hidden by default":      {`<sheetFormatPr zeroHeight="1"/>` + data(`<row r="1" hidden="0"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row><row r="3" hidden="false" ht="0"><c><v>3</v></c></row>`), "1: 1\n2 hidden: 2\n3 hidden: 3"},
		"an empty sheet":         {`<sheetData/>`, ""},
		"a formula alone":        {data(`<row r="3"><c r="C3"><f>1</f></c></row>`), "3: ||!formula"},
		"merged into nothing":    {data(`<row r="2"/><row r="3"><c r="A3" s="0"/></row>`) + `<mergeCells count="1"><mergeCell ref="A1:A3"/></mergeCells>`, ""},
	} {
		b, err := sheets.Open("x", minimal(t, tt.xml))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := read(b, "S"); err != nil || got != tt.want {
			t.Errorf("%s: %v:\n%s\nwant\n%s", name, err, got, tt.want)
		}
		must(t, b.Close())
	}
	for name, tt := range map[string]struct {
		xml  string
		want sheets.Why
	}{
		"cells out of order":   {data(`<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>`), sheets.Broken},
		"rows out of order":    {data(`<row r="2"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>`), sheets.Broken},
		"a cell twice":         {data(`<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`), sheets.Broken},
		"of another row":       {data(`<row r="1"><c r="A2"><v>1</v></c></row>`), sheets.Broken},
		"no such text":         {data(`<row r="1"><c r="A1" t="s"><v>7</v></c></row>`), sheets.Broken},
		"not a number of one":  {data(`<row r="1"><c r="A1" t="s"><v>x</v></c></row>`), sheets.Broken},
		"cut off":              {`<sheetData><row r="1"><c r="A1"><v>1</v>`, sheets.Broken},
		"a row in a row":       {data(`<row r="1"><row r="2"/></row>`), sheets.Broken},
		"a cell in a cell":     {data(`<row r="1"><c r="A1"><c r="B1"/></c></row>`), sheets.Broken},
		"too wide":             {data(`<row r="1"><c r="IW1"><v>1</v></c></row>`), sheets.TooWide},
		"beyond the last row":  {data(`<row r="1048577"><c><v>1</v></c></row>`), sheets.Broken},
		"blocks that overlap":  {data(`<row r="1"><c><v>1</v></c></row>`) + `<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="B1:D1"/></mergeCells>`, sheets.Broken},
		"a block of no cells":  {data(`<row r="1"><c><v>1</v></c></row>`) + `<mergeCells><mergeCell ref="A1:?"/></mergeCells>`, sheets.Broken},
		"a cell of pieces":     {data(`<row r="1"><c t="inlineStr"><is>` + strings.Repeat("<r/>", 1<<18) + `</is></c></row>`), sheets.Broken},
		"cells outside of all": {`<c r="A1"/>` + data(``), sheets.Broken},
	} {
		b, err := sheets.Open("x", minimal(t, tt.xml))
		if err == nil {
			_, err = read(b, "S")
		}
		if why(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// TestUnreadable: each reason, with what people do send.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	must(t, f.SetCellStr("Sheet1", "A1", "x"))
	whole, secret := bytesOf(t, f), bytesOf(t, f, excelize.Options{Password: "x"})
	var rows strings.Builder
	for i := range sheets.MaxRows + 1 {
		rows.WriteString(strconv.Itoa(i) + ";1\n")
	}
	old := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, wide("Workbook", false, false)...)
	for name, tt := range map[string]struct {
		data []byte
		want sheets.Why
	}{
		"large":         {make([]byte, sheets.MaxBytes+1), sheets.TooLarge},
		"rows":          {[]byte("a;b\n" + rows.String()), sheets.TooManyRows},
		"cells":         {[]byte(strings.Repeat("1;", 300)), sheets.TooWide},
		"xls":           {old, sheets.OldXLS},
		"BIFF":          {[]byte{9, 8, 16, 0, 0, 6, 5, 0}, sheets.OldXLS},
		"a password":    {secret, sheets.Encrypted},
		"another OLE":   {[]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 1, 2, 3}, sheets.NotASheet},
		"a picture":     {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"), sheets.NotASheet},
		"a page":        {[]byte("\n<html><table><tr><td>1</td></tr></table></html>"), sheets.NotASheet},
		"a document":    {zipped(t, "word/document.xml", "<w/>"), sheets.NotASheet},
		"a binary book": {zipped(t, "xl/workbook.bin", "x"), sheets.NotASheet},
		"no zip":        {[]byte("PK\x03\x04 nothing"), sheets.Broken},
		"half":          {whole[:len(whole)/2], sheets.Broken},
		"nothing":       {nil, sheets.Empty},
		"space":         {[]byte("\r\n \r\n"), sheets.Empty},
		"a BOM":         {[]byte("\uFEFF\r\n"), sheets.Empty},
		"an open quote": {[]byte("a;b\n\"1;2\n3;4"), sheets.Broken},
		"broken UTF-16": {[]byte{0xFF, 0xFE, 'a', 0, 'b'}, sheets.Encoding},
		"no encoding":   {[]byte("a;b\n\x8d\x8e;\x90"), sheets.Encoding},
		"many parts":    {zipped(t, slices.Repeat([]string{"x", ""}, 2001)...), sheets.Bomb},
		"a large part":  {minimal(t, "", "xl/media/x", strings.Repeat("0", 65<<20)), sheets.Bomb},
		"many texts":    {minimal(t, "", "xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si/>", 1_000_001)+"</sst>"), sheets.Bomb},
		"many tags":     {minimal(t, "<sheetData><row>"+strings.Repeat("<c/>", 3_000_000)), sheets.Bomb},
		"a long text":   {minimal(t, "<sheetData><row><c><v>"+strings.Repeat("1", 2<<20)), sheets.Broken},
		"no book in it": {zipped(t, "_rels/.rels", "<x", "xl/workbook.xml", "<y"), sheets.Broken},
	} {
		b, err := sheets.Open("x", tt.data)
		if why(err) != tt.want || b != nil {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	lying := bytes.Clone(whole)
	for i := range len(lying) - 4 {
		if string(lying[i:i+4]) == "PK\x01\x02" {
			copy(lying[i+24:], []byte{1, 0, 0, 0}) // each part claims to be one byte
		}
	}
	if _, err := sheets.Open("x", lying); why(err) != sheets.Broken {
		t.Errorf("%v", err)
	}
}

// TestRowsAreBounded: a workbook tells at the row that is too many.
func TestRowsAreBounded(t *testing.T) {
	t.Parallel()
	rows := func(n int) []byte {
		return minimal(t, "<sheetData>"+strings.Repeat(`<row><c><v>1</v></c></row>`, n)+strings.Repeat(`<row/>`, 1000)+"</sheetData>")
	}
	for n, want := range map[int]sheets.Why{sheets.MaxRows + 1: "", sheets.MaxRows + 2: sheets.TooManyRows} {
		b, err := sheets.Open("x", rows(n))
		must(t, err)
		if _, err := read(b, "S"); why(err) != want {
			t.Errorf("%d rows: %v", n, err)
		}
	}
}

// TestWrittenIsRead: what this package writes it reads again.
func TestWrittenIsRead(t *testing.T) {
	t.Parallel()
	var text, binary bytes.Buffer
	must(t, table(odd(), nil).CSV(&text, ';'), table(odd(), nil).XLSX(&binary))
	want := "1: Máy nhánh|Tên\n2: 082018|Nguyễn Thị Ánh\n3: 0|=cmd|'/c calc'!A0\n4: ext-7|two lines , \"quoted\"; more\n5: =1+1%s\n6: ०१|12 345\n7: |2026-11-01"
	if got := openRead(t, text.Bytes()); got != fmt.Sprintf(want, "|") {
		t.Errorf("CSV:\n%s", got)
	}
	if got := openRead(t, binary.Bytes()); got != fmt.Sprintf(want, "") {
		t.Errorf("XLSX:\n%s", got)
	}
}

// FuzzOpen: no file makes the reader panic, and whatever it says of one is typed.
func FuzzOpen(f *testing.F) {
	book := excelize.NewFile()
	must(f, book.SetCellStr("Sheet1", "A1", "082018"), book.MergeCell("Sheet1", "A1", "B2"))
	for _, seed := range [][]byte{
		[]byte("a;b\n1;\"2\"\n"), wide("a\tb", true, false), bytesOf(f, book), minimal(f, `<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>`), []byte("sep=;\r\n"), []byte("sep=;"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := sheets.Open("x", data)
		if err != nil {
			if why(err) == "" {
				t.Errorf("untyped: %v", err)
			}
			return
		}
		defer b.Close()
		for _, s := range b.Sheets() {
			if _, err := read(b, s.Name); err != nil && why(err) == "" {
				t.Errorf("untyped: %v", err)
			}
		}
	})
}
