package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

func anIntent() journal.Entry {
	return journal.Entry{Scope: millionScope("1"), Agent: "1001", Kind: journal.Callin, After: []int64{7}}
}

// failsSoon calls do with little time and wants ErrUnavailable within it.
func failsSoon(t *testing.T, what string, do func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	err := do(ctx)
	if !errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("%s: %v, want ErrUnavailable", what, err)
	}
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("%s took %s", what, took)
	}
	t.Logf("%s: %v", what, err)
}

// writes are the methods that write, each as another way to fail.
func writes(s *Store, id string) map[string]func(ctx context.Context) error {
	scope := millionScope("1")
	return map[string]func(ctx context.Context) error{
		"intend": func(ctx context.Context) error { _, err := s.Intend(ctx, anIntent()); return err },
		"settle": func(ctx context.Context) error { return s.Settle(ctx, id, journal.Settlement{Result: journal.Unknown}) },
		"remember": func(ctx context.Context) error {
			return s.RememberQueues(ctx, scope, journal.Callin, map[int64]string{1: "x"})
		},
		"end":     func(ctx context.Context) error { return s.End(ctx, "a", time.Now()) },
		"end all": func(ctx context.Context) error { return s.EndAll(ctx) },
		"plan": func(ctx context.Context) error {
			_, err := s.Runs().Create(ctx, runs.Run{Scope: scope}, []runs.Item{{Agent: "1"}})
			return err
		},
		"pause all": func(ctx context.Context) error { return s.Runs().PauseAll(ctx) },
	}
}

func intendOne(t *testing.T, s *Store) string {
	t.Helper()
	id, err := s.Intend(t.Context(), anIntent())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestLockedSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "console.db")
	s := mustOpen(t, path)
	id := intendOne(t, s)
	other := mustOpen(t, path)
	conn, err := other.write.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	for what, do := range writes(s, id) {
		failsSoon(t, what, do)
	}
	failsSoon(t, "open", func(ctx context.Context) error {
		s, err := Open(ctx, Config{Database: path, Shared: true})
		if err == nil {
			_ = s.Close()
		}
		return err
	})
	if _, err := s.Find(t.Context(), millionScope("1"), id); err != nil {
		t.Errorf("reading does not wait for the writer: %v", err)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	intendOne(t, s)
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, filepath.Join(t.TempDir(), "console.db"))
	id := intendOne(t, s)
	pragma := func(statement string) {
		t.Helper()
		if _, err := s.write.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	pragma("PRAGMA max_page_count = 1") // SQLite takes the size it has
	acknowledged := []string{id}
	e := anIntent()
	e.Before = make([]int64, 2000)
	for {
		id, err := s.Intend(t.Context(), e)
		if err != nil {
			if !errors.Is(err, journal.ErrUnavailable) || !strings.Contains(err.Error(), "full") {
				t.Errorf("%v, want ErrUnavailable that says the disk is full", err)
			}
			break
		}
		if acknowledged = append(acknowledged, id); len(acknowledged) > 1000 {
			t.Fatal("the disk is never full")
		}
	}
	entries, _, err := s.List(t.Context(), journal.Filter{Scope: millionScope("1"), Limit: 1000})
	if err != nil || len(entries) != len(acknowledged) {
		t.Errorf("%d entries, %v; want the %d acknowledged", len(entries), err, len(acknowledged))
	}
	pragma("PRAGMA max_page_count = 1000000")
	intendOne(t, s)
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "console.db")
	s := mustOpen(t, path)
	id := intendOne(t, s)
	if _, err := s.write.ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
	for what, do := range writes(s, id) {
		failsSoon(t, what, do)
	}
	if _, err := s.Find(t.Context(), millionScope("1"), id); err != nil {
		t.Errorf("reading: %v", err)
	}
	if os.Geteuid() == 0 {
		t.Log("root may write anything: opening a read-only file is not tested")
		return
	}
	if err := errors.Join(s.Close(), os.Chmod(path, 0o400)); err != nil {
		t.Fatal(err)
	}
	failsSoon(t, "open", func(ctx context.Context) error {
		_, err := Open(ctx, Config{Database: path, Shared: true})
		return err
	})
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for database, want := range map[string]string{
		filepath.Join(folder, "none", "console.db"): "folder does not exist",
		folder:                             "folder",
		text:                               "not a SQLite database",
		"":                                 "no database",
		"mysql://u:s3cret@h/d":             "neither a file nor",
		"postgres://u:s3cret@127.0.0.1:1/": "connect",
		"postgres://u:s3cret%zz@h/d":       "cannot be read",
		"postgres://u:s3cret@h:port/d":     "cannot be read",
		"postgresql://u:s3cret@h/d?sslmode=sometimes":               "cannot be read",
		"postgres://127.0.0.1:1/d?user=u&password=s3cret&sslmode=x": "cannot be read",
	} {
		s, err := Open(t.Context(), Config{Database: database, Shared: true})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s is opened", database)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %q and no password", database, err, want)
		}
		t.Log(err)
	}
}

func TestFileMode(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?#%", "console.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	intendOne(t, mustOpen(t, path))
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) != 3 {
		t.Errorf("%q, %v; want the database, its log and its index", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %s", filepath.Base(file), info.Mode())
		}
	}
}

func TestLockedPostgres(t *testing.T) {
	t.Parallel()
	dsn := postgresSchema(t)
	s := mustOpen(t, dsn)
	id := intendOne(t, s)
	tx, err := mustOpen(t, dsn).write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "LOCK TABLE entries, queue_names, ended_sessions, ended_before, runs, run_items"); err != nil {
		t.Fatal(err)
	}
	for what, do := range writes(s, id) {
		failsSoon(t, what, do)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	intendOne(t, s)
}

// TestLostConnection: a server that restarts costs at most what was under way.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	name := fmt.Sprint("lost-", time.Now().UnixNano())
	s := mustOpen(t, postgresSchema(t)+"&application_name="+name)
	id := intendOne(t, s)
	killer := mustOpen(t, postgresSchema(t))
	kill := func() {
		t.Helper()
		if _, err := killer.write.ExecContext(t.Context(),
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", name); err != nil {
			t.Fatal(err)
		}
	}
	err := s.change(t.Context(), "test", func(tx *sql.Tx) error {
		kill()
		_, err := tx.ExecContext(t.Context(), "SELECT 1")
		return err
	})
	if !errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("under way: %v, want ErrUnavailable", err)
	}
	kill()
	for range 5 { // as many as there may be dead connections in the pool
		if _, err = s.Find(t.Context(), millionScope("1"), id); err == nil {
			break
		}
		if !errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("%v, want ErrUnavailable", err)
		}
	}
	if err != nil {
		t.Error(err)
	}
	intendOne(t, s)
}
