package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
)

// scriptName is what the modules of moduleDir become: one file, one request.
const (
	scriptName = "app.js"
	moduleDir  = "app"
)

// modules are the script's parts, in the order in which they run: base.js is what the
// others use, start.js runs what they made ready.
func modules() []string {
	return []string{
		"base.js", "signin.js", "times.js", "countdown.js", "leaving.js", "place.js", "steps.js", "drawer.js",
		"editor.js", "toasts.js", "palette.js", "menu.js", "filtersets.js", "rows.js", "columns.js", "select.js", "keys.js", "poll.js", "title.js", "focus.js", "start.js",
	}
}

// script joins the modules into one function, so that they share names with each other
// and with nothing else. A file that the order does not name is refused: it would be
// embedded and never run.
func script(dir fs.FS, order []string) ([]byte, error) {
	there, err := fs.Glob(dir, "*.js")
	if err != nil {
		return nil, err
	}
	for _, name := range there {
		if !slices.Contains(order, name) {
			return nil, fmt.Errorf("%s/%s is not in the order of the modules", moduleDir, name)
		}
	}
	var out bytes.Buffer
	out.WriteString("(() => {\n\"use strict\";\n")
	for _, name := range order {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "\n// ---- %s/%s ----\n%s", moduleDir, name, text)
	}
	out.WriteString("})();\n")
	return out.Bytes(), nil
}
