// Package agentconsole holds the rules of the house: what may import what, and
// how packages are named. The first three bans hold the house up.
package agentconsole

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module   = "github.com/alohub/agentconsole"
	fiber    = "github.com/gofiber/fiber/v2"
	fasthttp = "github.com/valyala/fasthttp"

	telemetry = "go.opentelemetry.io"
)

// bans lists which packages must not reach which, directly or through other
// packages of the module. A pattern is a path below the module; "/..." adds what
// is below it.
var bans = []struct {
	from, to string
	why      string
}{
	{"templates/...", fiber, "views are plain Go: a view that knows the request cannot be shown in a test or a storybook"},
	{"templates/...", "apiclient", "views show display-ready models, not the wire's types"},
	{"web/...", "apiclient/sandbox", "whoever starts a demo brings its upstream along: web/demo says what a console sees of it"},
	{"handlers/...", "apiclient/sandbox", "whoever starts a demo brings its upstream along: web/demo says what a console sees of it"},
	{"web/demo", "handlers", "web/demo is a leaf"},
	{"templates/...", "handlers", "handlers use views, not the other way round"},
	{"handlers/...", "web", "web wires handlers; what both need lives in web/paths, web/session, web/render, web/problem, web/requestid"},
	{"apiclient/sandbox", "apiclient", "the wire format is stated twice, so that drift fails tests"},

	{"probe", "apiclient/sandbox", "a probe is for the real API"},
	{"probe", "roster/...", "a probe tells what the wire is like, before the domain believes any of it"},
	{"probe", "sqlstore", "whoever starts a probe chooses where its report is kept"},
	{"probe", "handlers", "the probe does not know who shows it"},
	{"probe", "web/...", "the probe does not know who shows it"},
	{"apiclient", "roster", "the client knows the wire and nothing else"},
	{"apiclient", "journal", "the client knows the wire and nothing else"},
	{"roster", "roster/belief", "the nouns know none of the rooms that use them"},
	{"roster", "roster/directory", "the nouns know none of the rooms that use them"},
	{"roster", "roster/live", "the nouns know none of the rooms that use them"},
	{"roster/belief", "roster/directory", "what is believed does not know who reads it"},
	{"roster/belief", "roster/live", "what is believed does not know who reads it"},
	{"roster/directory", "roster/live", "a snapshot does not know who makes it"},
	{"roster/...", "sqlstore", "the domain does not know its databases"},
	{"roster/...", "handlers", "the domain does not know who shows it"},
	{"roster/...", "web/...", "the domain does not know who shows it"},
	{"sheets", "roster", "a file of cells knows nothing of agents"},
	{"runs/intake", "roster/live", "what a file asks for is read, not carried out: its reader brings what is known"},
	{"runs/intake", "roster/belief", "what a file asks for is read, not carried out: its reader brings what is known"},
	{"runs/intake", "roster/directory", "what a file asks for is read, not carried out: its reader brings what is known"},
	{"runs/intake", "sqlstore", "what a file asks for is read, not carried out: its reader brings what is known"},
	{"runs/intake", "handlers", "the domain does not know who shows it"},
	{"runs/intake", "web/...", "the domain does not know who shows it"},
	{"runs/intake", "locale", "the domain says codes, and who shows it the words"},
	{"bulk/...", "handlers", "the domain does not know who shows it"},
	{"bulk/...", "web/...", "the domain does not know who shows it"},
	{"runs/...", "handlers", "the domain does not know who shows it"},
	{"runs/...", "web/...", "the domain does not know who shows it"},
	{"runs/...", "sqlstore", "the contract does not know its databases"},
	{"journal/...", "handlers", "the journal does not know who shows it"},
	{"journal/...", "web/...", "the journal does not know who shows it"},
	{"journal/...", "sqlstore", "the contract does not know its databases"},
	{"sqlstore", "handlers", "the database does not know who shows it"},
	{"sqlstore", "web/...", "the database does not know who shows it"},
	{"web/...", "sqlstore", "whoever starts a console chooses its database"},
	{"web/paths", "handlers", "paths is a leaf"},
	{"web/paths", fiber, "paths is a leaf that views use"},
	{"static", fiber, "package web serves the assets"},
	{"cmd/console", "stories", "what is shipped has no stories"},
	{"web/...", "stories", "what is shipped has no stories"},
	{"handlers/...", "stories", "what is shipped has no stories"},
	{"templates/...", "stories", "views do not know who shows them"},
	{"stories", "handlers", "a story is views and models written by hand: what needs more is a console"},
	{"stories", "roster/...", "a story is views and models written by hand: what needs more is a console"},
	{"stories", "apiclient", "a story is views and models written by hand: what needs more is a console"},
	{"stories", "sqlstore", "a story is views and models written by hand: what needs more is a console"},
	{"stories", fiber, "a story is views and models written by hand: what needs more is a console"},
	{"locale", fiber, "locale is a leaf that views use"},
}

// listed is what `go list` says of a package, without its tests.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles, Imports      []string
}

// list returns the module's packages by their path below the module.
func list(t *testing.T) map[string]listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Name,Dir,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string]listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[strings.TrimPrefix(p.ImportPath, module+"/")] = p
	}
}

// matches reports whether a path is of the pattern.
func matches(pattern, name string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == below || strings.HasPrefix(name, below+"/")
	}
	return name == pattern
}

// way returns how from reaches a package of the pattern: the chain of imports, or
// nil.
func way(packages map[string]listed, from, pattern string, seen map[string]bool) []string {
	for _, imported := range packages[from].Imports {
		name := strings.TrimPrefix(imported, module+"/")
		if matches(pattern, name) {
			return []string{from, name}
		}
		if _, ours := packages[name]; ours && !seen[name] {
			seen[name] = true
			if rest := way(packages, name, pattern, seen); rest != nil {
				return append([]string{from}, rest...)
			}
		}
	}
	return nil
}

func TestImports(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for _, ban := range bans {
		for name := range packages {
			if !matches(ban.from, name) || matches(ban.to, name) {
				continue
			}
			if chain := way(packages, name, ban.to, map[string]bool{}); chain != nil {
				t.Errorf("%s must not reach %s (%s), but does: %s", name, ban.to, ban.why, strings.Join(chain, " → "))
			}
		}
	}
	for name, p := range packages {
		// Where spans go is for whoever starts the process to say; what is in them for
		// one package, which can be read in one go.
		for _, imported := range p.Imports {
			if matches(telemetry+"/...", imported) && !watches(name, imported) {
				t.Errorf("%s imports %s, which is not for it: spans are made in web/traces, exporters in cmd/console", name, imported)
			}
		}
		if matches("web/...", name) || matches("handlers/...", name) {
			continue
		}
		for _, framework := range []string{fiber, fasthttp} {
			if slices.Contains(p.Imports, framework) {
				t.Errorf("%s imports %s, which belongs to web and handlers alone", name, framework)
			}
		}
	}
}

// watches reports whether a package may import one of OpenTelemetry's. Package web names
// the type of an option.
func watches(name, imported string) bool {
	switch name {
	case "cmd/console":
		return true
	case "web":
		return imported == telemetry+"/otel/trace"
	case "web/traces":
		return !strings.Contains(imported, "/sdk") && !strings.Contains(imported, "/exporters")
	}
	return false
}

func TestPackageNames(t *testing.T) {
	t.Parallel()
	vague := []string{"util", "utils", "common", "helper", "helpers", "model", "models", "misc", "shared", "base"}
	for name, p := range list(t) {
		if slices.Contains(vague, path.Base(name)) || slices.Contains(vague, p.Name) {
			t.Errorf("%s: a package is named by the domain's noun", name)
		}
	}
}

// TestRules gives the rules a house that breaks them.
func TestRules(t *testing.T) {
	t.Parallel()
	packages := map[string]listed{
		"templates/pages": {Imports: []string{module + "/locale", module + "/views"}},
		"views":           {Imports: []string{module + "/templates/pages", module + "/apiclient"}},
		"apiclient":       {Imports: []string{"net/http"}},
		"locale":          {},
	}
	for _, tt := range []struct{ from, to, want string }{
		{"templates/pages", "apiclient", "templates/pages views apiclient"},
		{"templates/pages", "net/http", "templates/pages views apiclient net/http"},
		{"templates/pages", "handlers", ""},
		{"locale", "apiclient", ""},
	} {
		if got := strings.Join(way(packages, tt.from, tt.to, map[string]bool{}), " "); got != tt.want {
			t.Errorf("from %s to %s: %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
	for _, tt := range []struct {
		name, imported string
		want           bool
	}{
		{"apiclient", "/otel/trace", false},
		{"web", "/otel/trace", true},
		{"web", "/otel/sdk/trace", false},
		{"web/traces", "/otel/attribute", true},
		{"web/traces", "/otel/sdk/trace", false},
		{"cmd/console", "/otel/sdk/trace", true},
	} {
		if watches(tt.name, telemetry+tt.imported) != tt.want {
			t.Errorf("%s may import %s: %t", tt.name, tt.imported, !tt.want)
		}
	}
	for pattern, want := range map[string]bool{"web/...": true, "web/session": true, "web": false, "web/sess/...": false} {
		if matches(pattern, "web/session") != want {
			t.Errorf("matches(%s, web/session) = %t", pattern, !want)
		}
	}
}

// TestPackageComments: every package tells a newcomer what lives there.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	for name, p := range list(t) {
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command " + path.Base(name) + " "
		}
		found := len(p.GoFiles) == 0
		for _, file := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.HasPrefix(f.Doc.Text(), want)
		}
		if !found {
			t.Errorf("%s has no package comment that begins %q", name, want)
		}
	}
}

// TestNoInit: what runs before main cannot be configured, tested or left out.
func TestNoInit(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); base == "testdata" || base != "." && strings.HasPrefix(base, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has a func init", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
