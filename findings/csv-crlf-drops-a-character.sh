#!/usr/bin/env bash
#
# encoding/csv's Writer with UseCRLF leaves out a carriage return within a field.
#
# Versions: Go 1.26 (encoding/csv), Python 3.11's csv for comparison. Seen on 2026-11-30.
#
# Expected: UseCRLF is "True to use \r\n as the line terminator": it says how a line ends, and
#           a field within quotes is written as it is. So does Python's csv with the same
#           line end, and so does the Writer without UseCRLF; the Reader gives a single
#           carriage return back.
# Does:     within a field every carriage return is left out, also one that no \n follows:
#           two lines that are parted by it alone, as on an old Mac, become one word, and a
#           field of nothing else is empty. No error. The project knows it as
#           golang/go#47774, closed without a change; the documentation does not say it.
#
# Output as seen:
#   "12 Lê Lợi\rHuế":   Go "12 Lê Lợi\rHuế", Go with UseCRLF "12 Lê LợiHuế", Python with \r\n "12 Lê Lợi\rHuế"
#   "a\n\rb":           Go "a\n\rb", Go with UseCRLF "a\nb", Python with \r\n "a\n\rb"
#   "\r":               Go "\r", Go with UseCRLF "", Python with \r\n "\r"
set -euo pipefail

command -v python3 >/dev/null || { echo "no python3" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >write.py <<'EOF'
import csv, json, sys

rows = json.load(sys.stdin)
for i, row in enumerate(rows):
    with open(f"{i}.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\r\n").writerow(row)
EOF
cat >main.go <<'EOF'
package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// read is the first field of what was written, as the Reader has it.
func read(text []byte) string {
	record, err := csv.NewReader(bytes.NewReader(text)).Read()
	if err != nil {
		panic(err)
	}
	return record[0]
}

func written(crlf bool, record []string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = crlf
	if err := w.WriteAll([][]string{record}); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func main() {
	records := [][]string{{"12 Lê Lợi\rHuế", "x"}, {"a\n\rb", "x"}, {"\r", "x"}}
	list, err := json.Marshal(records)
	if err != nil {
		panic(err)
	}
	python := exec.Command("python3", "write.py")
	python.Stdin, python.Stderr = bytes.NewReader(list), os.Stderr
	if err := python.Run(); err != nil {
		panic(err)
	}
	for i, record := range records {
		other, err := os.ReadFile(fmt.Sprintf("%d.csv", i))
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-19s Go %q, Go with UseCRLF %q, Python with \\r\\n %q\n", fmt.Sprintf("%q:", record[0]),
			read(written(false, record)), read(written(true, record)), read(other))
	}
}
EOF
go run main.go | tee seen

cat >want <<'EOF'
"12 Lê Lợi\rHuế":   Go "12 Lê Lợi\rHuế", Go with UseCRLF "12 Lê LợiHuế", Python with \r\n "12 Lê Lợi\rHuế"
"a\n\rb":           Go "a\n\rb", Go with UseCRLF "a\nb", Python with \r\n "a\n\rb"
"\r":               Go "\r", Go with UseCRLF "", Python with \r\n "\r"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
