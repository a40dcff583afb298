#!/usr/bin/env bash
#
# modernc.org/sqlite takes a read-only transaction and writes in it.
#
# Version: modernc.org/sqlite v1.62.0. Seen on 2026-11-30.
#
# Expected: with sql.TxOptions{ReadOnly: true} a write is refused. The comment of
#           driver.ConnBeginTx has a driver "either set the read-only transaction property if
#           supported or return an error if it is not supported", and SQLite has it, as PRAGMA
#           query_only.
# Does:     BeginTx returns no error, an INSERT in the transaction is carried out, and Commit
#           keeps it. The option only says that _txlock does not count for this transaction.
#
# Output as seen:
#   ReadOnly:           begin <nil>, insert <nil>, commit <nil>, rows after it 1
#   PRAGMA query_only:  begin <nil>, insert refused, commit <nil>, rows after it 0
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get modernc.org/sqlite@v1.62.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"context"
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

func said(err error) string {
	if err == nil {
		return "<nil>"
	}
	return "refused"
}

func main() {
	for _, c := range []struct {
		name     string
		readOnly bool
	}{{"ReadOnly:", true}, {"PRAGMA query_only:", false}} {
		db := must(sql.Open("sqlite", ":memory:"))
		db.SetMaxOpenConns(1)
		must(db.Exec("CREATE TABLE t (n)"))
		if !c.readOnly {
			must(db.Exec("PRAGMA query_only = 1"))
		}
		tx, begin := db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: c.readOnly})
		_, insert := tx.Exec("INSERT INTO t VALUES (1)")
		commit := tx.Commit()
		var rows int
		if err := db.QueryRow("SELECT count(*) FROM t").Scan(&rows); err != nil {
			panic(err)
		}
		fmt.Printf("%-19s begin %s, insert %s, commit %s, rows after it %d\n",
			c.name, said(begin), said(insert), said(commit), rows)
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
ReadOnly:           begin <nil>, insert <nil>, commit <nil>, rows after it 1
PRAGMA query_only:  begin <nil>, insert refused, commit <nil>, rows after it 0
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
