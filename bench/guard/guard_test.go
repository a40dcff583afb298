package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A page is too dear by the median of its rounds: not for one that something else disturbed,
// and not where nothing was there before.
func TestReport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		seen figures
		dear bool
	}{
		{"the same", figures{before: []float64{1, 1, 1}, after: []float64{1, 1, 1}}, false},
		{"cheaper", figures{before: []float64{2, 2, 2}, after: []float64{1, 1, 1}}, false},
		{"nearly half as much again", figures{before: []float64{1, 1, 1}, after: []float64{1.4, 1.4, 1.4}}, false},
		{"more than that", figures{before: []float64{1, 1, 1}, after: []float64{1.6, 1.6, 1.6}}, true},
		{"one round disturbed", figures{before: []float64{1, 1, 1}, after: []float64{1, 9, 1}}, false},
		{"a machine that grew busy", figures{before: []float64{1, 2, 3}, after: []float64{1.1, 2.1, 3.1}}, false},
		{"dear on a machine that grew idle", figures{before: []float64{3, 2, 1}, after: []float64{5, 4, 2}}, true},
		{"new", figures{unasked: 404, after: []float64{9, 9, 9}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.seen.page.name = "a page"
			var out bytes.Buffer
			err := report(&out, "HEAD~1", []*figures{&tt.seen})
			if (err != nil) != tt.dear {
				t.Fatalf("error %v, want one: %v\n%s", err, tt.dear, &out)
			}
			if tt.dear && !strings.HasSuffix(err.Error(), ": a page") {
				t.Errorf("the error does not name the page: %v", err)
			}
		})
	}
}

// The first commit has none before it, and a commit that does not build is not a console.
func TestNothingToCompareWith(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	git("init", "--quiet")
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.org/nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("add", "go.mod")
	git("commit", "--quiet", "-m", "The first")
	git("rm", "--quiet", "--cached", "go.mod")
	for _, tt := range []struct{ commit, why string }{
		{"HEAD~1", "HEAD~1 is not here"},
		{"HEAD", "HEAD does not build"},
	} {
		err := buildCommit(t.Context(), dir, tt.commit, filepath.Join(t.TempDir(), "before"))
		var nothing nothingError
		if !errors.As(err, &nothing) || !strings.HasPrefix(err.Error(), tt.why) {
			t.Errorf("%s: %v, want %q", tt.commit, err, tt.why)
		}
	}
	if staged := git("diff", "--cached", "--name-only"); staged != "go.mod\n" {
		t.Errorf("what was staged is %q, want it as it was", staged)
	}
}
