package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestExample: the page frames the console, which lets it, and nobody else.
func TestExample(t *testing.T) {
	t.Parallel()
	certificate, err := selfSigned("intranet.localhost", "console.localhost")
	if err != nil {
		t.Fatal(err)
	}
	var listeners [2]net.Listener
	for i := range listeners {
		if listeners[i], err = listenTLS("127.0.0.1:0", certificate); err != nil {
			t.Fatal(err)
		}
	}
	pages, consoles := listeners[0], listeners[1]
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx, pages, consoles) }()
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // its own certificate
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, _ := net.SplitHostPort(address)
			return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
		},
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	get := func(target string) (*http.Response, string) {
		t.Helper()
		resp, err := client.Get(target)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", target, resp.StatusCode, err)
		}
		return resp, string(text)
	}
	origin := at("console", consoles).String()
	if _, text := get(at("intranet", pages).String()); !strings.Contains(text, `data-console="`+origin+`"`) {
		t.Errorf("the page is %s", text)
	}
	get(at("intranet", pages).String() + "/intranet.js")
	resp, text := get(origin + "/sign-in")
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors "+at("intranet", pages).String()) {
		t.Errorf("policy %s", policy)
	}
	if !strings.Contains(text, "/static/frame.") {
		t.Error("the console's page has no script for frames")
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
