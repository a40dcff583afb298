#!/usr/bin/env bash
#
# excelize gives the first day of a month another date format: the day and the time are gone.
#
# Version: github.com/xuri/excelize/v2 v2.11.1. Seen on 2026-11-30.
#
# Expected: a time.Time is shown in one format, whatever day it is; the comment of
#           SetCellValue says "default date format is m/d/yy h:mm of time.Time type value",
#           and StreamWriter.SetRow does that.
# Does:     the format is chosen from the value: 22 (m/d/yy h:mm) is only for a time of day
#           other than midnight, 14 for midnight, and on the first of a month, at any
#           hour, it is 17 (mmm-yy). A column of moments shows 12/2/26 08:00 for all
#           days but one in thirty, and there "Dec-26". The cell's number is whole, but what
#           is shown, read as text or written as CSV has lost the day and the hour. A test
#           with another day of the month says nothing of it.
#
# Output as seen:
#   2026-11-30 08:15 SetCellValue "11/30/26 08:15" (format 22), SetRow "11/30/26 08:15" (format 22)
#   2026-12-01 08:15 SetCellValue "Dec-26" (format 17), SetRow "12/1/26 08:15" (format 22)
#   2026-12-02 08:15 SetCellValue "12/2/26 08:15" (format 22), SetRow "12/2/26 08:15" (format 22)
#   2026-12-01 00:00 SetCellValue "Dec-26" (format 17), SetRow "12/1/26 00:00" (format 22)
#   2026-12-02 00:00 SetCellValue "12-02-26" (format 14), SetRow "12/2/26 00:00" (format 22)
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.1 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"fmt"
	"time"

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
	f := excelize.NewFile()
	must(f.NewSheet("Stream"))
	w := must(f.NewStreamWriter("Stream"))
	var times []time.Time
	for _, s := range []string{
		"2026-11-30 08:15", "2026-12-01 08:15", "2026-12-02 08:15", "2026-12-01 00:00", "2026-12-02 00:00",
	} {
		times = append(times, must(time.Parse("2006-01-02 15:04", s)))
	}
	for i, t := range times {
		cell := must(excelize.CoordinatesToCellName(1, i+1))
		check(f.SetCellValue("Sheet1", cell, t))
		check(w.SetRow(cell, []any{t}))
	}
	check(w.Flush())

	g := must(excelize.OpenReader(must(f.WriteToBuffer())))
	for i, t := range times {
		cell := must(excelize.CoordinatesToCellName(1, i+1))
		show := func(sheet string) string {
			style := must(g.GetStyle(must(g.GetCellStyle(sheet, cell))))
			return fmt.Sprintf("%q (format %d)", must(g.GetCellValue(sheet, cell)), style.NumFmt)
		}
		fmt.Printf("%s SetCellValue %s, SetRow %s\n", t.Format("2006-01-02 15:04"), show("Sheet1"), show("Stream"))
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
2026-11-30 08:15 SetCellValue "11/30/26 08:15" (format 22), SetRow "11/30/26 08:15" (format 22)
2026-12-01 08:15 SetCellValue "Dec-26" (format 17), SetRow "12/1/26 08:15" (format 22)
2026-12-02 08:15 SetCellValue "12/2/26 08:15" (format 22), SetRow "12/2/26 08:15" (format 22)
2026-12-01 00:00 SetCellValue "Dec-26" (format 17), SetRow "12/1/26 00:00" (format 22)
2026-12-02 00:00 SetCellValue "12-02-26" (format 14), SetRow "12/2/26 00:00" (format 22)
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
