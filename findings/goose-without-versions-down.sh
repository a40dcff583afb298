#!/usr/bin/env bash
#
# goose's Provider goes down from the first migration on when versions are not kept.
#
# Versions: github.com/pressly/goose/v3 v3.30.1, modernc.org/sqlite v1.62.0. Seen on
#           2026-11-30.
#
# Expected: with WithDisableVersioning, said to be for seeding a database, DownTo(0) takes
#           the migrations back from the last to the first, as it does with versions and as
#           goose.DownTo does with WithNoVersioning: what a migration made is there until
#           those after it are gone.
# Does:     it runs the Down of 1, then of 2, then of 3. Here 2 has rows that refer to 1's,
#           so the database refuses; where it does not, the Downs run in the wrong order
#           without a word. Down, which takes one, takes the last.
#
# Output as seen:
#   Provider, versions kept: down 3, down 2, down 1
#   Provider, WithDisableVersioning: down 1, down 2, down 3
#   goose.DownTo, WithNoVersioning: down 3, down 2, down 1
#   Provider, WithDisableVersioning, rows that refer to others: FOREIGN KEY constraint failed
#   goose.DownTo, WithNoVersioning, rows that refer to others: <nil>
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
	"errors"
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

func open(schema string) *sql.DB {
	db := must(sql.Open("sqlite", ":memory:?_pragma=foreign_keys(1)"))
	db.SetMaxOpenConns(1)
	must(db.Exec(schema))
	return db
}

func seen(db *sql.DB) string {
	var all string
	if err := db.QueryRow("SELECT group_concat(what, ', ' ORDER BY rowid) FROM seen WHERE what LIKE 'down %'").Scan(&all); err != nil {
		panic(err)
	}
	return all
}

func migration(up, down string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("-- +goose Up\n" + up + ";\n-- +goose Down\n" + down + ";\n")}
}

// reason is what went wrong, in few words.
func reason(err error) string {
	if err == nil {
		return "<nil>"
	}
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		err = partial.Err
	}
	const fk = "FOREIGN KEY constraint failed"
	if strings.Contains(err.Error(), fk) {
		return fk
	}
	return err.Error()
}

func main() {
	ctx := context.Background()
	goose.SetLogger(goose.NopLogger())
	if err := goose.SetDialect("sqlite3"); err != nil {
		panic(err)
	}

	notes, schema := fstest.MapFS{}, "CREATE TABLE seen (what TEXT)"
	for i := 1; i <= 3; i++ {
		notes[fmt.Sprintf("%d_note.sql", i)] = migration(
			fmt.Sprintf("INSERT INTO seen VALUES ('up %d')", i), fmt.Sprintf("INSERT INTO seen VALUES ('down %d')", i))
	}
	for _, without := range []bool{false, true} {
		db := open(schema)
		provider := must(goose.NewProvider(goose.DialectSQLite3, db, notes, goose.WithDisableVersioning(without)))
		must(provider.Up(ctx))
		must(provider.DownTo(ctx, 0))
		name := "Provider, versions kept"
		if without {
			name = "Provider, WithDisableVersioning"
		}
		fmt.Printf("%s: %s\n", name, seen(db))
	}
	db := open(schema)
	goose.SetBaseFS(notes)
	if err := errors.Join(goose.Up(db, ".", goose.WithNoVersioning()), goose.DownTo(db, ".", 0, goose.WithNoVersioning())); err != nil {
		panic(err)
	}
	fmt.Printf("goose.DownTo, WithNoVersioning: %s\n", seen(db))

	seed := fstest.MapFS{
		"1_queues.sql":  migration("INSERT INTO queue VALUES (1)", "DELETE FROM queue"),
		"2_members.sql": migration("INSERT INTO member VALUES (1)", "DELETE FROM member"),
	}
	schema = "CREATE TABLE queue (id INTEGER PRIMARY KEY); CREATE TABLE member (queue INTEGER REFERENCES queue)"
	db = open(schema)
	provider := must(goose.NewProvider(goose.DialectSQLite3, db, seed, goose.WithDisableVersioning(true)))
	must(provider.Up(ctx))
	_, err := provider.DownTo(ctx, 0)
	fmt.Println("Provider, WithDisableVersioning, rows that refer to others:", reason(err))
	db = open(schema)
	goose.SetBaseFS(seed)
	if err := goose.Up(db, ".", goose.WithNoVersioning()); err != nil {
		panic(err)
	}
	fmt.Println("goose.DownTo, WithNoVersioning, rows that refer to others:",
		reason(goose.DownTo(db, ".", 0, goose.WithNoVersioning())))
}
EOF
go run . | tee seen

cat >want <<'EOF'
Provider, versions kept: down 3, down 2, down 1
Provider, WithDisableVersioning: down 1, down 2, down 3
goose.DownTo, WithNoVersioning: down 3, down 2, down 1
Provider, WithDisableVersioning, rows that refer to others: FOREIGN KEY constraint failed
goose.DownTo, WithNoVersioning, rows that refer to others: <nil>
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
