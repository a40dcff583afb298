#!/usr/bin/env bash
#
# excelize's SetCellValue makes another text of one such as "a_x0041_b".
#
# Version: github.com/xuri/excelize/v2 v2.11.1. Seen on 2026-11-30.
#
# Expected: a text that is set is read again as it was. In the file _xHHHH_ stands for a
#           character (ECMA-376, ST_Xstring), so a text that has those seven characters by
#           itself is written with _x005F_ before it. So do StreamWriter.SetRow and
#           SetCellRichText of the same library.
# Does:     SetCellValue and SetCellStr write the text without that, and reading makes the
#           character of it: "a_x0041_b" comes back as "aAb", also before anything is saved,
#           and "_x000D_" as a line end. Two different texts become one, without an error: a
#           file name or a key out of another system is not what it was.
#
# Output as seen:
#   "a_x0041_b": SetCellValue "aAb" (unsaved "aAb"), rich text "a_x0041_b", SetRow "a_x0041_b"
#   "aAb": SetCellValue "aAb" (unsaved "aAb"), rich text "aAb", SetRow "aAb"
#   "_x000D_": SetCellValue "\r" (unsaved "\r"), rich text "_x000D_", SetRow "_x000D_"
#   "x_x0020_y": SetCellValue "x y" (unsaved "x y"), rich text "x_x0020_y", SetRow "x_x0020_y"
#   in the file from SetCellValue: true
#   in the file from SetCellRichText: true
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
	"strings"

	"github.com/xuri/excelize/v2"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	texts := []string{"a_x0041_b", "aAb", "_x000D_", "x_x0020_y"}
	f := excelize.NewFile()
	must(f.NewSheet("Rich"))
	must(f.NewSheet("Stream"))
	w := must(f.NewStreamWriter("Stream"))
	unsaved := map[string]string{}
	for i, text := range texts {
		cell := must(excelize.CoordinatesToCellName(1, i+1))
		check(f.SetCellValue("Sheet1", cell, text))
		check(f.SetCellRichText("Rich", cell, []excelize.RichTextRun{{Text: text}}))
		check(w.SetRow(cell, []any{text}))
		unsaved[cell] = must(f.GetCellValue("Sheet1", cell))
	}
	check(w.Flush())
	book := must(f.WriteToBuffer()).Bytes()

	g := must(excelize.OpenReader(bytes.NewReader(book)))
	for i, text := range texts {
		cell := must(excelize.CoordinatesToCellName(1, i+1))
		read := func(sheet string) string { return must(g.GetCellValue(sheet, cell)) }
		fmt.Printf("%q: SetCellValue %q (unsaved %q), rich text %q, SetRow %q\n",
			text, read("Sheet1"), unsaved[cell], read("Rich"), read("Stream"))
	}

	files := must(zip.NewReader(bytes.NewReader(book), int64(len(book))))
	strs := string(must(io.ReadAll(must(files.Open("xl/sharedStrings.xml")))))
	fmt.Println("in the file from SetCellValue:", strings.Contains(strs, "<si><t>a_x0041_b</t></si>"))
	fmt.Println("in the file from SetCellRichText:", strings.Contains(strs, "<r><t>a_x005F_x0041_b</t></r>"))
}
EOF
go run . | tee seen

cat >want <<'EOF'
"a_x0041_b": SetCellValue "aAb" (unsaved "aAb"), rich text "a_x0041_b", SetRow "a_x0041_b"
"aAb": SetCellValue "aAb" (unsaved "aAb"), rich text "aAb", SetRow "aAb"
"_x000D_": SetCellValue "\r" (unsaved "\r"), rich text "_x000D_", SetRow "_x000D_"
"x_x0020_y": SetCellValue "x y" (unsaved "x y"), rich text "x_x0020_y", SetRow "x_x0020_y"
in the file from SetCellValue: true
in the file from SetCellRichText: true
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
