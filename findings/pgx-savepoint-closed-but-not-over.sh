#!/usr/bin/env bash
#
# pgx leaves a nested transaction neither committed nor rolled back, and calls it closed.
#
# Versions: github.com/jackc/pgx/v5 v5.13.0, PostgreSQL 15.18. Seen on 2026-11-30.
#
# Expected: Commit of a transaction in which a statement has failed rolls it back and returns
#           ErrTxCommitRollback, as its comment says. Of a Tx from tx.Begin, a savepoint,
#           Commit does the same: the work since the savepoint is undone, and the
#           transaction around it goes on. Or it leaves the savepoint open, for the
#           "defer tx.Rollback" of the documentation.
# Does:     RELEASE fails, since the transaction is in its error state, and the Tx is closed
#           in spite of that. Rollback then says "tx is closed" and sends nothing, so the
#           transaction around it can do nothing any more and is lost as well, with what it
#           did before. With Rollback in Commit's place all is well.
#
# Output as seen:
#   transaction, Commit:  commit unexpectedly resulted in rollback; the connection goes on: ok
#   savepoint, Rollback:  ok; the transaction goes on: ok; its Commit: ok; rows 1
#   savepoint, Commit:    SQLSTATE 25P02; Rollback after it: tx is closed; the transaction goes on: SQLSTATE 25P02; its Commit: commit unexpectedly resulted in rollback; rows 0
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
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
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
	conn := must(pgx.Connect(ctx, os.Args[1]))
	must(conn.Exec(ctx, "CREATE TEMP TABLE kept (n int PRIMARY KEY)"))
	one := func(tx interface {
		Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	}) error {
		_, err := tx.Exec(ctx, "SELECT 1")
		return err
	}
	// fail has a statement fail, which the program has a use for: the key is there already.
	fail := func(tx pgx.Tx) {
		if _, err := tx.Exec(ctx, "INSERT INTO kept VALUES (2), (2)"); err == nil {
			panic("no error")
		}
	}

	tx := must(conn.Begin(ctx))
	fail(tx)
	fmt.Printf("transaction, Commit:  %s; the connection goes on: %s\n", said(tx.Commit(ctx)), said(one(conn)))

	rows := func() (n int) {
		if err := conn.QueryRow(ctx, "SELECT count(*) FROM kept").Scan(&n); err != nil {
			panic(err)
		}
		must(conn.Exec(ctx, "DELETE FROM kept"))
		return n
	}
	for _, end := range []string{"Rollback", "Commit"} {
		tx := must(conn.Begin(ctx))
		must(tx.Exec(ctx, "INSERT INTO kept VALUES (1)"))
		nested := must(tx.Begin(ctx))
		fail(nested)
		if end == "Rollback" {
			fmt.Printf("savepoint, Rollback:  %s", said(nested.Rollback(ctx)))
		} else {
			fmt.Printf("savepoint, Commit:    %s", said(nested.Commit(ctx)))
			fmt.Printf("; Rollback after it: %s", said(nested.Rollback(ctx)))
		}
		fmt.Printf("; the transaction goes on: %s", said(one(tx)))
		fmt.Printf("; its Commit: %s", said(tx.Commit(ctx)))
		fmt.Printf("; rows %d\n", rows())
	}
}
EOF
go run . "host=$dir/pg user=postgres dbname=postgres" | tee seen

cat >want <<'EOF'
transaction, Commit:  commit unexpectedly resulted in rollback; the connection goes on: ok
savepoint, Rollback:  ok; the transaction goes on: ok; its Commit: ok; rows 1
savepoint, Commit:    SQLSTATE 25P02; Rollback after it: tx is closed; the transaction goes on: SQLSTATE 25P02; its Commit: commit unexpectedly resulted in rollback; rows 0
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
