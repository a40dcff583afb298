package components

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// drawn matches a constant of IconName where a template uses it.
var drawn = regexp.MustCompile(`\bIcon[A-Z][A-Za-z0-9]*\b`)

// TestEveryIconIsDrawn: each constant has a picture, and a template that uses it.
func TestEveryIconIsDrawn(t *testing.T) {
	t.Parallel()
	for name := range icons {
		if !strings.Contains(iconPath(name), "<") {
			t.Errorf("icon %d has no picture", name)
		}
	}

	used := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		base := filepath.Base(path)
		byHand := strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_templ.go") && base != "icons.go" && base != "icons_test.go"
		if err != nil || filepath.Ext(path) != ".templ" && !byHand {
			return err
		}
		text, err := os.ReadFile(path)
		for _, name := range drawn.FindAllString(string(text), -1) {
			used[name] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "icons.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for _, ident := range spec.Names {
			if ident.IsExported() {
				named++
				if !used[ident.Name] {
					t.Errorf("no template draws %s", ident.Name)
				}
			}
		}
		return true
	})
	if named != int(icons) {
		t.Errorf("found %d names of %d icons", named, icons)
	}
}

func TestAnUnknownIconIsLoud(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("an icon that is not there draws nothing without a word")
		}
	}()
	iconPath(icons)
}
