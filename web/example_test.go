package web_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

// A console in a program of net/http. The README shows the same.
func Example() {
	ctx := context.Background()
	store, err := sqlstore.Open(ctx, sqlstore.Config{Database: ":memory:"}) // a file, or postgres://…
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	console, err := web.New(web.Options{
		Upstreams: []web.Upstream{{Name: "Production", Slug: "production", BaseURL: "https://xapi.alohub.vn"}},
		Secrets:   []string{"an example: make one with openssl rand"}, // at least 32 bytes
		Store:     store,
		BasePath:  "/console",
		// Whoever the program's own sign-in let in is who the journal names.
		Operator: func(r *http.Request) string { name, _ := r.Context().Value(userKey{}).(string); return name },
		Logger:   slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err) // everything that is wrong, at once
	}
	defer console.Close()
	mux := http.NewServeMux()
	mux.Handle("/console/", console.Handler())

	server := httptest.NewServer(mux)
	defer server.Close()
	resp, err := http.Get(server.URL + "/console/sign-in")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status, resp.Header.Get("Content-Type"))
	// Output: 200 OK text/html; charset=utf-8
}

// userKey is where the program's own sign-in puts the person's name.
type userKey struct{}

// What is wrong is said by the option's name.
func ExampleNew() {
	_, err := web.New(web.Options{BasePath: "console", Secrets: []string{"an example: make one with openssl rand"}})
	fmt.Println(err)
	// Output:
	// web: Store: is required
	// web: Upstreams: there must be at least one
	// web: BasePath: "console" must begin with /, have no / at its end nor two in a row, and consist of letters, digits and - _ . ~
}
