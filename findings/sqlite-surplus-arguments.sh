#!/usr/bin/env bash
#
# modernc.org/sqlite ignores the arguments that a statement has no place for.
#
# Versions: modernc.org/sqlite v1.62.0, Go 1.26; Python 3 with its sqlite3 (for comparison).
#           Seen on 2026-11-30.
#
# Expected: an error, as for an argument that is missing, and as of Python's driver for the
#           same database: who gives two values for one "?" has lost a condition on the way.
#           database/sql refuses it by itself ("expected 1 arguments, got 2") for a driver
#           that says how many it wants; that the count is not checked when a driver
#           does not say is left to the driver.
# Does:     the driver does not say, also for a prepared statement, and takes the first
#           values that it needs: DELETE ... WHERE team = ? with a team and an id deletes the
#           team. A named argument that is nowhere in the statement, as one misspelt beside
#           the right one, is dropped as well. Too few are an error.
#
# Output as seen:
#   Go, one place, no value: missing argument with index 1
#   Go, one place, one value: 2 rows
#   Go, one place, two values: 2 rows
#   Go, the same prepared: 2 rows <nil>
#   Go, a name too many: 2 rows
#   Go, deleted with two values for one place: 2 rows
#   Python, one place, no value: ProgrammingError
#   Python, one place, one value: taken
#   Python, one place, two values: ProgrammingError
set -euo pipefail

command -v python3 >/dev/null || { echo "no python3" >&2; exit 2; }

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

	_ "modernc.org/sqlite"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	db := must(sql.Open("sqlite", "file::memory:"))
	db.SetMaxOpenConns(1)
	must(db.Exec("CREATE TABLE t (team INTEGER, id INTEGER)"))
	count := func(query string, args ...any) string {
		var n int
		if err := db.QueryRow(query, args...).Scan(&n); err != nil {
			return err.Error()
		}
		return fmt.Sprint(n, " rows")
	}
	must(db.Exec("INSERT INTO t VALUES (?, ?), (?, ?), (?, ?)", 1, 1, 1, 2, 2, 3))

	const one = "SELECT count(*) FROM t WHERE team = ?"
	fmt.Println("Go, one place, no value:", count(one))
	fmt.Println("Go, one place, one value:", count(one, 1))
	fmt.Println("Go, one place, two values:", count(one, 1, 2))
	var n int
	err := must(db.Prepare(one)).QueryRow(1, 2).Scan(&n)
	fmt.Println("Go, the same prepared:", n, "rows", err)
	fmt.Println("Go, a name too many:", count("SELECT count(*) FROM t WHERE team = :team", sql.Named("team", 1), sql.Named("id", 2)))
	gone := must(db.Exec("DELETE FROM t WHERE team = ?", 1, 2))
	fmt.Println("Go, deleted with two values for one place:", must(gone.RowsAffected()), "rows")
}
EOF
cat >main.py <<'EOF'
import sqlite3

db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE t (team INTEGER, id INTEGER)")
for what, values in ("no value", ()), ("one value", (1,)), ("two values", (1, 2)):
    try:
        db.execute("SELECT count(*) FROM t WHERE team = ?", values)
        print(f"Python, one place, {what}: taken")
    except sqlite3.ProgrammingError:
        print(f"Python, one place, {what}: ProgrammingError")
EOF
{
	go run .
	python3 main.py
} | tee seen

cat >want <<'EOF'
Go, one place, no value: missing argument with index 1
Go, one place, one value: 2 rows
Go, one place, two values: 2 rows
Go, the same prepared: 2 rows <nil>
Go, a name too many: 2 rows
Go, deleted with two values for one place: 2 rows
Python, one place, no value: ProgrammingError
Python, one place, one value: taken
Python, one place, two values: ProgrammingError
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
