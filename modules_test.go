package agentconsole

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// TestSQLiteHasItsOwnLibc: modernc.org/sqlite works with the very version of
// modernc.org/libc that its go.mod names. Another module that asks for a newer
// one would give it a memory allocator it was never tried with.
func TestSQLiteHasItsOwnLibc(t *testing.T) {
	t.Parallel()
	command := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "go", args...).Output()
		if err != nil {
			t.Fatalf("go %s: %v", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out))
	}
	var theirs struct {
		Require []struct{ Path, Version string }
	}
	file := command("list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite")
	if err := json.Unmarshal([]byte(command("mod", "edit", "-json", file)), &theirs); err != nil {
		t.Fatal(err)
	}
	ours := command("list", "-m", "-f", "{{.Version}}", "modernc.org/libc")
	for _, m := range theirs.Require {
		if m.Path == "modernc.org/libc" {
			if m.Version != ours {
				t.Errorf("libc is at %s, sqlite wants %s: exclude the other in go.mod", ours, m.Version)
			}
			return
		}
	}
	t.Error("sqlite names no libc: this test and the exclusion in go.mod can go")
}
