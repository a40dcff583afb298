package sqlstore

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/alohub/agentconsole/journal"
)

// TestBackup: made while a console writes, it has all that was acknowledged before, and
// opens as a database of its own.
func TestBackup(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "console.db")
	console, err := Open(t.Context(), Config{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	defer console.Close()
	var before []string
	for range 20 {
		before = append(before, intendOne(t, console))
	}
	tool := mustOpen(t, path)
	done := make(chan struct{})
	var writes sync.WaitGroup
	writes.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if _, err := console.Intend(t.Context(), anIntent()); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	to := filepath.Join(t.TempDir(), "copy 'of' it.db")
	if err := tool.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	close(done)
	writes.Wait()
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if files, _ := filepath.Glob(to + "-*"); len(files) != 0 {
		t.Errorf("not one file: %q", files)
	}
	if err := tool.Backup(t.Context(), to); err == nil {
		t.Error("it wrote over a file")
	}
	copied, err := Open(t.Context(), Config{Database: to})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	for _, id := range before {
		if _, err := copied.Find(t.Context(), millionScope("1"), id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, _, err := copied.List(t.Context(), journal.Filter{Scope: millionScope("1")}); err != nil {
		t.Error(err)
	}
	if err := mustOpen(t, ":memory:").Backup(t.Context(), to+"2"); err == nil {
		t.Error("a database in memory was backed up")
	}
}
