#!/usr/bin/env bash
#
# excelize works out a text of a number of seven digits or more as one with an exponent.
#
# Versions: github.com/xuri/excelize/v2 v2.11.1, npm hyperformula 3.5.0. Seen on 2026-11-30.
#
# Expected: CalcCellValue of "+"&A1 has the digits that the cell shows, as a spreadsheet has
#           them: for a telephone number all eleven. HyperFormula gives them, and so does
#           excelize for A1, A1*1 and TEXT(A1,"0").
# Does:     where a function or & takes a number as a text, the text is Go's of the float:
#           from a million on it has an exponent. LEN counts 16, LEFT finds "8.4", and RIGHT
#           finds "+10" in 84912345678. There is no error. Below a million all is well.
#
# Output as seen:
#   A1                     excelize "84912345678", HyperFormula "84912345678"
#   A1*1                   excelize "84912345678", HyperFormula "84912345678"
#   "+"&A1                 excelize "+8.4912345678e+10", HyperFormula "+84912345678"
#   CONCATENATE(A1)        excelize "8.4912345678e+10", HyperFormula "84912345678"
#   LEN(A1)                excelize "16", HyperFormula "11"
#   LEFT(A1,3)             excelize "8.4", HyperFormula "849"
#   RIGHT(A1,3)            excelize "+10", HyperFormula "678"
#   A2&""                  excelize "1e+06", HyperFormula "1000000"
#   A3&""                  excelize "999999", HyperFormula "999999"
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
	"cells": [84912345678, 1000000, 999999],
	"formulas": [
		"A1", "A1*1", "\"+\"&A1", "CONCATENATE(A1)", "LEN(A1)", "LEFT(A1,3)", "RIGHT(A1,3)", "A2&\"\"", "A3&\"\""
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
A1                     excelize "84912345678", HyperFormula "84912345678"
A1*1                   excelize "84912345678", HyperFormula "84912345678"
"+"&A1                 excelize "+8.4912345678e+10", HyperFormula "+84912345678"
CONCATENATE(A1)        excelize "8.4912345678e+10", HyperFormula "84912345678"
LEN(A1)                excelize "16", HyperFormula "11"
LEFT(A1,3)             excelize "8.4", HyperFormula "849"
RIGHT(A1,3)            excelize "+10", HyperFormula "678"
A2&""                  excelize "1e+06", HyperFormula "1000000"
A3&""                  excelize "999999", HyperFormula "999999"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
