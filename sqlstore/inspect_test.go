package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// write leaves an entry in each of the environments.
func write(t *testing.T, s *Store, environments ...string) {
	t.Helper()
	for _, name := range environments {
		e := journal.Entry{Scope: journal.Scope{Environment: name, Tenant: "7"}, Agent: "0123", Kind: journal.Recording}
		if _, err := s.Intend(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEnvironments(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, s *Store) {
		t.Helper()
		if got, err := s.Environments(t.Context()); err != nil || len(got) != 0 {
			t.Errorf("an empty journal: %q, %v", got, err)
		}
		write(t, s, "b", "a", "b")
		// A scope without an entry is no journal.
		if _, err := s.makeScope(t.Context(), journal.Scope{Environment: "c", Tenant: "1"}); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Environments(t.Context()); err != nil || !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("environments %q, %v", got, err)
		}
		if _, err := s.Runs().Create(t.Context(), runs.Run{Scope: journal.Scope{Environment: "c", Tenant: "1"}}, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Environments(t.Context()); err != nil || !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("environments %q, %v", got, err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { check(t, mustOpen(t, ":memory:")) })
	t.Run("postgres", func(t *testing.T) { check(t, mustOpen(t, postgresSchema(t))) })
}

// TestInspectFile: what is there is said, and nothing is changed by looking.
func TestInspectFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "console.db")
	files := func() string {
		t.Helper()
		list, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(list)
	}
	look := func(path string) (Finding, error) { return Inspect(t.Context(), Config{Database: path}) }

	if f, err := look(path); err != nil || !f.New || f.Kind != "SQLite" || files() != "[]" {
		t.Errorf("none there: %+v, %v, and left %s", f, err, files())
	}
	if _, err := look(filepath.Join(folder, "none", "x.db")); err == nil || !strings.Contains(err.Error(), "its folder does not exist") {
		t.Errorf("no folder: %v", err)
	}
	if _, err := look(folder); !errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("a folder: %v", err)
	}
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := look(text); err == nil || !strings.Contains(err.Error(), "not a SQLite database") {
		t.Errorf("another file: %v", err)
	}
	empty := filepath.Join(folder, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := look(empty); err != nil || !f.New {
		t.Errorf("an empty file: %+v, %v", f, err)
	}

	s, err := Open(t.Context(), Config{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, "old", "production")
	f, err := look(path)
	if err != nil || f.New || f.Schema != f.Known || f.Known < 4 || !slices.Equal(f.Environments, []string{"old", "production"}) {
		t.Errorf("while it is used: %+v, %v", f, err)
	}
	if !f.InUse || f.Holder.Process != os.Getpid() {
		t.Errorf("its writer is %+v", f)
	}
	write(t, s, "old") // was not disturbed
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if f, err := look(path); err != nil || f.InUse || len(f.Environments) != 2 {
		t.Errorf("after its console has ended: %+v, %v", f, err)
	}

	// Of an older console: only said, not migrated. Of a newer one: refused as at a start.
	set := func(statement string) {
		t.Helper()
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	set(fmt.Sprintf("DELETE FROM %s WHERE version_id = %d", schemaTable, f.Known))
	for range 2 {
		if f, err := look(path); err != nil || f.Schema != f.Known-1 {
			t.Errorf("an older one: %+v, %v", f, err)
		}
	}
	set(fmt.Sprintf("INSERT INTO %s (version_id, is_applied) VALUES (%d, 1)", schemaTable, f.Known+1))
	if _, err := look(path); !errors.Is(err, journal.ErrNewerSchema) {
		t.Errorf("a newer one: %v", err)
	}
}

func TestInspectPostgres(t *testing.T) {
	t.Parallel()
	dsn := postgresSchema(t)
	f, err := Inspect(t.Context(), Config{Database: dsn})
	if err != nil || !f.New || f.Pool || f.Kind != "PostgreSQL" {
		t.Errorf("nothing there: %+v, %v", f, err)
	}
	write(t, mustOpen(t, dsn), "production")
	f, err = Inspect(t.Context(), Config{Database: dsn + "&default_query_exec_mode=cache_statement"})
	if err != nil || f.New || f.Pool || f.Prepares || f.Schema != f.Known || !slices.Equal(f.Environments, []string{"production"}) {
		t.Errorf("a journal: %+v, %v", f, err)
	}
	if _, err := Inspect(t.Context(), Config{Database: "postgres://nobody:hunter2@127.0.0.1:1/x"}); !errors.Is(err, journal.ErrUnavailable) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("nobody there: %v", err)
	}
}

// TestInspectPgBouncer: whoever looks is told of the pool, and of an address that asks for
// what such a pool may lose.
func TestInspectPgBouncer(t *testing.T) {
	t.Parallel()
	dsn := bouncer(t)(t, true)
	write(t, mustOpen(t, dsn), "production")
	for suffix, prepares := range map[string]bool{
		"": false, "&default_query_exec_mode=exec": false, "&default_query_exec_mode=cache_statement": true,
	} {
		f, err := Inspect(t.Context(), Config{Database: dsn + suffix})
		if err != nil || !f.Pool || f.Prepares != prepares || f.Schema != f.Known {
			t.Errorf("%s: %+v, %v", suffix, f, err)
		}
	}
}
