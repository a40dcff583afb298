package sqlstore

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"

	"github.com/alohub/agentconsole/journal"
)

// databases are the two with how to reach them below the Store.
func databases(t *testing.T, test func(t *testing.T, database string, connector driver.Connector, d dialect)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "console.db")
		connector, err := sqlite.NewConnector("file:" + (&url.URL{Path: path}).EscapedPath() + "?_busy_timeout=5000")
		if err != nil {
			t.Fatal(err)
		}
		test(t, path, connector, sqliteDialect())
	})
	t.Run("Postgres", func(t *testing.T) {
		t.Parallel()
		dsn := postgresSchema(t)
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			t.Fatal(err)
		}
		test(t, dsn, stdlib.GetConnector(*config), postgresDialect())
	})
}

// newer is a schema with one migration more than this console's.
func newer(t *testing.T, d dialect, statement string) fs.FS {
	t.Helper()
	ours, err := d.schema()
	if err != nil {
		t.Fatal(err)
	}
	all := fstest.MapFS{"09999_more.sql": {Data: []byte("-- +goose Up\n" + statement)}}
	names, err := fs.Glob(ours, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(ours, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: data}
	}
	return all
}

// first is the schema of the first console, that kept a journal only.
func first(t *testing.T, d dialect) fs.FS {
	t.Helper()
	ours, err := d.schema()
	if err != nil {
		t.Fatal(err)
	}
	data, err := fs.ReadFile(ours, "00001_journal.sql")
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"00001_journal.sql": {Data: data}}
}

// TestFirstSchema: what the first console wrote is there after the update.
func TestFirstSchema(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, connector driver.Connector, d dialect) {
		if err := migrate(t.Context(), connector, d, first(t, d)); err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(connector)
		id := ceil(millionStart())
		for _, statement := range []string{
			`INSERT INTO scopes (environment, tenant) VALUES ('production', '1')`,
			fmt.Sprintf(`INSERT INTO entries (id, scope, agent, kind, queues_before, before_known, queues_after, priority_before,
				priority_after, enabled, certainty, operator, key_fingerprint, request_id, run_id, result)
				SELECT %d, s.id, '10042', 'callin', '[7,8]', TRUE, '[7]', '', '', FALSE, 'confirmed', 'Nga', 'ab12', 'r-1', '', 'verified'
				FROM scopes s`, id),
		} {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		s := mustOpen(t, database)
		e, err := s.Find(t.Context(), millionScope("1"), formatID(id))
		if err != nil || e.Agent != "10042" || !slices.Equal(e.After, []int64{7}) || !e.EvidenceAt.IsZero() || !e.At.Equal(millionStart()) {
			t.Errorf("%+v, %v", e, err)
		}
		intendOne(t, s)
	})
}

func TestOlderAndNewerSchema(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, connector driver.Connector, d dialect) {
		s := mustOpen(t, database)
		id := intendOne(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		// A migration that fails leaves everything as it was.
		broken := newer(t, d, "ALTER TABLE entries ADD COLUMN more TEXT;\nINSERT INTO nowhere VALUES (1);\n")
		if err := migrate(t.Context(), connector, d, broken); err == nil {
			t.Error("a broken migration is no error")
		}
		if _, err := mustOpen(t, database).Find(t.Context(), millionScope("1"), id); err != nil {
			t.Errorf("after a broken migration: %v", err)
		}

		if err := migrate(t.Context(), connector, d, newer(t, d, "ALTER TABLE entries ADD COLUMN more TEXT;\n")); err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(connector)
		defer db.Close()
		var more sql.NullString
		if err := db.QueryRowContext(t.Context(), "SELECT more FROM entries").Scan(&more); err != nil {
			t.Errorf("the older database was not migrated with what it holds: %v", err)
		}
		_, err := Open(t.Context(), Config{Database: database, Shared: true})
		if !errors.Is(err, journal.ErrNewerSchema) || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("%v, want ErrNewerSchema alone", err)
		} else if !strings.Contains(err.Error(), "newer console") {
			t.Errorf("%v does not say what to do", err)
		}
	})
}

func TestOpensAtOnce(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, _ driver.Connector, _ dialect) {
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				s, err := Open(t.Context(), Config{Database: database, MaxConns: 2, Shared: true})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := s.Intend(t.Context(), anIntent()); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		entries, _, err := mustOpen(t, database).List(t.Context(), journal.Filter{Scope: millionScope("1")})
		if err != nil || len(entries) != 6 {
			t.Errorf("%d entries, %v", len(entries), err)
		}
	})
}
