package locale_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/locale"
)

func TestCataloguesAgree(t *testing.T) {
	t.Parallel()
	vi, en := keys(t, locale.Vietnamese), keys(t, locale.English)
	placeholder := regexp.MustCompile(`{{\.(\w+)}}`)
	for id, text := range vi {
		other, ok := en[id]
		if !ok {
			t.Errorf("%s is not in en.toml", id)
			continue
		}
		a, b := placeholder.FindAllString(text, -1), placeholder.FindAllString(other, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: placeholders %v in vi, %v in en", id, a, b)
		}
	}
	for id := range en {
		if _, ok := vi[id]; !ok {
			t.Errorf("%s is not in vi.toml", id)
		}
	}
}

// TestEveryMessageExists finds the ids in the source. An id that is put together
// at run time is checked up to where it is put together.
func TestEveryMessageExists(t *testing.T) {
	t.Parallel()
	known := keys(t, locale.Vietnamese)
	call := regexp.MustCompile(`(?:\bt\(ctx, |locale\.[TN]\(ctx, |say\.[TN]\(|sortHeader\(m, "\w+", |invalid\(|Message: +|\.Message = |Label: +|pick\("\w+", |Message, p\.Retry = |p\.Message = )"([a-z_]+\.[a-zA-Z_.-]*)("?)\s*(\+?)`)
	option := regexp.MustCompile(`{"[^"]*", "([a-z_]+\.[a-z_.-]+)"}`)
	used := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name := entry.Name()
		if strings.HasSuffix(name, "_templ.go") || strings.HasSuffix(name, "_test.go") ||
			(!strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".templ")) {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		check := func(id string, whole bool) {
			used++
			for have := range known {
				if have == id || strings.HasPrefix(have, id+".") || (!whole && strings.HasPrefix(have, id)) {
					return
				}
			}
			t.Errorf("%s uses %q, which no catalogue has", path, id)
		}
		for _, m := range call.FindAllStringSubmatch(string(raw), -1) {
			check(m[1], m[3] == "" && !strings.HasSuffix(m[1], "."))
		}
		for _, m := range option.FindAllStringSubmatch(string(raw), -1) {
			check(m[1], true)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if used < 150 {
		t.Errorf("only %d uses found: the pattern no longer fits the code", used)
	}
}

func TestPrinter(t *testing.T) {
	t.Parallel()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	en, vi := c.Printer("en"), c.Printer("vi")
	for _, tt := range []struct{ got, want string }{
		{en.N("agents.total", 1), "1 agent"},
		{en.N("agents.total", 20000), "20,000 agents"},
		{vi.N("agents.total", 20000), "20.000 tổng đài viên"},
		{vi.N("agents.total", 1), "1 tổng đài viên"},
		{vi.T("failure.wait", "Seconds", 7), "Hãy thử lại sau 7 giây."},
		{c.Printer("fr").Lang(), "vi"},
		{locale.T(locale.With(context.Background(), en), "signin.title"), "Sign in"},
		{locale.T(context.Background(), "signin.title"), "⟨signin.title⟩"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func keys(t *testing.T, lang string) map[string]string {
	t.Helper()
	k, err := locale.Keys(lang)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
