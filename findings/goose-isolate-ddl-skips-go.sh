#!/usr/bin/env bash
#
# goose's WithIsolateDDL notes a Go migration as applied and never calls it.
#
# Versions: github.com/pressly/goose/v3 v3.30.1, modernc.org/sqlite v1.62.0. Seen on
#           2026-11-30.
#
# Expected: WithIsolateDDL, whose comment says that it "executes DDL operations separately
#           from DML operations", changes how a migration is run, and not whether: a Go
#           migration with RunTx gets its transaction, or Up refuses it, as the Provider
#           refuses other combinations that cannot work.
# Does:     with the option a migration is run outside a transaction, where goose looks for
#           RunDB alone. A migration with RunTx is passed over, there is no error, the result
#           does not call it empty, and its version is in the table: nothing will run it
#           later. One with RunDB is called, and so is one with RunTx without the option.
#
# Output as seen:
#   RunTx                   called true,  result empty false, error <nil>, version 1
#   RunTx, WithIsolateDDL   called false, result empty false, error <nil>, version 1
#   RunDB                   called true,  result empty false, error <nil>, version 1
#   RunDB, WithIsolateDDL   called true,  result empty false, error <nil>, version 1
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/pressly/goose/v3@v3.30.1 modernc.org/sqlite@v1.62.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	ctx := context.Background()
	for _, kind := range []string{"RunTx", "RunDB"} {
		for _, isolate := range []bool{false, true} {
			name, file := kind, kind+".db"
			if isolate {
				name, file = kind+", WithIsolateDDL", kind+"-isolated.db"
			}
			db := must(sql.Open("sqlite", file))
			called := false
			up := &goose.GoFunc{RunTx: func(context.Context, *sql.Tx) error { called = true; return nil }}
			if kind == "RunDB" {
				up = &goose.GoFunc{RunDB: func(context.Context, *sql.DB) error { called = true; return nil }}
			}
			provider := must(goose.NewProvider(goose.DialectSQLite3, db, nil,
				goose.WithIsolateDDL(isolate), goose.WithGoMigrations(goose.NewGoMigration(1, up, nil))))
			results, err := provider.Up(ctx)
			fmt.Printf("%-23s called %-6s result empty %v, error %v, version %d\n", name,
				fmt.Sprint(called, ","), results[0].Empty, err, must(provider.GetDBVersion(ctx)))
		}
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
RunTx                   called true,  result empty false, error <nil>, version 1
RunTx, WithIsolateDDL   called false, result empty false, error <nil>, version 1
RunDB                   called true,  result empty false, error <nil>, version 1
RunDB, WithIsolateDDL   called true,  result empty false, error <nil>, version 1
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
