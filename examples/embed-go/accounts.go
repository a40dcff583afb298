package main

import (
	"context"
	"crypto/rand"
	"html/template"
	"net/http"
	"sync"

	"github.com/alohub/agentconsole/apiclient"
)

// account is one person of this program, with the API key that they work with.
type account struct {
	name, password string
	key            apiclient.Secret
}

// accounts are the program's own sign-in, as small as can be. Yours is whatever it is.
type accounts struct {
	known map[string]account

	mu       sync.Mutex
	sessions map[string]string // cookie → login
}

func newAccounts() *accounts {
	return &accounts{
		known: map[string]account{
			"lan":  {name: "Nguyễn Thị Lan", password: "demo", key: demoKey()},
			"minh": {name: "Trần Văn Minh", password: "demo", key: demoKey()},
		},
		sessions: map[string]string{},
	}
}

const cookie = "example_session"

// who is signed in.
func (a *accounts) who(r *http.Request) (account, bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return account{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	found, ok := a.known[a.sessions[c.Value]]
	return found, ok
}

type accountKey struct{}

// accountOf is who makes the request that a context is of.
func accountOf(ctx context.Context) (account, bool) {
	found, ok := ctx.Value(accountKey{}).(account)
	return found, ok
}

// only lets those pass who are signed in, and says on whose behalf.
func (a *accounts) only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, ok := a.who(r)
		if !ok {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), accountKey{}, found)))
	})
}

func (a *accounts) signIn(w http.ResponseWriter, r *http.Request) {
	login := r.PostFormValue("login")
	if found, ok := a.known[login]; !ok || found.password != r.PostFormValue("password") {
		http.Error(w, "no such account", http.StatusUnauthorized)
		return
	}
	value := rand.Text()
	a.mu.Lock()
	a.sessions[value] = login
	a.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/console/", http.StatusSeeOther)
}

func (a *accounts) signOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookie); err == nil {
		a.mu.Lock()
		delete(a.sessions, c.Value)
		a.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", MaxAge: -1})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

var page = template.Must(template.New("").Parse(`<!DOCTYPE html><html lang="vi"><meta charset="utf-8"><title>Intranet</title>
{{if .}}<p>{{.}} · <a href="/console/">Agent Console</a></p>
<form method="post" action="/logout"><button>Đăng xuất</button></form>
{{else}}<form method="post" action="/login">
<label>Tài khoản <input name="login" value="lan"></label>
<label>Mật khẩu <input name="password" type="password" value="demo"></label>
<button>Đăng nhập</button></form>{{end}}`))

func (a *accounts) home(w http.ResponseWriter, r *http.Request) {
	found, _ := a.who(r)
	_ = page.Execute(w, found.name)
}
