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
	call := regexp.MustCompile(`(?:\bt\(ctx, |locale\.[TN]\(ctx, |say\.[TN]\(|SortHead\(m\.sorting\(\w*\), "\w+", |invalid\(|Message: +|\.Message = |Label: +|pick\("\w+", |Message, p\.Retry = |p\.Message = )"([a-z_]+\.[a-zA-Z_.-]*)("?)\s*(\+?)`)
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

// TestPlurals says every message of a number for 0, 1, 2 and 11. Vietnamese has one form:
// the library's rules, newer than the browsers', would have another for 0 and 1.
func TestPlurals(t *testing.T) {
	t.Parallel()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	forms := regexp.MustCompile(`(?m)^\[([\w.-]+)\]\none = ("(?:[^"\\]|\\.)*")\nother = ("(?:[^"\\]|\\.)*")$`)
	raw, err := os.ReadFile("en.toml")
	if err != nil {
		t.Fatal(err)
	}
	plural := forms.FindAllStringSubmatch(string(raw), -1)
	if len(plural) < 20 || len(plural) != strings.Count(string(raw), "\none = ") {
		t.Fatalf("%d messages of %d are found", len(plural), strings.Count(string(raw), "\none = "))
	}
	if raw, err := os.ReadFile("vi.toml"); err != nil || strings.Contains(string(raw), "\none = ") {
		t.Errorf("a Vietnamese message has a form of its own for one (%v)", err)
	}
	// What beside the number is said is the same for all of these.
	without := func(said, number string) string { return strings.Replace(said, number, "#", 1) }
	for _, m := range plural {
		id, one, other := m[1], m[2], m[3]
		vi, en := c.Printer("vi"), c.Printer("en")
		for _, n := range []int{0, 1, 2, 11} {
			number := en.Number(n)
			for _, p := range []*locale.Printer{vi, en} {
				if said := p.N(id, n); said == "" || strings.Contains(said, "⟨") {
					t.Errorf("%s of %d in %s: %q", id, n, p.Lang(), said)
				}
			}
			if got, want := without(vi.N(id, n), number), without(vi.N(id, 2), "2"); got != want {
				t.Errorf("%s of %d in Vietnamese: %q, want %q", id, n, got, want)
			}
			if n != 1 && without(en.N(id, n), number) != without(en.N(id, 2), "2") {
				t.Errorf("%s of %d in English: %q", id, n, en.N(id, n))
			}
		}
		if one != other && c.Printer("en").N(id, 1) == strings.Replace(c.Printer("en").N(id, 2), "2", "1", 1) {
			t.Errorf("%s of 1 in English: %q", id, c.Printer("en").N(id, 1))
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
