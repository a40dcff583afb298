package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestDemoServes: the binary says where it is, answers there, and stops when told to.
func TestDemoServes(t *testing.T) {
	t.Parallel()
	out, in := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		code := run(ctx, Environment{Args: []string{"-demo", "-listen", "127.0.0.1:0", "-base-path", "/console"}, Usage: io.Discard}, in, io.Discard)
		_ = in.Close()
		done <- code
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	place := strings.TrimSpace(line[strings.Index(line, "http://"):])
	resp, err := http.Get(place + "sign-in")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(text), "demo-good") {
		t.Errorf("%ssign-in: %d, %v", place, resp.StatusCode, err)
	}
	stop()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d", code)
	}
}
