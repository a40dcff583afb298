#!/usr/bin/env bash
#
# modernc.org/sqlite cannot read back some of the times that it writes.
#
# Versions: modernc.org/sqlite v1.62.0, Go 1.26. Seen on 2026-11-30.
#
# Expected: a time.Time given to a TIMESTAMP column comes back as a time.Time, whatever its
#           zone: the driver writes it and the driver reads it.
# Does:     by default it writes time.Time's String(), which ends with the zone's short
#           name, and reads with a layout whose "MST" takes names such as ICT or +07, but
#           not +0700. That is what a zone is called that has no name, as any time from
#           time.Parse with an offset that is not the machine's own, and what the zone
#           database calls Kathmandu (+0545). Such a
#           value is stored without an error, comes back as a string, and Scan into a
#           time.Time fails. The same moment in Asia/Ho_Chi_Minh (+07) is read well, so a
#           test in one zone says nothing of another. With _time_format=sqlite all is well.
#
# Output as seen:
#   default Asia/Ho_Chi_Minh stored "2026-11-30 09:08:07 +0700 +07": time.Time, scan ok
#   default parsed +07:00    stored "2026-11-30 09:08:07 +0700 +0700": string, scan fails
#   default Asia/Kathmandu   stored "2026-11-30 07:53:07 +0545 +0545": string, scan fails
#   sqlite  Asia/Ho_Chi_Minh stored "2026-11-30 09:08:07+07:00": time.Time, scan ok
#   sqlite  parsed +07:00    stored "2026-11-30 09:08:07+07:00": time.Time, scan ok
#   sqlite  Asia/Kathmandu   stored "2026-11-30 07:53:07+05:45": time.Time, scan ok
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get modernc.org/sqlite@v1.62.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"database/sql"
	"fmt"
	"time"
	_ "time/tzdata"

	_ "modernc.org/sqlite"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	parsed := must(time.Parse(time.RFC3339, "2026-11-30T09:08:07+07:00"))
	for _, format := range []string{"default", "sqlite"} {
		dsn := "file::memory:"
		if format != "default" {
			dsn += "?_time_format=" + format
		}
		db := must(sql.Open("sqlite", dsn))
		db.SetMaxOpenConns(1)
		must(db.Exec("CREATE TABLE t (at TIMESTAMP)"))
		for _, c := range []struct {
			name string
			at   time.Time
		}{
			{"Asia/Ho_Chi_Minh", parsed.In(must(time.LoadLocation("Asia/Ho_Chi_Minh")))},
			{"parsed +07:00", parsed},
			{"Asia/Kathmandu", parsed.In(must(time.LoadLocation("Asia/Kathmandu")))},
		} {
			must(db.Exec("DELETE FROM t"))
			must(db.Exec("INSERT INTO t VALUES (?)", c.at))
			var text string
			if err := db.QueryRow("SELECT CAST(at AS TEXT) FROM t").Scan(&text); err != nil {
				panic(err)
			}
			var back any
			if err := db.QueryRow("SELECT at FROM t").Scan(&back); err != nil {
				panic(err)
			}
			var at time.Time
			scan := "ok"
			if err := db.QueryRow("SELECT at FROM t").Scan(&at); err != nil {
				scan = "fails"
			} else if !at.Equal(c.at) {
				scan = "gives another moment"
			}
			fmt.Printf("%-7s %-16s stored %q: %T, scan %s\n", format, c.name, text, back, scan)
		}
	}
}
EOF
# A machine in the zone +07:00 would give the parsed time its own zone's name.
TZ=UTC go run . | tee seen

cat >want <<'EOF'
default Asia/Ho_Chi_Minh stored "2026-11-30 09:08:07 +0700 +07": time.Time, scan ok
default parsed +07:00    stored "2026-11-30 09:08:07 +0700 +0700": string, scan fails
default Asia/Kathmandu   stored "2026-11-30 07:53:07 +0545 +0545": string, scan fails
sqlite  Asia/Ho_Chi_Minh stored "2026-11-30 09:08:07+07:00": time.Time, scan ok
sqlite  parsed +07:00    stored "2026-11-30 09:08:07+07:00": time.Time, scan ok
sqlite  Asia/Kathmandu   stored "2026-11-30 07:53:07+05:45": time.Time, scan ok
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
