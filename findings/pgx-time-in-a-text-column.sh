#!/usr/bin/env bash
#
# pgx writes a time.Time into a text column with Go's monotonic clock in it.
#
# Versions: github.com/jackc/pgx/v5 v5.13.0, PostgreSQL 15.18. Seen on 2026-11-30.
#
# Expected: a Go value of another type is refused for a text parameter, as an int and a bool
#           are ("unable to encode 5 into text format for text"), or a time is written in a
#           form that PostgreSQL reads, as in the modes exec and simple_protocol.
# Does:     by default what comes from time.Now is stored as it is printed in Go, with
#           " m=+0.1234" at the end, and a time in Asia/Ho_Chi_Minh with the zone's offset
#           and its name, "+0700 +07". PostgreSQL takes neither back as a time. Also through
#           database/sql. There is no error when it is written.
#
# Output as seen (digits of the clock as 9):
#   pgx, time.Now         stored "9999-99-99 99:99:99.999 +9999 UTC m=+9.999", as a timestamptz SQLSTATE 22007
#   pgx, in +07           stored "9999-99-99 99:99:99 +9999 +99", as a timestamptz SQLSTATE 22007
#   pgx, an int           refused
#   pgx, a bool           refused
#   pgx exec, time.Now    stored "9999-99-99 99:99:99.999Z", as a timestamptz ok
#   pgx exec, in +07      stored "9999-99-99 99:99:99Z", as a timestamptz ok
#   stdlib, time.Now      stored "9999-99-99 99:99:99.999 +9999 UTC m=+9.999", as a timestamptz SQLSTATE 22007
#   stdlib, in +07        stored "9999-99-99 99:99:99 +9999 +99", as a timestamptz SQLSTATE 22007
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
go get github.com/jackc/pgx/v5@v5.13.0 github.com/jackc/pgx/v5/stdlib@v5.13.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"
	_ "time/tzdata"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var (
	fraction = regexp.MustCompile(`\.\d+`)
	digits   = regexp.MustCompile(`\d`)
	seconds  = regexp.MustCompile(`m=\+9+`)
)

// shape is a text with every digit as 9, and any number of them after a point as three.
func shape(text string) string {
	text = digits.ReplaceAllString(fraction.ReplaceAllString(text, ".999"), "9")
	return seconds.ReplaceAllString(text, "m=+9")
}

// said is an error in few words.
func said(err error) string {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &pg):
		return "SQLSTATE " + pg.Code
	}
	return err.Error()
}

func main() {
	ctx := context.Background()
	zone := must(time.LoadLocation("Asia/Ho_Chi_Minh"))
	try := func(name string, value any, exec func(query string, args ...any) error, text func(query string) (string, error)) {
		if err := exec("INSERT INTO note VALUES ($1)", value); err != nil {
			fmt.Printf("%-21s refused\n", name)
			return
		}
		stored := must(text("SELECT at FROM note"))
		_, err := text("SELECT (at::timestamptz)::text FROM note")
		fmt.Printf("%-21s stored %q, as a timestamptz %s\n", name, shape(stored), said(err))
		if err := exec("DELETE FROM note"); err != nil {
			panic(err)
		}
	}
	night := time.Date(2026, 12, 1, 1, 30, 0, 0, zone)
	for _, mode := range []string{"", "exec"} {
		dsn, name := os.Args[1], "pgx"
		if mode != "" {
			dsn, name = dsn+" default_query_exec_mode="+mode, "pgx "+mode
		}
		conn := must(pgx.Connect(ctx, dsn))
		must(conn.Exec(ctx, "CREATE TEMP TABLE note (at text)"))
		exec := func(query string, args ...any) error { _, err := conn.Exec(ctx, query, args...); return err }
		read := func(query string) (string, error) {
			var all string
			err := conn.QueryRow(ctx, query).Scan(&all)
			return all, err
		}
		try(name+", time.Now", time.Now(), exec, read)
		try(name+", in +07", night, exec, read)
		if mode == "" {
			try(name+", an int", 5, exec, read)
			try(name+", a bool", true, exec, read)
		}
	}
	db := must(sql.Open("pgx", os.Args[1]))
	db.SetMaxOpenConns(1)
	must(db.Exec("CREATE TEMP TABLE note (at text)"))
	exec := func(query string, args ...any) error { _, err := db.Exec(query, args...); return err }
	read := func(query string) (string, error) {
		var all string
		err := db.QueryRow(query).Scan(&all)
		return all, err
	}
	try("stdlib, time.Now", time.Now(), exec, read)
	try("stdlib, in +07", night, exec, read)
}
EOF
TZ=UTC go run . "host=$dir/pg user=postgres dbname=postgres" | tee seen

cat >want <<'EOF'
pgx, time.Now         stored "9999-99-99 99:99:99.999 +9999 UTC m=+9.999", as a timestamptz SQLSTATE 22007
pgx, in +07           stored "9999-99-99 99:99:99 +9999 +99", as a timestamptz SQLSTATE 22007
pgx, an int           refused
pgx, a bool           refused
pgx exec, time.Now    stored "9999-99-99 99:99:99.999Z", as a timestamptz ok
pgx exec, in +07      stored "9999-99-99 99:99:99Z", as a timestamptz ok
stdlib, time.Now      stored "9999-99-99 99:99:99.999 +9999 UTC m=+9.999", as a timestamptz SQLSTATE 22007
stdlib, in +07        stored "9999-99-99 99:99:99 +9999 +99", as a timestamptz SQLSTATE 22007
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
