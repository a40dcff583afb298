#!/usr/bin/env bash
#
# A goose Provider whose first call fails cannot migrate a new database any more.
#
# Versions: github.com/pressly/goose/v3 v3.30.1, modernc.org/sqlite v1.62.0. Seen on
#           2026-11-30.
#
# Expected: a Provider that finds a new database locked by somebody else returns that error,
#           and Up works when the lock is gone, as it does with the same database where the
#           version table is there already.
# Does:     the version table is looked after once per Provider, also when that failed. From
#           then on every call says "no such table: goose_db_version", which is not what is
#           wrong; a program that retries Up retries for ever. A new Provider works. (That
#           the first call takes three seconds is goose's own retrying.)
#
# Output as seen:
#   new database, locked: SQLITE_BUSY
#   the lock is gone, the same Provider: no such table: goose_db_version
#   once more, the same Provider: no such table: goose_db_version
#   a new Provider: 1 applied
#   version table there, locked: SQLITE_BUSY
#   the lock is gone, the same Provider: 1 applied
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
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func provider(db *sql.DB, files ...string) *goose.Provider {
	fsys := fstest.MapFS{}
	for _, name := range files {
		table, _, _ := strings.Cut(name, ".")
		fsys[name] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE t" + table + " (x);\n")}
	}
	return must(goose.NewProvider(goose.DialectSQLite3, db, fsys))
}

// up says what came of Up.
func up(p *goose.Provider) string {
	results, err := p.Up(context.Background())
	if err == nil {
		return fmt.Sprint(len(results), " applied")
	}
	for _, known := range []string{"SQLITE_BUSY", "no such table: goose_db_version"} {
		if strings.Contains(err.Error(), known) {
			return known
		}
	}
	return err.Error()
}

// locked runs what it is given while another connection has the database's write lock.
func locked(file string, do func() string) string {
	ctx := context.Background()
	conn := must(must(sql.Open("sqlite", file)).Conn(ctx))
	must(conn.ExecContext(ctx, "BEGIN IMMEDIATE"))
	said := do()
	must(conn.ExecContext(ctx, "ROLLBACK"))
	return said
}

func main() {
	db := must(sql.Open("sqlite", "new.db"))
	p := provider(db, "1_a.sql")
	fmt.Println("new database, locked:", locked("new.db", func() string { return up(p) }))
	fmt.Println("the lock is gone, the same Provider:", up(p))
	fmt.Println("once more, the same Provider:", up(p))
	fmt.Println("a new Provider:", up(provider(db, "1_a.sql")))

	p = provider(db, "1_a.sql", "2_b.sql")
	fmt.Println("version table there, locked:", locked("new.db", func() string { return up(p) }))
	fmt.Println("the lock is gone, the same Provider:", up(p))
}
EOF
go run . | tee seen

cat >want <<'EOF'
new database, locked: SQLITE_BUSY
the lock is gone, the same Provider: no such table: goose_db_version
once more, the same Provider: no such table: goose_db_version
a new Provider: 1 applied
version table there, locked: SQLITE_BUSY
the lock is gone, the same Provider: 1 applied
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
