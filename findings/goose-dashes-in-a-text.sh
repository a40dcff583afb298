#!/usr/bin/env bash
#
# goose does not see the end of a statement after two dashes in a text.
#
# Versions: github.com/pressly/goose/v3 v3.30.1, modernc.org/sqlite v1.62.0. Seen on
#           2026-11-30.
#
# Expected: a statement ends at the semicolon that ends its line, as goose's README says.
#           Two dashes within quotes are a part of the text and no comment: SQLite runs the
#           statement, and goose itself where the dashes follow a letter.
# Does:     what comes after a word that begins with -- counts as a comment, also in quotes. At
#           the end of the file that is "missing semicolon?", though there is one. Before
#           another statement there is no error: the two are sent as one, which matters to a
#           driver or a statement that has to be alone. StatementBegin and StatementEnd help.
#
# Output as seen:
#   'east--west';          2 statements
#   'east -- west';        1 statement
#   'east -- west'; last   missing semicolon?
#   'east -- west'; begun  1 statement
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

// sent counts the statements that goose says it sends.
type sent struct{ n int }

func (s *sent) Printf(format string, v ...any) {
	if strings.Contains(fmt.Sprintf(format, v...), "Executing statement") {
		s.n++
	}
}

func (s *sent) Fatalf(format string, v ...any) { panic(fmt.Sprintf(format, v...)) }

func main() {
	const next = "INSERT INTO note VALUES ('next');\n"
	for _, c := range []struct{ name, text string }{
		{"'east--west';", "INSERT INTO note VALUES ('east--west');\n" + next},
		{"'east -- west';", "INSERT INTO note VALUES ('east -- west');\n" + next},
		{"'east -- west'; last", "INSERT INTO note VALUES ('east -- west');\n"},
		{"'east -- west'; begun", "-- +goose StatementBegin\nINSERT INTO note VALUES ('east -- west');\n-- +goose StatementEnd\n"},
	} {
		db := must(sql.Open("sqlite", ":memory:"))
		db.SetMaxOpenConns(1)
		must(db.Exec("CREATE TABLE note (text TEXT)"))
		var log sent
		provider := must(goose.NewProvider(goose.DialectSQLite3, db, fstest.MapFS{
			"1_note.sql": &fstest.MapFile{Data: []byte("-- +goose Up\n" + c.text)},
		}, goose.WithVerbose(true), goose.WithLogger(&log)))
		said := ""
		if _, err := provider.Up(context.Background()); err == nil {
			said = fmt.Sprint(log.n, " statement", map[bool]string{true: "s"}[log.n > 1])
		} else if said = err.Error(); strings.Contains(said, "missing semicolon?") {
			said = "missing semicolon?"
		}
		fmt.Printf("%-22s %s\n", c.name, said)
	}
}
EOF
go run . | tee seen

cat >want <<'EOF'
'east--west';          2 statements
'east -- west';        1 statement
'east -- west'; last   missing semicolon?
'east -- west'; begun  1 statement
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
