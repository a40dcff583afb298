#!/usr/bin/env bash
#
# excelize works out that an empty cell is not equal to an empty text.
#
# Versions: github.com/xuri/excelize/v2 v2.11.1, npm hyperformula 3.5.0. Seen on 2026-11-30.
#
# Expected: A9="" is true for a cell that has nothing, as in a spreadsheet and in
#           HyperFormula: IF(A9="","none",A9) is how a sheet says what is missing. In excelize
#           the cell is 0 where a number is asked for (A9=0 is true) and of no length.
# Does:     A9="" is FALSE and A9<>"" is TRUE, so that IF takes the other branch and the cell
#           reads as filled. COUNTIF with "" counts none of the empty ones; COUNTBLANK and
#           ISBLANK see them.
#
# Output as seen:
#   A9=0                   excelize "TRUE", HyperFormula "TRUE"
#   LEN(A9)                excelize "0", HyperFormula "0"
#   ISBLANK(A9)            excelize "TRUE", HyperFormula "TRUE"
#   A9=""                  excelize "FALSE", HyperFormula "TRUE"
#   A9<>""                 excelize "TRUE", HyperFormula "FALSE"
#   IF(A9="","none",A9)    excelize "", HyperFormula "none"
#   COUNTBLANK(A1:A9)      excelize "8", HyperFormula "8"
#   COUNTIF(A1:A9,"")      excelize "0", HyperFormula "8"
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts hyperformula@3.5.0 || exit 2
go mod init finding >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.1 2>log || { cat log >&2; exit 2; }
cat >cases.json <<'EOF'
{
	"cells": ["x"],
	"formulas": [
		"A9=0", "LEN(A9)", "ISBLANK(A9)", "A9=\"\"", "A9<>\"\"", "IF(A9=\"\",\"none\",A9)",
		"COUNTBLANK(A1:A9)", "COUNTIF(A1:A9,\"\")"
	]
}
EOF
cat >main.js <<'EOF'
const { HyperFormula } = require("hyperformula");
const { cells, formulas } = require("./cases.json");
const hf = HyperFormula.buildFromArray(cells.map((value) => [value]), { licenseKey: "gpl-v3" });
for (const formula of formulas) {
	const value = hf.calculateFormula("=" + formula, 0);
	console.log(typeof value === "boolean" ? String(value).toUpperCase() : String(value));
}
EOF
cat >main.go <<'EOF'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	var cases struct {
		Cells    []any
		Formulas []string
	}
	if err := json.Unmarshal(must(os.ReadFile("cases.json")), &cases); err != nil {
		panic(err)
	}
	theirs := strings.Split(string(must(os.ReadFile("theirs"))), "\n")
	f := excelize.NewFile()
	for i, value := range cases.Cells {
		if err := f.SetCellValue("Sheet1", fmt.Sprint("A", i+1), value); err != nil {
			panic(err)
		}
	}
	for i, formula := range cases.Formulas {
		if err := f.SetCellFormula("Sheet1", "Z1", formula); err != nil {
			panic(err)
		}
		fmt.Printf("%-22s excelize %q, HyperFormula %q\n", formula, must(f.CalcCellValue("Sheet1", "Z1")), theirs[i])
	}
}
EOF
node main.js >theirs
go run . | tee seen

cat >want <<'EOF'
A9=0                   excelize "TRUE", HyperFormula "TRUE"
LEN(A9)                excelize "0", HyperFormula "0"
ISBLANK(A9)            excelize "TRUE", HyperFormula "TRUE"
A9=""                  excelize "FALSE", HyperFormula "TRUE"
A9<>""                 excelize "TRUE", HyperFormula "FALSE"
IF(A9="","none",A9)    excelize "", HyperFormula "none"
COUNTBLANK(A1:A9)      excelize "8", HyperFormula "8"
COUNTIF(A1:A9,"")      excelize "0", HyperFormula "8"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
