package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// TestExample: one sign-in, the program's own, is enough for both, and its end is.
func TestExample(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx, listener, "K5rY0yN3m7m8o1b2z3h4j5k6l7qwE8r9TtYuIoPa") }()
	origin := "http://" + listener.Addr().String()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	see := func(path, want string) {
		t.Helper()
		resp, err := client.Get(origin + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(text), want) {
			t.Errorf("%s: %d without %q, %v", path, resp.StatusCode, want, err)
		}
	}
	post := func(path string, form url.Values) {
		t.Helper()
		resp, err := client.PostForm(origin+path, form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	see("/console/agents", `name="password"`)
	post("/login", url.Values{"login": {"minh"}, "password": {"demo"}})
	see("/console/agents", "Trần Văn Minh")
	see("/console/sign-in", "data-agent-id")
	post("/logout", nil)
	see("/console/agents", `name="password"`)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
