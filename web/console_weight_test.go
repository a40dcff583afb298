package web_test

import (
	"net/http"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestListWeight: what a page of the list, and what an answer with a hundred rows weigh on
// their way, however a browser has them packed.
func TestListWeight(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) { o.demo.Agents = 413 })
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	for _, of := range []struct {
		what, path, coding string
		header             []string
		most               int
	}{
		{"page", "/agents", "zstd", nil, 10_100},
		{"page", "/agents", "gzip", nil, 10_900},
		{"hundred rows", "/agents?size=100", "zstd", htmx("agents"), 10_000},
		{"hundred rows", "/agents?size=100", "gzip", htmx("agents"), 10 << 10},
	} {
		a := p.get(of.path, append([]string{"Accept-Encoding", of.coding}, of.header...)...).is(http.StatusOK)
		if got := a.header.Get("Content-Encoding"); got != of.coding {
			t.Fatalf("%s: packed with %q, not %s", of.what, got, of.coding)
		}
		if t.Logf("%s by %s: %d bytes", of.what, of.coding, len(a.body)); len(a.body) > of.most {
			t.Errorf("a %s weighs %d bytes by %s, of at most %d", of.what, len(a.body), of.coding, of.most)
		}
	}
}
