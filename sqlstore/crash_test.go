package sqlstore

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// crashEnv names the database for the child that TestCrash kills.
const crashEnv = "CONSOLE_TEST_CRASH_DATABASE"

// TestCrashChild is not a test: it is the process that is killed. It says which
// intents were acknowledged.
func TestCrashChild(t *testing.T) {
	database := os.Getenv(crashEnv)
	if database == "" {
		t.Skip("run by TestCrash")
	}
	s := mustOpen(t, database)
	for {
		id := intendOne(t, s)
		if _, err := fmt.Println(id); err != nil {
			return
		}
		if err := s.Settle(t.Context(), id, journal.Settlement{Result: journal.Verified}); err != nil {
			t.Fatal(err)
		}
	}
}

// child starts the process that writes to the database.
func child(t *testing.T, database string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), crashEnv+"="+database)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// TestCrash kills a process while it writes: what it acknowledged is there, and
// what it had not settled becomes unknown at the next start.
func TestCrash(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(t *testing.T) string{
		"SQLite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "console.db") },
		"Postgres": func(t *testing.T) string { return postgresSchema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := database(t)
			var acknowledged []string
			for range 5 {
				cmd, lines := child(t, database)
				for range 1 + rand.IntN(20) {
					if !lines.Scan() {
						t.Fatal("the child said nothing more")
					}
					acknowledged = append(acknowledged, lines.Text())
				}
				time.Sleep(rand.N(5 * time.Millisecond)) // to die anywhere in a transaction
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				for lines.Scan() {
					if _, ok := parseID(lines.Text()); ok {
						acknowledged = append(acknowledged, lines.Text())
					}
				}
				_ = cmd.Wait()
			}
			s := mustOpen(t, database)
			for _, id := range acknowledged {
				if _, err := s.Find(t.Context(), millionScope("1"), id); err != nil {
					t.Errorf("%s was acknowledged: %v", id, err)
				}
			}
			count := func(result journal.Result) int {
				entries, _, err := s.List(t.Context(), journal.Filter{Scope: millionScope("1"), Result: result, Limit: maxLimit})
				if err != nil {
					t.Fatal(err)
				}
				return len(entries)
			}
			open := count(journal.Intent)
			n, err := s.Orphans(t.Context(), time.Now().Add(time.Minute))
			if err != nil || n != open || count(journal.Intent) != 0 || count(journal.Unknown) != open {
				t.Errorf("%d orphans of %d, %v", n, open, err)
			}
			if total := open + count(journal.Verified); total < len(acknowledged) || total > len(acknowledged)+5 {
				t.Errorf("%d entries; %d were acknowledged by 5 processes", total, len(acknowledged))
			}
			t.Logf("%d acknowledged, %d were open", len(acknowledged), open)
		})
	}
}

// TestProcessesStartAtOnce: the first to come migrates, the others wait for it.
func TestProcessesStartAtOnce(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(t *testing.T) string{
		"SQLite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "console.db") },
		"Postgres": func(t *testing.T) string { return postgresSchema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := database(t)
			type process struct {
				cmd   *exec.Cmd
				lines *bufio.Scanner
			}
			var all []process
			for range 4 {
				cmd, lines := child(t, database)
				all = append(all, process{cmd, lines})
			}
			for _, p := range all {
				if !p.lines.Scan() || len(p.lines.Text()) != idLength {
					t.Errorf("a process that did not start: %q", p.lines.Text())
				}
			}
			for _, p := range all {
				_ = p.cmd.Process.Kill()
				_ = p.cmd.Wait()
			}
		})
	}
}
