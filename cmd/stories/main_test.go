package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
)

// What is announced is where the stories are, and the end of the context is theirs.
func TestServes(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"-listen", "127.0.0.1:0"}, out) }()
	line := make([]byte, 200)
	n, err := said.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	_, place, _ := strings.Cut(strings.TrimSpace(string(line[:n])), " at ")
	for path, want := range map[string]int{"/": 200, "/story/agents?lang=en&theme=dark": 200, "/story/nothing": 404, "/stories.js": 200} {
		res, err := http.Get(place + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), []string{"-listen", "nowhere"}, io.Discard); err == nil {
		t.Error("listens on nothing")
	}
}
