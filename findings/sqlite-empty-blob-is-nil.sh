#!/usr/bin/env bash
#
# An empty BLOB read with modernc.org/sqlite cannot be written again: it has become NULL.
#
# Versions: modernc.org/sqlite v1.62.0, Go 1.26; Python 3 with its sqlite3 (for comparison).
#           Seen on 2026-11-30.
#
# Expected: an empty blob and NULL are two values, in the database and in database/sql (an
#           empty slice and a nil one), and the driver stores them as two. So what is read
#           can be written again as it is.
# Does:     reading gives nil for both. Scan into a []byte cannot tell them apart, an encoder
#           for JSON says null where "" was, and the slice that came out of a NOT NULL column
#           is refused by the same column, as the driver stores nil as NULL. A copy from
#           one table to another through Go turns every empty blob to NULL. For an empty
#           text all is well, and so it is for both in Python.
#
# Output as seen:
#   Go: []byte{0x78} stored as blob of 1; read: []byte{0x78}, JSON "eA=="; written again: <nil>
#   Go: []byte{} stored as blob of 0; read: []byte(nil), JSON null; written again: constraint failed: NOT NULL constraint failed: t.v (1299)
#   Go: "" stored as text of 0; read: []byte{}, JSON ""; written again: <nil>
#   Python: read: b''; written again
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
	"encoding/json"
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
	must(db.Exec("CREATE TABLE t (v BLOB NOT NULL)"))
	for _, v := range []any{[]byte("x"), []byte{}, ""} {
		must(db.Exec("DELETE FROM t"))
		must(db.Exec("INSERT INTO t VALUES (?)", v))
		var stored string
		if err := db.QueryRow("SELECT typeof(v) || ' of ' || length(v) FROM t").Scan(&stored); err != nil {
			panic(err)
		}
		var back []byte
		if err := db.QueryRow("SELECT v FROM t").Scan(&back); err != nil {
			panic(err)
		}
		_, err := db.Exec("INSERT INTO t VALUES (?)", back)
		fmt.Printf("Go: %#v stored as %s; read: %#v, JSON %s; written again: %v\n",
			v, stored, back, must(json.Marshal(back)), err)
	}
}
EOF
cat >main.py <<'EOF'
import sqlite3

db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE t (v BLOB NOT NULL)")
db.execute("INSERT INTO t VALUES (?)", (b"",))
(back,) = db.execute("SELECT v FROM t").fetchone()
db.execute("INSERT INTO t VALUES (?)", (back,))
print(f"Python: read: {back!r}; written again")
EOF
{
	go run .
	python3 main.py
} | tee seen

cat >want <<'EOF'
Go: []byte{0x78} stored as blob of 1; read: []byte{0x78}, JSON "eA=="; written again: <nil>
Go: []byte{} stored as blob of 0; read: []byte(nil), JSON null; written again: constraint failed: NOT NULL constraint failed: t.v (1299)
Go: "" stored as text of 0; read: []byte{}, JSON ""; written again: <nil>
Python: read: b''; written again
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
