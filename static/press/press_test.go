package main

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestServedIsCurrent: what is committed is what the sources make.
func TestServedIsCurrent(t *testing.T) {
	t.Parallel()
	made, err := files(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	served := os.DirFS("../" + servedDir)
	err = fs.WalkDir(served, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(served, name)
		if want, ok := made[name]; !ok || !bytes.Equal(content, want) {
			t.Errorf("%s is stale: go generate ./static", name)
		}
		delete(made, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(made) > 0 {
		t.Errorf("not there: %v; go generate ./static", slices.Sorted(maps.Keys(made)))
	}
}

// TestModules: one concern each, short enough to be read at once, and their first words
// say which markup they serve.
func TestModules(t *testing.T) {
	t.Parallel()
	for _, name := range modules() {
		text, err := os.ReadFile("../" + moduleDir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(text), "\n"); lines >= 150 {
			t.Errorf("%s has %d lines", name, lines)
		}
		shared := name == "base.js" || name == "start.js"
		if !strings.HasPrefix(string(text), "// Serves: ") && (!shared || !strings.HasPrefix(string(text), "// ")) {
			t.Errorf("%s does not begin by saying which markup it serves", name)
		}
	}
}
