package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/sqlstore"
)

// syncBuffer is a log that is read while it is written.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestSecondConsoleWaits: for the first to let go of the file, saying so on /readyz and
// in its log; then it serves. In vain, it refuses to start and names the other.
func TestSecondConsoleWaits(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "console.db")
	first, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := free.Addr().String()
	_ = free.Close()
	args := func(wait string) []string {
		return []string{
			"-database", path, "-listen", listen, "-secret", "0123456789abcdef0123456789abcdefQWERTYzz",
			"-upstreams", "Nowhere=http://127.0.0.1:1", "-database-wait", wait,
		}
	}

	var log syncBuffer
	if code := run(t.Context(), Environment{Args: args("1ms"), Usage: io.Discard}, io.Discard, &log); code != 1 || !strings.Contains(log.String(), "in use by another console (process") {
		t.Errorf("exit code %d: %s", code, log.String())
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan int, 1)
	var second syncBuffer
	go func() { done <- run(ctx, Environment{Args: args("1m"), Usage: io.Discard}, io.Discard, &second) }()
	ask := func(path string, want int, says string) bool {
		resp, err := http.Get("http://" + listen + path)
		if err != nil {
			return false
		}
		status, text := read(t, resp, err)
		return status == want && strings.Contains(text, says)
	}
	until(t, func() bool {
		return ask("/readyz", http.StatusServiceUnavailable, "in use by another console: process")
	})
	if !ask("/healthz", http.StatusOK, "ok") {
		t.Error("a waiting console is not alive")
	}
	if !strings.Contains(second.String(), "waiting for it to end") {
		t.Errorf("its log: %s", second.String())
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return ask("/readyz", http.StatusOK, "ok") })
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d: %s", code, second.String())
	}
}

// until asks again and again.
func until(t *testing.T, is func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		if is() {
			return
		}
	}
	t.Fatal("waited in vain")
}
