// Command intranet-page shows the console inside a page of another site, as an intranet
// does: two origins, https on both, third-party cookies blocked or not.
//
//	go run ./examples/intranet-page
//
// Then open https://intranet.localhost:8443 and let the browser accept both certificates,
// which are made for this run (open https://console.localhost:8444 once for the second).
// What an intranet needs is in index.html and intranet.js; what it may rely on is in
// docs/embedding.md.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"embed"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/signal"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

//go:embed index.html intranet.css intranet.js
var files embed.FS

func main() {
	page := flag.String("page", "127.0.0.1:8443", "address of the intranet's page")
	console := flag.String("console", "127.0.0.1:8444", "address of the console")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := listenAndRun(ctx, *page, *console)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func listenAndRun(ctx context.Context, page, console string) error {
	certificate, err := selfSigned("intranet.localhost", "console.localhost")
	if err != nil {
		return err
	}
	pages, err := listenTLS(page, certificate)
	if err != nil {
		return err
	}
	consoles, err := listenTLS(console, certificate)
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	fmt.Fprintln(os.Stdout, "Open", at("intranet", pages), "with the demo key", sandbox.DemoKey)
	return run(ctx, pages, consoles)
}

// run serves both until ctx ends.
func run(ctx context.Context, pages, consoles net.Listener) error {
	// Yours is AloHub's, and your own database.
	api := httptest.NewServer(sandbox.New(sandbox.Demo(sandbox.DemoOptions{}).Config))
	defer api.Close()
	store, err := sqlstore.Open(ctx, sqlstore.Config{Database: ":memory:"})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()

	console, err := web.New(web.Options{
		Upstreams: []web.Upstream{{Name: "Sandbox", Slug: "sandbox", BaseURL: api.URL}},
		Secrets:   []string{rand.Text() + rand.Text()}, Store: store, Logger: slog.Default(),
		// The binary's CONSOLE_PUBLIC_URL and CONSOLE_FRAME_ANCESTORS.
		PublicURL:      at("console", consoles),
		FrameAncestors: []string{at("intranet", pages).String()},
	})
	if err != nil {
		return errors.Join(err, pages.Close(), consoles.Close())
	}
	defer console.Close()

	intranet := &http.Server{Handler: intranet(at("console", consoles).String()), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- intranet.Serve(pages) }()
	err = console.Serve(ctx, consoles)
	err = errors.Join(err, intranet.Close())
	if e := <-served; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// intranet is the page around the console that is at that origin.
func intranet(console string) http.Handler {
	index := template.Must(template.ParseFS(files, "index.html"))
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(files))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = index.Execute(w, console)
	})
	return mux
}

// at is the origin that browsers see of a listener: names below localhost are this
// machine, and to a browser each is a site of its own.
func at(name string, l net.Listener) *url.URL {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return &url.URL{Scheme: "https", Host: name + ".localhost:" + port}
}

func listenTLS(address string, certificate tls.Certificate) (net.Listener, error) {
	return tls.Listen("tcp", address, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
}

// selfSigned is a certificate for a day.
func selfSigned(names ...string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), DNSNames: names, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
