package static

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestScriptIsJoinedInOrder(t *testing.T) {
	t.Parallel()
	dir := fstest.MapFS{"b.js": {Data: []byte("two();\n")}, "a.js": {Data: []byte("one();\n")}}
	got, err := script(dir, []string{"b.js", "a.js"})
	if err != nil {
		t.Fatal(err)
	}
	want := "(() => {\n\"use strict\";\n\n// ---- app/b.js ----\ntwo();\n\n// ---- app/a.js ----\none();\n})();\n"
	if string(got) != want {
		t.Errorf("joined:\n%s", got)
	}
	for _, order := range [][]string{{"a.js"}, {"a.js", "b.js", "c.js"}} {
		if _, err := script(dir, order); err == nil {
			t.Errorf("the order %v was accepted", order)
		}
	}
}

// TestModules: one concern each, short enough to be read at once, and their first words
// say which markup they serve. What is served is the whole, and none of the parts.
func TestModules(t *testing.T) {
	t.Parallel()
	assets, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	joined, _, ok := assets.Lookup(scriptName)
	if !ok {
		t.Fatal("there is no script")
	}
	for _, name := range modules() {
		text, err := fs.ReadFile(files, moduleDir+"/"+name)
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
		if !bytes.Contains(joined.raw, text) {
			t.Errorf("%s is not in the script", name)
		}
		if _, _, ok := assets.Lookup(moduleDir + "/" + name); ok {
			t.Errorf("%s is served by itself", name)
		}
	}
}
