package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sqlstore"
)

// TestCheckConfigOpensTheDatabase: what is there is said before a start needs it, and
// nothing is made or migrated by that.
func TestCheckConfigOpensTheDatabase(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "console.db")
	check := func(database string, want int, words ...string) {
		t.Helper()
		var text strings.Builder
		args := []string{"-check-config", "-secret", goodSecret, "-database", database, "-upstreams", "prod:Sản xuất=https://a.example"}
		if code := run(t.Context(), Environment{Args: args, Usage: io.Discard}, &text, &text); code != want {
			t.Errorf("%s: exit code %d, want %d", database, code, want)
		}
		for _, word := range words {
			if !strings.Contains(text.String(), word) {
				t.Errorf("%s: %q is not said in\n%s", database, word, text.String())
			}
		}
		if strings.Contains(text.String(), "hunter2") {
			t.Error("a password is printed")
		}
	}
	check(path, 0, "no journal yet")
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("looking made %v, %v", left, err)
	}
	check(filepath.Join(folder, "none", "console.db"), 1, "CONSOLE_DATABASE", "folder does not exist")
	check("postgres://console:hunter2@127.0.0.1:1/console", 1, "CONSOLE_DATABASE", "failed to connect")
	check(InMemory, 0, "in memory")

	store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	check(path, 0, "journal is empty", "in use by another console")
	for _, environment := range []string{"prod", "bygone"} {
		e := journal.Entry{Scope: journal.Scope{Environment: environment, Tenant: "7"}, Agent: "0123", Kind: journal.Recording}
		if _, err := store.Intend(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	check(path, 0, "journals of: bygone, prod", "no environment has the slug of a journal", "slug=bygone")
}
