#!/usr/bin/env bash
#
# excelize's RawCellValue is not what the cell has: it is rounded to 15 digits.
#
# Version: github.com/xuri/excelize/v2 v2.11.1. Seen on 2026-11-30.
#
# Expected: a whole number of 16 digits that excelize has written with all of them is read
#           again with all of them; if not as it is shown, then with RawCellValue, which is
#           there to get the value without a number format.
# Does:     the file has 2026113000000017, and both ways of reading give 2.02611300000002E+15:
#           rounded, and in another notation. Fifteen digits are whole. A fraction that
#           another program wrote with 17 digits, as a double needs them, is cut in the same
#           way, and so is not the same number any more. So a number of an order, or a
#           time in microseconds, cannot be read from a numeric cell, though the file has it.
#
# Output as seen:
#   A1 in the file 202611300000017: shown "202611300000017", raw "202611300000017"
#   A2 in the file 2026113000000017: shown "2.02611300000002E+15", raw "2.02611300000002E+15"
#   A3 in the file 1764493687123456: shown "1.76449368712346E+15", raw "1.76449368712346E+15"
#   A4 in the file 0.30000000000000004: shown "0.3", raw "0.3"
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.1 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"

	"github.com/xuri/excelize/v2"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

const sheet = "xl/worksheets/sheet1.xml"

// sheetXML is the sheet as it is in the file.
func sheetXML(book []byte) string {
	files := must(zip.NewReader(bytes.NewReader(book), int64(len(book))))
	return string(must(io.ReadAll(must(files.Open(sheet)))))
}

// withLongFraction is the workbook with 0.5 written as another program writes 0.1+0.2.
func withLongFraction(book []byte) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range must(zip.NewReader(bytes.NewReader(book), int64(len(book)))).File {
		content := must(io.ReadAll(must(f.Open())))
		if f.Name == sheet {
			content = bytes.Replace(content, []byte("<v>0.5</v>"), []byte("<v>0.30000000000000004</v>"), 1)
		}
		must(must(w.Create(f.Name)).Write(content))
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func main() {
	f := excelize.NewFile()
	for cell, v := range map[string]any{
		"A1": 202611300000017, "A2": 2026113000000017, "A3": int64(1764493687123456), "A4": 0.5,
	} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			panic(err)
		}
	}
	book := withLongFraction(must(f.WriteToBuffer()).Bytes())
	xml := sheetXML(book)

	g := must(excelize.OpenReader(bytes.NewReader(book)))
	for _, cell := range []string{"A1", "A2", "A3", "A4"} {
		has := regexp.MustCompile(`r="` + cell + `"[^>]*><v>([^<]*)<`).FindStringSubmatch(xml)[1]
		fmt.Printf("%s in the file %s: shown %q, raw %q\n", cell, has,
			must(g.GetCellValue("Sheet1", cell)),
			must(g.GetCellValue("Sheet1", cell, excelize.Options{RawCellValue: true})))
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
A1 in the file 202611300000017: shown "202611300000017", raw "202611300000017"
A2 in the file 2026113000000017: shown "2.02611300000002E+15", raw "2.02611300000002E+15"
A3 in the file 1764493687123456: shown "1.76449368712346E+15", raw "1.76449368712346E+15"
A4 in the file 0.30000000000000004: shown "0.3", raw "0.3"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
