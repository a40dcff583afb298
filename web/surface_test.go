package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSurface: what other programs can reach is what they need, and nothing that would
// have to be kept for them. A name is added here when somebody outside needs it.
func TestSurface(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	add := func(name string) {
		if ast.IsExported(name[strings.LastIndex(name, ".")+1:]) {
			got = append(got, name)
		}
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					add(d.Name.Name)
					continue
				}
				of := d.Recv.List[0].Type
				if star, ok := of.(*ast.StarExpr); ok {
					of = star.X
				}
				if of, ok := of.(*ast.Ident); ok && of.IsExported() {
					add(of.Name + "." + d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						add(s.Name.Name)
					case *ast.ValueSpec:
						for _, n := range s.Names {
							add(n.Name)
						}
					}
				}
			}
		}
	}
	slices.Sort(got)
	want := []string{
		"Console", "Console.Close", "Console.Handler", "Console.Mount", "Console.Serve", "Console.Shutdown", "DemoKey", "New",
		"OptionError", "OptionError.Error", "OptionError.Named", "Options", "Options.Problems", "Person", "Store", "Upstream",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exported by package web (-want +got):\n%s", diff)
	}
}
