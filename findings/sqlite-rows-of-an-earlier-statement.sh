#!/usr/bin/env bash
#
# What modernc.org/sqlite says of a CREATE, DROP or PRAGMA is what the statement before did.
#
# Versions: modernc.org/sqlite v1.62.0, Go 1.26; Python 3 with its sqlite3 (for comparison).
#           Seen on 2026-11-30.
#
# Expected: RowsAffected "returns the number of rows affected by the query" (driver.Result):
#           of a statement that changes no row, 0 or an error. Python's driver for the same
#           database says -1.
# Does:     it hands on sqlite3_changes, which only INSERT, UPDATE and DELETE set. After an
#           UPDATE of three rows, CREATE TABLE, PRAGMA and DROP TABLE have "affected" three
#           rows as well, and after a DELETE of none, none. It is counted per
#           connection, so in a pool the number is that of any earlier statement of any
#           caller. Who runs a migration and logs, adds up or checks the numbers gets
#           others from run to run. LastInsertId is an older one in the same way, also for
#           an INSERT into a table WITHOUT ROWID, which has no such number.
#
# Output as seen:
#   Go     CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)      affected 0, id 0
#   Go     CREATE TABLE u (k TEXT PRIMARY KEY) WITHOUT ROWID    affected 0, id 0
#   Go     INSERT INTO t VALUES (41, 'a'), (42, 'b'), (43, 'c') affected 3, id 43
#   Go     INSERT INTO u VALUES ('x')                           affected 1, id 43
#   Go     UPDATE t SET v = 'd'                                 affected 3, id 43
#   Go     CREATE TABLE w (id INTEGER)                          affected 3, id 43
#   Go     PRAGMA user_version = 7                              affected 3, id 43
#   Go     DROP TABLE u                                         affected 3, id 43
#   Go     DELETE FROM t WHERE id = 99                          affected 0, id 43
#   Go     DROP TABLE w                                         affected 0, id 43
#   Python CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)      affected -1
#   Python CREATE TABLE u (k TEXT PRIMARY KEY) WITHOUT ROWID    affected -1
#   Python INSERT INTO t VALUES (41, 'a'), (42, 'b'), (43, 'c') affected 3
#   Python INSERT INTO u VALUES ('x')                           affected 1
#   Python UPDATE t SET v = 'd'                                 affected 3
#   Python CREATE TABLE w (id INTEGER)                          affected -1
#   Python PRAGMA user_version = 7                              affected -1
#   Python DROP TABLE u                                         affected -1
#   Python DELETE FROM t WHERE id = 99                          affected 0
#   Python DROP TABLE w                                         affected -1
set -euo pipefail

command -v python3 >/dev/null || { echo "no python3" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >statements <<'EOF'
CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)
CREATE TABLE u (k TEXT PRIMARY KEY) WITHOUT ROWID
INSERT INTO t VALUES (41, 'a'), (42, 'b'), (43, 'c')
INSERT INTO u VALUES ('x')
UPDATE t SET v = 'd'
CREATE TABLE w (id INTEGER)
PRAGMA user_version = 7
DROP TABLE u
DELETE FROM t WHERE id = 99
DROP TABLE w
EOF
go mod init finding >/dev/null 2>&1
go get modernc.org/sqlite@v1.62.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"bufio"
	"database/sql"
	"fmt"
	"os"

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
	for in := bufio.NewScanner(must(os.Open("statements"))); in.Scan(); {
		res := must(db.Exec(in.Text()))
		fmt.Printf("Go     %-52s affected %d, id %d\n", in.Text(), must(res.RowsAffected()), must(res.LastInsertId()))
	}
}
EOF
cat >main.py <<'EOF'
import sqlite3

db = sqlite3.connect(":memory:", isolation_level=None)
for statement in open("statements"):
    statement = statement.strip()
    print(f"Python {statement:52} affected {db.execute(statement).rowcount}")
EOF
{
	go run .
	python3 main.py
} | tee seen

cat >want <<'EOF'
Go     CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)      affected 0, id 0
Go     CREATE TABLE u (k TEXT PRIMARY KEY) WITHOUT ROWID    affected 0, id 0
Go     INSERT INTO t VALUES (41, 'a'), (42, 'b'), (43, 'c') affected 3, id 43
Go     INSERT INTO u VALUES ('x')                           affected 1, id 43
Go     UPDATE t SET v = 'd'                                 affected 3, id 43
Go     CREATE TABLE w (id INTEGER)                          affected 3, id 43
Go     PRAGMA user_version = 7                              affected 3, id 43
Go     DROP TABLE u                                         affected 3, id 43
Go     DELETE FROM t WHERE id = 99                          affected 0, id 43
Go     DROP TABLE w                                         affected 0, id 43
Python CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)      affected -1
Python CREATE TABLE u (k TEXT PRIMARY KEY) WITHOUT ROWID    affected -1
Python INSERT INTO t VALUES (41, 'a'), (42, 'b'), (43, 'c') affected 3
Python INSERT INTO u VALUES ('x')                           affected 1
Python UPDATE t SET v = 'd'                                 affected 3
Python CREATE TABLE w (id INTEGER)                          affected -1
Python PRAGMA user_version = 7                              affected -1
Python DROP TABLE u                                         affected -1
Python DELETE FROM t WHERE id = 99                          affected 0
Python DROP TABLE w                                         affected -1
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
