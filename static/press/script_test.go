package main

import (
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
