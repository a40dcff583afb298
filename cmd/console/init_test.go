package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

// TestInit: the file is the owner's alone, has every setting as it is by default, and a
// secret that the console takes; and it is never written over.
func TestInit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "my settings.env")
	initialise := func(args ...string) (int, string) {
		var said strings.Builder
		code := run(t.Context(), Environment{Args: append([]string{"init"}, args...), Usage: io.Discard}, &said, &said)
		return code, said.String()
	}
	code, said := initialise(path)
	if code != 0 || !strings.Contains(said, "set -a; . '"+path+"'; set +a; console\n") {
		t.Errorf("%d: %s", code, said)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %s", info.Mode())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(said, secretIn(t, string(raw))) {
		t.Error("the secret is on the screen")
	}

	line := regexp.MustCompile(`(?m)^(#?)(CONSOLE_[A-Z_]+)='(.*)'$`)
	var environ []string
	for _, m := range line.FindAllStringSubmatch(string(raw), -1) {
		if (m[1] == "") != (m[2] == "CONSOLE_SECRET") {
			t.Errorf("%s is set, or the secret is not", m[2])
		}
		environ = append(environ, m[2]+"="+m[3])
	}
	if len(environ) != len(settings()) {
		t.Errorf("%d settings, want %d", len(environ), len(settings()))
	}
	cfg := parse(t, nil, environ)
	if err := cfg.Validate(); err != nil || len(cfg.Warnings) > 0 {
		t.Errorf("%v, %q", err, cfg.Warnings)
	}

	if code, said := initialise(path); code != 1 || !strings.Contains(said, "left as it is") {
		t.Errorf("again: %d: %s", code, said)
	}
	if again, err := os.ReadFile(path); err != nil || string(again) != string(raw) {
		t.Error("it was written over")
	}
	other := filepath.Join(t.TempDir(), "other.env")
	initialise(other)
	if second, err := os.ReadFile(other); err != nil || secretIn(t, string(second)) == secretIn(t, string(raw)) {
		t.Errorf("two files, one secret: %v", err)
	}
	for _, args := range [][]string{{"-force"}, {"a", "b"}} {
		if code, _ := initialise(args...); code != 2 {
			t.Errorf("%q: %d", args, code)
		}
	}
}

func secretIn(t *testing.T, text string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^CONSOLE_SECRET='(.{32,})'$`).FindStringSubmatch(text)
	if m == nil {
		t.Fatal("there is no secret of 32 bytes")
	}
	return m[1]
}

// TestSourced: a shell's dot finds the file.
func TestSourced(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"console.env": "./console.env", "/etc/console.env": "/etc/console.env", "cài đặt.env": "'./cài đặt.env'", "it's": `'./it'\''s'`,
	} {
		if got := sourced(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// TestVersion: commit and Go's version, and what is known of changes.
func TestVersion(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	if code := run(t.Context(), Environment{Args: []string{"-version"}, Usage: io.Discard}, &said, io.Discard); code != 0 || !strings.Contains(said.String(), "go1.") {
		t.Errorf("%d: %s", code, said.String())
	}
	info := &debug.BuildInfo{GoVersion: "go1.99", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}, {Key: "vcs.modified", Value: "true"},
	}}
	if got := built(info); !strings.HasPrefix(got, "Agent Console v1.2.3, commit 0123456789abcdef0123456789abcdef01234567 and changes, go1.99 ") {
		t.Error(got)
	}
	if got := built(&debug.BuildInfo{GoVersion: "go1.99"}); !strings.HasPrefix(got, "Agent Console devel, commit unknown, go1.99 ") {
		t.Error(got)
	}
	if got := built(nil); !strings.Contains(got, "unknown") {
		t.Error(got)
	}
}
