package stories

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/layouts"
)

func moment() time.Time { return time.Date(2026, 11, 24, 7, 30, 0, 0, time.UTC) }

func catalogues(tb testing.TB) *locale.Catalogues {
	tb.Helper()
	c, err := locale.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestStories renders all of them in both languages: each is whole, says everything in its
// language, and is HTML in which what names something finds it.
func TestStories(t *testing.T) {
	t.Parallel()
	c := catalogues(t)
	for _, lang := range locale.Languages() {
		seen := map[string]bool{}
		for _, s := range All(c.Printer(lang), moment()) {
			if seen[s.Name] {
				t.Errorf("two stories are called %s", s.Name)
			}
			seen[s.Name] = true
			t.Run(lang+"/"+s.Name, func(t *testing.T) {
				t.Parallel()
				ctx := locale.With(t.Context(), c.Printer(lang))
				var page bytes.Buffer
				if err := s.Render(ctx, &page, layouts.Assets{}, lang, "light"); err != nil {
					t.Fatal(err)
				}
				for _, wrong := range faults(t, page.String()) {
					t.Error(wrong)
				}
				for path, answer := range s.Answers {
					var part bytes.Buffer
					if err := answer.Render(ctx, &part); err != nil {
						t.Fatal(err)
					}
					for _, wrong := range mistold(part.String()) {
						t.Errorf("%s: %s", path, wrong)
					}
				}
			})
		}
	}
}

// mistold are marks of what could not be said.
func mistold(html string) (wrong []string) {
	for _, mark := range []string{"⟨", "&lt;no value", "<no value", "{{", "%!", "0001-01-01"} {
		if i := strings.Index(html, mark); i >= 0 {
			wrong = append(wrong, fmt.Sprintf("%q in …%s", mark, html[max(0, i-80):min(len(html), i+80)]))
		}
	}
	return wrong
}

// blank finds what people do not write: a blank before a mark that ends something.
var blank = regexp.MustCompile(`\pL\s+[).,;?!]`)

// faults are what is wrong with a page.
func faults(t *testing.T, html string) []string {
	t.Helper()
	wrong := mistold(html)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	doc.Find("[id]").Each(func(_ int, e *goquery.Selection) { ids[e.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n > 1 {
			wrong = append(wrong, fmt.Sprintf("%d elements have the id %s", n, id))
		}
		if id == "" || strings.ContainsAny(id, " \t\n") {
			wrong = append(wrong, fmt.Sprintf("the id %q", id))
		}
	}
	says := func(e *goquery.Selection) string {
		s, _ := goquery.OuterHtml(e)
		return s[:min(len(s), 200)]
	}
	for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form"} {
		doc.Find("[" + name + "]").Each(func(_ int, e *goquery.Selection) {
			for id := range strings.FieldsSeq(e.AttrOr(name, "")) {
				if ids[id] == 0 {
					wrong = append(wrong, fmt.Sprintf("%s names nothing: %s", name, says(e)))
				}
			}
		})
	}
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, e *goquery.Selection) {
		id := e.AttrOr("id", "")
		_, hidden := e.Attr("aria-hidden")
		if e.AttrOr("aria-label", "") == "" && !hidden && e.Closest("label").Length() == 0 && doc.Find(fmt.Sprintf("label[for=%q]", id)).Length() == 0 {
			wrong = append(wrong, "a field without a label: "+says(e))
		}
	})
	doc.Find("button, a[href]").Each(func(_ int, e *goquery.Selection) {
		if strings.TrimSpace(e.Text()) == "" && e.AttrOr("aria-label", "") == "" {
			wrong = append(wrong, "nothing to press by name: "+says(e))
		}
	})
	doc.Find("style, [style], [onclick], script:not([src])").Each(func(_ int, e *goquery.Selection) {
		wrong = append(wrong, "the policy forbids "+says(e))
	})
	// What a browser moves elsewhere is not where it was written.
	doc.Find("p p, p div, p ul, p form, a a, button button, form form, label label").Each(func(_ int, e *goquery.Selection) {
		wrong = append(wrong, "nested: "+says(e))
	})
	doc.Find("p, li, dd, td").Each(func(_ int, e *goquery.Selection) {
		if at := blank.FindStringIndex(e.Text()); at != nil {
			wrong = append(wrong, fmt.Sprintf("a blank before a mark: %q", e.Text()[max(0, at[0]-30):at[1]]))
		}
	})
	if n := doc.Find("h1").Length(); n != 1 {
		wrong = append(wrong, fmt.Sprintf("%d headings of the first rank", n))
	}
	return wrong
}

// TestFaults gives the rules pages that break each of them.
func TestFaults(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		`<h1>a</h1><p id="x"><b id="x"></b></p>`:              "2 elements have the id x",
		`<h1>a</h1><label for="x">b</label>`:                  "for names nothing",
		`<h1>a</h1><input>`:                                   "a field without a label",
		`<h1>a</h1><button></button>`:                         "nothing to press by name",
		`<h1>a</h1><b style="color: red"></b>`:                "the policy forbids",
		`<h1>⟨agents.title⟩</h1>`:                             `"⟨" in`,
		`<h1>a</h1><p>(b <b>c</b> ).</p>`:                     "a blank before a mark",
		`<p>a</p>`:                                            "0 headings",
		`<h1>a</h1><label for="x">b</label><input id="x">`:    "",
		`<h1>a</h1><label>b <input></label><a href="/">c</a>`: "",
	} {
		if got := strings.Join(faults(t, html), "; "); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", html, got, want)
		}
	}
}

// Those that no story can show, with the reason.
var untold = map[string]string{
	"components.Icon":   "it is in most of them, and asks its context for nothing",
	"components.Sprite": "it is in each page, and asks its context for nothing",
}

// TestEveryComponentIsTold: a view that no story renders is not looked at by anybody. What is
// rendered is seen from within: every view asks its context for something.
func TestEveryComponentIsTold(t *testing.T) {
	t.Parallel()
	w := &witness{known: map[uintptr]bool{}, seen: map[string]bool{}, views: viewsIn(t, "components", "partials", "pages", "layouts")}
	say := catalogues(t).Printer(locale.Vietnamese)
	// The context's own part of the views' library lies beneath the witness.
	ctx := watched{templ.InitializeContext(locale.With(t.Context(), say)), w}
	for _, s := range All(say, moment()) {
		var out bytes.Buffer
		if err := s.Render(ctx, &out, layouts.Assets{}, locale.Vietnamese, "light"); err != nil {
			t.Fatal(err)
		}
		for _, answer := range s.Answers {
			if err := answer.Render(ctx, &out); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(w.views) < 150 {
		t.Fatalf("only %d views were found", len(w.views))
	}
	for _, v := range w.views {
		reason := untold[v.name]
		switch {
		case !w.seen[v.name] && reason == "":
			t.Errorf("no story shows %s", v.name)
		case w.seen[v.name] && reason != "":
			t.Errorf("%s is shown: it needs no reason not to be", v.name)
		}
	}
}

// view is a function that returns a component, and where it stands.
type view struct {
	name        string // "pages.AgentPage"
	file        string // below templates
	first, last int    // lines
}

func viewsIn(t *testing.T, dirs ...string) (views []view) {
	t.Helper()
	for _, dir := range dirs {
		files, err := filepath.Glob("../templates/" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			positions := token.NewFileSet()
			file, err := parser.ParseFile(positions, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range file.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok || fn.Type.Results == nil || len(fn.Type.Results.List) != 1 {
					continue
				}
				if result, ok := fn.Type.Results.List[0].Type.(*ast.SelectorExpr); ok && result.Sel.Name == "Component" {
					views = append(views, view{
						file.Name.Name + "." + fn.Name.Name, dir + "/" + filepath.Base(name),
						positions.Position(fn.Pos()).Line, positions.Position(fn.End()).Line,
					})
				}
			}
		}
	}
	return views
}

// watched is a context that tells a witness who asked it.
type watched struct {
	context.Context
	witness *witness
}

// witness knows which views asked. The compiler writes views into one another, so that they
// are told by their lines, not by the names of functions.
type witness struct {
	views []view
	known map[uintptr]bool
	seen  map[string]bool
}

func (w watched) Value(key any) any {
	var callers [96]uintptr
	all := callers[:runtime.Callers(2, callers[:])]
	if slices.ContainsFunc(all, func(pc uintptr) bool { return !w.witness.known[pc] }) {
		w.witness.look(all)
	}
	return w.Context.Value(key)
}

func (w *witness) look(callers []uintptr) {
	for _, pc := range callers {
		w.known[pc] = true
	}
	frames := runtime.CallersFrames(callers)
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		_, file, ok := strings.Cut(filepath.ToSlash(frame.File), "/templates/")
		if !ok {
			continue
		}
		for _, v := range w.views {
			if v.file == file && v.first <= frame.Line && frame.Line <= v.last {
				w.seen[v.name] = true
			}
		}
	}
}

// TestServer: the shelf names all stories, and what a story asks for is answered.
func TestServer(t *testing.T) {
	t.Parallel()
	server, err := NewServer(moment)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(method, path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return w
	}
	all := All(catalogues(t).Printer("vi"), moment())
	list := ask(http.MethodGet, "/").Body.String()
	for _, s := range all {
		if !strings.Contains(list, `"/story/`+s.Name+"?") {
			t.Errorf("%s is not on the shelf", s.Name)
		}
	}
	english := []string{"HX-Request", "true", "Referer", "http://127.0.0.1/story/palette?lang=en&theme=dark"}
	if w := ask(http.MethodGet, "/of/palette/palette?q=", english...); w.Code != 200 || !strings.Contains(w.Body.String(), "Agents") {
		t.Errorf("the palette: %d %s", w.Code, w.Body)
	}
	if w := ask(http.MethodGet, "/of/palette/agents/live", english...); w.Code != http.StatusNoContent {
		t.Errorf("what has no answer: %d", w.Code)
	}
	if w := ask(http.MethodGet, "/of/palette/agents/082019"); w.Code != 404 || !strings.Contains(w.Body.String(), "Out of a story") {
		t.Errorf("a link that leads out: %d", w.Code)
	}
	if w := ask(http.MethodPost, "/of/palette/preferences?theme=dark", english[2:]...); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/story/palette?lang=en&theme=dark" {
		t.Errorf("preferences: %d to %q", w.Code, w.Header().Get("Location"))
	}
	page := ask(http.MethodGet, "/story/agents?lang=en&theme=dark")
	if body := page.Body.String(); page.Code != 200 || !strings.Contains(body, `<html lang="en" data-theme="dark">`) || page.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("a story: %d", page.Code)
	}
	for _, path := range []string{"/story/x", "/of/x/agents", "/static/x.css"} {
		if w := ask(http.MethodGet, path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
