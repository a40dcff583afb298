#!/usr/bin/env bash
#
# pgx stores another day for the same time.Time, by the mode that it sends queries in.
#
# Versions: github.com/jackc/pgx/v5 v5.13.0, PostgreSQL 15.18. Seen on 2026-11-30.
#
# Expected: a time of half past one at night in Ho Chi Minh City is the same day in a date
#           column in every mode. The comment of QueryExecModeExec, which is the mode for an
#           older PgBouncer, warns of types of one's own that have a text form, and says that
#           it "should not occur with types pgx supports directly".
# Does:     with the modes that ask the server for the parameter's type, the date and the
#           timestamp are as the clock on the wall says. With exec and simple_protocol the
#           time goes as text in UTC, of which the server drops the zone: the day is the one
#           before, between midnight and seven, also in a session that has the zone of the
#           time. There is no error. A timestamptz is right in all of them.
#
# Output as seen, at 2026-12-01 01:30:00 +07, in a session with TimeZone=Asia/Ho_Chi_Minh:
#   cache_statement  date 2026-12-01, timestamp 2026-12-01 01:30:00, timestamptz 2026-12-01 01:30:00+07
#   cache_describe   date 2026-12-01, timestamp 2026-12-01 01:30:00, timestamptz 2026-12-01 01:30:00+07
#   describe_exec    date 2026-12-01, timestamp 2026-12-01 01:30:00, timestamptz 2026-12-01 01:30:00+07
#   exec             date 2026-11-30, timestamp 2026-11-30 18:30:00, timestamptz 2026-12-01 01:30:00+07
#   simple_protocol  date 2026-11-30, timestamp 2026-11-30 18:30:00, timestamptz 2026-12-01 01:30:00+07
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
go get github.com/jackc/pgx/v5@v5.13.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"context"
	"fmt"
	"os"
	"time"
	_ "time/tzdata"

	"github.com/jackc/pgx/v5"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	ctx := context.Background()
	night := time.Date(2026, 12, 1, 1, 30, 0, 0, must(time.LoadLocation("Asia/Ho_Chi_Minh")))
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		conn := must(pgx.Connect(ctx, os.Args[1]+" default_query_exec_mode="+mode))
		must(conn.Exec(ctx, "CREATE TEMP TABLE shift (d date, ts timestamp, tz timestamptz)"))
		must(conn.Exec(ctx, "INSERT INTO shift VALUES ($1, $2, $3)", night, night, night))
		var d, ts, tz string
		if err := conn.QueryRow(ctx, "SELECT d::text, ts::text, tz::text FROM shift").Scan(&d, &ts, &tz); err != nil {
			panic(err)
		}
		fmt.Printf("%-16s date %s, timestamp %s, timestamptz %s\n", mode, d, ts, tz)
	}
}
EOF
go run . "host=$dir/pg user=postgres dbname=postgres timezone=Asia/Ho_Chi_Minh" | tee seen

cat >want <<'EOF'
cache_statement  date 2026-12-01, timestamp 2026-12-01 01:30:00, timestamptz 2026-12-01 01:30:00+07
cache_describe   date 2026-12-01, timestamp 2026-12-01 01:30:00, timestamptz 2026-12-01 01:30:00+07
describe_exec    date 2026-12-01, timestamp 2026-12-01 01:30:00, timestamptz 2026-12-01 01:30:00+07
exec             date 2026-11-30, timestamp 2026-11-30 18:30:00, timestamptz 2026-12-01 01:30:00+07
simple_protocol  date 2026-11-30, timestamp 2026-11-30 18:30:00, timestamptz 2026-12-01 01:30:00+07
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
