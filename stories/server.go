package stories

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/static"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/web/tag"
)

//go:embed stories.js
var script []byte

const scriptPath = "/stories.js"

// policy is that of the console, so that a story shows nothing that people would not see.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'"

// Server serves the stories. What they show is as of the moment of each request.
type Server struct {
	catalogues *locale.Catalogues
	files      *static.Assets
	assets     layouts.Assets
	now        func() time.Time
	mux        *http.ServeMux
}

// NewServer has the stories told as of what now says.
func NewServer(now func() time.Time) (*Server, error) {
	catalogues, err := locale.Load()
	if err != nil {
		return nil, err
	}
	files, err := static.New("")
	if err != nil {
		return nil, err
	}
	asset := func(name string) layouts.Asset {
		return layouts.Asset{URL: files.URL(name), Integrity: files.Integrity(name)}
	}
	s := &Server{catalogues: catalogues, files: files, now: now, mux: http.NewServeMux(), assets: layouts.Assets{
		CSS: asset("app.css"), Script: asset("app.js"), HTMX: asset("vendor/htmx-4.0.1.min.js"), Icon: asset("favicon.svg"),
	}}
	s.mux.HandleFunc("GET /{$}", s.shelf)
	s.mux.HandleFunc("GET /story/{name}", s.story)
	s.mux.HandleFunc("GET /static/{path...}", s.file)
	s.mux.HandleFunc("GET "+scriptPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(script)
	})
	s.mux.HandleFunc("/of/{name}/{path...}", s.answer)
	return s, nil
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

// as is the language and the theme that an address asks for.
func as(query url.Values) (lang, theme string) {
	lang, theme = locale.Vietnamese, "light"
	if l := query.Get("lang"); slices.Contains(locale.Languages(), l) {
		lang = l
	}
	if t := query.Get("theme"); t == "dark" || t == "system" {
		theme = t
	}
	return lang, theme
}

// find tells the story of a request's path.
func (s *Server) find(w http.ResponseWriter, r *http.Request, lang string) (Story, bool) {
	all := All(s.catalogues.Printer(lang), s.now())
	i := slices.IndexFunc(all, func(story Story) bool { return story.Name == r.PathValue("name") })
	if i < 0 {
		http.NotFound(w, r)
		return Story{}, false
	}
	return all[i], true
}

func (s *Server) context(r *http.Request, lang string) context.Context {
	return locale.With(r.Context(), s.catalogues.Printer(lang))
}

func (s *Server) shelf(w http.ResponseWriter, r *http.Request) {
	lang, _ := as(r.URL.Query())
	var out bytes.Buffer
	err := shelf(All(s.catalogues.Printer(lang), s.now()), s.assets).Render(r.Context(), &out)
	s.send(w, http.StatusOK, &out, err)
}

func (s *Server) story(w http.ResponseWriter, r *http.Request) {
	lang, theme := as(r.URL.Query())
	story, ok := s.find(w, r, lang)
	if !ok {
		return
	}
	var out bytes.Buffer
	err := story.Render(s.context(r, lang), &out, s.assets, lang, theme)
	s.send(w, http.StatusOK, &out, err)
}

// answer is what a story's own request brings. Those that nobody wrote an answer for change
// nothing.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	from, err := url.Parse(r.Referer())
	if err != nil {
		from = &url.URL{}
	}
	lang, theme := as(from.Query())
	story, ok := s.find(w, r, lang)
	if !ok {
		return
	}
	path := "/" + r.PathValue("path")
	if r.Method == http.MethodPost && path == strings.TrimPrefix(story.paths.Preferences(), story.Base()) {
		// The menu's own switches work.
		if chosen := r.PostFormValue("lang"); chosen != "" {
			lang = chosen
		}
		if chosen := r.PostFormValue("theme"); chosen != "" {
			theme = chosen
		}
		http.Redirect(w, r, story.Address(url.QueryEscape(lang), url.QueryEscape(theme)), http.StatusSeeOther)
		return
	}
	var out bytes.Buffer
	switch body, ok := story.Answers[path]; {
	case ok:
		if story.Retarget != "" {
			w.Header().Set("HX-Retarget", story.Retarget)
			w.Header().Set("HX-Reswap", "outerMorph")
		}
		err := body.Render(tag.With(s.context(r, lang), signIn), &out)
		s.send(w, http.StatusOK, &out, err)
	case r.Header.Get("HX-Request") != "":
		w.WriteHeader(http.StatusNoContent)
	default:
		err := leadsOut(story, r.Method, path, s.assets).Render(r.Context(), &out)
		s.send(w, http.StatusNotFound, &out, err)
	}
}

func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	asset, _, ok := s.files.Lookup(r.PathValue("path"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, _ := asset.Body(static.Identity)
	w.Header().Set("Content-Type", asset.Type)
	if r.URL.RawQuery == "" {
		w.Header().Set("Cache-Control", "max-age=3600") // its name is of what is in it
	}
	_, _ = w.Write(body)
}

func (s *Server) send(w http.ResponseWriter, status int, out *bytes.Buffer, err error) {
	if err != nil {
		http.Error(w, fmt.Sprintf("render: %v", err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}
