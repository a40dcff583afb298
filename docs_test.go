package agentconsole

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// citations are how texts of this repository name another of its files: a link of a
// Markdown page, or a path below docs/ in a comment.
var citations = []*regexp.Regexp{
	regexp.MustCompile(`\]\(([^)\s:#]+)(?:#[^)]*)?\)`),
	regexp.MustCompile("(?:^|[\\s(`])(docs/[\\w./-]*\\w)"),
}

// elsewhere is what a clone does not have: folders beside it, and documents of a team
// that were never part of it.
var elsewhere = regexp.MustCompile(`(?:^|[^\w-])shared/|\b(?:DESIGN|PRODUCT|STYLE|FAULTS|PERFORMANCE|WORDS)\.md\b`)

// TestCitations: whoever reads a comment or a page in a clone finds what it cites.
func TestCitations(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (name == ".git" || entry.Name() == "testdata" || entry.Name() == "vendor") {
			return filepath.SkipDir
		}
		if entry.IsDir() || name == "docs_test.go" || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		switch path.Ext(name) {
		case ".go", ".md", ".templ", ".toml", ".css", ".js", ".yml":
		default:
			return nil
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(raw), "\n") {
			for _, problem := range cited(filepath.ToSlash(name), line, exists) {
				t.Errorf("%s:%d: %s", name, i+1, problem)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func exists(name string) bool {
	_, err := os.Stat(filepath.FromSlash(name))
	return err == nil
}

// cited says what is wrong with the citations in one line of a file.
func cited(name, line string, exists func(string) bool) (problems []string) {
	if found := elsewhere.FindString(line); found != "" {
		problems = append(problems, "cites "+strings.TrimSpace(found)+", which a clone does not have")
	}
	for i, pattern := range citations {
		markdown := i == 0
		if markdown && path.Ext(name) != ".md" {
			continue
		}
		for _, match := range pattern.FindAllStringSubmatch(line, -1) {
			file := match[1]
			if markdown {
				file = path.Join(path.Dir(name), file)
			}
			if !exists(file) {
				problems = append(problems, "cites "+file+", which does not exist")
			}
		}
	}
	return problems
}

func TestCited(t *testing.T) {
	t.Parallel()
	only := func(names ...string) func(string) bool {
		return func(name string) bool { return strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") }
	}
	for _, tt := range []struct {
		name, line string
		problems   int
	}{
		{"a.go", "// see docs/adr/x.md.", 0},
		{"a.go", "// see docs/adr (decision 3)", 0},
		{"a.go", "// see docs/adr/gone.md", 1},
		{"a.go", "// see shared/api decision 3", 1},
		{"a.go", "// row 3 of FAULTS.md", 1},
		{"a.go", "// a shared lock; golang.org/docs/nothing", 0},
		{"a.go", "f([](x))", 0},
		{"docs/a.md", "[one](adr/x.md), [out](https://e.vn/x), [there](#below)", 0},
		{"docs/a.md", "[one](x.md) and [two](../docs/adr/x.md#part)", 1},
	} {
		if got := cited(tt.name, tt.line, only("docs/adr", "docs/adr/x.md")); len(got) != tt.problems {
			t.Errorf("%s %q: %q, want %d problem(s)", tt.name, tt.line, got, tt.problems)
		}
	}
}
