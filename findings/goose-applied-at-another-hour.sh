#!/usr/bin/env bash
#
# goose's Status has another moment for a migration on PostgreSQL, by the session's time zone.
#
# Versions: github.com/pressly/goose/v3 v3.30.1, github.com/jackc/pgx/v5 v5.13.0,
#           modernc.org/sqlite v1.62.0, PostgreSQL 15.18. Seen on 2026-11-30.
#
# Expected: MigrationStatus.AppliedAt, a time.Time, is the moment at which the migration was
#           applied, whatever zone the session or the server is set to; on SQLite it is.
# Does:     the column is a timestamp without a zone, and its default now() is the wall clock of
#           the session. It is read as UTC: with the zone Asia/Ho_Chi_Minh a migration of just
#           now was applied seven hours from now, and with America/Bogota five hours ago.
#
# Output as seen:
#   SQLite:                           now
#   PostgreSQL, UTC:                  now
#   PostgreSQL, Asia/Ho_Chi_Minh:     7h0m0s from now
#   PostgreSQL, America/Bogota:       5h0m0s ago
set -euo pipefail

# PostgreSQL's own programs; it does not run as root.
bin=${PGBIN:-$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)}
[ -x "$bin/initdb" ] || { echo "no PostgreSQL: set PGBIN to the folder of initdb" >&2; exit 2; }
as=()
[ "$(id -u)" != 0 ] || as=(runuser -u postgres --)

dir=$(mktemp -d)
trap '"${as[@]}" "$bin/pg_ctl" -D "$dir/pg/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$dir"' EXIT
chmod 755 "$dir"
mkdir "$dir/pg"
[ "$(id -u)" != 0 ] || chown postgres "$dir/pg"
cd "$dir"
"${as[@]}" "$bin/initdb" -D pg/data -U postgres -A trust >log 2>&1 || { cat log >&2; exit 2; }
"${as[@]}" "$bin/pg_ctl" -D pg/data -l pg/log -o "-c listen_addresses= -c unix_socket_directories=$dir/pg" -w start >log ||
	{ cat log pg/log >&2; exit 2; }

go mod init finding >/dev/null 2>&1
go get github.com/pressly/goose/v3@v3.30.1 github.com/jackc/pgx/v5@v5.13.0 \
	github.com/jackc/pgx/v5/stdlib@v5.13.0 modernc.org/sqlite@v1.62.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"testing/fstest"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func applied(name string, dialect goose.Dialect, db *sql.DB) {
	ctx := context.Background()
	db.SetMaxOpenConns(1)
	provider := must(goose.NewProvider(dialect, db, fstest.MapFS{
		"1_note.sql": &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE note (text TEXT);\n")},
	}))
	must(provider.Up(ctx))
	said := "now"
	switch off := time.Since(must(provider.Status(ctx))[0].AppliedAt).Round(time.Hour); {
	case off > 0:
		said = fmt.Sprint(off, " ago")
	case off < 0:
		said = fmt.Sprint(-off, " from now")
	}
	fmt.Printf("%-33s %s\n", name+":", said)
	must(db.Exec("DROP TABLE goose_db_version"))
	must(db.Exec("DROP TABLE note"))
}

func main() {
	applied("SQLite", goose.DialectSQLite3, must(sql.Open("sqlite", ":memory:")))
	for _, zone := range []string{"UTC", "Asia/Ho_Chi_Minh", "America/Bogota"} {
		applied("PostgreSQL, "+zone, goose.DialectPostgres, must(sql.Open("pgx", os.Args[1]+" timezone="+zone)))
	}
}
EOF
go run . "host=$dir/pg user=postgres dbname=postgres" | tee seen

cat >want <<'EOF'
SQLite:                           now
PostgreSQL, UTC:                  now
PostgreSQL, Asia/Ho_Chi_Minh:     7h0m0s from now
PostgreSQL, America/Bogota:       5h0m0s ago
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
