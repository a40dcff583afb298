package agentconsole

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms says what the source of a package itself may not use. Unlike bans it does
// not look through other packages: apiclient's rows are fine in package belief,
// though apiclient's client uses a context.
var rooms = []struct {
	room      string
	imports   []string // "x/..." is everything below
	selectors []string
	waits     bool // channels, select and go statements are fine
	why       string
}{
	{
		room:    "roster",
		imports: []string{"context", "sync/...", "log/...", "net/...", "os/...", "golang.org/x/sync/..."}, selectors: []string{"time.Now", "time.Since", "time.Until", "time.NewTimer", "time.After"},
		why: "the nouns are plain data: no context, lock or clock",
	},
	{
		room:    "roster/belief",
		imports: []string{"context", "sync/...", "log/...", "net/...", "os/...", "golang.org/x/sync/...", module + "/journal/...", module + "/sqlstore"},
		selectors: []string{
			"time.Now", "time.Since", "time.Until", "time.NewTimer", "time.After",
			"apiclient.New", "apiclient.Client", "apiclient.Caller", "apiclient.Config",
		},
		why: "what is believed is worked out from what was read: no call, no lock, no clock, no journal",
	},
	{
		room:    "roster/directory",
		imports: []string{"context", "log/...", "net/...", "os/...", "golang.org/x/sync/...", module + "/journal/...", module + "/sqlstore"},
		selectors: []string{
			"time.Now", "time.Since", "time.Until", "time.NewTimer", "time.After", "time.Sleep",
			"sync.WaitGroup", "sync.Cond", "apiclient.New", "apiclient.Client", "apiclient.Caller",
		},
		why: "a snapshot is read: nothing in it waits",
	},
	{
		room:      "runs/intake",
		imports:   []string{"context", "sync/...", "log/...", "net/...", "os/...", "golang.org/x/sync/...", module + "/journal/..."},
		selectors: []string{"time.Now", "time.Since", "apiclient.New", "apiclient.Client", "apiclient.Caller"},
		why:       "what a file asks for is worked out from the file and what is known: no call, no lock, no clock",
	},
	{
		room: "sqlstore", imports: []string{module + "/roster/...", module + "/apiclient/..."}, waits: true,
		why: "the database keeps entries, and runs with what they intend, not what these say of agents",
	},
}

func TestRooms(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for _, r := range rooms {
		p, ok := packages[r.room]
		if !ok {
			t.Errorf("there is no %s", r.room)
		}
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range against(file, r.imports, r.selectors, r.waits) {
				t.Errorf("%s/%s: %s (%s)", r.room, name, found, r.why)
			}
		}
	}
}

// against lists what a file uses of what it may not.
func against(file *ast.File, imports, selectors []string, waits bool) (found []string) {
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if slices.ContainsFunc(imports, func(pattern string) bool { return matches(pattern, imported) }) {
			found = append(found, "imports "+imported)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && slices.Contains(selectors, x.Name+"."+n.Sel.Name) {
				found = append(found, "uses "+x.Name+"."+n.Sel.Name)
			}
		case *ast.ChanType, *ast.SelectStmt, *ast.GoStmt, *ast.SendStmt:
			if !waits {
				found = append(found, "waits, or has others wait")
			}
		}
		return true
	})
	return found
}

// TestRoomRules gives the rules a file that breaks each of them.
func TestRoomRules(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`package p; import "sync/atomic"`:               "imports sync/atomic",
		`package p; import "sync"`:                      "imports sync",
		`package p; import "time"; var _ = time.Now`:    "uses time.Now",
		`package p; func f() { go f() }`:                "waits, or has others wait",
		`package p; var c chan int`:                     "waits, or has others wait",
		`package p; import "time"; var d time.Duration`: "",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(against(file, []string{"sync/..."}, []string{"time.Now"}, false), "; "); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
