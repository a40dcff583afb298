#!/usr/bin/env bash
#
# goose's UpTo and DownTo take no notice of the version that they are given when versions are
# not kept.
#
# Versions: github.com/pressly/goose/v3 v3.30.1, modernc.org/sqlite v1.62.0. Seen on
#           2026-11-30.
#
# Expected: Provider.UpTo "applies all pending migrations up to, and including, the specified
#           version", DownTo rolls back "down to, but not including" it. WithDisableVersioning
#           is to run migrations without noting them; goose.UpTo and goose.DownTo with
#           WithNoVersioning stop where they are told. Or the Provider refuses, as its
#           UpByOne does with that option.
# Does:     UpTo(2) applies 3 too, DownTo(2) takes 1 and 2 back too. No error.
#
# Output as seen:
#   Provider, versions kept          UpTo(2): up 1, up 2           DownTo(2): down 3
#   Provider, WithDisableVersioning  UpTo(2): up 1, up 2, up 3     DownTo(2): down 1, down 2, down 3
#   goose.…, WithNoVersioning        UpTo(2): up 1, up 2           DownTo(2): down 3
#   Provider, WithDisableVersioning  UpByOne: up-by-one not supported when versioning is disabled
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

func ok(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	ctx := context.Background()
	goose.SetLogger(goose.NopLogger())
	ok(goose.SetDialect("sqlite3"))
	notes := fstest.MapFS{}
	for i := 1; i <= 3; i++ {
		notes[fmt.Sprintf("%d_note.sql", i)] = &fstest.MapFile{Data: fmt.Appendf(nil,
			"-- +goose Up\nINSERT INTO seen VALUES ('up %d');\n-- +goose Down\nINSERT INTO seen VALUES ('down %d');\n", i, i)}
	}
	goose.SetBaseFS(notes)

	// run says what came of UpTo(2) on a new database, and of DownTo(2) after everything.
	run := func(name string, start func(db *sql.DB) (upTo, up, downTo func() error)) {
		db := must(sql.Open("sqlite", ":memory:"))
		db.SetMaxOpenConns(1)
		must(db.Exec("CREATE TABLE seen (what TEXT)"))
		seen := func() string {
			var all string
			ok(db.QueryRow("SELECT group_concat(what, ', ' ORDER BY rowid) FROM seen").Scan(&all))
			must(db.Exec("DELETE FROM seen"))
			return all
		}
		upTo, up, downTo := start(db)
		ok(upTo())
		upSeen := seen()
		ok(up())
		seen()
		ok(downTo())
		fmt.Printf("%-32s UpTo(2): %-20s DownTo(2): %s\n", name, upSeen, seen())
	}
	provider := func(db *sql.DB, without bool) *goose.Provider {
		return must(goose.NewProvider(goose.DialectSQLite3, db, notes, goose.WithDisableVersioning(without)))
	}
	ofProvider := func(without bool) func(db *sql.DB) (a, b, c func() error) {
		return func(db *sql.DB) (a, b, c func() error) {
			p := provider(db, without)
			return func() error { _, err := p.UpTo(ctx, 2); return err },
				func() error { _, err := p.Up(ctx); return err },
				func() error { _, err := p.DownTo(ctx, 2); return err }
		}
	}
	run("Provider, versions kept", ofProvider(false))
	run("Provider, WithDisableVersioning", ofProvider(true))
	run("goose.…, WithNoVersioning", func(db *sql.DB) (a, b, c func() error) {
		return func() error { return goose.UpTo(db, ".", 2, goose.WithNoVersioning()) },
			func() error { return goose.Up(db, ".", goose.WithNoVersioning()) },
			func() error { return goose.DownTo(db, ".", 2, goose.WithNoVersioning()) }
	})
	db := must(sql.Open("sqlite", ":memory:"))
	_, err := provider(db, true).UpByOne(ctx)
	fmt.Printf("%-32s UpByOne: %v\n", "Provider, WithDisableVersioning", err)
}
EOF
go run . | tee seen

cat >want <<'EOF'
Provider, versions kept          UpTo(2): up 1, up 2           DownTo(2): down 3
Provider, WithDisableVersioning  UpTo(2): up 1, up 2, up 3     DownTo(2): down 1, down 2, down 3
goose.…, WithNoVersioning        UpTo(2): up 1, up 2           DownTo(2): down 3
Provider, WithDisableVersioning  UpByOne: up-by-one not supported when versioning is disabled
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
