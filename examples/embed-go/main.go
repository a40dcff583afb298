// Command embed-go is a program of net/http with a sign-in of its own and the console in
// it, which needs no second one: the program names the person and hands over the key.
//
//	go run ./examples/embed-go -secret "$(openssl rand -base64 48)"
//
// Then open http://127.0.0.1:8081/ and sign in as lan or minh, with the password demo. It
// comes with a sandbox of the API, so nothing real is touched.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8081", "address")
	secret := flag.String("secret", "", "at least 32 bytes: openssl rand -base64 48")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", *listen)
	if err == nil {
		fmt.Fprintf(os.Stdout, "Open http://%s/\n", listener.Addr())
		err = run(ctx, listener, *secret)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // nothing is left to be done
	}
}

// run serves until ctx ends, and lets what is under way finish.
func run(ctx context.Context, listener net.Listener, secret string) error {
	// Yours is AloHub's: BaseURL "https://xapi.alohub.vn", and no sandbox.
	api := httptest.NewServer(sandbox.New(sandbox.Demo(sandbox.DemoOptions{}).Config))
	defer api.Close()

	// Yours is a file, or postgres://…
	store, err := sqlstore.Open(ctx, sqlstore.Config{Database: ":memory:"})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()

	accounts := newAccounts()
	console, err := web.New(web.Options{
		Upstreams: []web.Upstream{{Name: "Sandbox", Slug: "sandbox", BaseURL: api.URL}},
		Secrets:   []string{secret}, Store: store, BasePath: "/console",
		Authenticate: func(r *http.Request) web.Person {
			a, ok := accountOf(r.Context())
			if !ok {
				return web.Person{}
			}
			return web.Person{Operator: a.name, Key: a.key}
		},
		Logger: slog.Default(),
	})
	if err != nil {
		return err // everything that is wrong, at once
	}
	defer console.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", accounts.home)
	mux.HandleFunc("POST /login", accounts.signIn)
	mux.HandleFunc("POST /logout", accounts.signOut)
	// Whoever is not signed in here does not come as far as the console.
	mux.Handle("/console/", accounts.only(console.Handler()))

	// No other site's page signs anybody in or out. The console checks that by itself.
	guarded := http.NewCrossOriginProtection().Handler(mux)
	server := &http.Server{Handler: guarded, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	// The console first, then its server, then (deferred) what they work with.
	stopped := errors.Join(console.Shutdown(ending), server.Shutdown(ending))
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, stopped)
}

// demoKey is of the sandbox. Keep yours where you keep passwords, never in a page.
func demoKey() apiclient.Secret { return apiclient.NewSecret(sandbox.DemoKey) }
