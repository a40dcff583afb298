package sqlstore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// holdEnv names the file for the child that holds it.
const holdEnv = "CONSOLE_TEST_HOLD_DATABASE"

// TestHoldChild is not a test: it is a console that has a file open until it is killed,
// or until its input ends.
func TestHoldChild(t *testing.T) {
	database := os.Getenv(holdEnv)
	if database == "" {
		t.Skip("run by TestOneWriter")
	}
	s, err := Open(t.Context(), Config{Database: database})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("held", os.Getpid())
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

type holder struct {
	cmd *exec.Cmd
	in  interface{ Close() error }
}

func holding(t *testing.T, database string) holder {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestHoldChild$")
	cmd.Env = append(os.Environ(), holdEnv+"="+database)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "held") {
		t.Fatalf("the child says %q", lines.Text())
	}
	return holder{cmd, in}
}

// TestOneWriter: a second console is not let at a file, says whose it is, and goes on
// once the first has ended, in whichever way; its lock is never left behind.
func TestOneWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "console.db")
	for name, end := range map[string]func(h holder){
		"killed": func(h holder) { _ = h.cmd.Process.Kill() },
		"closed": func(h holder) { _ = h.in.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			first := holding(t, path)
			link := filepath.Join(t.TempDir(), "link.db")
			if err := os.Symlink(path, link); err != nil {
				t.Fatal(err)
			}
			for _, same := range []string{path, link} {
				_, err := Open(t.Context(), Config{Database: same})
				var held *HeldError
				if !errors.As(err, &held) || held.Holder.Process != first.cmd.Process.Pid || held.Holder.Host == "" || held.Holder.Since.IsZero() {
					t.Fatalf("a second console at %s: %v", same, err)
				}
			}
			if _, err := Open(t.Context(), Config{Database: path, MustExist: true, Shared: true}); err != nil {
				t.Errorf("a tool beside it: %v", err)
			}
			told := make(chan Holder, 1)
			opened := make(chan error, 1)
			go func() {
				s, err := Open(t.Context(), Config{Database: path, Wait: time.Minute, Waiting: func(h Holder) { told <- h }})
				if err == nil {
					err = s.Close()
				}
				opened <- err
			}()
			if h := <-told; h.Process != first.cmd.Process.Pid {
				t.Errorf("waits for %s", h)
			}
			end(first)
			if err := <-opened; err != nil {
				t.Errorf("after the first has ended: %v", err)
			}
			_ = first.cmd.Wait()
		})
	}
}

// TestWaitEnds: with the wait, and with the start that is broken off.
func TestWaitEnds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "console.db")
	s, err := Open(t.Context(), Config{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Open(ctx, Config{Database: path, Wait: time.Hour, Waiting: func(Holder) { cancel() }})
	var held *HeldError
	if !errors.Is(err, context.Canceled) || !errors.As(err, &held) {
		t.Errorf("broken off: %v", err)
	}
	if _, err := Open(t.Context(), Config{Database: path, Wait: time.Millisecond}); !errors.As(err, &held) {
		t.Errorf("waited in vain: %v", err)
	}
}

// TestFileIsGone: what a file's name no longer leads to is not written, for nobody
// would find it again.
func TestFileIsGone(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(path string) error{
		"deleted": os.Remove,
		"moved":   func(path string) error { return os.Rename(path, path+".old") },
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "console.db")
			s, err := Open(t.Context(), Config{Database: path})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			id := intendOne(t, s)
			if err := s.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := take(path); err != nil {
				t.Fatal(err)
			}
			if err := s.Ready(t.Context()); !errors.Is(err, journal.ErrUnavailable) {
				t.Errorf("ready: %v", err)
			}
			for what, do := range writes(s, id) {
				if err := do(t.Context()); !errors.Is(err, journal.ErrUnavailable) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

func FuzzSigned(f *testing.F) {
	f.Add("12 2026-11-29T10:00:00Z host\n")
	f.Add("12")
	f.Add("x y z\x00")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "lock")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if h := signed(path); len(h.Host) > maxName {
			t.Errorf("a host of %d bytes", len(h.Host))
		}
	})
}
