package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/alohub/agentconsole/journal/journaltest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	journaltest.Exercise(t, false, func(t *testing.T) func() journaltest.Database {
		path := filepath.Join(t.TempDir(), "console.db")
		return func() journaltest.Database { return mustOpen(t, path) }
	})
}

func TestMemory(t *testing.T) {
	t.Parallel()
	journaltest.Exercise(t, true, func(t *testing.T) func() journaltest.Database {
		return func() journaltest.Database { return mustOpen(t, ":memory:") }
	})
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	needPostgres(t)
	journaltest.Exercise(t, false, func(t *testing.T) func() journaltest.Database {
		dsn := postgresSchema(t)
		return func() journaltest.Database { return mustOpen(t, dsn) }
	})
}

// mustOpen opens a database beside others: what several processes do to a file is tried
// here, though a console lets no second one in (TestOneWriter).
func mustOpen(tb testing.TB, database string) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), Config{Database: database, MaxConns: 4, LockTimeout: time.Minute, Shared: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// needPostgres skips the test where there is no PostgreSQL, and fails it where
// there has to be one.
func needPostgres(tb testing.TB) string {
	tb.Helper()
	dsn := os.Getenv("CONSOLE_TEST_POSTGRES")
	if dsn == "" {
		if strings.Contains(os.Getenv("CONSOLE_REQUIRE"), "postgres") {
			tb.Fatal("CONSOLE_REQUIRE has postgres, but CONSOLE_TEST_POSTGRES is not set")
		}
		tb.Skip("CONSOLE_TEST_POSTGRES is not set: PostgreSQL is not tested")
	}
	return dsn
}

// postgresSchema makes a schema of the test's own and returns the address that
// works in it.
func postgresSchema(tb testing.TB) string {
	tb.Helper()
	dsn := needPostgres(tb)
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		tb.Fatal("CONSOLE_TEST_POSTGRES cannot be read")
	}
	schema := strings.ToLower("test_" + rand.Text())
	exec := func(ctx context.Context, statement string) error {
		db := sql.OpenDB(stdlib.GetConnector(*config))
		defer db.Close()
		_, err := db.ExecContext(ctx, statement)
		return err
	}
	if err := exec(tb.Context(), "CREATE SCHEMA "+schema); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		var err error
		// What a killed process had asked for may still be under way, and in the way.
		for range 5 {
			if err = exec(context.WithoutCancel(tb.Context()), fmt.Sprintf("DROP SCHEMA %s CASCADE", schema)); err == nil {
				return
			}
		}
		tb.Error(err)
	})
	address, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal("CONSOLE_TEST_POSTGRES cannot be read")
	}
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return address.String()
}
