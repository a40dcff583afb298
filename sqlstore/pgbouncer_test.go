package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/alohub/agentconsole/journal/journaltest"
	"github.com/alohub/agentconsole/runs/runstest"
)

// bouncer starts a PgBouncer that hands connections round by the transaction. What it
// returns makes a database of a test's own, with the tables or empty, and its address
// through it.
func bouncer(t *testing.T) func(t *testing.T, empty bool) string {
	t.Helper()
	direct, err := url.Parse(needPostgres(t))
	if err != nil {
		t.Fatal("CONSOLE_TEST_POSTGRES cannot be read")
	}
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program = "/usr/sbin/pgbouncer"; exec.CommandContext(t.Context(), program, "--version").Run() != nil {
			if strings.Contains(os.Getenv("CONSOLE_REQUIRE"), "pgbouncer") {
				t.Fatal("CONSOLE_REQUIRE has pgbouncer, but there is none")
			}
			t.Skip("there is no pgbouncer: pooling by the transaction is not tested")
		}
	}
	admin := func(ctx context.Context, statement string) error {
		config, err := pgx.ParseConfig(direct.String())
		if err != nil {
			return err
		}
		db := sql.OpenDB(stdlib.GetConnector(*config))
		defer db.Close()
		_, err = db.ExecContext(ctx, statement)
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	_ = free.Close()
	dir, err := os.MkdirTemp("", "bouncer") //nolint:usetesting // the test's own folder is closed to the user that it runs as
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	user := direct.User.Username()
	files := map[string]string{
		"users": fmt.Sprintf("%q \"\"\n", user),
		"ini": fmt.Sprintf(`[databases]
* = host=%s port=%s user=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = any
auth_file = %s
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
server_reset_query =
logfile = %s
`, direct.Hostname(), direct.Port(), user, port, filepath.Join(dir, "users"), filepath.Join(dir, "log")),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{filepath.Join(dir, "ini")}
	if os.Getuid() == 0 { // it refuses to run as root
		if err := os.Chmod(dir, 0o777); err != nil { // nothing secret is in it
			t.Fatal(err)
		}
		args = append([]string{"-u", "nobody"}, args...)
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address := func(database string) string {
		return fmt.Sprintf("postgres://%s@127.0.0.1:%s/%s?sslmode=disable", user, port, database)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-tick.C {
		conn, err := pgx.Connect(t.Context(), address("postgres"))
		if err == nil {
			_ = conn.Close(t.Context())
			break
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("pgbouncer does not answer: %v\n%s", err, log)
		}
	}
	create := func(t *testing.T, template string) (database string) {
		t.Helper()
		database = strings.ToLower("test_" + rand.Text())
		statement := "CREATE DATABASE " + database + " TEMPLATE " + template
		// Copying files takes a third of the time; before PostgreSQL 15 there was no choice.
		err := admin(t.Context(), statement+" STRATEGY FILE_COPY")
		if err != nil {
			err = admin(t.Context(), statement)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := admin(context.WithoutCancel(t.Context()), "DROP DATABASE "+database+" WITH (FORCE)"); err != nil {
				t.Error(err)
			}
		})
		return database
	}
	// Each test's database is a copy of one whose tables are made: making them again a
	// hundred times took most of the time.
	made := *direct
	made.Path = "/" + create(t, "template1")
	s, err := Open(t.Context(), Config{Database: made.String(), MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, empty bool) string {
		t.Helper()
		if empty {
			return address(create(t, "template1"))
		}
		return address(create(t, strings.TrimPrefix(made.Path, "/")))
	}
}

// TestPgBouncer: all that a database has to do holds behind one that gives each
// transaction another connection, the locks on agents too, without a setting.
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	database := bouncer(t)
	journaltest.Exercise(t, false, func(t *testing.T) func() journaltest.Database {
		address := database(t, false)
		return func() journaltest.Database { return mustOpen(t, address) }
	})
	t.Run("Runs", func(t *testing.T) {
		t.Parallel()
		runstest.Exercise(t, func(t *testing.T) runstest.Database { return runsAt(t, database(t, false)) })
	})
	t.Run("Lock", func(t *testing.T) {
		t.Parallel()
		address := database(t, true) // whose tables are made through it
		takesTurns(t, mustOpen(t, address), mustOpen(t, address))
	})
}
